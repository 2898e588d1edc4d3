"""Reading list values as they come from Excel and CSV: texts to Decimal, date and time.

Decimal only, never float.  A value that can be read in two ways a thousandfold apart is refused, not guessed.
Raises Unreadable with the code of what was expected.
"""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

from oklik.scenario.spoken.errors import Unreadable

_BLANKS = re.compile(r"[\s\u00a0\u2000-\u200d\u202f\u2060\ufeff'’]+")
_MINUS = "-−–—"
# Words and signs of a currency as lists write them; the longest first.
_CURRENCY_SIGNS = {
    "RUB": r"₽|руб(?:\.|л[а-яё]*\.?)?|р\.?|rub|rur",
    "USD": r"\$|usd|долл?(?:\.|ар[а-яё]*)?|us\$",
    "EUR": r"€|eur|евро",
    "KZT": r"₸|kzt|тг\.?|тенге",
    "BYN": r"byn|br|бел\.?\s?руб(?:\.|л[а-яё]*)?|руб(?:\.|л[а-яё]*\.?)?|р\.?",
}
_ANY_SIGN = {
    code: re.compile(rf"(?:{pattern})$|^(?:{pattern})", re.IGNORECASE) for code, pattern in _CURRENCY_SIGNS.items()
}
_RUBLES_KOPECKS = re.compile(
    r"(?P<whole>[^а-яё]+)(?:₽|р|руб(?:л[а-яё]*)?)\.?\s*(?P<part>\d{1,2})\s*(?:коп(?:е[а-яё]*)?|к)\.?", re.IGNORECASE
)
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?")


def read_money(text: str, currency: str, language: str) -> Decimal:
    """The amount, rounded half up to hundredths.  «12 345,50 ₽», «1.234,50», «1,234.50», «123 руб. 45 коп.»."""
    cleaned = _BLANKS.sub(" ", text).strip()
    cleaned, negative = _sign(cleaned)
    if currency in ("RUB", "BYN") and (match := _RUBLES_KOPECKS.fullmatch(cleaned)):
        cleaned = f"{match['whole'].strip()},{int(match['part']):02}"
    else:
        cleaned = _ANY_SIGN[currency].sub("", cleaned, count=1).strip()
        if not negative:
            cleaned, negative = _sign(cleaned)
    if re.search(r"[^\d.,\s]", cleaned):
        foreign = any(sign.search(cleaned) for sign in _ANY_SIGN.values())
        raise Unreadable("money_currency" if foreign else "money")
    value = _amount(cleaned, language, strict=True)
    if value >= 10**12:
        raise Unreadable("money_large")
    value = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return -value if negative and value else value


def read_number(text: str, language: str) -> Decimal:
    """The number, at most six decimal places (rounded half up).  «1 200», «2,5», «-3»."""
    cleaned, negative = _sign(_BLANKS.sub(" ", text).strip())
    value = _amount(cleaned, language, strict=False)
    if value >= 10**12:
        raise Unreadable("number_large")
    value = value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return -value if negative and value else value


def _sign(text: str) -> tuple[str, bool]:
    if text[:1] and text[0] in _MINUS:
        return text[1:].strip(), True
    if text.startswith("(") and text.endswith(")"):  # how accountants write it
        return text[1:-1].strip(), True
    return text.removeprefix("+").strip(), False


def _amount(text: str, language: str, *, strict: bool) -> Decimal:
    """The digits with whatever separators they came.  strict: refuse «1,234», which reads in two ways."""
    expected = "money" if strict else "number"
    if len(text) > 40 or not text.isascii():
        raise Unreadable(expected)
    if " " in text:
        if not _GROUPED.fullmatch(text):
            raise Unreadable(expected)
        return Decimal(text.replace(" ", "").replace(",", "."))
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        point = "." if text.rindex(".") > text.rindex(",") else ","
    elif dots > 1 or commas > 1:
        point = ""
    elif re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text) and (strict or commas):
        point = _point_of_three(text, language, strict=strict)
    else:
        point = "." if dots else ","
    return _with_point(text, point, expected)


def _point_of_three(text: str, language: str, *, strict: bool) -> str:
    """The decimal point of «1,234» or «1.234»: a comma groups in English and divides in a Russian number."""
    if language == "en" and "," in text:
        return ""
    if strict:
        raise Unreadable("money_ambiguous")
    return ","


