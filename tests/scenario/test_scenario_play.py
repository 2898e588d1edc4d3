"""The message of a `play` and the words around it: what counts as delivered, and what is spoken when."""

from typing import Any

import pytest
from scenario_making import around, facts, make, run

from oklik.scenario.check import check, has_errors
from oklik.scenario.document import Scenario

SAID: dict[str, Any] = {"kind": "play", "text": "Заказ готов.", "message": True}
WHOLE = {**SAID, "before": "Здравствуйте!", "after": "Мы работаем до шести."}


@pytest.mark.parametrize(
    ("keys", "heard", "delivered"),
    [
        ("x", ["Здравствуйте!"], False),
        (". x", ["Здравствуйте!", "Заказ готов."], False),
        (". . x", ["Здравствуйте!", "Заказ готов.", "Мы работаем до шести."], True),
        (". . .", ["Здравствуйте!", "Заказ готов.", "Мы работаем до шести.", ""], True),
    ],
)
def test_the_message_is_delivered_though_the_rest_is_not_heard(keys: str, heard: list[str], delivered: bool) -> None:
    lines = run(around(WHOLE), keys)
    assert [line["prompt"] for line in lines] == heard
    assert [fact["type"] for fact in facts(lines)].count("message_heard") == delivered


def test_only_the_text_is_the_message_for_the_switch() -> None:
    marked = [line["instruction"]["message"] for line in run(around(WHOLE), "")[:3]]
    assert marked == [False, True, False]


@pytest.mark.parametrize(
    ("node", "heard"),
    [
        ({**SAID, "after": "Пока."}, ["Заказ готов.", "Пока.", ""]),
        ({**SAID, "before": "Привет."}, ["Привет.", "Заказ готов.", ""]),
        (SAID, ["Заказ готов.", ""]),
    ],
)
def test_either_side_may_be_missing(node: dict[str, Any], heard: list[str]) -> None:
    lines = run(around(node), "")
    assert [line["prompt"] for line in lines] == heard
    assert [fact["type"] for fact in facts(lines)].count("message_heard") == 1


def debt(node: dict[str, Any]) -> Scenario:
    identify = {"kind": "identify", "text": "Вы {{ name | name }}?", "exits": {"confirmed": "n", "other": "bye"}}
    ways = {"wrong_number": "bye", "no_input": "bye"}
    nodes = {
        "who": {**identify, "exits": {**identify["exits"], **ways}},  # type: ignore[dict-item]
        "n": {**node, "exits": {"done": "bye"}},
        "bye": {"kind": "hangup"},
    }
    return make(nodes, purpose="debt", organization="ООО «Свет»")


def test_the_creditor_may_be_named_before_the_message() -> None:
    told = {**SAID, "text": "Ваш долг {{ debt | money('RUB') }}.", "after": "Телефон 8 800 200-30-40."}
    assert "creditor_not_named" in {issue.code for issue in check(debt(told))}
    named = check(debt({**told, "before": "Вам звонит ООО «Свет»."}))
    assert not has_errors(named)
    assert "phone_missing" not in {issue.code for issue in named}
