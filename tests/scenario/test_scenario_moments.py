"""Appointments end to end: columns of times, what is said of them, compared with them and made before the call."""

import datetime as dt
from typing import Any

import pytest
from scenario_making import CONTACT, TODAY, document, make, run

from oklik.scenario.check import check
from oklik.scenario.document import Scenario, from_json
from oklik.scenario.errors import PromptError
from oklik.scenario.prompts import all_prompts

COLUMNS = {
    "day": {"title": "Дата приёма", "type": "date"},
    "at": {"title": "Время", "type": "time"},
    "code": {"title": "Код", "type": "digits"},
}
VISIT = {"day": "24.11.2026", "at": "14:30", "code": "4207"}


def told(text: str) -> Scenario:
    return make({"end": {"kind": "hangup", "text": text}}, columns=COLUMNS)


def test_an_appointment_as_it_is_heard() -> None:
    scenario = told(
        "Ждём вас {{ day | weekday(preposition='в') }}, {{ day | date('gen') }}, в {{ at | time('acc') }}. "
        "Код: {{ code | digits(group='2') }}."
    )
    assert check(scenario) == []
    line, *_ = run(scenario, "", VISIT)
    assert line["prompt"] == (
        "Ждём вас во вторник, двадцать четвёртого ноября, в четырнадцать тридцать. Код: четыре два, ноль семь."
    )


def test_the_same_in_english() -> None:
    nodes = {"end": {"kind": "hangup", "text": "See you on {{ day | weekday }}, {{ day | date }}, at {{ at | time }}."}}
    scenario = from_json(document(nodes, columns=COLUMNS, languages=["en"]))
    assert check(scenario) == []
    line, *_ = run(scenario, "", VISIT)
    assert line["prompt"] == "See you on Tuesday, the twenty-fourth of November, at two thirty in the afternoon."


def test_a_date_with_its_time_in_one_cell() -> None:
    scenario = told("{{ day | date }}, {{ day | time }}")
    line, *_ = run(scenario, "", {**VISIT, "day": "24.11.2026 09:05"})
    assert line["prompt"] == "двадцать четвёртое ноября, девять ноль пять"
    with pytest.raises(PromptError) as caught:
        all_prompts(scenario, {**VISIT, "day": "24.11.2026"}, TODAY)
    assert (caught.value.code, caught.value.args_["expected"]) == ("value_unreadable", "time")
    assert "время, например «14:30»" in caught.value.text["ru"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("Ждём в {{ at }}.", "filter_missing", "{{ at | time }}"),
        ("Ждём в {{ at | date }}.", "filter_unfit", "столбец типа time, а произносится как date"),
        ("Ждём в {{ code | time }}.", "filter_unfit", "столбец типа digits, а произносится как time"),
        ("Ждём в {{ at | weekday }}.", "filter_unfit", "столбец типа time"),
        ("Ждём в {{ when | time }}.", "name_unknown", "«when»"),
        ("Ждём в {{ at | tme }}.", "template_bad", "символ 16: неизвестный фильтр «tme»"),
        ("Ждём в {{ at | time(clok='12') }}.", "template_bad", "символ 26: time: неизвестный аргумент clok"),
        ("Ждём в {{ at | time('кто') }}.", "template_bad", "символ 21: time: падеж «кто»"),
        ("Ждём в {{ at | time(clock='13') }}.", "template_bad", "символ 27: time: часы (clock) «13»"),
        ("Ждём {{ day | date(near='да') }}.", "template_bad", "символ 25: date: близкие дни (near) «да»"),
        ("Ждём в {{ at | time('gen', 'm') }}.", "template_bad", "символ 28: time: лишний аргумент"),
        ("Осталось {{ code | count('зюзя') }}.", "template_bad", "символ 26: count: «зюзя» не сосчитать"),
        ("Ждём в {{ at | time", "template_bad", "символ 8: «{{» не закрыто"),
    ],
)
def test_what_is_wrong_with_a_slot_is_told_with_its_place(text: str, code: str, words: str) -> None:
    scenario = told(text)
    (issue,) = [issue for issue in check(scenario) if issue.code == code]
    assert (issue.node, issue.field) == ("end", "text")
    assert words in issue.text["ru"]
    assert issue.text["en"] != issue.text["ru"]


