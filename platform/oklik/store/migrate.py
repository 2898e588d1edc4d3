"""Bring a database to the newest tables: Alembic, driven from here, without an ini file.

Several processes may do it at once: an advisory lock lets one work and the others find it done.
"""

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from oklik.store.ahead import AheadIndex, build_ahead
from oklik.store.engine import normal_url
from oklik.store.revisions import VERSION_TABLE, check_known

LOCK = 0x6F6B6C696B  # "oklik"
_ASK_AGAIN_S = 0.2


def upgrade(url: str | URL, revision: str = "head") -> None:
    """Upgrade the database at url; nothing happens when it is new enough.  Raises TablesNewer.

    Indexes of large tables first, while others write (see `ahead`), then all the rest in one transaction: all or
    nothing.
    """
    from sqlalchemy import create_engine

    engine = create_engine(normal_url(url), poolclass=NullPool)
    with engine.connect() as connection:  # the lock goes with the connection
        connection.execution_options(isolation_level="AUTOCOMMIT")
        # Asked for again and again: who waits within one statement is waited for by CREATE INDEX CONCURRENTLY.
        while not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar_one():
            time.sleep(_ASK_AGAIN_S)
        check_known(connection)
        build_ahead(connection, _ahead(current(connection), revision))
        connection.commit()
        connection.execution_options(isolation_level="READ COMMITTED")
        with connection.begin():
            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)


def _ahead(at: str | None, revision: str) -> list[AheadIndex]:
    """The indexes that the migrations to come want to have been made before; none for an empty database."""
    scripts = ScriptDirectory.from_config(configuration())
    if at is None or at not in known_revisions():
        return []
    coming = reversed(list(scripts.iterate_revisions(revision, at)))
    return [index for one in coming for index in getattr(one.module, "AHEAD", ())]


def current(connection: Connection) -> str | None:
    """Return the revision the database is at; None when it has no tables of ours."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def newest() -> str | None:
    """Return the revision this code wants."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def known_revisions() -> frozenset[str]:
    """Return the revisions that this code can upgrade from, and the one it wants."""
    return frozenset(one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions())


def configuration() -> Config:
    """Return Alembic's settings; its scripts lie beside this file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
