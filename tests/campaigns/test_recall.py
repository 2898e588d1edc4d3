"""Calls that the tables have forgotten are written into them again; nobody is called once more for want of a row."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import msgspec
import pytest

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import reconcile, stop_list
from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import Holder, LeaseLost
from oklik.campaigns.recall import Sent, Wish, forgotten, forgotten_wishes, recall, recall_wishes
from oklik.dialing.law.shapes import Purpose
from oklik.dialing.retry import RetryPlan

pytestmark = pytest.mark.integration


def sent(claimed: Claimed, at: dt.datetime = NOON) -> Sent:
    return Sent(
        uuid=claimed.uuid,
        at=at,
        campaign_id=claimed.campaign_id,
        target_id=claimed.target_id,
        number=claimed.number,
        caller_id=claimed.caller_id,
        trunk_id=claimed.trunk.id,
        purpose=Purpose.INFORMATIONAL,
        epoch=1,
        core_uuid="core",
    )


@contextmanager
def undone(world: World) -> Iterator[None]:
    """What happens in it is forgotten by the tables afterwards, as by a restored database."""
    nested = world.conn.begin_nested()
    yield
    nested.rollback()


def called_and_forgotten(world: World, holder: Holder, limit: int = 10) -> list[Sent]:
    with undone(world):
        return [sent(one) for one in world.claim(holder, limit=limit)]
    raise AssertionError


def test_what_is_known_is_left_alone(world: World) -> None:
    world.people(3)
    world.campaign()
    holder = world.holder()
    claimed = [sent(one) for one in world.claim(holder)]
    assert forgotten(world.conn, claimed) == []
    before = world.all("SELECT * FROM attempt ORDER BY uuid")
    assert recall(world.conn, holder, claimed, NOON) == 0
    assert world.all("SELECT * FROM attempt ORDER BY uuid") == before


def test_a_forgotten_call_is_open_again_and_its_person_is_not_called(world: World) -> None:
    world.people(3)
    world.campaign()
    holder = world.holder()
    calls = called_and_forgotten(world, holder)
    assert len(calls) == 3
    assert forgotten(world.conn, calls) == calls
    assert recall(world.conn, holder, calls, NOON) == 3
    assert world.claim(holder, NOON + MINUTE) == [], "they are being called, for all that is known"
    legs = reconcile.open_legs(world.conn, "fs1")
    assert {leg.uuid for leg in legs} == {call.uuid for call in calls}
    assert {leg.core_uuid for leg in legs} == {"core"}
    reconcile.settle(world.conn, holder, gone=[call.uuid for call in calls], now=NOON + MINUTE)
    assert world.all("SELECT disposition, consumed, talk, n FROM attempt") == [("unknown", True, True, 1)] * 3
    assert world.claim(holder, NOON + HOUR) == [], "it counts as a call"
    assert recall(world.conn, holder, calls, NOON) == 0, "once"


def test_what_was_never_dialed_is_free_again(world: World) -> None:
    """The switch may say so of a call that the journal names: it was noted, and then not sent."""
    world.people(1)
    world.campaign()
    holder = world.holder()
    (call,) = called_and_forgotten(world, holder)
    recall(world.conn, holder, [call], NOON)
    reconcile.settle(world.conn, holder, never_dialed=[call.uuid], now=NOON)
    assert [one.number for one in world.claim(holder, NOON + MINUTE)] == [call.number]


def test_several_calls_to_one_person_come_back_in_their_order(world: World) -> None:
    world.people(1)
    world.campaign(retry=RetryPlan())
    holder = world.holder()
    (open_one,) = world.claim(holder)
    with undone(world):
        world.finish(holder, open_one, NOON + MINUTE, cause="NO_ANSWER")
        (second,) = world.claim(holder, NOON + 2 * HOUR)
        world.finish(holder, second, NOON + 2 * HOUR + MINUTE, cause="USER_BUSY")
        (third,) = world.claim(holder, NOON + 5 * HOUR)
    assert world.all("SELECT n, open FROM attempt") == [(1, True)]
    calls = [sent(second, NOON + 2 * HOUR), sent(third, NOON + 5 * HOUR)]
    assert recall(world.conn, holder, calls, NOON + 5 * HOUR) == 1
    assert world.all("SELECT n, open, disposition FROM attempt ORDER BY n") == [
        (1, False, "unknown"),
        (2, False, "unknown"),
        (3, True, None),
    ]


@pytest.mark.parametrize("what", ["campaign", "target", "number"])
def test_a_call_whose_target_is_gone_counts_for_whoever_has_the_number(world: World, what: str) -> None:
    """The campaign was launched after the backup was made; its numbers of rows may be another's by now."""
    world.people(2)
    world.campaign()
    holder = world.holder()
    call = called_and_forgotten(world, holder)[0]
    if what == "campaign":
        call = msgspec.structs.replace(call, campaign_id=77)
    elif what == "target":
        call = msgspec.structs.replace(call, target_id=7_777)
    else:
        world.all("UPDATE contact SET phones = ARRAY['+79990000001'] WHERE id = 1 RETURNING 1")
        first = world.one("SELECT id FROM target WHERE contact_id = 1")
        call = msgspec.structs.replace(call, target_id=first, number="+79160000002")
    assert recall(world.conn, holder, [call], NOON + MINUTE) == 0
    assert world.one("SELECT count(*) FROM attempt") == 0
    held = world.all("SELECT number, at, talk, kind FROM outside_contact")
    assert held == [(call.number, NOON, True, "call")]
    assert call.number not in {one.number for one in world.claim(holder, NOON + 2 * MINUTE)}, "five minutes at least"
    assert recall(world.conn, holder, [call], NOON + DAY) == 0
    assert world.one("SELECT count(*) FROM outside_contact") == 1


