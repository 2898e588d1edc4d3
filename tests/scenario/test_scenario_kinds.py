"""Every kind of node: what it does with each event, and that engine, editor and help can be drawn from it.

A kind without a row in RUNS fails here.
"""

from typing import Any

import msgspec
import pytest
from scenario_making import CONTACT, TODAY, around, facts, make, run, way

from oklik.scenario.check import check, has_errors
from oklik.scenario.flow import Collect, Digits, HungUp, Played, TransferEnded, TransferOutcome
from oklik.scenario.interpreter import IllegalEvent, resume, start
from oklik.scenario.kinds import KINDS
from oklik.scenario.kinds.base import NodeBase

MENU: dict[str, Any] = {
    "kind": "menu",
    "text": "Да — 1, нет — 2, не звонить — 9.",
    "invalid": "Не то.",
    "no_input": "Тишина.",
    "question": "agree",
    "options": {
        "1": {"exit": "next", "value": "yes", "label": "Да"},
        "2": {"exit": "next", "label": "Нет"},
        "9": {"exit": "stop", "answer": False},
    },
    "repeat_key": "*",
}
ASK: dict[str, Any] = {
    "kind": "ask",
    "text": "Сколько?",
    "question": "n",
    "max_digits": 2,
    "min_value": 1,
    "max_value": 14,
    "label": "{{ value }} дн.",
    "tries": 2,
}
IDENTIFY: dict[str, Any] = {"kind": "identify", "text": "Вы {{ name | name }}?", "tries": 2}
BRANCH: dict[str, Any] = {
    "kind": "branch",
    "cases": [
        {"exit": "large", "conditions": [{"field": "debt", "op": "more", "value": 10000}]},
        {
            "exit": "near",
            "match": "any",
            "conditions": [
                {"field": "city", "op": "one_of", "values": ["москва", "королёв"]},
                {"field": "due", "op": "less", "value": "2026-01-01"},
            ],
        },
        {"exit": "nowhere", "conditions": [{"field": "city", "op": "empty"}]},
    ],
}
TRANSFER: dict[str, Any] = {"kind": "transfer", "group": "sales", "waiting": "Ждите.", "whisper": "{{ name | name }}"}
HOURS: dict[str, Any] = {"kind": "hours", "schedule": [{"days": ["mon", "fri"], "from": "09:00", "to": "18:00"}]}
SPLIT: dict[str, Any] = {
    "kind": "split",
    "question": "variant",
    "ways": [{"exit": "a", "label": "Первый"}, {"exit": "b", "weight": 1000000, "label": "Второй"}],
}
LANGUAGE: dict[str, Any] = {"kind": "language", "text": "Русский — 1.", "options": {"1": "ru"}, "tries": 2}
SMALL = {**CONTACT, "debt": "10 000"}

