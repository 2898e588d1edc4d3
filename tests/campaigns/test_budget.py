"""Minutes and money a day: reserved at the claim, corrected at the end, never spent twice."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from campaigns.world import HOUR, MINUTE, NOON, World
from oklik.campaigns import agent_leg, lease, reconcile
from oklik.campaigns.agent_leg import AgentLeg, AgentLegEnd
from oklik.campaigns.budget import Spending
from oklik.campaigns.claim import claim
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.recheck import not_sent
from oklik.dialing.disposition import CallSummary
from oklik.store.engine import make_engine

pytestmark = pytest.mark.integration
TEN = Spending(minutes_day=100, call_minutes=10)
MIDNIGHT = dt.datetime(2025, 3, 4, 21, 0, tzinfo=dt.UTC)  # in Moscow


def budget(world: World, scope: str = "all") -> tuple[int, int]:
    """Minutes (spent, held)."""
    rows = world.all("SELECT spent_minutes, held_minutes FROM budget WHERE scope = :s", s=scope)
    return (rows[0][0], rows[0][1]) if rows else (0, 0)


def test_calls_that_are_up_hold_their_longest_and_give_back_what_they_did_not_take(world: World) -> None:
    world.people(30)
    world.campaign()
    holder = world.holder()
    claimed = world.claim(holder, limit=20, spending=TEN)
    assert len(claimed) == 10
    assert budget(world) == (0, 100)
    assert world.claim(holder, spending=TEN) == [], "they may give it back: nobody is denied for the day"
    assert world.one("SELECT count(*) FROM target WHERE reason = 'budget_day'") == 0
    world.finish(holder, claimed[0], NOON + MINUTE, answered=True, talk_s=61.0, ended_reason="completed")
    world.finish(holder, claimed[1], NOON + MINUTE, cause="NO_ANSWER")
    not_sent(world.conn, holder, [claimed[2].uuid], NOON)
    assert budget(world) == (2, 70)
    assert budget(world, "campaign") == budget(world, "trunk") == (2, 70)
    assert len(world.claim(holder, NOON + MINUTE, spending=TEN)) == 2, "2 + 70 + 20, and no more"


def test_a_spent_day_denies_until_the_next_one_of_the_office(world: World) -> None:
    world.people(5)
    world.campaign()
    holder = world.holder()
    spending = Spending(minutes_day=12, call_minutes=10)
    (claimed,) = world.claim(holder, spending=spending)
    world.finish(holder, claimed, NOON + MINUTE, answered=True, talk_s=170.0, ended_reason="completed")
    later = NOON + HOUR
    assert world.claim(holder, later, spending=spending) == []
    rows = world.all("SELECT reason, due FROM target WHERE state = 'waiting'")
    assert {(row.reason, row.due) for row in rows} == {("budget_day", MIDNIGHT)}
    assert world.all("SELECT DISTINCT rule, next_at FROM verdict WHERE NOT allowed") == [("budget_day", MIDNIGHT)]
    assert len(world.claim(holder, MIDNIGHT + 12 * HOUR, limit=1, spending=spending)) == 1


@pytest.mark.parametrize("scope", ["campaign", "trunk"])
def test_a_limit_of_one_campaign_or_trunk_leaves_the_others(world: World, scope: str) -> None:
    world.people(10)
    world.campaign()
    world.campaign()
    world.one(
        """INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('o', 'user/{number}', 9, 9) RETURNING id"""
    )
    world.all("UPDATE campaign SET trunk_id = 2 WHERE id = 2 RETURNING 1")
    world.all(f"UPDATE {scope} SET minutes_day = 20 WHERE id = 1 RETURNING 1")
    claimed = world.claim(world.holder(), limit=8, spending=Spending(call_minutes=10))
    assert [one.campaign_id for one in claimed].count(1) == 2
    assert len(claimed) == 8


def test_money_is_counted_by_the_route_s_price(world: World) -> None:
    world.people(10)
    world.campaign()
    world.all("INSERT INTO trunk_route (trunk_id, prefix, price) VALUES (1, '+7', 1.25) RETURNING 1")
    world.all("UPDATE trunk SET money_day = 40 RETURNING 1")
    holder, spending = world.holder(), Spending(call_minutes=10)
    claimed = world.claim(holder, spending=spending)
    assert len(claimed) == 3  # 37.50
    world.finish(holder, claimed[0], NOON + MINUTE, answered=True, talk_s=30.0, ended_reason="completed")
    row = world.all("SELECT spent_money, held_money FROM budget WHERE scope = 'trunk'")[0]
    assert tuple(row) == (Decimal("1.25"), Decimal("25.00"))


PRICED = "UPDATE trunk SET money_day = 40, attempt_price = 0.25, minute_price = 1 RETURNING 1"


def test_a_trunk_s_own_prices_hold_where_no_route_has_one(world: World) -> None:
    world.people(10)
    world.campaign()
    world.all(PRICED)
    holder, spending = world.holder(), Spending(call_minutes=10)
    claimed = world.claim(holder, spending=spending)
    assert len(claimed) == 3, "10.25 each"
    answered, unanswered, unsent = claimed
    world.finish(holder, answered, NOON + MINUTE, answered=True, talk_s=61.0, ended_reason="completed")
    world.finish(holder, unanswered, NOON + MINUTE, cause="NO_ANSWER")
    not_sent(world.conn, holder, [unsent.uuid], NOON)
    row = world.all("SELECT spent_money, held_money FROM budget WHERE scope = 'trunk'")[0]
    assert tuple(row) == (Decimal("2.50"), Decimal(0)), "two attempts and two minutes; what was not sent is free"
    (again,) = world.claim(holder, NOON + MINUTE, limit=1, spending=spending)
    world.finish(holder, again, NOON + MINUTE, cause="GATEWAY_DOWN", channel=False)
    assert world.one("SELECT spent_money FROM budget WHERE scope = 'trunk'") == Decimal("2.50"), "no carrier saw it"


def test_a_route_s_own_price_goes_before_the_trunk_s(world: World) -> None:
    world.people(10)
    world.campaign()
    world.all(PRICED)
    world.all("INSERT INTO trunk_route (trunk_id, prefix, price) VALUES (1, '+7', 1.9) RETURNING 1")
    assert len(world.claim(world.holder(), spending=Spending(call_minutes=10))) == 2, "19.25 each"


def test_a_leg_to_an_agent_costs_what_the_trunk_takes(world: World) -> None:
    world.people(1)
    world.campaign()
    holder, spending = world.holder(), Spending(call_minutes=10)
    (claimed,) = world.claim(holder, spending=spending)
    world.all(PRICED)
    legs = [
        AgentLeg(uuid4(), claimed.uuid, "", "sofia/gateway/pstn/+74951234567", "1", NOON, "+74951234567")
        for _ in range(5)
    ]
    given = [leg for leg in legs if agent_leg.intend(world.conn, holder, [leg], spending=spending)]
    assert len(given) == 3
    agent_leg.ended(world.conn, holder, [AgentLegEnd(given[0].uuid, NOON, "NORMAL_CLEARING", talk_s=5.0)])
    agent_leg.ended(world.conn, holder, [AgentLegEnd(given[1].uuid, NOON, "OKLIK_NOT_SENT", sent=False)])
    row = world.all("SELECT spent_money, held_money FROM budget WHERE scope = 'trunk'")[0]
    assert tuple(row) == (Decimal("1.25"), Decimal("10.25"))
    world.finish(holder, claimed, NOON, cause="NO_ANSWER")


def test_a_dear_line_that_is_spent_gives_way_to_another(world: World) -> None:
    world.people(6)
    world.campaign()
    world.one("INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('o', 'user/{number}', 9, 9) RETURNING id")
    world.all("INSERT INTO trunk_route (trunk_id, prefix, price) VALUES (1, '+7', 1), (2, '+7', 2) RETURNING 1")
    world.all("INSERT INTO campaign_trunk VALUES (1, 2) RETURNING 1")
    world.all("UPDATE trunk SET minutes_day = 20 WHERE id = 1 RETURNING 1")
    claimed = world.claim(world.holder(), limit=5, spending=Spending(call_minutes=10))
    assert sorted(one.trunk.id for one in claimed) == [1, 1, 2, 2, 2]


def test_a_call_nobody_saw_the_end_of_counts_whole(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder, spending=TEN)
    reconcile.settle(world.conn, holder, gone=[claimed.uuid], now=NOON + MINUTE)
    assert budget(world) == (10, 0)


def test_a_leg_to_an_agent_over_a_line_costs_too(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder, spending=TEN)

    def leg() -> AgentLeg:
        number = "+74951234567"
        return AgentLeg(uuid4(), claimed.uuid, "", f"sofia/gateway/pstn/{number}", "1", NOON, number)

    tight = Spending(minutes_day=25, call_minutes=10)
    first, second = leg(), leg()
    assert set(agent_leg.intend(world.conn, holder, [first], spending=tight)) == {first.uuid}
    assert set(agent_leg.intend(world.conn, holder, [first], spending=tight)) == {first.uuid}, "the same once more"
    assert budget(world) == (0, 20)
    assert agent_leg.intend(world.conn, holder, [second], spending=tight) == {}
    assert world.one("SELECT rule FROM verdict WHERE call_uuid = :u", u=second.uuid) == "budget_day"
    agent_leg.ended(world.conn, holder, [AgentLegEnd(first.uuid, NOON, "NORMAL_CLEARING", talk_s=125.0)])
    assert budget(world) == (3, 10)
    world.finish(holder, claimed, NOON, cause="NO_ANSWER")


def test_without_limits_nothing_is_counted_or_locked(world: World) -> None:
    world.people(2)
    world.campaign()
    holder = world.holder()
    (claimed, _) = world.claim(holder)
    world.finish(holder, claimed, NOON, answered=True, talk_s=9.0, ended_reason="completed")
    assert world.one("SELECT count(*) FROM budget") == world.one("SELECT count(*) FROM reservation") == 0


@pytest.fixture
def crowd(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, pool_size=8)
    yield engine
    engine.dispose()


NEVER_MORE = """
    CREATE FUNCTION never_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.held_minutes < 0 OR (NEW.scope = 'all' AND NEW.spent_minutes + NEW.held_minutes > 200)
            OR (NEW.scope = 'campaign' AND NEW.spent_minutes + NEW.held_minutes > 150) THEN
            RAISE EXCEPTION 'spent twice: %', NEW;
        END IF;
        RETURN NULL;
    END $$"""


@pytest.mark.heavy
def test_many_dialers_never_hold_or_spend_more_than_there_is(crowd: Engine) -> None:
    """Eight dialers claim and end calls at the same time: at no commit more minutes are spent and held than allowed."""
    with crowd.begin() as conn:
        world = World(conn)
        world.base()
        world.people(400)
        world.campaign()
        world.campaign()
        conn.execute(text("UPDATE campaign SET minutes_day = 150"))
        holders = [lease.take(conn, f"fs{n}", owner="test", core_uuid="core") for n in range(8)]
        conn.execute(text(NEVER_MORE))
        conn.execute(
            text("CREATE TRIGGER t AFTER INSERT OR UPDATE ON budget FOR EACH ROW EXECUTE FUNCTION never_more()")
        )
    spending = Spending(minutes_day=200, call_minutes=10)

    def work(holder: lease.Holder) -> int:
        count, now = 0, NOON
        for _ in range(12):
            now += dt.timedelta(seconds=4)
            with crowd.begin() as conn:
                claimed = claim(conn, holder, now, 3, virtual=False, spending=spending)
            count += len(claimed)
            ends = [
                Finished(one.uuid, now, CallSummary(answered=True, talk_s=50.0, ended_reason="completed"))
                for one in claimed
            ]
            with crowd.begin() as conn:
                finish(conn, holder, ends, now)
        return count

    with ThreadPoolExecutor(8) as pool:
        calls = sum(pool.map(work, holders))
    with crowd.begin() as conn:
        world = World(conn)
        assert budget(world) == (calls, 0)
        assert world.one("SELECT count(*) FROM reservation") == 0
        assert 100 < calls <= 200
        world.invariants()
