"""Every kind of node: what it does with each event, and that engine, editor and help can be drawn from it.

A kind without a row in RUNS fails here.
"""

from typing import Any

import pytest
from beyond_making import BEYOND_RUNS
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
RECORD: dict[str, Any] = {"kind": "record", "text": "Расскажите.", "question": "said", "tries": 2}
IDENTIFY: dict[str, Any] = {"kind": "identify", "text": "Вы {{ name | name }}?", "tries": 2}
# The last digits of the city's number: any column will do.
DIGITS = {**IDENTIFY, "digits_of": "city", "digits_text": "Последние цифры договора?", "digits_count": 4}
NUMBERED = {**CONTACT, "city": "Д-10/23 451"}
RATE: dict[str, Any] = {"kind": "rate", "text": "Оценка?", "question": "mark", "low": 0, "high": 10, "tries": 2}
PAY: dict[str, Any] = {
    "kind": "promise",
    "text": "Когда?",
    "amount_text": "Сколько?",
    "confirm": "Вы обещаете {{ promise_amount | money('RUB') }} до {{ promise_date | date('gen') }}?",
    "debt": "debt",
    "min_amount": 100,
    "tries": 2,
}


def answer(value: str, question: str = "n", **more: str) -> dict[str, Any]:
    return {"type": "answered", "question": question, "value": value, **more}


def wrong(keys: str, tries: int) -> dict[str, Any]:
    return {"type": "invalid_input", "keys": keys, "tries": tries}


