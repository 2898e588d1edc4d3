"""The phones of our own people on which campaigns and trunks are tested.

Anybody of the office may wish for one; an administrator vouches for it, and only then it may ring.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.orders import HOUR, TriedPhone


class NamedPhone(msgspec.Struct, frozen=True):
    """A phone and whose it is.  number: E.164.  confirmed_by, confirmed_at: who vouches for it; None: nobody yet."""

    number: str
    name: str
    added_by: str
    added_at: dt.datetime
    confirmed_by: str | None = None
    confirmed_at: dt.datetime | None = None

    @property
    def confirmed(self) -> bool:
        """It may ring."""
        return self.confirmed_at is not None


class NoSuchPhone(ValueError):
    """The number is no tester's."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"{number} is no tester's phone")


def add_phone(conn: Connection, phone: NamedPhone) -> bool:
    """Name a phone; again changes the name, and confirms it if this one is.  False: it was known already."""
    return bool(
        run(
            conn,
            """INSERT INTO tester_phone (number, name, added_by, added_at, confirmed_by, confirmed_at)
               VALUES (:number, :name, :by, :at, :confirmed_by, :confirmed_at)
               ON CONFLICT (number) DO UPDATE SET name = excluded.name,
                   confirmed_by = coalesce(tester_phone.confirmed_by, excluded.confirmed_by),
                   confirmed_at = coalesce(tester_phone.confirmed_at, excluded.confirmed_at)
               RETURNING xmax = 0 AS fresh""",
            number=phone.number,
            name=phone.name,
            by=phone.added_by,
            at=phone.added_at,
            confirmed_by=phone.confirmed_by,
            confirmed_at=phone.confirmed_at,
        ).scalar_one()
    )


def confirm_phone(conn: Connection, number: str, by: str, now: dt.datetime) -> NamedPhone:
    """Vouch for a phone; again changes nothing.  Raises NoSuchPhone."""
    run(
        conn,
        """UPDATE tester_phone SET confirmed_by = :by, confirmed_at = :now
           WHERE number = :number AND confirmed_at IS NULL""",
        number=number,
        by=by,
        now=now,
    )
    return get_phone(conn, number)


def get_phone(conn: Connection, number: str) -> NamedPhone:
    """Give one of them.  Raises NoSuchPhone."""
    row = run(conn, f"{_ALL} WHERE number = :number", number=number).first()
    if row is None:
        raise NoSuchPhone(number)
    return NamedPhone(*row)


def remove_phone(conn: Connection, number: str) -> None:
    """Ring it for no test any more.  Raises NoSuchPhone."""
    if not run(conn, "DELETE FROM tester_phone WHERE number = :number RETURNING number", number=number).first():
        raise NoSuchPhone(number)


def all_phones(conn: Connection) -> Sequence[NamedPhone]:
    """Give all of them, by name."""
    return [NamedPhone(*row) for row in run(conn, f"{_ALL} ORDER BY name, number")]


def tried(conn: Connection, number: str, now: dt.datetime, *, routed: bool) -> TriedPhone | None:
    """Give what the gate asks about a phone that a test is to ring; None: somebody else holds it at this moment.

    Locks it: whoever puts the number on the stop list waits, and other tests of the phone come later.
    routed: a trunk takes it.
    """
    locked = run(
        conn, "SELECT 1 FROM tester_phone WHERE number = :number FOR UPDATE SKIP LOCKED", number=number
    ).first()
    facts = run(
        conn,
        """SELECT EXISTS (SELECT FROM tester_phone WHERE number = :number) AS there,
               EXISTS (SELECT FROM tester_phone WHERE number = :number AND confirmed_at IS NOT NULL) AS known,
               EXISTS (SELECT FROM suppression WHERE number = :number) AS suppressed,
               EXISTS (SELECT FROM call WHERE number = :number AND kind <> 'agent'
                       AND state NOT IN ('final', 'not_sent', 'unknown')) AS busy,
               ARRAY(SELECT intent_at FROM call WHERE number = :number AND intent_at > :since AND kind = 'test'
                     AND state <> 'not_sent') AS recent""",
        number=number,
        since=now - HOUR,
    ).one()
    if facts.there and locked is None:
        return None
    return TriedPhone(number, facts.known, facts.recent, suppressed=facts.suppressed, busy=facts.busy, routed=routed)


_ALL = "SELECT number, name, added_by, added_at, confirmed_by, confirmed_at FROM tester_phone"
