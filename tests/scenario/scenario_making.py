"""Small scenarios for tests: one node under test, with an end behind each of its exits."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oklik.scenario.document import Scenario, from_json
from oklik.scenario.kinds import KINDS
from oklik.scenario.simulate import simulate

_READY = Path(__file__).parents[2] / "scenarios"
READY = sorted(path for path in _READY.glob("*/*.yaml") if path.parent.name != "examples")
TODAY = dt.date(2026, 3, 2)
CONTACT = {"name": "ИВАНОВ ИВАН ИВАНОВИЧ", "debt": "21001,50", "due": "31.12.2026", "city": "Омск"}

COLUMNS: dict[str, Any] = {
    "name": {"title": "ФИО", "type": "name"},
    "debt": {"title": "Сумма долга", "type": "money", "private": True},
    "due": {"title": "Срок оплаты", "type": "date", "private": True},
    "city": {"title": "Город", "required": False},
}
# What the example of a call names.
WHO: dict[str, Any] = {
    "format": 1,
    "name": "who-answers",
    "title": {"ru": "Кто ответил", "en": "Who answers"},
    "languages": ["ru", "en"],
    "purpose": "informational",
    "start": "ask",
    "variables": {"stage": {}},
    "nodes": {
        "ask": {
            "kind": "menu",
            "text": {"ru": "Это вы — 1, не вы — 2.", "en": "If it is you, press 1, else 2."},
            "options": {"1": {"exit": "yes"}, "2": {"exit": "no"}},
            "exits": {"yes": "mine", "no": "stranger", "no_input": "stranger"},
        },
        "mine": {"kind": "return"},
        "stranger": {"kind": "return", "exit": "stranger"},
    },
}


def document(nodes: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A Russian scenario of these nodes, the first is the start; with the one that the example of a call names."""
    called = any(node.get("scenario") == WHO["name"] for node in nodes.values() if isinstance(node, Mapping))
    return {
        "format": 1,
        "name": "test",
        "title": "Проба",
        "languages": ["ru"],
        "purpose": "informational",
        "start": next(iter(nodes)),
        "columns": COLUMNS,
        "variables": {"stage": {}},
        "nodes": dict(nodes),
        **({"subscenarios": {WHO["name"]: WHO}} if called else {}),
        **changes,
    }


def make(nodes: Mapping[str, Any], **changes: Any) -> Scenario:
    return from_json(document(nodes, **changes))


def around(node: Mapping[str, Any], **changes: Any) -> Scenario:
    """The node as `n`, each exit leading to an end `to_<exit>`."""
    names = [exit_.name for exit_ in KINDS[node["kind"]].model_validate(node).exits()]
    ends = {f"to_{name}": {"kind": "hangup"} for name in names}
    wired = {"exits": {name: f"to_{name}" for name in names}} | dict(node)
    return make({"n": wired, **ends}, **changes)


def run(scenario: Scenario, keys: str, contact: Mapping[str, str] = CONTACT) -> list[dict[str, Any]]:
    return list(simulate(scenario, contact, keys, TODAY))


def facts(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [fact for line in lines for fact in line["facts"]]


def way(lines: list[dict[str, Any]]) -> list[str]:
    """The exits taken, in order."""
    return [fact["exit"] for fact in facts(lines) if fact["type"] == "left"]
