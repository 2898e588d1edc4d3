"""The stop list: numbers nobody may call, in any campaign, and the history of each.

A number on it silences the person: no number of theirs is dialed.  Putting it there ends what waits for the person in
all campaigns at once, and waits for claims under way, so a call is either committed before, or never made.  Taking a
number off is kept as history with who, when and why; what it had ended comes back in campaigns that are not over.
`suppression` is the list as it stands, `stop_event` what ever happened to it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.coming_back import Returned, bring_back
from oklik.campaigns.holders import holders, lock_holders
from oklik.campaigns.rows import run, sql

_PIECE = 2_000  # rows


class Put(msgspec.Struct, frozen=True):
    """What came of it: numbers new on the list, those there already; targets: waiting calls that were ended."""

    added: tuple[str, ...]
    known: tuple[str, ...]
    targets: int


class Event(msgspec.Struct, frozen=True):
    """Something that happened to a number.  kind: added, repeated, removed."""

    at: dt.datetime
    kind: str
    source: str
    reason: str
    recorded_by: str
    call_uuid: UUID | None


class Look(msgspec.Struct, frozen=True):
    """How a number stands.  since: on the list since then, or None.

    others: further numbers of the same person that are on the list, which silences this one as well.
    """

    number: str
    since: dt.datetime | None
    others: tuple[str, ...]
    history: tuple[Event, ...]

    @property
    def silent(self) -> bool:
        """True when the number is not called, for itself or for another number of the person."""
        return self.since is not None or bool(self.others)


class TakenOff(msgspec.Struct, frozen=True):
    """A number that is off the list: how it stands now, and what came back to the queue."""

    look: Look
    returned: Returned


class Entry(msgspec.Struct, frozen=True):
    """A number on the list, with the last word about why."""

    number: str
    added_at: dt.datetime
    source: str
    reason: str
    recorded_by: str


class NotListed(ValueError):
    """A number that is to be taken off the list is not on it."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"{number} is not on the stop list")


def put(
    conn: Connection,
    numbers: Sequence[str],
    *,
    source: str,
    recorded_by: str,
    now: dt.datetime,
    reason: str = "",
    repeats: bool = True,
    call_uuid: UUID | None = None,
    persons: Sequence[int] = (),
) -> Put:
    """Put numbers (E.164) on the list and end what waits for their holders, in every campaign.

    repeats: a number that is on the list already gets its history entry all the same (a wish said twice; not a file
    imported twice).  persons: who is meant besides those who hold the numbers.  Of one call one wish is kept, however
    often it is written.
    """
    wanted = sorted(set(numbers))
    affected = sorted({*lock_holders(conn, wanted), *persons})
    run(  # a test call under way is committed before, or finds the number here
        conn,
        "SELECT 1 FROM tester_phone WHERE number = ANY(CAST(:numbers AS text[])) ORDER BY number FOR UPDATE",
        numbers=wanted,
    )
    told: dict[str, Any] = {"source": source, "reason": reason, "by": recorded_by, "uuid": call_uuid, "now": now}
    rows = run(
        conn,
        """WITH wanted AS (
               SELECT unnest(CAST(:numbers AS text[])) AS number
           ), fresh AS (
               INSERT INTO suppression (number, source, call_uuid, added_at)
               SELECT number, :source, CAST(:uuid AS uuid), CAST(:now AS timestamptz) FROM wanted ORDER BY number
               ON CONFLICT (number) DO NOTHING RETURNING number
           ), noted AS (
               INSERT INTO stop_event (number, kind, source, reason, recorded_by, call_uuid, at)
               SELECT w.number, CASE WHEN f.number IS NULL THEN 'repeated' ELSE 'added' END, :source, :reason, :by,
                   CAST(:uuid AS uuid), CAST(:now AS timestamptz)
               FROM wanted w LEFT JOIN fresh f USING (number)
               WHERE f.number IS NOT NULL OR (CAST(:repeats AS boolean) AND NOT EXISTS (
                   SELECT FROM stop_event e WHERE e.number = w.number AND e.call_uuid = CAST(:uuid AS uuid)))
           )
           SELECT number FROM fresh""",
        numbers=wanted,
        repeats=repeats,
        **told,
    )
    added = set(rows.scalars())
    known = tuple(number for number in wanted if number not in added)
    return Put(tuple(sorted(added)), known, _end_waiting(conn, affected, now))


