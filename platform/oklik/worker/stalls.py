"""Notices that the loop stood still: whatever holds it holds every call that this dialer leads.

The greenlets share one thread.  Code that does not give it back (a library that waits without gevent), a machine that
takes the processor or the memory away, a disk that does not answer: meanwhile nobody hears a word.  A greenlet that
wants to be woken in a moment and is woken late has seen it, whatever it was.
"""

import logging
import time
from collections import deque
from collections.abc import Callable

import gevent

from oklik.campaigns.pulse import STALL_S

log = logging.getLogger(__name__)

LOOK_S = 0.25
KEPT_MIN = 10  # minutes that `worst_s` looks back


class Stalls:
    """Of one dialer."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._worst: deque[tuple[int, float]] = deque(maxlen=KEPT_MIN + 1)  # minute -> the longest of it

    def run(self) -> None:
        """Look until the greenlet is killed."""
        while True:
            slept_at = self._seconds()
            gevent.sleep(LOOK_S)
            self.woken(self._seconds() - slept_at - LOOK_S)

    def woken(self, late_s: float) -> None:
        """A moment is over, and we were woken so late."""
        if late_s > STALL_S:
            log.warning("the loop stood still for %.1f s: no call was served meanwhile", late_s)
        minute = self._minute()
        if self._worst and self._worst[-1][0] == minute:
            self._worst[-1] = (minute, max(late_s, self._worst[-1][1]))
        else:
            self._worst.append((minute, late_s))

    @property
    def worst_s(self) -> float:
        """The longest that it stood still in the last KEPT_MIN minutes; real seconds."""
        since = self._minute() - KEPT_MIN
        return max((late_s for minute, late_s in self._worst if minute >= since), default=0.0)

    def _minute(self) -> int:
        return int(self._seconds() // 60)