def _with_point(text: str, point: str, expected: str) -> Decimal:
    whole, _, fraction = text.partition(point) if point else (text, "", "")
    if re.search("[.,]", whole):
        if not re.fullmatch(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+", whole):
            raise Unreadable(expected)
        whole = re.sub("[.,]", "", whole)
    plain = f"{whole}.{fraction}" if fraction else whole
    if not _PLAIN.fullmatch(plain):
        raise Unreadable(expected)
    return Decimal(plain)


# -- dates --------------------------------------------------------------------------------------------------

_CLOCK = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?:\s?г(?:\.|ода)?)?{_CLOCK}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})([./-])(\d{{1,2}})\2(\d{{1,2}}){_CLOCK}")
_IN_WORDS = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|-?го|-?е)?\s+(?:of\s+)?([а-яёa-z]{3,})\.?,?\s+(\d{4})(?:\s?г(?:\.|ода)?)?", re.IGNORECASE
)
_MONTHS = (
    ("января", "январь", "january"), ("февраля", "февраль", "february"), ("марта", "март", "march"),
    ("апреля", "апрель", "april"), ("мая", "май", "may"), ("июня", "июнь", "june"), ("июля", "июль", "july"),
    ("августа", "август", "august"), ("сентября", "сентябрь", "september"), ("октября", "октябрь", "october"),
    ("ноября", "ноябрь", "november"), ("декабря", "декабрь", "december"),
)  # fmt: skip


def read_date(text: str) -> dt.date:
    """The date of «31.12.2026», «31/12/26», «2026-12-31 00:00:00», «31 декабря 2026 г.»; the day comes first.

    Two-digit years are 1970..2069; years 1900..2199 are believed.
    """
    cleaned = " ".join(text.split())
    if match := _DAY_FIRST.fullmatch(cleaned):
        day, _, month, year = match.groups()
        return _date(year, month, day)
    if match := _YEAR_FIRST.fullmatch(cleaned):
        year, _, month, day = match.groups()
        return _date(year, month, day)
    if match := _IN_WORDS.fullmatch(cleaned):
        day, word, year = match.groups()
        for number, names in enumerate(_MONTHS, start=1):
            if any(name.startswith(word.lower()) for name in names):  # «дек.», «sept»
                return _date(year, str(number), day)
    raise Unreadable("date")


def _date(year: str, month: str, day: str) -> dt.date:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 70 else 1900
    if not 1900 <= number <= 2199:
        raise Unreadable("date")
    try:
        return dt.date(number, int(month), int(day))
    except ValueError:
        raise Unreadable("date") from None


# -- times ----------------------------------------------------------------------------------------------------

_DATE_BEFORE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{2,4}(?:\s?г\.?)?(?:T|,? (?:в )?)", re.IGNORECASE)
_TIME = re.compile(
    r"""(?P<hour>[0-9]{1,2})
    (?: (?:[:.]|(?P<dash>-))(?P<minute>[0-9]{2}) (?::(?P<second>[0-9]{2})(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?
      | \s?(?:ч(?:ас(?:а|ов)?)?|h)\.? (?:\s?(?P<worded>[0-9]{1,2})\s?(?:м(?:ин(?:ут[аы]?)?)?\.?)?)?
    )?
    (?:\s?(?P<half>[ap])\.?\s?m\.?)?
    """,
    re.IGNORECASE | re.VERBOSE,
)


def read_time(text: str) -> dt.time:
    """The time of «14:30», «14.30», «9:05:00», «14 ч 30 мин», «2:30 pm», and of a date with a time behind it.

    A lone number is refused, and «10-12» is: it may be hours, or anything.
    """
    cleaned = " ".join(text.split())
    if match := _DATE_BEFORE.match(cleaned):
        cleaned = cleaned[match.end() :]
    found = _TIME.fullmatch(cleaned)
    if found is None or cleaned.isdigit() or (found["dash"] and 0 < int(found["minute"]) <= 24):
        raise Unreadable("time")
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise Unreadable("time")
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    try:
        return dt.time(hour, int(found["minute"] or found["worded"] or 0), int(found["second"] or 0))
    except ValueError:
        raise Unreadable("time") from None
