"""The phones of our own people on which campaigns are tested; an administrator says which."""

import datetime as dt
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run


class NamedPhone(msgspec.Struct, frozen=True):
    """A phone and whose it is.  number: E.164."""

    number: str
    name: str
    added_by: str
    added_at: dt.datetime


class NoSuchPhone(ValueError):
    """The number is no tester's."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"{number} is no tester's phone")


def add_phone(conn: Connection, phone: NamedPhone) -> bool:
    """Name a phone; again changes the name.  False: it was known already."""
    return bool(
        run(
            conn,
            """INSERT INTO tester_phone (number, name, added_by, added_at) VALUES (:number, :name, :by, :at)
               ON CONFLICT (number) DO UPDATE SET name = excluded.name
               RETURNING xmax = 0 AS fresh""",
            number=phone.number,
            name=phone.name,
            by=phone.added_by,
            at=phone.added_at,
        ).scalar_one()
    )


def remove_phone(conn: Connection, number: str) -> None:
    """Ring it for no test any more.  Raises NoSuchPhone."""
    if not run(conn, "DELETE FROM tester_phone WHERE number = :number RETURNING number", number=number).first():
        raise NoSuchPhone(number)


def all_phones(conn: Connection) -> Sequence[NamedPhone]:
    """Give all of them, by name."""
    rows = run(conn, "SELECT number, name, added_by, added_at FROM tester_phone ORDER BY name, number")
    return [NamedPhone(*row) for row in rows]
