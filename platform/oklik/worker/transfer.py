"""A transfer to a group of agents, or to one phone, while the person hears music.

Runs inside the person's greenlet.  Free agents are rung in order, round after round, until one takes the call or the
limit of waiting is over; whose turn it is, is `agents.waiting`'s affair, how an agent's leg comes about that of
`agent_call`, what the person hears that of `holding`.  With an accept key the agent hears the whisper and must press
it, so that a voicemail never gets the person.  The person may leave at any moment, by hanging up or by the key for it:
then the leg under way is killed at once.  When the agent leaves first, the person is back and the scenario goes on.
"""

import logging
from collections.abc import Callable
from time import monotonic

import msgspec
from gevent.queue import Empty, Queue

from oklik.agents.groups import Group
from oklik.agents.waiting import Waiter
from oklik.dialing.phones import read_phones
from oklik.scenario.flow import Event, HungUp, Say, Transfer, TransferEnded, TransferOutcome
from oklik.telephony.port import (
    Answer,
    Call,
    CallEnded,
    CallEvent,
    CallGone,
    Keys,
    Refused,
    Result,
    Stopped,
    SwitchError,
    SwitchLost,
)
from oklik.worker import call_recording
from oklik.worker.agent_call import ACCEPT_S, AgentCaller, FromAgent
from oklik.worker.holding import Holding
from oklik.worker.host import Host, Job
from oklik.worker.instructing import SLACK_S

log = logging.getLogger(__name__)

BRIDGE_S = 10.0  # real seconds for two answered legs to be connected
BETWEEN_ROUNDS_S = 5.0  # campaign seconds from the end of a round to the next one
LEAST_RING_S = 5  # an agent is not rung for less, whatever is left of the limit


class _PersonLeft(Exception):
    """The person hung up while waiting."""


class _NotWaiting(Exception):
    """The person pressed the key to wait no more."""


class _NoMusic(Exception):
    """The person hears nothing: the call must not go on like that."""


class _Nudge(msgspec.Struct):
    """Something has changed: in the line, or in what the person hears."""


def run(
    host: Host, job: Job, person: Call, wish: Transfer, place: Callable[[int], tuple[Say, ...]], *, n: int = 1
) -> Event:
    """Carry out the transfer.  Returns TransferEnded, or HungUp when the person left.

    place: what the person is told of a place in the line; n: 1, 2, ... of the call's transfers.  Raises LeftOpen, and
    whatever would leave the person in silence (PromptMissing, no music): it ends the attempt.
    """
    group = _group(host, job, wish)
    if isinstance(group, TransferEnded):
        return group
    return _Transfer(host, job, person, wish, group=group, place=place, n=n).run()


def _group(host: Host, job: Job, wish: Transfer) -> Group | TransferEnded:
    """Whom to ring, or why nobody can be."""
    if wish.number is None:
        return host.agents(job, wish.group) or _failed("the agents of the group could not be read")
    found = read_phones(wish.number)
    if not found.numbers:
        return _failed(f"no number to transfer to: {found.bad[0].code if found.bad else 'empty'}")
    return host.phone(job, found.numbers[0]) or _failed("the line to the number could not be read")


def _failed(fault: str) -> TransferEnded:
    return TransferEnded(outcome=TransferOutcome.FAILED, fault=fault)


