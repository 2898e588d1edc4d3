"""What an editor must know of the node kinds, in one language: all of it drawn from the kinds' own definitions."""

from functools import lru_cache
from typing import Any

from oklik.scenario.document import Scenario
from oklik.scenario.json_schema import plain
from oklik.scenario.kinds import GROUPS, KINDS
from oklik.scenario.kinds.base import NodeBase

_NOT_ITS_OWN = ("nodes", "subscenarios")  # of the whole document: they have views of their own


@lru_cache(maxsize=4)
def palette(language: str) -> dict[str, Any]:
    """`groups`, `kinds` by name, and `scenario`, the schema of the whole document's fields; not to be changed.

    Of a kind: title, help, icon, group, silent, example, schema, and its exits: fixed (name, title), from (the field
    whose items name more), each (the item's own field of that).
    """
    kinds = {name: _kind(kind, language) for name, kind in KINDS.items()}
    groups = [
        {"code": code, "title": title[language], "kinds": [name for name in kinds if kinds[name]["group"] == code]}
        for code, title in GROUPS.items()
    ]
    return {"groups": groups, "kinds": kinds, "scenario": _document(language)}


def _kind(kind: type[NodeBase], language: str) -> dict[str, Any]:
    node = kind.model_validate(kind.example)
    named = _named(kind)
    fixed = [{"name": exit_.name, "title": exit_.title[language]} for exit_ in node.exits() if exit_.name not in named]
    source, each = kind.exits_from or (None, None)
    return {
        "title": kind.kind_title[language],
        "help": kind.help_ru if language == "ru" else " ".join((kind.__doc__ or "").split()),
        "icon": kind.icon,
        "group": kind.family,
        "silent": kind.silent,
        "example": kind.example,
        "schema": in_language(plain(kind.model_json_schema(by_alias=True)), language),
        "fixed": fixed,
        "from": source,
        "each": each,
    }


def _named(kind: type[NodeBase]) -> set[str]:
    """The exits of the example that its own items name."""
    if kind.exits_from is None:
        return set()
    field, each = kind.exits_from
    items = kind.example[field]
    if isinstance(items, str):  # the name of what is called: all exits are its own
        return set(kind.example["exits"])
    listed = items.values() if isinstance(items, dict) else items
    return {item[each] if each else item for item in listed}


def _document(language: str) -> dict[str, Any]:
    """The schema of the document's own fields: without nodes, and without what only they refer to."""
    schema = plain(Scenario.model_json_schema(by_alias=True))
    own = schema["$defs"].pop(Scenario.__name__)
    own["properties"] = {name: field for name, field in own["properties"].items() if name not in _NOT_ITS_OWN}
    own["required"] = [name for name in own.get("required", ()) if name in own["properties"]]
    own["$defs"] = {name: schema["$defs"][name] for name in ("Column", "Variable")}
    made: dict[str, Any] = in_language(own, language)
    return made


def in_language(node: Any, language: str) -> Any:
    """A schema as `json_schema` makes it, with titles, helps and choices in one language."""
    if isinstance(node, list):
        return [in_language(item, language) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: in_language(value, language) for key, value in node.items() if key != "x-oklik"}
    if isinstance(ours := node.get("x-oklik"), dict):
        made["title"], made["description"] = ours["title"][language], ours["help"][language]
        made["x-oklik"] = {"widget": ours["widget"]}
        if "choices" in ours:
            made["x-oklik"]["choices"] = {value: label[language] for value, label in ours["choices"].items()}
    return made
