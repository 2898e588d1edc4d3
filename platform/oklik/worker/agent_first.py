"""A call that begins with the agent: their phone is rung, then the person's, and the two are connected.

The agent's leg comes about as that of a transfer (agent_call): the gate's word, a line, a row before it is dialed.
The person is called only once the agent is there, after the gate was asked again and a line was found; from then on it
is a person's call like any other, but for what is said in it: two people talk.  Whoever hangs up ends both legs.
"""

import logging
from time import monotonic

import gevent
import msgspec
from gevent.queue import Empty, Queue

from oklik.agents.groups import Group
from oklik.campaigns.finish import NO_AGENT
from oklik.campaigns.prepare_prompts import nobody_answered
from oklik.dialing.call_recording import Part
from oklik.scenario import interpreter
from oklik.scenario.errors import PromptError
from oklik.scenario.flow import Entered, Transfer, TransferOutcome, Transferred
from oklik.telephony.port import (
    Answer,
    Call,
    CallEnded,
    CallGone,
    Finished,
    HangupBy,
    Keys,
    Playback,
    Refused,
    Stopped,
    SwitchError,
    SwitchLost,
)
from oklik.worker import call_recording
from oklik.worker.agent_call import ACCEPT_S, LOOK_S, AgentCaller, FromAgent
from oklik.worker.call import PersonCall
from oklik.worker.holding import Holding
from oklik.worker.host import Clips, Failure, Host, Job, LeftOpen, Line, Outcome
from oklik.worker.instructing import SLACK_S, outcome
from oklik.worker.transfer import BRIDGE_S

log = logging.getLogger(__name__)

CANCELLED_S = 0.2  # real seconds after which a call that was given up rings its agent no longer
NODE = "agent_first"  # where the facts of such a call happened: no node of the scenario


