"""A leg of ours at a FreeSWITCH, and the instructions it carries out.

The switch's events change the state here; greenlets of the worker only wait for it.  How the end of an instruction is
read is the ticket's affair.
"""

import time
from collections import deque
from collections.abc import Callable
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import gevent

from oklik.esl import commands, events
from oklik.esl.events import Event
from oklik.telephony import port
from oklik.telephony.freeswitch import outcome
from oklik.telephony.freeswitch.connection import Reply
from oklik.telephony.freeswitch.marks import Marks
from oklik.telephony.freeswitch.pressed import Pressed, answered
from oklik.telephony.freeswitch.ticket import FsTicket, Question
from oklik.telephony.freeswitch.waits import Waits
from oklik.telephony.port import CallGone, SwitchError, SwitchLost

if TYPE_CHECKING:
    from oklik.telephony.freeswitch.driver import FreeSwitch

JOB_GRACE_S = 0.5  # CHANNEL_HANGUP_COMPLETE and the job's report come in either order, some ms apart
STOP_GRACE_S = 0.25  # after a stop: what was queued and not begun leaves no event
ANSWER_GRACE_S = 0.5  # the job's +OK and CHANNEL_PARK come some ms apart
END_GRACE_S = 2.0  # what shows that the leg is over comes some ms before the last account of it
LATE_S = 60.0  # a leg that is gone untold: events may be as late as that
PARK_GRACE_S = 1.0  # from the end of the agent's leg to the person's CHANNEL_PARK: 20 ms
KILL_AGAIN_S = 0.1  # "no such channel" may mean "not yet"; doubled each time
KILL_TRIES = 7
FILES_AT_ONCE = 3500  # characters of file names in one command
KEY_WAYS = {"RTP": port.KeyWay.RFC2833, "ENDPOINT": port.KeyWay.INFO, "INBAND_AUDIO": port.KeyWay.INBAND}
ENDLESS_AHEAD = 2  # rounds of endless music queued at the switch, so that no gap is heard


