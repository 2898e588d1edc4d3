"""In which time zones a person may be: the list's own column (a zone, a region or a town), else the block of the number
in the public register, else the number's prefix, else the list's region, else every zone that is possible.

A set of zones comes out, and who calls must be within hours in all of them (windows.py).  Zones are named by
strings: IANA names, or "UTC+05:00" for a fixed offset.  Which hours are allowed is not decided here.
"""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from phonenumbers import timezone as number_zones
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from oklik.dialing.destinations import RUSSIAN_LANDLINE, nature
from oklik.dialing.numbering import NO_PLAN, NumberingPlan
from oklik.dialing.regions import zones_of_region

MOSCOW = "Europe/Moscow"
MOSCOW_OFFSET = dt.timedelta(hours=3)

# One zone for each offset and rule that is in force in Russia.  A mobile or 8-800 number can be anywhere in it.
RUSSIA = frozenset(
    {
        "Europe/Kaliningrad",
        "Europe/Moscow",
        "Europe/Samara",
        "Asia/Yekaterinburg",
        "Asia/Omsk",
        "Asia/Krasnoyarsk",
        "Asia/Irkutsk",
        "Asia/Yakutsk",
        "Asia/Vladivostok",
        "Asia/Magadan",
        "Asia/Kamchatka",
    }
)
KAZAKHSTAN = frozenset({"Asia/Almaty", "Asia/Aqtobe"})
# What the tables of phonenumbers say for +7 is too coarse in one place: they put Kaliningrad into Bucharest's
# zone, which has summer time and would open an hour too early.
_CORRECTED = {"Europe/Bucharest": "Europe/Kaliningrad"}

_OFFSET = re.compile(r"(?P<base>utc|gmt|мск|msk|z)?(?P<sign>[+-])?(?P<h>\d{1,2})?(?::?(?P<m>[0-5]\d))?")
RUSSIAN_MOBILE = re.compile(r"\+79[0-9]{9}")
_NAMES = {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}


class ZoneError(ValueError):
    """A time zone that cannot be read; the message says what was expected."""


@lru_cache(maxsize=1024)
def tzinfo(zone: str) -> dt.tzinfo:
    """Give the zone of a name made by this module.  Raises ZoneError."""
    if zone.startswith("UTC") and len(zone) == 9:
        sign = -1 if zone[3] == "-" else 1
        return dt.timezone(sign * dt.timedelta(hours=int(zone[4:6]), minutes=int(zone[7:9])))
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ZoneError(f"no such time zone: {zone!r}") from error


@lru_cache(maxsize=1024)
def parse_zone(text: str) -> str:
    """Read a zone as people write it: "МСК+2", "UTC+5", "+5", "GMT+03:30", "Asia/Omsk"; a bare offset is from UTC.

    Gives the name tzinfo() takes.  Raises ZoneError.
    """
    flat = re.sub(r"[\s()]", "", text).lower().replace("−", "-").replace("–", "-")
    if known := _NAMES.get(flat):
        return known
    found = _OFFSET.fullmatch(flat)
    if found and flat and (found["base"] or found["sign"]) and bool(found["sign"]) == bool(found["h"]):
        offset = dt.timedelta(hours=int(found["h"] or 0), minutes=int(found["m"] or 0))
        if found["sign"] == "-":
            offset = -offset
        if found["base"] in {"мск", "msk"}:
            if not offset:
                return MOSCOW
            offset += MOSCOW_OFFSET
        if dt.timedelta(hours=-12) <= offset <= dt.timedelta(hours=14):
            return _fixed(offset)
    raise ZoneError(f"a time zone must look like МСК+2, UTC+5 or Asia/Omsk, not {text!r}")