def _end_waiting(conn: Connection, persons: Sequence[int], now: dt.datetime) -> int:
    return run(
        conn,
        """WITH t AS (
               UPDATE target SET state = 'done', reason = 'stop_list', reason_args = '{}'
               WHERE person_id = ANY(CAST(:persons AS bigint[])) AND state IN ('waiting', 'preparing')
               RETURNING id
           )
           INSERT INTO verdict (target_id, at, allowed, rule, args)
           SELECT id, :now, false, 'stop_list', '{}' FROM t""",
        persons=list(persons),
        now=now,
    ).rowcount


def take_off(
    conn: Connection, number: str, *, source: str, reason: str, recorded_by: str, now: dt.datetime
) -> TakenOff:
    """Take a number off the list.  What it had ended comes back, unless another number still silences the person.

    Who said in a call that they want no more calls stays uncalled there: that call had its result.  Raises NotListed.
    """
    persons = lock_holders(conn, [number])
    if not run(conn, "DELETE FROM suppression WHERE number = :number RETURNING number", number=number).first():
        raise NotListed(number)
    run(
        conn,
        """INSERT INTO stop_event (number, kind, source, reason, recorded_by, at)
           VALUES (:number, 'removed', :source, :reason, :by, :now)""",
        number=number,
        source=source,
        reason=reason,
        by=recorded_by,
        now=now,
    )
    found = look(conn, number)
    if found.silent:
        return TakenOff(found, Returned())
    whose = run(
        conn,
        "SELECT person_id FROM contact WHERE phones @> ARRAY[CAST(:number AS text)] AND roles IS NOT NULL",
        number=number,
    ).scalars()
    return TakenOff(found, bring_back(conn, sorted({*persons, *whose}), ("stop_list",)))


def look(conn: Connection, number: str) -> Look:
    """Give how a number stands, with its whole history, oldest first."""
    since = run(conn, "SELECT added_at FROM suppression WHERE number = :number", number=number).scalar()
    others = run(
        conn,
        """SELECT s.number FROM person p JOIN suppression s ON s.number = p.key
           WHERE p.id = ANY(CAST(:persons AS bigint[])) AND s.number <> :number
           UNION
           SELECT s.number FROM person_phone f JOIN suppression s ON s.number = f.number
           WHERE f.person_id = ANY(CAST(:persons AS bigint[])) AND s.number <> :number
           ORDER BY 1""",
        persons=holders(conn, [number]),
        number=number,
    ).scalars()
    history = run(
        conn,
        """SELECT at, kind, source, reason, recorded_by, call_uuid FROM stop_event
           WHERE number = :number ORDER BY id""",
        number=number,
    )
    return Look(number, since, tuple(others), tuple(Event(*row) for row in history))


def entries(conn: Connection) -> Iterator[Entry]:
    """Give the whole list, the latest first, a piece at a time in memory: it may have a million numbers."""
    statement = """
        SELECT s.number, s.added_at, coalesce(e.source, s.source) AS source,
            coalesce(e.reason, '') AS reason, coalesce(e.recorded_by, '') AS recorded_by
        FROM suppression s LEFT JOIN LATERAL (
            SELECT source, reason, recorded_by FROM stop_event
            WHERE number = s.number AND kind <> 'removed' ORDER BY id DESC LIMIT 1) e ON true
        ORDER BY s.added_at DESC, s.number DESC"""
    with conn.execute(sql(statement), execution_options={"yield_per": _PIECE}) as rows:
        for row in rows:
            yield Entry(*row)