class FsCall:
    """See port.Call.  Made by the driver only."""

    def __init__(self, switch: "FreeSwitch", dial: port.Dial, core_uuid: str) -> None:
        self._switch = switch
        self._uuid = dial.uuid
        self.core_uuid = core_uuid
        self.ring_s, self.max_s = dial.ring_s, dial.max_s
        self.began = time.monotonic()
        self.overdue_at = self.began + dial.ring_s + 15.0
        self.ringing = self.early = self.answered = self.asked = False
        self.incoming = False  # they called us
        self.dialed = False  # some sign of life has come: the guard had let it through
        self.ended: port.CallEnded | None = None
        self.told: port.CallEnded | None = None  # how it ended, from somewhere else than the last account of it
        self.missing = self._hurry = False
        self._killed_it = self._vain = False  # the switch has taken a hangup of ours, or knew of no such leg
        self.peer: FsCall | None = None
        self.leads = False  # of a bridged pair: the person's leg, that stays
        self.bridging = Waits("bridge")
        self.alone = Waits("end of the bridge")
        self._events: deque[port.CallEvent] = deque()
        self._waits = Waits(f"call {dial.uuid}")
        self._running: dict[str, FsTicket] = {}  # in the order in which they were sent
        self.marks = Marks(self, switch)
        self._seen = 0  # the switch's number of what was heard last of answer and bridge
        self.pressed = Pressed()
        self._counter = 0
        self._keys_end = False  # keys end what is played or recorded, which is so for recordings only
        self._torn = False  # an instruction was under way when the link broke
        self._beeped: Callable[[float], None] | None = None  # who wants to know of an answering machine's beep
        self._key_heard: Callable[[str, port.KeyWay], None] | None = None

    @property
    def uuid(self) -> str:
        """The channel's UUID."""
        return self._uuid

    # -- what the worker asks -------------------------------------------------------------------------------

    def wait(self, deadline_s: float) -> port.CallEvent:
        """The next event; see port.Call.

        A wait that is under way at a cut raises SwitchLost.  One begun after it waits on: once the connection is
        back the switch is asked what became of the leg, and its answer or its end arrives here.
        """
        if self._events:
            return self._events.popleft()
        if self.ended is not None:
            raise CallGone(f"call {self._uuid} has ended")
        event: port.CallEvent = self._waits.wait(deadline_s)
        return event

    def start(self, instruction: port.SwitchInstruction) -> FsTicket:
        """Begin an instruction behind those before it; see port.Call."""
        if self.ended is not None:
            raise CallGone(f"call {self._uuid} has ended")
        if isinstance(instruction, port.Playback):
            endless = instruction.files if instruction.loops == 0 else None
            ticket = FsTicket(self, endless)
            ticket.ends = instruction.ends
            rounds = ENDLESS_AHEAD if endless else 1
            files = instruction.files * max(1, instruction.loops)
            for _ in range(rounds):
                for portion in _portions(files):
                    self.play(ticket, portion)
        elif isinstance(instruction, port.Record):
            ticket = FsTicket(self)
            self._record(ticket, instruction)
        else:
            ticket = FsTicket(self)
            self._gather(ticket, instruction)
        return ticket

    def hangup(self, cause: str = "NORMAL_CLEARING") -> None:
        """End the leg at once; see port.Call."""
        if self.ended is None:
            self.asked = True
            try:
                command = commands.kill(self._uuid, cause)
            except commands.BadField as error:
                raise SwitchError(str(error)) from error
            self._switch.request(command, lambda reply: self._killed(reply, 0, cause))

    def hear_beeps(self, handler: Callable[[float], None] | None) -> None:
        """Listen for the beep of an answering machine, or no more; see port.Call."""
        listening, self._beeped = self._beeped is not None, handler
        if self.ended is not None or listening == (handler is not None):
            return
        if handler is not None:
            self._switch.tell(commands.hear_beeps(self._uuid, self.next_execution()))
        else:
            self._switch.tell(commands.hear_no_beeps(self._uuid))

    def hear_keys(self, handler: Callable[[str, port.KeyWay], None]) -> None:
        """Have every key told with the way it came; see port.Call."""
        self._key_heard = handler
        if self.ended is None:
            self._switch.tell(commands.hear_tones(self._uuid, self.next_execution()))

    # -- commands -------------------------------------------------------------------------------------------

    def play(self, ticket: FsTicket, files: tuple[str, ...]) -> None:
        """One playback of these files for a ticket."""
        self._switch.confine(files)
        execution = self.next_execution()
        self._execute(ticket, execution, commands.playback, self._uuid, files, execution)

    def play_again(self, ticket: FsTicket, files: tuple[str, ...]) -> None:
        """The next round of endless music; at a cut there is none."""
        if self._switch.connected:
            self.play(ticket, files)

    def pick_up(self) -> None:
        """Answer a call to us."""
        ticket = FsTicket(self)
        ticket.then = self.on_answer
        execution = self.next_execution()
        self._execute(ticket, execution, commands.answer, self._uuid, execution)

    def _gather(self, ticket: FsTicket, wanted: port.Gather) -> None:
        if wanted.files and not wanted.barge_in:
            if not wanted.early:
                self.pressed.forget()
            for portion in _portions(wanted.files):
                self.play(ticket, portion)  # keys pressed now are eaten by the playback
            if wanted.early:
                ticket.then = lambda: self._listen_behind(ticket, wanted)
            else:
                self._listen(ticket, wanted, ())
        else:
            self._listen(ticket, wanted, wanted.files)

    def _listen_behind(self, ticket: FsTicket, wanted: port.Gather) -> None:
        """The prompt is over, and what was pressed meanwhile counts."""
        try:
            self._listen(ticket, wanted, ())
        except SwitchError as error:
            ticket.settle(error)

    def _listen(self, ticket: FsTicket, wanted: port.Gather, files: tuple[str, ...]) -> None:
        """Have the switch ask, unless the keys are there; who has begun to answer needs no prompt."""
        had, timeout_s = "", wanted.timeout_s
        if not self._running:  # behind something else early keys are counted at the end
            early = self.pressed.before(wanted)
            if early.over:
                ticket.settle(answered(early.keys, wanted))
                return
            if early.keys:
                had, files, timeout_s = early.keys, (), wanted.digit_timeout_s
        self._switch.confine(files)
        execution = self.next_execution()
        variable = f"ok{execution}"
        ticket.question = Question(execution, variable, wanted, had)
        self._execute(
            ticket,
            execution,
            commands.gather,
            self._uuid,
            files,
            execution,
            variable=variable,
            min_digits=max(1, wanted.min_digits - len(had)),
            max_digits=wanted.max_digits - len(had),
            timeout_ms=round(timeout_s * 1000),
            digit_timeout_ms=round(wanted.digit_timeout_s * 1000),
            terminators=wanted.terminators,
            allowed=wanted.allowed,
        )

    def _record(self, ticket: FsTicket, wanted: port.Record) -> None:
        self._switch.confine((wanted.path,))
        silence = {"silence_level": wanted.silence_level, "silence_s": wanted.silence_s}
        keys, ticket.recording = self.next_execution(), self.next_execution()
        self._execute(ticket, keys, commands.before_recording, self._uuid, wanted.terminators, keys)
        self._keys_end = True
        self._execute(
            ticket,
            ticket.recording,
            commands.record,
            self._uuid,
            wanted.path,
            ticket.recording,
            max_s=wanted.max_s,
            **silence,
        )

    def let_keys_be(self, *, gone: bool) -> None:
        """A recording is over: keys must not end prompts.  gone: the leg or the link is, so nothing can be said now."""
        if self._keys_end and not gone:
            self._keys_end = False
            self._switch.tell(commands.after_recording(self._uuid, self.next_execution()))

    def _execute(
        self, ticket: FsTicket, execution: str, build: Callable[..., bytes], *args: Any, **options: Any
    ) -> None:
        try:
            command = build(*args, **options)
        except commands.BadField as error:
            raise SwitchError(f"call {self._uuid}: {error}") from error

        def replied(reply: Reply | SwitchError) -> None:
            if isinstance(reply, Reply) and not reply.ok and execution in self._running:
                # the leg is gone; its end follows or was there before
                del self._running[execution]
                ticket.executions.remove(execution)
                ticket.settle(port.Stopped(gone=True))
                self.miss()

        self._switch.request(command, replied)
        self._running[execution] = ticket
        ticket.executions.append(execution)

    def dumped(self, reply: Reply | SwitchError) -> Event | None:
        """What the switch knows of the leg; None when it cannot be had."""
        if not isinstance(reply, Reply):
            return None
        if not reply.text.startswith("{"):
            if self.dialed:
                self.miss()
            return None
        try:
            return events.decode(reply.text.encode())
        except events.BadEvent:
            return None

    def over(self, ticket: FsTicket) -> None:
        """Nothing of this ticket runs any more."""
        for execution in ticket.executions:
            self._running.pop(execution, None)
        ticket.executions.clear()

    def look(self) -> None:
        """No word of the answer has come: see whether it is there."""

        def found(reply: Reply | SwitchError) -> None:
            event = self.dumped(reply)
            if event is not None:
                self.on_dump(event)
            elif isinstance(reply, Reply) and not self.dialed:
                self.overdue_at = time.monotonic()  # the guard can tell whether it ever was

        if self.ended is None and not self.answered and not self.missing:
            self._switch.tell(commands.dump(self._uuid), found)

    def next_execution(self) -> str:
        """A name for it."""
        self._counter += 1
        return f"q{self._counter}"

    def stop_ticket(self, ticket: FsTicket) -> None:
        """Stop a ticket that is executing; one that still waits in the line is stopped when its turn comes."""
        front = next(iter(self._running.values()), None)
        if front is not ticket:
            return
        alone = all(other is ticket for other in self._running.values())
        self._stop(ticket, alone=alone, last=False)
        if alone:
            # what is queued leaves no event; what is running does, and is let through by its id
            for execution in ticket.executions[1:]:
                del self._running[execution]
            del ticket.executions[1:]

    def _stop(self, ticket: FsTicket, *, alone: bool, last: bool) -> None:
        """Stop what runs, and once more if no end of it comes: a stop that falls between two executions is lost.

        A queued execution that is dropped has no event, so after the second time the ticket is taken for stopped.
        """

        def stopped(_: Reply | SwitchError) -> None:
            gevent.spawn_later(STOP_GRACE_S, later)

        def later() -> None:
            if ticket.done or self._switch.gone(self):
                return
            if not last:
                self._stop(ticket, alone=alone, last=True)
            elif alone:
                for execution in ticket.executions:
                    self._running.pop(execution, None)
                ticket.settle(port.Stopped(gone=False))

        self._switch.tell(commands.stop(self._uuid, everything=alone), stopped)

    def stop_everything(self) -> None:
        """Before a bridge: whatever runs will be interrupted, whatever is queued must not come up inside it."""
        tickets = {id(ticket): ticket for ticket in self._running.values()}
        for ticket in tickets.values():
            ticket.cancelled = True
        if len(self._running) > 1:
            self._switch.tell(commands.stop(self._uuid, everything=True))
        self._running.clear()
        for ticket in tickets.values():
            ticket.settle(port.Stopped(gone=False))

    def kill_again(self, tries: int = 0) -> None:
        """Repeat a hangup that was asked for and may have come too early."""
        if self.ended is None:
            self._switch.tell(commands.kill(self._uuid), lambda reply: self._killed(reply, tries))

    def _killed(self, reply: Reply | SwitchError, tries: int, cause: str = "NORMAL_CLEARING") -> None:
        if self.ended is not None or not isinstance(reply, Reply):
            return
        if reply.ok:
            self._killed_it = True
            gevent.spawn_later(END_GRACE_S, self._see_killed, cause)
            return
        self._vain = True
        if self.dialed:
            self.miss()  # it was there once
        elif tries < KILL_TRIES:
            gevent.spawn_later(KILL_AGAIN_S * 2**tries, self.kill_again, tries + 1)

    def _see_killed(self, cause: str) -> None:
        """The switch has taken our hangup, and nothing was heard of the end of it."""

        def seen(reply: Reply | SwitchError) -> None:
            if isinstance(reply, Reply) and reply.text.strip() == "false":
                self.show_end(port.CallEnded(cause=cause, by=port.HangupBy.US, answered=self.answered))

        if self.ended is None:
            self._switch.tell(commands.exists(self._uuid), seen)

    # -- an end that is not told --------------------------------------------------------------------------------

    def show_end(self, end: port.CallEnded) -> None:
        """The end has shown; the last account of it, which tells more, is waited for a little."""
        if self.ended is None and self.told is None:
            self.told = end
            gevent.spawn_later(END_GRACE_S, self.finish, end)

    def miss(self) -> None:
        """The switch does not know the leg any more; what was sent late may still tell how it ended."""
        if self.ended is None and not self.missing:
            self.missing = True
            self._part()
            gevent.spawn_later(END_GRACE_S if self._hurry else LATE_S, self._give_up)

    def hurry(self) -> None:
        """Whoever looks after the leg is leaving: what is late is not waited for."""
        self._hurry = True
        if self.missing:
            gevent.spawn_later(END_GRACE_S, self._give_up)

    def _give_up(self) -> None:
        self.finish(self.told or outcome.lost(channel=self.dialed, answered=self.answered))

    # -- what the switch tells ------------------------------------------------------------------------------

    def on_progress(self, *, early: bool = False) -> None:
        """180, or 183 with sound; the first of each is told."""
        self.dialed = True
        if self.answered or (self.early if early else self.ringing):
            return
        if early:
            self.early = True
        self.ringing = True
        self._emit(port.Ringing(early=early))

    def on_park(self, event: Event) -> None:
        """Parked: answered just now, or alone again after a bridge."""
        if event.answer_state != "answered" or not self._new(event):
            return
        self.dialed = True
        if not self.answered:
            self.on_answer()
        elif self.peer is not None:
            self.bridging.give_all(True)  # that it was up has not come yet, and will be old news
            self.peer.left_bridge(event)
            self.leave_bridge()

    def _new(self, event: Event) -> bool:
        """Whether it is younger than what was heard last; an event may come twice, or be overtaken."""
        number = int(event.sequence) if event.sequence.isdecimal() else 0
        if 0 < number <= self._seen:
            return False
        self._seen = max(self._seen, number)
        return True

    def on_dump(self, event: Event) -> None:
        """All that the switch knows of a leg that is not answered as far as we know."""
        self._new(event)
        self.dialed = True
        if event.progress not in ("", "0") or event.progress_media not in ("", "0"):
            self.on_progress()
        if event.answer_state == "answered" and not self.answered:
            self.on_answer()

    def on_answer(self) -> None:
        """Answered and able to take commands; again is no news."""
        if self.answered:
            return
        self.answered = True
        self.overdue_at = time.monotonic() + self.max_s + 30.0
        self._switch.answered(self)
        if self.asked:
            self.kill_again()  # the hangup and the answer crossed
        else:
            self._emit(port.Answer())

    def on_bridge(self, event: Event) -> None:
        """Connected with the peer."""
        if not self._new(event):
            return
        self.hear_beeps(None)
        self.bridging.give_all(True)

    def lose_agent(self, agent: "FsCall") -> None:
        """The agent's leg is over; that the person's is alone should have been told."""
        if self.ended is not None or self.missing:
            return
        if self.peer is agent:
            self.leave_bridge()

        def found(reply: Reply | SwitchError) -> None:
            event = self.dumped(reply)
            if event is not None:
                agent.left_bridge(event)

        if agent.ended is None:
            self._switch.tell(commands.dump(self._uuid), found)

    def left_bridge(self, event: Event) -> None:
        """What is told of a person's leg after the bridge says how the agent's ended: this one."""
        if event.bridged_to == self._uuid and event.bridge_cause:
            by = port.HangupBy.US if self._killed_it else port.HangupBy.PERSON
            self.show_end(port.CallEnded(cause=event.bridge_cause, by=by, answered=True))

    def leave_bridge(self) -> None:
        """Alone again: the peer has left, or is gone as far as anybody knows."""
        self.peer = None
        self.pressed.forget()  # what was pressed in the talk was for others
        self.alone.give_all(True)

    def on_key(self, event: Event) -> None:
        """The switch took a key out of the leg's queue."""
        key = event.key
        if len(key) == 1 and self._key_heard is not None and self.ended is None:
            self._key_heard(key, KEY_WAYS.get(event.key_source, port.KeyWay.OTHER))
        if len(key) == 1 and self.pressed.add(key, event.sequence):
            front = next(iter(self._running.values()), None)
            if front is not None:
                front.pressed(key)

    def on_beep(self, event: Event) -> None:
        """The beep of an answering machine, or what the switch takes for it."""
        handler, self._beeped = self._beeped, None
        if handler is not None and self.ended is None:
            self._switch.tell(commands.hear_no_beeps(self._uuid))
            handler(_hertz(event.frequency))

    def on_executed(self, event: Event, body: bytes) -> None:
        """An execution has ended, and with it those before it."""
        if event.hangup_cause:
            self.show_end(outcome.from_execution(event, asked=self._ours))
        if self.marks.reached(event.application_uuid, event, body):
            return
        ticket = self._running.get(event.application_uuid)
        if ticket is None:
            return
        for earlier in list(takewhile(lambda one: one != event.application_uuid, self._running)):
            other = self._running.pop(earlier)
            other.executions.remove(earlier)
            if other is not ticket and not other.executions:
                other.passed(event, body)
        self._running.pop(event.application_uuid, None)
        ticket.completed(event.application_uuid, event, body)
        front = next(iter(self._running.values()), None)
        if front is not None and front.cancelled and not event.hangup_cause:
            self.stop_ticket(front)

    def on_job(self, body: str) -> None:
        """The guard's report."""
        cause = outcome.job_result(body)
        if not cause:
            self.dialed = True
            gevent.spawn_later(ANSWER_GRACE_S, self.look)
        elif cause in outcome.GUARD_REFUSALS:
            self.finish(outcome.from_job(cause, channel=False, asked=False))
        else:
            gevent.spawn_later(JOB_GRACE_S, self._finish_by_job, cause)

    def _finish_by_job(self, cause: str) -> None:
        if self.ended is None:
            self.finish(outcome.from_job(cause, channel=self.ringing or self.answered, asked=self._killed_it))

    def on_hangup(self, event: Event) -> None:
        """CHANNEL_HANGUP_COMPLETE."""
        if self.peer is not None and event.bridged_to == self.peer.uuid:
            for leg in (self, self.peer):
                leg.bridging.give_all(True)  # they were together, which may have been told to nobody
        self.finish(outcome.from_event(event, asked=self._ours))

    @property
    def _ours(self) -> bool:
        """Whether a hangup of ours may have ended it: not if the switch knew of no leg to hang up."""
        return self.asked and (self._killed_it or not self._vain)

    def finish(self, end: port.CallEnded) -> None:
        """The leg is over, whoever said so first.  Once."""
        if self.ended is not None:
            return
        self.ended = end
        self._switch.forget(self)
        self._part()
        self._emit(end)

    def _part(self) -> None:
        """It is not there any more: whatever runs on it, and its bridge, are over."""
        tickets = [*self._running.values(), *self.marks.clear()]
        self._running.clear()
        for ticket in tickets:
            ticket.settle(port.Stopped(gone=True))
        peer, self.peer = self.peer, None
        gone = CallGone(f"call {self._uuid} has ended")
        self.bridging.fail(gone)
        self.alone.give_all(False)
        if peer is not None and peer.ended is None:
            peer.bridging.fail(gone)
            if self.leads:
                # the agent's leg has park_after_bridge, too, and would stay alone
                peer.asked = True
                peer.kill_again()
            else:
                gevent.spawn_later(PARK_GRACE_S, peer.lose_agent, self)

    def _emit(self, event: port.CallEvent) -> None:
        if not self._waits.give(event):
            self._events.append(event)

    def cut(self, error: SwitchLost) -> None:
        """The connection is down: whoever waits is told; instructions under way are out of our hands."""
        self.pressed.forget()
        self._waits.fail(error)
        self.bridging.fail(error)
        self.alone.fail(error)
        for ticket in list(self._running.values()):
            self._torn = True
            ticket.settle(error)
        self._running.clear()
        self.marks.clear()

    def drop_remains(self) -> None:
        """After a cut: what still runs would play on under the next instruction, and a question would eat its keys."""
        if self._torn:
            self._torn = False
            self._switch.tell(commands.stop(self._uuid, everything=True))
            self.let_keys_be(gone=False)


def _hertz(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _portions(files: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Files in portions that fit a command."""
    portions: list[tuple[str, ...]] = []
    portion: list[str] = []
    size = 0
    for path in files:
        if portion and size + len(path) > FILES_AT_ONCE:
            portions.append(tuple(portion))
            portion, size = [], 0
        portion.append(path)
        size += len(path) + 1
    if portion:
        portions.append(tuple(portion))
    return portions
