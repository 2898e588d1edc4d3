"""Calls that were claimed by a dialer that was then held up, while another one carried out a pause or a stop."""

import pytest

from campaigns.test_call_orders import PHONE, Orders, waiting
from campaigns.world import HOUR, MINUTE, NOON, World
from oklik.campaigns import commands
from oklik.campaigns.commands import CommandKind
from oklik.campaigns.recheck import not_sent, withdrawn
from oklik.dialing.orders import OrderKind

pytestmark = pytest.mark.integration


def carry_out(world: World, campaign: int, kind: CommandKind) -> None:
    """As the other dialer does it."""
    commands.request(world.conn, campaign, kind, NOON)
    (order,) = commands.pending(world.conn)
    if kind is CommandKind.STOP:
        commands.halt(world.conn, order, NOON)
    assert commands.carry_out(world.conn, order, NOON) == "done"


def test_a_pause_that_another_dialer_has_carried_out_holds(world: World) -> None:
    world.people(1)
    paused = world.campaign()
    holder = world.holder()
    (one,) = world.claim(holder)
    carry_out(world, paused, CommandKind.PAUSE)
    assert withdrawn(world.conn, [one.uuid], NOON + MINUTE) == {one.uuid}
    not_sent(world.conn, holder, [one.uuid], NOON + MINUTE)
    target = world.target(one)
    assert (target.state, target.reason, target.attempts, target.faults) == ("waiting", "not_sent", 0, 0)
    assert world.claim(holder, NOON + HOUR) == []
    commands.request(world.conn, paused, CommandKind.RESUME, NOON + HOUR)
    assert commands.carry_out(world.conn, commands.pending(world.conn)[0], NOON + HOUR) == "done"
    assert [again.target_id for again in world.claim(holder, NOON + HOUR)] == [one.target_id]


def test_a_stop_that_another_dialer_has_carried_out_holds(world: World) -> None:
    world.people(1)
    stopped = world.campaign()
    holder = world.holder()
    (one,) = world.claim(holder)
    carry_out(world, stopped, CommandKind.STOP)
    assert world.target(one).state == "dialing", "the stop leaves it to whoever has claimed it"
    assert withdrawn(world.conn, [one.uuid], NOON + MINUTE) == {one.uuid}
    not_sent(world.conn, holder, [one.uuid], NOON + MINUTE)
    target = world.target(one)
    assert (target.state, target.reason, target.attempts) == ("done", "stopped", 0)


def test_other_campaigns_go_on(world: World) -> None:
    world.people(2)
    holder = world.holder()
    paused = world.campaign()
    (first,) = world.claim(holder, limit=1)
    running = world.campaign()
    (second,) = world.claim(holder, campaign_ids=[running])
    carry_out(world, paused, CommandKind.PAUSE)
    assert withdrawn(world.conn, [first.uuid, second.uuid], NOON + MINUTE) == {first.uuid}


def test_a_call_that_was_ordered_is_held_back_too_and_denied(world: World) -> None:
    orders = Orders(world)
    campaign = waiting(world)
    asked = orders.ask(OrderKind.MANUAL, campaign, 1)
    (one,) = orders.claim(limit=1)
    assert withdrawn(world.conn, [one.uuid], NOON) == set()
    carry_out(world, campaign, CommandKind.PAUSE)
    assert withdrawn(world.conn, [one.uuid], NOON) == {one.uuid}
    not_sent(world.conn, orders.holder, [one.uuid], NOON)
    found = orders.served(asked)
    assert (found.state, found.rule) == ("denied", "campaign_state")


def test_a_test_waits_for_no_campaign_but_is_not_made_of_a_stopped_one(world: World) -> None:
    orders = Orders(world)
    campaign = waiting(world, state="draft")
    orders.tester()
    asked = orders.ask(OrderKind.TEST, campaign, 1, number=PHONE)
    (one,) = orders.claim()
    assert withdrawn(world.conn, [one.uuid], NOON) == set()
    carry_out(world, campaign, CommandKind.STOP)
    assert withdrawn(world.conn, [one.uuid], NOON) == {one.uuid}
    not_sent(world.conn, orders.holder, [one.uuid], NOON)
    found = orders.served(asked)
    assert (found.state, found.rule) == ("denied", "campaign_state")
