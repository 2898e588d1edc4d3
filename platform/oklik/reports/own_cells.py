"""The customer's own cells on their way into the report: a number, date or time of the list is one again.

A cell comes as its text with the kind it had in the customer's table (store.Contact.kinds).  Phones and numbers that a
spreadsheet would not keep to the last digit have no kind: see campaigns.lists.reading.  Columns to which the scenario
gives a type are read by it, so that a date or a time out of a CSV file is one as well.
"""

import datetime as dt
import re

from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.values import read_date, read_time

_SHOWN = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})(?: (\d\d):(\d\d)(?::(\d\d))?)?")
LONGEST_TIME = 17  # «14 часов 30 минут»; longer ones say more than a time
FIRST_YEAR = 1900  # of a spreadsheet's calendar

Cell = str | int | float | dt.date | dt.time | None


def own_cell(text: str | None, kind: str | None, column_type: str | None) -> Cell:
    """Give the value of a cell.

    kind: number, date, time, or None for a text; column_type: the type of the scenario's column that is read
    from here, None for a column that the scenario does not use.
    """
    if not text:
        return None
    if kind == "number":
        return float(text) if "." in text else int(text)
    if kind == "date" or column_type == "date":
        return _day(text, typed=kind is None) or text
    if kind == "time" or column_type == "time":
        return _time(text)
    return text


def _time(text: str) -> Cell:
    """A time of day; a moment, where a date stands before it."""
    moment = _day(text, typed=False)
    if moment is not None:
        return moment
    try:
        return read_time(text) if len(text) <= LONGEST_TIME else text
    except Unreadable:
        return text


def _day(text: str, *, typed: bool) -> dt.date | None:
    """The date or moment that a text is.  typed: the scenario takes it for a date, in whatever usual spelling."""
    if match := _SHOWN.fullmatch(text):
        day, month, year, hour, minute, second = (int(part) if part else None for part in match.groups())
        try:
            whole = dt.date(year or 0, month or 0, day or 0)
            clock = None if hour is None else dt.time(hour, minute or 0, second or 0)
        except ValueError:
            return None
        if whole.year < FIRST_YEAR:
            return None
        return whole if clock is None else dt.datetime.combine(whole, clock)
    if not typed or ":" in text:
        return None
    try:
        return read_date(text)
    except Unreadable:
        return None
