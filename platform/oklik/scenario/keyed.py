"""What people key in on a telephone, read strictly: dates, amounts and phone numbers; None for what is none.

Each reading has samples: values whose words together are all the words that reading any such value back can need.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

_AMOUNT = re.compile(r"(\d+)(?:\*(\d{0,2}))?")
_MOBILE = re.compile(r"[78]?(9\d{9})")
_YEARS = 8  # a leap day is never further away, but around 1900 and 2100
_FIRST_YEAR, _LAST_YEAR = 1900, 2199

# Where the words of a number change: up to 199 one by one, then by hundreds, the same for thousands and millions.
_GROUP = (*range(200), *range(200, 1000, 100))


def read_date(
    keys: str, today: dt.date, *, with_year: bool, earliest: int | None = None, latest: int | None = None
) -> dt.date | None:
    """DDMM or DDMMYYYY, within so many days from today (earliest and latest, negative in the past).

    Without a year it is the next such day; if that is outside the limits, the nearest one inside.
    """
    if not (keys.isascii() and keys.isdigit() and len(keys) == (8 if with_year else 4)):
        return None
    years = [int(keys[4:])] if with_year else range(today.year - _YEARS, today.year + _YEARS + 1)
    days = [found for year in years if (found := _day(year, int(keys[2:4]), int(keys[:2])))]
    fit = [
        found
        for found in days
        if (earliest is None or (found - today).days >= earliest) and (latest is None or (found - today).days <= latest)
    ]
    return min(fit, key=lambda found: (found < today, abs(found - today)), default=None)


def _day(year: int, month: int, day: int) -> dt.date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def shown_date(value: str) -> str:
    """An ISO date as people write it: «31.12.2026»."""
    return f"{dt.date.fromisoformat(value):%d.%m.%Y}"


def read_amount(keys: str) -> Decimal | None:
    """Rubles, and after a star kopecks: «1500», «1500*50»; «1500*5» is fifty kopecks, as after any decimal point."""
    found = _AMOUNT.fullmatch(keys) if keys.isascii() else None
    if found is None:
        return None
    return Decimal(f"{found[1]}.{found[2] or '0'}").quantize(Decimal("0.01"))


def plain_amount(amount: Decimal) -> str:
    """As an answer is kept: «1500», «1500.50»."""
    return f"{amount:f}".removesuffix(".00")


def read_phone(keys: str, *, mobile: bool) -> str | None:
    """E.164 of a number as people key it in: a Russian mobile with 8, 7 or nothing before it, or any valid number.

    Numbers of other countries are keyed in as they are dialed from Russia (810 …) or with the country's code.
    """
    if not (keys.isascii() and keys.isdigit()):
        return None
    found = _MOBILE.fullmatch(keys)
    if mobile or found:
        return f"+7{found[1]}" if found else None
    import phonenumbers

    for text in (keys, f"+{keys}"):
        try:
            number = phonenumbers.parse(text, "RU")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


# -- samples ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def number_samples(high: int) -> tuple[str, ...]:
    """Of whole numbers up to a limit; none when they are too large to be told from each other by ear."""
    if high >= 10**9:
        return ()
    return tuple(map(str, dict.fromkeys(number for number in _numbers() if number <= high)))


def _numbers() -> Iterator[int]:
    for step in (1, 10**3, 10**6):
        yield from (step * number for number in _GROUP)


@lru_cache(maxsize=64)
def amount_samples(high: int) -> tuple[str, ...]:
    """Of amounts up to a limit, with kopecks."""
    whole = number_samples(high)
    if not whole:
        return ()
    return (*whole, *(f"{whole[-1]}.{part:02d}" for part in range(1, 100)))


@lru_cache(maxsize=1)
def date_samples() -> tuple[str, ...]:
    """Every day of a leap year, and every year that can be keyed in."""
    first = dt.date(2028, 1, 1)
    days = [(first + dt.timedelta(days=day)).isoformat() for day in range(366)]
    return (*days, *(f"{year}-01-01" for year in range(_FIRST_YEAR, _LAST_YEAR + 1)))


@lru_cache(maxsize=2)
def phone_samples(*, mobile: bool) -> tuple[str, ...]:
    """Of Russian numbers every group of digits; of others every digit, with the plus before it."""
    russian = tuple(f"+79{n % 100:02}{n:03}{n % 100:02}{n % 100:02}" for n in _GROUP)
    return russian if mobile else (*russian, *(f"+7{n}0000000" for n in range(100, 1000)), "+1234567890")
