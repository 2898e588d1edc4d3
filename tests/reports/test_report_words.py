"""No internal code reaches a customer: every code that can be in the tables has its words."""

import ast
import re
from pathlib import Path

import pytest

import oklik
from oklik.dialing import sentences
from oklik.dialing.law.in_force import all_rules
from oklik.dialing.rejections import Rejection
from oklik.dialing.vocabulary import Disposition
from oklik.reports.words import (
    KNOWN_REASONS,
    LANGUAGES,
    campaign_state,
    disposition_names,
    hangup_by,
    outcome,
    reason,
    rejection,
    word,
)
from oklik.scenario.spoken import EXPECTED
from oklik.store.schema import Campaign, Target
from oklik.telephony.port import HangupBy

HOUSE = Path(oklik.__file__).parent


def in_words(text: str | None, code: str, language: str) -> bool:
    if not text or code in text or "_" in text or text != text.strip():
        return False
    return bool(re.search("[а-яё]" if language == "ru" else "[a-z]", text)) and text[0] == text[0].upper()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_disposition_has_words_of_its_own(language: str) -> None:
    names = disposition_names(language)
    assert set(names) == {str(code) for code in Disposition} | {""}
    assert len(set(names.values())) == len(names)
    for code in Disposition:
        assert names[code] == outcome(code, "done", language)
        assert names[code][0].isupper()
        assert "_" not in names[code]
    assert disposition_names("ru")["unreachable"] == "Недоступен"


def _states_of(table: type) -> list[str]:
    (check,) = (c for c in table.__table__.constraints if "state" in str(getattr(c, "sqltext", "")))
    return re.findall(r"'(\w+)'", str(check.sqltext))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words(language: str) -> None:
    for state in _states_of(Target):
        assert in_words(outcome(None, state, language), state + "_", language)
    for state in _states_of(Campaign):
        assert campaign_state(state, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_hung_up_has_words(language: str) -> None:
    for code in HangupBy:
        assert hangup_by(code, language)
    assert hangup_by("person", "ru") == "Абонент"
    assert hangup_by(None, language) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rejection_is_a_sentence(language: str) -> None:
    for code in Rejection:
        assert in_words(rejection(code, "12345", language), f"{code}:", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_reason_is_a_sentence(language: str) -> None:
    for code in KNOWN_REASONS:
        assert in_words(reason(code, {}, language), code + "_", language)
        if "_" in code:
            assert code not in str(reason(code, {}, language))
    assert reason(None, None, language) is None


def test_reasons_about_values_name_column_and_value() -> None:
    args = {"name": "debt", "title": "Сумма долга", "value": "сто", "expected": "money", "node": "amount"}
    text = reason("value_unreadable", args, "ru")
    assert text == f"«Сумма долга»: не читается «сто», нужно: {EXPECTED['money']['ru']}"
    assert reason("value_missing", {"title": "ФИО"}, "ru") == "В списке нет значения «ФИО»"


def _written_codes() -> set[str]:
    """Codes that the rooms write as rule or reason: first arguments of their value types, and SQL."""
    codes = {cap.rule for rules in all_rules() for cap in rules.caps}
    for file in HOUSE.rglob("*.py"):
        source = file.read_text()
        # w.reason: of the way through a scenario, which is another thing
        codes |= set(re.findall(r"(?<!w\.)\breason = '(\w+)'", source))
        codes |= set(re.findall(r"(?:THEN|ELSE) '(\w+)'[^']*END,?\s*reason_args", source))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Deny", "Stop", "_Reason") and node.args:
                strings = (part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant))
                codes |= {value for value in strings if isinstance(value, str)}
    return codes


def test_every_reason_that_the_house_writes_is_known() -> None:
    codes = _written_codes()
    assert {"window", "stop_list", "opted_out", "prompt_failed", "max_attempts"} <= codes
    assert codes <= KNOWN_REASONS


def test_sentences_of_dialing_are_complete_in_both_languages() -> None:
    for code in sentences.CODES:
        assert sentences.sentence(code, {}, "ru") != sentences.sentence(code, {}, "en")


def test_headings_fit_excel() -> None:
    for language in LANGUAGES:
        for key in ("sheet_summary", "sheet_contacts", "sheet_attempts", "sheet_rejected"):
            assert 1 <= len(word(key, language)) <= 28
