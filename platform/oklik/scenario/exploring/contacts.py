"""People to try a scenario on: ordinary values of their columns, and the values on which its conditions turn."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import islice, product
from math import prod

from oklik.scenario.conditions import read
from oklik.scenario.document import Column, Scenario
from oklik.scenario.errors import PromptError
from oklik.scenario.exploring.ordinary import ordinary
from oklik.scenario.limits import within_limits

MOST = 64  # people
_CONSTANTS = 12  # of one column
_OTHER = {"ru": "другое", "en": "other"}


def constants(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """What each name is compared with somewhere."""
    found: dict[str, dict[str, None]] = {}
    for node in scenario.nodes.values():
        for name, value in node.compares():
            found.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def built_contacts(scenario: Scenario, language: str, today: dt.date) -> list[dict[str, str]]:
    """People whose values between them open every side of the scenario's conditions, the ordinary one first.

    Every combination where these are few; else each value once with the others ordinary.  Who is outside the limits of
    a column would not be called, and is left out.
    """
    compared, ordinary_values = constants(scenario), ordinary(scenario, language, today)
    options = {
        name: _options(column, ordinary_values[name], compared.get(name, ()), language)
        for name, column in scenario.columns.items()
    }
    usual = {name: values[0] for name, values in options.items()}
    people: Iterable[dict[str, str]]
    if prod(map(len, options.values())) <= MOST:
        people = (dict(zip(options, chosen, strict=True)) for chosen in product(*options.values()))
    else:
        people = (usual, *({**usual, name: value} for name, values in options.items() for value in values[1:]))
    return list(islice((person for person in people if _called(scenario, person, language)), MOST)) or [usual]


def _called(scenario: Scenario, person: Mapping[str, str], language: str) -> bool:
    try:
        within_limits(scenario, person, language)
    except PromptError:
        return False
    return True


def around(value: str, kind: str, language: str) -> tuple[str, ...]:
    """A value that something is compared with, and its neighbours."""
    found = read(value, kind if kind == "date" else "number", language)
    if isinstance(found, dt.date):
        days = (dt.timedelta(days=days) for days in (0, -1, 1))
        return tuple((found + day).isoformat() for day in days if dt.date.min < found < dt.date.max)
    if isinstance(found, Decimal):
        return tuple(f"{(found + step).normalize():f}" for step in (0, -1, 1))
    return (value,)


def _options(column: Column, usual: str, compared: tuple[str, ...], language: str) -> tuple[str, ...]:
    """The values of one column; the ordinary one first."""
    values = [usual]
    if compared and column.type in {"text", "name"}:
        # What the scenario looks for is what the column holds, and something else.
        values = [*compared[:_CONSTANTS], _OTHER.get(language, "other")]
    elif column.type in {"money", "number", "date"}:
        for value in compared[:_CONSTANTS]:
            values += around(value, column.type, language)
    else:
        values += compared[:_CONSTANTS]
    if not column.required:
        values.append("")
    return tuple(dict.fromkeys(values))
