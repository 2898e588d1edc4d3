"""One person's call: a greenlet that stands between a scenario and a leg at the switch.

It sends the leg, waits for the answer, then hands events to the interpreter and carries out the instruction it gets
back, each as one instruction of the switch port, with the prompts that were prepared before.  What happened goes to
the recorder as it happens; the whole is handed back as an `Outcome`.  Whom to call and whether one may is decided
before (campaigns), transfers are in `transfer`, rows are written by the `writer`.

Every wait has a deadline.  An exception here ends this attempt and nothing else; a prompt that is not there ends it
too: nobody is ever called into silence.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Protocol

import msgspec

from oklik.clock import Clock
from oklik.dialing.vocabulary import CallState
from oklik.scenario import interpreter
from oklik.scenario.document import Scenario
from oklik.scenario.flow import (
    Collect,
    Digits,
    Event,
    Fact,
    Hangup,
    HungUp,
    Instruction,
    NoInput,
    OptedOut,
    Play,
    Played,
    Say,
    Step,
    Transfer,
)
from oklik.telephony.port import (
    Answer,
    Call,
    CallEnded,
    CallGone,
    Dial,
    Fate,
    Finished,
    Gather,
    HangupBy,
    Keys,
    Playback,
    Refused,
    Result,
    Ringing,
    Stopped,
    Switch,
    SwitchInstruction,
    SwitchLost,
    WaitTimeout,
)
from oklik.worker import transfer

log = logging.getLogger(__name__)

SLACK_S = 15.0  # real seconds over what an instruction should take before the leg is taken for dead
END_S = 10.0  # real seconds from our hangup to the end of the leg
DURABLE_S = 10.0  # real seconds a person waits for the database to keep an opt-out


class Clips(Protocol):
    """Prepared sound: absolute paths in order, and how long they are."""

    @property
    def files(self) -> tuple[str, ...]:
        """Absolute paths."""

    @property
    def ms(self) -> int:
        """Milliseconds of all of them."""


class Prompts(Protocol):
    """Where prepared prompts are found (speech.prompts.PromptStore)."""

    def clips(self, parts: Sequence[Say]) -> Clips:
        """The sound of the parts.  Raises PromptMissing."""

    def music(self) -> str:
        """Absolute path of the music for those who wait."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed attempt, ready to be sent.  number: E.164; today: the date in the contact's zone."""

    campaign_id: int
    target_id: int
    dial: Dial
    number: str
    scenario: Scenario
    contact: dict[str, str]
    today: dt.date
    language: str | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of an attempt when its greenlet ends.

    ended: how the leg ended; cause LOST when it ended while nobody watched.  released: the switch never dialed and
    never will.  heard_percent: of the marked message, None when it never began.  fault: our own failure, one line.
    """

    uuid: str
    campaign_id: int
    target_id: int
    at: dt.datetime
    ended: CallEnded
    facts: tuple[Fact, ...] = ()
    heard_percent: int | None = None
    fault: str | None = None
    released: bool = False
    unknown: bool = False


class Durable(Protocol):
    """Something that is on its way into the database."""

    def wait(self, timeout: float | None = None) -> bool:
        """True once it is committed; False if that took longer."""


class Recorder(Protocol):
    """Where a call leaves what happened (the batch writer)."""

    def state(self, uuid: str, state: CallState, at: dt.datetime) -> None:
        """The leg reached a state."""

    def facts(self, uuid: str, first_seq: int, facts: Sequence[Fact], at: dt.datetime) -> None:
        """Facts of the scenario, numbered from first_seq."""

    def opt_out(self, job: Job, at: dt.datetime) -> Durable:
        """The person wants no more calls."""

    def agent_leg(self, leg: "transfer.AgentLeg") -> Durable:
        """A leg to an agent is about to be dialed."""

    def agent_ended(self, uuid: str, ended: CallEnded, at: dt.datetime) -> None:
        """A leg to an agent is over."""


class Host(Protocol):
    """What a call needs of the dialer around it."""

    @property
    def switch(self) -> Switch:
        """The switch of this dialer."""

    @property
    def clock(self) -> Clock:
        """Campaign time."""

    @property
    def recorder(self) -> Recorder:
        """The batch writer."""

    def prompts(self, job: Job) -> Prompts:
        """Prepared sound in the voice of the job's campaign."""

    @property
    def agent_legs(self) -> set[str]:
        """UUIDs of the agents' legs that somebody here looks after; the reconcile leaves them alone."""

    def agents(self, job: Job, group: str) -> Sequence[str]:
        """Dial strings of a group's agents in the order they are rung."""

    def fate_after_cut(self, uuid: str, core_uuid: str) -> Fate | None:
        """Wait until the switch is there again and has told what became of a leg; None when the dialer is leaving."""


