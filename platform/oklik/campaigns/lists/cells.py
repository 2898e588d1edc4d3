"""Values of spreadsheet cells as the text a person sees, their kinds, and the letters of columns."""

import datetime as dt
import re
from collections.abc import Sequence

CELL_MAX = 32_767  # Excel's own limit on characters in a cell

# What PostgreSQL and XML cannot hold, and what nobody sees.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ud800-\udfff]")
_LETTERS = 26


class NumberCell(str):
    """The text of a cell that held a number."""

    __slots__ = ()


class DateCell(str):
    """The text of a cell that held a date, with or without a time of day."""

    __slots__ = ()


class TimeCell(str):
    """The text of a cell that held a time of day."""

    __slots__ = ()


TYPED: dict[str, type[str]] = {"n": NumberCell, "d": DateCell, "t": TimeCell}  # by the letters of `kind_letters`
_KIND_LETTERS: dict[type, str] = {int: "n", float: "n", dt.date: "d", dt.datetime: "d", dt.time: "t"}


def clean(text: str) -> str:
    """Return the text without invisible characters and outer spaces; line ends as \\n."""
    if not text.isprintable():
        text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def shown(value: object) -> str:
    """Return a typed cell as text: 79161234567.0 without its zero, dates dd.mm.yyyy, 0.30000000000000004 as 0.3."""
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ИСТИНА" if value else "ЛОЖЬ"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime):
        day = value.strftime("%d.%m.%Y")
        return day if value.time() == dt.time() else f"{day} {_clock(value.time())}"
    if isinstance(value, dt.date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, dt.time):
        return _clock(value)
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}"
    return clean(str(value))


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = format(value, ".15g")  # as many digits as Excel keeps
    if "e" in text or "n" in text:  # exponents, inf, nan
        return text.upper().replace("E+0", "E+").replace("E-0", "E-")
    return text


def _clock(value: dt.time) -> str:
    return value.strftime("%H:%M:%S" if value.second else "%H:%M")


def kind_letters(row: Sequence[object]) -> str:
    """Return a letter for each typed cell: n for a number, d for a date, t for a time, a space for all else."""
    return "".join([_KIND_LETTERS.get(type(value), " ") for value in row])


def column_letter(index: int) -> str:
    """Return the spreadsheet's name of a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int | None:
    """Return the index of a column name (A is 0); None when it is not one."""
    if not re.fullmatch(r"[A-Z]{1,3}", letters.upper()):
        return None
    index = 0
    for letter in letters.upper():
        index = index * _LETTERS + ord(letter) - ord("A") + 1
    return index - 1
