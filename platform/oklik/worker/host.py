"""What a call and the dialer around it say to each other: the job, its outcome, and what each asks of the other.

Only shapes; the dialer is a `Host`, the batch writer a `Recorder`, the prompt store a `Prompts`.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import msgspec

from oklik.campaigns.claim import Trunk
from oklik.clock import Clock
from oklik.dialing.vocabulary import CallState
from oklik.scenario.document import Scenario
from oklik.scenario.flow import Fact, Say
from oklik.telephony.port import CallEnded, Dial, Switch


class LeftOpen(Exception):
    """The dialer is leaving and cannot know what became of the leg: the next one will reconcile it."""


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
    """A claimed attempt, ready to be sent.  number: E.164; today: the date in the contact's zone.

    until: the gate's yes holds before this instant; None: no limit.  trunk: its limits hold besides the dialer's own.
    """

    campaign_id: int
    target_id: int
    dial: Dial
    number: str
    scenario: Scenario
    contact: dict[str, str]
    today: dt.date
    language: str | None = None
    until: dt.datetime | None = None
    trunk: Trunk | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of an attempt when its greenlet ends.

    ended: how the leg ended; cause LOST when it ended while nobody watched.
    heard_percent: of the marked message, None when it never began.  fault: our own failure, one line.
    """

    uuid: str
    at: dt.datetime
    ended: CallEnded
    facts: tuple[Fact, ...] = ()
    heard_percent: int | None = None
    fault: str | None = None


class AgentLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg to an agent, as it is committed before it is dialed."""

    uuid: str
    attempt_uuid: str
    endpoint: str
    caller_id: str
    at: dt.datetime


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

    def agent_leg(self, leg: AgentLeg) -> Durable:
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

    def wait_connected(self) -> None:
        """Wait until the switch is there again.  Raises LeftOpen when the dialer leaves before that."""
