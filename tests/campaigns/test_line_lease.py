"""Two dialers on one trunk: their parts, over time, over a death."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from campaigns.world import NOON, World
from oklik.campaigns.line_lease import LASTS, SKEW, Floor, Part, release, renew
from oklik.dialing.dividing import Share
from oklik.store.engine import make_engine

pytestmark = pytest.mark.integration
SECOND = dt.timedelta(seconds=1)


def held(world: World) -> dict[str, tuple[int, int]]:
    rows = world.all("SELECT node, channels, slots FROM trunk_lease WHERE trunk_id = 1")
    return {row.node: (row.channels, row.slots) for row in rows}


def floor(part: Part) -> Floor:
    return Floor(part.channels.usable, part.slots.usable)


def test_one_alone_has_all_and_gives_half_to_the_second(world: World) -> None:
    now = NOON
    a = renew(world.conn, "a", {1: Floor()}, now)[1]
    assert (a.channels, a.slots, a.until) == (Share(100, 100), Share(50, 50), now + LASTS)
    b = renew(world.conn, "b", {1: Floor()}, now)[1]
    assert (b.channels, b.slots) == (Share(0, 50), Share(0, 25)), "there is nothing left yet"
    a = renew(world.conn, "a", {1: Floor(70, 50)}, now)[1]
    assert (a.channels, a.channels.usable) == (Share(70, 50), 50), "seventy are in use"
    a = renew(world.conn, "a", {1: Floor(50, a.slots.usable)}, now)[1]
    b = renew(world.conn, "b", {1: Floor()}, now)[1]
    assert (a.channels.held, b.channels.held, a.slots.held, b.slots.held) == (50, 50, 25, 25)
    release(world.conn, "a")
    assert renew(world.conn, "b", {1: floor(b)}, now)[1].channels == Share(100, 100)


def test_what_inbound_calls_keep_is_nobody_s(world: World) -> None:
    world.one("UPDATE trunk SET reserved_inbound = 30 RETURNING 1")
    assert renew(world.conn, "a", {1: Floor()}, NOON)[1].channels == Share(70, 70)


def test_a_dead_one_leaves_what_its_calls_do_not_take(world: World) -> None:
    world.people(3)
    world.campaign()
    calls = world.claim(world.holder("a"), limit=3)
    renew(world.conn, "a", {1: Floor()}, NOON)
    later = NOON + LASTS + SKEW
    b = renew(world.conn, "b", {1: Floor()}, later - SECOND)[1]
    assert b.channels.held == 0, "it may only be slow"
    b = renew(world.conn, "b", {1: floor(b)}, later)[1]
    assert (b.channels, b.slots) == (Share(97, 100), Share(50, 50)), "three calls may still be up"
    world.all("UPDATE call SET state = 'unknown' RETURNING 1")
    world.all("UPDATE attempt SET open = false, disposition = 'unknown', consumed = false RETURNING 1")
    world.all("UPDATE target SET state = 'done' RETURNING 1")
    world.all("INSERT INTO outbox (attempt_uuid, kind, payload) SELECT uuid, 'x', '{}' FROM attempt RETURNING 1")
    assert len(calls) == 3
    assert renew(world.conn, "b", {1: floor(b)}, later)[1].channels == Share(100, 100)
    assert set(held(world)) == {"b"}


def test_a_trunk_that_is_not_wanted_any_more_is_given_back(world: World) -> None:
    renew(world.conn, "a", {1: Floor()}, NOON)
    renew(world.conn, "a", {}, NOON)
    assert held(world) == {}


@pytest.fixture
def crowd(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, pool_size=4)
    yield engine
    engine.dispose()


def test_at_the_same_time_they_never_get_more_than_there_is(crowd: Engine) -> None:
    with crowd.begin() as conn:
        World(conn).base()
        conn.execute(text("UPDATE trunk SET channels = 10, cps = 7"))

    def work(node: str) -> int:
        part: Part | None = None
        for _ in range(25):
            with crowd.begin() as conn:
                part = renew(conn, node, {1: floor(part) if part else Floor()}, NOON)[1]
            with crowd.connect() as conn:
                sums = conn.execute(text("SELECT sum(channels), sum(slots) FROM trunk_lease")).one()
            assert sums[0] <= 10
            assert sums[1] <= 7
        assert part is not None
        return part.channels.held

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, ["a", "b", "c"]))
    with crowd.connect() as conn:
        assert conn.execute(text("SELECT sum(channels) FROM trunk_lease")).scalar_one() <= 10
