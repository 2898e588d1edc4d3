"""`set` into a column of the contact: what the call sees from then on, what fits, and what is known before the call."""

import re
from typing import Any

import pytest
from scenario_making import COLUMNS, CONTACT, TODAY, document, facts, make, run

from oklik.scenario.check import check, has_errors
from oklik.scenario.document import Scenario, from_json, to_json
from oklik.scenario.explore import explore
from oklik.scenario.flow import ColumnSet
from oklik.scenario.interpreter import start
from oklik.scenario.prompts import all_prompts

END: dict[str, Any] = {"kind": "hangup"}
CITY_MENU: dict[str, Any] = {
    "kind": "menu",
    "text": "Омск — 1, Томск — 2.",
    "question": "town",
    "options": {"1": {"exit": "w", "value": "Омск"}, "2": {"exit": "w", "value": "Томск"}},
    "exits": {"w": "w", "no_input": "z"},
}
TYPED: dict[str, dict[str, Any]] = {
    name: {"title": name, "type": name, "required": False}
    for name in ("text", "name", "money", "number", "date", "time", "phone", "digits")
}


def write(column: str, value: str, to: str = "z") -> dict[str, Any]:
    return {"kind": "set", "column": column, "value": value, "exits": {"done": to}}


def say(text: str, to: str = "z") -> dict[str, Any]:
    return {"kind": "play", "text": text, "exits": {"done": to}}


def written(scenario: Scenario, keys: str = "", contact: dict[str, str] = CONTACT) -> list[dict[str, Any]]:
    return [fact for fact in facts(run(scenario, keys, contact)) if fact["type"] == "column_set"]


def errors(scenario: Scenario) -> list[tuple[str | None, str | None, str]]:
    return [(issue.node, issue.field, issue.code) for issue in check(scenario) if issue.severity == "error"]


def test_what_was_written_is_read_from_then_on() -> None:
    nodes = {
        "ask": CITY_MENU,
        "w": write("city", "{{ town }}", "say"),
        "say": say("Вы из города {{ city }}.", "b"),
        "b": {
            "kind": "branch",
            "cases": [{"exit": "tomsk", "conditions": [{"field": "city", "op": "equals", "value": "томск"}]}],
            "exits": {"tomsk": "v", "else": "z"},
        },
        "v": {"kind": "set", "variable": "stage", "value": "из {{ city }}", "exits": {"done": "z"}},
        "z": END,
    }
    scenario = make(nodes)
    assert not has_errors(check(scenario))
    lines = run(scenario, "2")
    assert [line["node"] for line in lines] == ["ask", "w", "say", "b", "v", "z"]
    assert lines[2]["prompt"] == "Вы из города Томск."
    assert written(scenario, "2") == [
        {"type": "column_set", "node": "w", "column": "city", "value": "Томск", "was": "Омск", "kept": True}
    ]
    assert [fact["value"] for fact in facts(lines) if fact["type"] == "variable_set"] == ["из Томск"]


def test_all_that_can_be_spoken_is_made_ahead() -> None:
    nodes = {
        "first": say("Сейчас {{ city }}.", "ask"),
        "ask": CITY_MENU,
        "w": write("city", "{{ town }}", "say"),
        "say": say("Стало {{ city }}."),
        "z": END,
    }
    contact = {**CONTACT, "city": "Псков"}
    scenario = make(nodes)
    ready = {part.text for part in all_prompts(scenario, contact, TODAY)}
    assert {"Псков.", "Омск.", "Томск."} <= ready
    for keys in ("1", "2", "-"):
        said = {
            part["text"]
            for line in run(scenario, keys, contact)[:-1]
            if line["instruction"]
            for part in line["instruction"]["parts"]
        }
        assert said <= ready


def test_a_number_keyed_in_is_made_ahead_digit_by_digit_beside_the_old_one() -> None:
    ask = {"kind": "ask", "text": "Номер?", "question": "n", "max_digits": 12, "exits": {"done": "w", "no_input": "z"}}
    nodes = {
        "old": say("Был {{ digits | digits }}.", "ask"),
        "ask": ask,
        "w": write("digits", "{{ n }}", "say"),
        "say": say("Стал {{ digits | digits }}."),
        "z": END,
    }
    scenario = make(nodes, columns={"digits": {**TYPED["digits"], "required": True}})
    contact = {"digits": "АБ-12"}
    words = {word for part in all_prompts(scenario, contact, TODAY) for word in part.text.replace(",", "").split()}
    for line in run(scenario, "907#", contact):
        heard = line["prompt"].replace(",", "").replace(".", "").split()
        assert set(heard) <= {word.strip(".") for word in words}
    assert not has_errors(check(scenario))
    spoken = say("Стал {{ digits }}.")
    assert ("say", "text", "too_many_values") in errors(
        make({**nodes, "say": spoken}, columns={"digits": {**TYPED["text"], "required": True}})
    )