class Failure(Exception):
    """Something of ours failed; the message is the attempt's fault."""


class LeftOpen(Exception):
    """The dialer is leaving and cannot know what became of the leg: the next one will reconcile it."""


class PersonCall:
    """One attempt from the first byte to the last fact."""

    def __init__(self, host: Host, job: Job) -> None:
        self.job = job
        self.answered_at: float | None = None
        self._host = host
        self._prompts = host.prompts(job)
        self._facts: list[Fact] = []
        self._heard: int | None = None
        self._fault: str | None = None
        self._core_uuid = ""

    def run(self, on_sent: Callable[[], None] | None = None) -> Outcome:
        """Dial and talk.  Raises LeftOpen; everything else that goes wrong is in the outcome."""
        self._core_uuid = self._host.switch.core_uuid
        try:
            call = self._host.switch.originate(self.job.dial)
        except SwitchLost as error:
            return self._outcome(CallEnded(cause="LOST", channel=False, sent=False), str(error), released=True)
        self._state(CallState.SENT)
        if on_sent:
            on_sent()
        try:
            ended = self._through(call)
        except SwitchLost:
            return self._after_cut()
        if ended.answered or self.answered_at is not None:
            self._state(CallState.ENDED)
        return self._outcome(ended, self._fault, released=not ended.sent)

    # -- the leg ---------------------------------------------------------------------------------------------

    def _through(self, call: Call) -> CallEnded:
        ended = self._answered(call)
        if ended is not None:
            return ended
        self.answered_at = monotonic()
        self._state(CallState.ANSWERED)
        try:
            self._talk(call)
        except SwitchLost:
            raise
        except Exception as error:
            # Whatever broke belongs to this attempt: others share the process, the person must not hear silence.
            if not isinstance(error, Failure):
                log.exception("attempt %s failed", self.job.dial.uuid)
            self._fault = str(error) or type(error).__name__
        return self._end(call)

    def _answered(self, call: Call) -> CallEnded | None:
        """Wait for the answer; the end of the leg instead, if that comes."""
        dial = self.job.dial
        deadline = monotonic() + self._host.clock.real_s(dial.ring_s) + SLACK_S
        while True:
            try:
                event = call.wait(max(0.0, deadline - monotonic()))
            except WaitTimeout:
                self._fault = "the switch neither connected nor ended the call"
                return self._end(call)
            if isinstance(event, Ringing):
                self._state(CallState.RINGING)
            elif isinstance(event, Answer):
                return None
            else:
                return event

    def _end(self, call: Call) -> CallEnded:
        """Hang up, if that has not happened, and wait for the end of the leg."""
        for _ in range(2):  # a kill may overtake the making of the channel: the second one finds it
            call.hangup()
            deadline = monotonic() + END_S / 2
            while True:
                try:
                    event = call.wait(max(0.0, deadline - monotonic()))
                except WaitTimeout:
                    break
                if isinstance(event, CallEnded):
                    return event
        self._fault = self._fault or "the switch did not end the call"
        return self._lost()

    def _after_cut(self) -> Outcome:
        """The connection broke: the leg went on without us.  What became of it is asked once the switch is back."""
        fate = self._host.fate_after_cut(self.job.dial.uuid, self._core_uuid)
        if fate is None:
            raise LeftOpen
        if fate is Fate.NEVER_DIALED:
            ended = CallEnded(cause="LOST", channel=False, sent=False)
            return self._outcome(ended, "the connection to the switch was cut", released=True)
        # a leg that lived through the cut has been hung up by the reconcile: its events of the gap are gone
        fault = self._fault or "the connection to the switch was cut"
        if self.answered_at is None:
            return self._outcome(self._lost(), fault, unknown=True)
        return self._outcome(self._lost(), fault)

    def _lost(self) -> CallEnded:
        at = self.answered_at
        speed = self._host.clock.speed
        return CallEnded(
            cause="LOST",
            by=HangupBy.UNKNOWN,
            answered=at is not None,
            talk_s=(monotonic() - at) * speed if at is not None else 0.0,
        )

    # -- the talk --------------------------------------------------------------------------------------------

    def _talk(self, call: Call) -> None:
        job = self.job
        step = interpreter.start(job.scenario, job.contact, job.today, job.language)
        while True:
            self._record(step)
            if step.instruction is None or isinstance(step.instruction, Hangup):
                return
            event = self._perform(call, step.instruction)
            step = interpreter.resume(job.scenario, step.session, event)

    def _record(self, step: Step) -> None:
        if not step.facts:
            return
        now = self._host.clock.now()
        self._host.recorder.facts(self.job.dial.uuid, len(self._facts), step.facts, now)
        self._facts.extend(step.facts)
        if any(isinstance(fact, OptedOut) for fact in step.facts):
            kept = self._host.recorder.opt_out(self.job, now)
            if not kept.wait(DURABLE_S):
                # The recorder keeps it and tries on; the person need not wait any longer for our database.
                log.error("opt-out of attempt %s is not in the database yet", self.job.dial.uuid)

    def _perform(self, call: Call, instruction: Instruction) -> Event:
        try:
            if isinstance(instruction, Play):
                return self._play(call, instruction)
            if isinstance(instruction, Collect):
                return self._collect(call, instruction)
            if isinstance(instruction, Transfer):
                return transfer.run(self._host, self.job, call, instruction)
        except CallGone:
            return HungUp()
        raise Failure(f"an instruction this dialer does not know: {type(instruction).__name__}")

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
        return Played() if heard_all else HungUp()

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
        )
        silence_ms = 1000 * (collect.timeout_s + collect.max_digits * collect.digit_timeout_s)
        result = self._instruct(call, gather, clips.ms + silence_ms)
        if isinstance(result, Keys):
            return Digits(keys=result.keys, complete=result.complete) if result.keys else NoInput()
        return HungUp()

    def _instruct(self, call: Call, instruction: SwitchInstruction, ms: float) -> Result:
        """Start it and wait for its end.  Raises Failure when the switch did not do it though the leg is there."""
        ticket = call.start(instruction)
        try:
            result = ticket.wait(self._host.clock.real_s(ms / 1000) + SLACK_S)
        except WaitTimeout:
            raise Failure(f"{type(instruction).__name__} did not end in its time") from None
        if isinstance(result, Refused):
            raise Failure(f"the switch refused {type(instruction).__name__}: {result.reason}")
        if isinstance(result, Stopped) and not result.gone:
            raise Failure(f"{type(instruction).__name__} was stopped by somebody else")
        return result

    # -- the record ------------------------------------------------------------------------------------------

    def _state(self, state: CallState) -> None:
        self._host.recorder.state(self.job.dial.uuid, state, self._host.clock.now())

    def _outcome(
        self, ended: CallEnded, fault: str | None, *, released: bool = False, unknown: bool = False
    ) -> Outcome:
        return Outcome(
            uuid=self.job.dial.uuid,
            campaign_id=self.job.campaign_id,
            target_id=self.job.target_id,
            at=self._host.clock.now(),
            ended=ended,
            facts=tuple(self._facts),
            heard_percent=self._heard,
            fault=fault,
            released=released,
            unknown=unknown,
        )
