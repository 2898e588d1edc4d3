"""The fixtures of a real PostgreSQL, and a world in a transaction of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from campaigns.world import World
from support.postgres import *  # noqa: F403


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    """Everything of a test in one transaction."""
    with engine.begin() as conn:
        made = World(conn)
        made.base()
        yield made
        made.invariants()