# kind: (what is looked at, node, contact, keys, exits taken, facts that must be there)
Row = tuple[str, dict[str, Any], dict[str, str], str, list[str], list[dict[str, Any]]]
RUNS: dict[str, list[Row]] = {
    "play": [
        (
            "heard",
            {"kind": "play", "text": "Да.", "message": True},
            CONTACT,
            "",
            ["done"],
            [{"type": "message_heard", "node": "n"}],
        ),
        (
            "left in the middle",
            {"kind": "play", "text": "Да."},
            CONTACT,
            "x",
            [],
            [{"type": "ended", "node": "n", "reason": "hung_up"}],
        ),
    ],
    "identify": [
        ("yes", IDENTIFY, CONTACT, "1", ["confirmed"], [{"type": "right_party", "node": "n", "result": "confirmed"}]),
        ("no", IDENTIFY, CONTACT, "2", ["other"], [{"type": "right_party", "node": "n", "result": "other"}]),
        (
            "unknown",
            IDENTIFY,
            CONTACT,
            "3",
            ["wrong_number"],
            [{"type": "right_party", "node": "n", "result": "wrong_number"}],
        ),
        (
            "unknown not offered",
            {**IDENTIFY, "unknown": None},
            CONTACT,
            "3 1",
            ["confirmed"],
            [{"type": "invalid_input", "node": "n", "keys": "3", "tries": 1}],
        ),
        ("silent", IDENTIFY, CONTACT, "- -", ["no_input"], [{"type": "silence", "node": "n", "tries": 2}]),
        ("other keys", {**IDENTIFY, "yes": "5"}, CONTACT, "5", ["confirmed"], []),
    ],
    "menu": [
        (
            "value",
            MENU,
            CONTACT,
            "1",
            ["next"],
            [{"type": "answered", "node": "n", "question": "agree", "value": "yes", "label": "Да"}],
        ),
        (
            "key as value",
            MENU,
            CONTACT,
            "2",
            ["next"],
            [{"type": "answered", "node": "n", "question": "agree", "value": "2", "label": "Нет"}],
        ),
        ("no answer", MENU, CONTACT, "9", ["stop"], [{"type": "left", "node": "n", "exit": "stop"}]),
        (
            "tries are shared",
            MENU,
            CONTACT,
            "7 - 8",
            ["invalid"],
            [
                {"type": "invalid_input", "node": "n", "keys": "7", "tries": 1},
                {"type": "silence", "node": "n", "tries": 2},
                {"type": "invalid_input", "node": "n", "keys": "8", "tries": 3},
            ],
        ),
        ("repeating costs nothing", MENU, CONTACT, "* * * * * 1", ["next"], []),
        ("one try", {**MENU, "tries": 1}, CONTACT, "-", ["no_input"], []),
    ],
    "ask": [
        (
            "number",
            ASK,
            CONTACT,
            "7#",
            ["done"],
            [{"type": "answered", "node": "n", "question": "n", "value": "7", "label": "7 дн."}],
        ),
        (
            "leading zero of a number",
            ASK,
            CONTACT,
            "07",
            ["done"],
            [{"type": "answered", "node": "n", "question": "n", "value": "7", "label": "7 дн."}],
        ),
        (
            "too much, then too little",
            ASK,
            CONTACT,
            "15 0#",
            ["invalid"],
            [
                {"type": "invalid_input", "node": "n", "keys": "15", "tries": 1},
                {"type": "invalid_input", "node": "n", "keys": "0", "tries": 2},
            ],
        ),
        (
            "only the terminator is silence",
            ASK,
            CONTACT,
            "# 3",
            ["done"],
            [{"type": "silence", "node": "n", "tries": 1}],
        ),
        (
            "too short",
            {**ASK, "min_digits": 4, "max_digits": 8, "min_value": None, "max_value": None},
            CONTACT,
            "123# 0123#",
            ["done"],
            [{"type": "answered", "node": "n", "question": "n", "value": "0123", "label": "0123 дн."}],
        ),
        (
            "a star is no number",
            ASK,
            CONTACT,
            "1* 2",
            ["done"],
            [{"type": "invalid_input", "node": "n", "keys": "1*", "tries": 1}],
        ),
    ],
    "branch": [
        ("first case", BRANCH, CONTACT, "", ["large"], []),
        ("not more than itself", BRANCH, SMALL, "", ["else"], []),
        ("one of, without case and ё", BRANCH, {**SMALL, "city": "КОРОЛЕВ "}, "", ["near"], []),
        ("date", BRANCH, {**SMALL, "due": "31.12.2025"}, "", ["near"], []),
        ("empty", BRANCH, {**SMALL, "city": " "}, "", ["nowhere"], []),
        ("unreadable satisfies no ordering", BRANCH, {**CONTACT, "debt": "много"}, "", ["else"], []),
    ],
    "hours": [
        ("a Monday at noon", HOURS, CONTACT, "", ["open"], []),
        (
            "closed on Mondays",
            {**HOURS, "schedule": [{"days": ["tue"], "from": "09:00", "to": "18:00"}]},
            CONTACT,
            "",
            ["closed"],
            [],
        ),
    ],
    "split": [
        (
            "by weight",
            SPLIT,
            CONTACT,
            "",
            ["b"],
            [{"type": "noted", "node": "n", "question": "variant", "value": "b", "label": "Второй"}],
        ),
    ],
    "mark": [
        (
            "outcome and tags",
            {"kind": "mark", "outcome": "declined", "tags": ["VIP", "весна", "VIP"]},
            CONTACT,
            "",
            ["done"],
            [
                {"type": "marked", "node": "n", "outcome": "declined", "tags": ("VIP", "весна")},
                {"type": "ended", "node": "to_done", "reason": "declined"},
            ],
        ),
        (
            "tags only",
            {"kind": "mark", "tags": ["VIP"]},
            CONTACT,
            "",
            ["done"],
            [{"type": "ended", "node": "to_done", "reason": "completed"}],
        ),
    ],
    "language": [
        ("chosen", LANGUAGE, CONTACT, "1", ["done"], [{"type": "language_set", "node": "n", "language": "ru"}]),
        (
            "recorded",
            {**LANGUAGE, "question": "spoken"},
            CONTACT,
            "1",
            ["done"],
            [{"type": "noted", "node": "n", "question": "spoken", "value": "ru", "label": "Русский"}],
        ),
        ("not chosen", LANGUAGE, CONTACT, "- 7", ["invalid"], [{"type": "silence", "node": "n", "tries": 1}]),
        (
            "fixed",
            {"kind": "language", "language": "ru"},
            CONTACT,
            "",
            ["done"],
            [{"type": "language_set", "node": "n", "language": "ru"}],
        ),
        ("from a column", {"kind": "language", "column": "city"}, {**CONTACT, "city": " RU-ru"}, "", ["done"], []),
        ("from a column that says none", {"kind": "language", "column": "city"}, CONTACT, "", ["unknown"], []),
    ],
    "set": [
        (
            "filled in",
            {"kind": "set", "variable": "stage", "value": "{{ city }}/{{name}}"},
            {"name": "Я", "city": "Омск"},
            "",
            ["done"],
            [{"type": "variable_set", "node": "n", "name": "stage", "value": "Омск/Я"}],
        ),
    ],
    "transfer": [
        (
            "talked",
            TRANSFER,
            CONTACT,
            "!talked",
            ["talked"],
            [{"type": "transferred", "node": "n", "outcome": "talked"}],
        ),
        (
            "no agent",
            TRANSFER,
            CONTACT,
            "!no_agent",
            ["no_agent"],
            [{"type": "transferred", "node": "n", "outcome": "no_agent"}],
        ),
        ("failed", TRANSFER, CONTACT, "!failed", ["failed"], []),
        ("gave up waiting", TRANSFER, CONTACT, "x", [], [{"type": "ended", "node": "n", "reason": "hung_up"}]),
    ],
    "opt_out": [
        ("before a word is said", {"kind": "opt_out", "text": "Хорошо."}, CONTACT, "", ["done"], []),
        ("silently", {"kind": "opt_out"}, CONTACT, "", [], []),
        (
            "left in the middle",
            {"kind": "opt_out", "text": "Хорошо."},
            CONTACT,
            "x",
            [],
            [{"type": "ended", "node": "n", "reason": "opted_out"}],
        ),
    ],
    "hangup": [
        (
            "farewell",
            {"kind": "hangup", "text": "Пока.", "outcome": "no_agent"},
            CONTACT,
            "",
            [],
            [{"type": "ended", "node": "n", "reason": "no_agent"}],
        ),
        (
            "left during the farewell",
            {"kind": "hangup", "text": "Пока."},
            CONTACT,
            "x",
            [],
            [{"type": "ended", "node": "n", "reason": "completed"}],
        ),
    ],
}


