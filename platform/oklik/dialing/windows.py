"""Whether it is a legal time to call a person who may be in any of several zones, and when it next will be.

A moment is open when the local clock of every possible zone is within the hours of that local day, and that of one
zone within the caller's own hours, if there are any: the law must hold wherever the person may be, a wish only where
it is most likely meant.  Where clocks are put back, the repeated hour is closed the second time; where they are put
forward, the missing hour does not exist and opens at its end.  Hours are values of hours.py, zones of zones.py.  The
answer holds until a known moment, so it is cached and a look-up on the hot path costs a comparison.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from oklik.dialing.hours import Hours
from oklik.dialing.zones import tzinfo

HORIZON = dt.timedelta(days=62)  # a window that does not open within two months never will
_SECOND = dt.timedelta(seconds=1)
_DAY = dt.timedelta(days=1)
_MOST_ANSWERS = 200  # of one window: the openings and closings of two months


@dataclass(frozen=True, slots=True)
class Wish:
    """Hours that a campaign keeps beside the legal ones, read by the clock of one zone."""

    hours: Hours
    zone: str


def is_open(hours: Hours, zones: Collection[str], now: dt.datetime, wish: Wish | None = None) -> bool:
    """Say whether `now` (aware) is within hours in every zone, and within the wish."""
    return all(_inside(each, zone, now) for each, zone in _clocks(hours, zones, wish))


def next_open(hours: Hours, zones: Collection[str], now: dt.datetime, wish: Wish | None = None) -> dt.datetime | None:
    """Give the first moment from `now` on that is open in every zone and by the wish (UTC), or None if there is none.

    Leapfrog: each zone moves the moment to its own next opening until all agree.
    """
    clocks = list(_clocks(hours, zones, wish))
    moment = now.astimezone(dt.UTC)
    limit = moment + HORIZON
    while moment <= limit:
        before = moment
        for each, zone in clocks:
            opening = _next_open(each, zone, moment)
            if opening is None:
                return None
            moment = opening
        if moment == before:
            return moment
    return None


def open_until(hours: Hours, zones: Collection[str], now: dt.datetime, wish: Wish | None = None) -> dt.datetime:
    """Give the moment (UTC) at which an open `now` ends in the first of the zones, or by the wish."""
    return min(_close(each, zone, now.astimezone(dt.UTC)) for each, zone in _clocks(hours, zones, wish))


def _clocks(hours: Hours, zones: Collection[str], wish: Wish | None) -> Iterator[tuple[Hours, dt.tzinfo]]:
    for zone in zones:
        yield hours, tzinfo(zone)
    if wish is not None:
        yield wish.hours, tzinfo(wish.zone)


class _Page:
    """What is known of one window: since when each answer holds, until when, and what it is, in the order of time."""

    __slots__ = ("openings", "since", "until")

    def __init__(self) -> None:
        self.since: list[dt.datetime] = []
        self.until: list[dt.datetime] = []
        self.openings: list[dt.datetime | None] = []

    def put(self, place: int, now: dt.datetime, until: dt.datetime, opening: dt.datetime | None) -> None:
        """Keep an answer.  place: of the first answer that ends after `now`."""
        if place < len(self.until) and self.until[place] <= until:
            if self.until[place] == until:
                self.since[place], self.openings[place] = now, opening  # the same, seen from an earlier moment
            return
        if len(self.until) >= _MOST_ANSWERS:
            del self.since[0], self.until[0], self.openings[0]
            place = max(place - 1, 0)
        self.since.insert(place, now)
        self.until.insert(place, until)
        self.openings.insert(place, opening)


class WindowBook:
    """Answers kept as long as they hold.  One book a process; bounded: it is emptied when it grows too big.

    Caps ask of moments ahead while the calls ask of now, so a window has several answers at a time.
    """

    def __init__(self, limit: int = 20_000) -> None:
        self._pages: dict[tuple[Hours, frozenset[str], Wish | None], _Page] = {}
        self._limit = limit

    def ask(
        self, hours: Hours, zones: frozenset[str], now: dt.datetime, wish: Wish | None = None
    ) -> tuple[dt.datetime | None, dt.datetime]:
        """Give (next open moment or None for never, moment up to which this answer holds).

        The window is open now if the first is `now` itself; then the second is when it closes.
        """
        key = (hours, zones, wish)
        page = self._pages.get(key)
        if page is None:
            if len(self._pages) >= self._limit:
                self._pages.clear()
            page = self._pages[key] = _Page()
        place = bisect_right(page.until, now)
        if place < len(page.until) and page.since[place] <= now:
            opening, until = page.openings[place], page.until[place]
        else:
            opening = next_open(hours, zones, now, wish)
            if opening is None:
                until = now + _DAY
            elif opening <= now:
                until = open_until(hours, zones, now, wish)
            else:
                until = opening
            page.put(place, now, until, opening)
        return (now if opening is not None and opening <= now else opening), until


def _inside(hours: Hours, zone: dt.tzinfo, now: dt.datetime) -> bool:
    local = now.astimezone(zone)
    return local.fold == 0 and hours.of(local.date()).at(local.hour * 60 + local.minute) is not None


def _next_open(hours: Hours, zone: dt.tzinfo, moment: dt.datetime) -> dt.datetime | None:
    """Give the first moment >= `moment` that is open in one zone."""
    limit = moment + HORIZON
    while moment <= limit:
        if _inside(hours, zone, moment):
            return moment
        local = moment.astimezone(zone)
        if local.fold:
            moment = _first(moment, moment + _DAY, lambda t: not t.astimezone(zone).fold)
            continue
        day = local.date()
        stretch = hours.of(day).after(local.hour * 60 + local.minute)
        if stretch is not None:
            opening = _instant(zone, day, stretch.start)
            if opening > moment:
                # In a gap of the clock it may be past this stretch already: then look on from there.
                moment = opening
                continue
        moment = _day_start(zone, day + _DAY, moment)
    return None


def _close(hours: Hours, zone: dt.tzinfo, moment: dt.datetime) -> dt.datetime:
    """Give the end of the open stretch of one zone that holds `moment`."""
    local = moment.astimezone(zone)
    stretch = hours.of(local.date()).at(local.hour * 60 + local.minute)
    assert stretch is not None, "asked only of an open moment"
    end = _instant(zone, local.date(), stretch.end)
    offset = local.utcoffset()
    later = end.astimezone(zone).utcoffset()
    if offset is not None and later is not None and later < offset:
        # Clocks go back before the end: the repeated stretch is closed, so the change itself ends this one.
        change = _first(moment, end, lambda t: t.astimezone(zone).utcoffset() != offset)
        if change.astimezone(zone).fold:
            return min(change, end)
    return end


def _day_start(zone: dt.tzinfo, day: dt.date, after: dt.datetime) -> dt.datetime:
    start = _instant(zone, day, 0)
    return start if start > after else after + dt.timedelta(minutes=1)


def _instant(zone: dt.tzinfo, day: dt.date, minute: int) -> dt.datetime:
    """Give the first moment at which the zone's wall clock shows this time of this day, or, in a gap, is past it."""
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
    early = wall.replace(tzinfo=zone).astimezone(dt.UTC)
    if early.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return early
    late = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    low, high = min(early, late), max(early, late)
    return _first(low, high, lambda t: t.astimezone(zone).replace(tzinfo=None, fold=0) >= wall)


def _first(low: dt.datetime, high: dt.datetime, holds: Callable[[dt.datetime], bool]) -> dt.datetime:
    """Give the first whole second in [low, high] for which a condition holds that stays true once it is; else high."""
    if holds(low):
        return low
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        middle = min(max(middle, low + _SECOND), high)
        if middle == high:
            break
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
