"""What others ask of a scenario: columns of a list, questions of a report, prompts of a contact, a simulation."""

from pathlib import Path

import pytest
from odd_making import clear
from scenario_making import COLUMNS, CONTACT, TODAY, make, run

from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.document import load_file
from oklik.scenario.prompts import ALL_DIGITS, PromptError, all_prompts, speaks_personal
from oklik.scenario.questions import questions
from oklik.scenario.simulate import KeysError, simulate

END = {"end": {"kind": "hangup"}}


# -- columns ----------------------------------------------------------------------------------------------------


def test_columns_are_found_by_name_title_and_alias() -> None:
    columns = {**COLUMNS, "debt": {"title": {"ru": "Сумма долга", "en": "Amount due"}, "aliases": ["Задолженность"]}}
    scenario = make(END, columns=columns)
    assert match(scenario, ["Телефон", " фио ", "Задолжённость", "СРОК_ОПЛАТЫ"]) == {
        "name": " фио ",
        "debt": "Задолжённость",
        "due": "СРОК_ОПЛАТЫ",
    }
    assert match(scenario, ["Name", "amount  due", "due", "Город", "ГОРОД"])["city"] == "Город"


def test_a_name_goes_before_a_title_and_a_header_serves_once() -> None:
    columns = {"a": {"title": "b", "required": False}, "b": {"title": "x", "aliases": ["a"]}}
    assert match(make(END, columns=columns), ["b", "a"]) == {"a": "a", "b": "b"}
    assert match(make(END, columns=columns), ["b"]) == {"b": "b"}


def test_missing_columns_are_all_named() -> None:
    with pytest.raises(ColumnsMissing) as caught:
        match(make(END), ["ФИО", "Телефон", ""])
    assert caught.value.missing == ("Сумма долга", "Срок оплаты")
    assert (
        caught.value.text["ru"] == "в списке нет нужных столбцов: «Сумма долга», «Срок оплаты»; есть: «ФИО», «Телефон»"
    )


def test_a_list_without_any_column_is_said_to_have_none() -> None:
    with pytest.raises(ColumnsMissing) as caught:
        match(make(END), ["", " "])
    assert caught.value.text["ru"].endswith("; столбцов нет")
    assert caught.value.text["en"].endswith("; it has none")


# -- questions --------------------------------------------------------------------------------------------------


def test_questions_come_in_the_order_of_the_call_and_once() -> None:
    yes = {"1": {"exit": "x", "value": "yes", "label": {"ru": "Да", "en": "Yes"}}, "9": {"exit": "x", "answer": False}}
    no = {"2": {"exit": "x", "label": "Нет"}}
    menu = {"kind": "menu", "text": "Да?", "question": "agree"}
    nodes = {
        "last": {"kind": "ask", "text": "?", "question": "n", "exits": {"done": "end", "no_input": "end"}},
        "first": {**menu, "title": "Согласие", "options": yes, "exits": {"x": "again", "no_input": "again"}},
        "again": {**menu, "options": no, "exits": {"x": "last", "no_input": "last"}},
        "island": {"kind": "ask", "text": "?", "question": "never", "exits": {}},
    } | END
    asked = questions(make(nodes, start="first", languages=["ru", "en"]))
    assert [(item.name, item.node, item.kind) for item in asked] == [
        ("agree", "first", "choice"),
        ("n", "last", "number"),
    ]
    assert asked[0].title == {"ru": "Согласие", "en": "agree"}
    assert asked[0].options == {"yes": {"ru": "Да", "en": "Yes"}, "2": {"ru": "Нет", "en": "2"}}
    assert asked[1].options == {}


# -- prompts ----------------------------------------------------------------------------------------------------


def test_prompts_hold_every_answer_and_nothing_unreachable() -> None:
    nodes = {
        "city": {
            "kind": "branch",
            "cases": [{"exit": "known", "conditions": [{"field": "city", "op": "filled"}]}],
            "exits": {"known": "named", "else": "nameless"},
        },
        "nameless": {"kind": "play", "text": "Без города.", "exits": {"done": "ask"}},
        "named": {"kind": "play", "text": "Город {{ city }}.", "exits": {"done": "ask"}},
        "ask": {
            "kind": "ask",
            "text": "Дней?",
            "question": "n",
            "max_value": 3,
            "min_value": 1,
            "exits": {"done": "told", "no_input": "end"},
        },
        "told": {"kind": "hangup", "text": "Через {{ n | count('день', 'acc') }}."},
    } | END
    scenario = make(nodes)
    heard = [part.text for part in all_prompts(scenario, CONTACT, TODAY)]
    assert heard == ["Город", "Омск.", "Дней?", "Через", "один день.", "два дня.", "три дня."]
    without = [part.text for part in all_prompts(scenario, {"name": "Я"}, TODAY)]
    assert without == ["Без города.", "Дней?", "Через", "один день.", "два дня.", "три дня."]


