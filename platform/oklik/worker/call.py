"""One person's call: a greenlet that stands between a scenario and a leg at the switch.

It sends the leg, waits for the answer, then hands events to the interpreter and carries out the instruction it gets
back, each as one instruction of the switch port, with the prompts that were prepared before.  What happened goes to
the recorder as it happens; the whole is handed back as an `Outcome`.  Whom to call and whether one may is decided
before (campaigns), transfers are in `transfer`, rows are written by the `writer`.

Every wait has a deadline.  An exception here ends this attempt and nothing else; a prompt that is not there ends it
too: nobody is ever called into silence.
"""

import logging
from collections.abc import Callable
from time import monotonic

from msgspec import structs

from oklik.campaigns.call_recordings import warning
from oklik.dialing.call_recording import Part
from oklik.dialing.machines import DEFAULT, OnBeep
from oklik.dialing.vocabulary import CallState
from oklik.scenario import interpreter
from oklik.scenario.flow import (
    BeepHeard,
    Collect,
    Digits,
    Entered,
    Event,
    Fact,
    Hangup,
    Hook,
    HungUp,
    NoInput,
    OptedOut,
    Play,
    Played,
    PlayRecording,
    Record,
    Request,
    Say,
    Session,
    Step,
    Transfer,
    TransferEnded,
    VoiceAnswered,
)
from oklik.scenario.left_message import message_node
from oklik.telephony.port import (
    Answer,
    Call,
    CallEnded,
    CallEvent,
    CallGone,
    Finished,
    Gather,
    HangupBy,
    Keys,
    Playback,
    Result,
    Ringing,
    SwitchError,
    SwitchInstruction,
    SwitchLost,
    WaitTimeout,
)
from oklik.worker import beyond, call_recording, transfer, voice_answer
from oklik.worker.host import Failure, Host, Job, LeftOpen, Outcome
from oklik.worker.instructing import SLACK_S, carry_out
from oklik.worker.machine import MachineAnswered, Watch
from oklik.worker.recordings import Takes
from oklik.worker.writer import one_line

log = logging.getLogger(__name__)

BACK_S = 10.0  # real seconds for a leg's news once the connection is back
END_S = 10.0  # real seconds from our hangup to the end of the leg
MISSING_S = 90.0  # real seconds in which a leg that is gone has ended for the switch port, told or not
DURABLE_S = 10.0  # real seconds a person waits for the database to keep an opt-out


_NO_FILE = "DESTINATION_OUT_OF_ORDER"  # the cause with which a switch ends a leg whose recording it cannot begin
# The guard refuses a UUID it has seen: then an earlier send of it may have been dialed, and nobody watched.
_NOBODY_KNOWS = ("LOST", "OKLIK_DUPLICATE")


def _nobody_asks() -> None:
    """Whoever runs the call does not want to know."""


