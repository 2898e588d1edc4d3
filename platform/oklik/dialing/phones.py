"""Phone numbers as people type them, to E.164.

A cell may hold a number in any usual spelling, several numbers, labels and comments beside them; what cannot be
called is refused with a code of `rejections` and the text it is about.  Letters for digits, lost digits and rounded
numbers are refused, not mended: a wrong guess rings a stranger.  Which column holds phones is decided elsewhere.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

from oklik.dialing.rejections import Rejection


class BadNumber(NamedTuple):
    """A number that is refused: why, and its text."""

    code: Rejection
    text: str


class PhoneCell(NamedTuple):
    """What a cell holds: numbers in E.164, in order, without repeats; and those refused."""

    numbers: tuple[str, ...]
    bad: tuple[BadNumber, ...]


# Countries of the +7 plan, where 8 is the trunk prefix.
SEVEN = ("RU", "KZ")
SEVEN_CODE = 7
# Written without a plus in lists of the +7 countries; others without a plus are too easily a typing error.
NEIGHBOURS = ("375", "380", "373", "374", "370", "371", "372", "992", "993", "994", "995", "996", "998")
CALLABLE = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.UAN,
}
SHOWN_CHARACTERS = 60

_PUNCTUATION = {ord(c): None for c in " ()-."}
_MOBILE = re.compile(r"(?:\+?7|8)?(9[0-9]{9})")
_RUSSIAN_MOBILE = re.compile(r"\+79[0-9]{9}")
_DASHES = {ord(c): "-" for c in "‐‑‒–—―−﹣－~"}
_FLOAT = re.compile(r"([0-9]{5,})[.,]0+")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?e\+?([0-9]{1,2})", re.IGNORECASE)
_FORMULA = re.compile(r'="?([^"]*)"?')
_BETWEEN = re.compile(r"[,;/|\n\t]+|\s(?:и|или|or|and)\s|(?<=[0-9)])\s*(?=\+)", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[\s,]*(?:\(\s*)?(?:доб(?:авочный)?|внутр?(?:енний)?|вн|доп|ext(?:ension)?|x|#)[\s.:№]*[0-9]{1,6}[\s)]*$",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\([^0-9()]*\)")
_LETTERS = re.compile(r"[^\W\d_]+")
_LABEL = re.compile(
    r"(?:тел(?:ефон)?|моб(?:ильный)?|сот(?:овый)?|раб(?:очий)?|дом(?:ашний)?|гор(?:одской)?|осн(?:овной)?|доп|номер|"
    r"т|м|р|д|tel|mob(?:ile)?|cell|phone|ph|whatsapp|wa|viber|tg|sms|смс)",
    re.IGNORECASE,
)
_FAX = re.compile(r"факс|\bfax", re.IGNORECASE)
_TRUNK_EIGHT = re.compile(r"8[\s(.-]")
_TWO_NUMBERS = re.compile(r"((?:\+?7|8)\D{0,3}(?:\d\D{0,3}){9}\d)\D+((?:\+?7|8)\D{0,3}(?:\d\D{0,3}){9}\d)")


def read_phones(text: str, country: str = "RU") -> PhoneCell:
    """Read a cell.  country: ISO code of the country whose numbers are written without a country code."""
    if country in SEVEN:
        found = _MOBILE.fullmatch(text.removesuffix(".0").translate(_PUNCTUATION))
        if found and not _starts_with_broken_trunk(text):
            return PhoneCell((f"+7{found[1]}",), ())
    return _read_slowly(text, country)


@lru_cache(maxsize=4096)
def _read_slowly(text: str, country: str) -> PhoneCell:
    numbers: dict[str, None] = {}
    bad: list[BadNumber] = []
    for piece in _pieces(_flat(text)):
        outcome = _read_one(piece, country)
        if isinstance(outcome, BadNumber):
            bad.append(outcome)
        else:
            numbers[outcome] = None
    return PhoneCell(tuple(numbers), tuple(bad))


def _flat(text: str) -> str:
    """One kind of spaces, digits and dashes; no zero-width characters; without what Excel and CSV wrap around."""
    flat = unicodedata.normalize("NFKC", text).translate(_DASHES)
    flat = "".join(c for c in flat if unicodedata.category(c) not in ("Cf", "Cc") or c in "\n\t")
    flat = flat.strip().strip("'\"`").strip()
    if wrapped := _FORMULA.fullmatch(flat):
        flat = wrapped[1]
    if whole := _FLOAT.fullmatch(flat):
        flat = whole[1]
    return flat.strip()


def _pieces(flat: str) -> list[str]:
    """The numbers of a cell, each with the words around it; nothing where the cell has no digit."""
    if _SCIENTIFIC.fullmatch(flat):
        return [flat]
    pieces: list[str] = []
    for part in _BETWEEN.split(_EXTENSION.sub("", flat)):
        rest = _COMMENT.sub(" ", _EXTENSION.sub("", part)).strip()
        if not any(c.isdigit() for c in rest):
            continue
        two = _TWO_NUMBERS.fullmatch(rest)
        pieces += [two[1], two[2]] if two else [rest]
    return pieces


def _read_one(piece: str, country: str) -> str | BadNumber:
    shown = piece[:SHOWN_CHARACTERS]
    if _FAX.search(piece):
        return BadNumber(Rejection.FAX, shown)
    if scientific := _SCIENTIFIC.fullmatch(piece):
        digits_shown = len(scientific[1] + (scientific[2] or ""))
        if digits_shown != int(scientific[3]) + 1:
            return BadNumber(Rejection.ROUNDED, shown)
        piece = str(int(Decimal(piece.replace(",", "."))))
    bare = _without_words(piece)
    if bare is None:
        return BadNumber(Rejection.LETTERS, shown)
    digits = "".join(c for c in bare if c.isdigit())
    outcome = _seven(bare, digits) if country in SEVEN else _parsed(bare, country)
    return BadNumber(outcome, shown) if isinstance(outcome, Rejection) else outcome


def _without_words(piece: str) -> str | None:
    """Drop labels before and comments after the number; None when letters stand among or against its digits."""
    for run in reversed(list(_LETTERS.finditer(piece))):
        before, after = piece[: run.start()], piece[run.end() :]
        label = _LABEL.fullmatch(run[0]) is not None
        if any(c.isdigit() for c in before) and any(c.isdigit() for c in after):
            return None
        touching = before[-1:].isdigit() or (after[:1].isdigit() and not label)
        if touching:
            return None
        piece = f"{before} {after}"
    # A comment may hold a full stop or a colon, which parts it from the number.
    return piece.strip(" .:,-_№'\"")


def _starts_with_broken_trunk(text: str) -> bool:
    """Whether a plus stands anywhere but first: then it is not one plain number."""
    return "+" in text.strip()[1:]


def _seven(bare: str, digits: str) -> str | Rejection:
    """E.164 of a number as written in Russia and Kazakhstan."""
    count = len(digits)
    if bare.startswith("+"):
        if digits.startswith("8") and count == 11 and (_TRUNK_EIGHT.match(bare[1:]) or _is_bad(f"+{digits}")):
            return _valid(f"+7{digits[1:]}")  # «+8 (912) …»: the trunk prefix with a plus
        if digits.startswith("78") and count == 12 and digits[2] in "3489":
            return _valid(f"+7{digits[2:]}")  # «+7 8 912 …»: both prefixes
        return _valid(f"+{digits}")
    if digits.startswith("810") and count >= 13:
        return _valid(f"+{digits[3:]}")
    if digits.startswith("00") and count >= 12:
        return _valid(f"+{digits[2:]}")
    if count == 11 and digits[0] in "78":
        return _valid(f"+7{digits[1:]}")
    if count == 12 and digits.startswith("78") and digits[2] in "3489":
        return _valid(f"+7{digits[2:]}")
    if count in (11, 12) and digits.startswith(NEIGHBOURS):
        return _valid(f"+{digits}")
    if count == 10 and not _TRUNK_EIGHT.match(bare):
        outcome = _valid(f"+7{digits}")
        lost_a_digit = digits[0] == "8" and isinstance(outcome, Rejection)
        return Rejection.TOO_SHORT if lost_a_digit else outcome
    if count < 7:
        return Rejection.SHORT_CODE if count >= 2 else Rejection.TOO_SHORT
    return Rejection.TOO_SHORT if count <= 10 else _wrong_length(digits)


def _wrong_length(digits: str) -> Rejection:
    return Rejection.UNASSIGNED if len(digits) == 11 else Rejection.TOO_LONG


def _parsed(bare: str, country: str) -> str | Rejection:
    """E.164 of a number as written in another country, by the tables of phonenumbers."""
    try:
        return _judged(phonenumbers.parse(bare, country))
    except NumberParseException as error:
        return _unparsed(error)


def _valid(number: str) -> str | Rejection:
    """The number itself, or why it cannot be called.  number: + and digits."""
    if _RUSSIAN_MOBILE.fullmatch(number):
        return number  # the tables of phonenumbers say the same of every 9xx, sixty times slower
    try:
        return _judged(phonenumbers.parse(number, None))
    except NumberParseException as error:
        return _unparsed(error)


def _is_bad(number: str) -> bool:
    return isinstance(_valid(number), Rejection)


def _unparsed(error: NumberParseException) -> Rejection:
    match error.error_type:
        case NumberParseException.TOO_LONG:
            return Rejection.TOO_LONG
        case NumberParseException.TOO_SHORT_NSN | NumberParseException.TOO_SHORT_AFTER_IDD:
            return Rejection.TOO_SHORT
    return Rejection.UNASSIGNED


def _judged(number: PhoneNumber) -> str | Rejection:
    if not phonenumbers.is_valid_number(number):
        if number.country_code == SEVEN_CODE:
            # Always ten digits after +7; the tables know of longer ones too and would call 11 merely invalid.
            excess = len(phonenumbers.national_significant_number(number)) - 10
            return Rejection.UNASSIGNED if not excess else Rejection.TOO_LONG if excess > 0 else Rejection.TOO_SHORT
        match phonenumbers.is_possible_number_with_reason(number):
            case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
                return Rejection.TOO_SHORT
            case ValidationResult.TOO_LONG:
                return Rejection.TOO_LONG
        return Rejection.UNASSIGNED
    if phonenumbers.number_type(number) not in CALLABLE:
        return Rejection.PREMIUM
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
