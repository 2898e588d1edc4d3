"""Counts of large campaigns, which take a second: given at once as they were counted last, and counted anew behind.

Small ones are counted each time they are asked for.  What is counted while many ask is counted once for all of them.
Counting takes no more than a tenth of the time, however often it is asked for; what nobody has asked for of late is
not counted, and what is old is not given.  Whoever asks puts the campaign's present state into what was counted.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar, cast

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

LARGE = 50_000  # rows; what has fewer is not kept
EVERY_S = 1.0
SHARE = 10.0
OLD_S = 600.0
MOST = 500

Value = TypeVar("Value")


class Kept:
    """What was counted last, by key.  clock: seconds of real time."""

    def __init__(self, *, large: int = LARGE, clock: Callable[[], float] = time.monotonic) -> None:
        self._large, self._clock = large, clock
        self._lock = threading.Lock()
        self._held: dict[Hashable, _Held[Any]] = {}
        self._first: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, read: Callable[[], Value], size: Callable[[Value], int]) -> Value:
        """Give a value.  read: counts it, and needs no request; size: how many rows it is about.

        Raises what `read` raises, when nothing is kept.
        """
        held = self._fresh(key)
        if held is None:
            with self._turn(key):  # the others find what the first one has counted
                held = self._fresh(key) or self._count(key, read, size)
        elif held.begin(self._clock()):
            threading.Thread(
                target=self._behind, args=(key, held, read, size), name=f"count {key}", daemon=True
            ).start()
        return cast("Value", held.value)

    def _fresh(self, key: Hashable) -> "_Held[Any] | None":
        with self._lock:
            held = self._held.get(key)
        return None if held is None or self._clock() - held.at > OLD_S else held

    def _turn(self, key: Hashable) -> threading.Lock:
        with self._lock:
            if len(self._first) > MOST:
                self._first = {one: lock for one, lock in self._first.items() if lock.locked()}
            return self._first.setdefault(key, threading.Lock())

    def _count(self, key: Hashable, read: Callable[[], Value], size: Callable[[Value], int]) -> "_Held[Value]":
        began = self._clock()
        value = read()
        held = _Held(value, self._clock(), self._clock() - began)
        with self._lock:
            if size(value) < self._large:
                self._held.pop(key, None)
            else:
                if len(self._held) >= MOST:
                    self._held.pop(min(self._held, key=lambda one: self._held[one].at))
                self._held[key] = held
        return held

    def _behind(self, key: Hashable, held: "_Held[Any]", read: Callable[[], Any], size: Callable[[Any], int]) -> None:
        try:
            self._count(key, read, size)
        except (LookupError, SQLAlchemyError):
            log.warning("%s cannot be counted now", key)
            with self._lock:
                if self._held.get(key) is held:
                    del self._held[key]


class _Held(Generic[Value]):
    """A value.  at: when it was counted; took_s: how long that took."""

    def __init__(self, value: Value, at: float, took_s: float) -> None:
        self.value, self.at = value, at
        self._next = at + max(EVERY_S, SHARE * took_s)
        self._begun = threading.Lock()

    def begin(self, now: float) -> bool:
        """Whether it is time to count anew; says so once."""
        return now >= self._next and self._begun.acquire(blocking=False)


def kept() -> Kept:
    """The application's own."""
    found: Kept = current_app.extensions.setdefault("oklik_kept", Kept())
    return found
