"""The reference and the schema are fresh, what they show is true, and the registries behind them are complete."""

import datetime as dt
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import jsonschema
import pytest
import yaml
from scenario_making import CONTACT, READY, TODAY, document

from oklik.scenario import describe
from oklik.scenario.check import check
from oklik.scenario.describe import main
from oklik.scenario.document import (
    COLUMN_TYPES,
    Column,
    Scenario,
    ScenarioError,
    Variable,
    from_json,
    load_file,
    to_json,
)
from oklik.scenario.json_schema import json_schema
from oklik.scenario.kinds import KINDS
from oklik.scenario.kinds.branch import Case, Condition
from oklik.scenario.kinds.menu import Option
from oklik.scenario.kinds.split import Way
from oklik.scenario.kinds.timetable import Opening
from oklik.scenario.simulate import INPUTS, simulate
from oklik.scenario.spoken import FILTERS, parse_template

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "docs" / "nodes.md", ROOT / "docs" / "scenario.schema.json"]
MODELS = (Scenario, Column, Variable, Option, Case, Condition, Way, Opening, *KINDS.values())


# -- fresh ------------------------------------------------------------------------------------------------------


def test_the_files_are_fresh() -> None:
    stale = "run: python -m oklik.scenario.describe docs/nodes.md docs/scenario.schema.json"
    assert main(["--check", *map(str, DOCS)]) == 0, stale


