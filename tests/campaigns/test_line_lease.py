"""Two dialers on one trunk: their parts, over time, over a death."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, text

from campaigns.world import NOON, World
from oklik.campaigns.line_lease import LASTS, SKEW, Floor, Part, release, renew, take_reserved
from oklik.campaigns.ways import Trunk
from oklik.dialing.dividing import Share
from oklik.store.engine import make_engine
from oklik.worker import parts as parts_module
from oklik.worker.lines import Lines
from oklik.worker.parts import StoredParts

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


def test_what_is_kept_for_calls_to_us_is_taken_one_by_one_and_given_back(world: World) -> None:
    world.one("UPDATE trunk SET channels = 10, reserved_inbound = 2 RETURNING 1")
    renew(world.conn, "a", {1: Floor()}, NOON)
    assert take_reserved(world.conn, "a", 1, NOON)
    assert take_reserved(world.conn, "b", 1, NOON), "who holds nothing of it yet may have one"
    assert not take_reserved(world.conn, "a", 1, NOON)
    a = renew(world.conn, "a", {1: Floor(reserved=1)}, NOON)[1]
    assert (a.reserved, a.channels.held) == (1, 4), "what is kept is beside what is shared"
    assert not take_reserved(world.conn, "a", 1, NOON)
    renew(world.conn, "b", {1: Floor()}, NOON)
    assert take_reserved(world.conn, "a", 1, NOON)
    assert not take_reserved(world.conn, "a", 99, NOON), "there is no such trunk"
    world.one("UPDATE trunk SET reserved_inbound = 9 RETURNING 1")
    assert not take_reserved(world.conn, "a", 1, NOON), "calls of ours are still up on what is to be kept now"


def test_two_dialers_let_in_no_more_than_the_trunk_has(crowd: Engine) -> None:
    """Ten channels, three of them kept; both dialers call as much as they may, and people call both."""
    with crowd.begin() as conn:
        World(conn).base()
        conn.execute(text("UPDATE trunk SET channels = 10, cps = 100, reserved_inbound = 3"))
    trunk = Trunk(1, 7, 100.0, reserved=3)
    pair = {node: (Lines(channels=99, cps=100.0), StoredParts(crowd, node)) for node in "ab"}
    up = dict.fromkeys(pair, 0)
    let_in = dict.fromkeys(pair, 0)
    now = 5.0

    def seconds(at: float) -> float:
        return now + at - monotonic()

    def call_in(node: str) -> bool:
        lines, parts = pair[node]
        if lines.lacks_reserve(trunk):
            parts.take_reserved(lines, trunk.id)
        found = lines.admit(trunk, now)
        let_in[node] += found
        return found

    for lines, _ in pair.values():
        lines.share()
        lines.begin(0.0)
    for calls in (False, False, False, True, True):
        for node, (lines, parts) in pair.items():
            now += 2.0
            lines.room(now, trunk)
            parts.renew(lines, seconds)
            now += 2.0
            while calls and lines.grant(trunk, now):
                up[node] += 1
    assert up == {"a": 4, "b": 3}, "our calls take all that is theirs"
    assert [call_in("a"), call_in("a"), call_in("b"), call_in("b"), call_in("a")] == [True, True, True, False, False]
    for lines, parts in pair.values():
        parts.renew(lines, seconds)
    assert not call_in("b"), "what is in use is not given back"
    pair["a"][0].leave_inbound(trunk)
    pair["a"][1].renew(pair["a"][0], seconds)
    assert call_in("b"), "it is"
    pair["b"][0].release(trunk)
    assert call_in("b"), "a channel of our calls, where none is kept any more"
    assert not pair["b"][0].grant(trunk, now + 9)
    assert let_in == {"a": 2, "b": 3}
    for _, parts in pair.values():
        parts.release()
    with crowd.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM trunk_lease")).scalar_one() == 0


def test_a_machine_whose_clock_is_false_takes_nothing_from_the_others(
    crowd: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its wall clock jumps ahead by an hour: the other one's part is not over for that."""
    with crowd.begin() as conn:
        World(conn).base()
    pair = {node: (Lines(channels=99, cps=100.0), StoredParts(crowd, node)) for node in "ab"}
    for lines, _ in pair.values():
        lines.share()
        lines.room(monotonic(), Trunk(1, 100, 50.0))

    def renewed(node: str) -> None:
        lines, parts = pair[node]
        lines.room(monotonic(), Trunk(1, 100, 50.0))
        parts.renew(lines, lambda at: at)

    for node in "ababab":
        renewed(node)
    with crowd.connect() as conn:
        fair = held(World(conn))
    assert {one for one, _ in fair.values()} == {50}
    ahead = SimpleNamespace(now=lambda zone: dt.datetime.now(zone) + dt.timedelta(hours=1))
    monkeypatch.setattr(parts_module, "dt", SimpleNamespace(datetime=ahead, UTC=dt.UTC), raising=False)
    renewed("b")
    with crowd.connect() as conn:
        assert held(World(conn)) == fair
    for _, parts in pair.values():
        parts.release()
        kept = parts._kept._conn
        assert kept is not None
        kept.close()
