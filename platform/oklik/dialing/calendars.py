"""Working days and days off of a country, as its government has moved them this year.

The tables are those of the `holidays` package: public holidays with the days off they cause and, where a decree moves
days, the Saturdays that are worked.  For years of which no decree is known yet it gives what the law itself says.  A
holiday of any part of a country counts in all of it: from a number nobody can tell Bavaria from Berlin.  Which hours
hold on which kind of day is said elsewhere.
"""

import datetime as dt
from functools import lru_cache

import holidays

NONE = ""  # the calendar of a wish that makes no difference between days

# Saturday and Sunday, by datetime.weekday(); countries whose week ends otherwise are told by their tables.
_SATURDAY = 5


class UnknownCalendar(ValueError):
    """A country of which no calendar is known; the message names it."""


@lru_cache(maxsize=64)
def _books(country: str) -> tuple[holidays.HolidayBase, ...]:
    """The calendar of the whole country and those of its parts."""
    try:
        whole = holidays.country_holidays(country)
    except (NotImplementedError, KeyError) as error:
        message = f"no calendar of holidays is known for country {country!r}"
        raise UnknownCalendar(message) from error
    return whole, *(holidays.country_holidays(country, subdiv=part) for part in whole.subdivisions)


@lru_cache(maxsize=20_000)
def is_holiday(day: dt.date, country: str = "RU") -> bool:
    """Say whether a local date is a public holiday or a day off moved to it; a plain Sunday is none.

    country: ISO code.  Raises UnknownCalendar.
    """
    return any(day in book for book in _books(country))


@lru_cache(maxsize=20_000)
def is_public(day: dt.date, calendar: str) -> bool:
    """Say whether a local date is a public holiday, or a day off moved to it, by one calendar.

    calendar: an ISO country code, or with a part of the country ("DE-BY"): then only what holds there.  Raises
    UnknownCalendar.
    """
    return day in _book(calendar)


def public_holidays(year: int, calendar: str, language: str = "ru") -> dict[dt.date, str]:
    """Give the public holidays of a year with their names, in that language where the tables have it.

    Raises UnknownCalendar.
    """
    country, _, part = calendar.partition("-")
    spoken = {"ru": "ru", "en": "en_US"}[language]
    known = _book(calendar).supported_languages
    book = holidays.country_holidays(
        country, subdiv=part or None, years=[year], language=spoken if spoken in known else None
    )
    return dict(sorted(book.items()))


@lru_cache(maxsize=1)
def calendars() -> dict[str, tuple[str, ...]]:
    """Give the countries that have a calendar, each with the codes of its parts that differ."""
    return {country: tuple(parts) for country, parts in sorted(holidays.list_supported_countries().items())}


@lru_cache(maxsize=64)
def _book(calendar: str) -> holidays.HolidayBase:
    country, dash, part = calendar.partition("-")
    if country not in calendars() or (dash and part not in calendars()[country]):
        raise UnknownCalendar(f"no calendar of holidays is known for {calendar!r}")
    return holidays.country_holidays(country, subdiv=part or None)


@lru_cache(maxsize=20_000)
def is_day_off(day: dt.date, country: str = "RU") -> bool:
    """Say whether nobody works on a local date: weekend, holiday or moved day off, and no worked Saturday.

    country: ISO code, or NONE: then only Saturday and Sunday are days off.  Raises UnknownCalendar.
    """
    if country == NONE:
        return day.weekday() >= _SATURDAY
    return not all(book.is_working_day(day) for book in _books(country))
