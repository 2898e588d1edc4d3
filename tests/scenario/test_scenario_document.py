"""Reading documents: what is refused, where the error says it stands, and that nothing is lost on the way back."""

import json
from pathlib import Path
from typing import Any

import pytest
from scenario_making import COLUMNS, document

from oklik.scenario import reading
from oklik.scenario.document import ScenarioError, from_json, load_file, load_text, to_json

GOOD = """\
format: 1
name: test
title: Проба
languages: [ru]
purpose: informational
start: a
nodes:
  a:
    kind: menu
    text: Да — 1
    options:
      1: {exit: yes}
      "*": {exit: no}
    exits: {yes: b, no: b}
  b: {kind: hangup}
"""


def refused(text: str, source: str = "f.yaml") -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load_text(text, source)
    error = caught.value
    assert "\n" not in str(error)
    assert str(error).startswith(source)
    assert error.text["ru"] and error.text["en"]
    return error


def test_words_and_keys_stay_what_they_are() -> None:
    scenario = load_text(GOOD, "f.yaml")
    assert scenario.node("a").targets == {"yes": "b", "no": "b"}
    assert from_json(to_json(scenario)) == scenario
    assert load_text(json.dumps(to_json(scenario), indent="\t"), "f.json") == scenario
    assert load_text("\ufeff" + GOOD.replace("\n", "\r\n"), "f.yaml") == scenario


def test_scalars_follow_yaml_1_2() -> None:
    data, _ = reading.read(
        "{a: [no, off, 12:30, 010, 1, -2, 1.5, true, null, ~, '1', +7, 2026-01-01, 1e3]}".replace("{a", "a").replace(
            "]}", "]"
        ),
        "f",
    )
    assert data["a"] == ["no", "off", "12:30", "010", 1, -2, 1.5, True, None, None, "1", "+7", "2026-01-01", "1e3"]


