"""Real time in tests: what is merely slow may be repeated or waited for, what is wrong fails at once.

Three kinds of limits, and nothing else, may look at a clock:
- a guard against hanging (`until`, LONG_S): many times what the step takes; a plain failure;
- a promise of so many seconds (`in_time`, `enough`): broken it is `TooSlow`, the only failure that the mark
  `seconds` repeats; what must hold whatever the speed is asserted before it, in the same run;
- a promise of so much work for the processor (`cheaply`): TooSlow, too, but against what this processor does now.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

LONG_S = 300.0  # nothing that a test waits for takes a twentieth of it on a quiet machine
REFERENCE_S = 0.008  # what `_work` takes on the machine that the limits were written on


class TooSlow(AssertionError):
    """A promise about real seconds was not kept, this time."""


def in_time(spent_s: float, limit_s: float, what: str = "") -> None:
    """TooSlow if it took longer than promised."""
    if spent_s >= limit_s:
        raise TooSlow(f"{spent_s:.3f} s, not under {limit_s:.3f} s: {what}")


def enough(got: float, least: float, what: str = "") -> None:
    """TooSlow if less than this was reached: what a machine does in a time, not what must never happen."""
    if got < least:
        raise TooSlow(f"{got}, not {least}: {what}")


def until(holds: Callable[[], Any], what: str = "", seconds: float = LONG_S, every: float = 0.02) -> Any:
    """Wait until something is true, and give it; a plain failure when it never is."""
    deadline = time.monotonic() + seconds
    while True:
        if found := holds():
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {what or holds}"
        time.sleep(every)


def cheaply(spent_s: float, limit_s: float, what: str = "") -> None:
    """Processor seconds against a limit for the machine it was written on."""
    in_time(spent_s, limit_s * slowness(time.process_time), what)


def slowness(clock: Callable[[], float] = time.monotonic) -> float:
    """How many times as long as on the machine of reference some work takes now, at least 1; others' work counts in."""
    return max(1.0, median(_measured(clock) for _ in range(5)) / REFERENCE_S)


def _measured(clock: Callable[[], float]) -> float:
    began = clock()
    _work()
    return clock() - began


def _work() -> None:
    kept: dict[str, int] = {}
    for n in range(20_000):
        kept[str(n % 997)] = kept.get(str(n % 991), 0) + n
