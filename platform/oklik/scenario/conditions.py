"""Comparing a contact's texts with the values of a scenario's conditions: field, operator, value; no code.

How two texts are compared follows from the column's type: amounts and numbers as Decimal, dates and times as such,
everything else as words without regard to case, blanks and ё.  A text that cannot be read as its type satisfies no
ordering.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.values import read_date, read_money, read_number, read_time

# Operators that no empty text satisfies: a condition with one of them proves that the field is filled.
PROVING = frozenset({"equals", "one_of", "contains", "less", "at_most", "more", "at_least", "filled"})
_ORDERINGS = {
    "less": lambda order: order < 0,
    "at_most": lambda order: order <= 0,
    "more": lambda order: order > 0,
    "at_least": lambda order: order >= 0,
}
_MEASURED = frozenset({"money", "number", "date", "time"})  # compared by what they mean
_CURRENCIES = ("RUB", "USD", "EUR", "KZT", "BYN")


class Reading(NamedTuple):
    """How texts are to be read: the column types by name, and the language, which decides what «1,234» is."""

    types: Mapping[str, str]
    language: str

    def holds(self, op: str, name: str, text: str, value: str) -> bool:
        """Whether the text of a field stands in this relation to the value."""
        text = text.strip()
        if op in {"filled", "empty"}:
            return bool(text) == (op == "filled")
        if not text:
            return op == "not_equals"
        kind = self.types.get(name, "text")
        if op in _ORDERINGS:
            order = _order(text, value, kind, self.language)
            return order is not None and _ORDERINGS[op](order)
        if op == "contains":
            return _words(value) in _words(text)
        return _same(text, value, kind, self.language) == (op != "not_equals")

    def readable(self, op: str, name: str, value: str) -> bool:
        """Whether a scenario's value can be compared with the field at all."""
        if op in {"filled", "empty"}:
            return True
        kind = self.types.get(name, "text")
        if op in _ORDERINGS or (kind in _MEASURED and op != "contains"):
            return read(value, kind if kind in ("date", "time") else "number", self.language) is not None
        return bool(value.strip())


def _same(text: str, value: str, kind: str, language: str) -> bool:
    if kind in _MEASURED:
        order = _order(text, value, kind, language)
        if order is not None:
            return order == 0
    return _words(text) == _words(value)


def _order(text: str, value: str, kind: str, language: str) -> int | None:
    """-1, 0, 1 as the text is less than, equal to or more than the value; None when either cannot be read."""
    left, right = read(text, kind, language), read(value, kind, language)
    if isinstance(left, dt.date) and isinstance(right, dt.date):
        return (left > right) - (left < right)
    if isinstance(left, dt.time) and isinstance(right, dt.time):
        return (left > right) - (left < right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    return None


@lru_cache(maxsize=4096)
def read(text: str, kind: str, language: str) -> Decimal | dt.date | dt.time | None:
    """A text of a column of this type (money in any currency, else a number); None when it cannot be read."""
    try:
        if kind == "date":
            return read_date(text)
        if kind == "time":
            return read_time(text)
        if kind != "money":
            return read_number(text, language)
    except Unreadable:
        return None
    for currency in _CURRENCIES:
        try:
            return read_money(text, currency, language)
        except Unreadable:
            continue
    return None


def unreadable(text: str, kind: str, language: str) -> str:
    """What was expected of an amount or number that cannot be read: a key of EXPECTED."""
    codes = set()
    for currency in _CURRENCIES if kind == "money" else (None,):
        try:
            read_money(text, currency, language) if currency else read_number(text, language)
        except Unreadable as why:
            codes.add(why.expected)
    return next((code for code in ("money_ambiguous", "money_large", "number_large") if code in codes), kind)


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split())
