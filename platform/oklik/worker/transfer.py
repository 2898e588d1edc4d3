"""A transfer to a group of agents, simplest form: their dial strings are rung in order while the person hears music.

Runs inside the person's greenlet; how an agent's leg comes about is in `agent_call`.  With an accept key the agent
hears the whisper and must press it, so that a voicemail never gets the person.  The person may leave at any moment:
then the leg under way is killed at once.  When the agent leaves first, the person is back and the scenario goes on.
Queues and strategies of groups are another room's.
"""

import logging
from collections.abc import Callable
from time import monotonic

import gevent
import msgspec
from gevent.queue import Empty, Queue

from oklik.agents.groups import Group, next_agent
from oklik.scenario.flow import Event, HungUp, Transfer, TransferEnded, TransferOutcome
from oklik.telephony.port import (
    Answer,
    Call,
    CallEnded,
    CallEvent,
    CallGone,
    Keys,
    Playback,
    Refused,
    Result,
    Stopped,
    SwitchError,
    SwitchLost,
    WaitTimeout,
)
from oklik.worker.agent_call import ACCEPT_S, COMMIT_S, SLACK_S, AgentCaller, FromAgent
from oklik.worker.host import Host, Job

log = logging.getLogger(__name__)

BRIDGE_S = 10.0  # real seconds for two answered legs to be connected


class _PersonLeft(Exception):
    """The person hung up while waiting."""


class _NoMusic(Exception):
    """The person hears nothing: the call must not go on like that."""


class _FromPerson(msgspec.Struct):
    """The end of the music, or what broke while waiting for it."""

    result: Result | SwitchError


def run(host: Host, job: Job, person: Call, instruction: Transfer) -> Event:
    """Carry out the transfer.  Returns TransferEnded, or HungUp when the person left.

    Raises LeftOpen, and whatever would leave the person in silence (PromptMissing, no music): it ends the attempt.
    """
    return _Transfer(host, job, person, instruction).run()


def _nothing() -> None:
    """No music to stop."""


