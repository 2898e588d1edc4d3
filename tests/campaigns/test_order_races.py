"""Orders while several dialers claim and people opt out; and each guard off, which is noticed."""

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from campaigns.test_hammer import EAGER, SILENCE, TALK, calls, over_limit
from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import call_orders, claim, lease, ordered
from oklik.campaigns.call_orders import Wanted
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.lease import Holder
from oklik.campaigns.opt_out import opt_out
from oklik.campaigns.order_rows import Ordered
from oklik.campaigns.stop_list import put
from oklik.campaigns.tester_phones import NamedPhone, add_phone
from oklik.dialing import orders as kinds
from oklik.dialing.gate import Allow, plausible
from oklik.dialing.orders import OrderKind
from oklik.store.engine import make_engine
from support.fraud import FRAUD

pytestmark = [pytest.mark.integration, pytest.mark.heavy]
DIALERS = 4
PHONE = "+7903999{:04}"


@pytest.fixture
def crowd(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, pool_size=DIALERS + 1)
    yield engine
    engine.dispose()


def found(engine: Engine, people: int, campaigns: int, **how: Any) -> list[Holder]:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(people)
        for _ in range(campaigns):
            world.campaign(retry=EAGER, **{"purpose": "debt", **how})
        return [lease.take(conn, f"fs{i}", owner="test", core_uuid="core") for i in range(DIALERS)]


def ask(conn: Connection, kind: OrderKind, target: int, now: dt.datetime = NOON, **more: Any) -> int:
    campaign = conn.execute(text("SELECT campaign_id FROM target WHERE id = :id"), {"id": target}).scalar_one()
    wanted = Wanted(kind=kind, campaign_id=campaign, target_id=target, by="user:anna", **more)
    return call_orders.order(conn, wanted, now)


def serve(engine: Engine, holder: Holder, now: dt.datetime, limit: int = 30) -> list[claim.Claimed]:
    with engine.begin() as conn:
        return ordered.claim(conn, holder, now, limit, virtual=False)


def states(engine: Engine) -> Counter[str]:
    with engine.begin() as conn:
        return Counter(conn.execute(text("SELECT state FROM call_order")).scalars())


def test_several_dialers_serve_each_order_once(crowd: Engine) -> None:
    people = 60
    holders = found(crowd, people, 1, due=NOON + DAY)
    with crowd.begin() as conn:
        for n in range(people):
            add_phone(conn, NamedPhone(PHONE.format(n), "x", "x", NOON, "x", NOON))
            ask(conn, OrderKind.TEST, 1, number=PHONE.format(n))
            ask(conn, OrderKind.MANUAL, n + 1)
    start = threading.Barrier(DIALERS)

    def dial(holder: Holder) -> list[claim.Claimed]:
        start.wait()
        return [one for _ in range(12) for one in serve(crowd, holder, NOON)]

    with ThreadPoolExecutor(DIALERS) as pool:
        served = [one for claimed in pool.map(dial, holders) for one in claimed]
    assert Counter(one.number for one in served).most_common(1)[0][1] == 1
    assert len(served) == 2 * people
    assert states(crowd) == {"claimed": 2 * people}
    with crowd.begin() as conn:
        World(conn).invariants()


