"""Transfers: whom to ring, how long to wait, the place in the queue and the key of those who will not wait."""

import datetime as dt
from typing import Any

import pytest
from scenario_making import make

from oklik.scenario.check import check, has_errors
from oklik.scenario.document import Scenario
from oklik.scenario.flow import Say, Transfer, TransferEnded, TransferOutcome, Transferred
from oklik.scenario.interpreter import position, resume, start
from oklik.scenario.prompts import all_prompts
from oklik.scenario.simulate import KeysError, simulate
from oklik.scenario.spoken import join

TODAY = dt.date(2026, 3, 10)
PLACE = {"ru": "Вы {{ position | ordinal }} в очереди.", "en": "You are {{ position | ordinal }} in line."}
EXITS = {name: name.replace("_", "-") for name in ("talked", "no_agent", "failed", "left")}
ENDS = {name: {"kind": "hangup"} for name in EXITS.values()}
MANAGER = {"manager": {"title": "Менеджер", "type": "phone"}}


def scenario(columns: dict[str, Any] | None = None, languages: tuple[str, ...] = ("ru",), **how: Any) -> Scenario:
    nodes = {"t": {"kind": "transfer", "exits": EXITS, **how}, **ENDS}
    return make(nodes, start="t", languages=list(languages), columns=columns or {})


def asked(made: Scenario, contact: dict[str, str] | None = None) -> Transfer:
    instruction = start(made, contact or {}, TODAY).instruction
    assert isinstance(instruction, Transfer)
    return instruction


def last(made: Scenario, keys: str) -> str:
    return next(line["exit"] for line in simulate(made, {}, keys, TODAY) if line["kind"] == "transfer")


def test_a_group_by_default() -> None:
    wish = asked(scenario(group="sales"))
    assert (wish.group, wish.number, wish.wait_s, wish.leave_key, wish.music) == ("sales", None, 60, None, None)
    assert wish.position_every_s == 0, "nothing is told of the place"


def test_a_number_or_the_column_that_holds_it() -> None:
    assert asked(scenario(number="+74951234567")).number == "+74951234567"
    made = scenario(MANAGER, number="manager")
    assert not has_errors(check(made))
    assert asked(made, {"manager": "8 (916) 123-45-67"}).number == "8 (916) 123-45-67", "the host reads it"
    assert asked(made, {}).number == "", "and the host finds it missing"
    assert [issue.code for issue in check(made)] == [], "an empty column has its way: the exit for failures"


def test_a_column_that_is_not_there_is_found() -> None:
    assert "name_unknown" in {issue.code for issue in check(scenario(number="manager"))}


def test_every_end_has_its_exit() -> None:
    made = scenario(group="g", leave_key="*")
    for outcome in TransferOutcome:
        step = resume(made, start(made, {}, TODAY).session, TransferEnded(outcome=outcome, fault="why"))
        assert step.session.node == outcome.value.replace("_", "-")
        (noted,) = [fact for fact in step.facts if isinstance(fact, Transferred)]
        assert (noted.outcome, noted.fault) == (outcome.value, "why")


def test_who_does_not_wait_goes_where_nobody_answered_unless_told_otherwise() -> None:
    nodes = {"t": {"kind": "transfer", "group": "g", "leave_key": "*", "exits": {"talked": "a", "no_agent": "b"}}}
    made = make({**nodes, "a": {"kind": "hangup"}, "b": {"kind": "hangup"}}, start="t")
    step = resume(made, start(made, {}, TODAY).session, TransferEnded(outcome=TransferOutcome.LEFT))
    assert step.session.node == "b"


def test_the_simulator_leaves_by_word_and_by_key() -> None:
    made = scenario(group="g", leave_key="*")
    assert last(made, "!left") == last(made, "*") == "left"
    with pytest.raises(KeysError, match="stands where a transfer ends"):
        last(made, "5")
    with pytest.raises(KeysError, match="no key to leave"):
        last(scenario(group="g"), "!left")
    with pytest.raises(KeysError, match="stands where a transfer ends"):
        last(scenario(group="g"), "*")


def test_keys_pressed_before_a_transfer_are_no_answer_after_it() -> None:
    menu = {"kind": "menu", "text": "?", "options": {"1": {"exit": "x"}}, "tries": 1, "early_keys": "keep"}
    nodes = {
        "a": {**menu, "exits": {"x": "t", "no_input": "end"}},
        "t": {"kind": "transfer", "group": "g", "exits": {"talked": "b", "no_agent": "b"}},
        "b": {**menu, "exits": {"x": "end", "no_input": "end"}},
        "end": {"kind": "hangup"},
    }
    lines = {line["node"]: line for line in simulate(make(nodes), {}, "11 !talked", TODAY)}
    assert lines["b"]["exit"] == "no_input"


# -- the place in the queue -------------------------------------------------------------------------------------


def test_the_place_is_told_in_words_of_the_language() -> None:
    made = scenario(group="g", position=PLACE, position_every_s=45, languages=("ru", "en"))
    assert not has_errors(check(made))
    assert asked(made).position_every_s == 45
    for language, said in (("ru", "Вы третий в очереди."), ("en", "You are third in line.")):
        session = start(made, {}, TODAY, language).session
        assert join(position(made, session, 3)) == said
    assert position(made, session, 100) == (), "beyond the last place that is told"


def test_every_word_of_every_place_is_made_before_the_call() -> None:
    text = "{{ position | ordinal }}, перед вами {{ position | count('человек') }}."
    made = scenario(group="g", position=text)
    ready = {word for say in all_prompts(made, {}, TODAY) if say.words for word in say.text.split()}
    session = start(made, {}, TODAY).session
    for place in range(1, 100):
        parts = position(made, session, place)
        spoken = [say for say in parts if say.composed]
        assert spoken
        assert {word.strip(".,") for say in spoken for word in say.text.split()} <= ready
    fixed = {say.text for say in all_prompts(made, {}, TODAY)}
    assert {say.text for say in parts if not say.composed} <= fixed


def test_the_place_is_known_nowhere_else() -> None:
    nodes = {
        "t": {"kind": "transfer", "group": "g", "position": "{{ position | number }}", "exits": EXITS},
        **ENDS,
        "talked": {"kind": "hangup", "text": "{{ position | number }}"},
    }
    found = [issue for issue in check(make(nodes, start="t")) if issue.code == "value_unset"]
    assert [(issue.node, issue.field) for issue in found] == [("talked", "text")]


# -- the music --------------------------------------------------------------------------------------------------


def test_music_of_its_own_is_made_ready_in_every_language() -> None:
    made = scenario(group="g", music="waltz")
    assert asked(made).music == Say(text="", language="ru", recording="waltz")
    assert Say(text="", language="ru", recording="waltz") in all_prompts(made, {}, TODAY)
    assert all(say.recording is None for say in all_prompts(scenario(group="g"), {}, TODAY))
