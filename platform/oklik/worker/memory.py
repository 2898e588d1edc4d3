"""What this node remembers beside the database, and how it brings that back into tables that have forgotten it."""

import datetime as dt
import logging
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns import lease, recall
from oklik.campaigns.intents import Claimed
from oklik.campaigns.order_rows import Ordered
from oklik.dialing.law.shapes import Purpose, Role
from oklik.worker.host import Job
from oklik.worker.sent_journal import SentJournal
from oklik.worker.writer import Batch

log = logging.getLogger(__name__)


def sent_row(one: Claimed, job: Job, holder: lease.Holder) -> recall.Sent:
    """A call that is about to be sent, as it is noted."""
    return recall.Sent(
        uuid=one.uuid,
        at=one.local.astimezone(dt.UTC),
        campaign_id=one.campaign_id,
        target_id=one.target_id,
        number=one.number,
        caller_id=one.caller_id,
        trunk_id=one.trunk.id,
        purpose=Purpose(job.scenario.purpose),
        role=None if one.role is Role.OWN else one.role,
        epoch=holder.epoch,
        core_uuid=holder.core_uuid,
        ordered=isinstance(one, Ordered),
    )


class Memory:
    """The journal beside the tables; without a journal it remembers nothing and never fails."""

    def __init__(self, journal: SentJournal | None) -> None:
        """journal: of what this node sends from this database."""
        self._journal = journal

    def ready(self) -> None:
        """Raises OSError while the journal cannot be written: nothing may be claimed then."""
        if self._journal is not None:
            self._journal.ready()

    def note_sent(self, sent: Sequence[recall.Sent]) -> bool:
        """Note calls before they are sent; False: that failed, and none of them may be."""
        if self._journal is None or not sent:
            return True
        try:
            self._journal.note(sent)
        except OSError as error:
            log.error("nobody is called: the journal of calls cannot be written: %s", error.strerror or error)
            return False
        return True

    def note_wishes(self, batch: Batch) -> None:
        """Note who wants no more calls: it holds though the database be away, and we be gone before it is back."""
        if self._journal is None or batch.noted:
            return
        wishes = [
            recall.Wish(uuid=UUID(out.job.dial.uuid), at=out.at, number=out.job.number)
            for out in batch.opt_outs
            if out.job.number
        ]
        try:
            self._journal.note(wishes)
            batch.noted = True
        except OSError as error:
            log.error("a wish not to be called is in the database only: %s", error.strerror or error)

    def bring_back(self, conn: Connection, holder: lease.Holder) -> bool:
        """Write what the tables have forgotten; True: calls were among it, and what became of them is in doubt.

        What was committed in order is lost from its end: where one call is known, all before it are.
        """
        if self._journal is None:
            return False
        lost: list[recall.Sent] = []
        wishes: list[recall.Wish] = []
        for block in self._journal.newest():
            sent = [one for one in block if isinstance(one, recall.Sent)]
            gone = recall.forgotten(conn, sent)
            lost[:0] = gone
            wishes[:0] = recall.forgotten_wishes(conn, [one for one in block if isinstance(one, recall.Wish)])
            if len(gone) < len(sent):
                break
        recalled = bool(lost) and self._recalled(conn, holder, lost)
        if wishes:
            recall.recall_wishes(conn, wishes)
            log.warning("the database does not know of %d people who want no more calls: it does now", len(wishes))
        return recalled

    @staticmethod
    def _recalled(conn: Connection, holder: lease.Holder, lost: Sequence[recall.Sent]) -> bool:
        try:
            count = recall.recall(conn, holder, lost, max(one.at for one in lost))
        except lease.LeaseLost:
            log.info("whoever drives the node by now reads the same journal")
            return False
        log.warning("the database does not know of %d calls that were sent: they count as calls now", count)
        return True