def test_a_stale_or_missing_file_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("reference", "json_schema"):
        monkeypatch.setattr(describe, name, cache(getattr(describe, name)))  # made once for all that is compared here
    files = [tmp_path / path.name for path in DOCS]
    assert main(["--check", *map(str, files)]) == 1
    assert main([str(file) for file in files]) == 0
    assert [file.read_text() for file in files] == [path.read_text() for path in DOCS]
    capsys.readouterr()
    files[1].write_text(files[1].read_text() + "\n")
    assert main(["--check", *map(str, files)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{files[1]}: stale; run python -m oklik.scenario.describe ")
    assert said.count("\n") == 1
    assert main([]) == main(["--chek", str(files[0])]) == 2


# -- true -------------------------------------------------------------------------------------------------------

EXAMPLES = [
    (kind, yaml.safe_load(block))
    for kind, block in re.findall(r"^### (\w+)\n.*?^```yaml\n(.*?)^```", DOCS[0].read_text(), re.DOTALL | re.MULTILINE)
]


def test_every_kind_has_an_example() -> None:
    assert [kind for kind, _ in EXAMPLES] == list(KINDS)


@pytest.mark.parametrize(("kind", "node"), EXAMPLES, ids=[kind for kind, _ in EXAMPLES])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_example_loads_and_runs(kind: str, node: dict[str, Any], language: str) -> None:
    assert node["kind"] == kind
    ends = {target: {"kind": "hangup"} for target in node.get("exits", {}).values()}
    both = {"ru": "Проба", "en": "Trial"}
    columns = {"name": {"title": both, "type": "name"}, "debt": {"title": both}, "days": {"title": both}}
    nodes = {"n": node, **ends}
    scenario = from_json(document(nodes, title=both, languages=["ru", "en"], columns=columns))
    assert [issue.code for issue in check(scenario) if issue.severity == "error"] == []
    lines = list(simulate(scenario, CONTACT | {"days": "5"}, "", TODAY, language))
    assert lines[0]["kind"] == kind
    if "text" in node:
        assert lines[0]["prompt"].startswith(node["text"][language].partition("{{")[0].rstrip()[:12])
    assert lines[-1]["ended"]
    if kind in ("menu", "ask", "identify"):
        lines = simulate(scenario, CONTACT, "1 1", TODAY, language)  # the second one confirms
        taken = next(line["exit"] for line in lines if line["exit"])
        assert taken == next(iter(KINDS[kind].model_validate(node).exits())).name


@pytest.mark.parametrize(
    "example", [example for kind in FILTERS.values() for example in kind.examples], ids=lambda one: one.slot
)
def test_a_filter_sounds_as_shown(example: Any) -> None:
    name = re.search(r"\w+", example.slot)
    assert name is not None
    said = parse_template(example.slot).speak(
        {name[0]: example.value}, language=example.language, today=dt.date(2026, 3, 2), personal=()
    )
    assert [piece.text for piece in said] == [example.spoken]


def test_every_filter_has_an_example_of_itself_and_reads_known_columns() -> None:
    for word, kind in FILTERS.items():
        assert kind.usage.startswith(word)
        assert kind.examples
        assert all(f"| {word}" in example.slot for example in kind.examples)
        assert {example.language for example in kind.examples} == {"ru", "en"}
        assert kind.columns <= COLUMN_TYPES.keys()


@pytest.mark.parametrize("forms", [forms for forms, _, _ in INPUTS])
def test_every_input_is_taken(forms: str) -> None:
    nodes = {
        "a": {
            "kind": "ask",
            "text": "Число?",
            "question": "n",
            "max_digits": 2,
            "exits": {"done": "r", "no_input": "r"},
        },
        "r": {
            "kind": "request",
            "url": "https://crm.example.com",
            "answers": {"name": {"path": "name", "type": "text", "example": "x"}},
            "exits": {"ok": "t", "failed": "t"},
        },
        "t": {"kind": "transfer", "group": "g", "leave_key": "*", "exits": {"talked": "v", "no_agent": "v"}},
        "v": {"kind": "record", "text": "Ответ?", "question": "said", "exits": {"done": "z", "no_input": "z"}},
        "z": {"kind": "hangup"},
    }
    for form in forms.split():
        keys = {"!": f"1 {form}", "~": f"1 !talked {form}"}.get(form[0], form)
        assert list(simulate(from_json(document(nodes)), CONTACT, keys, TODAY))[-1]["ended"]


# -- complete ---------------------------------------------------------------------------------------------------


def test_every_field_has_title_help_and_labels_of_its_values() -> None:
    for model in MODELS:
        for name, field in model.model_fields.items():
            if name == "kind":
                continue
            extra = field.json_schema_extra
            assert isinstance(extra, dict), f"{model.__name__}.{name}"
            assert extra["title"].keys() == extra["help"].keys() == {"ru", "en"}
            values = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
            if len(values) > 1:
                assert set(extra["choices"]) == set(values), f"{model.__name__}.{name}"


# -- the schema -------------------------------------------------------------------------------------------------

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert all(isinstance(title, str) for title in _titles(json_schema()))


def _titles(node: Any, *, field: bool = True) -> list[Any]:
    """Every `title` that is a keyword: under `properties` it is a field's name, under `x-oklik` our own."""
    if isinstance(node, list):
        return [title for item in node for title in _titles(item)]
    if not isinstance(node, dict):
        return []
    own = [node["title"]] if field and "title" in node else []
    return own + [
        title
        for key, item in node.items()
        if key != "x-oklik"
        for title in _titles(item, field=key not in ("properties", "$defs", "patternProperties"))
    ]


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_schema_takes_the_ready_scenarios(path: Path) -> None:
    """As they stand in the file, keys being texts as JSON has them, and as we write them."""
    for data in (_texts(yaml.safe_load(path.read_text())), to_json(load_file(path))):
        assert [error.message for error in VALIDATOR.iter_errors(data)] == []


def _texts(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _texts(value) for key, value in data.items()}
    return [_texts(item) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"purpose": "fun"},
        {"languages": []},
        {"colour": "red"},
        {"columns": {"Имя": {"title": "x"}}},
        {"nodes": {}},
        {"nodes": {"a": {"kind": "novelty"}}},
        {"nodes": {"a": {"kind": "play"}}},
        {"nodes": {"a": {"kind": "play", "text": ""}}},
        {"nodes": {"a": {"kind": "play", "text": {"russian": "x"}}}},
        {"nodes": {"a": {"kind": "menu", "text": "x", "options": {"11": {"exit": "b"}}}}},
        {"nodes": {"a": {"kind": "menu", "text": "x", "options": {}, "tries": 99}}},
        {"nodes": {"a": {"kind": "play", "text": "x", "exits": {"done": "Б"}}}},
    ],
    ids=str,
)
def test_what_the_loader_refuses_the_schema_refuses(change: dict[str, Any]) -> None:
    data = document({"a": {"kind": "hangup"}})
    assert VALIDATOR.is_valid(data)
    with pytest.raises(ScenarioError):
        from_json(data | change)
    assert not VALIDATOR.is_valid(data | change)