def test_who_has_lost_the_node_writes_nothing(world: World) -> None:
    world.people(1)
    world.campaign()
    old = world.holder()
    calls = called_and_forgotten(world, old)
    world.holder()
    with pytest.raises(LeaseLost):
        recall(world.conn, old, calls, NOON)
    assert world.one("SELECT count(*) FROM attempt") == 0


def test_a_forgotten_wish_is_kept_again(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (call,) = called_and_forgotten(world, holder)
    recall(world.conn, holder, [call], NOON)
    reconcile.settle(world.conn, holder, gone=[call.uuid], now=NOON)
    wish = Wish(uuid=call.uuid, at=NOON, number=call.number)
    assert forgotten_wishes(world.conn, [wish]) == [wish]
    recall_wishes(world.conn, [wish])
    assert world.one("SELECT number FROM suppression") == call.number
    assert forgotten_wishes(world.conn, [wish]) == []
    recall_wishes(world.conn, [wish])
    assert world.one("SELECT count(*) FROM stop_event") == 1
    assert world.claim(holder, NOON + 7 * DAY) == []


def test_a_wish_that_was_taken_back_since_stays_so(world: World) -> None:
    world.people(1)
    number = world.one("SELECT phones[1] FROM contact")
    wish = Wish(uuid=uuid4(), at=NOON, number=number)
    recall_wishes(world.conn, [wish])
    stop_list.take_off(world.conn, number, source="web", reason="wrote to us", recorded_by="boss", now=NOON + DAY)
    assert forgotten_wishes(world.conn, [wish]) == []


@pytest.mark.parametrize("ordered", [False, True], ids=["by the campaign", "by an order"])
def test_an_order_that_was_served_is_not_served_again(world: World, ordered: bool) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (call,) = called_and_forgotten(world, holder)
    world.all(
        """INSERT INTO call_order (kind, campaign_id, target_id, number, ordered_by, ordered_at, deadline)
           SELECT 'manual', campaign_id, id, '+79160000001', 'boss', :at, :deadline FROM target RETURNING id""",
        at=NOON - MINUTE,
        deadline=NOON + HOUR,
    )
    recall(world.conn, holder, [msgspec.structs.replace(call, ordered=ordered)], NOON)
    order = world.all("SELECT state, call_uuid FROM call_order")[0]
    assert order == (("claimed", call.uuid) if ordered else ("asked", None))
