"""Fixtures with a real PostgreSQL: one server a test session, one fresh migrated database a test.

Use: `from support.postgres import *` or `pytest_plugins = ["support.postgres"]`.  The database is a copy of a template
(some 15 ms in memory), dropped after the test; the server has no fsync and dies with the session.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres

__all__ = ["database_template", "database_url", "engine", "postgres"]

TEMPLATE = "oklik_template"
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 << 30  # a session takes some 0.3 GB
_numbers = itertools.count(1)


def _parent() -> Path | None:
    """Where the server lives: in memory where there is room, as 300 new files for each test take a disk 0.1 s."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if roomy else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this session."""
    # Not pytest's tmp_path: those folders are 0700 and, as root, closed to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="oklik-test-", dir=_parent()))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "database", folder / "cache", durable=False, with_parent=True)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_template(postgres: EmbeddedPostgres) -> str:
    """The name of a migrated empty database to copy from."""
    upgrade(postgres.create_database(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, database_template: str) -> Iterator[str]:
    """A migrated empty database of this test's own (SQLAlchemy URL)."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name, template=database_template)
    postgres.drop_database(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`."""
    made = make_engine(database_url, pool_size=5)
    yield made
    made.dispose()
