"""What a call and the dialer around it say to each other: the job, its outcome, and what each asks of the other.

Only shapes; the dialer is a `Host`, the batch writer a `Recorder`, the prompt store a `Prompts`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from oklik.agents.groups import Group
from oklik.agents.waiting import Waiting
from oklik.campaigns.running import Trunk
from oklik.clock import Clock
from oklik.dialing.call_recording import Part
from oklik.dialing.machines import DEFAULT, NO_SIGNS, MachinePolicy, Signs
from oklik.dialing.vocabulary import CallState
from oklik.scenario.document import Scenario
from oklik.scenario.flow import Event, Fact, Hook, Request, Say
from oklik.telephony.port import CallEnded, Dial, Switch
from oklik.worker.recordings import Kept, Recordings


class LeftOpen(Exception):
    """The dialer is leaving and cannot know what became of the leg: the next one will reconcile it."""


class Failure(Exception):
    """Something of ours failed in a call; the message is the attempt's fault."""


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

    def has(self, says: Iterable[Say]) -> bool:
        """Is every one of these on the disk at this moment?"""

    def music(self, own: Say | None) -> str:
        """Absolute path of the music for those who wait: a recording of the scenario's own if there is one."""

    def beep(self) -> Clips:
        """The tone before a recording."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed attempt, ready to be sent.  number: E.164; now: the moment of the claim in the contact's zone.

    holiday: a public holiday there.  who: a stable name of the person, for lots.
    until: the gate's yes holds before this instant; None: no limit.  trunk: its limits hold besides the dialer's own.
    machines: what the campaign does about answering machines.  record: what of it is recorded.  inbound: they call us,
    and the leg is taken instead of dialed; stranger: there is no attempt, for they are in no campaign, or it is a test.
    agent, group: the dial string and the group of an agent who is rung before the person; "": nobody is.
    """

    campaign_id: int
    target_id: int
    dial: Dial
    number: str
    scenario: Scenario
    contact: dict[str, str]
    now: dt.datetime
    holiday: bool = False
    who: str = ""
    language: str | None = None
    until: dt.datetime | None = None
    trunk: Trunk | None = None
    machines: MachinePolicy = DEFAULT
    record: str = Part.OFF
    inbound: bool = False
    stranger: bool = False
    agent: str = ""
    group: str = ""

    @property
    def records(self) -> bool:
        """Whether the switch must be able to record: answers by voice, or the call."""
        return self.scenario.records or self.record != Part.OFF


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of an attempt when its greenlet ends.

    ended: how the leg ended; cause LOST when it ended while nobody watched.
    heard_percent: of the marked message, None when it never began.  cancelled: we hung up before the scenario was
    over, for the dialer had to leave.  fault: our own failure, one line.  signs: of who was at the phone.
    stranger: see Job.  line_works: for others, as it seemed then (dialing.line_faults).
    """

    uuid: str
    at: dt.datetime
    ended: CallEnded
    facts: tuple[Fact, ...] = ()
    heard_percent: int | None = None
    cancelled: bool = False
    fault: str | None = None
    signs: Signs = NO_SIGNS
    stranger: bool = False
    line_works: bool | None = None


class AgentLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg to an agent, as it is committed before it is dialed.  group: its name; number: E.164 of a phone instead."""

    uuid: str
    attempt_uuid: str
    group: str
    endpoint: str
    caller_id: str
    number: str = ""
    at: dt.datetime


class CallFile(msgspec.Struct, frozen=True, kw_only=True):
    """A recording of a call that has begun.  path: relative to the folder of recordings; n: 1, 2, ... of its part."""

    uuid: str
    campaign_id: int
    part: Part
    n: int
    path: str
    at: dt.datetime


class Durable(Protocol):
    """Something that is on its way into the database."""

    def wait(self, timeout: float | None = None) -> bool:
        """True once it is committed; False if that took longer."""


class Permission(Durable, Protocol):
    """The gate's word on a leg to an agent, on its way into the database."""

    @property
    def given(self) -> bool:
        """Once it is committed: may the leg be dialed?  False also when the database refused the row."""

    @property
    def trunk(self) -> Trunk | None:
        """The trunk whose lines it takes, if any."""


class Line(Protocol):
    """A line for an agent's leg, within the limits of the dialer and of the trunk (lines.AgentLine)."""

    def take(self) -> bool:
        """May the leg be sent now?  If so it is counted."""

    def arrived(self) -> None:
        """The switch has taken the leg in; a second time does nothing."""

    def give_back(self) -> None:
        """The leg has ended, or is not to be dialed any more; a second time does nothing."""


class Fetcher(Protocol):
    """Who asks other systems and runs plug-ins (beyond.Beyond)."""

    def fetch(self, instruction: Request | Hook, *, key: str, rehearsal: bool) -> Event:
        """Do it; blocks the calling greenlet.  Whatever breaks is an answer that says so."""


class Recorder(Protocol):
    """Where a call leaves what happened (the batch writer)."""

    def state(self, uuid: str, state: CallState, at: dt.datetime) -> None:
        """The leg reached a state."""

    def facts(self, uuid: str, first_seq: int, facts: Sequence[Fact], at: dt.datetime) -> None:
        """Facts of the scenario, numbered from first_seq."""

    def recording(self, uuid: str, kept: Kept, at: dt.datetime) -> None:
        """A recording of the attempt is an answer."""

    def call_recording(self, file: "CallFile") -> None:
        """A call, or a part of it, is being recorded from now on."""

    def opt_out(self, job: Job, at: dt.datetime) -> Durable:
        """The person wants no more calls."""

    def agent_leg(self, leg: AgentLeg) -> Permission:
        """A leg to an agent is about to be dialed: ask the gate and keep its word."""

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
    def recordings(self) -> Recordings:
        """Where answers by voice lie."""

    @property
    def agent_legs(self) -> set[str]:
        """UUIDs of the agents' legs that somebody here looks after; the reconcile leaves them alone.

        Who adds one discards it only if its end is not recorded; else that is done once the end is committed.
        """

    @property
    def beyond(self) -> Fetcher:
        """Other systems and plug-ins."""

    def agents(self, job: Job, group: str) -> Group | None:
        """The agents of a group; None when the database does not say in time."""

    def phone(self, job: Job, number: str) -> Group | None:
        """One phone (E.164), through the line of the job's campaign; None as above."""

    @property
    def waiting(self) -> Waiting:
        """The people who wait for agents here."""

    def ask_again(self, job: Job) -> str | None:
        """Ask the gate again for a person whose call has waited for an agent; why they must not be called, or None."""

    def agent_line(self, trunk: Trunk | None, *, fresh: bool = True) -> Line:
        """A place among those who wait for a line to an agent.  fresh: the trunk's limits were read just now."""

    def wait_connected(self) -> None:
        """Wait until the switch is there again.  Raises LeftOpen when the dialer leaves before that."""
