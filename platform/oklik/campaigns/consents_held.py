"""Which consents hold at a moment, as the claim and the last look before the send ask for them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from oklik.campaigns.other_phones import theirs
from oklik.campaigns.rows import run
from oklik.dialing.law.in_force import wants_consent
from oklik.dialing.law.shapes import THIRD_PERSONS


class Consents:
    """The consents to a purpose that people and numbers have given and not taken back.

    One that names a number counts for calls to it, one that names a person for calls to them; one that names both wants
    both.  A person is their own row here, not all that share a number with them.
    """

    def __init__(self, conn: Connection, purpose: str, rows: Sequence[Row[Any]], now: dt.datetime) -> None:
        """rows: with person_id and phones (E.164).  now: as of when."""
        self._held = _held(conn, purpose, rows, now) if wants_consent(purpose) else set()

    def cover(self, person: int, number: str) -> bool:
        """Say whether a call to this number of this person is consented to."""
        return not self._held.isdisjoint({(person, number), (person, None), (None, number)})


class ThirdPersons:
    """The consents to calls at phones of others that people have given and not taken back.

    One that names a number of the person's own counts for all phones of others on their rows, one that names such a
    phone counts for it; with a person besides, for that person only.  One that names a person only counts for all of
    theirs.
    """

    def __init__(self, conn: Connection, rows: Sequence[Row[Any]], now: dt.datetime) -> None:
        """rows: with person_id, phones and roles; now: as of when."""
        self._held: set[tuple[int | None, str | None]] = set()
        others = [row for row in rows if row.roles is not None]
        if others:
            self._held = _held(conn, THIRD_PERSONS, others, now)

    def cover(self, row: Row[Any], number: str) -> bool:
        """Say whether a call to this number of somebody else's, for the person of the row, is consented to."""
        if not self._held:
            return False
        named = (None, number, *theirs(row.phones, row.roles))
        return any((row.person_id, one) in self._held or (one and (None, one) in self._held) for one in named)


def _held(
    conn: Connection, purpose: str, rows: Sequence[Row[Any]], now: dt.datetime
) -> set[tuple[int | None, str | None]]:
    return {
        (row.person_id, row.number)
        for row in run(
            conn,
            """SELECT person_id, number FROM consent
               WHERE (person_id = ANY(CAST(:persons AS bigint[])) OR number = ANY(CAST(:numbers AS text[])))
                 AND purpose = :purpose AND given_at <= :now AND (revoked_at IS NULL OR revoked_at > :now)""",
            persons=[row.person_id for row in rows],
            numbers=[phone for row in rows for phone in row.phones],
            purpose=purpose,
            now=now,
        )
    }
