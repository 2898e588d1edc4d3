"""Rehearsals that nobody ended: their databases are kept for a week, and then cleared away by the next one."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Engine, text

from oklik.config import Settings
from oklik.rehearsals import KEPT, name_of, take
from oklik.store.engine import make_engine
from oklik.wiring import open_rehearsal
from support.command import Desk

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
OURS, FORGOTTEN, RECENT, IN_USE = (name_of(key) for key in ("ours", "forgotten", "recent", "in use"))
FOREIGN = "rehearsal_of_somebody"


@pytest.fixture
def engine(desk: Desk) -> Iterator[Engine]:
    made = make_engine(desk.server.url(), pool_size=1)
    try:
        yield made
    finally:
        made.dispose()
        for name in (OURS, FORGOTTEN, RECENT, IN_USE, FOREIGN):
            desk.server.drop_database(name)


def put(desk: Desk, engine: Engine, name: str, used: dt.datetime | None) -> None:
    desk.server.create_database(name)
    if used is not None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"COMMENT ON DATABASE {name} IS '{used.isoformat()}'"))


def there(desk: Desk) -> set[str]:
    return {name for name in (OURS, FORGOTTEN, RECENT, IN_USE, FOREIGN) if desk.server.has_database(name)}


def test_what_is_forgotten_goes_and_nothing_else(desk: Desk, engine: Engine) -> None:
    old = NOW - KEPT - dt.timedelta(hours=1)
    for name, used in ((FORGOTTEN, old), (RECENT, NOW - KEPT + dt.timedelta(hours=1)), (IN_USE, old), (FOREIGN, old)):
        put(desk, engine, name, used)
    user = make_engine(desk.server.url(IN_USE), pool_size=1)
    try:
        with user.connect() as connection:
            connection.execute(text("SELECT 1"))
            take(desk.server, OURS, NOW)
            assert there(desk) == {OURS, RECENT, IN_USE, FOREIGN}
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
    finally:
        user.dispose()


def test_one_that_is_gone_on_with_counts_from_then(desk: Desk, engine: Engine) -> None:
    put(desk, engine, OURS, NOW - 2 * KEPT)
    take(desk.server, OURS, NOW)  # its own command comes back late, and finds it
    take(desk.server, RECENT, NOW + KEPT - dt.timedelta(hours=1))
    assert there(desk) == {OURS, RECENT}
    take(desk.server, RECENT, NOW + KEPT + dt.timedelta(hours=1))
    assert there(desk) == {RECENT}


def test_one_without_a_mark_counts_from_its_making(desk: Desk, engine: Engine) -> None:
    put(desk, engine, FORGOTTEN, None)
    today = dt.datetime.now(dt.UTC)
    take(desk.server, OURS, today)
    assert there(desk) == {OURS, FORGOTTEN}
    take(desk.server, OURS, today + KEPT + dt.timedelta(hours=1))
    assert there(desk) == {OURS}


def test_every_rehearsal_clears_away(desk: Desk, engine: Engine) -> None:
    put(desk, engine, FORGOTTEN, dt.datetime.now(dt.UTC) - 2 * KEPT)
    settings = cast("Any", Settings(home=Path(desk.home)))
    with open_rehearsal(settings, "ours") as rehearsal:
        assert there(desk) == {OURS}
        rehearsal.over = True
    assert there(desk) == set()
