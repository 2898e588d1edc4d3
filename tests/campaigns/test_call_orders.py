"""Calls that people order: served before the queue, judged as their kind is, and never otherwise."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import asking, call_orders, gateways, intents, ordered
from oklik.campaigns.agent_leg import AgentLeg, intend
from oklik.campaigns.budget import Spending
from oklik.campaigns.call_orders import OrderSeen, Wanted
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.gateways import Filled, Seen
from oklik.campaigns.intents import Claimed
from oklik.campaigns.launch import put_group
from oklik.campaigns.lease import Holder
from oklik.campaigns.opt_out import opt_out
from oklik.campaigns.order_rows import Ordered
from oklik.campaigns.recheck import not_sent, withdrawn
from oklik.campaigns.reconcile import settle
from oklik.campaigns.running import Trunk
from oklik.campaigns.tester_phones import NamedPhone, add_phone
from oklik.dialing.disposition import CallSummary
from oklik.dialing.gateways import Login
from oklik.dialing.orders import TESTS_AN_HOUR, OrderKind
from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from support.fraud import FRAUD

pytestmark = pytest.mark.integration
PHONE = "+79039990001"
NIGHT = NOON + 12 * HOUR


class Orders:
    """Orders, and claims as a dialer makes them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.holder: Holder = world.holder()

    def ask(self, kind: OrderKind, campaign: int, target: int, now: dt.datetime = NOON, **more: Any) -> int:
        wanted = Wanted(kind=kind, campaign_id=campaign, target_id=target, by="user:anna", **more)
        return call_orders.order(self.world.conn, wanted, now)

    def tester(self, number: str = PHONE) -> None:
        add_phone(self.world.conn, NamedPhone(number, "Анна", "user:root", NOON, "x", NOON))

    def claim(self, now: dt.datetime = NOON, limit: int = 10, **more: Any) -> list[Claimed]:
        return ordered.claim(self.world.conn, self.holder, now, limit, **{"virtual": False, **more})

    def seen(self, order: int) -> OrderSeen:
        found = call_orders.look(self.world.conn, order)
        assert found is not None
        return found

    def served(self, order: int, **more: Any) -> OrderSeen:
        """Claim nothing but what is ordered."""
        self.claim(limit=1, **more)
        return self.seen(order)


@pytest.fixture
def orders(world: World) -> Orders:
    return Orders(world)


def waiting(world: World, people: int = 3, **how: Any) -> int:
    """A campaign in which nobody's turn has come."""
    world.people(people)
    return world.campaign(due=NOON + DAY, **how)


def test_a_manual_call_comes_before_the_queue_and_out_of_turn(world: World, orders: Orders) -> None:
    world.people(5)
    campaign = world.campaign()
    world.conn.execute(text("UPDATE target SET due = :later WHERE id = 5"), {"later": NOON + DAY})
    asked = orders.ask(OrderKind.MANUAL, campaign, 5)
    assert orders.seen(asked).state == "asked"
    (first,) = orders.claim(limit=1)
    assert isinstance(first, Ordered)
    assert (first.target_id, first.kind) == (5, OrderKind.MANUAL)
    assert [one.target_id for one in orders.claim(limit=2)] == [1, 2]
    assert world.target(first).state == "dialing"
    seen = orders.seen(asked)
    assert (seen.state, seen.rule, seen.leg, seen.number) == ("claimed", "allowed", "intent", first.number)
    assert orders.claim(limit=10)[0].target_id == 3, "served once"
    world.finish(orders.holder, first, NOON + MINUTE, answered=True, talk_s=20.0, ended_reason="completed")
    seen = orders.seen(asked)
    assert (seen.state, seen.disposition, seen.talk_s) == ("done", "completed", 20.0)
    assert world.target(first).state == "done"


