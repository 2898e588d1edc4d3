"""Whether a contact's amounts and numbers lie within the limits of their columns.

A debt of nothing, or of less than nothing, is not to be called for: whoever has a value outside is not called, and the
reason says which.  Reading the values is `spoken`'s business, by way of `conditions`.
"""

from collections.abc import Mapping
from decimal import Decimal

from oklik.scenario.conditions import read, unreadable
from oklik.scenario.document import Scenario
from oklik.scenario.errors import PromptError
from oklik.scenario.kinds.base import texts
from oklik.scenario.spoken import EXPECTED


def within_limits(scenario: Scenario, contact: Mapping[str, str], language: str) -> None:
    """Raise PromptError for the first column whose value is outside its limits, or cannot be compared with them.

    An empty value has none.
    """
    for name, column in scenario.columns.items():
        text = contact.get(name, "").strip()
        if not text or (column.min is None and column.max is None):
            continue
        title = texts(column.title, scenario.languages).get(scenario.languages[0], name)
        value = read(text, column.type, language)
        if not isinstance(value, Decimal):
            expected = unreadable(text, column.type, language)
            ru = f"«{title}»: не читается «{text}», нужно: {EXPECTED[expected]['ru']}"
            en = f"{title!r}: cannot read {text!r}, expected {EXPECTED[expected]['en']}"
            args = {"name": name, "title": title, "value": text, "expected": expected}
            raise PromptError("", f"columns.{name}", "value_unreadable", args, {"ru": ru, "en": en})
        if column.min is not None and value < exact(column.min):
            limit = f"{exact(column.min):f}"
            ru, en = f"«{title}»: «{text}» меньше, чем {limit}", f"{title!r}: {text!r} is less than {limit}"
            code = "value_too_small"
        elif column.max is not None and value > exact(column.max):
            limit = f"{exact(column.max):f}"
            ru, en = f"«{title}»: «{text}» больше, чем {limit}", f"{title!r}: {text!r} is more than {limit}"
            code = "value_too_large"
        else:
            continue
        args = {"name": name, "title": title, "value": text, "limit": limit}
        raise PromptError("", f"columns.{name}", code, args, {"ru": ru, "en": en})


def exact(limit: float) -> Decimal:
    """The limit as it is written in the document: 0.01, not the binary fraction next to it."""
    return Decimal(f"{limit:.15g}")
