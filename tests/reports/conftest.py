"""Reports are read from a real PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from support.postgres import *  # noqa: F403


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction; commit what an engine is to see."""
    with engine.connect() as made:
        yield made