def _fixed(offset: dt.timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@lru_cache(maxsize=20_000)
def zones_of_number(number: str) -> frozenset[str]:
    """Give every zone in which the bearer of an E.164 number may be; empty when the number says nothing."""
    if RUSSIAN_MOBILE.fullmatch(number):
        return RUSSIA  # what the tables say, too, but they take 50 us to say it, and lists are full of these
    if nature(number) is RUSSIAN_LANDLINE:
        return _zones_of_block(number[1 : 1 + TIMEZONE_LONGEST_PREFIX])  # as above
    return _looked_up(number)


@lru_cache(maxsize=50_000)
def _zones_of_block(digits: str) -> frozenset[str]:
    """Give the zones of Russian landlines that begin so: those of the longest beginning that the tables know."""
    known = (TIMEZONE_DATA.get(digits[:length]) for length in range(len(digits), 0, -1))
    return _of_russia(next(names for names in known if names), digits)


def _looked_up(number: str) -> frozenset[str]:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return frozenset()
    names = number_zones.time_zones_for_number(parsed)
    if parsed.country_code == 7:
        return _of_russia(names, number[1:])
    return _interned(frozenset(name for name in names if name != "Etc/Unknown"))


def _of_russia(names: Sequence[str], digits: str) -> frozenset[str]:
    """What the tables say of a number that begins with 7, put right."""
    if len(names) == 1 and names[0] != "Etc/Unknown":
        return _interned(frozenset(_CORRECTED.get(name, name) for name in names))
    # Kazakhstan's numbers begin with +76 and +77; all others of +7 are Russia's.
    return KAZAKHSTAN if digits[1:2] in {"6", "7"} else RUSSIA


@lru_cache(maxsize=4096)
def _interned(zones: frozenset[str]) -> frozenset[str]:
    return zones  # equal sets become one object: they are keys of caches, and there may be a million of them


class ZoneRule(StrEnum):
    """What decided where a contact may be."""

    OWN = "own"  # a column of the list: a zone, a region or a town
    PLAN = "plan"  # the block of the number in the public numbering register
    PREFIX = "prefix"  # the number itself: a landline, or a country with one zone
    BASE = "base"  # where the list's people are, as its owner says
    POSSIBLE = "possible"  # nothing did: every zone that is possible


class Where(NamedTuple):
    """Every zone in which a contact may be, and what that was taken from."""

    zones: frozenset[str]
    rule: ZoneRule


# Of whom nothing at all is known: clocks that are never within calling hours together.
ANYWHERE = frozenset({"UTC-11:00", "UTC-03:00", "UTC+05:00", "UTC+13:00"})


def where(own: str | None, number: str, base: str | None = None, plan: NumberingPlan = NO_PLAN) -> Where:
    """Find out where a contact may be.

    own: text of the list's column, a zone, a region or a town, or None.  One that cannot be read counts as none: the
    number then decides, which is stricter.  plan: the public register, as far as it has been imported.
    base: the zone in which the people of the list are, as its owner says; it settles where the number leaves several
    zones, if its clock is one of theirs (a base in Omsk says nothing of a number of New York).
    The campaign's own zone is never taken for the contact's.
    """
    if own and own.strip() and (zones := _named(own)):
        return Where(zones, ZoneRule.OWN)
    if zones := plan.zones(number):
        return Where(_interned(zones), ZoneRule.PLAN)
    zones = zones_of_number(number)
    if len(zones) == 1:
        return Where(zones, ZoneRule.PREFIX)
    if base is not None and (not zones or _one_of(base, zones)):
        return Where(_interned(frozenset({base})), ZoneRule.BASE)
    return Where(zones or ANYWHERE, ZoneRule.POSSIBLE)


def parse_base(text: str) -> str:
    """Read where the people of a list are: a zone as parse_zone takes it, or a region or large town of Russia.

    Raises ZoneError, also for a region of several zones: nobody could be called by all of them as if by one.
    """
    try:
        return parse_zone(text)
    except ZoneError:
        zones = zones_of_region(text)
        if len(zones) != 1:
            raise
        return next(iter(zones))


@lru_cache(maxsize=4096)
def _named(text: str) -> frozenset[str]:
    try:
        return _interned(frozenset({parse_zone(text)}))
    except ZoneError:
        return _interned(zones_of_region(text))


def certain_zone(zones: Collection[str], fallback: str) -> str:
    """Give the zone by which a contact's time is told: its own if only one is possible, else the campaign's."""
    return next(iter(zones)) if len(zones) == 1 else fallback


@lru_cache(maxsize=4096)
def _one_of(base: str, zones: frozenset[str]) -> bool:
    """Say whether the clock of one of these zones goes as the base's does, in winter and in summer."""
    return _clock(base) in {_clock(zone) for zone in zones}


def _clock(zone: str) -> tuple[dt.timedelta | None, ...]:
    return tuple(dt.datetime(2026, month, 15, tzinfo=dt.UTC).astimezone(tzinfo(zone)).utcoffset() for month in (1, 7))
