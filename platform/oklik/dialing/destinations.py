"""The guard against toll fraud: which numbers may be dialed at all, whoever asks and however.

Deny by default: only numbers of the home country, and what an installation opens by country or prefix.  Premium,
satellite, paging, short and emergency numbers are never dialed, whatever is opened.  The same question is asked for
people of a list, for transfers to outside numbers and for numbers that came by the API or were keyed in.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

import phonenumbers
from phonenumbers import PhoneNumberType, shortnumberinfo
from pydantic import BaseModel, ConfigDict, Field

COUNTRIES: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""ISO codes of the countries whose numbering plans are known."""
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Prefix = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{1,14}$")]


class NumberKind(StrEnum):
    """What a number is for, as far as the numbering plans say."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    TOLL_FREE = "toll_free"
    VOIP = "voip"
    SHARED_COST = "shared_cost"
    COMPANY = "company"
    PREMIUM = "premium"
    SATELLITE = "satellite"
    PAGER = "pager"
    SHORT = "short"
    UNKNOWN = "unknown"


NEVER = frozenset({NumberKind.PREMIUM, NumberKind.SATELLITE, NumberKind.PAGER, NumberKind.SHORT, NumberKind.UNKNOWN})
_USUAL = (NumberKind.MOBILE, NumberKind.LANDLINE, NumberKind.TOLL_FREE, NumberKind.VOIP, NumberKind.COMPANY)

_KINDS = {
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE: NumberKind.LANDLINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.LANDLINE,
    PhoneNumberType.TOLL_FREE: NumberKind.TOLL_FREE,
    PhoneNumberType.VOIP: NumberKind.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: NumberKind.PREMIUM,  # +44 70 and the like: dear, and loved by fraudsters
    PhoneNumberType.UAN: NumberKind.COMPANY,
    PhoneNumberType.SHARED_COST: NumberKind.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM,
    PhoneNumberType.PAGER: NumberKind.PAGER,
}
# ITU-T E.164, assigned country codes: satellite systems and international networks (870, 878, 881, 882, 883), premium
# rate (979), shared cost (808); Ascension and Diego Garcia are there only for what satellites carry.  +7954 looks like
# a Russian mobile and is GlobalTel's, over satellites.
_SATELLITE = ("+870", "+878", "+881", "+882", "+883", "+888", "+979", "+991", "+247", "+246", "+7954")


class BadDestinations(ValueError):
    """What an installation may call cannot be read; the message names the part."""


class Destinations(BaseModel):
    """What an installation may call.  The default is the home country alone.

    countries: further countries, whole; prefixes: further beginnings of numbers, such as "+37529".
    kinds: what for; of those in NEVER none is ever dialed, even if it is named.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    home: Country = "RU"
    countries: tuple[Country, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    kinds: tuple[NumberKind, ...] = _USUAL

    def refuses(self, number: str) -> tuple[str, dict[str, str]] | None:
        """Give the rule against an E.164 number with what its sentence needs; None: it may be dialed."""
        return _refused(self, number)

    def emergency(self, code: str) -> bool:
        """Say whether a short row of digits rings an emergency service of the home country."""
        return code.isascii() and code.isdecimal() and bool(shortnumberinfo.is_emergency_number(code, self.home))


HOME = Destinations()
_COUNTRY = re.compile(r"[A-Z]{2}")
_PREFIX = re.compile(r"\+[1-9][0-9]{1,14}")


@lru_cache(maxsize=64)
def parse_destinations(text: str) -> Destinations:
    """Read "RU, KZ, +37529": the home country, then further countries and prefixes.  Raises BadDestinations."""
    home, *further = [part.strip().upper() for part in text.split(",")]
    known = phonenumbers.SUPPORTED_REGIONS
    for part in (home, *(one for one in further if not _PREFIX.fullmatch(one))):
        if not _COUNTRY.fullmatch(part) or part not in known:
            raise BadDestinations(f"{part!r} is no country code such as RU, and no prefix such as +37529")
    return Destinations(
        home=home,
        countries=tuple(one for one in further if _COUNTRY.fullmatch(one)),
        prefixes=tuple(one for one in further if _PREFIX.fullmatch(one)),
    )


class Nature(BaseModel):
    """What the numbering plans say of a number.  country: ISO code, "" for none."""

    model_config = ConfigDict(frozen=True)
    country: str
    kind: NumberKind


@lru_cache(maxsize=20_000)
def nature(number: str) -> Nature:
    """Give country and kind of an E.164 number."""
    if number.startswith(_SATELLITE):
        return Nature(country="", kind=NumberKind.SATELLITE)  # some in the middle of a country's own plan
    if number.startswith("+79") and len(number) == 12 and number[1:].isdecimal() and number.isascii():
        return RUSSIAN_MOBILE  # what the tables say, too, sixty times slower
    if number.startswith("+7") and _russian_landline(number[2:]):
        return RUSSIAN_LANDLINE  # as above, of the tables' own patterns
    return _looked_up(number)


def _looked_up(number: str) -> Nature:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return Nature(country="", kind=NumberKind.UNKNOWN)
    region = phonenumbers.region_code_for_number(parsed)
    country = region if region and len(region) == 2 and region.isalpha() and region != "ZZ" else ""
    if shortnumberinfo.is_possible_short_number(parsed) and not phonenumbers.is_valid_number(parsed):
        return Nature(country=country, kind=NumberKind.SHORT)
    if not country:
        return Nature(country="", kind=NumberKind.UNKNOWN)
    return Nature(country=country, kind=_KINDS.get(phonenumbers.number_type(parsed), NumberKind.UNKNOWN))


RUSSIAN_MOBILE = Nature(country="RU", kind=NumberKind.MOBILE)
RUSSIAN_LANDLINE = Nature(country="RU", kind=NumberKind.LANDLINE)
# What the tables ask for before they call a number a landline.
_BEFORE_LANDLINES = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")


def _russian_landline(digits: str) -> bool:
    landline, others = _russian_patterns()
    return bool(landline.fullmatch(digits)) and not any(other.fullmatch(digits) for other in others)


@lru_cache(maxsize=1)
def _russian_patterns() -> tuple[re.Pattern[str], list[re.Pattern[str]]]:
    """Landlines of Russia, and what else a number could be sooner, as the tables write them."""
    tables = phonenumbers.PhoneMetadata.metadata_for_region("RU", None)
    assert tables is not None, "the tables know Russia"
    others = [getattr(tables, name) for name in _BEFORE_LANDLINES]
    kinds = [kind.national_number_pattern for kind in (tables.fixed_line, *others) if kind is not None]
    landline, *rest = (re.compile(pattern, re.ASCII) for pattern in kinds if pattern)
    return landline, rest


@lru_cache(maxsize=20_000)
def _refused(opened: Destinations, number: str) -> tuple[str, dict[str, str]] | None:
    known = nature(number)
    if known.kind in NEVER:
        return f"destination_{known.kind}", {"number": number}
    if known.country not in {opened.home, *opened.countries} and not number.startswith(opened.prefixes or ("?",)):
        return "destination_abroad", {"number": number, "country": known.country}
    if known.kind not in opened.kinds:
        return "destination_kind", {"number": number, "kind": known.kind}
    return None
