"""The dialer's two clocks: wall time for a real switch, compressed time for a virtual one.

Both sleep as greenlets.  Only the rehearsal clock can be put forward, so that a retry due in three hours happens at
once when nothing else is left to do; with a real switch there is no such method, and nobody can call a real person
at an hour that has not come.
"""

import datetime as dt
import time
from collections.abc import Callable

import gevent
from gevent.event import Event


class WallClock:
    """Campaign time is wall time."""

    speed = 1.0

    def now(self) -> dt.datetime:
        """The instant, in UTC."""
        return dt.datetime.now(dt.UTC)

    def sleep(self, campaign_s: float) -> None:
        """Let other greenlets run for that long."""
        gevent.sleep(max(0.0, campaign_s))

    def real_s(self, campaign_s: float) -> float:
        """The same number."""
        return campaign_s


class RehearsalClock:
    """Campaign time of a virtual switch: a start instant and real elapsed seconds times speed, plus jumps."""

    def __init__(self, start: dt.datetime, speed: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin at `start` (aware) with `speed` campaign seconds a real second (above 0)."""
        if start.tzinfo is None:
            raise ValueError("the start of a rehearsal needs a time zone")
        if speed <= 0:
            raise ValueError("the speed of a rehearsal must be above 0")
        self.speed = speed
        self._monotonic = monotonic
        self._start = start.astimezone(dt.UTC)
        self._zero = monotonic()
        self._jumped = Event()

    def now(self) -> dt.datetime:
        """The instant, in UTC."""
        return self._start + dt.timedelta(seconds=(self._monotonic() - self._zero) * self.speed)

    def sleep(self, campaign_s: float) -> None:
        """Let other greenlets run until so much campaign time has passed or was jumped over."""
        until = self.now() + dt.timedelta(seconds=campaign_s)
        while (left := (until - self.now()).total_seconds()) > 0:
            self._jumped.wait(self.real_s(left))

    def real_s(self, campaign_s: float) -> float:
        """Campaign seconds divided by the speed."""
        return campaign_s / self.speed

    def jump_to(self, instant: dt.datetime) -> None:
        """Put the clock forward to `instant`; an instant that has passed already changes nothing.

        The caller must know that nothing is in progress: running calls would see their time vanish.
        """
        ahead = instant - self.now()
        if ahead <= dt.timedelta(0):
            return
        self._start += ahead
        jumped, self._jumped = self._jumped, Event()
        jumped.set()
