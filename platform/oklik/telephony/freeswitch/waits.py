"""Greenlets that wait for something that the reader will bring, each with a deadline."""

from collections import deque
from typing import Any

import gevent
from gevent.event import AsyncResult

from oklik.telephony.freeswitch.deadlines import LEAST_S, Deadlines, TooLate
from oklik.telephony.port import SwitchError, WaitTimeout

_deadlines = Deadlines()


class Waits:
    """The greenlets that wait for one thing.  A value or an error wakes them; nothing is kept for later ones."""

    __slots__ = ("_waiting", "_what")

    def __init__(self, what: str) -> None:
        self._what = what
        self._waiting: deque[AsyncResult] = deque()

    def wait(self, deadline_s: float) -> Any:
        """The value given next.  Raises WaitTimeout, or the error given instead."""
        result = AsyncResult()
        self._waiting.append(result)
        try:
            if deadline_s < LEAST_S:
                return result.get(timeout=deadline_s)
            _deadlines.watch(result, deadline_s)
            return result.get()
        except (gevent.Timeout, TooLate):
            if result.successful():  # it came in the same turn of the loop
                return result.get()
            raise WaitTimeout(f"{self._what}: nothing within {deadline_s:g} s") from None
        finally:
            if not result.successful() and result in self._waiting:
                self._waiting.remove(result)

    def give(self, value: object) -> bool:
        """Wake the one who has waited longest; False if nobody waits."""
        if not self._waiting:
            return False
        self._waiting.popleft().set(value)
        return True

    def give_all(self, value: object) -> None:
        """Wake everybody."""
        while self.give(value):
            pass

    def fail(self, error: SwitchError) -> None:
        """Wake everybody with an error."""
        while self._waiting:
            self._waiting.popleft().set_exception(error)
