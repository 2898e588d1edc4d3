"""Legs to agents for one waiting person: asked of the gate, committed, given a line, dialed, watched.

What becomes of a leg is told as messages, so that one greenlet (transfer) can wait for agent and person at a time.
Whom to ring and what follows is decided there.
"""

import logging
from collections.abc import Callable
from time import monotonic
from uuid import uuid4

import gevent
import msgspec

from oklik.dialing.vocabulary import CallState
from oklik.scenario.flow import Transfer
from oklik.telephony.port import (
    Answer,
    Call,
    CallEnded,
    CallEvent,
    Dial,
    Gather,
    HangupBy,
    Result,
    Ringing,
    SwitchError,
    SwitchLost,
)
from oklik.worker.host import AgentLeg, Clips, Host, Job, LeftOpen, Line
from oklik.worker.instructing import SLACK_S, outcome

log = logging.getLogger(__name__)

COMMIT_S = 5.0  # real seconds for the leg's row to be committed
ACCEPT_S = 10.0  # campaign seconds an agent has for the accept key after the whisper
LOOK_S = 0.02  # real seconds between looks for a free line


class FromAgent(msgspec.Struct):
    """An event of the agent's leg, the end of the accept question, or what broke."""

    leg: str
    event: CallEvent | Result | SwitchError


class AgentCaller:
    """Dials agents for one person."""

    def __init__(
        self,
        host: Host,
        job: Job,
        wish: Transfer,
        *,
        tell: Callable[[FromAgent], None],
        check_person: Callable[[], None],
    ) -> None:
        """tell: takes what happens to the legs; check_person: raises when the person is not there any more."""
        self.whisper: Clips = host.prompts(job).clips(wish.whisper)
        # For a line nobody waits longer than for an agent, whichever agent it is meant for.
        self.patience_s = host.clock.real_s(max(wish.ring_s, wish.wait_s))
        self.fault = ""  # why our side failed last
        self._host = host
        self._job = job
        self._wish = wish
        self._tell = tell
        self._check_person = check_person

    def dial(self, endpoint: str, ring_s: int, number: str = "") -> Call | None:
        """Commit and send the leg; None when our side failed.  Raises SwitchLost, and what check_person raises.

        number: of the phone that was named instead of a group.
        """
        host = self._host
        leg = AgentLeg(
            uuid=str(uuid4()),
            attempt_uuid=self._job.dial.uuid,
            group=self._wish.group,
            number=number,
            endpoint=endpoint,
            caller_id=self._job.dial.caller_id,
            at=host.clock.now(),
        )
        host.agent_legs.add(leg.uuid)
        line: Line | None = None
        call: Call | None = None
        try:
            line = self._line(leg)
            if line is not None:
                call = host.switch.originate(
                    Dial(
                        uuid=leg.uuid,
                        endpoint=endpoint,
                        caller_id=leg.caller_id,
                        ring_s=ring_s,
                        max_s=self._job.dial.max_s,
                    ),
                    line.arrived,
                )
        except SwitchLost:
            raise
        except SwitchError as error:
            self._failed(leg, str(error))
        finally:
            if call is None:
                self._not_sent(leg.uuid, line)
        if call is None or line is None:
            return None
        host.recorder.state(leg.uuid, CallState.SENT, host.clock.now())
        gevent.spawn(self._watch, call, line)
        return call

    def ask(self, leg: Call) -> None:
        """Play the whisper and wait for the accept key; the answer comes as a message."""
        gevent.spawn(self._ask, leg)

    def _line(self, leg: AgentLeg) -> Line | None:
        """The gate's word and a line within the limits; None when there is none."""
        permission = self._host.recorder.agent_leg(leg)
        if not permission.wait(COMMIT_S):
            self._failed(leg, "the agent's leg could not be committed")
            return None
        if not permission.given:
            self._failed(leg, f"no permission to ring {leg.endpoint}")
            return None
        line = self._host.agent_line(permission.trunk)
        taken = False
        try:
            while True:
                self._check_person()
                taken = line.take()
                if taken or self.patience_s <= 0:
                    break
                began = monotonic()
                gevent.sleep(LOOK_S)
                self.patience_s -= monotonic() - began
        finally:
            if not taken:
                line.give_back()
        if not taken:
            self._failed(leg, f"no line was free for {leg.endpoint}")
        return line if taken else None

    def _failed(self, leg: AgentLeg, fault: str) -> None:
        self.fault = fault
        log.error("transfer of %s: %s", leg.attempt_uuid, fault)

    def _not_sent(self, uuid: str, line: Line | None) -> None:
        if line is not None:
            line.give_back()
        ended = CallEnded(cause="ORIGINATOR_CANCEL", by=HangupBy.US, channel=False, sent=False)
        self._host.recorder.agent_ended(uuid, ended, self._host.clock.now())

    # -- greenlets that turn blocking waits into messages ----------------------------------------------------

    def _watch(self, leg: Call, line: Line) -> None:
        host = self._host
        deadline_s = host.clock.real_s(self._wish.ring_s + self._job.dial.max_s) + SLACK_S
        states = {Ringing: CallState.RINGING, Answer: CallState.ANSWERED}
        try:
            while True:
                try:
                    event = leg.wait(deadline_s)
                except SwitchLost as error:
                    self._tell(FromAgent(leg.uuid, error))
                    host.wait_connected()
                    continue
                if isinstance(event, CallEnded):
                    host.recorder.agent_ended(leg.uuid, event, host.clock.now())
                    break
                host.recorder.state(leg.uuid, states[type(event)], host.clock.now())
                self._tell(FromAgent(leg.uuid, event))
        except (SwitchError, LeftOpen) as error:
            host.agent_legs.discard(leg.uuid)  # whoever comes next finds out what became of it
            self._tell(FromAgent(leg.uuid, error if isinstance(error, SwitchError) else SwitchLost("left")))
        else:
            self._tell(FromAgent(leg.uuid, event))
        finally:
            line.give_back()

    def _ask(self, leg: Call) -> None:
        question = Gather(
            files=self.whisper.files,
            allowed=self._wish.accept_key or "",
            min_digits=1,
            max_digits=1,
            terminators="",
            timeout_s=ACCEPT_S,
            digit_timeout_s=ACCEPT_S,
            barge_in=True,
        )
        seconds = self._host.clock.real_s(self.whisper.ms / 1000 + ACCEPT_S)
        try:
            answer: Result | SwitchError = outcome(leg.start(question), seconds)
        except SwitchError as error:
            answer = error
        self._tell(FromAgent(leg.uuid, answer))
