"""Which database a rehearsal has, and for how long one that nobody ended is kept.

A rehearsal's database goes when its report is written; that of a killed command stays, so that the same command can go
on.  If nobody says that command again within a week, the next rehearsal clears it away.  Only databases of the
rehearsals' own server are looked at: what was done on a real switch lies elsewhere.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from oklik.store.postgres import EmbeddedPostgres

KEPT = dt.timedelta(days=7)
_NAME = re.compile(r"rehearsal_[0-9a-f]{24}")


def name_of(key: str) -> str:
    """The database of the command with this key."""
    return "rehearsal_" + hashlib.sha256(key.encode()).hexdigest()[:24]


def take(server: "EmbeddedPostgres", name: str, now: dt.datetime) -> None:
    """Make sure that there is the database `name`, mark it as used now, and drop those that are forgotten."""
    from oklik.store.engine import make_engine

    engine = make_engine(server.url(), pool_size=1)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # One command at a time: whoever is about to open its old database has marked it before another looks.
            connection.execute(text("SELECT pg_advisory_lock(hashtext('oklik rehearsals'))"))
            if not server.has_database(name):
                server.create_database(name)
            _mark(connection, name, now)
            for forgotten in _unused(connection, now - KEPT):
                with suppress(OperationalError):  # somebody has connected meanwhile
                    connection.execute(text(f"DROP DATABASE {forgotten}"))
    finally:
        engine.dispose()


def _mark(connection: Connection, name: str, now: dt.datetime) -> None:
    assert _NAME.fullmatch(name)
    connection.execute(text(f"COMMENT ON DATABASE {name} IS '{now.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S+00:00}'"))


def _unused(connection: Connection, since: dt.datetime) -> Iterator[str]:
    """Databases of rehearsals that nobody is connected to and nobody has opened since."""
    found = connection.execute(
        text(
            """SELECT d.datname AS name, shobj_description(d.oid, 'pg_database') AS used,
                      (pg_stat_file('base/' || d.oid || '/PG_VERSION', true)).modification AS made
               FROM pg_database d
               WHERE NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)"""
        )
    )
    for row in found.all():
        if _NAME.fullmatch(row.name) and (used := _time(row.used) or row.made) is not None and used < since:
            yield row.name


def _time(mark: str | None) -> dt.datetime | None:
    with suppress(ValueError):
        when = dt.datetime.fromisoformat(mark or "")
        return when if when.tzinfo else None
    return None
