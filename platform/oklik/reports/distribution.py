"""How the answers to a question are spread: numbers and lengths in equal steps, days in their order.

Labels are numbers and ISO dates; how they are written for a reader is the page's business.
"""

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import msgspec

MOST_BARS = 12


class Bar(msgspec.Struct, frozen=True):
    """Answers from `low` on and before `high`, both included where they are the same."""

    low: float
    high: float
    count: int


class Spread(msgspec.Struct, frozen=True):
    """How answers are spread.  mean, median: of those that are numbers; None: there are none.

    bars: empty where each answer is told by itself.  days: answers by ISO date, in order.
    """

    mean: float | None = None
    median: float | None = None
    bars: tuple[Bar, ...] = ()
    days: tuple[tuple[str, int], ...] = ()


def spread(kind: str, values: Mapping[str, int], *, scale: bool) -> Spread:
    """Spread the answers of a question.  kind: as of Question; scale: every possible answer is told by itself."""
    if kind == "date":
        return Spread(days=tuple(sorted((value, n) for value, n in values.items() if _is_day(value))))
    if kind not in ("number", "money", "voice"):
        return Spread()
    numbers = sorted((number, n) for value, n in values.items() if (number := _number(value)) is not None)
    total = sum(n for _, n in numbers)
    if not total:
        return Spread()
    mean = sum(number * n for number, n in numbers) / total
    return Spread(mean=round(mean, 2), median=_median(numbers, total), bars=() if scale else _bars([*numbers]))


def _median(numbers: list[tuple[float, int]], total: int) -> float:
    seen = 0
    for number, n in numbers:
        seen += n
        if 2 * seen >= total:
            return number
    raise AssertionError("half of them are seen before the end")


def _bars(numbers: list[tuple[float, int]]) -> tuple[Bar, ...]:
    """At most MOST_BARS steps of a round width; few different whole numbers are told one by one."""
    low, high = numbers[0][0], numbers[-1][0]
    if len(numbers) <= MOST_BARS and all(number.is_integer() for number, _ in numbers) and high - low <= 2 * MOST_BARS:
        return tuple(Bar(number, number, n) for number, n in numbers)
    width = _round_up((high - low) / MOST_BARS or 1.0)
    first = math.floor(low / width)
    counts = [0] * (math.floor(high / width) - first + 1)
    for number, n in numbers:
        counts[math.floor(number / width) - first] += n
    return tuple(Bar((first + at) * width, (first + at + 1) * width, n) for at, n in enumerate(counts))


def _round_up(width: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= width * (1 - 1e-9))


def _number(value: str) -> float | None:
    try:
        number = float(Decimal(value))
    except InvalidOperation:
        return None
    return number if math.isfinite(number) and abs(number) < 1e15 else None


def _is_day(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True