def test_orders_and_the_queue_together_pass_no_limit(crowd: Engine) -> None:
    """People are ordered again and again, by several at once, in two campaigns; the diary is the calls themselves."""
    people = 40
    holders = found(crowd, people, 2)
    dice = random.Random(7)
    with crowd.begin() as conn:
        targets = list(conn.execute(text("SELECT id FROM target")).scalars())

    def dial(holder: Holder, now: dt.datetime, talks: bool) -> None:
        claimed = serve(crowd, holder, now, 5)
        came = TALK if talks else SILENCE
        with crowd.begin() as conn:
            finish(conn, holder, [Finished(one.uuid, now, came) for one in claimed], now)

    with ThreadPoolExecutor(DIALERS) as pool:
        for turn in range(40):
            now = NOON - 3 * HOUR + (turn // 20) * DAY + turn % 20 * 7 * MINUTE
            with crowd.begin() as conn:
                for target in dice.sample(targets, 12):
                    ask(conn, dice.choice((OrderKind.MANUAL, OrderKind.AGENT_FIRST)), target, now)
            list(pool.map(dial, holders, [now] * DIALERS, [dice.random() < 0.3] * DIALERS))
    with crowd.begin() as conn:
        World(conn).invariants()
        made = calls(conn)
        by_order = conn.execute(text("SELECT count(*) FROM call_order WHERE state = 'claimed'")).scalar_one()
    assert over_limit(made) == {}
    assert by_order > people, "and orders were served"
    assert states(crowd)["denied"] > people


def race(engine: Engine, holders: Sequence[Holder], kind: OrderKind, times: int) -> Counter[tuple[bool, bool]]:
    """Somebody is ordered and put on the stop list at one time.  Gives (called, still on the stop list before it)."""
    start = threading.Barrier(2)
    dice = random.Random(5)
    late = [(dice.choice((0, 0, 0.002)), dice.choice((0, 0, 0.002))) for _ in range(times)]
    came: Counter[tuple[bool, bool]] = Counter()

    def numbers(n: int) -> str:
        return PHONE.format(n) if kind is OrderKind.TEST else f"+7916{n + 1:07}"

    def claim_them() -> None:
        for n in range(times):
            with engine.begin() as conn:
                ask(conn, kind, n + 1, number=numbers(n))
            start.wait()
            threading.Event().wait(late[n][0])
            with engine.begin() as conn:
                claimed = ordered.claim(conn, holders[0], NOON, 1, virtual=False)
                # Whoever sees the wish at the end of the claim's transaction has claimed in spite of it.
                listed = conn.execute(
                    text("SELECT EXISTS (SELECT FROM suppression WHERE number = :n)"), {"n": numbers(n)}
                ).scalar_one()
            came[bool(claimed), bool(listed)] += 1
            start.wait()

    def list_them() -> None:
        for n in range(times):
            start.wait()
            threading.Event().wait(late[n][1])
            with engine.begin() as conn:
                put(conn, [numbers(n)], source="api", recorded_by="", now=NOON)
            start.wait()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(claim_them), pool.submit(list_them)]:
            done.result()
    return came


@pytest.mark.parametrize("kind", [OrderKind.MANUAL, OrderKind.TEST])
def test_an_opt_out_and_an_order_at_once(crowd: Engine, kind: OrderKind) -> None:
    """Either the call was committed first, or it is not made."""
    times = 100
    holders = found(crowd, times, 1, due=NOON + DAY)
    with crowd.begin() as conn:
        for n in range(times):
            add_phone(conn, NamedPhone(PHONE.format(n), "x", "x", NOON, "x", NOON))
    came = race(crowd, holders, kind, times)
    assert (True, True) not in came, came
    with crowd.begin() as conn:
        World(conn).invariants()


def test_who_opted_out_while_an_agent_was_rung(crowd: Engine) -> None:
    holders = found(crowd, 1, 1, due=NOON + DAY)
    with crowd.begin() as conn:
        asked = ask(conn, OrderKind.AGENT_FIRST, 1, endpoint="user/1001", group="sales")
    (one,) = serve(crowd, holders[0], NOON)
    with crowd.begin() as conn:
        assert ordered.ask_again(conn, one.uuid, NOON, virtual=False) is None
        opt_out(conn, one.uuid, one.number, NOON)
        assert ordered.ask_again(conn, one.uuid, NOON, virtual=False) == "stop_list"
        seen = call_orders.look(conn, asked)
        assert seen is not None
        assert (seen.state, seen.rule) == ("claimed", "stop_list")


