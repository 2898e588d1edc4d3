"""Promises to pay: kept when the call that took them ends, and settled by people.

An open promise pauses the person's other campaigns on debts of the project until its day is over; that is a rule of
the gate (dialing.gate), which reads it in the claim (past.py).
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.persons import People
from oklik.campaigns.rows import run


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A promise.  date: by when; amount: rubles as text, "" where only the date was asked; state: open, or Settled."""

    at: dt.datetime
    project: str
    campaign: str
    date: dt.date
    amount: str
    state: str
    settled_at: dt.datetime | None


class Settled(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


def keep_promises(conn: Connection, promised: Mapping[UUID, tuple[dt.date, str] | None], now: dt.datetime) -> None:
    """Write the promises that these attempts ended with: by when, and how much; once, however often it is told."""
    records = [
        {"uuid": uuid, "date": promise[0], "amount": promise[1]} for uuid, promise in promised.items() if promise
    ]
    if not records:
        return
    run(
        conn,
        """INSERT INTO promise (attempt_uuid, target_id, person_id, project_id, at, date, amount, state)
           SELECT a.uuid, a.target_id, a.person_id, c.project_id, coalesce(a.ended_at, :now), r.date, r.amount, 'open'
           FROM json_to_recordset(CAST(:rows AS json)) AS r(uuid uuid, date date, amount text)
           JOIN attempt a ON a.uuid = r.uuid JOIN campaign c ON c.id = a.campaign_id
           ON CONFLICT (attempt_uuid) DO NOTHING""",
        records,
        now=now,
    )


def settle_promises(conn: Connection, people: People, how: Settled, now: dt.datetime) -> int:
    """Say what became of the open promises of one human being; their campaigns go on at once.

    Gives how many promises there were.  Whose debt is paid is taken out by removal.remove.
    """
    settled = run(
        conn,
        """UPDATE promise SET state = :state, settled_at = :now
           WHERE person_id = ANY(CAST(:persons AS bigint[])) AND state = 'open'""",
        persons=people.ids,
        state=str(how),
        now=now,
    ).rowcount
    if settled:
        run(
            conn,
            """UPDATE target SET due = :now, reason = NULL, reason_args = NULL
               WHERE person_id = ANY(CAST(:persons AS bigint[])) AND state = 'waiting' AND reason = 'promise'""",
            persons=people.ids,
            now=now,
        )
    return settled


def promises_of(conn: Connection, people: People) -> list[Promise]:
    """Give all promises of one human being, the latest first."""
    rows = run(
        conn,
        """SELECT p.at, project.name AS project, c.name AS campaign, p.date, p.amount, p.state, p.settled_at
           FROM promise p JOIN project ON project.id = p.project_id
           JOIN target t ON t.id = p.target_id JOIN campaign c ON c.id = t.campaign_id
           WHERE p.person_id = ANY(CAST(:persons AS bigint[])) ORDER BY p.at DESC, p.attempt_uuid""",
        persons=people.ids,
    )
    return [Promise(**row._asdict()) for row in rows]
