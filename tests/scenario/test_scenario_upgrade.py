"""Documents of earlier formats: the table of functions, what it refuses, and the files kept of every format."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scenario_making import document

from oklik.scenario import upgrade
from oklik.scenario.document import FORMAT, from_json, load_file, load_text, to_json
from oklik.scenario.errors import ScenarioError
from oklik.scenario.upgrade import UPGRADES, upgraded

FORMATS = Path(__file__).parent / "formats"
KEPT = sorted(FORMATS.glob("*/*.yaml"))


def old(**changes: Any) -> dict[str, Any]:
    """A document of a format 0, in which the call began with `first`."""
    today = document({"bye": {"kind": "hangup", "text": "До свидания!"}})
    first = today.pop("start")
    return {**today, "format": 0, "first": first, **changes}


def to_1(data: dict[str, Any]) -> dict[str, Any]:
    data["start"] = data.pop("first")
    return data


@pytest.fixture
def format_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UPGRADES, 0, to_1)


def refused(data: Any, **told: Any) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        upgraded(data, "old.yaml", {}, **told)
    return caught.value


@pytest.mark.usefixtures("format_0")
def test_an_old_document_is_read_as_one_of_today() -> None:
    given = old()
    scenario = from_json(given)
    assert (scenario.format, scenario.start) == (FORMAT, "bye")
    assert scenario == load_text(json.dumps(given), "old.json")
    assert given == old(), "the document that was handed in is left as it was"
    assert to_json(scenario)["format"] == FORMAT


def test_functions_are_taken_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "FORMAT", 3)
    steps: list[int] = []

    def step(number: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def function(data: dict[str, Any]) -> dict[str, Any]:
            assert data["format"] == number
            steps.append(number)
            return data

        return function

    table = {number: step(number) for number in (1, 2)}
    assert upgraded({"format": 1, "name": "a"}, "old.yaml", {}, table) == {"format": 3, "name": "a"}
    assert upgraded({"format": 2}, "old.yaml", {}, table) == {"format": 3}
    assert steps == [1, 2, 2]
    assert "формата «1» не бывает" in refused({"format": 1}, table={2: step(2)}).text["ru"]


def test_todays_document_is_given_back_untouched() -> None:
    data = document({"bye": {"kind": "hangup"}})
    assert upgraded(data, "s.yaml", {}) is data


@pytest.mark.parametrize(
    ("given", "ru", "en"),
    [
        (2, "сценарий в формате 2, а эта версия программы понимает формат 1: обновите её", "upgrade it"),
        (0, "формата «0» не бывает; нужен 1", "there is no format '0'; it must be 1"),
        (-5, "формата «-5» не бывает", "there is no format"),
        (True, "формата «True» не бывает", "there is no format"),
        (1.0, "формата «1.0» не бывает", "there is no format"),
        ("1", "формата «1» не бывает", "there is no format"),
        ([1], "формата «[1]» не бывает", "there is no format"),
        (None, "не указан формат сценария", "is missing"),
    ],
)
def test_unknown_formats_are_refused(given: object, ru: str, en: str) -> None:
    error = refused({"format": given})
    assert (error.field, error.source) == ("format", "old.yaml")
    assert ru in error.text["ru"]
    assert en in error.text["en"]


@pytest.mark.usefixtures("format_0")
@pytest.mark.parametrize("data", [{"format": 0}, {"format": 0, "name": None}])
def test_a_malformed_old_document_is_refused_in_a_sentence(data: dict[str, Any]) -> None:
    assert refused(data).describe("ru") == (
        "old.yaml: документ не следует своему формату 0: перевести его в формат 1 нельзя"
    )


@pytest.mark.usefixtures("format_0")
def test_an_old_document_is_judged_by_the_rules_of_today() -> None:
    with pytest.raises(ScenarioError, match="there is no such field"):
        from_json(old(colour="red"))


def test_every_earlier_format_can_be_brought_up_and_has_files() -> None:
    assert sorted(UPGRADES) == list(range(1, FORMAT))
    assert {int(path.parent.name) for path in KEPT} == set(range(1, FORMAT + 1))


def within(kept: Any, now: Any) -> bool:
    """All that was there is there; fields that came since, with their defaults, may be beside it.

    Of nodes, options and the like, which a document names itself, nothing is added and the order stays.
    """
    if isinstance(kept, dict) and isinstance(now, dict):
        named = any(isinstance(value, dict) for value in kept.values()) and "kind" not in kept and "format" not in kept
        same = list(kept) == list(now) if named else kept.keys() <= now.keys()
        return same and all(within(kept[name], now[name]) for name in kept)
    if isinstance(kept, list) and isinstance(now, list):
        return len(kept) == len(now) and all(map(within, kept, now))
    return bool(kept == now)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_documents_of_every_format_read_as_they_did(path: Path, update_golden: bool) -> None:
    expected = path.with_suffix(".json")
    scenario = load_file(path)
    now = to_json(scenario)
    if update_golden:
        expected.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert within(json.loads(expected.read_text("utf-8")), now)
    assert from_json(json.loads(expected.read_text("utf-8"))) == scenario, "the version kept in the database"