def all_facts(node: dict[str, Any], contact: dict[str, str], keys: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Exits and facts of a run, those of the start included (behind a first prompt that is heard)."""
    scenario = around(node)
    first = start(scenario, contact, TODAY)
    opening = [msgspec.to_builtins(fact) for fact in first.facts]
    lines = run(scenario, keys, contact)
    happened = [*opening, *facts(lines)]
    return [fact["exit"] for fact in happened if fact["type"] == "left"], happened


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_run(kind: str) -> None:
    for what, node, contact, keys, exits, expected in RUNS[kind]:
        taken, happened = all_facts(node, contact, keys)
        if exits:
            assert taken == exits, what
        for fact in expected:
            assert fact in [{key: item[key] for key in fact if key in item} for item in happened], (what, happened)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_described(kind: str) -> None:
    """The editor draws its forms from this: nothing may be without title, help and widget in both languages."""
    model = KINDS[kind]
    assert model.__doc__ and model.__doc__ != NodeBase.__doc__
    assert model.help_ru and set(model.kind_title) == {"ru", "en"} and model.icon
    assert model.__module__ == f"oklik.scenario.kinds.{kind}"
    for name, setting in model.model_fields.items():
        if name != "kind":
            extra = setting.json_schema_extra
            assert isinstance(extra, dict) and extra["widget"], name
            assert set(extra["title"]) == set(extra["help"]) == {"ru", "en"}, name
    model.model_json_schema()


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_works(kind: str) -> None:
    example = KINDS[kind].example
    node = KINDS[kind].model_validate(example)
    nodes: dict[str, Any] = {"n": example} | {target: {"kind": "hangup"} for target in node.targets.values()}
    variables = {"stage": {}, "days": {"value": "3"}}
    scenario = make(nodes, languages=["ru", "en"], variables=variables)
    assert [issue for issue in check(scenario) if issue.severity == "error"] == []
    for exit_ in node.exits():
        assert set(exit_.title) == {"ru", "en"}


def test_retries_say_why_and_ask_again() -> None:
    lines = run(around(MENU), "7 - 1")
    question = "Да — один, нет — два, не звонить — девять."
    assert [line["prompt"] for line in lines[:3]] == [question, f"Не то. {question}", f"Тишина. {question}"]


def test_invalid_shares_the_exit_of_silence_until_it_has_its_own() -> None:
    node = {**MENU, "exits": {"next": "to_next", "stop": "to_stop", "no_input": "to_no_input"}}
    assert run(around(node), "7 7 7")[-1]["node"] == "to_no_input"
    assert run(around(MENU), "7 7 7")[-1]["node"] == "to_invalid"


def test_ask_tells_the_host_what_to_wait_for() -> None:
    asked = start(around({**ASK, "min_digits": 1, "terminator": "*", "repeat_key": "#"}), CONTACT, TODAY).instruction
    assert isinstance(asked, Collect)
    assert (asked.min_digits, asked.max_digits, asked.terminators) == (1, 2, "*")
    assert asked.allowed == "0123456789*#"


def test_opting_out_is_noted_before_anything_is_said() -> None:
    scenario = around({"kind": "opt_out", "text": "Хорошо."})
    assert [type(fact).__name__ for fact in start(scenario, CONTACT, TODAY).facts] == ["Entered", "OptedOut"]


def test_leaving_after_talking_with_an_agent_is_a_finished_call() -> None:
    scenario = around(TRANSFER)
    step = resume(scenario, start(scenario, CONTACT, TODAY).session, HungUp(talked=True))
    assert [getattr(fact, "outcome", getattr(fact, "reason", "")) for fact in step.facts] == ["talked", "completed"]


def test_transfer_tells_the_agent_who_it_is() -> None:
    assert run(around(TRANSFER), "!talked")[0]["whisper"] == "Иван Иванович"


def test_right_party_is_taken_back_when_a_second_check_gets_no_yes() -> None:
    scenario = make(
        {
            "one": {
                **IDENTIFY,
                "exits": {"confirmed": "two", "other": "end", "wrong_number": "end", "no_input": "end"},
            },
            "two": {
                **IDENTIFY,
                "exits": {"confirmed": "end", "other": "say", "wrong_number": "end", "no_input": "end"},
            },
            "say": {"kind": "play", "text": "Да.", "exits": {"done": "end"}},
            "end": {"kind": "hangup"},
        }
    )
    step = start(scenario, CONTACT, TODAY)
    step = resume(scenario, step.session, Digits(keys="1"))
    assert step.session.confirmed
    assert not resume(scenario, step.session, Digits(keys="2")).session.confirmed


@pytest.mark.parametrize(
    ("node", "event"),
    [
        ({"kind": "play", "text": "Да."}, Digits(keys="1")),
        (MENU, Played()),
        (TRANSFER, Played()),
        (LANGUAGE, Played()),
        ({"kind": "opt_out", "text": "Да."}, Digits(keys="1")),
        ({"kind": "hangup", "text": "Пока."}, TransferEnded(outcome=TransferOutcome.TALKED)),
    ],
)
def test_an_event_that_answers_something_else_is_refused(node: dict[str, Any], event: Any) -> None:
    scenario = around(node)
    step = start(scenario, CONTACT, TODAY)
    with pytest.raises(IllegalEvent):
        resume(scenario, step.session, event)


def test_nodes_under_test_are_sound() -> None:
    for rows in RUNS.values():
        for what, node, *_ in rows:
            found = check(around(node))
            private = [issue for issue in found if issue.code not in {"unreachable"} and issue.severity == "error"]
            assert not has_errors(private), (what, private)
            assert way([]) == []
