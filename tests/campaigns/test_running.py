from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import done, lease
from oklik.campaigns.commands import CommandKind, carry_out, halt, pending, request
from oklik.campaigns.progress import progress
from oklik.campaigns.recheck import not_sent
from oklik.dialing.retry import RetryPlan

pytestmark = pytest.mark.integration


def test_pause_and_resume(world: World) -> None:
    world.people(2)
    campaign = world.campaign()
    holder = world.holder()
    request(world.conn, campaign, CommandKind.PAUSE, NOON)
    request(world.conn, campaign, CommandKind.RESUME, NOON)
    pause, resume = pending(world.conn)
    assert carry_out(world.conn, pause, NOON) == "done"
    assert world.claim(holder) == []
    assert carry_out(world.conn, resume, NOON) == "done"
    assert pending(world.conn) == []
    assert carry_out(world.conn, pause, NOON) == "done", "told again, not done again"
    assert len(world.claim(holder)) == 2


def test_stop_ends_what_was_not_called(world: World) -> None:
    world.people(3)
    campaign = world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder, limit=1)
    request(world.conn, campaign, CommandKind.STOP, NOON)
    assert carry_out(world.conn, pending(world.conn)[0], NOON) == "done"
    assert {(r.state, r.reason) for r in world.all("SELECT * FROM target WHERE state <> 'dialing'")} == {
        ("done", "stopped")
    }
    assert world.one("SELECT ended_at FROM campaign") == NOON
    world.finish(holder, claimed, NOON, answered=True, ended_reason="completed")
    request(world.conn, campaign, CommandKind.RESUME, NOON)
    assert carry_out(world.conn, pending(world.conn)[0], NOON) == "refused: stopped"
    assert world.one("SELECT state FROM campaign") == "stopped"


def test_a_late_command_is_left_undone(world: World) -> None:
    world.people(1)
    campaign = world.campaign()
    request(world.conn, campaign, CommandKind.STOP, NOON, within_s=5)
    assert carry_out(world.conn, pending(world.conn)[0], NOON + MINUTE) == "expired"
    assert world.one("SELECT state FROM campaign") == "running"


def test_progress_counts_and_says_why_it_waits(world: World) -> None:
    world.people(6)
    campaign = world.campaign(retry=RetryPlan(max_attempts=2))
    holder = world.holder()
    calls = world.claim(holder, limit=4)
    world.finish(holder, calls[0], NOON, answered=True, talk_s=9.0, ended_reason="completed")
    world.finish(holder, calls[1], NOON, cause="NO_ANSWER")
    world.finish(holder, calls[2], NOON, cause="NO_ANSWER")
    seen = progress(world.conn, campaign, now=NOON)
    assert (seen.state, seen.contacts, seen.preparing, seen.waiting, seen.dialing, seen.done) == (
        "running",
        6,
        0,
        4,
        1,
        1,
    )
    assert (seen.dispositions, seen.attempts) == ({"completed": 1}, 3)
    assert seen.next_due == NOON - DAY
    assert [(w.reason, w.count) for w in seen.waiting_for] == [("повтор после попытки 1", 2)]
    english = progress(world.conn, campaign, now=NOON, language="en")
    assert english.waiting_for[0].reason == "to be called again after attempt 1"
    world.finish(holder, calls[3], NOON, cause="NO_ANSWER")


def test_a_campaign_is_done_when_nothing_is_left(world: World) -> None:
    world.people(1)
    campaign = world.campaign()
    holder = world.holder()
    assert done.next_due(world.conn, virtual=False) == NOON - DAY
    assert done.next_due(world.conn, virtual=True) is None
    assert done.close_finished(world.conn, NOON) == []
    (claimed,) = world.claim(holder)
    assert done.close_finished(world.conn, NOON) == []
    assert done.next_due(world.conn, virtual=False) is None
    world.finish(holder, claimed, NOON, answered=True, talk_s=5.0, ended_reason="completed")
    assert done.any_open(world.conn, virtual=False)
    assert done.close_finished(world.conn, NOON + HOUR) == [campaign]
    assert not done.any_open(world.conn, virtual=False)
    assert world.one("SELECT ended_at FROM campaign") == NOON + HOUR


