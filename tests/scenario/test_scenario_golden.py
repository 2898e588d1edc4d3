"""Golden runs: those beside the ready scenarios, and what is told of a run that goes otherwise than it is written."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_making import CONTACT, READY, TODAY, make

from oklik.scenario.check import check, describe
from oklik.scenario.document import Scenario, from_json, load_file, to_json
from oklik.scenario.errors import ScenarioError
from oklik.scenario.golden import GoldenRun, differences, lines, play, read_runs, write_runs
from oklik.scenario.prompts import all_prompts

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(SCENARIOS.glob("*/golden/*.yaml"))


def runs_of(path: Path) -> tuple[Scenario, tuple[GoldenRun, ...]]:
    return load_file(path.parents[1] / path.name), read_runs(path.read_text("utf-8"), str(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_golden_runs(path: Path, update_golden: bool) -> None:
    scenario, runs = runs_of(path)
    if update_golden:
        path.write_text(write_runs([play(scenario, run) for run in runs], path.read_text("utf-8")), "utf-8")
        scenario, runs = runs_of(path)
    assert [(run.name, told["ru"]) for run in runs for told in differences(scenario, run)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_everything_heard_in_golden_runs_is_made_ahead(path: Path) -> None:
    scenario, runs = runs_of(path)
    for run in runs:
        prompts = all_prompts(scenario, run.contact, run.today, run.language)
        ready = {part.text for part in prompts}
        words = {word for part in prompts if part.words for word in part.text.split()}
        for line in lines(scenario, run):
            asked = line["instruction"] or {}
            for part in (*asked.get("parts", ()), *asked.get("waiting", ())):
                # What was keyed in, or came from another system, is put together of single words.
                put_together = part.get("words", False) and set(re.findall(r"[\w-]+", part["text"])) <= words
                assert part["text"] in ready or put_together, part


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_ready_scenarios_have_no_issues_and_golden_runs(path: Path) -> None:
    scenario = load_file(path)
    assert [describe(issue) for issue in check(scenario)] == []
    assert from_json(to_json(scenario)) == scenario
    assert path.parent / "golden" / path.name in FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_golden_runs_come_to_every_node(path: Path) -> None:
    scenario, runs = runs_of(path)
    seen = set()
    for run in runs:
        for line in lines(scenario, run):
            seen |= {line["node"]} | {fact["node"] for fact in line["facts"]}
    assert seen == set(scenario.nodes)


# -- runs that go otherwise ---------------------------------------------------------------------------------------

NODES: dict[str, Any] = {
    "note": {"kind": "set", "variable": "stage", "value": "called", "exits": {"done": "ask"}},
    "ask": {
        "kind": "menu",
        "text": "Если придёте, нажмите 1. Если нет — 2.",
        "question": "coming",
        "options": {"1": {"exit": "yes", "label": "Да", "value": "yes"}, "2": {"exit": "no", "value": "no"}},
        "exits": {"yes": "bye", "no": "sorry", "no_input": "sorry"},
    },
    "bye": {"kind": "hangup", "text": "До свидания!"},
    "sorry": {"kind": "hangup", "text": "Жаль.", "outcome": "declined"},
}
FIRST = GoldenRun(name="да", contact=CONTACT, today=TODAY, keys="1")


def changed(node: str, **fields: Any) -> list[str]:
    """What is told of the run after one node changed."""
    written = play(make(NODES), FIRST)
    nodes = {**NODES, node: {**NODES[node], **fields}}
    found = list(differences(make(nodes), written))
    assert all(told["en"] and told["en"] != told["ru"] for told in found)
    return [told["ru"] for told in found]


def test_a_run_holds_instructions_events_and_facts() -> None:
    run = play(make(NODES), FIRST)
    assert run.model_dump(mode="json", exclude_defaults=True)["steps"] == [
        {"node": "note", "exit": "done"},
        {
            "node": "ask",
            "prompt": "Если придёте, нажмите один. Если нет — два.",
            "asks": {"type": "collect", "allowed": "12"},
            "event": {"type": "digits", "keys": "1"},
            "facts": [
                {"type": "variable_set", "name": "stage", "value": "called"},
                {"type": "answered", "question": "coming", "value": "yes", "label": "Да"},
            ],
            "exit": "yes",
        },
        {
            "node": "bye",
            "prompt": "До свидания!",
            "asks": {"type": "play"},
            "event": {"type": "played"},
            "facts": [{"type": "ended", "reason": "completed"}],
        },
        {"node": "bye", "asks": {"type": "hangup"}},
    ]
    assert (run.answers, run.ended) == ({"coming": "yes"}, "completed")
    assert list(differences(make(NODES), run)) == []


@pytest.mark.parametrize(
    ("node", "fields", "lines"),
    [
        ("bye", {"text": "Пока!"}, ["ход 3, шаг bye: слышно: было «До свидания!», стало «Пока!»"]),
        (
            "ask",
            {"timeout_s": 9},
            ["ход 2, шаг ask: просит коммутатор: было timeout_s: ничего, стало timeout_s: 9"],
        ),
        (
            "bye",
            {"outcome": "declined"},
            [
                (
                    "ход 3, шаг bye: записано: было type: «ended», reason: «completed», "
                    "стало type: «ended», reason: «declined»"
                ),
                "итог: было «completed», стало «declined»",
            ],
        ),
        (
            "ask",
            {"exits": {"yes": "sorry", "no": "sorry", "no_input": "sorry"}},
            ["ход 3: был шаг «bye», стал «sorry», дальше путь другой", "итог: было «completed», стало «declined»"],
        ),
        (
            "note",
            {"value": "reached"},
            [
                (
                    "ход 2, шаг ask: записано: было type: «variable_set», name: «stage», value: «called», "
                    "type: «answered», question: «coming», value: «yes», label: «Да», стало "
                    "type: «variable_set», name: «stage», value: «reached», "
                    "type: «answered», question: «coming», value: «yes», label: «Да»"
                )
            ],
        ),
        (
            "bye",
            {"text": "{{ due | money('RUB') }}"},
            ["до конца не проходит: шаг bye, text: «due»: не читается «31.12.2026», нужно: сумма"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_goes_otherwise_is_told(node: str, fields: dict[str, Any], lines: list[str]) -> None:
    found = changed(node, **fields)
    assert len(found) == len(lines)
    for told, line in zip(found, lines, strict=True):
        assert told.startswith(line.partition(": «due»")[0]), told


def test_a_run_that_cannot_be_played_or_is_not_written_out_is_told() -> None:
    scenario = make(NODES)
    lost = GoldenRun(name="x", contact=CONTACT, today=TODAY, keys="!talked")
    assert [told["ru"] for told in differences(scenario, lost)] == [
        "до конца не проходит: «!talked» стоит там, где ждут кнопок: шаг ask"
    ]
    foreign = GoldenRun(name="x", contact=CONTACT, today=TODAY, language="en")
    assert [told["ru"] for told in differences(scenario, foreign)] == ["в сценарии нет языка «en»"]
    assert [told["ru"] for told in differences(scenario, FIRST)] == ["что должно выйти, ещё не записано"]


def test_what_is_recorded_as_several_words_is_the_same_after_a_file() -> None:
    mark = {"kind": "mark", "tags": ["VIP", "весной"], "exits": {"done": "ask"}}
    scenario = make({**NODES, "note": mark})
    written = read_runs(write_runs([play(scenario, FIRST)]), "g.yaml")
    assert [fact for step in written[0].steps for fact in step.facts if fact["type"] == "marked"] == [
        {"type": "marked", "tags": ["VIP", "весной"]}
    ]
    assert list(differences(scenario, written[0])) == []


def test_another_day_is_another_run() -> None:
    scenario = make({**NODES, "bye": {"kind": "hangup", "text": "Срок — {{ due | date }}."}})
    written = play(scenario, FIRST)
    later = written.model_copy(update={"today": dt.date(2027, 1, 1)})
    (told,) = differences(scenario, later)
    assert "слышно" in told["ru"]


# -- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\n", "g.yaml: нужен список прогонов"),
        ("- name: a\n  contact: {}\n", "g.yaml:1: 0.today: поле не заполнено"),
        ("- name: a\n  contact: {}\n  today: 2026-03-02\n  key: 1\n", "g.yaml:4: 0.key: такого поля нет"),
        ("- name: a\n  contact: [1]\n  today: 2026-03-02\n", "g.yaml:2: 0.contact: нужны поля с именами"),
        ("- {name: a, contact: {}, today: soon}\n", "g.yaml:1: 0.today: нужна дата: ГГГГ-ММ-ДД"),
        ("- &a {name: a}\n- *a\n", "g.yaml:1: якоря и ссылки YAML (& и *) не допускаются"),
        ("[", "g.yaml:"),
        (
            "- {name: a, contact: {}, today: 2026-03-02}\n- {name: a, contact: {}, today: 2026-03-02}\n",
            "g.yaml:2: 1.name: прогон «a» уже есть",
        ),
    ],
    ids=range(8),
)
def test_bad_files_are_refused_in_a_line(text: str, says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_runs(text, "g.yaml")
    assert caught.value.describe("ru").startswith(says)


def test_the_comment_at_the_top_stays() -> None:
    assert write_runs([FIRST], head="Прогоны").startswith("# Прогоны\n- name: да\n")
    before = "# Один\n# два\n- name: b\n"
    assert write_runs([FIRST], before, "Прогоны").startswith("# Один\n# два\n- name: да\n")


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf"), exclude_characters="\u2028\u2029\x85"), max_size=12),
    st.from_regex(
        r"[-+]?[0-9_.:xob]{0,6}(e[-+]?[0-9])?|no|yes|null|~|[0-9]{4}-[0-9]{2}-[0-9]{2}|[-*&!#%@|>?]", fullmatch=True
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(TEXTS, TEXTS, max_size=3), TEXTS)
def test_what_is_written_is_read_again(contact: dict[str, str], keys: str) -> None:
    run = FIRST.model_copy(update={"contact": contact, "keys": keys, "answers": contact})
    assert read_runs(write_runs([run]), "g.yaml") == (run,)
