"""People whom no campaign calls until that is taken back, in whatever list they come: they are bankrupt.

The row is of a person in a project, or of a person everywhere, and counts for all that are one with the person.  A
removal (removal.py) writes it and ends what waits now; the gate reads it at every claim.  Nothing is deleted.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns.coming_back import Returned, bring_back
from oklik.campaigns.other_phones import theirs
from oklik.campaigns.persons import People
from oklik.campaigns.rows import run

BANKRUPT = "bankrupt"
REMOVED = "removed_bankrupt"  # of targets that the removal itself has ended


class Exclusion(msgspec.Struct, frozen=True):
    """That somebody is not called.  project: its name, None for all projects.  taken_back_*: None while it holds."""

    at: dt.datetime
    reason: str
    project: str | None
    recorded_by: str
    taken_back_at: dt.datetime | None
    taken_back_by: str | None
    taken_back_why: str | None


class NotExcluded(ValueError):
    """Nothing is there to be taken back."""


def exclude(conn: Connection, roots: Sequence[int], now: dt.datetime, *, project_id: int | None, by: str) -> None:
    """Exclude people.  roots: as of persons.People; project_id: whose campaigns, None: everybody's.

    Whoever is claimed at this moment is waited for, and is claimed no more once this is committed.  Doing it twice
    changes nothing.
    """
    lock_people(conn, roots)
    run(
        conn,
        """INSERT INTO exclusion (person_id, project_id, reason, at, recorded_by)
           SELECT root, CAST(:project AS bigint), :reason, :now, :by
           FROM unnest(CAST(:roots AS bigint[])) AS root
           WHERE NOT EXISTS (
               SELECT FROM exclusion e WHERE e.person_id = root AND e.taken_back_at IS NULL
                 AND (e.project_id IS NULL OR e.project_id = CAST(:project AS bigint)))
           ORDER BY root""",
        roots=sorted(roots),
        project=project_id,
        reason=BANKRUPT,
        now=now,
        by=by,
    )


def lock_people(conn: Connection, roots: Sequence[int]) -> None:
    """Hold people against claims, in the order of their ids, as everybody does."""
    run(
        conn,
        "SELECT id FROM person WHERE id = ANY(CAST(:roots AS bigint[])) ORDER BY id FOR NO KEY UPDATE",
        roots=list(roots),
    )


def take_back(
    conn: Connection, people: People, now: dt.datetime, *, project_id: int | None, by: str, why: str
) -> Returned:
    """Let somebody be called again: in a project, or (None) wherever they are excluded.

    What waited for them in campaigns that are not over comes back.  An exclusion for all projects is taken back only
    as a whole.  Raises NotExcluded.
    """
    lock_people(conn, [people.root])
    gone = run(
        conn,
        """UPDATE exclusion SET taken_back_at = :now, taken_back_by = :by, taken_back_why = :why
           WHERE person_id = ANY(CAST(:ids AS bigint[])) AND taken_back_at IS NULL
             AND (CAST(:project AS bigint) IS NULL OR project_id = CAST(:project AS bigint))""",
        ids=people.ids,
        project=project_id,
        by=by,
        why=why,
        now=now,
    ).rowcount
    if not gone:
        raise NotExcluded
    return bring_back(conn, people.ids, (BANKRUPT, REMOVED), project_id=project_id)


def of_people(conn: Connection, persons: Sequence[int]) -> list[Exclusion]:
    """Give all exclusions that people have ever had, oldest first."""
    rows = run(
        conn,
        """SELECT e.at, e.reason, p.name, e.recorded_by, e.taken_back_at, e.taken_back_by, e.taken_back_why
           FROM exclusion e LEFT JOIN project p ON p.id = e.project_id
           WHERE e.person_id = ANY(CAST(:ids AS bigint[])) ORDER BY e.at, e.id""",
        ids=list(persons),
    )
    return [Exclusion(*row) for row in rows]


class Excluded:
    """Who of the locked people is excluded, as the claim reads it; at phones of others, whoever answers there."""

    def __init__(self, conn: Connection, root_of: Mapping[int, int], rows: Sequence[Row[Any]]) -> None:
        """root_of: person -> root; rows: of claim's query."""
        self._people: dict[int, set[int | None]] = {}
        self._numbers: dict[str, set[int | None]] = {}
        others = {
            number
            for row in rows
            if row.roles is not None
            for number in {*row.phones} - {*theirs(row.phones, row.roles)}
        }
        for row in run(conn, _OF_PERSONS, persons=list(root_of)):
            self._people.setdefault(root_of[row.person_id], set()).add(row.project_id)
        if others:
            for row in run(conn, _OF_NUMBERS, numbers=sorted(others)):
                self._numbers.setdefault(row.number, set()).add(row.project_id)

    def covers(self, project_id: int, root: int, number: str) -> bool:
        """Say whether a campaign of this project must not call this person at this number."""
        where = self._people.get(root, _NOWHERE) | self._numbers.get(number, _NOWHERE)
        return None in where or project_id in where


_NOWHERE: frozenset[int | None] = frozenset()
_OF_PERSONS = """
SELECT person_id, project_id FROM exclusion
WHERE person_id = ANY(CAST(:persons AS bigint[])) AND taken_back_at IS NULL"""
_OF_NUMBERS = """
WITH holder AS (
    SELECT key AS number, coalesce(same_as, id) AS root FROM person WHERE key = ANY(CAST(:numbers AS text[]))
    UNION
    SELECT f.number, coalesce(p.same_as, p.id) FROM person_phone f JOIN person p ON p.id = f.person_id
    WHERE f.number = ANY(CAST(:numbers AS text[]))
), one AS (
    SELECT number, root AS id FROM holder
    UNION
    SELECT number, p.id FROM holder JOIN person p ON p.same_as = holder.root
)
SELECT one.number, e.project_id FROM one JOIN exclusion e ON e.person_id = one.id WHERE e.taken_back_at IS NULL"""
