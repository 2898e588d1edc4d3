"""Long deadlines of many waits, kept by one greenlet.

A timer of its own for each wait costs more than the wait: nearly all of them are cancelled long before their time.
Here a wait is put into the box of the tenth of a second in which it is over, and is left there; whoever opens the box
finds most of them ended.  A deadline is kept up to 0.2 s late, so this is for waits of seconds.
"""

from time import monotonic

import gevent
from gevent.event import AsyncResult

LEAST_S = 2.0  # shorter waits want a timer of their own


class TooLate(Exception):
    """The deadline has passed."""


class Deadlines:
    """Gives TooLate to results that are not there in their time; `tick_s` seconds go into a box."""

    def __init__(self, tick_s: float = 0.1) -> None:
        self._tick_s = tick_s
        self._boxes: dict[int, list[AsyncResult]] = {}
        self._opened = 0  # the last box that was opened
        self._keeper: gevent.Greenlet | None = None

    def watch(self, result: AsyncResult, seconds: float) -> None:
        """Have the result fail unless it is there after so many seconds."""
        now = monotonic()
        self._boxes.setdefault(int((now + seconds) / self._tick_s) + 1, []).append(result)
        if self._keeper is None:
            self._opened = int(now / self._tick_s)
            self._keeper = gevent.spawn(self._keep)

    def _keep(self) -> None:
        try:
            while self._boxes:
                gevent.sleep(self._tick_s)
                now = int(monotonic() / self._tick_s)
                for box in range(self._opened + 1, now + 1):
                    for result in self._boxes.pop(box, ()):
                        if not result.ready():
                            result.set_exception(TooLate())
                self._opened = max(self._opened, now)
        finally:
            self._keeper = None
