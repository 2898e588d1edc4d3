"""Rows of the outbox are deleted when their time is over, and nobody takes those for missing."""

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from campaigns.world import DAY, MINUTE, NOON, World
from oklik.campaigns import outbox
from oklik.campaigns.outbox import KEPT_FOR, purge_outbox
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration


@pytest.fixture
def told(engine: Engine) -> Iterator[Engine]:
    """Five results of noon, and one of two days later."""
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(6)
        world.campaign()
        holder = world.holder()
        for now, n in ((NOON, 5), (NOON + 2 * DAY, 1)):
            for one in world.claim(holder, now, n):
                world.finish(holder, one, now, cause="NORMAL_CLEARING", answered=True, talk_s=9.0)
        assert world.one("SELECT count(*) FROM outbox") == 6
    yield engine


def left(engine: Engine) -> int:
    with engine.begin() as conn:
        World(conn).invariants()
        return int(World(conn).one("SELECT count(*) FROM outbox"))


def test_rows_go_when_their_time_is_over(told: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_AT_ONCE", 2)
    assert purge_outbox(told, NOON + KEPT_FOR) == 0
    assert left(told) == 6
    assert purge_outbox(told, NOON + KEPT_FOR + MINUTE) == 5
    assert left(told) == 1
    assert purge_outbox(told, NOON + dt.timedelta(days=1)) == 0, "a clock that was set back"
    assert left(told) == 1


def test_a_row_that_is_lost_before_its_time_is_missed(told: Engine) -> None:
    purge_outbox(told, NOON + KEPT_FOR + MINUTE)
    with told.begin() as conn:
        World(conn).all("DELETE FROM outbox RETURNING 1")
    with pytest.raises(AssertionError, match="result_untold"):
        left(told)