class AgentFirstCall(PersonCall):
    """One attempt in which an agent talks to the person, from the agent's leg to the end of both."""

    def __init__(self, host: Host, job: Job) -> None:
        super().__init__(host, job)
        self._inbox: Queue[FromAgent] = Queue()
        self._wish = _wish(job)
        self._agent: Call | None = None
        self._agent_left = False
        self._holding: Holding | None = None
        self._line: Line | None = None  # the person's, from the moment it is waited for

    def run(self) -> Outcome:
        """Ring the agent, then the person.  Raises LeftOpen; whoever was not called is in the outcome as not sent."""
        waiter = self._host.waiting.join(f"call {self.job.dial.uuid}", _nothing)
        try:
            # An agent belongs to one person, however they come to talk.
            if waiter.take(Group(self.job.group, (self.job.agent,))) is None:
                return self._nobody_called("the agent is on another call")
            return self._ring_both()
        finally:
            waiter.leave()

    def _ring_both(self) -> Outcome:
        agents = AgentCaller(self._host, self.job, self._wish, tell=self._inbox.put, check_person=self._check)
        try:
            leg = self._agent = agents.dial(self.job.agent, self._wish.ring_s)
        except (Failure, SwitchLost) as error:
            return self._nobody_called(str(error))
        if leg is None:
            return self._nobody_called(agents.fault)
        try:
            if not self._taken(leg, agents):
                return self._nobody_called("")
            line = self._line = self._host.agent_line(self.job.trunk, fresh=False)
            fault = self._may_be_called(line, agents.patience_s)
            if fault is not None:
                self._tell(leg)
                return self._nobody_called(fault)
            self.on_send()
            self.on_taken = line.arrived
            outcome = super().run()
            if not outcome.ended.answered:
                self._tell(leg)
            return outcome
        finally:
            if self.leg is None:  # else whoever waits for its end gives the line back
                self.give_back()
            self._drop(leg)

    def give_back(self) -> None:
        """The person's leg is over, or is not sent: its line is free; a second time does nothing."""
        if self._line is not None:
            self._line.give_back()

    def _nobody_called(self, fault: str) -> Outcome:
        """The person's leg was never sent: the intent is given back, and the order has failed."""
        return self._outcome(CallEnded(cause=NO_AGENT, by=HangupBy.US, channel=False, sent=False), fault or None)

    # -- the agent -----------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if self.cancelled:
            raise Failure("the dialer leaves, or the person is on another call")

    def _taken(self, leg: Call, agents: AgentCaller) -> bool:
        """Wait until the agent is there, has heard who is to be called, and hears music; False: they are not."""
        host = self._host
        deadline = monotonic() + host.clock.real_s(self._wish.ring_s) + SLACK_S
        while not self.cancelled and monotonic() < deadline:
            try:
                event = self._inbox.get(timeout=CANCELLED_S).event
            except Empty:
                continue
            if isinstance(event, Answer):
                if self._wish.accept_key is None:
                    return self._hears(leg, agents.whisper) and self._music(leg)
                deadline = monotonic() + host.clock.real_s(agents.whisper.ms / 1000 + ACCEPT_S) + SLACK_S
                agents.ask(leg)
            elif isinstance(event, Keys):
                return event.keys == self._wish.accept_key and self._music(leg)
            elif isinstance(event, CallEnded | SwitchError | Stopped | Refused):
                return False
        return False

    def _hears(self, leg: Call, clips: Clips) -> bool:
        """Say something to the agent, to its end; False: they are gone."""
        if not clips.files:
            return True
        seconds = self._host.clock.real_s(clips.ms / 1000)
        try:
            return isinstance(outcome(leg.start(Playback(files=clips.files)), seconds), Finished)
        except SwitchError:
            return False

    def _music(self, leg: Call) -> bool:
        real_s = self._host.clock.real_s
        self._holding = Holding(
            leg,
            self._prompts.music(self._wish.music),
            ends="",
            limit_s=real_s(self.job.dial.max_s) + SLACK_S,
            real_s=real_s,
            tell=lambda: None,  # the agent's leg tells of its end by itself
        )
        self._holding.play()
        return True

    def _gone(self) -> bool:
        """Has the agent left meanwhile?"""
        while not self._agent_left:
            try:
                event = self._inbox.get_nowait().event
            except Empty:
                return False
            self._agent_left = isinstance(event, CallEnded | SwitchError)
        return True

    def _tell(self, leg: Call) -> None:
        """Nobody comes to the agent: say so and let them go."""
        if self._gone():
            return
        try:
            if self._holding is not None:
                self._holding.silence()
            said = nobody_answered(self._language or self.job.scenario.languages[0])
            clips = self._prompts.clips((said,)) if self._prompts.has((said,)) else self._prompts.beep()
            self._hears(leg, clips)
        except (SwitchError, PromptError, OSError) as error:
            log.warning("agent-first call %s: the agent was told nothing: %s", self.job.dial.uuid, error)

    def _drop(self, leg: Call) -> None:
        """The agent's leg does not outlive the call; where that cannot be said to the switch, the reconcile does it."""
        if self._holding is not None:
            self._holding.drop()
        try:
            leg.hangup()
        except SwitchLost:
            try:
                self._host.wait_connected()
                leg.hangup()
            except (SwitchError, LeftOpen) as error:
                log.warning("agent-first call %s: the agent's leg: %s", self.job.dial.uuid, error)

    # -- the person ----------------------------------------------------------------------------------------------

    def _may_be_called(self, line: Line, patience_s: float) -> str | None:
        """Wait for a line and ask the gate again; None: the person may be called now, else why not."""
        until = monotonic() + patience_s
        while not line.take():
            if self._gone():
                return "the agent has left"
            if self.cancelled:
                return "the call was given up"
            if monotonic() >= until:
                return "no line was free"
            gevent.sleep(LOOK_S)
        refused = self._host.ask_again(self.job)
        if refused is not None:
            return refused
        if self._gone() or self.cancelled:  # while the database was asked
            return "the call was given up"
        return None

    def _answered(self, call: Call) -> CallEnded | None:
        """Wait for the person; if the agent leaves before they answer, they are rung no longer."""
        watcher = gevent.spawn(self._with_the_agent, call)
        try:
            return super()._answered(call)
        finally:
            watcher.kill()

    def _with_the_agent(self, call: Call) -> None:
        while not self._agent_left:
            event = self._inbox.get().event
            if isinstance(event, CallEnded):
                self._agent_left = True
        self.cancelled = True
        try:
            call.hangup()
        except SwitchError as error:
            log.warning("agent-first call %s: %s", self.job.dial.uuid, error)

    def _talk(self, call: Call) -> None:
        """Connect the two and wait until one of them leaves."""
        agent = self._agent
        assert agent is not None
        assert self._holding is not None
        self._note((Entered(node=NODE, kind="transfer"),))
        if self.job.record != Part.OFF and not self._warned(call):
            return
        switch, clock = self._host.switch, self._host.clock
        try:
            self._holding.silence()
            switch.bridge(call, agent, BRIDGE_S)
        except CallGone:
            return
        except SwitchError as error:
            self._fault = f"agent and person could not be connected: {error}"
            return
        began = monotonic()
        kept = call_recording.begin_part(self._host, self.job, call, 1)
        self._until_alone(call, clock.real_s(self.job.dial.max_s) + SLACK_S)
        call_recording.end_part(self._host, call, kept)
        talk_s = (monotonic() - began) * clock.speed
        self._note((Transferred(node=NODE, outcome=TransferOutcome.TALKED, talk_s=talk_s),))

    def _until_alone(self, call: Call, limit_s: float) -> None:
        """The two talk on while our connection is down."""
        while True:
            try:
                self._host.switch.wait_unbridged(call, limit_s)
                return
            except CallGone:
                return
            except SwitchLost:
                self._host.wait_connected()


def _nothing() -> None:
    """Nobody is waited for."""


def _wish(job: Job) -> Transfer:
    """How agents are rung in this campaign: whisper, accept key and music of its first transfer, if it has one."""
    for name, node in job.scenario.nodes.items():
        if node.kind != "transfer":
            continue
        try:
            step = interpreter.start(
                job.scenario, job.contact, job.now, job.language, holiday=job.holiday, who=job.who, at=name
            )
        except PromptError:
            continue
        if isinstance(step.instruction, Transfer):
            return msgspec.structs.replace(step.instruction, group=job.group, number=None)
    return Transfer(node=NODE, group=job.group)
