"""Which consents hold at a moment, as the claim and the last look before the send ask for them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from oklik.campaigns.rows import run
from oklik.dialing.law.in_force import wants_consent


class Consents:
    """The consents to a purpose that people and numbers have given and not taken back.

    One that names a number counts for calls to it, one that names a person for calls to them; one that names both wants
    both.  A person is their own row here, not all that share a number with them.
    """

    def __init__(self, conn: Connection, purpose: str, rows: Sequence[Row[Any]], now: dt.datetime) -> None:
        """rows: with person_id and phones (E.164).  now: as of when."""
        self._held: set[tuple[int | None, str | None]] = set()
        if not wants_consent(purpose):
            return
        self._held = {
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

    def cover(self, person: int, number: str) -> bool:
        """Say whether a call to this number of this person is consented to."""
        return not self._held.isdisjoint({(person, number), (person, None), (None, number)})
