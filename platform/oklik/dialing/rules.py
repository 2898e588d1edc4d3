"""The rules of calling as data: for each purpose when a person may be called, how often, and on what condition.

Only figures and their sources are here; windows.py reads the hours, gate.py applies the caps.  The present set is
Russia's; other jurisdictions would be further tables of the same shape.  Hours are the called person's local time.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a campaign calls for.  Mandatory on a campaign, because law and decency depend on it."""

    INFORMATIONAL = "informational"
    DEBT = "debt"
    SURVEY = "survey"
    ADVERTISING = "advertising"
    APPOINTMENT = "appointment"


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of one day, [start, end) in minutes from local midnight; end may be 1440.  start == end: closed."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a span that is not within one day."""
        if not 0 <= self.start <= self.end <= 1440:
            raise ValueError(f"hours must lie within one day and not end before they begin: {self}")

    def __str__(self) -> str:
        """Give HH:MM–HH:MM."""
        return f"{self.start // 60:02}:{self.start % 60:02}–{self.end // 60:02}:{self.end % 60:02}"

    def narrowed(self, other: "Span | None") -> "Span":
        """Give what both allow; an empty span when they do not meet."""
        if other is None:
            return self
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else Span(0, 0)


def parse_span(text_from: str, text_to: str) -> Span:
    """Read "HH:MM" and "HH:MM" ("24:00" ends a day).  Raises ValueError in one line, also when nothing is between."""
    minutes = []
    for text in (text_from, text_to):
        hours, colon, rest = text.strip().partition(":")
        if not (colon and hours.isdecimal() and rest.isdecimal() and len(rest) == 2 and int(rest) < 60):
            raise ValueError(f"a time of day must look like 09:30, not {text!r}")
        minutes.append(int(hours) * 60 + int(rest))
    if not minutes[0] < minutes[1] <= 1440:
        raise ValueError(f"calling hours must begin before they end, within one day: {text_from}-{text_to}")
    return Span(minutes[0], minutes[1])


# Labour Code of the Russian Federation, art. 112: public holidays.  The days off that the Government moves each
# year by decree are not in it.
RU_HOLIDAYS = frozenset(
    {(1, d) for d in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)},
)


def is_holiday(day: dt.date) -> bool:
    """Say whether a local date is a public holiday."""
    return (day.month, day.day) in RU_HOLIDAYS


@dataclass(frozen=True, slots=True)
class Hours:
    """Calling hours by type of day.  holidays: (month, day) that count as days off beside Saturday and Sunday."""

    working: Span
    day_off: Span
    holidays: frozenset[tuple[int, int]] = RU_HOLIDAYS

    def of(self, day: dt.date) -> Span:
        """Give the hours of a local date."""
        off = day.weekday() >= 5 or (day.month, day.day) in self.holidays
        return self.day_off if off else self.working

    def narrowed(self, window: Span | None) -> "Hours":
        """Give these hours narrowed by a campaign's own window; never wider."""
        return Hours(self.working.narrowed(window), self.day_off.narrowed(window), self.holidays)

    def meets(self, window: Span) -> bool:
        """Say whether any of the window is left of these hours on any kind of day."""
        within = self.narrowed(window)
        return any(span.start < span.end for span in (within.working, within.day_off))

    @classmethod
    def every_day(cls, span: Span) -> "Hours":
        """Give the same hours for all days."""
        return cls(span, span, frozenset())


class Counts(StrEnum):
    """What a cap counts: talks (the person was spoken to) or unanswered attempts."""

    TALK = "talk"
    UNANSWERED = "unanswered"


class Period(StrEnum):
    """The calendar period of a cap, in the person's local time; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `limit` of `counts` in a `period` per person, over all campaigns.

    same_purpose: only attempts of the same purpose count; False: whatever they were for.
    """

    counts: Counts
    period: Period
    limit: int
    same_purpose: bool = True

    @property
    def rule(self) -> str:
        """The rule's name in verdicts: talks_day, unanswered_week, ..."""
        return f"{'talks' if self.counts is Counts.TALK else 'unanswered'}_{self.period}"


@dataclass(frozen=True, slots=True)
class PurposeRules:
    """All that holds for a purpose.

    consent: the person's prior consent to this purpose must be on record.  human: a call without a human who
    dials or confirms is forbidden.  gap_s: seconds from the end of an attempt to the person's next, over all campaigns.
    """

    purpose: Purpose
    title: dict[str, str]
    hours: Hours
    caps: tuple[Cap, ...]
    consent: bool = False
    human: bool = False
    gap_s: int = 300
    why: str = ""


def _hm(start: int, end: int) -> Span:
    return Span(start * 60, end * 60)


DEBT_HOURS = Hours(working=_hm(8, 22), day_off=_hm(9, 20))
POLITE_HOURS = Hours(working=_hm(9, 21), day_off=_hm(10, 20))

_POLITE_CAPS = (
    Cap(Counts.TALK, Period.DAY, 2),
    Cap(Counts.TALK, Period.WEEK, 5),
    Cap(Counts.UNANSWERED, Period.DAY, 4, same_purpose=False),
)
# One survey that was taken is enough for a day; a person is not to be surveyed week after week.
_SURVEY_CAPS = (
    Cap(Counts.TALK, Period.DAY, 1),
    Cap(Counts.TALK, Period.WEEK, 2),
    Cap(Counts.TALK, Period.MONTH, 4),
    Cap(Counts.UNANSWERED, Period.DAY, 3, same_purpose=False),
)

# Debt: Federal Law 230-FZ, art. 7: talks at most once a day, twice a week, eight times a month; working days
# 8–22, days off and holidays 9–20, local time of the debtor; an automatic agent counts as a talk since 1 Feb 2024
# (467-FZ).  When an unanswered attempt counts is not settled, so it has a cap of its own, ours.
# Advertising: Federal Law 38-FZ, art. 18: prior consent, and no dialing without a human.
# Informational, survey, appointment: no hours in the law; polite ones, as polling companies use them.
RULES: dict[Purpose, PurposeRules] = {
    rules.purpose: rules
    for rules in (
        PurposeRules(
            Purpose.INFORMATIONAL,
            {"ru": "информирование", "en": "information"},
            POLITE_HOURS,
            _POLITE_CAPS,
            why="custom",
        ),
        PurposeRules(
            Purpose.DEBT,
            {"ru": "взыскание долга", "en": "debt"},
            DEBT_HOURS,
            (
                Cap(Counts.TALK, Period.DAY, 1),
                Cap(Counts.TALK, Period.WEEK, 2),
                Cap(Counts.TALK, Period.MONTH, 8),
                Cap(Counts.UNANSWERED, Period.DAY, 4, same_purpose=False),
            ),
            why="230-FZ art. 7",
        ),
        PurposeRules(
            Purpose.SURVEY,
            {"ru": "опрос", "en": "survey"},
            POLITE_HOURS,
            _SURVEY_CAPS,
            why="custom",
        ),
        PurposeRules(
            Purpose.ADVERTISING,
            {"ru": "реклама", "en": "advertising"},
            POLITE_HOURS,
            _SURVEY_CAPS,
            consent=True,
            human=True,
            why="38-FZ art. 18",
        ),
        PurposeRules(
            Purpose.APPOINTMENT,
            {"ru": "напоминание о записи", "en": "appointment reminder"},
            POLITE_HOURS,
            _POLITE_CAPS,
            why="custom",
        ),
    )
}


def rules_of(purpose: str) -> PurposeRules:
    """Give the rules of a purpose by its name.  Raises ValueError for an unknown one."""
    return RULES[Purpose(purpose)]
