"""The fixtures of a real PostgreSQL, and a world in a transaction of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from campaigns.crowd import THREADS
from campaigns.world import World
from oklik.store.engine import make_engine
from support.postgres import *  # noqa: F403


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    """Everything of a test in one transaction."""
    with engine.begin() as conn:
        made = World(conn)
        made.base()
        yield made
        made.invariants()


@pytest.fixture
def crowd(database_url: str) -> Iterator[Engine]:
    """An engine for many dialers at once, each in a thread with a connection of its own."""
    engine = make_engine(database_url, pool_size=THREADS + 2)
    yield engine
    engine.dispose()
