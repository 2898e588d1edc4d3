"""The register's files are imported into a real PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from campaigns.world import World
from support.postgres import *  # noqa: F403


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    """Committed rows, for code that opens transactions of its own."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        made = World(conn)
        made.base()
        yield made
