"""What of the public numbering register is here, and how old it is."""

import datetime as dt

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run


class RegisterFile(msgspec.Struct, frozen=True):
    """One of the register's files.  name: the register's own (DEF-9xx); source: the file it came from."""

    name: str
    source: str
    ranges: int
    imported_at: dt.datetime


class Register(msgspec.Struct, frozen=True):
    """All of them, by name.  ranges: all of theirs; version: digest of the plan that calls are judged by, None: none
    was imported."""

    version: str | None
    ranges: int
    files: list[RegisterFile]


def register(conn: Connection) -> Register:
    """Look."""
    files = [
        RegisterFile(*row)
        for row in run(conn, "SELECT name, source, ranges, imported_at FROM numbering_file ORDER BY name")
    ]
    version = run(conn, "SELECT version FROM numbering_plan").scalar()
    return Register(version, sum(one.ranges for one in files), files)