@pytest.mark.parametrize(
    ("type_", "filter_", "before", "keys"),
    [
        ("money", "money('RUB')", "-21 001,50", "1234# 1"),
        ("number", "number", "2,5", "987654# 1"),
        ("date", "date('gen')", "31.12.1999", "0503 1"),
        ("phone", "phone", "+7 495 123-45-67", "9161234567# 1"),
    ],
)
def test_an_answer_without_limits_may_be_spoken_out_of_the_column(
    type_: str, filter_: str, before: str, keys: str
) -> None:
    """Made ahead are the words of any answer, and those of what stood there before."""
    asked = {"money": "amount"}.get(type_, type_)
    ask = {"kind": "ask", "type": asked, "text": "Ну?", "question": "n", "max_digits": 10 if type_ == "phone" else 6}
    ask |= {"confirm": f"Верно {{{{ n | {filter_} }}}}?", "exits": {"done": "w", "no_input": "z"}}
    nodes = {
        "old": say(f"Было {{{{ it | {filter_} }}}}.", "ask"),
        "ask": ask,
        "w": write("it", "{{ n }}", "say"),
        "say": say(f"Стало {{{{ it | {filter_} }}}}."),
        "z": END,
    }
    scenario = make(nodes, columns={"it": {"title": "Оно", "type": type_}})
    assert not has_errors(check(scenario))
    ready = all_prompts(scenario, {"it": before}, TODAY)
    whole = {part.text for part in ready}
    words = {word for part in ready if part.words for word in re.findall(r"[\w\u0301-]+", part.text)}
    lines = run(scenario, keys, {"it": before})
    assert written(scenario, keys, {"it": before})[0]["kept"]
    assert [line["node"] for line in lines][-3:] == ["w", "say", "z"]
    for line in lines[:-1]:
        for part in (line["instruction"] or {}).get("parts", ()):
            spelled = set(re.findall(r"[\w\u0301-]+", part["text"]))
            assert part["text"] in whole or (part.get("words") and spelled <= words), part


def test_a_column_that_gets_something_else_too_is_not_free_to_be_spoken() -> None:
    ask = {"kind": "ask", "type": "number", "text": "Ну?", "question": "n", "max_digits": 6}
    ask |= {"confirm": "Верно {{ n | number }}?", "exits": {"done": "w", "no_input": "v"}}
    nodes = {
        "ask": ask,
        "w": write("it", "{{ n }}", "say"),
        "v": write("it", "{{ n }}0", "say"),
        "say": say("Стало {{ it | number }}."),
        "z": END,
    }
    scenario = make(nodes, columns={"it": {"title": "Оно", "type": "number"}})
    assert ("say", "text", "too_many_values") in errors(scenario)


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("text", "да", "—"),
        ("name", "Иванов Иван", "—"),
        ("money", "1 500,50", "много"),
        ("number", "12", "двенадцать"),
        ("date", "2026-03-05", "32.13.2026"),
        ("time", "14:30", "25:99"),
        ("phone", "8 912 345-67-89", "нет"),
        ("digits", "АБ 12", "!"),
    ],
)
def test_only_what_fits_the_column_is_written(column: str, good: str, bad: str) -> None:
    for value, kept in ((good, True), (bad, False), ("", True)):
        scenario = make({"w": write(column, value), "z": END}, columns=TYPED)
        (fact,) = written(scenario, contact={column: "7"})
        assert (fact["value"], fact["kept"]) == (value, kept)
        assert ("w", "value", "value_unfit") not in errors(scenario) or not kept
        assert (("w", "value", "value_unfit") in errors(scenario)) == (not kept)


def test_a_value_that_does_not_fit_changes_nothing_in_the_call() -> None:
    nodes = {"w": write("debt", "{{ city }}", "say"), "say": say("{{ debt | money('RUB') }}"), "z": END}
    columns = {**COLUMNS, "debt": {**COLUMNS["debt"], "private": False}}
    scenario = make(nodes, columns=columns)
    assert not has_errors(check(scenario))  # nobody knows what stands in the list
    lines = run(scenario, "")
    assert lines[1]["prompt"].startswith("двадцать одна тысяча")
    assert [fact["kept"] for fact in written(scenario)] == [False]


