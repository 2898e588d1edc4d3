"""Keys pressed before a question: kept for it, or dropped; and the rest of what was pressed in one breath."""

import datetime as dt
from typing import Any

import pytest
from scenario_making import make

from oklik.scenario.document import Scenario
from oklik.scenario.flow import Collect
from oklik.scenario.interpreter import start
from oklik.scenario.simulate import simulate

TODAY = dt.date(2026, 3, 10)


def menu(question: str, to: str, early: str | None) -> dict[str, Any]:
    keys = {key: {"exit": "next", "label": key} for key in "123"}
    asks = {"kind": "menu", "text": f"{question}?", "question": question, "options": keys, "tries": 1}
    return {**asks, **({"early_keys": early} if early else {}), "exits": {"next": to, "no_input": "end"}}


def survey(second: str | None, between: bool = False) -> Scenario:
    """Two menus, perhaps with something said between, then a number of up to four digits."""
    nodes = {
        "one": menu("one", "said" if between else "two", None),
        "said": {"kind": "play", "text": "Хорошо.", "exits": {"done": "two"}},
        "two": menu("two", "three", second),
        "three": {
            "kind": "ask",
            "text": "Сколько?",
            "question": "three",
            "max_digits": 4,
            "tries": 1,
            "early_keys": "keep",
            "exits": {"done": "end", "no_input": "end"},
        },
        "end": {"kind": "hangup"},
    }
    if not between:
        del nodes["said"]
    return make(nodes, start="one")


def answers(scenario: Scenario, keys: str) -> dict[str, str]:
    return dict(list(simulate(scenario, {}, keys, TODAY))[-1]["answers"])


def test_dropped_by_default() -> None:
    step = start(survey(None), {}, TODAY)
    assert isinstance(step.instruction, Collect)
    assert not step.instruction.early


@pytest.mark.parametrize("between", [False, True])
def test_what_was_pressed_in_one_breath_goes_to_a_question_that_keeps_it(between: bool) -> None:
    assert answers(survey("keep", between), "12") == {"one": "1", "two": "2"}
    assert answers(survey("drop", between), "12") == {"one": "1"}
    assert answers(survey("drop", between), "12 3") == {"one": "1", "two": "3"}


@pytest.mark.parametrize(
    ("keys", "three"),
    [
        ("121234", "1234"),
        ("12123456", "1234"),
        ("1212#", "12"),
        ("121", "1"),  # then silence ends it
        ("121 2#", "12"),  # and goes on with what is pressed next
        ("121 -", "1"),
        ("12 17#", "17"),
    ],
)
def test_keys_that_begin_an_answer(keys: str, three: str) -> None:
    assert answers(survey("keep"), keys) == {"one": "1", "two": "2", "three": three}


def test_a_hang_up_amid_an_answer_that_was_begun_early() -> None:
    *_, end = simulate(survey("keep"), {}, "121 x", TODAY)
    assert (end["ended"], end["answers"]) == ("hung_up", {"one": "1", "two": "2"})


def test_what_a_question_dropped_is_gone() -> None:
    """The third question keeps early keys, but what came before the second was dropped there."""
    assert answers(survey("drop"), "12 3") == {"one": "1", "two": "3"}


def test_a_terminator_ends_the_answer_and_what_follows_is_kept() -> None:
    asks = {"kind": "ask", "max_digits": 4, "tries": 1, "early_keys": "keep"}
    nodes = {
        "a": {**asks, "text": "Раз?", "question": "a", "exits": {"done": "b", "no_input": "end"}},
        "b": {**asks, "text": "Два?", "question": "b", "exits": {"done": "end", "no_input": "end"}},
        "end": {"kind": "hangup"},
    }
    assert answers(make(nodes), "12#34#") == {"a": "12", "b": "34"}


def test_a_reading_back_never_takes_early_keys() -> None:
    """«Верно — 1» must not be answered by whoever keyed in a digit too many."""
    ask = {"kind": "ask", "text": "Сколько?", "question": "n", "max_digits": 2, "early_keys": "keep", "tries": 1}
    ask |= {"confirm": "{{ n | digits }}. Верно — 1.", "exits": {"done": "end", "no_input": "end"}}
    made = make({"a": ask, "end": {"kind": "hangup"}})
    assert answers(made, "121") == {}
    assert answers(made, "12 1") == {"n": "12"}


def test_a_question_that_must_be_heard_is_heard_though_it_is_answered() -> None:
    """Whoever hangs up next does so amid its words, unless they are said to have listened."""
    scenario = survey("keep")
    spoken = make(
        {
            name: {
                **node.model_dump(by_alias=True, exclude_unset=True),
                **({"barge_in": False} if name == "two" else {}),
            }
            for name, node in scenario.nodes.items()
        },
        start="one",
    )
    assert answers(spoken, "12 x") == {"one": "1"}
    assert answers(spoken, "12 . x") == {"one": "1", "two": "2"}
    assert answers(scenario, "12 x") == {"one": "1", "two": "2"}, "it is not said at all"
