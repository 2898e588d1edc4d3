"""The clock that everything with a date asks: campaign time.

On a real switch campaign time is wall time.  On a virtual switch it begins at an instant of its own (a demo begins
on a Tuesday at ten) and runs faster by the switch's speed.  Retries, calling windows, calls per second and media
lengths are in campaign time; socket deadlines, leases and heartbeats are not: they use `time.monotonic`.
No SQL now() and no datetime.now() anywhere else in dialing.  The clock of the dialer is in `oklik.worker.clock`.
"""

import datetime as dt
import time
from typing import Protocol


class Clock(Protocol):
    """Campaign time."""

    @property
    def speed(self) -> float:
        """Campaign seconds in a real second; 1.0 on a real switch."""

    def now(self) -> dt.datetime:
        """The instant, in UTC (aware)."""

    def sleep(self, campaign_s: float) -> None:
        """Wait that many campaign seconds; returns early if the clock is put forward past them."""

    def real_s(self, campaign_s: float) -> float:
        """How many real seconds that many campaign seconds take."""


class SystemClock:
    """Wall time, for processes without gevent: the command line, jobs, the web."""

    speed = 1.0

    def now(self) -> dt.datetime:
        """The instant, in UTC."""
        return dt.datetime.now(dt.UTC)

    def sleep(self, campaign_s: float) -> None:
        """Block this thread."""
        time.sleep(max(0.0, campaign_s))

    def real_s(self, campaign_s: float) -> float:
        """The same number."""
        return campaign_s