def typed(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": "ask", "text": "?", "question": "n", "type": kind, "tries": 2, **more}


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
LATER: dict[str, Any] = {"kind": "call_later", "text": "Через час — 1, завтра — 2.", "options": {"1": 60, "2": 1440}}
HOURS: dict[str, Any] = {"kind": "hours", "schedule": [{"days": ["mon", "fri"], "from": "09:00", "to": "18:00"}]}
SPLIT: dict[str, Any] = {
    "kind": "split",
    "question": "variant",
    "ways": [{"exit": "a", "label": "Первый"}, {"exit": "b", "weight": 1000000, "label": "Второй"}],
}
LANGUAGE: dict[str, Any] = {"kind": "language", "text": "Русский — 1.", "options": {"1": "ru"}, "tries": 2}
SMALL = {**CONTACT, "debt": "10 000"}

# More of these two, which are nothing without each other, in test_scenario_subscenario.
CALL: dict[str, Any] = {
    "kind": "subscenario",
    "scenario": "who-answers",
    "with": {"stage": "из {{ city }}"},
    "exits": {"done": "to_done", "stranger": "to_stranger"},
}

# kind: (what is looked at, node, contact, keys, exits taken, facts that must be there)
Row = tuple[str, dict[str, Any], dict[str, str], str, list[str], list[dict[str, Any]]]
RUNS: dict[str, list[Row]] = {
    **BEYOND_RUNS,
    "subscenario": [
        (
            "the one or the other comes back",
            CALL,
            CONTACT,
            "2",
            ["begin", "no", "stranger"],
            [{"type": "variable_set", "name": "stage", "value": "из Омск"}],
        )
    ],
    "return": [("nobody has called", {"kind": "return"}, CONTACT, "", [], [{"type": "ended", "reason": "completed"}])],
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
        (
            "last digits",
            DIGITS,
            NUMBERED,
            "1 3451",
            ["confirmed"],
            [{"type": "right_party", "node": "n", "result": "confirmed"}],
        ),
        ("wrong digits are tries", DIGITS, NUMBERED, "1 3452 1234", ["invalid"], [wrong("3452", 1), wrong("1234", 2)]),
        (
            "silent about the digits",
            DIGITS,
            NUMBERED,
            "7 1 3452 3451",
            ["confirmed"],
            [wrong("7", 1), wrong("3452", 1)],
        ),
        ("no need of digits to say no", DIGITS, NUMBERED, "2", ["other"], []),
        ("too few digits in the list fit nothing", DIGITS, {**CONTACT, "city": "51"}, "1 51 0051", ["invalid"], []),
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
        ("confirmed", {**ASK, "confirm": "{{ n | number }}?"}, CONTACT, "7# 1", ["done"], [answer("7")]),
        ("keyed in anew", {**ASK, "confirm": "{{ n | number }}?"}, CONTACT, "7# 2 8# 1", ["done"], [answer("8")]),
        ("not confirmed", {**ASK, "confirm": "{{ n | number }}?"}, CONTACT, "7# 3 -", ["no_input"], [wrong("3", 1)]),
        ("a number of its type", typed("number", max_digits=9), CONTACT, "007#", ["done"], [answer("7")]),
        ("day and month", typed("date"), CONTACT, "0303", ["done"], [answer("2026-03-03", label="03.03.2026")]),
        ("the next such day", typed("date"), CONTACT, "0103", ["done"], [answer("2027-03-01")]),
        (
            "not in the past",
            typed("date", date_format="ddmmyyyy", earliest_days=0),
            CONTACT,
            "01032026 02032026",
            ["done"],
            [wrong("01032026", 1), answer("2026-03-02")],
        ),
        (
            "within days",
            typed("date", earliest_days=0, latest_days=14),
            CONTACT,
            "1703 1603",
            ["done"],
            [wrong("1703", 1), answer("2026-03-16")],
        ),
        ("a day in the past", typed("date", latest_days=0), CONTACT, "0303", ["done"], [answer("2025-03-03")]),
        ("no such day", typed("date"), CONTACT, "3002 010#", ["invalid"], [wrong("3002", 1), wrong("010", 2)]),
        ("rubles and kopecks", typed("amount", max_digits=5), CONTACT, "1500*50#", ["done"], [answer("1500.50")]),
        (
            "an amount within limits",
            typed("amount", max_digits=5, min_value=10, max_value=99),
            CONTACT,
            "99*01# 10#",
            ["done"],
            [wrong("99*01", 1), answer("10")],
        ),
        ("a mobile", typed("phone"), CONTACT, "89161234567", ["done"], [answer("+79161234567")]),
        (
            "no mobile",
            typed("phone"),
            CONTACT,
            "84951234567 9161234567#",
            ["done"],
            [wrong("84951234567", 1), answer("+79161234567")],
        ),
        ("any phone", typed("phone", any_phone=True), CONTACT, "84951234567#", ["done"], [answer("+74951234567")]),
    ],
    "rate": [
        ("one key", RATE, CONTACT, "7", ["done"], [answer("7", "mark", label="7")]),
        ("the lowest", RATE, CONTACT, "0", ["done"], [answer("0", "mark")]),
        ("ten", RATE, CONTACT, "10", ["done"], [answer("10", "mark")]),
        ("one, and then no zero", RATE, CONTACT, "1", ["done"], [answer("1", "mark")]),
        ("one, ended at once", RATE, CONTACT, "1#", ["done"], [answer("1", "mark")]),
        ("not on the scale", RATE, CONTACT, "15 10", ["done"], [wrong("15", 1), answer("10", "mark")]),
        (
            "one of five needs no waiting",
            {**RATE, "low": 1, "high": 5},
            CONTACT,
            "1 6",
            ["done"],
            [answer("1", "mark")],
        ),
        ("below the scale", {**RATE, "low": 1}, CONTACT, "0 0", ["invalid"], [wrong("0", 2)]),
        ("silent", RATE, CONTACT, "- -", ["no_input"], [{"type": "silence", "tries": 2}]),
        ("repeated", {**RATE, "repeat_key": "*"}, CONTACT, "* 10", ["done"], [answer("10", "mark")]),
    ],
    "promise": [
        (
            "day and amount",
            PAY,
            CONTACT,
            "1003 5000# 1",
            ["promised"],
            [
                answer("2026-03-10", "promise_date", label="10.03.2026"),
                answer("5000", "promise_amount"),
                {"type": "promised", "date": "2026-03-10", "amount": "5000"},
            ],
        ),
        (
            "the day only",
            {**PAY, "amount_text": None, "confirm": "{{ promise_date | date }}"},
            CONTACT,
            "0203 1",
            ["promised"],
            [{"type": "promised", "date": "2026-03-02"}],
        ),
        ("yesterday, then too late", PAY, CONTACT, "0103 1703", ["invalid"], [wrong("0103", 1), wrong("1703", 2)]),
        ("no such day", PAY, CONTACT, "3102 1603 100# 1", ["promised"], [wrong("3102", 1)]),
        ("more than the debt", PAY, CONTACT, "1003 21003# 21002# 1", ["promised"], [wrong("21003", 1)]),
        ("too little, then enough", PAY, CONTACT, "1003 99# 100# 1", ["promised"], [wrong("99", 1)]),
        ("a small debt may be paid as a whole", PAY, {**CONTACT, "debt": "50,20"}, "1003 51# 1", ["promised"], []),
        (
            "keyed in anew",
            PAY,
            CONTACT,
            "1003 5000# 2 1103 6000# 1",
            ["promised"],
            [{"type": "promised", "date": "2026-03-11", "amount": "6000"}],
        ),
        ("each question has all the tries", PAY, CONTACT, "9999 1003 99# 100# 3 1", ["promised"], [wrong("3", 1)]),
        ("declined", PAY, CONTACT, "*", ["declined"], []),
        ("declined when asked how much", PAY, CONTACT, "1003 *", ["declined"], []),
        (
            "not confirmed",
            PAY,
            CONTACT,
            "1003 5000# - 3",
            ["invalid"],
            [{"type": "silence", "tries": 1}, wrong("3", 2)],
        ),
        ("silent", PAY, CONTACT, "- -", ["no_input"], []),
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
    "call_later": [
        ("chosen", LATER, CONTACT, "2", ["done"], [{"type": "call_later", "node": "n", "after_s": 86400}]),
        ("a wrong key, then a right one", LATER, CONTACT, "7 1", ["done"], [{"type": "call_later", "after_s": 3600}]),
        ("silent to the end", {**LATER, "tries": 2}, CONTACT, "- -", ["no_input"], []),
        ("left in the middle", LATER, CONTACT, "x", [], [{"type": "ended", "node": "n", "reason": "hung_up"}]),
        (
            "without asking",
            {"kind": "call_later", "text": "Перезвоним.", "minutes": 30},
            CONTACT,
            "",
            ["done"],
            [{"type": "call_later", "node": "n", "after_s": 1800}],
        ),
        (
            "who leaves amid the words is called all the same",
            {"kind": "call_later", "text": "Перезвоним."},
            CONTACT,
            "x",
            [],
            [{"type": "call_later", "node": "n", "after_s": 3600}],
        ),
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
    "record": [
        (
            "spoken and sent",
            {**RECORD, "review": "Отправить — 3."},
            CONTACT,
            "~7 3",
            ["done"],
            [{"type": "voice_answered", "question": "said", "take": 1, "seconds": 7.0}],
        ),
        ("nothing said", RECORD, CONTACT, "- -", ["no_input"], [{"type": "silence", "tries": 2}]),
        (
            "left after speaking",
            RECORD,
            CONTACT,
            "~7x",
            [],
            [{"type": "voice_answered", "take": 1}, {"type": "ended", "reason": "hung_up"}],
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
    """Exits and facts of a run, those of the start included."""
    happened = facts(run(around(node), keys, contact))
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
    module = {"return": "returning"}.get(kind, kind)  # a word of Python
    assert model.__module__ == f"oklik.scenario.kinds.{module}"
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


@pytest.mark.parametrize("digits", [3, 18, 19, 32])
def test_a_number_may_have_any_digits_that_can_be_keyed_in(digits: int) -> None:
    scenario = around({**typed("number", max_digits=digits)})
    assert scenario.nodes["n"].gives({})["n"] is None
    assert not has_errors(check(scenario))


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
