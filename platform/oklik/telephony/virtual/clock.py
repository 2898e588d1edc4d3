"""Time inside the virtual switch.

Simulated time runs `speed` times as fast as the real one; ringing, talking, prompts, digits and all stamps are
simulated.  Guards of the controlling side (HEARTBEAT, sched_api) stay in real seconds: the dialer that re-arms its
dead-man every few real seconds must not find it fired because the calls run fast.
"""

import asyncio
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

    def real(self) -> float:
        """Real seconds, monotonic."""


class LoopClock:
    """The clock of a running switch, on the asyncio loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, speed: float = 1.0) -> None:
        self._loop = loop
        self._speed = speed
        self._start_us = time.time_ns() // 1000
        self._start = time.monotonic()

    def now_us(self) -> int:
        """Simulated microseconds since 1970."""
        return self._start_us + int((time.monotonic() - self._start) * self._speed * 1_000_000)

    def later(self, seconds: float, call: Callable[..., None], *args: object) -> Timer:
        """Call after so many simulated seconds."""
        return self._loop.call_later(seconds / self._speed, call, *args)

    def later_real(self, seconds: float, call: Callable[..., None], *args: object) -> Timer:
        """Call after so many real seconds."""
        return self._loop.call_later(seconds, call, *args)

    def real(self) -> float:
        """Real seconds, monotonic."""
        return time.monotonic()