def test_an_answer_branch_is_followed_only_where_it_can_lead() -> None:
    nodes = {
        "ask": {"kind": "ask", "text": "?", "question": "n", "exits": {"done": "b", "no_input": "end"}},
        "b": {
            "kind": "branch",
            "cases": [
                {"exit": "big", "conditions": [{"field": "n", "op": "more", "value": 9}]},
                {"exit": "some", "conditions": [{"field": "n", "op": "at_least", "value": 0}]},
            ],
            "exits": {"big": "big", "some": "some", "else": "none"},
        },
        "big": {"kind": "hangup", "text": "Больше девяти."},
        "some": {"kind": "hangup", "text": "Столько."},
        "none": {"kind": "hangup", "text": "Ничего."},
    } | END
    heard = [part.text for part in all_prompts(make(nodes), CONTACT, TODAY)]
    assert "Столько." in heard
    assert "Больше девяти." not in heard


def test_digits_of_any_length_need_ten_words() -> None:
    nodes = {
        "ask": {
            "kind": "ask",
            "text": "?",
            "question": "n",
            "max_digits": 20,
            "exits": {"done": "t", "no_input": "end"},
        },
        "t": {"kind": "hangup", "text": "{{ n | digits }}"},
    } | END
    said = all_prompts(make(nodes), CONTACT, TODAY)
    assert said[-1].composed
    assert len(said[-1].text.split()) == len(ALL_DIGITS)


def test_a_missing_value_stops_the_contact_with_its_reason() -> None:
    scenario = make({"a": {"kind": "hangup", "text": "{{ debt | money('RUB') }}"}})
    with pytest.raises(PromptError) as caught:
        all_prompts(scenario, {**CONTACT, "debt": "-"}, TODAY)
    assert (caught.value.code, caught.value.args_["title"]) == ("value_unreadable", "Сумма долга")
    with pytest.raises(PromptError, match="value missing"):
        all_prompts(scenario, {**CONTACT, "debt": " "}, TODAY)


LIMITED = {
    "debt": {"title": "Сумма долга", "type": "money", "private": True, "min": 0.01, "max": 1000000},
    "n": {"title": "Число", "type": "number", "required": False, "min": -1.5},
}


@pytest.mark.parametrize(
    ("values", "code", "ru"),
    [
        ({"debt": "0"}, "value_too_small", "«Сумма долга»: «0» меньше, чем 0.01"),
        ({"debt": "0,00 руб."}, "value_too_small", "«Сумма долга»: «0,00 руб.» меньше, чем 0.01"),
        ({"debt": "-5"}, "value_too_small", "«Сумма долга»: «-5» меньше, чем 0.01"),
        ({"debt": "(1 500,00)"}, "value_too_small", "«Сумма долга»: «(1 500,00)» меньше, чем 0.01"),
        ({"debt": "1 000 000,01"}, "value_too_large", "«Сумма долга»: «1 000 000,01» больше, чем 1000000"),
        ({"debt": "много"}, "value_unreadable", "«Сумма долга»: не читается «много», нужно: сумма"),
        ({"debt": "много " * 5000}, "value_unreadable", "…», нужно: сумма"),
        ({"debt": "1,234"}, "value_unreadable", "нужно: сумма с двумя знаками копеек"),
        ({"debt": "5", "n": "-1,6"}, "value_too_small", "«Число»: «-1,6» меньше, чем -1.5"),
    ],
)
def test_an_amount_outside_its_limits_stops_the_contact(values: dict[str, str], code: str, ru: str) -> None:
    """Whether it is spoken or not: a debt of nothing is no reason for a call."""
    scenario = make({"a": {"kind": "hangup", "text": "Здравствуйте."}}, columns=LIMITED)
    for asked in (lambda: all_prompts(scenario, values, TODAY), lambda: list(simulate(scenario, values, "", TODAY))):
        with pytest.raises(PromptError) as caught:
            asked()
        assert caught.value.code == code
        assert ru in caught.value.text["ru"]
        assert caught.value.describe("en").startswith("columns.")
        assert all(clear(caught.value.describe(language)) for language in ("ru", "en"))
        assert caught.value.args_["title"] in caught.value.text["en"]


