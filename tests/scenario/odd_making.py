"""Odd values put into documents wherever they fit, and what must hold of whatever comes out."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from scenario_making import CONTACT, TODAY

from oklik.scenario.check import check, describe
from oklik.scenario.document import ScenarioError, from_json, to_json
from oklik.scenario.errors import PromptError
from oklik.scenario.interpreter import start


def clear(line: str) -> bool:
    """One line, short enough to read."""
    return line.isprintable() and 10 < len(line) < 900


ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    7.5,
    10**17,
    "",
    " ",
    "-",
    "no",
    "\n",
    "{{",
    "{{ name }}",
    "х" * 2000,
    [],
    [[]],
    [{}],
    ["a", 1, None],
    {},
    {"ru": ""},
    {"ru": 5, "no": "x"},
    {"": ""},
    {"a": {"a": {}}},
)


def fields_of(model: Any) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value."""
    if path:
        yield path
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list | tuple) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def value_at(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(data, Mapping):
        return {**data, path[0]: changed(data.get(path[0], {}), path[1:], value)}
    return [changed(item, path[1:], value) if index == path[0] else item for index, item in enumerate(data)]


def survives(given: Any) -> bool:
    """Whether it is a scenario; either way nothing but clear words comes out."""
    try:
        scenario = from_json(given)
    except ScenarioError as refused:
        assert all(clear(refused.describe(language)) for language in ("ru", "en"))
        return False
    assert from_json(json.loads(json.dumps(to_json(scenario)))) == scenario
    assert all(clear(describe(issue, language)) for issue in check(scenario) for language in ("ru", "en"))
    try:
        start(scenario, CONTACT, TODAY)
    except PromptError as error:
        assert clear(error.describe("ru"))
    return True


def removed(data: Any, path: tuple[Any, ...]) -> Any:
    """The data without what stands there."""
    first, rest = path[0], path[1:]
    if rest:
        return changed(data, (first,), removed(data[first], rest))
    if isinstance(data, Mapping):
        return {key: value for key, value in data.items() if key != first}
    return [item for index, item in enumerate(data) if index != first]