class _Transfer:
    def __init__(
        self,
        host: Host,
        job: Job,
        person: Call,
        wish: Transfer,
        *,
        group: Group,
        place: Callable[[int], tuple[Say, ...]],
        n: int,
    ) -> None:
        self._n = n
        self._host = host
        self._job = job
        self._person = person
        self._ask = wish
        self._group = group
        self._say_place = place
        self._prompts = host.prompts(job)
        self._inbox: Queue[_Nudge | FromAgent] = Queue()
        self._agents = AgentCaller(host, job, wish, tell=self._inbox.put, check_person=self._check_person)
        self._left: Call | None = None  # an agent's leg that could not be hung up, for the connection was down
        self._ours = 0  # legs of this round that our own side failed
        self._told, self._told_at = 0, 0.0  # the place in the line that was said last
        self._waiter: Waiter
        real_s = host.clock.real_s
        self._holding = Holding(
            person,
            self._prompts.music(wish.music),
            ends=wish.leave_key or "",
            limit_s=real_s(job.dial.max_s) + SLACK_S,
            real_s=real_s,
            tell=self._nudge,
        )

    def run(self) -> Event:
        self._waiter = self._host.waiting.join(self._group.line, self._nudge)
        try:
            if self._group.endpoints:
                self._sound_ended(self._holding.say(self._prompts.clips(self._ask.waiting)))
            return self._ring_all()
        except (_PersonLeft, CallGone):
            return HungUp()
        except _NotWaiting:
            return TransferEnded(outcome=TransferOutcome.LEFT)
        except SwitchLost as error:
            # Nobody can be connected now.  The person's leg lives on, so the scenario may tell them.
            self._host.wait_connected()
            if self._left is not None:
                self._drop(self._left)
            return _failed(str(error))
        finally:
            self._waiter.leave()
            self._holding.drop()

    def _nudge(self) -> None:
        self._inbox.put(_Nudge())

    # -- whose turn it is ------------------------------------------------------------------------------------

    def _ring_all(self) -> Event:
        began = monotonic()
        over = began + self._host.clock.real_s(self._ask.wait_s)
        while True:
            patient = self._ask.wait_s and monotonic() < over
            if not self._waiter.all_rung(self._group):
                endpoint = self._waiter.take(self._group) if patient or not self._ask.wait_s else None
                if endpoint is not None:
                    event = self._ring(endpoint, over)
                    if event is not None:
                        return event
                elif patient:
                    self._wait(over)
                else:
                    break
            elif patient and self._ours < len(self._waiter.rung):
                self._wait(min(over, monotonic() + self._host.clock.real_s(BETWEEN_ROUNDS_S)), fully=True)
                self._next_round()
            else:
                break
        return self._nobody()

    def _next_round(self) -> None:
        """Agents may have come or gone."""
        self._ours = 0
        self._waiter.new_round()
        if not self._group.number:
            self._group = self._host.agents(self._job, self._ask.group) or self._group

    def _nobody(self) -> Event:
        self._silence()
        if self._ours and self._ours == len(self._waiter.rung):
            return _failed(self._agents.fault or "no leg to an agent could be dialed")
        return TransferEnded(outcome=TransferOutcome.NO_AGENT)

    def _wait(self, until: float, *, fully: bool = False) -> None:
        """Until something changes in the line; fully: not before that instant.  Meanwhile the person hears music."""
        self._holding.play()
        while True:
            later = self._tell_place()
            moment = until if later is None else min(until, later)
            try:
                self._inbox.get(timeout=max(0.0, moment - monotonic()))
            except Empty:
                if moment == until:
                    return
            self._check_person()
            if not fully:
                return

    def _tell_place(self) -> float | None:
        """Say the place if it has changed; when it is to be said otherwise, None: not that is known."""
        place = self._waiter.place
        if not self._ask.position_every_s or place == self._told:
            return None
        now, every_s = monotonic(), self._host.clock.real_s(self._ask.position_every_s)
        if self._told and now < self._told_at + every_s:
            return self._told_at + every_s
        self._told, self._told_at = place, now
        self._holding.announce(self._prompts.clips(self._say_place(place)))
        return None

    # -- one agent -------------------------------------------------------------------------------------------

    def _ring(self, endpoint: str, over: float) -> Event | None:
        """Ring one agent and connect; None: it was not to be, try the next."""
        self._holding.play()
        ring_s = self._ask.ring_s
        if self._ask.wait_s:
            left = (over - monotonic()) * self._host.clock.speed
            ring_s = max(LEAST_RING_S, min(ring_s, round(left)))
        try:
            leg = self._agents.dial(endpoint, ring_s, self._group.number)
            if leg is None:
                self._ours += 1
                return None
            try:
                ended = self._taken(leg, ring_s)
                if ended is None:
                    return self._talk(leg)
                self._ours += not ended.channel or not ended.sent
                return None
            finally:
                self._drop(leg)
        finally:
            self._waiter.give_back()

    def _taken(self, leg: Call, ring_s: int) -> CallEnded | None:
        """Wait until the agent takes the call (None), or is out of the question (how the leg ended)."""
        deadline = monotonic() + self._host.clock.real_s(ring_s) + SLACK_S
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
        self._waiter.served()
        began = monotonic()
        kept = call_recording.begin_part(self._host, self._job, self._person, self._n)
        back = self._until_alone(clock.real_s(self._job.dial.max_s) + SLACK_S)
        call_recording.end_part(self._host, self._person, kept)
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

    # -- the person ------------------------------------------------------------------------------------------

    def _silence(self) -> None:
        """End the music and wait until it has ended."""
        self._holding.silence()
        self._check_person()

    def _check_person(self) -> None:
        """Is the person still there, and waiting?  Raises _PersonLeft, _NotWaiting, or what broke."""
        self._sound_ended(self._holding.ended)

    def _next(self, leg: Call, deadline: float) -> CallEvent | Result | None:
        """The next message of this agent's leg; None at the deadline.  Raises as _check_person."""
        while True:
            self._check_person()
            try:
                message = self._inbox.get(timeout=max(0.0, deadline - monotonic()))
            except Empty:
                return None
            if isinstance(message, _Nudge) or message.leg != leg.uuid:
                continue
            if isinstance(message.event, SwitchLost):
                raise message.event
            if isinstance(message.event, SwitchError):
                return CallEnded(cause="LOST")
            event: CallEvent | Result = message.event
            return event

    def _sound_ended(self, result: Result | SwitchError | None) -> None:
        """What it means that a sound on the person's leg ended by itself."""
        if result is None:
            return
        if isinstance(result, Stopped) and result.gone:
            raise _PersonLeft
        if isinstance(result, Keys):
            raise _NotWaiting
        if isinstance(result, Refused):
            raise _NoMusic(f"the switch refused the music: {result.reason}")
        if isinstance(result, SwitchLost | CallGone):
            raise result
        raise _NoMusic(str(result) if isinstance(result, SwitchError) else "the music for the person ended by itself")