@pytest.mark.parametrize("values", [{"debt": "0,01"}, {"debt": "1 000 000 ₽", "n": "-1.5"}, {"debt": "7", "n": ""}])
def test_amounts_within_their_limits_are_spoken_as_ever(values: dict[str, str]) -> None:
    scenario = make({"a": {"kind": "hangup", "text": "{{ debt | money('RUB') }}"}}, columns=LIMITED)
    assert all_prompts(scenario, values, TODAY)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("debt", ["0", "-5", "0.004"])
def test_nobody_is_called_for_a_debt_of_nothing(language: str, debt: str) -> None:
    scenario = load_file(Path(__file__).parents[2] / "scenarios" / "debt-reminder" / f"{language}.yaml")
    contact = CONTACT | {"debt": debt}
    with pytest.raises(PromptError) as caught:
        all_prompts(scenario, contact, TODAY)
    assert caught.value.code == "value_too_small"


def test_prompts_of_a_scenario_that_was_not_checked_fail_cleanly() -> None:
    ask = {"kind": "ask", "text": "?", "question": "n", "max_digits": 9, "exits": {"done": "t", "no_input": "end"}}
    with pytest.raises(PromptError) as many:
        all_prompts(make({"a": ask, "t": {"kind": "hangup", "text": "{{ n | number }}"}} | END), CONTACT, TODAY)
    assert many.value.code == "too_many_values"
    with pytest.raises(PromptError) as bad:
        all_prompts(make({"t": {"kind": "hangup", "text": "{{ n"}}), CONTACT, TODAY)
    assert bad.value.code == "template_bad"


def test_a_local_voice_is_needed_only_for_personal_wholes() -> None:
    personal = {**COLUMNS, "name": {**COLUMNS["name"], "personal": True}}
    assert speaks_personal(make({"a": {"kind": "hangup", "text": "{{ name | name }}"}}, columns=personal))
    assert not speaks_personal(make({"a": {"kind": "hangup", "text": "{{ name | name }}"}}))
    assert not speaks_personal(make({"a": {"kind": "hangup", "text": "{{ debt | money('RUB') }}"}}, columns=personal))


# -- simulation -------------------------------------------------------------------------------------------------

CALL = {
    "hello": {"kind": "play", "text": "Здравствуйте.", "exits": {"done": "ask"}},
    "ask": {
        "kind": "ask",
        "text": "Сколько?",
        "question": "n",
        "max_digits": 3,
        "exits": {"done": "t", "no_input": "end"},
    },
    "t": {"kind": "transfer", "group": "g", "waiting": "Ждите.", "exits": {"talked": "end", "no_agent": "end"}},
} | END


def test_a_line_for_every_instruction() -> None:
    lines = run(make(CALL), "- 12# !no_agent")
    assert [(line["node"], line["prompt"], line["exit"]) for line in lines] == [
        ("hello", "Здравствуйте.", "done"),
        ("ask", "Сколько?", None),
        ("ask", "Сколько?", "done"),
        ("t", "Ждите.", "no_agent"),
        ("end", "", None),
    ]
    assert lines[2]["event"] == {"type": "digits", "keys": "12", "complete": True}
    assert lines[2]["answers"] == lines[-1]["answers"] == {"n": "12"}
    assert lines[1]["instruction"]["type"] == "collect"
    assert lines[-1]["ended"] == "completed"


def test_keys_beyond_the_last_digit_are_lost() -> None:
    assert run(make(CALL), "12345")[1]["event"]["keys"] == "123"


@pytest.mark.parametrize(
    ("keys", "node", "reason"),
    [
        ("x", "hello", "hung_up"),
        (". x", "ask", "hung_up"),
        ("1 hangup", "t", "hung_up"),
        ("", "end", "completed"),
        (". . 1", "end", "completed"),
    ],
)
def test_hanging_up(keys: str, node: str, reason: str) -> None:
    last = run(make(CALL), keys)[-1]
    assert (last["node"], last["ended"]) == (node, reason)


@pytest.mark.parametrize("keys", ["1a", "!never", "yes", "!talked", "1 5"])
def test_keys_that_do_not_fit(keys: str) -> None:
    with pytest.raises(KeysError):
        run(make(CALL), keys)
