"""Campaign time: compressed, put forward, never backward, and plain on a real switch."""

import datetime as dt
from time import monotonic

import gevent
import pytest

from oklik.clock import SystemClock
from oklik.worker.clock import RehearsalClock, WallClock
from support.patience import LONG_S, in_time

TUESDAY = dt.datetime(2026, 3, 10, 7, 0, tzinfo=dt.UTC)


class Hand:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_rehearsal_starts_at_its_instant_and_runs_faster() -> None:
    hand = Hand()
    clock = RehearsalClock(TUESDAY, 60.0, monotonic=hand)
    assert clock.now() == TUESDAY
    hand.at += 2.0
    assert clock.now() == TUESDAY + dt.timedelta(minutes=2)
    assert clock.real_s(30.0) == 0.5


def test_a_jump_goes_forward_only() -> None:
    hand = Hand()
    clock = RehearsalClock(TUESDAY, 10.0, monotonic=hand)
    clock.jump_to(TUESDAY + dt.timedelta(hours=3))
    assert clock.now() == TUESDAY + dt.timedelta(hours=3)
    clock.jump_to(TUESDAY)
    assert clock.now() == TUESDAY + dt.timedelta(hours=3)
    hand.at += 1.0
    assert clock.now() == TUESDAY + dt.timedelta(hours=3, seconds=10)


@pytest.mark.seconds
def test_sleep_takes_campaign_seconds() -> None:
    clock = RehearsalClock(TUESDAY, 100.0)
    began = monotonic()
    clock.sleep(2.0)
    spent = monotonic() - began
    assert clock.now() >= TUESDAY + dt.timedelta(seconds=2)
    assert spent >= 0.015
    in_time(spent, 1.0)


def test_a_jump_wakes_who_sleeps_past_it() -> None:
    clock = RehearsalClock(TUESDAY, 1.0)
    sleeper = gevent.spawn(clock.sleep, 3600.0)
    still = gevent.spawn(clock.sleep, 7200.0)
    gevent.sleep(0)
    clock.jump_to(TUESDAY + dt.timedelta(hours=1, seconds=1))
    sleeper.join(timeout=LONG_S)
    assert sleeper.ready()
    assert not still.ready()
    still.kill()


@pytest.mark.parametrize("clock", [WallClock(), SystemClock()])
def test_on_a_real_switch_time_is_wall_time_and_cannot_jump(clock: WallClock | SystemClock) -> None:
    before = dt.datetime.now(dt.UTC)
    clock.sleep(0.001)
    assert before < clock.now() <= dt.datetime.now(dt.UTC)
    assert clock.real_s(2.5) == 2.5
    assert clock.speed == 1.0
    assert not hasattr(clock, "jump_to")


@pytest.mark.parametrize(("start", "speed"), [(TUESDAY.replace(tzinfo=None), 1.0), (TUESDAY, 0.0), (TUESDAY, -1.0)])
def test_a_senseless_rehearsal_is_refused(start: dt.datetime, speed: float) -> None:
    with pytest.raises(ValueError):
        RehearsalClock(start, speed)
