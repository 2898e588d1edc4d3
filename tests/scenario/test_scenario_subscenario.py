"""Scenarios that call others: one flat scenario comes of it, and what makes no sense is told where it is written."""

import json
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd_making import ODD, changed, places, removed, survives
from scenario_making import COLUMNS, CONTACT, READY, TODAY, WHO, document, facts, make, run, way

from oklik.scenario import linking
from oklik.scenario.check import check, describe, has_errors
from oklik.scenario.diff import describe as told
from oklik.scenario.diff import diff
from oklik.scenario.document import Scenario, ScenarioError, from_json, load_file, load_marked, to_json
from oklik.scenario.explore import explore
from oklik.scenario.golden import play as golden_play
from oklik.scenario.golden import read_runs
from oklik.scenario.linking import Found
from oklik.scenario.prompts import all_prompts
from oklik.scenario.questions import questions
from oklik.scenario.translations import coverage
from oklik.scenario.upgrade import UPGRADES
from support.patience import cheaply

END: dict[str, Any] = {"kind": "hangup"}


def inner(nodes: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A document to be called."""
    return document(nodes, **{"name": "inner", "columns": {}, "variables": {}, **changes})


def call(name: str = "inner", **exits: str) -> dict[str, Any]:
    return {"kind": "subscenario", "scenario": name, "exits": exits}


def say(text: str, to: str) -> dict[str, Any]:
    return {"kind": "play", "text": text, "exits": {"done": to}}


def menu(question: str, **exits: str) -> dict[str, Any]:
    options = {str(key): {"exit": name, "label": name} for key, name in enumerate(exits, 1)}
    wired = {**exits, "no_input": "quiet"}
    return {"kind": "menu", "text": "Да — 1, нет — 2.", "question": question, "options": options, "exits": wired}


ASKS = inner(
    {
        "ask": menu("mood", good="yes", bad="no"),
        "yes": {"kind": "return"},
        "no": {"kind": "return", "exit": "sad"},
        "quiet": {"kind": "hangup", "outcome": "no_input"},
    }
)
BACK = inner({"hello": say("Внутри.", "back"), "back": {"kind": "return"}})


def whole(nodes: Mapping[str, Any], *, subscenarios: Mapping[str, Any] | None = None, **changes: Any) -> Scenario:
    return make(nodes, subscenarios=subscenarios or {"inner": ASKS}, **changes)


def codes(scenario: Scenario) -> set[tuple[str | None, str]]:
    return {(issue.node, issue.code) for issue in check(scenario)}


TWICE = {
    "first": call(done="second", sad="bye"),
    "second": call(done="bye", sad="sorry"),
    "sorry": say("Жаль.", "bye"),
    "bye": END,
}


# -- the linked scenario ----------------------------------------------------------------------------------------


def test_a_call_goes_in_and_comes_back_by_the_name_of_the_return() -> None:
    lines = run(whole(TWICE), "1 2")
    assert [(line["node"], line["exit"]) for line in lines] == [
        ("first", "begin"),
        ("first.ask", "good"),
        ("first.yes", "done"),
        ("second", "begin"),
        ("second.ask", "bad"),
        ("second.no", "sad"),
        ("sorry", "done"),
        ("bye", None),
    ]
    assert lines[-1]["ended"] == "completed"
    assert lines[-1]["answers"] == {"mood": "2"}


def test_called_twice_the_nodes_come_twice_and_the_question_stays_one() -> None:
    scenario = whole(TWICE)
    names = {f"{at}.{name}" for at in ("first", "second") for name in ASKS["nodes"]}
    assert set(scenario.nodes) == {*TWICE, *names}
    assert [(asked.name, asked.node) for asked in questions(scenario)] == [("mood", "first.ask")]
    assert not has_errors(check(scenario))


def test_no_name_of_a_document_can_be_one_of_a_linked_node() -> None:
    for nodes in ({"first.ask": END}, {"a": say("Да.", "first.ask")}):
        with pytest.raises(ScenarioError):
            make(nodes)


def test_an_inner_hangup_hangs_up() -> None:
    ends = inner({"hello": say("Внутри.", "bye"), "bye": {**END, "outcome": "declined"}})
    lines = run(whole({"a": call(), "never": END}, subscenarios={"inner": ends}), "")
    assert (lines[-1]["node"], lines[-1]["ended"]) == ("a.bye", "declined")


def test_calls_within_calls() -> None:
    middle = inner({"a": call("inner", done="b"), "b": call("inner", done="back"), "back": {"kind": "return"}})
    scenario = whole({"x": call("middle", done="z"), "z": END}, subscenarios={"middle": middle, "inner": BACK})
    assert way(run(scenario, "")) == ["begin", "begin", "done", "done", "begin", "done", "done", "done"]
    assert {"x.a.hello", "x.b.hello"} <= set(scenario.nodes)
    assert not has_errors(check(scenario))


def test_a_name_means_the_nearest_document() -> None:
    own = inner({"a": call("inner", done="back"), "back": {"kind": "return"}}, subscenarios={"inner": BACK})
    scenario = whole(
        {"x": call("own", done="z"), "y": call(done="z", sad="z"), "z": END}, subscenarios={"own": own, "inner": ASKS}
    )
    assert "x.a.hello" in scenario.nodes
    assert "y.ask" in scenario.nodes


def test_what_is_published_is_the_whole_document() -> None:
    scenario = whole(TWICE)
    written = to_json(scenario)
    assert set(written["nodes"]) == set(TWICE)
    assert set(written["subscenarios"]) == {"inner"}
    assert from_json(json.loads(json.dumps(written))) == scenario
    assert to_json(from_json(written)) == written


def test_a_scenario_without_calls_is_published_as_ever() -> None:
    assert "subscenarios" not in to_json(make({"bye": END}))


def test_values_are_given_at_the_call_and_shared_by_name() -> None:
    tells = inner(
        {
            "say": say("Тема: {{ topic }}.", "note"),
            "note": {"kind": "set", "variable": "topic", "value": "после", "exits": {"done": "back"}},
            "back": {"kind": "return"},
        },
        variables={"topic": {}},
    )
    nodes = {
        "a": {**call(done="tell"), "with": {"topic": "{{ city }} и {{ stage }}"}},
        "tell": say("Было {{ topic }}.", "b"),
        "b": call(done="bye"),
        "bye": END,
    }
    scenario = whole(nodes, subscenarios={"inner": tells}, variables={"stage": {"value": "долг"}})
    assert not has_errors(check(scenario))
    said = [line["prompt"] for line in run(scenario, "") if line["prompt"]]
    assert said == ["Тема: Омск и долг.", "Было после.", "Тема: после."]
    ready = {part.text for part in all_prompts(scenario, CONTACT, TODAY)}
    assert {"Омск и долг.", "после."} <= ready


def test_all_values_of_a_call_are_those_before_it() -> None:
    swaps = inner({"say": say("{{ a }} {{ b }}", "back"), "back": {"kind": "return"}}, variables={"a": {}, "b": {}})
    nodes = {"x": {**call(done="z"), "with": {"a": "{{ b }}", "b": "{{ a }}"}}, "z": END}
    scenario = whole(nodes, subscenarios={"inner": swaps}, variables={"a": {"value": "раз"}, "b": {"value": "два"}})
    set_ = [(fact["name"], fact["value"]) for fact in facts(run(scenario, "")) if fact["type"] == "variable_set"]
    assert set_ == [("a", "два"), ("b", "раз")]


def test_texts_are_taken_in_the_languages_of_the_caller() -> None:
    english = inner({"hello": say("Inside.", "back"), "back": {"kind": "return"}}, languages=["en"], title="In")
    both = {"title": {"ru": "Проба", "en": "Try"}, "languages": ["ru", "en"], "columns": {}}
    scenario = whole({"x": call(done="z"), "z": END}, subscenarios={"inner": english}, **both)
    assert ("x.hello", "translation_missing") in codes(scenario)
    spoken = [line["prompt"] for line in run(from_json(to_json(scenario)), "")]
    assert "Inside." in spoken  # a draft says what there is
    more = inner(
        {"hello": say({"ru": "Внутри.", "en": "Inside."}, "back"), "back": {"kind": "return"}},  # type: ignore[arg-type]
        languages=["en", "ru"],
        title={"ru": "И", "en": "I"},
    )
    assert codes(whole({"x": call(done="z"), "z": END}, subscenarios={"inner": more})) == set()


def test_columns_are_merged_and_what_one_keeps_secret_is_secret() -> None:
    reads = inner(
        {"say": say("Долг {{ debt | money('RUB') }}.", "back"), "back": {"kind": "return"}},
        columns={"debt": COLUMNS["debt"], "city": {"title": "Город", "private": True, "aliases": ["Town"]}},
    )
    scenario = whole({"x": call(done="z"), "z": END}, subscenarios={"inner": reads}, columns={"city": COLUMNS["city"]})
    assert scenario.columns["city"].private and not scenario.columns["city"].required
    assert scenario.columns["city"].aliases == ("Town",)
    assert ("x.say", "private_before_confirmed") in codes(scenario)


def test_recordings_go_with_the_nodes() -> None:
    spoken = {**BACK, "recordings": {"hello.text": "inside"}}
    scenario = whole({"x": call(done="z"), "z": END}, subscenarios={"inner": spoken})
    assert next(iter(all_prompts(scenario, CONTACT, TODAY))).recording == "inside"
    assert not check(scenario)


def test_whoever_calls_has_the_last_word_on_recordings() -> None:
    deep = {**BACK, "recordings": {"hello.text": "deepest"}}
    middle = inner({"a": call("deep", done="b"), "b": {"kind": "return"}}, recordings={"a.hello.text": "middle"})
    nodes = {"x": call("middle", done="z"), "z": END}
    found = []
    for outer in ({"x.a.hello.text": "outer"}, {}):
        scenario = whole(nodes, subscenarios={"deep": deep, "middle": middle}, recordings=outer)
        assert not check(scenario)
        found.append(scenario.recordings)
    assert found == [{"x.a.hello.text": "outer"}, {"x.a.hello.text": "middle"}]


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_ready_scenario_is_the_same_when_it_is_called(path: Path) -> None:
    """Put into another one, every golden run goes as it does by itself."""
    alone = load_file(path)
    head = {name: value for name, value in to_json(alone).items() if name not in {"nodes", "columns", "variables"}}
    outer = {**head, "name": "outer", "start": "x", "nodes": {"x": call("ready")}}
    outer["recordings"] = {}
    called = from_json({**outer, "subscenarios": {"ready": to_json(alone)}})
    assert [(issue.node, issue.code) for issue in check(called)] == [
        (f"x.{issue.node}" if issue.node else None, issue.code) for issue in check(alone)
    ]
    drawn = any(node.kind == "split" for node in alone.nodes.values())  # lots are drawn by the node's name
    golden = path.parent / "golden" / path.name
    for one in [] if drawn else read_runs(golden.read_text("utf-8"), str(golden)):
        now, then = golden_play(called, one), golden_play(alone, one)
        inside = [step.model_copy(update={"node": step.node.removeprefix("x.")}) for step in now.steps[1:]]
        assert inside == list(then.steps)
        assert (now.answers, now.ended) == (then.answers, then.ended)


# -- what check says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nodes", "changes", "found"),
    [
        ({"x": call("nobody", done="z")}, {}, {("x", "subscenario_unknown"), (None, "subscenario_unused")}),
        ({"x": call(done="z")}, {}, {("x", "exit_dangling")}),
        ({"x": call(done="z", sad="z", glad="z")}, {}, {("x", "exit_unknown")}),
        ({"x": call(done="z", sad="nowhere")}, {}, {("x", "target_unknown")}),
        (
            {"x": call(done="z", sad="z")},
            {"subscenarios": {"inner": {**ASKS, "start": "nowhere"}}},
            {("x", "start_missing")},
        ),
        (
            {"x": call(done="z", sad="z")},
            {"subscenarios": {"inner": {**ASKS, "columns": {"city": {"title": "Город", "type": "number"}}}}},
            {("x", "column_clash")},
        ),
        (
            {"x": call(done="z", sad="z")},
            {"subscenarios": {"inner": {**ASKS, "columns": {"city": {"title": "Откуда"}}}}},
            {("x", "column_clash")},
        ),
        (
            {"x": call(done="z", sad="z")},
            {"subscenarios": {"inner": {**ASKS, "columns": {"city": {"title": "Откуда", "aliases": ["Город"]}}}}},
            set(),
        ),
        (
            {"x": call(done="z", sad="z")},
            {
                "subscenarios": {"inner": {**ASKS, "variables": {"stage": {"value": "a"}}}},
                "variables": {"stage": {"value": "b"}},
            },
            {("x", "variable_clash")},
        ),
        (
            {"x": call(done="z", sad="z")},
            {"subscenarios": {"inner": {**ASKS, "variables": {"city": {}}}}},
            {(None, "name_clash")},
        ),
        ({"x": {**call(done="z", sad="z"), "with": {"stage": "a"}}}, {}, {("x", "name_unknown")}),
        (
            {"x": {**call(done="z", sad="z"), "with": {"stage": "{{ nothing }} {{"}}},
            {"subscenarios": {"inner": {**ASKS, "variables": {"stage": {}}}}},
            {("x", "name_unknown"), ("x", "template_bad")},
        ),
        (
            {"x": call(done="z", sad="z")},
            {"subscenarios": {"inner": {**ASKS, "purpose": "debt"}}},
            {("x", "purpose_clash")},
        ),
    ],
)
def test_what_makes_no_sense_is_told_at_the_call(
    nodes: dict[str, Any], changes: dict[str, Any], found: set[tuple[str | None, str]]
) -> None:
    scenario = whole({**nodes, "z": END}, **changes)
    wrong = {(issue.node, issue.code) for issue in check(scenario) if issue.code != "unreachable"}
    assert wrong == found


def test_a_fault_inside_is_told_once_and_names_node_and_subscenario() -> None:
    bad = inner({"hello": say("Долг {{ nothing }}.", "back"), "back": {"kind": "return"}})
    scenario = whole({"a": call(done="b"), "b": call(done="z"), "z": END}, subscenarios={"inner": bad})
    (issue,) = check(scenario)
    assert describe(issue, "ru").startswith("ошибка: шаг hello подсценария a, text: ")
    assert describe(issue, "en").startswith("error: node hello of subscenario a, text: ")


def test_the_outcome_behind_a_return_is_looked_at() -> None:
    who = inner(
        {
            "who": {
                "kind": "identify",
                "text": "Это вы?",
                "exits": {"confirmed": "yes", "other": "no", "wrong_number": "no", "no_input": "no"},
            },
            "yes": {"kind": "return"},
            "no": {"kind": "return", "exit": "stranger"},
        }
    )
    nodes = {"x": call(done="z", stranger="z"), "z": END}
    found = [issue for issue in check(whole(nodes, subscenarios={"inner": who})) if issue.code == "outcome_misleading"]
    assert {issue.node for issue in found} == {"x.who"}


def test_the_outcome_behind_a_call_is_looked_at() -> None:
    bye = inner({"bye": {"kind": "hangup", "text": "Пока."}})
    exits = {"confirmed": "z", "other": "x", "wrong_number": "x", "no_input": "q"}
    who = {"kind": "identify", "text": "Это вы?", "exits": exits}
    nodes = {"who": who, "x": call(), "z": END, "q": {**END, "outcome": "no_input"}}
    (first, second) = check(whole(nodes, subscenarios={"inner": bye}))
    assert {first.code, second.code} == {"outcome_misleading"}
    assert "bye подсценария x" in first.text["ru"]


def test_privacy_is_carried_through_calls() -> None:
    who = inner(
        {
            "who": {
                "kind": "identify",
                "text": "Это вы?",
                "exits": {"confirmed": "yes", "other": "no", "wrong_number": "no", "no_input": "no"},
            },
            "yes": {"kind": "return"},
            "no": {**END, "outcome": "wrong_person"},
        }
    )
    debt = say("Долг {{ debt | money('RUB') }}.", "z")
    nodes = {"x": call(done="say"), "say": debt, "z": END}
    assert codes(whole(nodes, subscenarios={"inner": who})) == set()
    early = {"say": {**debt, "exits": {"done": "x"}}, "x": call(done="z"), "z": END}
    assert ("say", "private_before_confirmed") in codes(whole(early, subscenarios={"inner": who}))


def test_a_circle_through_a_subscenario_is_found() -> None:
    assert "endless_loop" in {code for _, code in codes(whole({"x": call(done="x")}, subscenarios={"inner": BACK}))}


def test_a_scenario_that_is_meant_to_be_called_is_sound_by_itself() -> None:
    scenario = from_json(BACK)
    assert not check(scenario)
    assert [line["ended"] for line in run(scenario, "") if "ended" in line] == ["completed"]
    assert explore(scenario, TODAY).findings == ()


def test_a_walk_goes_through_calls() -> None:
    walk = explore(whole(TWICE), TODAY)
    assert walk.findings == ()
    assert walk.never_reached == ()


def test_translations_of_a_subscenario_are_counted_once() -> None:
    (russian,) = coverage(whole(TWICE))
    assert russian.texts == len({"ask.text", "options.1", "options.2", "sorry.text"})


# -- versions -----------------------------------------------------------------------------------------------------


def test_what_changed_inside_is_told_once() -> None:
    changed = json.loads(json.dumps(ASKS))
    changed["nodes"]["ask"]["text"] = "Хорошо — 1, плохо — 2."
    changed["nodes"]["more"] = END
    lines = [told(change, "ru") for change in diff(whole(TWICE), whole(TWICE, subscenarios={"inner": changed}))]
    assert (
        lines
        == [
            "шаг ask подсценария inner, text: Вопрос: было «Да — 1, нет — 2.», стало «Хорошо — 1, плохо — 2.»",
            "шаг more подсценария inner: Новый шаг: Закончить звонок",
        ]
        or len(lines) == 3
    )


def test_subscenarios_come_and_go() -> None:
    one, two = whole({"z": END}), whole({"z": END}, subscenarios={"inner": ASKS, "other": BACK})
    assert [told(change, "en") for change in diff(one, two)] == ["subscenarios.other: New subscenario “other”"]
    assert [told(change, "ru") for change in diff(two, one)] == ["subscenarios.other: Подсценария «other» больше нет"]


def test_inner_documents_are_brought_up_to_the_format_too() -> None:
    old = {**BACK, "format": 7}
    with pytest.raises(ScenarioError) as refused:
        whole({"x": call(done="z"), "z": END}, subscenarios={"inner": old})
    assert refused.value.field == "subscenarios.inner.format"


def test_an_inner_document_of_an_earlier_format_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def upgrade(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "nodes": {**data["nodes"], "hello": say("Поднято.", "back")}}

    monkeypatch.setitem(UPGRADES, 0, upgrade)
    scenario = whole({"x": call(done="z"), "z": END}, subscenarios={"inner": {**BACK, "format": 0}})
    assert [line["prompt"] for line in run(scenario, "") if line["prompt"]] == ["Поднято."]
    assert to_json(scenario)["subscenarios"]["inner"]["format"] == 1


# -- without end ----------------------------------------------------------------------------------------------------


def chain(length: int) -> dict[str, Any]:
    """Each calls the next."""
    steps = {f"s{n}": inner({"a": call(f"s{n + 1}", done="b"), "b": {"kind": "return"}}) for n in range(length)}
    return {**steps, f"s{length}": BACK}


def refusal(nodes: Mapping[str, Any], subscenarios: Mapping[str, Any]) -> str:
    began = process_time()
    with pytest.raises(ScenarioError) as refused:
        whole(nodes, subscenarios=subscenarios)
    cheaply(process_time() - began, 2)
    line = refused.value.describe("en")
    assert line.isprintable() and len(line) < 900
    return line


def test_calls_may_go_eight_deep_and_no_deeper() -> None:
    nodes = {"x": call("s0", done="z"), "z": END}
    assert not has_errors(check(whole(nodes, subscenarios=chain(7))))
    assert "more than 8 deep" in refusal(nodes, chain(8))
    assert "more than 8 deep" in refusal(nodes, chain(99))


@pytest.mark.parametrize("circle", [["inner"], ["a", "b"], ["a", "b", "c"]])
def test_a_scenario_that_calls_itself_is_refused_with_the_chain(circle: list[str]) -> None:
    following = dict(zip(circle, [*circle[1:], circle[0]], strict=True))
    documents = {name: inner({"x": call(to, done="y"), "y": {"kind": "return"}}) for name, to in following.items()}
    line = refusal({"x": call(circle[0], done="z"), "z": END}, documents)
    assert "calls itself" in line and " → ".join([*circle, circle[0]]) in line


@pytest.mark.parametrize("depth", [3, 8])
def test_a_bomb_is_refused_at_once(depth: int) -> None:
    def bomb(n: int) -> dict[str, Any]:
        if n == depth:
            return inner({f"n{i}": say("Бум.", f"n{i + 1}") for i in range(200)} | {"n200": {"kind": "return"}})
        calls = {f"c{i}": call(f"{'ab'[i % 2]}{n + 1}", done=f"c{i + 1}") for i in range(4)}
        return inner({**calls, "c4": {"kind": "return"}})

    documents = {f"{letter}{n}": bomb(n) for n in range(1, depth + 1) for letter in "ab"}
    line = refusal({"x": call("a1", done="z"), "z": END}, documents)
    assert "2000 nodes" in line or "8 deep" in line


def test_documents_within_documents_without_end_are_refused() -> None:
    nested = BACK
    for _ in range(100):
        nested = inner({"a": call("inner", done="b"), "b": {"kind": "return"}}, subscenarios={"inner": nested})
    assert "nested too deeply" in refusal({"x": call(done="z"), "z": END}, {"inner": nested})


def test_too_many_documents_are_refused() -> None:
    assert "100" in refusal({"z": END}, {f"s{n}": BACK for n in range(101)})


def test_too_many_nodes_of_one_called_often_are_refused() -> None:
    nodes: dict[str, Any] = {f"x{n}": call(done=f"x{n + 1}") for n in range(400)} | {"x400": END}
    big = inner({"a": say("Да.", "b"), "b": say("Да.", "c"), "c": say("Да.", "d"), "d": {"kind": "return"}})
    assert "more than 2000 nodes together" in refusal(nodes, {"inner": big})


@pytest.mark.seconds
def test_many_values_at_many_calls_are_followed_in_time() -> None:
    """Each of twenty variables in each of three hundred calls is made of two answers with a dozen values each."""
    options = {"0123456789*#"[key]: {"exit": "on", "value": str(key)} for key in range(12)}
    ask = {"kind": "menu", "text": "?", "options": options}
    nodes: dict[str, Any] = {
        "p": {**ask, "question": "p", "exits": {"on": "q", "no_input": "q"}},
        "q": {**ask, "question": "q", "exits": {"on": "x0", "no_input": "x0"}},
    }
    given_ = {f"v{n}": f"{n} {{{{ p }}}} {{{{ q }}}}" for n in range(20)}
    nodes |= {f"x{n}": {**call(done=f"x{n + 1}"), "with": given_} for n in range(300)} | {"x300": END}
    variables: dict[str, Any] = {name: {} for name in given_}
    scenario = whole(nodes, subscenarios={"inner": {**BACK, "variables": variables}}, variables=variables)
    began = process_time()
    assert not has_errors(check(scenario))
    cheaply(process_time() - began, 2)


def test_too_many_nodes_that_nobody_calls_are_refused_before_they_are_read() -> None:
    many = {f"s{n}": inner({f"n{i}": {"kind": "nothing"} for i in range(1000)}) for n in range(30)}
    assert "more than 2000 nodes together" in refusal({"z": END}, many)


@pytest.mark.parametrize("odd", [None, 5, "x", [], [1], {}, {"inner": None}, {"inner": 5}, {"Inner": ASKS}, {"": {}}])
def test_odd_subscenarios_are_refused_in_clear_words(odd: Any) -> None:
    document_ = document({"x": call(done="z", sad="z"), "z": END}, subscenarios=odd)
    if odd == {}:
        assert ("x", "subscenario_unknown") in codes(from_json(document_))
        return
    with pytest.raises(ScenarioError) as refused:
        from_json(document_)
    assert refused.value.describe("ru").isprintable()


def test_a_fault_in_an_inner_document_is_told_with_its_place() -> None:
    bad = json.loads(json.dumps(ASKS))
    bad["nodes"]["ask"]["tries"] = "many"
    with pytest.raises(ScenarioError) as refused:
        whole(TWICE, subscenarios={"inner": bad})
    assert "node ask of subscenario inner, tries: " in refused.value.describe("en")


# -- lookups and files --------------------------------------------------------------------------------------------


def test_a_lookup_gives_what_the_document_has_not() -> None:
    asked: list[str] = []

    def lookup(name: str) -> Found | None:
        asked.append(name)
        return Found(WHO, "library", {}) if name == "who-answers" else None

    nodes = {"x": call("who-answers", done="y", stranger="z"), "y": call("nobody"), "z": END}
    scenario = from_json(document(nodes, languages=["ru", "en"], subscenarios={}), lookup=lookup)
    assert sorted(asked) == ["nobody", "who-answers"]
    assert "x.ask" in scenario.nodes
    assert ("y", "subscenario_unknown") in codes(scenario)
    assert to_json(from_json(to_json(scenario)))["subscenarios"].keys() == {"who-answers"}


def put(path: Path, data: Mapping[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


OUTER = {"x": call("inner", done="y", sad="z"), "y": call("deep", done="z"), "z": END}


def test_files_beside_are_found_and_go_into_the_document(tmp_path: Path) -> None:
    put(tmp_path / "inner.yaml", ASKS)
    put(tmp_path / "deep" / "scenario.yaml", inner({"a": call("back", done="b"), "b": {"kind": "return"}}))
    put(tmp_path / "back.yaml", BACK)
    scenario = load_file(put(tmp_path / "outer.yaml", document(OUTER)))
    assert not has_errors(check(scenario))
    assert "y.a.hello" in scenario.nodes
    assert set(to_json(scenario)["subscenarios"]) == {"inner", "deep", "back"}
    assert from_json(to_json(scenario)) == scenario


def test_the_document_in_the_file_goes_before_the_one_beside(tmp_path: Path) -> None:
    put(tmp_path / "inner.yaml", BACK)
    nodes = {"x": call("inner", done="z", sad="z"), "z": END}
    scenario = load_file(put(tmp_path / "outer.yaml", document(nodes, subscenarios={"inner": ASKS})))
    assert "x.ask" in scenario.nodes


def test_lines_of_other_files_are_known(tmp_path: Path) -> None:
    bad = json.loads(json.dumps(ASKS))
    bad["nodes"]["ask"]["text"] = "{{ nothing }}"
    file = put(tmp_path / "inner.yaml", bad)
    here = put(tmp_path / "outer.yaml", document({"x": call(done="z", sad="z"), "z": END}))
    scenario, marks = load_marked(here)
    (issue,) = [issue for issue in check(scenario) if issue.code == "name_unknown"]
    place = linking.reading.place_of(str(here), marks, issue.node, ("text",))
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "nothing" in text)
    assert place == f"{file}:{line}"
    assert linking.reading.place_of(str(here), marks, "x").startswith(f"{here}:")


def test_a_broken_file_beside_is_named(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text("nodes: [", encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_file(put(tmp_path / "outer.yaml", document({"x": call(done="z", sad="z"), "z": END})))
    assert refused.value.source == str(tmp_path / "inner.yaml")


def test_a_file_that_calls_itself_is_refused(tmp_path: Path) -> None:
    file = put(tmp_path / "inner.yaml", inner({"x": call("inner", done="y"), "y": {"kind": "return"}}))
    with pytest.raises(ScenarioError) as refused:
        load_file(file)
    assert "inner → inner" in refused.value.describe("ru")


@pytest.mark.parametrize("name", ["../inner", "/etc/passwd", "a/b", "..", "inner.yaml", "Inner", ""])
def test_paths_are_no_names(name: str, tmp_path: Path) -> None:
    put(tmp_path / "inner.yaml", ASKS)
    with pytest.raises(ScenarioError):
        load_file(put(tmp_path / "inside" / "outer.yaml", document({"x": call(name, done="z"), "z": END})))


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    secret = put(tmp_path / "elsewhere" / "inner.yaml", ASKS)
    folder = tmp_path / "folder"
    here = put(folder / "outer.yaml", document({"x": call(done="z", sad="z"), "z": END}))
    (folder / "inner.yaml").symlink_to(secret)
    (folder / "inner").symlink_to(secret.parent)
    put(secret.parent / "scenario.yaml", ASKS)
    assert ("x", "subscenario_unknown") in codes(load_file(here))
    (folder / "inner.yaml").unlink()
    (folder / "inner.yaml").symlink_to(put(folder / "real.yaml", ASKS))
    assert "x.ask" in load_file(here).nodes


def test_files_beside_may_not_be_too_large(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text("x" * 10_000_000, encoding="utf-8")
    here = put(tmp_path / "outer.yaml", document({"x": call(done="z", sad="z"), "z": END}))
    began = process_time()
    with pytest.raises(ScenarioError) as refused:
        load_file(here)
    assert refused.value.source == str(tmp_path / "inner.yaml")
    cheaply(process_time() - began, 2)


def test_files_beside_may_not_be_too_large_together(tmp_path: Path) -> None:
    nodes: dict[str, Any] = {f"x{n}": call(f"s{n}", done="z") for n in range(5)} | {"z": END}
    for n in range(5):
        file = put(tmp_path / f"s{n}.yaml", BACK)
        file.write_text(file.read_text() + "#" * 1_000_000)
    with pytest.raises(ScenarioError) as refused:
        load_file(put(tmp_path / "outer.yaml", document(nodes)))
    assert "too large together" in refused.value.describe("en")


# -- odd documents --------------------------------------------------------------------------------------------------

WHOLE = document(
    {"x": {**call(done="y", sad="z"), "with": {"stage": "{{ city }}"}}, "y": call("middle", done="z"), "z": END},
    subscenarios={
        "inner": {**ASKS, "variables": {"stage": {"value": "1"}}, "recordings": {"ask.text": "ask"}},
        "middle": inner({"a": call("own", done="b"), "b": {"kind": "return"}}, subscenarios={"own": BACK}),
    },
)
PLACES = [path for path in places(WHOLE) if path[0] in {"subscenarios", "nodes"}]


@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_mutated_documents_with_subscenarios(data: st.DataObject) -> None:
    """Whatever stands anywhere in it: a scenario that can be checked and begun, or a clear refusal."""
    given_ = WHOLE
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(PLACES))
        try:
            change = data.draw(st.sampled_from([*ODD, "nowhere", "inner", "middle", "a", WHOLE, ASKS, removed]))
            given_ = removed(given_, path) if change is removed else changed(given_, path, change)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # the place went with an earlier change
    survives(json.loads(json.dumps(given_)))


def test_the_document_that_is_mutated_is_sound() -> None:
    assert survives(WHOLE)
    assert not has_errors(check(from_json(WHOLE)))