@pytest.mark.parametrize(("value", "kept"), [("99", False), ("100", True), ("500", True), ("501", False)])
def test_limits_of_the_column_hold_for_what_is_written(value: str, kept: bool) -> None:
    columns = {"sum": {"title": "Сумма", "type": "money", "min": 100, "max": 500}}
    scenario = make({"w": write("sum", value), "z": END}, columns=columns)
    assert [fact["kept"] for fact in written(scenario, contact={"sum": "200"})] == [kept]
    assert (("w", "value", "value_unfit") in errors(scenario)) == (not kept)


def test_a_required_column_is_never_emptied() -> None:
    scenario = make({"w": write("name", "{{ city }}"), "z": END})
    assert [fact["kept"] for fact in written(scenario, contact={**CONTACT, "city": ""})] == [False]


def test_answers_that_cannot_fit_are_found_before_the_call() -> None:
    nodes = {"ask": CITY_MENU, "w": write("number", "{{ town }}"), "z": END}
    assert errors(make(nodes, columns=TYPED)) == [("w", "value", "value_unfit")]
    date = {"kind": "ask", "type": "date", "text": "Когда?", "question": "day", "max_digits": 4}
    asked = {"ask": {**date, "exits": {"done": "w", "no_input": "z"}}, "w": write("date", "{{ day }}"), "z": END}
    assert errors(make(asked, columns=TYPED)) == []
    assert errors(make({**asked, "w": write("money", "{{ day }}")}, columns=TYPED)) == [("w", "value", "value_unfit")]


@pytest.mark.parametrize(
    ("node", "found"),
    [
        ({"kind": "set", "value": "1"}, ("w", None, "set_what")),
        ({"kind": "set", "value": "1", "variable": "stage", "column": "city"}, ("w", None, "set_what")),
        ({"kind": "set", "value": "1", "column": "nowhere"}, ("w", "column", "name_unknown")),
        ({"kind": "set", "value": "{{", "column": "city"}, ("w", "value", "template_bad")),
    ],
)
def test_what_is_written_where_must_be_clear(node: dict[str, Any], found: tuple[str, str | None, str]) -> None:
    scenario = make({"w": {**node, "exits": {"done": "z"}}, "z": END})
    assert found in errors(scenario)
    run(scenario, "")  # a draft may be tried out nevertheless


def test_a_private_value_makes_the_column_private() -> None:
    nodes = {"w": write("city", "{{ debt }}", "say"), "say": say("{{ city }}"), "z": END}
    assert ("say", "text", "private_before_confirmed") in errors(make(nodes))


def test_a_column_is_no_answer_and_no_second_name() -> None:
    scenario = make({"w": write("city", "Псков"), "z": END})
    assert "city" not in scenario.answers
    assert scenario.rewritten == {"city"}
    assert not check(scenario)
    assert from_json(to_json(scenario)) == scenario


def test_the_session_carries_the_new_value_and_the_old_one_is_left_alone() -> None:
    scenario = make({"w": write("city", "Псков", "say"), "say": say("Да."), "z": END})
    contact = dict(CONTACT)
    step = start(scenario, contact, TODAY)
    assert step.session.contact["city"] == "Псков"
    assert contact == CONTACT
    assert [type(fact) for fact in step.facts].count(ColumnSet) == 1


def test_a_walk_tells_apart_what_was_written() -> None:
    nodes = {
        "ask": CITY_MENU,
        "w": write("city", "{{ town }}", "wait"),
        "wait": say("Минуту.", "b"),
        "b": {
            "kind": "branch",
            "cases": [{"exit": "x", "conditions": [{"field": "city", "op": "equals", "value": "Томск"}]}],
            "exits": {"x": "only", "else": "z"},
        },
        "only": say("Томск!"),
        "z": END,
    }
    walk = explore(make(nodes, columns={"city": {"title": "Город"}}), TODAY, contacts=[{"city": "Псков"}])
    assert walk.findings == ()
    assert walk.never_reached == ()


def test_a_subscenario_may_write_a_column_of_the_caller() -> None:
    inner = document({"w": write("city", "Псков", "back"), "back": {"kind": "return"}}, name="inner")
    nodes = {
        "x": {"kind": "subscenario", "scenario": "inner", "exits": {"done": "say"}},
        "say": say("{{ city }}"),
        "z": END,
    }
    scenario = make(nodes, subscenarios={"inner": inner})
    assert [line["prompt"] for line in run(scenario, "") if line["prompt"]] == ["Псков"]
    assert written(scenario)[0]["node"] == "x.w"
