"""The ready scenarios that come with Oklik: which there are, and a copy of one to begin with."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from oklik.scenario.document import ScenarioError, load_file, to_json
from oklik.scenario.kinds.base import texts

SHIPPED = Path(__file__).resolve().parents[3] / "scenarios"
_ROW = re.compile(r"\| `([a-z0-9-]+)` \| ([^|]+) \| ([^|]+) \|")


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A ready scenario.  code: its folder; title, description: in ru and en; documents: by language."""

    code: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    nodes: int
    documents: Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=2)
def ready_scenarios(folder: Path = SHIPPED) -> dict[str, Ready]:
    """Give all of a folder by their codes; none where there is no such folder.  Read once."""
    told = _descriptions(folder)
    found = {}
    for place in sorted(path for path in folder.glob("*") if path.name in told):
        documents, titles, nodes = {}, {}, 0
        for language in ("ru", "en"):
            try:
                scenario = load_file(place / f"{language}.yaml")
            except ScenarioError:
                continue
            documents[language], nodes = to_json(scenario), len(scenario.written.nodes)
            titles[language] = next(iter(texts(scenario.title, scenario.languages).values()), place.name)
        if documents:
            title = {code: titles.get(code) or next(iter(titles.values())) for code in ("ru", "en")}
            found[place.name] = Ready(
                code=place.name, title=title, description=told[place.name], nodes=nodes, documents=documents
            )
    return found


def _descriptions(folder: Path) -> dict[str, Mapping[str, str]]:
    """What the folder's page says of each."""
    try:
        page = (folder / "README.md").read_text("utf-8")
    except OSError:
        return {}
    return {row[0]: {"ru": row[1].strip(), "en": row[2].strip()} for row in _ROW.findall(page)}


def blank(name: str, title: str, language: str) -> dict[str, Any]:
    """Give the document of a new scenario: it greets and hangs up."""
    hello = {"ru": "Здравствуйте!", "en": "Hello!"}.get(language, "Hello!")
    return {
        "format": 1,
        "name": name,
        "title": title,
        "languages": [language],
        "purpose": "informational",
        "start": "hello",
        "nodes": {
            "hello": {"kind": "play", "text": hello, "exits": {"done": "bye"}},
            "bye": {"kind": "hangup"},
        },
        "layout": {"hello": {"x": 0, "y": 0}, "bye": {"x": 0, "y": 160}},
    }
