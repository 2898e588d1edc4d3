"""Hostile and odd documents: a clear refusal or clear issues, in little time and memory, and never a traceback."""

import datetime as dt
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import hostile_making
import pytest
from hostile_making import READ, REFUSED, Came
from odd_making import ODD, changed, clear, fields_of, places, survives, value_at
from scenario_making import CONTACT, READY, TODAY, document, make

from oklik.scenario.document import Column, Scenario, ScenarioError, Variable, from_json, load_file, to_json
from oklik.scenario.flow import Collect, Digits, Played
from oklik.scenario.interpreter import STEP_CAP, resume, start
from oklik.scenario.kinds import KINDS
from oklik.scenario.substitute import MAX_LENGTH
from support.patience import cheaply

ROOT = Path(__file__).parents[2]


@pytest.mark.seconds
def test_all_of_them_are_clear_and_take_two_seconds_and_200_megabytes_at_most() -> None:
    """In a process of its own, whose memory is limited: one document each, one after the other."""
    done = subprocess.run(
        [sys.executable, hostile_making.__file__],
        env={"PYTHONPATH": str(ROOT / "platform")},
        capture_output=True,
        text=True,
        check=True,
        timeout=400,
    )
    came = {name: Came(*one) for name, one in json.loads(done.stdout).items()}
    assert came.keys() == {**REFUSED, **READ}.keys()
    assert [name for name in REFUSED if not came[name].refusal] == []
    assert [came[name] for name in READ if came[name].refusal] == []
    said = [(name, line) for name, one in came.items() for line in (*one.refusal.split("\0"), *one.lines) if line]
    assert [told for told in said if not clear(told[1])] == []
    assert {name: one.megabytes for name, one in came.items() if one.megabytes > 200} == {}
    slowest = max(came, key=lambda name: came[name].seconds)
    cheaply(came[slowest].seconds, 2, slowest)


# -- data that never was a file --------------------------------------------------------------------------------


def circle() -> dict[str, Any]:
    data: dict[str, Any] = {}
    data["x"] = data
    return data


def laughs() -> list[Any]:
    data: list[Any] = ["x"] * 10
    for _ in range(9):
        data = [data] * 10
    return data


UNHEARD_OF: dict[str, Any] = {
    "a circle": circle(),
    "a billion": laughs(),
    "wide": [0] * 1_000_000,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "no number": math.nan,
    "a huge number": -(10**400),
    "a date": dt.date(2026, 1, 1),
    "bytes": b"x",
    "a set": {1},
    "a class": Scenario,
    "a number as a key": {1: 2},
    "nothing as a key": {None: 2},
    "yes as a key": {True: 2},
}


@pytest.mark.parametrize("name", UNHEARD_OF)
def test_plain_data_holds_only_what_a_file_can_hold(name: str) -> None:
    for place in ("layout", "nodes", "title"):
        given = document({"a": {"kind": "hangup"}}) | {place: {"x": UNHEARD_OF[name]}}
        with pytest.raises(ScenarioError) as refused:
            from_json(given)
        assert clear(refused.value.describe("ru"))


def test_the_kind_that_is_no_word_is_shown_as_it_stands() -> None:
    with pytest.raises(ScenarioError, match=r"unknown kind .*\['play'\]"):
        from_json(document({"a": {"kind": ["play"]}}))


# -- any value in any field -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_any_value_in_any_field_of_a_node(kind: str) -> None:
    example = {**KINDS[kind].example}
    ends = {target: {"kind": "hangup"} for target in example.get("exits", {}).values()}
    base = document({"n": example, **ends}, languages=["ru", "en"])
    inside = {*places(example), *((field,) for field in fields_of(KINDS[kind]))}
    outcomes = [survives(changed(base, ("nodes", "n", *path), odd)) for path in sorted(inside, key=str) for odd in ODD]
    assert not all(outcomes)


def test_any_value_in_any_field_around_the_nodes() -> None:
    base = document({"n": {"kind": "hangup"}})
    inside = [(field,) for field in fields_of(Scenario)]
    inside += [("columns", "debt", field) for field in fields_of(Column)]
    inside += [("variables", "stage", field) for field in fields_of(Variable)]
    outcomes = [survives(changed(base, path, odd)) for path in inside for odd in ODD]
    assert any(outcomes)
    assert not all(outcomes)


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_text_of_the_greatest_length_anywhere(path: Path) -> None:
    """What the messages name of it is short, also where a rule of the purpose speaks of it, or of a column's title."""
    base = to_json(load_file(path))
    inside = [place for place in places(base) if isinstance(value_at(base, place), str)]
    outcomes = [survives(changed(base, place, "х" * 2000)) for place in inside]
    assert any(outcomes)
    assert not all(outcomes)


# -- while a call runs ------------------------------------------------------------------------------------------


def test_a_value_made_of_itself_twice_stays_small() -> None:
    double = {"kind": "set", "variable": "stage", "value": "{{ stage }}{{ stage }}х", "exits": {"done": "ask"}}
    ask = {"kind": "menu", "text": "?", "options": {"1": {"exit": "again"}}, "exits": {"again": "n", "no_input": "end"}}
    scenario = make({"n": double, "ask": ask, "end": {"kind": "hangup"}})
    step = start(scenario, CONTACT, TODAY)
    for _ in range(STEP_CAP):
        if not isinstance(step.instruction, Collect):
            break
        step = resume(scenario, step.session, Digits(keys="1"))
    assert step.session.over
    assert len(step.session.variables["stage"]) == MAX_LENGTH


def test_a_contact_of_ten_megabytes_is_carried() -> None:
    scenario = make(
        {
            "n": {"kind": "set", "variable": "stage", "value": "{{ city }}" * 40, "exits": {"done": "say"}},
            "say": {"kind": "play", "text": "{{ stage }}", "exits": {"done": "end"}},
            "end": {"kind": "hangup"},
        }
    )
    step = start(scenario, CONTACT | {"city": "Омск" * 2_500_000}, TODAY)
    assert len(step.session.variables["stage"]) == MAX_LENGTH
    assert resume(scenario, step.session, Played()).session.over