@pytest.mark.parametrize(("module", "name"), [(asking, "judge"), (intents, "endpoint")])
def test_an_order_that_our_code_stumbles_at_is_denied_and_stops_nobody(
    world: World, orders: Orders, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    world.people(3)
    campaign = world.campaign()
    asked = orders.ask(OrderKind.MANUAL, campaign, 2)
    sound = getattr(module, name)

    def stumble(*given: object, **more: object) -> object:
        if "+79160000002" in repr(given):
            raise KeyError
        return sound(*given, **more)

    monkeypatch.setattr(module, name, stumble)
    assert [one.target_id for one in orders.claim()] == [1, 3]
    assert (orders.seen(asked).state, orders.seen(asked).rule) == ("denied", "contact_fault")


def test_what_is_ordered_and_what_is_due_share_the_lines(world: World, orders: Orders) -> None:
    world.people(6)
    campaign = world.campaign()
    orders.ask(OrderKind.MANUAL, campaign, 6)
    claimed = orders.claim(limit=10, room=lambda _trunk, _kept: 3)
    assert [one.target_id for one in claimed] == [6, 1, 2]


def test_without_a_free_line_it_waits_and_says_so(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    asked = orders.ask(OrderKind.MANUAL, campaign, 1)
    full: Callable[..., int] = lambda trunk, _kept: 5 if trunk is None else 0  # noqa: E731
    assert orders.claim(room=full) == []
    assert (orders.seen(asked).state, orders.seen(asked).rule) == ("asked", "no_line")
    assert [one.target_id for one in orders.claim()] == [1]


def test_a_line_that_the_switch_has_not_read_yet_is_waited_for_and_holds_up_nobody(
    world: World, orders: Orders
) -> None:
    """Else the call would go the way that the switch knew before."""
    world.people(3)
    campaign = world.campaign()
    kept = gateways.save(world.conn, "Б", Filled(login=Login.ADDRESS, host="sip.b", channels=9, cps=9.0), NOON, "x")
    world.conn.execute(text("UPDATE campaign SET trunk_id = :trunk"), {"trunk": kept.trunk_id})
    asked = orders.ask(OrderKind.MANUAL, campaign, 3)
    assert [one.target_id for one in orders.claim(limit=1)] == [1], "whose turn it is anyway"
    assert (orders.seen(asked).state, orders.seen(asked).rule) == ("asked", "line_unread")

    told = Seen(trunk_id=kept.trunk_id, state="NOREG", up=True, sip_status=0, applied=kept.revision)
    gateways.publish(world.conn, "another", [told], NOON)
    assert orders.served(asked).state == "asked", "that is another switch"
    gateways.publish(world.conn, orders.holder.node, [told], NOON)
    assert orders.served(asked).state == "claimed"


def test_a_dialer_of_one_campaign_asks_for_no_reading(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    kept = gateways.save(world.conn, "Б", Filled(login=Login.ADDRESS, host="sip.b", channels=9, cps=9.0), NOON, "x")
    world.conn.execute(text("UPDATE campaign SET trunk_id = :trunk"), {"trunk": kept.trunk_id})
    asked = orders.ask(OrderKind.MANUAL, campaign, 1)
    assert orders.served(asked, campaign_ids=[campaign]).state == "claimed"


def test_an_order_that_waits_or_is_denied_holds_up_no_other(world: World, orders: Orders) -> None:
    """Where there is room for one call, it is for the first order that can be served at once."""
    campaign = waiting(world)
    world.conn.execute(text("UPDATE target SET state = 'preparing' WHERE id = 1"))
    world.conn.execute(text("UPDATE target SET state = 'done' WHERE id = 2"))
    waits, denied, served = (orders.ask(OrderKind.MANUAL, campaign, target) for target in (1, 2, 3))
    assert [one.target_id for one in orders.claim(limit=1)] == [3]
    assert [orders.seen(one).state for one in (waits, denied, served)] == ["asked", "denied", "claimed"]
    assert orders.claim(limit=0) == []


def test_the_next_free_line_is_the_order_s(world: World, orders: Orders) -> None:
    """A line that is freed in the middle of a claim is not the queue's while an order waits for it."""
    world.people(3)
    campaign = world.campaign()
    asked = orders.ask(OrderKind.MANUAL, campaign, 3)
    free = iter([0, 5, 5, 5, 5])

    def room(trunk: Trunk | None, _kept: int) -> int:
        return 5 if trunk is None else next(free)

    assert orders.claim(room=room) == []
    assert orders.seen(asked).state == "asked"
    assert [one.target_id for one in orders.claim(limit=1)] == [3]


RETRIED = RetryPlan(waits={OutcomeClass.NO_ANSWER: Wait(after_s=(7200,), most=9)}, other_hour=True, max_attempts=2)


def tried(world: World, orders: Orders, **how: Any) -> int:
    """A campaign whose only contact was called at noon and did not answer."""
    world.people(1)
    campaign = world.campaign(retry=RETRIED, **how)
    (one,) = orders.claim()
    world.finish(orders.holder, one, NOON, cause="NO_ANSWER")
    return campaign


def test_the_plan_s_own_waits_and_hours_give_way(world: World, orders: Orders) -> None:
    campaign = tried(world, orders)
    again = NOON + 6 * MINUTE  # of the same hour, and two hours before the plan
    asked = orders.ask(OrderKind.MANUAL, campaign, 1, again)
    assert len(orders.claim(again)) == 1
    assert orders.seen(asked).state == "claimed"


def denied(orders: Orders, asked: int, now: dt.datetime = NOON, **more: Any) -> tuple[str | None, dt.datetime | None]:
    """What the gate says; the queue must not notice."""
    world = orders.world
    before = world.all("SELECT id, state, due, reason FROM target ORDER BY id")
    legs = world.one("SELECT count(*) FROM call")
    orders.claim(now, **more)
    assert world.one("SELECT count(*) FROM call") == legs
    assert world.all("SELECT id, state, due, reason FROM target ORDER BY id") == before
    seen = orders.seen(asked)
    assert seen.state == "denied", seen
    for language in ("ru", "en"):
        assert seen.sentence(language) not in {None, seen.rule}
    verdict = world.all("SELECT * FROM verdict WHERE id = (SELECT verdict_id FROM call_order WHERE id = :o)", o=asked)
    assert [(row.allowed, row.rule, row.next_at) for row in verdict] == [(False, seen.rule, seen.next_at)]
    return seen.rule, seen.next_at


PEOPLE_KINDS = [OrderKind.MANUAL, OrderKind.AGENT_FIRST]


@pytest.mark.parametrize("kind", PEOPLE_KINDS)
class TestARetrysRules:
    """Everything that holds for a retry holds for a call that somebody orders."""

    def test_hours(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world)
        asked = orders.ask(kind, campaign, 1, NIGHT)
        morning = dt.datetime(2025, 3, 5, 6, 0, tzinfo=dt.UTC)
        assert denied(orders, asked, NIGHT) == ("window", morning)

    def test_the_campaign_s_own_hours(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world, window=("13:00", "18:00"))
        assert denied(orders, orders.ask(kind, campaign, 1)) == ("window", NOON + HOUR)

    def test_caps_of_all_campaigns(self, world: World, orders: Orders, kind: OrderKind) -> None:
        world.people(1)
        first = world.campaign(purpose="debt")
        (one,) = orders.claim()
        world.finish(orders.holder, one, NOON, answered=True, talk_s=20.0, ended_reason="completed")
        second = world.campaign(purpose="debt", due=NOON + DAY)
        assert first != second
        rule, again = denied(orders, orders.ask(kind, second, 2, NOON + HOUR), NOON + HOUR)
        assert rule == "talks_day"
        assert again is not None
        assert again > NOON + 12 * HOUR

    def test_the_stop_list(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world)
        world.conn.execute(
            text("INSERT INTO suppression (number, source, added_at) VALUES ('+79160000001', 'api', :n)"), {"n": NOON}
        )
        assert denied(orders, orders.ask(kind, campaign, 1)) == ("stop_list", None)

    def test_consent(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world, purpose="advertising")
        rule = "needs_human" if kind is OrderKind.MANUAL else "no_consent"
        assert denied(orders, orders.ask(kind, campaign, 1)) == (rule, None)

    def test_a_promise(self, world: World, orders: Orders, kind: OrderKind) -> None:
        world.people(1)
        first = world.campaign(purpose="debt")
        (one,) = orders.claim()
        promised = (dt.date(2025, 3, 7), "100")
        world.finish(orders.holder, one, NOON, answered=True, talk_s=20.0, ended_reason="completed", promised=promised)
        second = world.campaign(purpose="debt", due=NOON + DAY)
        assert first != second
        assert denied(orders, orders.ask(kind, second, 2, NOON + DAY), NOON + DAY - MINUTE)[0] == "promise"

    def test_a_person_on_another_call(self, world: World, orders: Orders, kind: OrderKind) -> None:
        world.people(1)
        world.campaign()
        second = world.campaign(due=NOON + DAY)
        assert len(orders.claim()) == 1
        rule, again = denied(orders, orders.ask(kind, second, 2))
        assert (rule, again) == ("person_busy", NOON + dt.timedelta(seconds=30))

    def test_too_soon_after_a_call(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = tried(world, orders)
        soon = NOON + MINUTE
        assert denied(orders, orders.ask(kind, campaign, 1, soon), soon) == ("too_soon", NOON + 5 * MINUTE)

    def test_all_attempts_made(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = tried(world, orders)
        orders.ask(OrderKind.MANUAL, campaign, 1, NOON + 6 * MINUTE)
        (one,) = orders.claim(NOON + 6 * MINUTE)
        world.finish(orders.holder, one, NOON + 7 * MINUTE, cause="NO_ANSWER")
        later = NOON + 2 * HOUR
        assert denied(orders, orders.ask(kind, campaign, 1, later), later) == ("max_attempts", None)

    def test_a_contact_that_is_done(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world, people=2)
        world.conn.execute(text("UPDATE target SET state = 'done', removed = 'removed_paid' WHERE id = 1"))
        assert denied(orders, orders.ask(kind, campaign, 1)) == ("contact_done", None)

    def test_a_campaign_that_does_not_run(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world, state="paused")
        assert denied(orders, orders.ask(kind, campaign, 1)) == ("campaign_state", None)

    def test_the_money_of_the_day(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world)
        spending = Spending(minutes_day=10, call_minutes=15)
        rule, again = denied(orders, orders.ask(kind, campaign, 1), spending=spending)
        assert rule == "budget_day"
        assert again is not None

    def test_no_route(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world)
        world.conn.execute(text("INSERT INTO trunk_route (trunk_id, prefix) VALUES (1, '+7495')"))
        assert denied(orders, orders.ask(kind, campaign, 1)) == ("no_route", None)

    def test_fraudsters_numbers(self, world: World, orders: Orders, kind: OrderKind) -> None:
        campaign = waiting(world, people=len(FRAUD))
        for row, number in enumerate(FRAUD, 1):
            world.conn.execute(
                text("UPDATE contact SET phones = ARRAY[:n] WHERE row_number = :r"), {"n": number, "r": row}
            )
            orders.ask(kind, campaign, row, number=number)
        while world.one("SELECT count(*) FROM call_order WHERE state = 'asked'"):
            assert orders.claim(limit=50) == []
        assert world.one("SELECT count(*) FROM call") == 0
        assert world.one("SELECT count(*) FROM call_order WHERE state = 'denied'") == len(FRAUD)
        assert world.one("SELECT count(*) FROM verdict WHERE NOT allowed") == len(FRAUD)


def test_whoever_needs_a_human_gets_one_from_an_agent_first_call(world: World, orders: Orders) -> None:
    campaign = waiting(world, purpose="advertising")
    world.conn.execute(
        text(
            """INSERT INTO consent (person_id, purpose, source, text_version, given_at)
               VALUES (1, 'advertising', 'form', '', '2025-01-01T00:00Z')"""
        )
    )
    assert denied(orders, orders.ask(OrderKind.MANUAL, campaign, 1))[0] == "needs_human"
    orders.ask(OrderKind.AGENT_FIRST, campaign, 1, endpoint="user/1001", group="sales")
    (one,) = orders.claim()
    assert isinstance(one, Ordered)
    assert (one.kind, one.agent, one.group) == (OrderKind.AGENT_FIRST, "user/1001", "sales")
    assert not world.one("SELECT message FROM attempt"), "a talk, whatever the campaign's calls are"


def test_a_call_that_was_not_sent_is_claimed_anew_and_keeps_its_turn(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    asked = orders.ask(OrderKind.MANUAL, campaign, 1)
    for _ in range(call_orders.MOST_TRIES - 1):
        (one,) = orders.claim()
        not_sent(world.conn, orders.holder, [one.uuid], NOON)
        assert orders.seen(asked).state == "asked"
        assert (world.target(one).state, world.target(one).due) == ("waiting", NOON + DAY)
    (one,) = orders.claim()
    not_sent(world.conn, orders.holder, [one.uuid], NOON)
    assert orders.seen(asked).state == "failed"
    assert world.target(one).due == NOON + DAY, "the queue calls nobody early"
    assert orders.claim() == []


def test_nobody_serves_an_order_too_late(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    asked = orders.ask(OrderKind.MANUAL, campaign, 1)
    assert orders.claim(NOON + 2 * MINUTE) == []
    assert orders.seen(asked).state == "expired"


def test_an_order_can_be_taken_back_until_it_is_served(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    first, second = orders.ask(OrderKind.MANUAL, campaign, 1), orders.ask(OrderKind.MANUAL, campaign, 2)
    assert call_orders.cancel(world.conn, first)
    assert [one.target_id for one in orders.claim()] == [2]
    assert not call_orders.cancel(world.conn, second)
    assert (orders.seen(first).state, orders.seen(second).state) == ("cancelled", "claimed")


# -- tests ----------------------------------------------------------------------------------------------------------


def test_a_test_rings_my_phone_with_the_contact_s_data_and_counts_nowhere(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    orders.tester()
    before = world.all("SELECT * FROM target ORDER BY id")
    asked = orders.ask(OrderKind.TEST, campaign, 2, NIGHT, number=PHONE)
    (one,) = orders.claim(NIGHT)
    assert isinstance(one, Ordered)
    assert (one.kind, one.number, one.target_id, one.fields) == (OrderKind.TEST, PHONE, 2, {"Имя": "Иван"})
    assert world.one("SELECT kind FROM call WHERE uuid = :u", u=one.uuid) == "test"
    finish(
        world.conn,
        orders.holder,
        [Finished(one.uuid, NIGHT + MINUTE, CallSummary(answered=True, talk_s=9.0), stranger=True)],
        NIGHT + MINUTE,
    )
    assert (orders.seen(asked).state, orders.seen(asked).talk_s) == ("done", 9.0)
    assert world.one("SELECT count(*) FROM attempt") == 0, "so no report, cap or answer knows of it"
    assert world.one("SELECT count(*) FROM outbox") == 0
    assert world.all("SELECT * FROM target ORDER BY id") == before
    assert world.one("SELECT count(*) FROM verdict WHERE target_id IS NOT NULL") == 0


@pytest.mark.parametrize("state", ["draft", "paused", "done"])
def test_a_campaign_may_be_tested_before_it_runs_and_after(world: World, orders: Orders, state: str) -> None:
    campaign = waiting(world, state=state)
    orders.tester()
    orders.ask(OrderKind.TEST, campaign, 1, number=PHONE)
    assert len(orders.claim()) == 1


def test_a_phone_that_nobody_named_is_not_rung(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    assert denied(orders, orders.ask(OrderKind.TEST, campaign, 1, number=PHONE)) == ("not_a_tester", None)


def test_a_test_respects_the_stop_list(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    orders.tester()
    asked = orders.ask(OrderKind.TEST, campaign, 1, number=PHONE)
    (one,) = orders.claim()
    assert withdrawn(world.conn, [one.uuid], NOON) == set()
    opt_out(world.conn, one.uuid, PHONE, NOON)
    assert withdrawn(world.conn, [one.uuid], NOON) == {one.uuid}, "looked at once more before it is sent"
    not_sent(world.conn, orders.holder, [one.uuid], NOON)
    assert denied(orders, asked) == ("stop_list", None)


def test_tests_of_one_phone_have_a_limit_of_their_own(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    orders.tester()
    for n in range(TESTS_AN_HOUR):
        orders.ask(OrderKind.TEST, campaign, 1, NOON + n * MINUTE, number=PHONE)
        (one,) = orders.claim(NOON + n * MINUTE)
        done = Finished(one.uuid, NOON + n * MINUTE, CallSummary(cause="NO_ANSWER"), stranger=True)
        finish(world.conn, orders.holder, [done], NOON + n * MINUTE)
    now = NOON + TESTS_AN_HOUR * MINUTE
    assert denied(orders, orders.ask(OrderKind.TEST, campaign, 1, now, number=PHONE), now) == (
        "tests_hour",
        NOON + HOUR,
    )
    orders.ask(OrderKind.TEST, campaign, 1, NOON + HOUR, number=PHONE)
    assert len(orders.claim(NOON + HOUR)) == 1


def test_one_test_of_a_phone_at_a_time(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    orders.tester()
    orders.ask(OrderKind.TEST, campaign, 1, number=PHONE)
    assert len(orders.claim()) == 1
    assert denied(orders, orders.ask(OrderKind.TEST, campaign, 1, number=PHONE))[0] == "person_busy"


def test_no_fraudster_s_number_is_tested(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    for number in FRAUD:
        orders.tester(number)
        orders.ask(OrderKind.TEST, campaign, 1, number=number)
    while world.one("SELECT count(*) FROM call_order WHERE state = 'asked'"):
        assert orders.claim(limit=50) == []
    assert world.one("SELECT count(*) FROM call") == 0
    assert world.one("SELECT count(*) FROM call_order WHERE state = 'denied'") == len(FRAUD)


def test_a_test_that_nobody_watched_is_settled(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    orders.tester()
    first = orders.ask(OrderKind.TEST, campaign, 1, number=PHONE)
    (one,) = orders.claim(spending=Spending(minutes_day=1000))
    assert world.one("SELECT count(*) FROM reservation") == 1
    settle(world.conn, orders.holder, never_dialed=[one.uuid], now=NOON)
    assert (orders.seen(first).state, world.one("SELECT count(*) FROM reservation")) == ("asked", 0)
    (again,) = orders.claim(spending=Spending(minutes_day=1000))
    settle(world.conn, orders.holder, gone=[again.uuid], now=NOON)
    assert (orders.seen(first).state, orders.seen(first).leg) == ("done", "unknown")
    assert world.one("SELECT count(*) FROM reservation") == 0


def test_a_test_may_be_handed_to_an_agent(world: World, orders: Orders) -> None:
    campaign = waiting(world)
    orders.tester()
    put_group(world.conn, 1, "sales", ["user/1001"])
    orders.ask(OrderKind.TEST, campaign, 1, number=PHONE)
    (one,) = orders.claim()
    legs = [_leg(one, "user/1001"), _leg(one, "user/6666")]
    assert set(intend(world.conn, orders.holder, legs)) == {legs[0].uuid}, "only one of the group's"
    settle(world.conn, orders.holder, gone=[one.uuid, legs[0].uuid], now=NOON)
    late = _leg(one, "user/1001")
    assert intend(world.conn, orders.holder, [late]) == {}, "the test is over"


def _leg(one: Claimed, endpoint: str) -> AgentLeg:
    return AgentLeg(uuid4(), one.uuid, "sales", endpoint, "", NOON)
