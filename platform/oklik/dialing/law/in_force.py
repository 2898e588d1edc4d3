"""Which rules hold for a person of a country on a day."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache

from oklik.dialing.law import britain, europe, russia, usa
from oklik.dialing.law.shapes import Purpose, PurposeRules

# Countries whose tables are their own.  Kazakhstan and Belarus: polite hours and caps as in Russia, until someone
# brings theirs.
_TABLES: dict[str, tuple[PurposeRules, ...]] = {
    "RU": russia.RULES,
    "US": usa.RULES,
    "GB": britain.RULES,
    "FR": europe.FRANCE,
    **{country: europe.member(country) for country in europe.MEMBERS},
}
# For a country without a table the strictest set of ours that needs no calendar of that country.
ELSEWHERE = "RU"


class NoRules(ValueError):
    """No rules are in force for a purpose on a day: nobody may be called for it."""


@lru_cache(maxsize=1024)
def rules_of(purpose: str, country: str = "RU", day: dt.date | None = None) -> PurposeRules:
    """Give the rules of a purpose by its name, for a country (ISO code).

    day: a local date; None: the latest rules.  Raises ValueError for an unknown purpose, NoRules.
    """
    return _choose(_TABLES.get(country) or _TABLES[ELSEWHERE], purpose, day)


def all_rules() -> Iterator[PurposeRules]:
    """Give the rules of every country."""
    for table in _TABLES.values():
        yield from table


@lru_cache
def wants_consent(purpose: str) -> bool:
    """Say whether consent to a purpose matters in any country."""
    return any(one.consent and one.purpose == purpose for one in all_rules())


def _choose(table: Iterable[PurposeRules], purpose: str, day: dt.date | None) -> PurposeRules:
    wanted = Purpose(purpose)
    found = [one for one in table if one.purpose is wanted and (day is None or one.holds_on(day))]
    if not found:
        raise NoRules(f"no rules of calling for {purpose} are in force on {day}")
    return max(found, key=lambda one: one.since or dt.date.min)


def known_countries() -> tuple[str, ...]:
    """Give the countries that have a table, sorted."""
    return tuple(sorted(_TABLES))
