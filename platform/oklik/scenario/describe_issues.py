"""What `check` can find, read out of the source: every code with its severity and its sentences.

The sentences stand where a fault is found, in the kinds too, so that a list of its own would go stale; here the source
is searched for the calls of `error` and `warning`.  Writing the table is the business of `describe`.
"""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

import oklik.scenario
from oklik.scenario.check import MISSING

_RAISING = {"error", "warning"}


class Finding(NamedTuple):
    """A code, its severities and its sentences in English and Russian; «…» stands for what depends on the scenario."""

    code: str
    severities: tuple[str, ...]
    english: tuple[str, ...]
    russian: tuple[str, ...]


def findings() -> list[Finding]:
    """Every code, in alphabetical order."""
    raised = [(code, "error", ru.format(title="…"), en.format(title="…")) for code, (ru, en) in MISSING.items()]
    for module in _modules():
        for function in ast.walk(ast.parse(inspect.getsource(import_module(module)))):
            if isinstance(function, ast.FunctionDef):
                raised += _raised(function)
    return [
        Finding(
            code,
            *(
                tuple(dict.fromkeys(item[place] for item in raised if item[0] == code and item[place]))
                for place in (1, 3, 2)
            ),
        )
        for code in sorted({item[0] for item in raised})
    ]


def _modules() -> Iterator[str]:
    """The rooms in which issues are raised: this one and the kinds."""
    for module in pkgutil.walk_packages(oklik.scenario.__path__, "oklik.scenario."):
        if not module.ispkg and ".spoken." not in module.name:
            yield module.name


def _raised(function: ast.FunctionDef) -> Iterator[tuple[str, str, str, str]]:
    """(code, severity, Russian, English) of every issue that a function raises with a code written out."""
    known = _assigned(function)
    for call in ast.walk(function):
        name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
        if name not in _RAISING or not isinstance(call, ast.Call) or len(call.args) != 5:
            continue
        code, ru, en = call.args[2:]
        if isinstance(code, ast.Constant):
            yield str(code.value), name, _sentence(ru, call.lineno, known), _sentence(en, call.lineno, known)


def _assigned(function: ast.FunctionDef) -> list[tuple[int, str, ast.expr]]:
    """(line, name, value) of every plain assignment, pairs taken apart."""
    found = []
    for item in ast.walk(function):
        if not isinstance(item, ast.Assign):
            continue
        target, value = item.targets[0], item.value
        if isinstance(target, ast.Name):
            found.append((item.lineno, target.id, value))
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = zip(target.elts, value.elts, strict=False)
            found += [(item.lineno, name.id, part) for name, part in pairs if isinstance(name, ast.Name)]
    return sorted(found, key=lambda item: item[0])


def _sentence(text: ast.expr, line: int, known: list[tuple[int, str, ast.expr]]) -> str:
    """The text of an expression; a name stands for what was assigned to it last."""
    if isinstance(text, ast.Name):
        given = [value for at, name, value in known if name == text.id and at <= line]
        return _sentence(given[-1], line, []) if given else ""
    if isinstance(text, ast.JoinedStr):
        return "".join(_sentence(part, line, []) for part in text.values)
    if isinstance(text, ast.FormattedValue):
        return "“…”" if text.conversion == ord("r") else "…"
    return str(text.value) if isinstance(text, ast.Constant) else ""
