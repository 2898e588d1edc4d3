"""What a rule of calling is made of: purposes, caps, and all that holds for a purpose in a jurisdiction.

Only shapes; figures and their sources are in the modules of the jurisdictions, in_force.py chooses among them by date,
gate.py applies them.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from oklik.dialing.hours import Hours


class Purpose(StrEnum):
    """What a campaign calls for.  Mandatory on a campaign, because law and decency depend on it."""

    INFORMATIONAL = "informational"
    DEBT = "debt"
    SURVEY = "survey"
    ADVERTISING = "advertising"
    APPOINTMENT = "appointment"


TITLES: dict[Purpose, dict[str, str]] = {
    Purpose.INFORMATIONAL: {"ru": "информирование", "en": "information"},
    Purpose.DEBT: {"ru": "взыскание долга", "en": "debt"},
    Purpose.SURVEY: {"ru": "опрос", "en": "survey"},
    Purpose.ADVERTISING: {"ru": "реклама", "en": "advertising"},
    Purpose.APPOINTMENT: {"ru": "напоминание о записи", "en": "appointment reminder"},
}


class Counts(StrEnum):
    """What a cap counts: talks (the person was spoken to), unanswered attempts, both, or voice messages."""

    TALK = "talks"
    UNANSWERED = "unanswered"
    ATTEMPT = "attempts"
    MESSAGE = "messages"


class Period(StrEnum):
    """How far back a cap looks: a calendar period of the person's local time (a week begins on Monday), or the last
    so many days to the second.
    """

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    DAYS_1 = "24h"
    DAYS_7 = "7d"
    DAYS_30 = "30d"

    @property
    def rolling(self) -> dt.timedelta | None:
        """The length of a rolling period, None for a calendar one."""
        return _ROLLING.get(self)


_ROLLING = {
    Period.DAYS_1: dt.timedelta(days=1),
    Period.DAYS_7: dt.timedelta(days=7),
    Period.DAYS_30: dt.timedelta(days=30),
}


class Role(StrEnum):
    """Whose a phone is, in the order in which a person's phones are tried."""

    OWN = "own"
    WORK = "work"
    GUARANTOR = "guarantor"
    RELATIVE = "relative"
    THIRD = "third"


ROLE_TITLES: dict[Role, dict[str, str]] = {
    Role.OWN: {"ru": "свой телефон", "en": "own phone"},
    Role.WORK: {"ru": "рабочий телефон", "en": "phone at work"},
    Role.GUARANTOR: {"ru": "телефон поручителя", "en": "guarantor's phone"},
    Role.RELATIVE: {"ru": "телефон родственника", "en": "relative's phone"},
    Role.THIRD: {"ru": "телефон третьего лица", "en": "phone of a third person"},
}

THEIRS = frozenset({Role.OWN, Role.WORK})
"""Phones at which the person is to be had: a wish not to be called at one of them is the person's."""
OTHERS = frozenset(Role) - THEIRS
"""Phones of other people."""
DEBTORS = THEIRS | {Role.GUARANTOR}
"""Phones of those who owe: a guarantor answers for the debt and is a debtor like the first."""

THIRD_PERSONS = "third_persons"
"""The purpose under which a person's consent to calls at phones of others is kept (table `consent`)."""
CONSENT_TITLES: dict[str, dict[str, str]] = {
    **{str(purpose): titles for purpose, titles in TITLES.items()},
    THIRD_PERSONS: {"ru": "звонки родственникам и третьим лицам", "en": "calls to relatives and third persons"},
}
"""What a consent can be to."""
CONSENT_PURPOSES = tuple(CONSENT_TITLES)


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
        """The rule's name in verdicts: talks_day, unanswered_week, attempts_7d, ..."""
        return f"{self.counts}_{self.period}"


@dataclass(frozen=True, slots=True)
class PurposeRules:
    """All that holds for a purpose in a jurisdiction from one day to another.

    consent: the person's prior consent to this purpose must be on record.  human: a call without a human who
    dials or confirms is forbidden.  gap_s: seconds from the end of an attempt to the person's next, over all campaigns.
    since, until: local dates, both included; None: no limit.  source: the law, or "custom" for figures of ours.
    messages: the caps that take the place of those on talks where calls are voice messages and no talks (`as_messages`
    of a campaign); None: there is no such way of counting.  phones: whose phones may be called; those of others only
    with the person's consent to that (THIRD_PERSONS).
    """

    purpose: Purpose
    hours: Hours
    caps: tuple[Cap, ...]
    source: str
    consent: bool = False
    human: bool = False
    gap_s: int = 300
    since: dt.date | None = None
    until: dt.date | None = None
    messages: tuple[Cap, ...] | None = None
    phones: frozenset[Role] = THEIRS

    def holds_on(self, day: dt.date) -> bool:
        """Say whether the rules are in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def per_calendar(
    counts: Counts, day: int | None = None, week: int | None = None, month: int | None = None
) -> tuple[Cap, ...]:
    """Give the caps of calendar periods."""
    limits = ((Period.DAY, day), (Period.WEEK, week), (Period.MONTH, month))
    return tuple(Cap(counts, period, limit) for period, limit in limits if limit is not None)


def unanswered_a_day(limit: int) -> Cap:
    """Give a cap on fruitless calls, whatever they were for: a phone that rings all day is a nuisance."""
    return Cap(Counts.UNANSWERED, Period.DAY, limit, same_purpose=False)
