"""Texts by language: what is translated, which language stands in for which, and how it is spoken then."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_making import CONTACT, TODAY, make

from oklik.scenario.check import check
from oklik.scenario.document import Scenario
from oklik.scenario.prompts import all_prompts
from oklik.scenario.simulate import simulate
from oklik.scenario.spoken import join
from oklik.scenario.translations import Gap, chain, coverage, declared

NODES: dict[str, Any] = {
    "hello": {"kind": "play", "text": {"ru": "Здравствуйте!", "en": "Hello."}, "exits": {"done": "ask"}},
    "ask": {
        "kind": "menu",
        "text": {"ru": "Придёте — нажмите 1."},
        "question": "coming",
        "options": {"1": {"exit": "yes", "label": {"ru": "Да", "en": "Yes"}, "value": "yes"}},
        "exits": {"yes": "due", "no_input": "bye"},
    },
    "due": {"kind": "play", "text": "Срок — {{ due | date }}.", "exits": {"done": "bye"}},
    "bye": {"kind": "hangup", "text": {"ru": "До свидания!", "en": "Goodbye.", "tt": "Сау булыгыз!"}},
}
COLUMNS = {"due": {"title": "Срок", "type": "date"}}


def scenario(**changes: Any) -> Scenario:
    return make(NODES, **{"languages": ["ru", "en", "tt"], "columns": COLUMNS, **changes})


def heard(made: Scenario, language: str) -> list[tuple[str, str]]:
    """(language, text) of every prompt of a call."""
    said = []
    for line in simulate(made, CONTACT, "1", TODAY, language):
        parts = (line["instruction"] or {}).get("parts", ())
        if parts:
            (spoken,) = {part["language"] for part in parts}
            said.append((spoken, line["prompt"]))
    return said


def missing(made: Scenario) -> set[tuple[str | None, str | None, str, str]]:
    return {
        (issue.node, issue.field, issue.severity, issue.text["en"])
        for issue in check(made)
        if issue.code == "translation_missing"
    }


def test_what_is_translated_is_counted_by_node_and_field() -> None:
    ru, en, tt = coverage(scenario(fallback={"tt": "en", "en": "ru"}))
    assert (ru.language, ru.texts, ru.translated, ru.gaps, ru.missing) == ("ru", 5, 5, (), 0)
    assert (en.translated, en.missing) == (3, 0)
    assert en.gaps == (
        Gap(node="ask", field="text", spoken=True, covered_by="ru"),
        Gap(node="due", field="text", spoken=True, covered_by="ru"),
    )
    assert {(gap.node, gap.field): (gap.covered_by, gap.spoken) for gap in tt.gaps} == {
        ("hello", "text"): ("en", True),
        ("ask", "text"): ("ru", True),
        ("ask", "options.1.label"): ("en", False),
        ("due", "text"): ("ru", True),
    }
    assert [one.missing for one in coverage(scenario())] == [0, 2, 4]


def test_what_is_missing_is_spoken_in_the_language_standing_in() -> None:
    made = scenario(fallback={"tt": "en", "en": "ru"})
    assert heard(made, "tt") == [
        ("en", "Hello."),
        ("ru", "Придёте — нажмите один."),
        ("ru", "Срок — тридцать первое декабря."),
        ("tt", "Сау булыгыз!"),
    ]
    assert heard(made, "ru")[2] == heard(made, "en")[2]
    ahead = {(part.language, part.text) for part in all_prompts(made, CONTACT, TODAY, "tt")}
    assert {("en", "Hello."), ("ru", "Срок —"), ("tt", "Сау булыгыз!")} <= ahead


def test_without_a_fallback_a_draft_speaks_its_first_language() -> None:
    assert heard(scenario(), "tt")[0] == ("ru", "Здравствуйте!")
    made = make({"a": {"kind": "hangup", "text": {"en": "Goodbye."}}}, languages=["ru", "en"])
    (said,) = made.phrasebook.say("a", "text", "ru", {}, dt.date(2026, 1, 1))
    assert (said.language, join((said,))) == ("en", "Goodbye."), "rather any text than silence"


def test_a_gap_is_an_error_unless_the_document_says_what_stands_in() -> None:
    assert {(node, field) for node, field, severity, _ in missing(scenario()) if severity == "error"} == {
        ("hello", "text"),
        ("ask", "text"),
        ("ask", "options.1.label"),
        ("due", "text"),
    }
    found = missing(scenario(fallback={"tt": "ru"}))
    assert ("hello", "text", "warning", "The translation into 'tt' is missing: it will be spoken in 'ru'") in found
    assert ("ask", "text", "error", "The translation into 'en' is missing") in found
    assert not any(field == "options.1.label" for _, field, _, _ in found), "no report is in Tatar"


def test_a_label_without_a_translation_is_shown_as_its_code() -> None:
    label = {**NODES["ask"], "options": {"1": {"exit": "yes", "label": {"ru": "Да"}, "value": "yes"}}}
    made = make({**NODES, "ask": label}, languages=["ru", "en", "tt"], columns=COLUMNS, fallback={"en": "ru"})
    (text,) = [
        text for _, field, severity, text in missing(made) if field == "options.1.label" and severity == "warning"
    ]
    assert text.endswith("a report in this language will name the answer by its code")


def test_the_language_standing_in_may_name_the_creditor() -> None:
    nodes = {"a": {"kind": "play", "text": {"ru": "Это «Пример»."}, "message": True, "exits": {"done": "end"}}}
    made = make(
        {**nodes, "end": {"kind": "hangup"}},
        languages=["ru", "tt"],
        fallback={"tt": "ru"},
        purpose="debt",
        organization={"ru": "«Пример»"},
    )
    assert {issue.severity for issue in check(made) if "creditor" in issue.code} <= {"warning"}
    assert [issue.code for issue in check(made) if issue.field == "text.tt"] == [
        issue.code for issue in check(made) if issue.field == "text.ru"
    ]


@pytest.mark.parametrize(
    ("fallback", "language", "expected"),
    [
        ({}, "ru", ()),
        ({"tt": "ru"}, "tt", ("ru",)),
        ({"tt": "en", "en": "ru"}, "tt", ("en", "ru")),
        ({"tt": "en", "en": "tt"}, "tt", ("en",)),
        ({"ru": "ru"}, "ru", ()),
    ],
)
def test_who_stands_in_for_whom(fallback: dict[str, str], language: str, expected: tuple[str, ...]) -> None:
    assert declared(fallback, language) == expected
    assert chain(("ru", "en", "tt"), fallback, language)[-1] == "ru" or "ru" in expected or language == "ru"


LANGUAGE = st.sampled_from(["ru", "en", "tt", "de"])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(LANGUAGE, LANGUAGE), st.lists(LANGUAGE, min_size=1, max_size=4, unique=True))
def test_any_fallback_comes_to_an_end_and_says_something(fallback: dict[str, str], languages: list[str]) -> None:
    made = make(NODES, columns=COLUMNS, languages=languages, fallback=fallback)
    check(made)
    for one in coverage(made):
        assert one.translated + len(one.gaps) == one.texts
        order = chain(made.languages, made.fallback, one.language)
        assert len(set(order)) == len(order)
        assert made.phrasebook.template("hello", "text", one.language).source


# -- recordings -----------------------------------------------------------------------------------------------------


def test_a_recording_is_named_with_the_text_in_the_language_that_is_spoken() -> None:
    made = scenario(fallback={"tt": "ru"}, recordings={"hello.text": "greeting", "due.text": "due"})
    said = [
        (part["language"], part["text"], part.get("recording"))
        for line in simulate(made, CONTACT, "1", TODAY, "tt")
        for part in (line["instruction"] or {}).get("parts", ())
    ]
    assert said == [
        ("ru", "Здравствуйте!", "greeting"),
        ("ru", "Придёте — нажмите один.", None),
        ("ru", "Срок —", "due.1"),
        ("ru", "тридцать первое декабря.", None),
        ("tt", "Сау булыгыз!", None),
    ]
    assert not [issue for issue in check(made) if "recording" in issue.code]
