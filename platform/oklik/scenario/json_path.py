"""Where in a JSON answer a value lies: JMESPath, as far as its cost cannot outgrow the answer, and values as text.

The answer comes from outside, and whoever reads it has other calls to look after.  So of JMESPath only that is taken
which looks at each value of an answer once: fields, indexes, slices, filters, projections, and two functions.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from oklik.scenario.errors import Sentence

MOST = 1000  # characters of a value
_PARTS = frozenset(
    (
        *("field", "subexpression", "index", "index_expression", "slice", "identity", "current", "literal"),
        *("projection", "value_projection", "filter_projection", "flatten", "pipe"),
        *("comparator", "and_expression", "or_expression", "not_expression"),
    )
)
_FUNCTIONS = frozenset({"length", "not_null"})


class NoAnswer(ValueError):
    """A body is no JSON that we read.  The message says why, without its contents."""


def path_fault(path: str) -> Sentence | None:
    """What is wrong with a path; None when it can be used."""
    try:
        parsed = _compiled(path).parsed
        used = {str(part["type"]) for part in _parts(parsed)}
        called = {str(part["value"]) for part in _parts(parsed) if part["type"] == "function_expression"}
    except (JMESPathError, RecursionError, ValueError):
        return {"ru": "это не путь JMESPath", "en": "not a JMESPath expression"}
    strange = sorted((used - _PARTS - {"function_expression"}) | (called - _FUNCTIONS))
    if strange:
        listed = ", ".join(strange)
        return {"ru": f"в пути нельзя: {listed}", "en": f"not possible in a path: {listed}"}
    return None


def read_body(body: bytes) -> Any:
    """The JSON value of a body, numbers exact.  Raises NoAnswer."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refused)
    except RecursionError:
        raise NoAnswer("the answer is nested too deeply") from None
    except ValueError:  # no JSON, no UTF-8, a number of thousands of digits
        raise NoAnswer("the answer is no JSON") from None


def values(answer: Any, wanted: Mapping[str, str]) -> dict[str, str]:
    """The texts of the values that an answer holds at these paths; what is not there, or is no single value, is not."""
    found = {name: text(_at(path, answer)) for name, path in wanted.items()}
    return {name: value for name, value in found.items() if value is not None}


def text(value: Any) -> str | None:
    """A JSON value as the text of a variable; None for null, lists and objects."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value[:MOST]
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        if not number.is_finite() or number.adjusted() > 30 or -number.adjusted() > 30:
            return None
        return f"{number:f}"
    return None


def _at(path: str, answer: Any) -> Any:
    try:
        return _compiled(path).search(answer)
    except (JMESPathError, RecursionError, ValueError, TypeError, ArithmeticError):
        return None  # such as the length of a number


@lru_cache(maxsize=1024)
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


def _parts(parsed: Any) -> Iterator[Any]:
    yield parsed
    for child in parsed["children"]:
        if isinstance(child, dict):
            yield from _parts(child)


def _refused(constant: str) -> Any:
    raise ValueError(constant)
