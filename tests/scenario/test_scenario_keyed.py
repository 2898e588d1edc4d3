"""What is keyed in: strict reading, and that any value can be read back of words made before the call."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_making import CONTACT, TODAY, make, run

from oklik.scenario import keyed
from oklik.scenario.check import check, has_errors
from oklik.scenario.document import Scenario
from oklik.scenario.flow import Collect, Digits, HungUp, NoInput, Say, Step
from oklik.scenario.interpreter import resume, start
from oklik.scenario.prompts import all_prompts
from oklik.scenario.questions import questions

quick = settings(max_examples=60, derandomize=True, deadline=None)
dates = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))


# -- reading ----------------------------------------------------------------------------------------------------


@quick
@given(dates)
def test_a_whole_date_is_read_as_it_is(day: dt.date) -> None:
    assert keyed.read_date(f"{day:%d%m}{day.year:04}", TODAY, with_year=True) == day


@quick
@given(dates.filter(lambda day: day.year > 1908), st.integers(0, 365))
def test_a_date_without_a_year_is_the_next_one(today: dt.date, ahead: int) -> None:
    day = today + dt.timedelta(days=ahead)
    if day.year < 2200:
        assert keyed.read_date(f"{day:%d%m}", today, with_year=False) == day
        assert keyed.read_date(f"{day:%d%m}", today, with_year=False, earliest=0, latest=ahead) == day
        if ahead:
            assert keyed.read_date(f"{day:%d%m}", today, with_year=False, earliest=0, latest=ahead - 1) is None


@pytest.mark.parametrize(
    ("keys", "limits", "day"),
    [
        ("2902", {}, "2028-02-29"),
        ("2902", {"latest": 0}, "2024-02-29"),
        ("2902", {"earliest": 0, "latest": 300}, None),
        ("3002", {}, None),
        ("0013", {}, None),
        ("1", {}, None),
        ("01*3", {}, None),
        ("٠١٠٣", {}, None),
        ("01032026", {}, None),
        ("3112", {"latest": 0}, "2025-12-31"),
        ("0203", {"earliest": 1}, "2027-03-02"),
    ],
)
def test_odd_dates(keys: str, limits: dict[str, int], day: str | None) -> None:
    found = keyed.read_date(keys, TODAY, with_year=False, **limits)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize("keys", ["29022026", "01011899", "01012200", "0101999", "010120261"])
def test_whole_dates_that_are_none(keys: str) -> None:
    assert keyed.read_date(keys, TODAY, with_year=True) is None


@pytest.mark.parametrize(
    ("keys", "amount"),
    [
        ("1500", "1500"),
        ("1500*50", "1500.50"),
        ("1500*5", "1500.50"),
        ("1500*", "1500"),
        ("0*07", "0.07"),
        ("007", "7"),
        ("*50", None),
        ("1*2*3", None),
        ("1*234", None),
        ("", None),
        ("1#", None),
        ("١", None),
    ],
)
def test_amounts(keys: str, amount: str | None) -> None:
    found = keyed.read_amount(keys)
    assert (None if found is None else keyed.plain_amount(found)) == amount


@pytest.mark.parametrize(
    ("keys", "mobile", "number"),
    [
        ("89161234567", True, "+79161234567"),
        ("79161234567", True, "+79161234567"),
        ("9161234567", True, "+79161234567"),
        ("84951234567", True, None),
        ("916123456", True, None),
        ("891612345678", True, None),
        ("8916*234567", True, None),
        ("84951234567", False, "+74951234567"),
        ("4951234567", False, "+74951234567"),
        ("810442079460958", False, "+442079460958"),
        ("442079460958", False, "+442079460958"),
        ("12345", False, None),
        ("٨٩١٦١٢٣٤٥٦٧", True, None),
    ],
)
def test_phones(keys: str, mobile: bool, number: str | None) -> None:
    assert keyed.read_phone(keys, mobile=mobile) == number


# -- reading back -----------------------------------------------------------------------------------------------

KEYS = st.integers(0, 999_999_999)
TYPED: dict[str, tuple[str, str, dict[str, Any], st.SearchStrategy[str]]] = {
    "number": ("{{ n | number }}", "{{ n | number }}", {"max_digits": 9}, KEYS.map(lambda n: f"{n}#")),
    "small": (
        "{{ n | count('день', 'gen') }}",
        "{{ n | count('day') }}",
        {"type": "number", "max_digits": 4},
        st.integers(0, 9999).map(lambda n: f"{n}#"),
    ),
    "ordinal": (
        "{{ n | ordinal('gen', 'f', preposition='с') }}",
        "{{ n | ordinal }}",
        {"type": "number", "max_digits": 9},
        (st.integers(0, 9999) | KEYS | st.integers(0, 999).map(lambda n: n * 1000)).map(lambda n: f"{n}#"),
    ),
    "amount": (
        "{{ n | money('RUB', 'ins') }}",
        "{{ n | money('RUB') }}",
        {"max_digits": 9},
        st.tuples(KEYS, st.integers(0, 99)).map(lambda pair: f"{pair[0]}*{pair[1]:02}#"),
    ),
    "date": (
        "{{ n | date('gen') }}",
        "{{ n | date }}",
        {"date_format": "ddmmyyyy"},
        dates.map(lambda day: f"{day:%d%m}{day.year:04}"),
    ),
    "phone": ("{{ n | phone }}", "{{ n | phone }}", {}, st.integers(9_000_000_000, 9_999_999_999).map(str)),
}


def reading_back(kind: str, language: str) -> Scenario:
    russian, english, more, _ = TYPED[kind]
    ask = {"kind": "ask", "type": kind, "text": "?", "question": "n", **more}
    ask |= {"confirm": {"ru": f"Вы ввели {russian}. Верно?", "en": f"You entered {english}. Right?"}[language]}
    nodes = {"n": {**ask, "exits": {"done": "bye", "no_input": "bye"}}, "bye": {"kind": "hangup"}}
    return make(nodes, languages=[language], columns={})


def words(said: Say) -> set[str]:
    return set(re.findall(r"[\w\u0301]+(?:-[\w\u0301]+)*", said.text))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", TYPED)
def test_whatever_is_keyed_in_can_be_read_back_of_words_made_before(kind: str, language: str) -> None:
    scenario = reading_back(kind, language)
    assert not has_errors(check(scenario))
    ready = all_prompts(scenario, {}, TODAY)
    known = set().union(*(words(said) for said in ready if said.words))
    asked = start(scenario, {}, TODAY)

    @settings(max_examples=40, derandomize=True, deadline=None)
    @given(TYPED[kind][3])
    def read_back(keys: str) -> None:
        step = resume(scenario, asked.session, Digits(keys=keys.rstrip("#")))
        assert isinstance(step.instruction, Collect)
        for said in step.instruction.parts:
            assert said in ready or (said.words and said.composed and words(said) <= known), said

    read_back()


def test_other_countries_are_read_back_too() -> None:
    ask = {
        "kind": "ask",
        "type": "phone",
        "any_phone": True,
        "text": "?",
        "question": "n",
        "confirm": "{{ n | phone }}?",
    }
    scenario = make({"n": {**ask, "exits": {"done": "bye", "no_input": "bye"}}, "bye": {"kind": "hangup"}})
    known = set().union(*(words(said) for said in all_prompts(scenario, CONTACT, TODAY) if said.words))
    for keys in ("442079460958", "84951234567", "12125550147", "4930123456"):
        step = resume(scenario, start(scenario, CONTACT, TODAY).session, Digits(keys=keys))
        assert isinstance(step.instruction, Collect)
        assert words(step.instruction.parts[0]) <= known, keys


def test_what_is_read_back_is_no_answer_until_it_is_confirmed() -> None:
    """Neither in the facts nor for the steps that follow; and it survives a change of processes."""
    scenario = reading_back("amount", "ru")
    first = resume(scenario, start(scenario, {}, TODAY).session, Digits(keys="100"))
    assert [part.text for part in first.instruction.parts] == ["Вы ввели", "ста рублями", ". Верно?"]  # type: ignore[union-attr]
    for event in (NoInput(), HungUp()):
        step: Step = first
        while not step.session.over:
            step = resume(scenario, step.session, event)
        assert "n" not in step.session.variables
    assert resume(scenario, first.session, Digits(keys="1")).session.variables == {"n": "100"}


def test_the_invalid_text_is_not_said_before_the_reading_back() -> None:
    ask = {"kind": "ask", "text": "Цифра?", "question": "n", "invalid": "Нужна цифра.", "confirm": "{{ n | digits }}?"}
    lines = run(make({"n": {**ask, "exits": {"done": "e", "no_input": "e"}}, "e": {"kind": "hangup"}}), "* 5 7 1")
    assert [line["prompt"] for line in lines][:4] == ["Цифра?", "Нужна цифра. Цифра?", "пять?", "пять?"]


def test_a_zero_is_waited_for_without_a_word() -> None:
    rate = {"kind": "rate", "text": "Оценка?", "question": "n", "low": 1, "high": 10, "digit_timeout_s": 1.5}
    scenario = make({"n": {**rate, "exits": {"done": "e", "no_input": "e"}}, "e": {"kind": "hangup"}})
    asked = start(scenario, CONTACT, TODAY)
    assert isinstance(asked.instruction, Collect) and asked.instruction.max_digits == 1
    more = resume(scenario, asked.session, Digits(keys="1"))
    assert isinstance(more.instruction, Collect)
    assert (more.instruction.more, more.instruction.parts, more.instruction.timeout_s) == (True, (), 1.5)
    assert resume(scenario, more.session, NoInput()).session.variables == {"n": "1"}
    assert resume(scenario, more.session, Digits(keys="0")).session.variables == {"n": "10"}


def test_branches_compare_keyed_in_dates_as_dates() -> None:
    case = {"exit": "soon", "conditions": [{"field": "n", "op": "at_most", "value": "2026-03-10"}]}
    nodes = {
        "n": {"kind": "ask", "type": "date", "text": "?", "question": "n", "exits": {"done": "b", "no_input": "e"}},
        "b": {"kind": "branch", "cases": [case], "exits": {"soon": "s", "else": "e"}},
        "s": {"kind": "hangup", "text": "Скоро."},
        "e": {"kind": "hangup"},
    }
    scenario = make(nodes)
    assert run(scenario, "0903")[-1]["node"] == "s"
    assert run(scenario, "1103")[-1]["node"] == "e"


def test_a_promise_is_two_questions_of_the_report() -> None:
    pay = {"kind": "promise", "title": "Обещание", "text": "?", "amount_text": "?", "confirm": "Да?"}
    scenario = make({"n": {**pay, "exits": {"promised": "e", "no_input": "e"}}, "e": {"kind": "hangup"}})
    found = [(question.name, question.title["ru"], question.kind) for question in questions(scenario)]
    assert found == [("promise_date", "Обещание: дата", "date"), ("promise_amount", "Обещание: сумма", "money")]


def test_comparing_last_digits_gives_nothing_away() -> None:
    """The column may be private, and who hears the question hears nothing of it."""
    columns = {"contract": {"title": "Договор", "type": "digits", "private": True}}
    asked = {"kind": "identify", "text": "Это вы?", "digits_of": "contract", "digits_text": "Последние четыре цифры?"}
    exits = {"confirmed": "tell", "other": "wrong", "wrong_number": "wrong", "no_input": "silent"}
    nodes = {
        "n": {**asked, "exits": exits},
        "tell": {"kind": "hangup", "text": "Договор {{ contract | digits }}."},
        "wrong": {"kind": "hangup", "outcome": "wrong_person"},
        "silent": {"kind": "hangup", "outcome": "no_input"},
    }
    scenario = make(nodes, columns=columns)
    assert check(scenario) == []
    lines = run(scenario, "1 1111 4567", {"contract": "1234567"})
    assert [line["node"] for line in lines] == ["n", "n", "n", "tell", "tell"]
    assert not any("пять" in line["prompt"] for line in lines[:3])
    assert run(scenario, "1 1111 2222 3333", {"contract": "1234567"})[-1]["ended"] == "no_input"


def test_a_node_remembers_nothing_of_the_one_before() -> None:
    ask = {"kind": "ask", "text": "Число?", "confirm": "Верно?"}
    nodes = {
        "a": {**ask, "question": "a", "exits": {"done": "b", "no_input": "e"}},
        "b": {**ask, "question": "b", "exits": {"done": "a", "no_input": "e"}},
        "e": {"kind": "hangup"},
    }
    lines = run(make(nodes), "5 1 6 1 7 1")
    assert [line["prompt"] for line in lines][:6] == ["Число?", "Верно?"] * 3
    assert lines[-1]["answers"] == {"a": "7", "b": "6"}


def test_samples_are_spared_where_they_are_not_needed() -> None:
    assert keyed.number_samples(10**9) == ()
    assert Decimal(keyed.number_samples(5000)[-1]) <= 5000
    assert keyed.amount_samples(10**9) == ()


def test_a_number_of_nineteen_digits_is_too_many_to_list() -> None:
    node = {"kind": "ask", "text": "Число?", "question": "n", "type": "number", "max_digits": 19}
    scenario = make({"a": {**node, "exits": {"done": "z", "no_input": "z"}}, "z": {"kind": "hangup"}})
    assert scenario.nodes["a"].gives({}) == {"n": None}
