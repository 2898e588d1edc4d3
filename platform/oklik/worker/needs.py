"""What the dialer's loop needs of the database, as a shape: `book.StoreBook` is it, tests bring theirs."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol

from oklik.agents.groups import Group
from oklik.campaigns.claim import Room
from oklik.campaigns.commands import Command
from oklik.campaigns.line_health import Health
from oklik.campaigns.pulse import Pulse
from oklik.campaigns.return_call import Busy
from oklik.telephony.port import Offer
from oklik.worker.host import Job, Outcome, Prompts
from oklik.worker.reconcile import Legs
from oklik.worker.writer import Batch


class Book(Legs, Protocol):
    """The dialer's view of the database.  Every method is one transaction; any may raise SQLAlchemy's errors.

    doubted_at: monotonic instant at which open rows that nobody here looks after may last have come about: a claim
    broke off, perhaps in its COMMIT, or calls that the tables had forgotten were written into them; 0.0: never.
    """

    @property
    def doubted_at(self) -> float:
        """As above."""

    def claim(self, limit: int, now: dt.datetime, room: Room) -> tuple[Sequence[Job], Sequence[Outcome]]:
        """Up to `limit` committed intents, and the ends of those that cannot even be begun.

        room: how many calls the lines take now.
        """

    def receive(self, offer: Offer, now: dt.datetime) -> Job | Busy | None:
        """A call to us: a committed intent to take it; or whom of ours they have now; None: nothing can be said."""

    def release(self, jobs: Sequence[Job], now: dt.datetime) -> None:
        """Intents that were not sent: free to be claimed again."""

    def withdrawn(self, jobs: Sequence[Job], now: dt.datetime) -> Collection[str]:
        """UUIDs of intents that must not be sent any more: peace was asked for since the claim, or a pause.

        Raises LeaseLost: none of them may be.
        """

    def ask_again(self, job: Job, now: dt.datetime) -> str | None:
        """Ask the gate again for a claimed call that has waited for its agent; the rule that denies it, or None."""

    def write(self, batch: Batch) -> None:
        """Rows of many calls."""

    def orders(self) -> Sequence[Command]:
        """Commands not carried out yet, in order."""

    def removed(self) -> Sequence[int]:
        """Targets that are claimed or being called and whose people were taken out of the campaign meanwhile."""

    def carry_out(self, order: Command, now: dt.datetime) -> bool:
        """Change the campaign's state and note the result; False when the order came too late or makes no sense."""

    def hold(self, campaign_id: int, reason: str, now: dt.datetime) -> None:
        """Pause a campaign that cannot go on; reason: a code of campaigns.commands."""

    def publish(self, health: Sequence[Health], now: dt.datetime) -> None:
        """How trunks are doing, for people."""

    def next_due(self) -> dt.datetime | None:
        """When the next waiting target of a running campaign is due; None: none waits."""

    def preparing(self) -> bool:
        """Are prompts still being made for a running campaign?"""

    def close_finished(self, now: dt.datetime) -> bool:
        """Mark campaigns done in which nothing is left; True when no campaign of ours runs or is paused any more."""

    def beat(self, pulse: Pulse) -> None:
        """Tell people how this dialer does."""

    def owns_node(self) -> bool:
        """Is the node's lease still ours?"""

    def agents(self, job: Job, group: str) -> Group:
        """The agents of a group."""

    def phone(self, job: Job, number: str) -> Group:
        """One phone, through the line of the job's campaign."""

    def prompts(self, job: Job) -> Prompts:
        """The prepared prompts of the job's campaign; from memory."""
