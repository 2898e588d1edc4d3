"""Legs that nobody watched to their end: which rows are open, and what the switch's evidence makes of them.

The evidence is got elsewhere (worker); here it is written.  Never dialed: given back, free to be called at once.
Gone: finished with what the steps tell, else unknown, which counts as a call.  A live leg stays as it is.
"""

import datetime as dt
import math
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns import budget, lease
from oklik.campaigns.facts import read_facts, summarise
from oklik.campaigns.finish import Finished, close
from oklik.campaigns.lease import Holder
from oklik.campaigns.recheck import give_back
from oklik.campaigns.rows import run
from oklik.dialing.disposition import CallSummary
from oklik.dialing.vocabulary import Disposition
from oklik.scenario.flow import Fact


class OpenLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg whose row is not final.  core_uuid: the run of the switch it was meant for."""

    uuid: UUID
    kind: str
    attempt_uuid: UUID
    state: str
    core_uuid: str
    epoch: int
    intent_at: dt.datetime


def open_legs(conn: Connection, node: str, before: dt.datetime | None = None) -> list[OpenLeg]:
    """Give the open legs of a node, all or those whose intent is older than `before`."""
    rows = run(
        conn,
        """SELECT uuid, kind, attempt_uuid, state, core_uuid, epoch, intent_at FROM call
           WHERE node = :node AND state NOT IN ('final', 'not_sent', 'unknown')
             AND (CAST(:before AS timestamptz) IS NULL OR intent_at < CAST(:before AS timestamptz))
           ORDER BY intent_at""",
        node=node,
        before=before,
    )
    return [OpenLeg(**row._asdict()) for row in rows]


def settle(
    conn: Connection,
    holder: Holder,
    *,
    never_dialed: Collection[UUID] = (),
    gone: Collection[UUID] = (),
    now: dt.datetime,
) -> dict[UUID, Disposition]:
    """Close legs by evidence; gives the dispositions of the attempts that were closed.

    never_dialed: the switch has never dialed them and is barred from it; gone: dialed and over, or nobody can know.
    Legs of agents, of strangers who called us and of tests are only marked.  Doing it twice changes nothing.
    Raises LeaseLost.
    """
    lease.check(conn, holder)
    closed: dict[UUID, Disposition] = {}
    if never_dialed:
        give_back(conn, list(never_dialed), now)
        _mark_others(conn, never_dialed, "not_sent", now)
        closed = dict.fromkeys(never_dialed, Disposition.NOT_SENT)
    if gone:
        _mark_others(conn, gone, "unknown", now)
        closed.update(close(conn, _from_rows(conn, list(gone), now), now))
    return closed


def _mark_others(conn: Connection, uuids: Collection[UUID], state: str, now: dt.datetime) -> None:
    budget.settle(conn, dict.fromkeys(_agents(conn, uuids), budget.UNSENT if state == "not_sent" else math.inf))
    run(
        conn,
        """UPDATE call SET state = :state, ended_at = coalesce(ended_at, :now)
           WHERE uuid = ANY(CAST(:uuids AS uuid[]))
             AND (kind = 'agent'
                  OR (kind IN ('inbound', 'test') AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.uuid = call.uuid)))
             AND state NOT IN ('final', 'not_sent', 'unknown')""",
        uuids=list(uuids),
        state=state,
        now=now,
    )


def _agents(conn: Connection, uuids: Collection[UUID]) -> list[UUID]:
    """Those of these legs that are agents' or tests'; a person's is settled with its attempt."""
    return run(
        conn,
        "SELECT uuid FROM call WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND kind IN ('agent', 'test')",
        uuids=list(uuids),
    ).scalars()


def _from_rows(conn: Connection, uuids: Sequence[UUID], now: dt.datetime) -> list[Finished]:
    """Sum up calls by what was written while they lived."""
    steps: dict[UUID, list[Any]] = {}
    last: dict[UUID, dt.datetime] = {}
    for row in run(
        conn,
        """SELECT attempt_uuid, fact, at FROM step WHERE attempt_uuid = ANY(CAST(:uuids AS uuid[]))
           ORDER BY attempt_uuid, seq""",
        uuids=uuids,
    ):
        steps.setdefault(row.attempt_uuid, []).append(row.fact)
        last[row.attempt_uuid] = row.at
    legs = run(
        conn,
        """SELECT uuid, answered_at, ended_at FROM call
           WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND kind IN ('person', 'inbound')""",
        uuids=uuids,
    )
    return [
        Finished(
            leg.uuid,
            leg.ended_at or last.get(leg.uuid) or leg.answered_at or now,
            _summary(leg, read_facts(steps.get(leg.uuid, []), leg.uuid), last.get(leg.uuid)),
        )
        for leg in legs
    ]


def _summary(leg: Row[Any], facts: Sequence[Fact], last: dt.datetime | None) -> CallSummary:
    """last: instant of the last step, None where there is none; steps are only of those who have answered."""
    answered = leg.answered_at is not None or last is not None
    end = leg.ended_at or last
    talk_s = max(0.0, (end - leg.answered_at).total_seconds()) if end and leg.answered_at else 0.0
    return summarise(facts, cause="LOST", answered=answered, talk_s=talk_s)
