"""The ready scenarios as calls: who calls is said at once, questions can be heard again, two languages are one call."""

import re
from pathlib import Path

import pytest
from scenario_making import TODAY

from oklik.scenario.document import Scenario, load_file
from oklik.scenario.exploring.ordinary import ordinary
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.questions import questions
from oklik.scenario.simulate import simulate
from oklik.scenario.speech_time import PER_CHARACTER, seconds

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NAMES = sorted(path.parent.name for path in SCENARIOS.glob("*/ru.yaml"))
LANGUAGES = ("ru", "en")
GREETING = re.compile(r"здравствуйте|hello", re.IGNORECASE)
# A gate asks whoever comes to the telephone late: there the greeting belongs to the question.
GREETS_AGAIN = {"press-any-key"}


def ready(name: str, language: str) -> Scenario:
    return load_file(SCENARIOS / name / f"{language}.yaml")


def each() -> list[tuple[str, str]]:
    return [(name, language) for name in NAMES for language in LANGUAGES]


def test_all_that_was_promised_are_there() -> None:
    assert set(NAMES) >= {
        "appointment",
        "birthday-greeting",
        "callback-request",
        "csat",
        "data-refresh",
        "debt-reminder",
        "debt-reminder-hard",
        "delivery",
        "event-invitation",
        "lead-qualification",
        "opinion-poll",
        "outage-notice",
        "press-any-key",
        "satisfaction-survey",
    }


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_are_the_same_call(name: str) -> None:
    ru, en = (ready(name, language) for language in LANGUAGES)
    assert list(ru.nodes) == list(en.nodes)
    for node in ru.nodes:
        assert type(ru.nodes[node]) is type(en.nodes[node]), node
        assert ru.nodes[node].targets == en.nodes[node].targets, node
        assert {phrase.field for phrase in ru.nodes[node].phrases()} == {
            phrase.field for phrase in en.nodes[node].phrases()
        }, node
    assert [(asked.name, list(asked.options)) for asked in questions(ru)] == [
        (asked.name, list(asked.options)) for asked in questions(en)
    ]
    assert set(en.columns) <= set(ru.columns)  # who is spoken to in English has no gender to look up
    assert set(ru.columns) - set(en.columns) <= {"gender"}
    assert ru.purpose == en.purpose


@pytest.mark.parametrize(("name", "language"), each())
def test_who_calls_is_said_in_the_first_six_seconds(name: str, language: str) -> None:
    scenario = ready(name, language)
    person = ordinary(scenario, language, TODAY)
    heard = " ".join(line["prompt"] for line in simulate(scenario, person, "", TODAY, language))
    company = scenario.organization
    assert isinstance(company, str)
    before = heard[: heard.index(company) + len(company)]
    assert len(before) * PER_CHARACTER[language] < 6, before


@pytest.mark.parametrize(("name", "language"), each())
def test_questions_are_fit_for_being_asked_again(name: str, language: str) -> None:
    scenario = ready(name, language)
    for node_name, node in scenario.nodes.items():
        if not isinstance(node, AskingNode) or not node.exits() or len(node.exits()) < 2:
            continue
        place = f"{name} {language} {node_name}"
        spoken = {phrase.field: phrase.text for phrase in node.phrases()}
        again = node.repeat_key or "*" in getattr(node, "options", {}) or getattr(node, "decline_key", None)
        if name not in GREETS_AGAIN:
            assert again, f"{place}: cannot be heard again"
            assert not GREETING.search(str(spoken["text"])), f"{place}: greets at every try"
        if node.tries > 1 and name not in GREETS_AGAIN | {"outage-notice"}:
            assert {"invalid", "no_input"} <= set(spoken), f"{place}: silence or a wrong key is not spoken to"


@pytest.mark.parametrize(("name", "language"), each())
def test_nobody_is_held_for_long_before_a_key_can_be_pressed(name: str, language: str) -> None:
    scenario = ready(name, language)
    for node, phrase in scenario.phrasebook.phrases:
        assert seconds(scenario.phrasebook.template(node, phrase.field, language), language) < 22, (node, phrase.field)


