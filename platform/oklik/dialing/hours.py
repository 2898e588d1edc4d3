"""Hours of the day in which something may be done, by kind of day: values and how they are written.

Minutes from local midnight; whose midnight, windows.py asks.  A day may have several stretches (a lunch break) or none.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from oklik.dialing.calendars import NONE, is_day_off, is_holiday, is_public

DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Hours of one day, [start, end) in minutes from local midnight; end may be 1440.  start == end: closed."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a span that is not within one day."""
        if not 0 <= self.start <= self.end <= DAY_MINUTES:
            raise ValueError(f"hours must lie within one day and not end before they begin: {self}")

    def __str__(self) -> str:
        """Give HH:MM–HH:MM."""
        return f"{self.start // 60:02}:{self.start % 60:02}–{self.end // 60:02}:{self.end % 60:02}"

    def __contains__(self, minute: int) -> bool:
        """Say whether a minute of the day lies within."""
        return self.start <= minute < self.end


def parse_span(text_from: str, text_to: str) -> Span:
    """Read "HH:MM" and "HH:MM" ("24:00" ends a day).  Raises ValueError in one line, also when nothing is between."""
    minutes = []
    for text in (text_from, text_to):
        hours, colon, rest = text.strip().partition(":")
        if not (colon and hours.isdecimal() and rest.isdecimal() and len(rest) == 2 and int(rest) < 60):
            raise ValueError(f"a time of day must look like 09:30, not {text!r}")
        minutes.append(int(hours) * 60 + int(rest))
    if not minutes[0] < minutes[1] <= DAY_MINUTES:
        raise ValueError(f"calling hours must begin before they end, within one day: {text_from}-{text_to}")
    return Span(minutes[0], minutes[1])


@dataclass(frozen=True, slots=True, init=False)
class DayHours:
    """The stretches of one day, in order, apart from each other; none: closed."""

    spans: tuple[Span, ...]

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        """Put the spans in order and join those that touch or overlap; empty ones are dropped."""
        joined: list[Span] = []
        for span in sorted(span for span in spans if span.start < span.end):
            if joined and span.start <= joined[-1].end:
                joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
            else:
                joined.append(span)
        object.__setattr__(self, "spans", tuple(joined))

    def __str__(self) -> str:
        """Give the stretches, or a dash for a closed day."""
        return ", ".join(map(str, self.spans)) or "—"

    def __bool__(self) -> bool:
        """Say whether the day is open at all."""
        return bool(self.spans)

    def at(self, minute: int) -> Span | None:
        """Give the stretch that holds a minute of the day."""
        return next((span for span in self.spans if minute in span), None)

    def after(self, minute: int) -> Span | None:
        """Give the first stretch that begins later than a minute of the day."""
        return next((span for span in self.spans if span.start > minute), None)

    def narrowed(self, other: "DayHours") -> "DayHours":
        """Give what both allow."""
        met = ((max(a.start, b.start), min(a.end, b.end)) for a in self.spans for b in other.spans)
        return DayHours(Span(start, end) for start, end in met if start < end)


CLOSED = DayHours()


def day_hours(*clock: str) -> DayHours:
    """Read "HH:MM-HH:MM" stretches.  Raises ValueError."""
    spans = []
    for text in clock:
        start, dash, end = text.replace("–", "-").partition("-")
        if not dash:
            raise ValueError(f"hours must look like 09:00-20:00, not {text!r}")
        spans.append(parse_span(start, end))
    return DayHours(spans)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours by kind of day.

    working: Monday to Friday and worked Saturdays; saturday, day_off: the weekend; day_off holds for Sundays too;
    holiday: public holidays and moved days off, None: as day_off.  saturday None: as day_off.
    calendar: whose holidays count, an ISO country code, or calendars.NONE.
    blocked: days on which nothing is open, whatever else is said.  weekdays: 0 Monday to 6 Sunday, all others are
    closed; None: no day of the week is.
    skips: on the public holidays of this calendar (calendars.is_public) nothing is open but on days of `worked`.
    """

    working: DayHours
    day_off: DayHours
    saturday: DayHours | None = None
    holiday: DayHours | None = None
    calendar: str = "RU"
    blocked: frozenset[dt.date] = field(default_factory=frozenset)
    weekdays: frozenset[int] | None = None
    skips: str = NONE
    worked: frozenset[dt.date] = field(default_factory=frozenset)

    def of(self, day: dt.date) -> DayHours:
        """Give the hours of a local date.  Raises calendars.UnknownCalendar."""
        if self.off(day) or (self.weekdays is not None and day.weekday() not in self.weekdays):
            return CLOSED
        if not is_day_off(day, self.calendar):
            return self.working
        if self.calendar != NONE and is_holiday(day, self.calendar):
            return self.day_off if self.holiday is None else self.holiday
        if day.weekday() == 5 and self.saturday is not None:
            return self.saturday
        return self.day_off

    def off(self, day: dt.date) -> bool:
        """Say whether a local date is taken out of these hours: a blocked one, or a holiday that is skipped."""
        return day in self.blocked or (self.skips != NONE and day not in self.worked and is_public(day, self.skips))

    def kinds(self) -> tuple[DayHours, ...]:
        """Give the hours of every kind of day."""
        some = (self.working, self.day_off, self.saturday, self.holiday)
        return tuple(dict.fromkeys(one for one in some if one is not None))

    def meets(self, other: "Hours") -> bool:
        """Say whether any of the other hours is left of these on any kind of day."""
        return any(mine.narrowed(theirs) for mine in self.kinds() for theirs in other.kinds())

    def without(self, off: frozenset[dt.date], skips: str, worked: frozenset[dt.date]) -> "Hours":
        """Give these with days of the organisation's calendar taken out."""
        return replace(self, blocked=self.blocked | off, skips=skips, worked=worked)

    @classmethod
    def every_day(
        cls, *spans: Span, blocked: frozenset[dt.date] = frozenset(), weekdays: frozenset[int] | None = None
    ) -> "Hours":
        """Give the same hours for all days but the blocked ones, or for these weekdays."""
        same = DayHours(spans)
        return cls(same, same, calendar=NONE, blocked=blocked, weekdays=weekdays)