class PersonCall:
    """One attempt from the first byte to the last fact."""

    def __init__(self, host: Host, job: Job) -> None:
        self.job = job
        self.answered_at: float | None = None
        self.cancelled = False  # set by whoever hangs it up to leave
        self.on_reached: Callable[[], None] = _nobody_asks  # when it rings or is answered: the line works
        self.on_gone: Callable[[], None] = _nobody_asks  # when the leg is over, though not how: its line is free
        self.leg: Call | None = None  # that was dialed or taken, as long as nobody has said that it is over
        self.freed = False  # whoever gave it its line has it back
        self.on_taken: Callable[[], None] = _nobody_asks  # when the switch has taken the call in
        self.on_send: Callable[[], None] = _nobody_asks  # for a call that is not sent when it is begun
        self._host = host
        self._prompts = host.prompts(job)
        self._takes: Takes | None = None  # as soon as there is something recorded
        self._left_recording = False  # the leg ended while it was recorded
        self._facts: list[Fact] = []
        self._heard: int | None = None
        self._began = 0.0  # when the instruction under way did
        self._node = ""  # of the scenario, where the call stands
        self._language: str | None = job.language
        self._watch = Watch(DEFAULT if job.inbound else job.machines, host.clock, self._beep_heard)
        self._transfers = 0
        self._left: CallEnded | None = None  # how the leg ended, where that was noticed in the middle of the talk
        self._fault: str | None = None

    def run(self) -> Outcome:
        """Dial and talk.  Raises LeftOpen; everything else that goes wrong is in the outcome."""
        dial = self.job.dial
        try:
            switch = self._host.switch
            call = switch.take(dial.uuid, dial.max_s) if self.job.inbound else switch.originate(dial, self.on_taken)
        except SwitchLost as error:
            return self._outcome(CallEnded(cause="LOST", channel=False, sent=False), str(error))
        except SwitchError as error:
            # It would be refused again: a fault of ours, which has its own small cap, and not a call to be repeated.
            return self._outcome(CallEnded(cause="DESTINATION_OUT_OF_ORDER", channel=False), str(error))
        self.leg = call
        self._state(CallState.SENT)
        ended = self._answered(call)
        if ended is None:
            self.answered_at = monotonic()
            self._state(CallState.ANSWERED)
            self._watch.answers(call)
            ended = self._talk_to_the_end(call)
            self._watch.rest()
        if ended.cause in _NOBODY_KNOWS:
            ended = self._lost()
        elif ended.answered and not ended.talk_s:
            ended = structs.replace(ended, talk_s=self._talk_s())  # known from elsewhere than the switch's account
        if self._takes is not None:
            self._tidy(ended, self._takes)
        return self._outcome(ended, self._fault)

    def broken(self, fault: str) -> Outcome:
        """What is known of it when a bug of ours has ended `run`: what was said and heard until then counts."""
        return self._outcome(self._lost(), fault)

    # -- the leg ---------------------------------------------------------------------------------------------

    def _event(self, call: Call, deadline: float) -> CallEvent:
        """The next event of the leg; a broken connection is waited out.  Raises WaitTimeout."""
        while True:
            try:
                event = call.wait(max(0.0, deadline - monotonic()))
            except SwitchLost:
                began = monotonic()
                self._host.wait_connected()
                deadline += monotonic() - began + BACK_S
            else:
                if isinstance(event, CallEnded):
                    self.leg = None
                return event

    def _answered(self, call: Call) -> CallEnded | None:
        """Wait for the answer; the end of the leg instead, if that comes."""
        dial = self.job.dial
        deadline = monotonic() + self._host.clock.real_s(dial.ring_s) + SLACK_S
        while True:
            try:
                event = self._event(call, deadline)
            except WaitTimeout:
                ended = self._end(call)
                if ended.by is HangupBy.US or (ended.cause == "LOST" and not call.missing):
                    self._fault = "the switch neither connected nor ended the call"
                return ended
            if isinstance(event, Ringing):
                self._watch.rings(event)
                self.on_reached()
                self._state(CallState.RINGING)
            elif isinstance(event, Answer):
                self.on_reached()
                return None
            else:
                return event

    def _end(self, call: Call) -> CallEnded:
        """Hang up, if that has not happened, and wait for the end of the leg."""
        if self._left is not None:
            return self._left
        for _ in range(2):  # a kill may overtake the making of the channel: the second one finds it
            while True:
                try:
                    call.hangup()
                    break
                except SwitchLost:
                    self._host.wait_connected()
            deadline = monotonic() + END_S / 2
            while True:
                try:
                    event = self._event(call, deadline)
                except WaitTimeout:
                    break
                if isinstance(event, CallEnded):
                    return event
        if call.missing:
            return self._late_end(call)
        self._fault = self._fault or "the switch did not end the call"
        return self._lost()

    def _late_end(self, call: Call) -> CallEnded:
        """Wait for word of the end of a leg that is not there any more; nobody needs its line meanwhile."""
        self.leg = None
        self.on_gone()
        deadline = monotonic() + MISSING_S
        try:
            while not isinstance(event := self._event(call, deadline), CallEnded):
                pass
        except WaitTimeout:
            return self._lost()
        return event

    def _lost(self) -> CallEnded:
        """The end of a leg that nobody saw."""
        answered = self.answered_at is not None
        return CallEnded(cause="LOST", by=HangupBy.UNKNOWN, answered=answered, talk_s=self._talk_s())

    def _talk_s(self) -> float:
        """Campaign seconds since the answer."""
        at = self.answered_at
        return (monotonic() - at) * self._host.clock.speed if at is not None else 0.0

    # -- the talk --------------------------------------------------------------------------------------------

    def _talk_to_the_end(self, call: Call) -> CallEnded:
        try:
            try:
                self._talk(call)
            except MachineAnswered:
                if self.job.machines.on_beep is OnBeep.LEAVE_MESSAGE:
                    self._leave_message(call)
        except LeftOpen:
            raise
        except Exception as error:
            # Whatever broke belongs to this attempt: others share the process, the person must not hear silence.
            if not isinstance(error, Failure):
                log.exception("attempt %s failed", self.job.dial.uuid)
            self._fault = one_line(error)
        return self._end(call)

    def _talk(self, call: Call) -> None:
        job = self.job
        if job.record != Part.OFF and not self._warned(call):
            return
        step = interpreter.start(job.scenario, job.contact, job.now, job.language, holiday=job.holiday, who=job.who)
        while True:
            self._record(step)
            if step.instruction is None or isinstance(step.instruction, Hangup):
                return
            event = self._perform(call, step)
            step = interpreter.resume(job.scenario, step.session, event)

    def _leave_message(self, call: Call) -> None:
        """Say the message from its beginning, to the machine that has just beeped, and nothing else."""
        job = self.job
        node = message_node(job.scenario)  # the launch has looked whether it may be left
        step = interpreter.start(
            job.scenario, job.contact, job.now, self._language, holiday=job.holiday, who=job.who, at=node
        )
        self._record(step)
        while isinstance(step.instruction, Play) and step.session.node == node:
            step = interpreter.resume(job.scenario, step.session, self._perform(call, step))
            self._record(step)

    def _beep_heard(self, after_s: float, hertz: int) -> None:
        self._note((BeepHeard(node=self._node, after_s=after_s, hertz=hertz),))

    def _note(self, facts: tuple[Fact, ...]) -> None:
        self._host.recorder.facts(self.job.dial.uuid, len(self._facts), facts, self._host.clock.now())
        self._facts.extend(facts)

    def _warned(self, call: Call) -> bool:
        """Record, if it is all of the call, and say that it is recorded before anything else; False: they have left."""
        try:
            if self.job.record == Part.CALL:
                call_recording.begin(self._host, self.job, call)
            clips = self._prompts.clips((warning(self.job.language or self.job.scenario.languages[0]),))
            return isinstance(self._instruct(call, Playback(files=clips.files), clips.ms), Finished)
        except CallGone:
            return False

    def _record(self, step: Step) -> None:
        self._node, self._language = step.session.node, step.session.language
        if not step.facts:
            return
        now = self._host.clock.now()
        uuid = self.job.dial.uuid
        self._note(step.facts)
        for fact in step.facts:
            if isinstance(fact, VoiceAnswered) and self._takes is not None:
                self._host.recorder.recording(uuid, self._takes.keep(fact), now)
        if any(isinstance(fact, OptedOut) for fact in step.facts):
            kept = self._host.recorder.opt_out(self.job, now)
            if not kept.wait(DURABLE_S):
                # The recorder keeps it and tries on; the person need not wait any longer for our database.
                log.error("opt-out of attempt %s is not in the database yet", self.job.dial.uuid)

    def _perform(self, call: Call, step: Step) -> Event:
        instruction = step.instruction
        if not isinstance(instruction, Play | Collect):
            self._watch.rest()  # no machine gets here
        try:
            if isinstance(instruction, Play):
                return self._play(call, instruction)
            if isinstance(instruction, Collect):
                return self._collect(call, instruction)
            if isinstance(instruction, Transfer):
                return self._transfer(call, step.session, instruction)
            if isinstance(instruction, Request | Hook):
                return self._ask_beyond(call, instruction)
            if isinstance(instruction, Record):
                return self._record_voice(call, instruction)
            if isinstance(instruction, PlayRecording) and self._takes is not None:
                file, seconds = self._takes.file(instruction.question, instruction.take)
                result = self._instruct(call, Playback(files=(file,)), 1000 * seconds)
                return Played() if isinstance(result, Finished) else HungUp()
        except CallGone:
            return HungUp()
        raise Failure(f"an instruction this dialer does not know: {type(instruction).__name__}")

    def _transfer(self, call: Call, session: Session, wish: Transfer) -> Event:
        def place(number: int) -> tuple[Say, ...]:
            return interpreter.position(self.job.scenario, session, number)

        self._transfers += 1
        event = transfer.run(self._host, self.job, call, wish, place, n=self._transfers)
        if isinstance(event, TransferEnded) and event.fault:
            self._fault = event.fault
        return event

    def _play(self, call: Call, play: Play) -> Event:
        clips = self._prompts.clips(play.parts)
        began = monotonic()
        heard_all = False
        try:
            result = self._instruct(call, Playback(files=clips.files), clips.ms) if clips.files else Finished()
            heard_all = isinstance(result, Finished)
        finally:
            if play.message:
                self._note_heard(100 if heard_all else self._percent(began, clips.ms))
        return Played() if heard_all else self._hung_up_in(clips.ms)

    def _hung_up_in(self, ms: int) -> HungUp:
        """They left in the midst of what takes so long to be said."""
        into_s = (monotonic() - self._began) * self._host.clock.speed
        return HungUp(into_s=round(into_s, 1), of_s=round(ms / 1000, 1))

    def _ask_beyond(self, call: Call, instruction: Request | Hook) -> Event:
        def speak(parts: tuple[Say, ...]) -> bool:
            clips = self._prompts.clips(parts)
            return isinstance(self._instruct(call, Playback(files=clips.files), clips.ms), Finished)

        visit = sum(isinstance(fact, Entered) and fact.node == instruction.node for fact in self._facts)
        key = f"{self.job.dial.uuid}-{instruction.node}-{visit}"
        answer = beyond.ask(self._host, call, instruction, speak, key=key, music=self._prompts.music(None))
        if isinstance(answer, CallEnded):
            self._left = answer
            return HungUp()
        return answer

    def _percent(self, began: float, ms: int) -> int:
        spent_ms = (monotonic() - began) * 1000 * self._host.clock.speed
        return min(99, int(100 * spent_ms / ms)) if ms else 0

    def _note_heard(self, percent: int) -> None:
        self._heard = max(self._heard or 0, percent)  # of several tries at the message the best one counts

    def _collect(self, call: Call, collect: Collect) -> Event:
        clips = self._prompts.clips(collect.parts)
        gather = Gather(
            files=clips.files,
            allowed=collect.allowed,
            min_digits=collect.min_digits,
            max_digits=collect.max_digits,
            terminators=collect.terminators,
            timeout_s=collect.timeout_s,
            digit_timeout_s=collect.digit_timeout_s,
            barge_in=collect.barge_in,
            early=collect.early or collect.more,
        )
        self._watch.asks()
        silence_ms = 1000 * (collect.timeout_s + collect.max_digits * collect.digit_timeout_s)
        result = self._instruct(call, gather, clips.ms + silence_ms)
        if isinstance(result, Keys):
            if result.keys:
                self._watch.pressed()
            return Digits(keys=result.keys, complete=result.complete) if result.keys else NoInput()
        return self._hung_up_in(clips.ms)

    def _record_voice(self, call: Call, record: Record) -> Event:
        if self._takes is None:
            self._takes = Takes(self._host.recordings, self.job.campaign_id, self.job.dial.uuid)
        event = voice_answer.record(self._host, self.job, call, record, self._takes)
        self._left_recording = isinstance(event, HungUp)
        return event

    def _tidy(self, ended: CallEnded, takes: Takes) -> None:
        """What nobody sent is deleted; a leg that the switch ended for want of a file is our fault."""
        takes.drop_the_rest()
        if self._left_recording and ended.cause == _NO_FILE:
            self._host.recordings.doubt(self.job.campaign_id)
            self._fault = "the switch could not make the file of a recording"

    def _instruct(self, call: Call, instruction: SwitchInstruction, ms: float) -> Result:
        """Start it and wait for its end.  Raises Failure when the switch did not do it though the leg is there."""
        while True:
            self._began = monotonic()
            try:
                return carry_out(self._host, call, instruction, ms / 1000, self._watch)
            except SwitchLost:
                # The leg lives on at the switch; once we are back the person hears this again from its beginning.
                self._host.wait_connected()

    # -- the record ------------------------------------------------------------------------------------------

    def _state(self, state: CallState) -> None:
        self._host.recorder.state(self.job.dial.uuid, state, self._host.clock.now())

    def _outcome(self, ended: CallEnded, fault: str | None) -> Outcome:
        return Outcome(
            uuid=self.job.dial.uuid,
            at=self._host.clock.now(),
            ended=ended,
            facts=tuple(self._facts),
            heard_percent=self._heard,
            cancelled=self.cancelled,
            fault=fault,
            signs=self._watch.signs,
            stranger=self.job.stranger,
        )