def test_a_russian_preposition_in_an_english_text_is_told() -> None:
    texts = {"ru": "{{ day | weekday(preposition='в') }}", "en": "{{ day | weekday(preposition='в') }}"}
    nodes = {"end": {"kind": "hangup", "text": texts}}
    scenario = from_json(document(nodes, columns=COLUMNS, title={"ru": "А", "en": "A"}, languages=["ru", "en"]))
    (issue,) = [issue for issue in check(scenario) if issue.severity == "error" and issue.code == "template_bad"]
    assert issue.field == "text.en"


def branching(op: str, value: str) -> Scenario:
    case = {"exit": "early", "conditions": [{"field": "at", "op": op, "value": value}]}
    branch = {"kind": "branch", "cases": [case], "exits": {"early": "end", "else": "end"}}
    return make({"b": branch, "end": {"kind": "hangup"}}, columns=COLUMNS)


@pytest.mark.parametrize(
    ("op", "value", "at", "exit_"),
    [
        ("less", "12:00", "9:30", "early"),
        ("less", "12:00", "12:00", "else"),
        ("at_least", "9:30", "09:30", "early"),
        ("more", "9:30 pm", "21:31", "early"),
        ("equals", "14:00", "2 pm", "early"),
        ("not_equals", "14:00", "14 ч", "else"),
        ("less", "12:00", "с утра", "else"),
        ("contains", "утра", "с утра", "early"),
    ],
)
def test_times_are_compared_as_times(op: str, value: str, at: str, exit_: str) -> None:
    scenario = branching(op, value)
    assert [issue.code for issue in check(scenario) if issue.severity == "error"] == []
    assert run(scenario, "", {**VISIT, "at": at})[0]["exit"] == exit_


@pytest.mark.parametrize("op", ["less", "equals"])
def test_a_condition_on_a_time_needs_a_time(op: str) -> None:
    issues = [issue for issue in check(branching(op, "после обеда")) if issue.severity == "error"]
    assert [issue.field for issue in issues] == ["cases.0.conditions.0.value"]


def test_words_of_every_day_of_the_year_are_made_beforehand() -> None:
    scenario = told("Ждём {{ day | date('gen', near='words') }}.")
    contact = {**VISIT, "day": "02.01.2027"}
    made = set(all_prompts(scenario, contact, dt.date(2026, 11, 2))) | set(
        all_prompts(scenario, contact, dt.date(2027, 1, 1))
    )
    heard = set()
    for away in range(-60, 5):
        day = dt.date(2027, 1, 2) + dt.timedelta(days=away)
        said = scenario.phrasebook.say("end", "text", "ru", contact, day)
        assert set(said) <= made, day
        heard.add(said[1].text)
    assert {"завтра.", "послезавтра.", "сегодня.", "вчера."} < heard
    # without near words one day of the year stands for all of them
    assert len(all_prompts(told("{{ day | date }}"), contact, TODAY)) == 1


@pytest.mark.parametrize(
    ("slot", "codes"),
    [
        ("digits(group='3')", []),
        ("digits(group=2, read='digits')", []),
        ("digits(group='2', read='numbers')", ["too_many_values"]),
        ("phone", ["too_many_values"]),
    ],
)
def test_only_what_is_spelled_needs_no_limits(slot: str, codes: list[str]) -> None:
    ask: dict[str, Any] = {"kind": "ask", "text": "?", "question": "n", "max_digits": 12}
    nodes = {
        "a": ask | {"exits": {"done": "told", "no_input": "gone"}},
        "told": {"kind": "play", "text": f"{{{{ n | {slot} }}}}", "exits": {"done": "gone"}},
        "gone": {"kind": "hangup"},
    }
    scenario = make(nodes)
    assert [issue.code for issue in check(scenario) if issue.severity == "error"] == codes
    if not codes:
        said = [say.text for say in all_prompts(scenario, CONTACT, TODAY)]
        assert "ноль" in " ".join(said)
