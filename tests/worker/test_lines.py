"""The limits of trunks: each its own, all within the dialer's, and true over a restart."""

import pytest

from oklik.campaigns.claim import Trunk
from oklik.worker.lines import Lines

A, B = Trunk(1, 2, 10.0), Trunk(2, 100, 3.0)


def made(began: float = 0.0, **more: float) -> Lines:
    lines = Lines(**{"channels": 100, "cps": 100.0, **more})  # type: ignore[arg-type]
    lines.begin(began)
    return lines


def granted(lines: Lines, trunk: Trunk, now: float) -> int:
    return next(n for n in range(1000) if not lines.grant(trunk, now))


def test_each_trunk_has_its_own_channels_and_calls_a_second() -> None:
    lines = made()
    assert (granted(lines, A, 5.0), granted(lines, B, 5.0)) == (2, 3)
    assert lines.next_at(5.1) == pytest.approx(6.03)
    assert (lines.room_of(A, 7.0), lines.room_of(B, 7.0)) == (0, 3)
    lines.release(A)
    assert (lines.room_of(A, 7.0), lines.room(7.0)) == (1, 96)


def test_all_of_them_stay_within_the_dialer_s() -> None:
    lines = made(cps=4.0)
    assert (granted(lines, B, 5.0), granted(lines, A, 5.0)) == (3, 1)


@pytest.mark.parametrize(("cps", "wait_s"), [(0.1, 10), (0.5, 2), (1, 1), (5, 1)])
def test_a_fresh_process_waits_until_no_window_holds_its_predecessor_s_calls(cps: float, wait_s: float) -> None:
    """A call sent the moment before it began must be out of the window."""
    lines, trunk = made(100.0), Trunk(1, 9, cps)
    assert not lines.grant(trunk, 100.0 + wait_s - 0.01)
    assert lines.grant(trunk, 100.0 + wait_s + 0.04)
    alone = made(100.0, cps=cps)
    assert not alone.grant(None, 100.0 + wait_s - 0.01)
    assert alone.grant(None, 100.0 + wait_s + 0.04)


def test_changed_limits_hold_for_calls_that_are_up() -> None:
    lines = made()
    assert granted(lines, A, 5.0) == 2
    wider = Trunk(1, 3, 1.0)
    assert lines.room_of(wider, 5.1) == 0
    assert lines.room_of(wider, 8.0) == 1
    lines.release(A)
    assert granted(lines, wider, 8.0) == 1
