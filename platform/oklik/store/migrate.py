"""Bring a database to the newest tables: Alembic, driven from here, without an ini file.

Several processes may do it at once: an advisory lock lets one work and the others find it done.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from oklik.store.engine import normal_url

LOCK = 0x6F6B6C696B  # "oklik"
VERSION_TABLE = "schema_version"


def upgrade(url: str | URL, revision: str = "head") -> None:
    """Upgrade the database at url; nothing happens when it is new enough.  One transaction: all or nothing."""
    from sqlalchemy import create_engine

    engine = create_engine(normal_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


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
