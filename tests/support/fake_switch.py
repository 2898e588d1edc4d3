"""A switch in this process: the port played from a script, for tests of the dialer that need no wire.

Each number has a `Role`; a number without one answers and listens.  Seconds here are real and short.  The ledger
is the list of every leg that was really dialed, and the guard refuses a UUID a second time as the real one does.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import gevent
import numpy as np
from gevent.event import AsyncResult, Event
from gevent.queue import Queue

from oklik.speech.audio import to_wav
from oklik.telephony.port import (
    Answer,
    CallEnded,
    CallEvent,
    CallGone,
    Dial,
    Fate,
    Finished,
    Gather,
    HangupBy,
    Keys,
    KeyWay,
    Offer,
    Record,
    Recorded,
    RecordingEnd,
    Refused,
    Result,
    Ringing,
    Stopped,
    SwitchError,
    SwitchInstruction,
    SwitchLost,
    WaitTimeout,
)


def write_hum(path: Path, spoken: float, seconds: float) -> None:
    """A recording: a hum so long, then silence."""
    samples = np.zeros(int(8000 * seconds), dtype=np.float32)
    samples[: int(8000 * spoken)] = 0.2 * np.sin(np.arange(int(8000 * spoken)) * 0.2)
    path.write_bytes(to_wav(samples))


@dataclass
class Role:
    """What the far end does.

    answers: after ring_s; None: never (rings until told otherwise); False: refuses with cause and sip_status.
    keys: what is pressed at each Gather in turn ("" = nothing); afterwards nothing.  says: seconds that are spoken into
    each recording in turn; afterwards none.
    leaves_at: hangs up in the middle of that instruction (counted from 0); leaves_after: seconds after the answer.
    presses: a key in the middle of what is played, so many seconds after its beginning; heard where it ends it.
    bridge_s: how long an agent talks before hanging up; None: for ever.  refuse_files: the switch finds no file.
    """

    answers: bool | None = True
    ring_s: float = 0.005
    cause: str = "USER_BUSY"
    sip_status: int = 486
    channel: bool = True
    keys: tuple[str, ...] = ()
    says: tuple[float, ...] = ()
    leaves_at: int | None = None
    leaves_after: float | None = None
    presses: tuple[float, str] | None = None
    bridge_s: float | None = 0.02
    refuse_files: bool = False
    cut_at: int | None = None  # the connection breaks in the middle of that instruction
    deaf: bool = False  # instructions never end: a zombie channel
    beeps_at: float | None = None  # a machine's beep, seconds after the answer
    early: bool = False  # sound before the answer, and no ringing


@dataclass
class Dialed:
    """A line of the ledger."""

    uuid: str
    endpoint: str
    at: float


class FakeTicket:
    def __init__(self, call: "FakeCall", instruction: SwitchInstruction) -> None:
        self.instruction = instruction
        self.result: AsyncResult = AsyncResult()
        self.cancelled = Event()
        self._call = call

    def wait(self, deadline_s: float) -> Result:
        try:
            return self.result.get(timeout=deadline_s)
        except gevent.Timeout:
            raise WaitTimeout(f"no end of an instruction within {deadline_s} s") from None

    def ask(self) -> None:
        """Here nothing is lost."""

    def cancel(self) -> None:
        self.cancelled.set()


class FakeCall:
    def __init__(self, switch: "FakeSwitch", dial: Dial, role: Role) -> None:
        self.dial = dial
        self.role = role
        self.missing = False
        self.events: Queue[CallEvent | SwitchLost] = Queue()
        self.instructions: Queue[FakeTicket] = Queue()
        self.tickets: list[FakeTicket] = []
        self.gathers = 0
        self.recordings = 0
        self.started = monotonic()
        self.answered: float | None = None
        self.over = Event()
        self.bridged: FakeCall | None = None
        self.alone = Event()
        self.played: list[SwitchInstruction] = []
        self.beep_handler: Callable[[float], None] | None = None
        self.key_handler: Callable[[str, KeyWay], None] | None = None
        self._switch = switch
        self._life = gevent.spawn(self._live)

    @property
    def uuid(self) -> str:
        return self.dial.uuid

    def wait(self, deadline_s: float) -> CallEvent:
        try:
            event = self.events.get(timeout=deadline_s)
        except gevent.queue.Empty:
            raise WaitTimeout(f"nothing from the leg within {deadline_s} s") from None
        if isinstance(event, SwitchLost):
            raise event
        return event

    def start(self, instruction: SwitchInstruction) -> FakeTicket:
        self._switch.check()
        if self.over.is_set():
            raise CallGone(self.uuid)
        ticket = FakeTicket(self, instruction)
        self.tickets.append(ticket)
        self.instructions.put(ticket)
        return ticket

    def hangup(self, cause: str = "NORMAL_CLEARING") -> None:
        self._switch.check()
        self.end(cause, HangupBy.US)

    def hear_beeps(self, handler: Callable[[float], None] | None) -> None:
        self.beep_handler = handler

    def hear_keys(self, handler: Callable[[str, KeyWay], None]) -> None:
        self.key_handler = handler

    def _beep(self) -> None:
        handler, self.beep_handler = self.beep_handler, None
        if handler is not None and not self.over.is_set():
            handler(1000.2)

    def end(self, cause: str, by: HangupBy, *, sip_status: int = 200, channel: bool = True, sent: bool = True) -> None:
        if self.over.is_set():
            return
        self.over.set()
        self._switch.live.pop(self.uuid, None)
        now = monotonic()
        for ticket in self.tickets:
            if not ticket.result.ready():
                ticket.result.set(Stopped(gone=True))
        answered = self.answered
        if self._switch.down:
            self._switch.unseen.append(self)
        else:
            self.events.put(
                CallEnded(
                    cause=cause,
                    sip_status=sip_status,
                    by=by,
                    channel=channel,
                    sent=sent,
                    answered=answered is not None,
                    ring_s=(answered or now) - self.started,
                    talk_s=now - answered if answered else 0.0,
                )
            )
        if self.bridged is not None:
            self.bridged.alone.set()
        self.alone.set()

    def cut(self) -> None:
        lost = SwitchLost("the connection to the switch was cut")
        self.events.put(lost)
        for ticket in self.tickets:
            if not ticket.result.ready():
                ticket.result.set_exception(lost)

    def _live(self) -> None:
        role = self.role
        if not role.channel:
            self.end(role.cause, HangupBy.SWITCH, sip_status=0, channel=False)
            return
        self.events.put(Ringing(early=role.early))
        if role.answers is None:
            self.over.wait(self.dial.ring_s)
            self.end("NO_ANSWER", HangupBy.SWITCH, sip_status=487)
            return
        if self.over.wait(role.ring_s):
            return
        if not role.answers:
            self.end(role.cause, HangupBy.PERSON, sip_status=role.sip_status)
            return
        self.answered = monotonic()
        self.events.put(Answer())
        if role.beeps_at is not None:
            gevent.spawn_later(role.beeps_at, self._beep)
        if role.leaves_after is not None:
            gevent.spawn_later(role.leaves_after, self.end, "NORMAL_CLEARING", HangupBy.PERSON)
        self._execute()

    def _execute(self) -> None:
        while not self.over.is_set():
            ticket = self.instructions.get()
            if self.over.is_set():
                return
            self.played.append(ticket.instruction)
            n = len(self.played) - 1
            result = self._perform(ticket, n)
            if result is not None and not ticket.result.ready():
                ticket.result.set(result)

    def _record(self, ticket: FakeTicket, wanted: Record, n: int) -> Result | None:
        """Make the file, as long as the person speaks; a folder that is not there ends the leg."""
        role = self.role
        said = role.says[self.recordings] if self.recordings < len(role.says) else 0.0
        self.recordings += 1
        if role.cut_at == n:
            self._switch.cut()
            ticket.cancelled.wait(self._switch.play_s)
            return None
        try:
            write_hum(Path(wanted.path), said, said + 0.5)
        except OSError:
            self.end("DESTINATION_OUT_OF_ORDER", HangupBy.SWITCH)
            return None
        if role.leaves_at == n:
            self.end("NORMAL_CLEARING", HangupBy.PERSON)
            return None
        if ticket.cancelled.wait(self._switch.play_s):
            return Stopped(gone=False)
        return Recorded(seconds=said + 0.5, by=RecordingEnd.SILENCE)

    def _perform(self, ticket: FakeTicket, n: int) -> Result | None:
        role, instruction = self.role, ticket.instruction
        if isinstance(instruction, Record):
            return self._record(ticket, instruction, n)
        if role.refuse_files and instruction.files:
            return Refused(reason="FILE NOT FOUND")
        if role.deaf:
            self.over.wait()
            return None
        if isinstance(instruction, Gather):
            keys = role.keys[self.gathers] if self.gathers < len(role.keys) else ""
            self.gathers += 1
        if role.leaves_at == n:
            self.over.wait(self._switch.play_s / 2)
            self.end("NORMAL_CLEARING", HangupBy.PERSON)
            return None
        if role.cut_at == n:
            self.over.wait(self._switch.play_s / 2)
            self._switch.cut()
        endless = not isinstance(instruction, Gather) and instruction.loops == 0
        if role.presses is not None and not isinstance(instruction, Gather) and role.presses[1] in instruction.ends:
            if ticket.cancelled.wait(role.presses[0]):
                return Stopped(gone=False)
            return Keys(keys=role.presses[1])
        if ticket.cancelled.wait(None if endless else self._switch.play_s * len(instruction.files)):
            return Stopped(gone=False)
        if isinstance(instruction, Gather):
            return Keys(keys=keys, complete=len(keys) >= instruction.min_digits)
        return Finished()


@dataclass
class FakeSwitch:
    """port.Switch in this process; `roles` by endpoint."""

    roles: dict[str, Role] = field(default_factory=dict)
    play_s: float = 0.004
    virtual: bool = True
    core_uuid: str = "00000000-0000-4000-8000-000000000001"

    def __post_init__(self) -> None:
        self.ledger: list[Dialed] = []
        self.writes = True  # it can make files where it is asked to
        self.asked_to_write: list[str] = []
        self.hears = True  # it knows the beep of a machine
        self.live: dict[str, FakeCall] = {}
        self.calls: list[FakeCall] = []
        self.guarded: dict[str, str] = {}
        self.down = False
        self.replaced = False
        self.unseen: list[FakeCall] = []
        self.closed = self.left_to_another = False
        self.stale = False
        self._handlers: list[Callable[[], None]] = []
        self.recorded: list[tuple[str, str, int]] = []  # verb, file, how much the leg had been played

    def record_call(self, call: FakeCall, path: str) -> None:
        self.check()
        if call.over.is_set():
            raise CallGone(call.uuid)
        if not self.writes:
            raise SwitchError("it cannot be recorded there")
        self.recorded.append(("begin", path, len(call.played)))

    def record_call_end(self, call: FakeCall, path: str) -> None:
        self.check()
        self.recorded.append(("end", path, len(call.played)))

    @property
    def connected(self) -> bool:
        return not self.down and not self.replaced

    def check(self) -> None:
        if self.down:
            raise SwitchLost("the connection to the switch is down")

    def originate(self, dial: Dial, on_taken: Callable[[], None] | None = None) -> FakeCall:
        self.check()
        if on_taken is not None:
            on_taken()
        refused = dial.uuid in self.guarded
        if not refused:
            self.guarded[dial.uuid] = "dialed"
            self.ledger.append(Dialed(dial.uuid, dial.endpoint, monotonic()))
        call = FakeCall(self, dial, self.roles.get(dial.endpoint, Role()))
        if refused:
            call.end("OKLIK_DUPLICATE", HangupBy.SWITCH, channel=False)
        else:
            self.live[dial.uuid] = call
        self.calls.append(call)
        return call

    def bridge(self, person: FakeCall, agent: FakeCall, deadline_s: float) -> None:
        self.check()
        if person.over.is_set() or agent.over.is_set():
            raise CallGone("a leg of the bridge is gone")
        person.bridged, agent.bridged = agent, person
        person.alone.clear()
        agent.alone.clear()
        if agent.role.bridge_s is not None:
            gevent.spawn_later(agent.role.bridge_s, agent.end, "NORMAL_CLEARING", HangupBy.PERSON)

    def wait_unbridged(self, person: FakeCall, deadline_s: float) -> bool:
        self.check()
        if not person.alone.wait(deadline_s):
            raise WaitTimeout(f"still bridged after {deadline_s} s")
        return not person.over.is_set()

    def fates(self, uuids: Sequence[str]) -> dict[str, Fate]:
        self.check()
        found: dict[str, Fate] = {}
        for uuid in uuids:
            if uuid in self.live:
                found[uuid] = Fate.LIVE
            elif self.guarded.setdefault(uuid, "barred") == "barred":
                found[uuid] = Fate.NEVER_DIALED
            else:
                found[uuid] = Fate.DIALED_AND_GONE
        return found

    def orphans(self, known: Iterable[str]) -> list[str]:
        self.check()
        return sorted(set(self.live) - set(known))

    def kill(self, *uuids: str) -> None:
        self.check()
        for uuid in uuids:
            if call := self.live.get(uuid):
                call.end("NORMAL_CLEARING", HangupBy.US)

    def can_write(self, path: str) -> bool:
        self.check()
        self.asked_to_write.append(path)
        if self.writes:
            Path(path).touch(exist_ok=False)
        return self.writes

    def hears_beeps(self) -> bool:
        self.check()
        return self.hears

    def on_inbound(self, handler: Callable[[Offer], None]) -> None:
        self._inbound = handler

    def on_restored(self, handler: Callable[[], None]) -> None:
        self._handlers.append(handler)

    def close(self, *, replaced: bool = False) -> None:
        self.closed = True
        self.left_to_another = replaced

    # -- what a test does to it -----------------------------------------------------------------------------

    def cut(self) -> None:
        """The connection breaks: every waiter fails, calls go on."""
        self.down = True
        for call in self.calls:
            if not call.over.is_set():
                call.cut()

    def restore(self) -> None:
        """The connection is there again: what ended in between ended unseen."""
        self.down = False
        for call in self.unseen:
            call.events.put(CallEnded(cause="LOST", answered=call.answered is not None))
        self.unseen.clear()
        for handler in self._handlers:
            gevent.spawn(handler)
