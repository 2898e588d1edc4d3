"""An ordinary value of each column, of which every text that speaks it makes sense.

The type of a column says most; what the texts do with it says the rest: a date whose hour is spoken has an hour, and a
column that tells the gender holds one.  No filter is known by name here: a value is ordinary when all can say it.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

from oklik.scenario.document import Column, Scenario
from oklik.scenario.limits import exact
from oklik.scenario.spoken import Template, TemplateError
from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.filters import Context, Filter

_NAMES = {"ru": "Иванов Иван Иванович", "en": "John Smith"}
_TEXTS = {"ru": "Омск", "en": "London"}
_GENDERS = {"ru": "муж", "en": "m"}
_PHONE = "+7 916 123-45-67"


def ordinary(scenario: Scenario, language: str, today: dt.date) -> dict[str, str]:
    """The value of each column by name."""
    spoken: dict[str, list[Filter]] = {}
    telling: set[str] = set()
    for template in _templates(scenario, language):
        for slot in template.slots:
            spoken.setdefault(slot.name, []).append(slot.made)
            telling |= slot.made.fields
    found = {}
    for name, column in scenario.columns.items():
        candidates = tuple(_candidates(column, language, today, tells=name in telling))
        fit = (text for text in candidates if all(_says(made, text, language, today) for made in spoken.get(name, ())))
        found[name] = next(fit, candidates[0])
    return found


def _templates(scenario: Scenario, language: str) -> Iterator[Template]:
    for node, phrase in scenario.phrasebook.phrases:
        with suppress(TemplateError):  # `check` tells of it
            yield scenario.phrasebook.template(node, phrase.field, language)


def _says(made: Filter, text: str, language: str, today: dt.date) -> bool:
    try:
        made.speak(text, Context(language, today, {}))
    except Unreadable:
        return False
    return True


def _candidates(column: Column, language: str, today: dt.date, *, tells: bool) -> Iterator[str]:
    """Values that such a column may well have, the likeliest first."""
    if tells and column.type == "text":
        yield _GENDERS.get(language, "m")
    if column.type in {"money", "number"}:
        value = Decimal(1500)
        if column.min is not None:
            value = max(value, exact(column.min))
        if column.max is not None:
            value = min(value, exact(column.max))
        yield f"{value:f}"
        return
    day = (today + dt.timedelta(days=10)).isoformat()
    name, text = _NAMES.get(language, _NAMES["en"]), _TEXTS.get(language, _TEXTS["en"])
    usual = {"name": name, "date": day, "time": "14:30", "phone": _PHONE, "digits": "1001"}
    yield usual.get(column.type, text)
    # Lists are not as tidy as types: an hour beside the date, a number as text.
    yield from (f"{day} 14:30", "14:30", "1001", "7", name, _PHONE, _GENDERS.get(language, "m"))
