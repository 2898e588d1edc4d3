"""A pause: retries stand still, and go on afterwards as far apart as they were."""

import datetime as dt

import pytest

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import commands
from oklik.campaigns.commands import CommandKind, carry_out, hold, pending, request, withdraw
from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import Holder

pytestmark = pytest.mark.integration


def order(world: World, kind: CommandKind, now: dt.datetime) -> str:
    request(world.conn, 1, kind, now)
    (command,) = pending(world.conn)
    return carry_out(world.conn, command, now)


def tried(world: World, holder: Holder, count: int) -> list[Claimed]:
    """So many people were called from 11:00 on, ten minutes apart; their retries are due by noon and later."""
    called = []
    for n in range(count):
        at = NOON - HOUR + 10 * n * MINUTE
        (claimed,) = world.claim(holder, at, limit=1)
        world.finish(holder, claimed, at, cause="NO_ANSWER")
        called.append(claimed)
    return called


def due(world: World) -> list[dt.datetime]:
    return [row.due for row in world.all("SELECT due FROM target WHERE attempts > 0 ORDER BY due, id")]


def test_what_came_due_in_a_pause_goes_on_as_far_apart_as_it_was(world: World) -> None:
    world.people(6)
    world.campaign()
    holder = world.holder()
    tried(world, holder, 6)
    world.all("UPDATE target SET due = :noon + (id - 1) * interval '10 minutes' RETURNING 1", noon=NOON)
    start, end = NOON + 5 * MINUTE, NOON + 3 * HOUR
    assert order(world, CommandKind.PAUSE, start) == "done"
    assert order(world, CommandKind.PAUSE, start + HOUR) == "done", "it is paused since the first one"
    assert world.claim(holder, end) == []
    assert order(world, CommandKind.RESUME, end) == "done"
    late = [end + (5 + 10 * n) * MINUTE for n in range(5)]
    assert due(world) == [NOON, *late], "what was due before the pause waits for a line only"
    assert len(world.claim(holder, end)) == 1, "not all of them at once"
    assert world.one("SELECT paused_at IS NULL FROM campaign")


def test_what_is_due_later_and_what_was_asked_for_keep_their_time(world: World) -> None:
    world.people(3)
    world.campaign()
    holder = world.holder()
    tried(world, holder, 2)
    world.all("UPDATE target SET due = :at WHERE id = 1 RETURNING 1", at=NOON + 5 * HOUR)
    world.all("UPDATE target SET due = :at, wish = true WHERE id = 2 RETURNING 1", at=NOON + HOUR)
    world.all("UPDATE target SET due = :at WHERE id = 3 RETURNING 1", at=NOON + HOUR)
    order(world, CommandKind.PAUSE, NOON)
    order(world, CommandKind.RESUME, NOON + 3 * HOUR)
    assert [row.due for row in world.all("SELECT due FROM target ORDER BY id")] == [
        NOON + 5 * HOUR,
        NOON + HOUR,
        NOON + HOUR,
    ], "the third was never called: nothing has to keep its distance from anything"


def test_after_a_night_s_pause_the_gate_finds_the_hours(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    tried(world, holder, 1)
    world.all("UPDATE target SET due = :at RETURNING 1", at=NOON + 2 * HOUR)
    order(world, CommandKind.PAUSE, NOON + HOUR)
    end = NOON + 11 * HOUR  # eleven in the evening
    order(world, CommandKind.RESUME, end)
    assert due(world) == [end + HOUR]
    assert world.claim(holder, end + HOUR) == []
    assert due(world) == [NOON + 21 * HOUR], "at nine in the morning"
    (again,) = world.claim(holder, NOON + 21 * HOUR)
    assert again.n == 2


def test_not_in_the_same_hour_again_after_a_pause_of_a_day(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    tried(world, holder, 1)
    order(world, CommandKind.PAUSE, NOON - HOUR + 10 * MINUTE)
    end = NOON + DAY - HOUR + 5 * MINUTE  # 11:05
    order(world, CommandKind.RESUME, end)
    at = end + 25 * MINUTE
    assert due(world) != [at], "the hour of the first call was left out when the retry was planned"
    world.all("UPDATE target SET due = :at RETURNING 1", at=at)
    assert world.claim(holder, at) == []
    (row,) = world.all("SELECT due, reason FROM target")
    assert (row.due, row.reason) == (NOON + DAY, "other_hour")
    assert len(world.claim(holder, NOON + DAY)) == 1


def test_a_campaign_held_by_the_dialer_stands_still_too(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    tried(world, holder, 1)
    world.all("UPDATE target SET due = :at RETURNING 1", at=NOON + 10 * MINUTE)
    hold(world.conn, 1, commands.NO_RECORDINGS, NOON)
    order(world, CommandKind.RESUME, NOON + HOUR)
    assert due(world) == [NOON + 70 * MINUTE]
    hold(world.conn, 1, commands.NO_RECORDINGS)
    order(world, CommandKind.RESUME, NOON + 9 * HOUR)
    assert due(world) == [NOON + 70 * MINUTE], "nobody noted since when"


def test_a_command_that_was_taken_back_never_holds(world: World) -> None:
    world.people(1)
    world.campaign()
    number = request(world.conn, 1, CommandKind.PAUSE, NOON)
    (command,) = pending(world.conn)
    assert withdraw(world.conn, number) == "expired"
    assert carry_out(world.conn, command, NOON) == "expired"
    assert world.one("SELECT state FROM campaign") == "running"
    request(world.conn, 1, CommandKind.STOP, NOON)
    (command,) = pending(world.conn)
    commands.halt(world.conn, command, NOON)
    assert withdraw(world.conn, command.id) is None, "half of it holds already"
    assert carry_out(world.conn, command, NOON) == "done"
    assert withdraw(world.conn, command.id) == "done"
