"""The database: is it there, are its tables of this version, does it keep what it says it has kept."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, text

from oklik import installation
from oklik.config import Settings
from oklik.doctor.finding import Finding, bad, good, note, warn
from oklik.known_passwords import LEAST, is_known
from oklik.store.engine import normal_url
from oklik.store.migrate import current, known_revisions, newest

PLACE = "database"
OLDEST = 140_000  # server_version_num
APART_S = 2.0  # seconds that clocks may be apart
FREE_CONNECTIONS = 30  # a dialer, jobs and the web process together
LONG_H = 1  # hours that a transaction may sleep: nothing is cleaned up behind it
KEPT = ("fsync", "full_page_writes", "synchronous_commit")


class NotThere(Exception):
    """There is no database to look into; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.told["en"])


@contextmanager
def connected(settings: Settings) -> Iterator[Connection]:
    """Connect as it is: nothing is upgraded, and none is made.  Raises NotThere."""
    if settings.restoring.exists():  # whatever is there, it is not to be worked with, and none is to be made
        raise NotThere(bad(PLACE, "restoring", path=settings.home))
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(installation.database(settings, "oklik doctor"))
        except installation.NotThere as error:
            raise NotThere(_not_there(error)) from None
        yield connection


def _not_there(error: installation.NotThere) -> Finding:
    match error.code:
        case "none":
            return note(PLACE, "database_none", path=error.where)
        case "url":
            return bad(PLACE, "database_url")
        case _:
            return bad(PLACE, "database_away", where=error.where, why=error.why)


def look(settings: Settings, connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    """Look it over.  now: by this machine's clock.  Raises SQLAlchemyError."""
    yield from _version(connection)
    yield from _tables(connection)
    yield from _keeping(connection)
    yield from _clock(connection, now)
    yield from _connections(connection)
    yield from _sleepers(connection)
    if settings.database_url is not None:
        password = normal_url(settings.database_url.get_secret_value()).password
        if not password or is_known(str(password)) or len(str(password)) < LEAST:
            yield warn(PLACE, "database_password")


def usable(connection: Connection) -> bool:
    """Whether the tables are of this version, so that more can be asked."""
    return current(connection) == newest()


def _version(connection: Connection) -> Iterator[Finding]:
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    version = str(connection.execute(text("SHOW server_version")).scalar_one()).split()[0]
    if number < OLDEST:
        yield bad(PLACE, "database_old", version=version, least=OLDEST // 10_000)
    else:
        yield good(PLACE, "database", version=version)
    if connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one():
        yield bad(PLACE, "database_standby")


def _tables(connection: Connection) -> Iterator[Finding]:
    there, wanted = current(connection), newest()
    if there == wanted:
        yield good(PLACE, "tables", revision=there)
    elif there is None:
        yield note(PLACE, "tables_none")
    elif there in known_revisions():
        yield warn(PLACE, "tables_old", revision=there, wanted=wanted)
    else:
        yield bad(PLACE, "tables_new", revision=there, wanted=wanted)


def _keeping(connection: Connection) -> Iterator[Finding]:
    """What is committed must survive a power cut: an intent that is forgotten is a person called twice."""
    values = {name: str(connection.execute(text(f"SHOW {name}")).scalar_one()) for name in KEPT}
    loose = [f"{name} = {value}" for name, value in values.items() if value in {"off", "local"}]
    if loose:
        yield bad(PLACE, "database_loose", settings=", ".join(loose))
    else:
        yield good(PLACE, "database_keeps")
    # Where the primary does not wait for a standby, what it alone knew dies with it.
    standbys = int(connection.execute(text("SELECT count(*) FROM pg_stat_replication")).scalar_one())
    if standbys and not connection.execute(text("SHOW synchronous_standby_names")).scalar_one():
        yield warn(PLACE, "database_unwaited", standbys=standbys)


def _clock(connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    there = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs((there - now).total_seconds())
    if apart > APART_S:
        yield warn(PLACE, "database_clock", seconds=f"{apart:.0f}")


def _connections(connection: Connection) -> Iterator[Finding]:
    most = int(connection.execute(text("SHOW max_connections")).scalar_one())
    used = int(connection.execute(text("SELECT count(*) FROM pg_stat_activity")).scalar_one())
    if most - used < FREE_CONNECTIONS:
        yield warn(PLACE, "database_connections", used=used, most=most)


def _sleepers(connection: Connection) -> Iterator[Finding]:
    found = connection.execute(
        text(
            """SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'
               AND state_change < clock_timestamp() - make_interval(hours => :hours)"""
        ),
        {"hours": LONG_H},
    ).scalar_one()
    if found:
        yield warn(PLACE, "database_sleepers", n=found)
