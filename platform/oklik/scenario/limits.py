"""Whether a contact's amounts and numbers lie within the limits of their columns, and what may be written into one.

A debt of nothing, or of less than nothing, is not to be called for: whoever has a value outside is not called, and the
reason says which.  Reading the values is `spoken`'s business, by way of `conditions`.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from oklik.scenario.conditions import read, unreadable
from oklik.scenario.document import Column, Scenario
from oklik.scenario.errors import PromptError
from oklik.scenario.spoken import EXPECTED, SpokenError, parse_template
from oklik.scenario.spoken.errors import shown

# How the values of a column without a measure are said; what cannot be said is none of it.
_SAID = {
    type_: parse_template(text)
    for type_, text in (
        ("text", "{{ value }}"),
        ("name", "{{ value | name }}"),
        ("phone", "{{ value | phone }}"),
        ("digits", "{{ value | digits }}"),
    )
}
_ANY_DAY = dt.date(2000, 1, 1)


def within_limits(scenario: Scenario, contact: Mapping[str, str], language: str) -> None:
    """Raise PromptError for the first column whose value is outside its limits, or cannot be compared with them.

    An empty value has none.
    """
    for name, column in scenario.columns.items():
        text = contact.get(name, "").strip()
        if not text or (column.min is None and column.max is None):
            continue
        value = read(text, column.type, language)
        title, given = shown(scenario.heading(name)), shown(text)
        if not isinstance(value, Decimal):
            expected = unreadable(text, column.type, language)
            ru = f"«{title}»: не читается «{given}», нужно: {EXPECTED[expected]['ru']}"
            en = f"{title!r}: cannot read {given!r}, expected {EXPECTED[expected]['en']}"
            code, more = "value_unreadable", {"expected": expected}
        elif column.min is not None and value < exact(column.min):
            limit = f"{exact(column.min):f}"
            ru, en = f"«{title}»: «{given}» меньше, чем {limit}", f"{title!r}: {given!r} is less than {limit}"
            code, more = "value_too_small", {"limit": limit}
        elif column.max is not None and value > exact(column.max):
            limit = f"{exact(column.max):f}"
            ru, en = f"«{title}»: «{given}» больше, чем {limit}", f"{title!r}: {given!r} is more than {limit}"
            code, more = "value_too_large", {"limit": limit}
        else:
            continue
        args = {"name": name, "title": title, "value": text, **more}
        raise PromptError("", f"columns.{name}", code, args, {"ru": ru, "en": en})


def fits(column: Column, text: str, language: str) -> bool:
    """Whether a value may be written into a column: one of its type, and within its limits; empty where it may be."""
    text = text.strip()
    if not text:
        return not column.required
    said = _SAID.get(column.type)
    if said is not None:
        try:
            said.speak({"value": text}, language=language, today=_ANY_DAY, personal=())
        except SpokenError:
            return False
        return True
    value = read(text, column.type, language)
    if not isinstance(value, Decimal):
        return value is not None
    return not (
        (column.min is not None and value < exact(column.min)) or (column.max is not None and value > exact(column.max))
    )


def exact(limit: float) -> Decimal:
    """The limit as it is written in the document: 0.01, not the binary fraction next to it."""
    return Decimal(f"{limit:.15g}")
