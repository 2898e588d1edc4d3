"""The job application, built on demand, and its tables.

The tables are procrastinate's own and live beside ours in the same database; they are brought up to date by its own
migrations, each once, and our Alembic migrations know nothing of them.
"""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.schema import SchemaManager

from oklik.store.engine import conninfo

POOL = 4


def make_app(database_url: str) -> App:
    """An application on that database, without tasks; the caller adds blueprints and opens it."""
    return App(
        connector=PsycopgConnector(
            conninfo=conninfo(database_url), min_size=1, max_size=POOL, kwargs={"application_name": "oklik jobs"}
        )
    )


def apply_schema(url: str) -> None:
    """Make the job tables, or bring them up to the installed procrastinate; does nothing when they are.

    Safe to call from several processes at once.  Raises psycopg.Error.
    """
    migrations = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('oklik job tables'))")
        done = _done(connection)
        if done is None:
            connection.execute(SchemaManager.get_schema())
        elif done == migrations[-1]:
            return
        else:
            for name in migrations:
                if name > done:
                    _execute(connection, (Path(SchemaManager.get_migrations_path()) / name).read_text("utf-8"))
        _execute(
            connection,
            f"COMMENT ON TABLE procrastinate_jobs IS '{migrations[-1]} of procrastinate {version('procrastinate')}'",
        )


def _done(connection: "psycopg.Connection[Any]") -> str | None:
    """The last migration that the tables have; None when there are no tables."""
    row = connection.execute(
        "SELECT obj_description(t, 'pg_class'), t IS NULL FROM to_regclass('procrastinate_jobs') AS t"
    ).fetchone()
    assert row is not None, "to_regclass gives one row"
    if row[1]:
        return None
    return str(row[0] or "").split(" ", maxsplit=1)[0]


def _execute(connection: "psycopg.Connection[Any]", statements: str) -> None:
    """Statements of procrastinate's own files and of this one; no value of anybody is in them."""
    connection.execute(statements.encode())
