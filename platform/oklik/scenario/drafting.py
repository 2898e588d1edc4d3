"""A scenario while it is being written: what of it reads, what is wrong with it, which exits its nodes have.

A draft is JSON that may hold anything; nothing here refuses to keep it.  Where single fields cannot be read, the rest
is checked all the same: those fields are taken from the examples of their kinds, and nothing is told of their nodes but
what is wrong with the fields.  Keeping drafts is `campaigns.drafts`' business.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

import msgspec

from oklik.scenario import reading
from oklik.scenario.check import Issue, check
from oklik.scenario.document import Scenario, from_json
from oklik.scenario.errors import ScenarioError, Sentence
from oklik.scenario.kinds import KINDS
from oklik.scenario.kinds.base import NodeBase
from oklik.scenario.needs import HookShape

MAX_DEPTH = 100  # of what is kept; a scenario itself is flatter
_ROUNDS = 4  # a field that is mended may bring another one to light


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a document cannot be read as a scenario.  node, field: where, None if it is not inside one."""

    node: str | None
    field: str | None
    text: Sentence


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a draft.  scenario: None when it does not read.

    issues: as `check`; exits: by node (name, title); both of what reads, where parts do not.
    """

    scenario: Scenario | None
    problems: tuple[Problem, ...]
    issues: tuple[Issue, ...]
    exits: Mapping[str, Sequence[tuple[str, Sentence]]]


def check_keepable(document: Mapping[str, Any]) -> None:
    """Refuse what cannot be kept at all: too much of it, or what no database takes.  Raises ScenarioError."""
    for count, (path, value) in enumerate(reading.walk(document)):
        if count > reading.MAX_NODES:
            _refuse(f"в сценарии больше {reading.MAX_NODES} значений", f"more than {reading.MAX_NODES} values")
        if len(path) > MAX_DEPTH:
            _refuse("слишком глубокая вложенность", "nested too deeply")
        if isinstance(value, float) and not math.isfinite(value):
            _refuse("бесконечных чисел в сценарии не бывает", "no scenario holds an infinite number")
        if any(isinstance(text, str) and _unkept(text) for text in (value, path[-1] if path else None)):
            _refuse("в тексте нулевой знак или половина знака", "a text holds a null character or half a character")
    if len(json.dumps(document, ensure_ascii=False).encode()) > reading.MAX_BYTES:
        most = reading.MAX_BYTES // 1024
        _refuse(f"сценарий больше {most} КБ", f"the scenario is larger than {most} KB")


def _unkept(text: str) -> bool:
    return (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)) or "\0" in text


def _refuse(ru: str, en: str) -> NoReturn:
    raise ScenarioError("", "", "", {"ru": ru, "en": en})


def review(
    document: Mapping[str, Any],
    *,
    hooks: Mapping[str, HookShape] | None = None,
    recorded: Collection[str] | None = None,
) -> Review:
    """Read and check a draft.  hooks, recorded: as `check`."""
    try:
        scenario = from_json(document, "")
    except ScenarioError as error:
        problems, faults = problems_of(error), [error, *error.others]
    else:
        issues = check(scenario, hooks=hooks, recorded=recorded)
        return Review(scenario=scenario, problems=(), issues=tuple(issues), exits=exits_of(scenario))
    mended = _mended(document, faults)
    if mended is None:
        return Review(scenario=None, problems=problems, issues=(), exits={})
    bad = {fault.node for fault in faults}
    issues = [issue for issue in check(mended, hooks=hooks, recorded=recorded) if issue.node not in bad]
    return Review(scenario=None, problems=problems, issues=tuple(issues), exits=exits_of(mended))


def problems_of(error: ScenarioError) -> tuple[Problem, ...]:
    """All that is told by an error of reading."""
    return tuple(
        Problem(node=one.node or None, field=one.field or None, text=one.text) for one in (error, *error.others)
    )


def exits_of(scenario: Scenario) -> dict[str, tuple[tuple[str, Sentence], ...]]:
    """The exits of each node as it is written; those of a called scenario are what it returns by."""
    written = scenario.written
    return {name: _exits(node, written) for name, node in written.nodes.items()}


def _exits(node: NodeBase, scenario: Scenario) -> tuple[tuple[str, Sentence], ...]:
    own = {exit_.name: dict(exit_.title) for exit_ in node.exits()}
    called = scenario.subscenarios.get(node.calls() or "")
    for inner in called.nodes.values() if called is not None else ():
        if (name := inner.returns()) is not None:
            own.setdefault(name, {"ru": name, "en": name})
    return tuple(own.items())


def _mended(document: Mapping[str, Any], faults: Sequence[ScenarioError]) -> Scenario | None:
    """The scenario with examples in the place of what does not read; None where that does not help."""
    if not isinstance(document.get("nodes"), Mapping):
        return None
    data = {**document, "nodes": dict(document["nodes"])}
    for _ in range(_ROUNDS):
        done = [_mend(data["nodes"], fault) for fault in faults]  # all of them, whatever the first one says
        if not all(done):
            return None
        try:
            return from_json(data, "")
        except ScenarioError as error:
            faults = [error, *error.others]
    return None


def _mend(nodes: dict[str, Any], fault: ScenarioError) -> bool:
    """Put the kind's example in the place of the field that is to blame.  False: it is none of a node."""
    node = nodes.get(fault.node)
    kind = KINDS.get(str(node.get("kind"))) if isinstance(node, Mapping) else None
    if kind is None or not isinstance(node, Mapping):
        return False
    field = fault.field.partition(".")[0]
    rest = {name: value for name, value in node.items() if name != field}
    if field in kind.example and field != "exits":
        rest[field] = kind.example[field]
    elif field not in node:
        return False
    nodes[fault.node] = rest
    return True
