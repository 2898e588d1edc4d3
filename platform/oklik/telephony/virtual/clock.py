"""Time inside the virtual switch.

Simulated time runs `speed` times as fast as the real one; ringing, talking, prompts, digits and all stamps are
simulated.  Guards of the controlling side (HEARTBEAT, sched_api) stay in real seconds: the dialer that re-arms its
dead-man every few real seconds must not find it fired because the calls run fast.

A busy machine must not change what happens on a line, only when.  So a timer that runs late still runs at its own
instant of simulated time, all that is due runs in the order of those instants, and what comes from outside is dealt
with at one instant, however long that takes.  Otherwise, at a high speed and now and then, a person who hangs up in the
middle of a text would have heard it to its end, and a phone that is answered at once would have rung too long.
"""

import asyncio
import heapq
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen and can be called off."""

    def cancel(self) -> None:
        """Do not let it happen."""


class Clock(Protocol):
    """Simulated time and timers."""

    def now_us(self) -> int:
        """Simulated microseconds since 1970."""

    def later(self, seconds: float, call: Callable[..., None], *args: object) -> Timer:
        """Call after so many simulated seconds.  Timers due at the same instant run in order of creation."""

    def later_real(self, seconds: float, call: Callable[..., None], *args: object) -> Timer:
        """Call after so many real seconds."""

    def at_once(self, call: Callable[..., None], *args: object) -> None:
        """Call for news from outside: at one instant, and after all that was due before it."""

    def real(self) -> float:
        """Real seconds, monotonic."""


_MANY = 1000  # timers called off that may wait for their instant; beyond that, and half of all, they are thrown out


class _Due:
    """A timer of the LoopClock."""

    __slots__ = ("args", "call", "clock", "off")

    def __init__(self, clock: "LoopClock", call: Callable[..., None], args: tuple[object, ...]) -> None:
        self.clock, self.call, self.args, self.off = clock, call, args, False

    def cancel(self) -> None:
        """Do not let it happen."""
        if not self.off:
            self.off = True
            self.clock.called_off()


class LoopClock:
    """The clock of a running switch, on the asyncio loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, speed: float = 1.0) -> None:
        self._loop = loop
        self._speed = speed
        self._start_us = time.time_ns() // 1000
        self._start = loop.time()
        self._instant: float | None = None  # of the timer that is running, or the news that are dealt with
        self._timers: list[tuple[float, int, _Due]] = []
        self._number = 0
        self._off = 0
        self._alarm: asyncio.TimerHandle | None = None

    def _now(self) -> float:
        return self._loop.time() if self._instant is None else self._instant

    def now_us(self) -> int:
        """Simulated microseconds since 1970; within a timer the instant for which it was set, within news theirs."""
        return self._start_us + int((self._now() - self._start) * self._speed * 1_000_000)

    def later(self, seconds: float, call: Callable[..., None], *args: object) -> Timer:
        """Call after so many simulated seconds."""
        timer = _Due(self, call, args)
        self._number += 1
        heapq.heappush(self._timers, (self._now() + seconds / self._speed, self._number, timer))
        if self._instant is None:
            self._set_alarm()
        return timer

    def later_real(self, seconds: float, call: Callable[..., None], *args: object) -> Timer:
        """Call after so many real seconds."""
        return self._loop.call_later(seconds, self.at_once, call, *args)

    def at_once(self, call: Callable[..., None], *args: object) -> None:
        """Call for news from outside: at one instant, and after all that was due before it."""
        if self._instant is not None:  # the news comes from within
            call(*args)
            return
        now = self._loop.time()
        self._catch_up(now)
        self._instant = now
        try:
            call(*args)
        finally:
            self._instant = None
            self._set_alarm()

    def _catch_up(self, until: float) -> None:
        """Run what is due by then, in order; what that makes due by then runs in its place among it."""
        try:
            while self._timers and self._timers[0][0] <= until:
                self._instant, _, timer = heapq.heappop(self._timers)
                self._run(timer)
        finally:
            self._instant = None

    def _run(self, timer: _Due) -> None:
        if timer.off:
            self._off -= 1
            return
        timer.off = True  # it has happened: calling it off is too late, and nothing to be counted
        try:
            timer.call(*timer.args)
        except Exception as error:  # noqa: BLE001 - as the loop does: the other legs go on
            self._loop.call_exception_handler({"message": "a timer failed", "exception": error})

    def _set_alarm(self) -> None:
        """Wake up at the first timer."""
        if not self._timers:
            return
        first = self._timers[0][0]
        if self._alarm is not None:
            if self._alarm.when() <= first:
                return
            self._alarm.cancel()
        self._alarm = self._loop.call_at(first, self._wake)

    def _wake(self) -> None:
        self._alarm = None
        self._catch_up(self._loop.time())
        self._set_alarm()

    def called_off(self) -> None:
        """One of the timers will not happen."""
        self._off += 1
        if self._off > _MANY and 2 * self._off > len(self._timers):
            self._timers = [entry for entry in self._timers if not entry[2].off]
            heapq.heapify(self._timers)
            self._off = 0

    def real(self) -> float:
        """Real seconds, monotonic."""
        return time.monotonic()
