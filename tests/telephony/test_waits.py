"""Greenlets that wait with a deadline: short ones by a timer of their own, long ones by the common keeper."""

from collections.abc import Iterator
from time import monotonic

import gevent
import pytest
from gevent.event import AsyncResult

from oklik.telephony.freeswitch import waits
from oklik.telephony.freeswitch.deadlines import Deadlines, TooLate
from oklik.telephony.freeswitch.waits import Waits
from oklik.telephony.port import SwitchLost, WaitTimeout
from support.patience import LONG_S, in_time


@pytest.fixture(params=["own timer", "keeper"])
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """Seconds of a wait that is over soon, by either way."""
    if request.param == "keeper":
        monkeypatch.setattr(waits, "LEAST_S", 0.0)
        monkeypatch.setattr(waits, "_deadlines", Deadlines(tick_s=0.01))
    yield 0.1


@pytest.mark.seconds
def test_a_deadline_is_kept(patience: float) -> None:
    one = Waits("thing")
    began = monotonic()
    with pytest.raises(WaitTimeout, match="thing: nothing within"):
        one.wait(patience)
    spent = monotonic() - began
    assert not one.give("late"), "nobody waits any more"
    assert spent >= 0.1
    in_time(spent, 2)


def test_values_and_errors_wake_in_order(patience: float) -> None:
    one = Waits("thing")
    first, second = gevent.spawn(one.wait, LONG_S), gevent.spawn(one.wait, LONG_S)
    gevent.sleep(0)
    assert one.give("a")
    one.fail(SwitchLost("cut"))
    gevent.joinall([first, second], timeout=LONG_S)
    assert first.value == "a"
    assert isinstance(second.exception, SwitchLost)


def test_a_value_in_the_turn_of_the_deadline_is_not_lost(patience: float) -> None:
    """Both have happened before the waiter runs: the value counts."""
    one = Waits("thing")
    waiting = gevent.spawn(one.wait, patience)
    gevent.sleep(0)
    (result,) = one._waiting
    result.set_exception(TooLate())
    assert one.give("a")
    assert waiting.get(timeout=LONG_S) == "a"


def test_who_is_killed_leaves_the_line(patience: float) -> None:
    one = Waits("thing")
    waiting = gevent.spawn(one.wait, LONG_S)
    gevent.sleep(0)
    waiting.kill()
    assert not one.give("a")


@pytest.mark.seconds
def test_one_keeper_for_many_and_none_for_nothing() -> None:
    keeper = Deadlines(tick_s=0.01)
    results = [AsyncResult() for _ in range(30)]
    began = monotonic()
    for n, result in enumerate(results):
        keeper.watch(result, 0.05 + 0.005 * n)
        result.rawlink(lambda one: ended.append((results.index(one), monotonic() - began)))
    ended: list[tuple[int, float]] = []
    results[7].set("in time")
    gevent.wait(results, timeout=LONG_S)
    late = {n: at for n, at in ended if n != 7}
    assert len(late) == 29
    assert all(0.049 + 0.005 * n <= at for n, at in late.items())
    assert results[7].get() == "in time"
    with gevent.Timeout(LONG_S):
        while keeper._keeper is not None:
            gevent.sleep(0.01)
    again = AsyncResult()
    keeper.watch(again, 0.02)
    with pytest.raises(TooLate):
        again.get(timeout=LONG_S)
    in_time(max(at - 0.05 - 0.005 * n for n, at in late.items()), 1)