@pytest.mark.parametrize(("name", "language"), each())
def test_whoever_is_sold_to_or_asked_can_stop_the_calls(name: str, language: str) -> None:
    scenario = ready(name, language)
    if scenario.purpose in {"advertising", "survey", "debt"}:
        assert any(node.opts_out for node in scenario.nodes.values())


# -- the poll -----------------------------------------------------------------------------------------------------

SPOKEN = {
    "ru": {"Дороги": "roads", "Транспорт": "transport", "Дворы и парки": "yards", "Трудно сказать": "unsure"},
    "en": {"For roads": "roads", "For public transport": "transport", "For parks": "yards", "hard to say": "unsure"},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_of_the_poll_has_one_code_in_every_order(language: str) -> None:
    scenario = ready("opinion-poll", language)
    orders, places = set(), set()
    for who in range(60):
        lines = list(simulate(scenario, {}, "1 1 1 1 1", TODAY, language, who=str(who)))
        order = tuple(line["node"] for line in lines if line["kind"] == "menu")
        asked = next(line for line in lines if line["node"].endswith("_first"))
        orders.add(order)
        for words, code in SPOKEN[language].items():
            key = key_of(asked["prompt"], words, language)
            places.add((code, key))
            *_, last = simulate(scenario, {}, f"1 1 1 {key} 1", TODAY, language, who=str(who))
            assert last["answers"]["priority"] == code, (asked["node"], words)
    assert len(orders) == 6  # two orders of the questions by three of the answers
    assert {(code, key) for code in ("roads", "transport", "yards") for key in "123"} <= places
    assert {key for code, key in places if code == "unsure"} == {"0"}


def key_of(prompt: str, words: str, language: str) -> str:
    """The key that is said behind an answer."""
    numbers = {
        "ru": {"ноль": "0", "один": "1", "два": "2", "три": "3"},
        "en": {"zero": "0", "one": "1", "two": "2", "three": "3"},
    }[language]
    found = re.search(rf"{words}[^.]*?\b({'|'.join(numbers)})\b", prompt)
    assert found, (words, prompt)
    return numbers[found[1]]


# -- what a stranger hears ------------------------------------------------------------------------------------------

DEBTOR = {"name": "Иванова Мария Петровна", "contract": "КД-20458/1", "debt": "21 001,50", "due": "15.02.2026"}
TELLING = re.compile(r"долг|задолжен|оплат|рубл|двадцать одна тысяча|debt|overdue|pay\b|dollars", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("keys", ["2", "3", "- - -", "1 1111 1112 1113", "1 - - -", "1 9999 - x"])
def test_a_stranger_hears_no_word_of_a_debt(language: str, keys: str) -> None:
    lines = list(simulate(ready("debt-reminder-hard", language), DEBTOR, keys, TODAY, language))
    heard = " ".join(line["prompt"] for line in lines)
    assert not TELLING.search(heard), heard
    assert lines[-1]["ended"] in {"wrong_person", "no_input", "hung_up"}


def test_the_hard_reminder_takes_a_promise_no_higher_than_the_debt() -> None:
    scenario = ready("debt-reminder-hard", "ru")
    *_, last = simulate(scenario, DEBTOR, "1 4581 1 0503 21003# 21002# 1", TODAY, "ru")
    assert last["answers"] == {"intent": "promise", "promise_date": "2026-03-05", "promise_amount": "21002"}


# -- a mark of ten ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("keys", "mark"), [("1 10 1 1 1", "10"), ("1 1 1 1 1", "1"), ("1 0 1 1 1", "0")])
def test_the_nps_is_from_zero_to_ten(keys: str, mark: str) -> None:
    scenario = ready("satisfaction-survey", "ru")
    lines = list(simulate(scenario, {"name": ""}, keys, TODAY, "ru"))
    assert lines[-1]["answers"]["nps"] == mark
