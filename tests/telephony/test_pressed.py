"""Keys of a leg in their order, and which question has them."""

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.scenario.document import Scenario, from_json
from oklik.scenario.simulate import simulate
from oklik.telephony.freeswitch.pressed import MOST, Pressed, taken
from oklik.telephony.port import Gather, Keys


def gather(high: int = 1, *, low: int = 1, terminators: str = "#", early: bool = True) -> Gather:
    return Gather(
        files=("/p/a.wav",),
        allowed="0123456789",
        min_digits=low,
        max_digits=high,
        terminators=terminators,
        timeout_s=5,
        digit_timeout_s=2,
        barge_in=True,
        early=early,
    )


def pressed(keys: str) -> Pressed:
    made = Pressed()
    for number, key in enumerate(keys, start=1):
        assert made.add(key, str(number))
    return made


def test_as_many_as_are_wanted_and_no_more() -> None:
    assert taken("15", gather()) == ("1", 1, True)
    assert taken("15", gather(4)) == ("15", 2, False)
    assert taken("15#7", gather(4)) == ("15", 3, True)
    assert taken("#", gather(4)) == ("", 1, True)
    assert taken("", gather(4)) == ("", 0, False)


def test_a_question_that_keeps_them_has_its_own_and_leaves_the_rest() -> None:
    keys = pressed("157")
    assert keys.before(gather()).keys == "1"
    assert keys.before(gather()).keys == "5"
    assert keys.before(gather(early=False)).keys == ""
    assert keys.before(gather()).keys == "", "forgotten for good"


def test_what_was_begun_early_goes_on_at_the_switch() -> None:
    keys = pressed("1")
    asked = gather(3, low=2)
    assert keys.before(asked) == ("1", 1, False)
    assert keys.add("5", "20")
    assert keys.answer(asked, "1", "5", "21") == Keys(keys="15")
    assert keys.before(gather()).keys == ""


def test_a_key_that_was_dropped_between_the_command_and_the_question_counts() -> None:
    keys = Pressed()
    asked = gather()
    assert not keys.before(asked).over
    for number, key in enumerate("15", start=2):  # the parked leg dropped the 1, the question took the 5
        keys.add(key, str(number))
    assert keys.answer(asked, "", "5", "9") == Keys(keys="1")
    assert keys.before(gather()).keys == "5"


def test_a_key_whose_event_is_lost_counts_once() -> None:
    keys = pressed("1")
    assert keys.answer(gather(2), "1", "5", "9") == Keys(keys="15")
    assert not keys.add("5", "8"), "its event comes after the end of the question that had it"
    assert keys.before(gather()).keys == ""
    assert keys.add("7", "10")


def test_a_question_that_drops_answers_by_what_the_switch_took() -> None:
    keys = pressed("789")
    assert keys.answer(gather(early=False), "", "5", "9") == Keys(keys="5")
    assert keys.answer(gather(3, low=2, early=False), "", "", "10") == Keys(keys="", complete=False)
    assert keys.before(gather()).keys == ""


def test_nobody_fills_the_memory() -> None:
    keys = pressed("1" * 500)
    assert len(keys.before(gather(400, terminators="")).keys) == MOST


@given(st.text("0123456789*#", max_size=20), st.integers(1, 6))
def test_every_key_is_had_once_and_in_order(typed: str, high: int) -> None:
    keys = pressed(typed)
    had = ""
    while (found := keys.before(gather(high, terminators="#"))).over:
        had += found.keys + ("#" if found.used > len(found.keys) else "")
    assert had + found.keys == typed


# -- the simulator is of the same mind ----------------------------------------------------------------------------


def questions(lengths: list[int], keep: list[bool]) -> Scenario:
    """Questions one after another, each for so many digits at most; whoever does not answer goes on all the same."""
    names = [f"q{number}" for number in range(len(lengths))]
    nodes: dict[str, Any] = {
        name: {
            "kind": "ask",
            "text": "?",
            "question": name,
            "max_digits": length,
            "tries": 1,
            "early_keys": "keep" if early else "drop",
            "exits": {"done": after, "no_input": after},
        }
        for name, length, early, after in zip(names, lengths, keep, [*names[1:], "end"], strict=True)
    }
    head = {"format": 1, "name": "s", "title": "S", "languages": ["ru"], "purpose": "survey", "start": "q0"}
    return from_json({**head, "nodes": {**nodes, "end": {"kind": "hangup"}}})


def on_the_leg(typed: str, lengths: list[int], keep: list[bool]) -> list[str]:
    """What the questions get when all keys are pressed in the first one."""
    first = taken(typed, gather(lengths[0]))
    answers, keys = [first.keys], pressed(typed[first.used :])
    for length, early in zip(lengths[1:], keep[1:], strict=True):
        asked = gather(length, early=early)
        found = keys.before(asked)
        answers.append(found.keys if found.over else keys.answer(asked, found.keys, "", "99").keys)
    return answers


@settings(max_examples=60, deadline=None)
@given(
    st.text("0123456789#", min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=4),
)
def test_the_simulator_gives_every_question_the_same_keys(typed: str, asked: list[tuple[int, bool]]) -> None:
    lengths, keep = [length for length, _ in asked], [early for _, early in asked]
    *_, end = simulate(questions(lengths, keep), {}, typed, dt.date(2026, 3, 10))
    simulated = [end["answers"].get(f"q{number}", "") for number in range(len(asked))]
    assert simulated == on_the_leg(typed, lengths, keep)


def test_keys_that_are_told_twice_or_out_of_order_are_counted_once_and_in_order() -> None:
    keys = Pressed()
    assert [keys.add(key, number) for key, number in (("2", "11"), ("1", "10"), ("2", "11"))] == [True, True, False]
    assert keys.before(gather(2)).keys == "12"
    assert not keys.add("1", "10"), "a question has had it"
    assert keys.add("3", "12")
    keys.forget()
    assert not keys.add("3", "12")
    assert keys.before(gather()).keys == ""
