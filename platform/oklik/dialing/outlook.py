"""What lies ahead: in which stretches of the coming days something may be done, by whoever is asked moment by moment.

The gate and the calling hours answer for one moment and say how long the answer holds; here those answers become
stretches, hours of the clock and sums.  Nothing is known here of who is asked.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

Ask = Callable[[dt.datetime], tuple[dt.datetime | None, dt.datetime]]
"""moment -> (the next open moment, or None for never; how long that holds, for an open one: when it closes)."""
Stretch = tuple[dt.datetime, dt.datetime]
"""[start, end) in UTC."""

HOUR = dt.timedelta(hours=1)


def stretches(ask: Ask, since: dt.datetime, until: dt.datetime) -> list[Stretch]:
    """Give the open stretches from a moment to another, in order; those that touch are one."""
    found: list[Stretch] = []
    moment = since
    while moment < until:
        opening, closing = ask(moment)
        if opening is None:
            break
        if opening > moment:
            moment = opening
            continue
        if closing <= moment:
            break
        if found and found[-1][1] == moment:
            found[-1] = (found[-1][0], min(closing, until))
        else:
            found.append((moment, min(closing, until)))
        moment = closing
    return found


def total(open_: Iterable[Stretch]) -> dt.timedelta:
    """Give how long stretches last together."""
    return sum((end - start for start, end in open_), dt.timedelta())


def hour_start(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Give the start (UTC) of the hour of a zone's clock that holds a moment."""
    local = moment.astimezone(zone)
    past = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment.astimezone(dt.UTC) - past


def open_slots(open_: Sequence[Stretch], start: dt.datetime, count: int) -> list[int]:
    """Give which of `count` hours from `start` on hold an open moment: their places, in order."""
    slots: dict[int, None] = {}
    for begin, end in open_:
        first = (begin - start) // HOUR
        last = -((start - end) // HOUR) - 1
        slots.update(dict.fromkeys(range(max(first, 0), min(last, count - 1) + 1)))
    return list(slots)
