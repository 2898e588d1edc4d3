"""The clock of a running switch: however late the loop wakes it, what happens on a line stays the same."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from oklik.telephony.virtual.clock import LoopClock
from virtual.world import World


class Alarm:
    def __init__(self, when: float, call: Callable[[], None]) -> None:
        self._when, self.call, self.off = when, call, False

    def when(self) -> float:
        return self._when

    def cancel(self) -> None:
        self.off = True


class Loop:
    """An asyncio loop whose time moves in jumps, as on a machine that had other things to do."""

    def __init__(self) -> None:
        self.now = 100.0
        self.alarms: list[Alarm] = []
        self.errors: list[BaseException] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[[], None]) -> Alarm:
        self.alarms.append(Alarm(when, call))
        return self.alarms[-1]

    def call_later(self, seconds: float, call: Callable[..., None], *args: object) -> Alarm:
        return self.call_at(self.now + seconds, partial(call, *args))

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.errors.append(context["exception"])

    def jump(self, seconds: float) -> None:
        self.now += seconds
        while due := [alarm for alarm in self.alarms if alarm.when() <= self.now and not alarm.off]:
            first = min(due, key=Alarm.when)
            self.alarms.remove(first)
            first.call()


def made(speed: float = 1.0) -> tuple[Loop, LoopClock, list[Any]]:
    loop = Loop()
    return loop, LoopClock(loop, speed), []  # type: ignore[arg-type]


def test_who_leaves_in_the_middle_of_a_text_has_not_heard_its_end_however_late_the_loop_is() -> None:
    loop, clock, seen = made()
    clock.later(2.0, seen.append, "the text is over")
    clock.later(1.0, lambda: clock.later(0.02, seen.append, "gone"))
    loop.jump(30.0)
    assert seen == ["gone", "the text is over"]


def test_time_within_a_timer_is_the_instant_for_which_it_was_set() -> None:
    loop, clock, seen = made(speed=20.0)
    began = clock.now_us()
    clock.later(3.0, lambda: seen.append(clock.now_us() - began))
    loop.jump(1.0)
    assert seen == [3_000_000]
    assert clock.now_us() - began == 20_000_000


def test_what_is_due_at_one_instant_runs_in_the_order_of_its_making() -> None:
    loop, clock, seen = made()
    for n in range(50):
        clock.later(1.0, seen.append, n)
    loop.jump(1.0)
    assert seen == list(range(50))


def test_what_was_called_off_does_not_happen_and_is_not_kept() -> None:
    loop, clock, seen = made()
    for _ in range(5000):  # limits of calls, each a quarter of an hour ahead, and the calls are long over
        clock.later(900.0, seen.append, "limit").cancel()
    assert len(clock._timers) < 2000
    clock.later(1.0, seen.append, "kept")
    doomed = clock.later(1.0, seen.append, "called off by the one before")
    clock.later(0.5, doomed.cancel)
    loop.jump(1000.0)
    assert seen == ["kept"]
    doomed.cancel()
    assert clock._timers == []
    assert clock._off == 0


def test_a_timer_that_fails_takes_no_other_with_it() -> None:
    loop, clock, seen = made()
    clock.later(1.0, lambda: 1 // 0)
    clock.later(1.0, seen.append, "the next")
    loop.jump(1.0)
    assert seen == ["the next"]
    assert [type(error) for error in loop.errors] == [ZeroDivisionError]


def test_an_earlier_timer_set_later_wakes_the_loop_in_time() -> None:
    loop, clock, seen = made()
    clock.later(10.0, seen.append, "late")
    clock.later(1.0, seen.append, "early")
    loop.jump(1.0)
    assert seen == ["early"]
    loop.jump(9.0)
    assert seen == ["early", "late"]


def test_news_are_dealt_with_at_one_instant_and_after_what_was_due_before() -> None:
    """A limit of 20 s that is set first and an answer after 1 s that is set last: 40 ms lie between at speed 500."""
    loop, clock, seen = made(speed=500.0)

    def dial() -> None:
        clock.later(20.0, seen.append, "rang too long")
        loop.now += 0.1  # the processor was somebody else's
        clock.later(1.0, seen.append, "answered")
        assert clock.now_us() == began

    clock.later(1.0, seen.append, "due before")
    loop.now += 0.01
    began = clock.now_us()
    clock.at_once(dial)
    assert seen == ["due before"]
    loop.jump(1.0)
    assert seen == ["due before", "answered", "rang too long"]


def test_a_guard_in_real_seconds_acts_at_one_instant_too() -> None:
    loop, clock, seen = made(speed=500.0)
    clock.later(5.0, seen.append, "due before")
    clock.later_real(1.0, lambda: seen.append(clock.now_us()))
    loop.now += 1.0
    before = clock.now_us()
    loop.jump(0.0)
    assert seen == ["due before", before]


def test_commands_are_news(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    calls: list[object] = []
    monkeypatch.setattr(world.clock, "at_once", lambda call, *args: calls.append(call(*args)))
    connection, pipe = world.connect()
    connection.data_received(b"auth ClueCon\n\n")
    assert len(calls) == 1
    assert any(b"+OK accepted" in data for _, data in pipe.written)