class _Transfer:
    def __init__(self, host: Host, job: Job, person: Call, instruction: Transfer) -> None:
        self._host = host
        self._job = job
        self._person = person
        self._ask = instruction
        self._prompts = host.prompts(job)
        self._music = Playback(files=(self._prompts.music(),), loops=0)
        self._inbox: Queue[_FromPerson | FromAgent] = Queue()
        self._stop_music: Callable[[], None] = _nothing
        self._music_on = False
        self._agents = AgentCaller(host, job, instruction, tell=self._inbox.put, check_person=self._check_person)
        self._left: Call | None = None  # an agent's leg that could not be hung up, for the connection was down

    def run(self) -> Event:
        group = self._host.agents(self._job, self._ask.group)
        if group is None:
            return TransferEnded(outcome=TransferOutcome.FAILED)
        try:
            if group.endpoints:
                self._say_wait()
            return self._ring_all(group)
        except (_PersonLeft, CallGone):
            return HungUp()
        except SwitchLost:
            # Nobody can be connected now.  The person's leg lives on, so the scenario may tell them.
            self._host.wait_connected()
            if self._left is not None:
                self._drop(self._left)
            return TransferEnded(outcome=TransferOutcome.FAILED)

    def _say_wait(self) -> None:
        clips = self._prompts.clips(self._ask.waiting)
        if clips.files:
            ticket = self._person.start(Playback(files=clips.files))
            self._from_person(ticket.wait(self._host.clock.real_s(clips.ms / 1000) + SLACK_S))

    def _ring_all(self, group: Group) -> Event:
        ours = 0
        rung: list[str] = []
        while (endpoint := next_agent(group, rung=rung)) is not None:
            rung.append(endpoint)
            if not self._music_on:
                self._start_music(len(group.endpoints))
            leg = self._agents.dial(endpoint)
            if leg is None:
                ours += 1
                continue
            try:
                ended = self._taken(leg)
                if ended is None:
                    event = self._talk(leg)
                    if event is not None:
                        return event
                elif not ended.channel or not ended.sent:
                    ours += 1
            finally:
                self._drop(leg)
        self._silence()
        failed = ours and ours == len(rung)
        return TransferEnded(outcome=TransferOutcome.FAILED if failed else TransferOutcome.NO_AGENT)

    # -- one agent -------------------------------------------------------------------------------------------

    def _taken(self, leg: Call) -> CallEnded | None:
        """Wait until the agent takes the call (None), or is out of the question (how the leg ended)."""
        deadline = monotonic() + self._host.clock.real_s(self._ask.ring_s) + SLACK_S
        asked = False
        while True:
            event = self._next(leg, deadline)
            if event is None:  # neither answered nor ended in its time
                return CallEnded(cause="LOST")
            if isinstance(event, CallEnded):
                return event
            if isinstance(event, Answer):
                if self._ask.accept_key is None:
                    return None
                asked = True
                whisper_s = self._agents.whisper.ms / 1000 + ACCEPT_S
                deadline = monotonic() + self._host.clock.real_s(whisper_s) + SLACK_S
                self._agents.ask(leg)
            elif asked and isinstance(event, Keys) and event.keys == self._ask.accept_key:
                return None
            elif isinstance(event, Keys | Stopped | Refused):
                return CallEnded(cause="NO_ANSWER", channel=not isinstance(event, Refused))

    def _talk(self, leg: Call) -> Event | None:
        """Connect the two and wait for the end.  None: this agent slipped away, try the next."""
        switch, clock = self._host.switch, self._host.clock
        self._silence()
        try:
            switch.bridge(self._person, leg, BRIDGE_S)
        except SwitchLost:
            raise
        except SwitchError as error:
            log.warning("transfer of %s: no bridge: %s", self._job.dial.uuid, error)
            return None  # if it is the person who is gone, the music of the next round tells
        began = monotonic()
        back = self._until_alone(clock.real_s(self._job.dial.max_s) + SLACK_S)
        talk_s = (monotonic() - began) * clock.speed
        return TransferEnded(outcome=TransferOutcome.TALKED, talk_s=talk_s) if back else HungUp(talked=True)

    def _until_alone(self, limit_s: float) -> bool:
        """True when the person is back, False when they are gone.  The two talk on while our connection is down."""
        while True:
            try:
                return self._host.switch.wait_unbridged(self._person, limit_s)
            except CallGone:
                return False
            except SwitchLost:
                self._host.wait_connected()

    def _drop(self, leg: Call) -> None:
        """The agent's leg must not outlive its part in this: when its partner has left, it would park for ever."""
        try:
            leg.hangup()
        except SwitchLost:
            self._left = leg

    # -- the music -------------------------------------------------------------------------------------------

    def _start_music(self, agents: int) -> None:
        ticket = self._person.start(self._music)
        self._music_on = True
        self._stop_music = ticket.cancel
        rounds = self._host.clock.real_s((self._ask.ring_s + ACCEPT_S) * agents) + self._agents.whisper.ms / 1000
        deadline_s = self._agents.patience_s + rounds + (SLACK_S + COMMIT_S) * agents

        def listen() -> None:
            try:
                result: Result | SwitchError = ticket.wait(deadline_s)
            except SwitchError as error:
                result = error
            self._inbox.put(_FromPerson(result))

        gevent.spawn(listen)

    def _silence(self) -> None:
        """End the music and wait until it has ended."""
        if not self._music_on:
            return
        self._stop_music()
        deadline = monotonic() + SLACK_S
        while self._music_on:
            try:
                message = self._inbox.get(timeout=max(0.0, deadline - monotonic()))
            except Empty:
                raise WaitTimeout("the music did not end") from None
            if isinstance(message, _FromPerson):
                self._music_on = False
                self._from_person(message.result)

    # -- the inbox -------------------------------------------------------------------------------------------

    def _next(self, leg: Call, deadline: float) -> CallEvent | Result | None:
        """The next message of this agent's leg; None at the deadline.  Raises _PersonLeft at the person's."""
        while True:
            try:
                message = self._inbox.get(timeout=max(0.0, deadline - monotonic()))
            except Empty:
                return None
            if isinstance(message, _FromPerson):
                self._music_on = False
                self._from_person(message.result)
                raise _NoMusic("the music for the person ended by itself")
            if message.leg != leg.uuid:
                continue
            if isinstance(message.event, SwitchLost):
                raise message.event
            if isinstance(message.event, SwitchError):
                return CallEnded(cause="LOST")
            event: CallEvent | Result = message.event
            return event

    def _check_person(self) -> None:
        """Before another leg is sent: is the person still there?"""
        for _ in range(len(self._inbox)):
            message = self._inbox.get_nowait()
            if isinstance(message, _FromPerson):
                self._music_on = False
                self._from_person(message.result)
                raise _NoMusic("the music for the person ended by itself")

    def _from_person(self, result: Result | SwitchError) -> None:
        """What the end of a sound on the person's leg means.  Raises _PersonLeft or the error."""
        if isinstance(result, Stopped) and result.gone:
            raise _PersonLeft
        if isinstance(result, Refused):
            raise _NoMusic(f"the switch refused the music: {result.reason}")
        if isinstance(result, SwitchLost):
            raise result
        if isinstance(result, SwitchError):
            raise _NoMusic(str(result))