def test_prompts_under_way_keep_a_campaign_open(world: World) -> None:
    world.people(1)
    world.campaign()
    world.one("UPDATE target SET state = 'preparing' RETURNING 1")
    assert done.preparing(world.conn, virtual=False)
    assert not done.preparing(world.conn, virtual=True)
    assert done.close_finished(world.conn, NOON) == []


def test_the_lease_rises_with_each_owner_and_follows_the_switch(world: World) -> None:
    first = world.holder()
    second = world.holder()
    assert (first.epoch, second.epoch) == (1, 2)
    assert not lease.holds(world.conn, first)
    assert lease.holds(world.conn, second)
    restarted = lease.note_core(world.conn, second, "another run")
    assert (restarted.epoch, restarted.core_uuid) == (2, "another run")
    with pytest.raises(lease.LeaseLost):
        lease.note_core(world.conn, first, "zombie")
    assert world.one("SELECT core_uuid FROM node_lease") == "another run"
    assert world.holder("fs2").epoch == 1


def stop(engine: Engine) -> str:
    """As the dialer does it."""
    with engine.connect() as conn:
        (order,) = pending(conn)
    with engine.begin() as conn:
        halt(conn, order, NOON)
    with engine.begin() as conn:
        return carry_out(conn, order, NOON)


@pytest.mark.parametrize("what", ["a call that ends", "a call that is given back", "a claim"])
def test_a_stop_waits_for_who_has_read_the_campaign_as_running(engine: Engine, what: str) -> None:
    """Whatever is under way when it comes: no target of a stopped campaign is left waiting, and nobody deadlocks."""
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(4)
        campaign = world.campaign(retry=RetryPlan())
        holder = world.holder()
        (claimed,) = world.claim(holder, limit=1)
        request(conn, campaign, CommandKind.STOP, NOON)
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as conn:
            if what == "a call that ends":
                World(conn).finish(holder, claimed, NOON, cause="USER_BUSY", q850=17, sip_status=486)
            elif what == "a call that is given back":
                not_sent(conn, holder, [claimed.uuid], NOON)
            else:
                assert len(World(conn).claim(holder, limit=2)) == 2
            stopping = pool.submit(stop, engine)
            with pytest.raises(TimeoutError):
                stopping.result(0.3)
        assert stopping.result(10) == "done"
    with engine.begin() as conn:
        world = World(conn)
        assert world.one("SELECT count(*) FROM target WHERE state = 'waiting'") == 0
        assert world.one("SELECT state FROM campaign") == "stopped"
        world.invariants()


def test_what_comes_after_a_stop_finds_it(engine: Engine) -> None:
    """Between its two halves: the campaign is stopped, its targets are not ended yet."""
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(4)
        campaign = world.campaign(retry=RetryPlan())
        holder = world.holder()
        ends, unsent = world.claim(holder, limit=2)
        request(conn, campaign, CommandKind.STOP, NOON)
    with engine.begin() as conn:
        (order,) = pending(conn)
        halt(conn, order, NOON)
    with engine.begin() as conn:
        World(conn).finish(holder, ends, NOON, cause="USER_BUSY", q850=17, sip_status=486)
        not_sent(conn, holder, [unsent.uuid], NOON)
    with engine.begin() as conn:
        assert carry_out(conn, order, NOON + HOUR) == "done", "begun in time, ended later"
        world = World(conn)
        assert {(row.state, row.reason) for row in world.all("SELECT * FROM target")} == {("done", "stopped")}
        assert world.one("SELECT ended_at FROM campaign") == NOON
        world.invariants()