@pytest.mark.parametrize(
    ("happens", "rule"),
    [
        ("UPDATE campaign SET state = 'paused'", "campaign_state"),
        ("UPDATE target SET removed = 'removed_paid'", "contact_done"),
        ('UPDATE campaign SET "window" = \'{"from": "15:00", "to": "18:00"}\'', "window"),
        (
            """INSERT INTO outside_contact (person_id, number, at, kind, talk, purpose, source, external_id, added_at)
               VALUES (1, '+79160000001', '2025-03-04T08:00Z', 'call', true, 'debt', '1C', '1', '2025-03-04T08:00Z')""",
            "talks_day",
        ),
    ],
)
def test_what_happens_while_the_agent_is_rung_counts(crowd: Engine, happens: str, rule: str) -> None:
    holders = found(crowd, 1, 1, due=NOON + DAY)
    with crowd.begin() as conn:
        ask(conn, OrderKind.AGENT_FIRST, 1, endpoint="user/1001", group="sales")
    (one,) = serve(crowd, holders[0], NOON)
    with crowd.begin() as conn:
        conn.exec_driver_sql(happens)
        assert ordered.ask_again(conn, one.uuid, NOON, virtual=False) == rule


# -- each guard, turned off, is noticed ------------------------------------------------------------------------------


def everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ordered, "judge_test", lambda _tester, now, _destinations: Allow(now + HOUR))


def nobody_counts_tests(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(kinds, "TESTS_AN_HOUR", 10**6)


def the_queue_first(patch: pytest.MonkeyPatch) -> None:
    def last(*asked: Any, **named: Any) -> list[claim.Claimed]:
        return claim.claim(*asked, **named)

    patch.setattr(ordered, "_asked", lambda *_, **__: [])
    patch.setattr(ordered, "claim", last)


def fraud_is_rung(engine: Engine, holder: Holder) -> bool:
    with engine.begin() as conn:
        for number in [number for number in FRAUD if plausible(number)][:5]:
            add_phone(conn, NamedPhone(number, "x", "x", NOON, "x", NOON))
            ask(conn, OrderKind.TEST, 1, number=number)
    return bool(serve(engine, holder, NOON))


def the_eleventh_is_rung(engine: Engine, holder: Holder) -> bool:
    with engine.begin() as conn:
        add_phone(conn, NamedPhone(PHONE.format(1), "x", "x", NOON, "x", NOON))
    rung = 0
    for _ in range(11):
        with engine.begin() as conn:
            ask(conn, OrderKind.TEST, 1, number=PHONE.format(1))
        served = serve(engine, holder, NOON)
        with engine.begin() as conn:
            finish(conn, holder, [Finished(one.uuid, NOON, SILENCE, stranger=True) for one in served], NOON)
        rung += len(served)
    return rung > 10


def an_order_waits_for_the_queue(engine: Engine, holder: Holder) -> bool:
    with engine.begin() as conn:
        conn.execute(text("UPDATE target SET due = :due WHERE id <> 3"), {"due": NOON - HOUR})
        ask(conn, OrderKind.MANUAL, 3)
    (one,) = serve(engine, holder, NOON, limit=1)
    return not isinstance(one, Ordered)


@pytest.mark.parametrize(
    ("off", "wrong"),
    [
        (everybody, fraud_is_rung),
        (nobody_counts_tests, the_eleventh_is_rung),
        (the_queue_first, an_order_waits_for_the_queue),
    ],
)
def test_a_guard_that_is_off_is_noticed(
    crowd: Engine,
    monkeypatch: pytest.MonkeyPatch,
    off: Callable[[pytest.MonkeyPatch], None],
    wrong: Callable[[Engine, Holder], bool],
) -> None:
    holders = found(crowd, 3, 1, due=NOON + DAY)
    assert not wrong(crowd, holders[0])
    with crowd.begin() as conn:
        conn.execute(text("UPDATE call_order SET state = 'cancelled' WHERE state = 'asked'"))
        conn.execute(text("UPDATE attempt SET open = false, disposition = 'not_sent', consumed = false"))
        conn.execute(text("UPDATE call SET state = 'not_sent'"))
        conn.execute(text("UPDATE target SET state = 'waiting'"))
        conn.execute(text("DELETE FROM tester_phone"))
    off(monkeypatch)
    assert wrong(crowd, holders[0])