HOSTILE = {
    "alias": ("a: &x [1]\nb: *x\n", 1, "anchors"),
    "billion laughs": ("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", 1, "anchors"),
    "anchored key": ("&k a: 1\n", 1, "plain word"),
    "merge key": ("base: &b {x: 1}\nc:\n  <<: *b\n", 1, "anchors"),
    "tag": ("a: !!python/object/apply:os.system [ls]\n", 1, "tags"),
    "local tag": ("a: 1\nb: !x 2\n", 2, "tags"),
    "duplicate key": ("a: 1\nb: 2\na: 3\n", 3, "repeated"),
    "duplicate key of another spelling": ("1: x\n'1': y\n", 2, "repeated"),
    "deep": ("a: " + "[" * 60 + "]" * 60, 1, "deep"),
    "very deep": ("[" * 60_000, 1, "deep"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, "more than one"),
    "complex key": ("? [a]\n: 1\n", 1, "plain word"),
    "markup": ("a: [1\n", None, "YAML"),
    "empty": ("", None, "empty"),
    "only a comment": ("# nothing\n", None, "empty"),
    "control character": ('a: 1\nb: "x\\u0007"\n', 2, "U+0007"),
    "null character": ('a: "\\0"\n', 1, "U+0000"),
    "text direction": ('a: "\u202egpj"\n', 1, "U+202E"),
    "control character in a key": ('"a\\u0001": 1\n', 1, "U+0001"),
    "raw control character": ("a: \x07\n", None, "YAML"),
    "list": ("- 1\n", None, "expected fields"),
    "word": ("hello\n", None, "expected fields"),
    "large": ("a: " + "x" * (1024 * 1024), None, "larger"),
    "many values": ("a: [" + "1," * 150_000 + "1]", 1, "too many"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml(name: str) -> None:
    text, line, words = HOSTILE[name]
    error = refused(text)
    assert words in str(error)
    assert line is None or error.line == line


HOSTILE_JSON = {
    "duplicate key": ('{"a": 1, "a": 2}', "repeated"),
    "deep": ('{"a": ' + "[" * 60 + "]" * 60 + "}", "deep"),
    "very deep": ('{"a": ' + "[" * 200_000, "deep"),
    "not a number": ('{"a": NaN}', "NaN"),
    "long number": ('{"a": ' + "9" * 10_000 + "}", "long a number"),
    "control character": ('{"a": "\\u0007"}', "U+0007"),
    "lone surrogate": ('{"a": "\\ud800"}', "U+D800"),
    "cut": ('{"a": ', "not JSON"),
}


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_hostile_json(name: str) -> None:
    text, words = HOSTILE_JSON[name]
    assert words in str(refused(text, "f.json"))
    assert words in str(refused(text, "posted"))


def test_plain_data_is_searched_too() -> None:
    with pytest.raises(ScenarioError, match=r"U\+0000"):
        from_json(document({"a": {"kind": "hangup", "text": "x\0"}}))
    deep: Any = {}
    for _ in range(3000):
        deep = {"x": deep}
    with pytest.raises(ScenarioError, match="deep"):
        from_json(document({"a": {"kind": "hangup"}}, layout=deep))


@pytest.mark.parametrize(
    ("old", "new", "node", "field", "line"),
    [
        ("exit: yes", "exit: Да!", "a", "options.1.exit", 12),
        ("exit: yes", "exi: yes", "a", "options.1.exit", 12),
        ("kind: menu", "kind: menue", "a", "", 8),
        ("    kind: menu\n", "", "a", "", 8),
        ("text: Да — 1", "text: ''", "a", "text", 10),
        ("text: Да — 1", "text: [1]", "a", "text", 10),
        ("text: Да — 1", "text: {ru: ''}", "a", "text.ru", 10),
        ("text: Да — 1", "text: x\n    tries: 99", "a", "tries", 11),
        ("text: Да — 1", "text: x\n    tries: many", "a", "tries", 11),
        ("text: Да — 1", "text: x\n    colour: red", "a", "colour", 11),
        ("1: {exit", "11: {exit", "a", "options.11", 12),
        ("format: 1", "format: 2", "", "format", 1),
        ("start: a\n", "", "", "start", None),
        ("purpose: informational", "purpose: fun", "", "purpose", 5),
        ("languages: [ru]", "languages: []", "", "languages", 4),
        ("name: test", "name: 'Имя'", "", "name", 2),
    ],
)
def test_the_place_of_a_fault_is_named(old: str, new: str, node: str, field: str, line: int | None) -> None:
    assert old in GOOD
    error = refused(GOOD.replace(old, new))
    assert (error.node, error.field, error.line) == (node, field, line)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(GOOD)
    assert load_file(path).name == "test"
    with pytest.raises(ScenarioError, match="cannot read the file"):
        load_file(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match="cannot read the file"):
        load_file(tmp_path)
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(ScenarioError, match=r"s\.yaml:2: the file is not UTF-8"):
        load_file(path)
    path.write_bytes("я".encode() * 1024 * 1024)
    with pytest.raises(ScenarioError, match="larger"):
        load_file(path)


def test_private_columns_are_personal() -> None:
    scenario = from_json(document({"a": {"kind": "hangup"}}))
    assert scenario.columns["debt"].personal
    assert not scenario.columns["name"].personal
    assert "personal" not in COLUMNS["debt"]


def test_the_russian_line() -> None:
    error = refused(GOOD.replace("kind: menu", "kind: menue"))
    assert error.describe("ru").startswith("f.yaml:8: шаг a: неизвестный вид шага «menue»; есть: play, identify, ")


@pytest.mark.parametrize(
    ("old", "new", "ru", "en"),
    [
        ("text: Да — 1", "text: x\n    timeout_s: 99", "нужно не больше 30", "must be at most 30"),
        ("text: Да — 1", "text: x\n    timeout_s: 0", "нужно не меньше 1", "must be at least 1"),
        (
            "purpose: informational",
            "purpose: fun",
            "нужно одно из: informational, debt, survey, advertising, appointment",
            "must be one of: informational, debt, survey, advertising, appointment",
        ),
    ],
)
def test_limits_and_choices_are_written_for_people(old: str, new: str, ru: str, en: str) -> None:
    error = refused(GOOD.replace(old, new))
    assert error.text == {"ru": ru, "en": en}


@pytest.mark.parametrize(
    ("line", "said", "at"),
    [
        ("format: 2\nfuture: 1\n", "the scenario is of format 2, and this version knows format 1: upgrade it", 1),
        ("", "the format of the scenario is missing: the line “format: 1” is needed", None),
        ("format:\n", "the format of the scenario is missing: the line “format: 1” is needed", 1),
        ("format: 0\n", "there is no format '0'; it must be 1", 1),
        ("format: one\n", "there is no format 'one'; it must be 1", 1),
        ("format: true\n", "there is no format 'True'; it must be 1", 1),
        ("format: 1.0\n", "there is no format '1.0'; it must be 1", 1),
    ],
)
def test_another_format_is_refused_before_all_else(line: str, said: str, at: int | None) -> None:
    error = refused(GOOD.replace("format: 1\n", line).replace("kind: menu", "kind: novelty"))
    assert (error.message, error.field, error.line) == (said, "format", at)
    assert "\n" not in error.describe("ru")
    with pytest.raises(ScenarioError, match="format"):
        from_json({"name": "x", "nodes": {}})
