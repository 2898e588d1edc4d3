"""Whose node is silent, and who may take it."""

import datetime as dt

import pytest

from campaigns.world import NOON, World
from oklik.campaigns import lease
from oklik.campaigns.inheriting import Silent, inherit, others_open, tell
from oklik.campaigns.lease import Holder, LeaseLost

pytestmark = pytest.mark.integration

SOON = dt.timedelta(seconds=9)


def told(world: World, holder: Holder, at: dt.datetime = NOON) -> None:
    tell(world.conn, holder, at, host="10.0.0.7", port=8021, longest_s=930, virtual=False)


def open_node(world: World) -> tuple[Holder, Silent]:
    """A node with one leg open, and what others see of it."""
    world.people(1)
    world.campaign()
    a = world.holder("a")
    told(world, a)
    world.claim(a, limit=1)
    (seen,) = others_open(world.conn, "b", virtual=False)
    return a, seen


def test_a_node_with_open_legs_is_seen_by_the_others(world: World) -> None:
    world.people(2)
    world.campaign()
    a = world.holder("a")
    told(world, a)
    assert others_open(world.conn, "b", virtual=False) == []
    world.claim(a, limit=2)
    (seen,) = others_open(world.conn, "b", virtual=False)
    assert (seen.node, seen.told_at, seen.host, seen.port, seen.longest_s) == ("a", NOON, "10.0.0.7", 8021, 930)
    assert seen.epoch == a.epoch
    assert others_open(world.conn, "a", virtual=False) == [], "our own legs are our own affair"
    assert others_open(world.conn, "b", virtual=True) == [], "of the other kind of switch"


def test_only_one_inherits_and_whoever_had_the_node_writes_no_more(world: World) -> None:
    a, seen = open_node(world)
    heir = inherit(world.conn, seen, owner="b", epoch=seen.epoch + 5)
    assert heir is not None
    assert (heir.node, heir.epoch, heir.core_uuid) == ("a", seen.epoch + 5, seen.core_uuid)
    assert inherit(world.conn, seen, owner="c", epoch=seen.epoch + 9) is None
    lease.check(world.conn, heir)
    with pytest.raises(LeaseLost):
        lease.check(world.conn, a)
    told(world, a, NOON + SOON)
    (seen,) = others_open(world.conn, "b", virtual=False)
    assert seen.told_at == NOON, "who has lost the node is no sign of its life"


def test_who_has_given_a_sign_of_life_since_is_no_longer_inherited(world: World) -> None:
    a, seen = open_node(world)
    told(world, a, NOON + SOON)
    assert inherit(world.conn, seen, owner="b", epoch=seen.epoch + 5) is None
    lease.check(world.conn, a)
