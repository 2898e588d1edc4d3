"""Answers by voice: what counts as one, hearing and recording again, and what people do who leave."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from scenario_making import CONTACT, TODAY, around, facts, make, run

from oklik.scenario.check import check, has_errors
from oklik.scenario.document import load_file
from oklik.scenario.explore import explore
from oklik.scenario.exploring.answers import answers as answers_to
from oklik.scenario.flow import (
    Collect,
    Digits,
    Ended,
    HungUp,
    NoInput,
    Played,
    PlayRecording,
    Record,
    Recorded,
    RecordingEnd,
    Silence,
    Step,
    VoiceAnswered,
)
from oklik.scenario.interpreter import IllegalEvent, resume, start
from oklik.scenario.prompts import all_prompts
from oklik.scenario.questions import questions
from oklik.scenario.simulate import KeysError, simulate

PLAIN: dict[str, Any] = {"kind": "record", "text": "Расскажите.", "question": "said"}
MENU: dict[str, Any] = {**PLAIN, "review": "Прослушать — 1, заново — 2, отправить — 3.", "invalid": "Не то."}


def spoke(seconds: float, by: RecordingEnd = RecordingEnd.KEY) -> Recorded:
    return Recorded(seconds=seconds, by=by)


def call(node: dict[str, Any], *events: Any) -> Step:
    """The last step of a call in which these things happened."""
    scenario = around(node)
    step = start(scenario, CONTACT, TODAY)
    for event in events:
        step = resume(scenario, step.session, event)
    return step


def answers(step: Step) -> list[tuple[int, float]]:
    return [(fact.take, fact.seconds) for fact in step.facts if isinstance(fact, VoiceAnswered)]


# -- one recording ----------------------------------------------------------------------------------------------


def test_what_the_host_is_asked_for() -> None:
    node = {**PLAIN, "max_s": 90, "min_s": 2, "silence_s": 3, "end_key": "*", "beep": False}
    asked = call(node).instruction
    assert isinstance(asked, Record)
    assert [part.text for part in asked.parts] == ["Расскажите."]
    assert msgspec.structs.replace(asked, parts=()) == Record(
        node="n",
        question="said",
        take=1,
        parts=(),
        beep=False,
        max_s=90,
        min_s=2.0,
        silence_s=3,
        end_keys="*",
    )
    silent = call({**PLAIN, "end_key": None}).instruction
    assert isinstance(silent, Record)
    assert silent.end_keys == ""


@pytest.mark.parametrize("by", RecordingEnd)
def test_whatever_ends_it_what_was_said_is_the_answer(by: RecordingEnd) -> None:
    step = call(PLAIN, spoke(7.25, by))
    assert answers(step) == [(1, 7.2)]
    assert step.session.variables["said"] == "7"
    assert [fact.exit for fact in step.facts if hasattr(fact, "exit")] == ["done"]


@pytest.mark.parametrize(("seconds", "value"), [(0.6, "1"), (1.4, "1"), (59.9, "60"), (60.5, "60")])
def test_the_variable_is_whole_seconds_that_can_be_made_ready_for(seconds: float, value: str) -> None:
    node = {**PLAIN, "min_s": 0.5, "max_s": 60}
    step = call(node, spoke(seconds))
    assert step.session.variables["said"] == value
    assert value in (around(node).nodes["n"].gives({})["said"] or ())


def test_less_than_the_least_is_silence_and_uses_up_a_try() -> None:
    node = {**PLAIN, "min_s": 2, "tries": 2, "no_input": "Вас не слышно."}
    first = call(node, spoke(1.9))
    assert [fact.tries for fact in first.facts if isinstance(fact, Silence)] == [1]
    assert isinstance(first.instruction, Record)
    assert [part.text for part in first.instruction.parts] == ["Вас не слышно.", "Расскажите."]
    assert first.instruction.take == 1, "nothing was said: the take is still the first"
    second = call(node, spoke(1.9), spoke(0.0, RecordingEnd.LIMIT))
    assert [fact.exit for fact in second.facts if hasattr(fact, "exit")] == ["no_input"]
    assert answers(call(node, spoke(1.9), spoke(2.0))) == [(1, 2.0)]


# -- hearing it and recording again -----------------------------------------------------------------------------


def test_the_menu_comes_after_it() -> None:
    asked = call(MENU, spoke(7)).instruction
    assert isinstance(asked, Collect)
    assert asked.allowed == "123"
    assert answers(call(MENU, spoke(7))) == [], "it is no answer yet"
    assert answers(call(MENU, spoke(7), Digits(keys="3"))) == [(1, 7.0)]


def test_silence_sends_it() -> None:
    assert answers(call(MENU, spoke(7), NoInput())) == [(1, 7.0)]
    assert answers(call(MENU, spoke(7), Digits(keys="", complete=False))) == [(1, 7.0)]


def test_hearing_it_comes_back_to_the_menu() -> None:
    heard = call(MENU, spoke(7), Digits(keys="1"))
    assert heard.instruction == PlayRecording(node="n", question="said", take=1)
    again = call(MENU, spoke(7), Digits(keys="1"), Played())
    assert isinstance(again.instruction, Collect)
    assert answers(call(MENU, spoke(7), Digits(keys="1"), Played(), Digits(keys="3"))) == [(1, 7.0)]


def test_recording_again_is_another_take() -> None:
    step = call(MENU, spoke(7), Digits(keys="2"))
    assert isinstance(step.instruction, Record)
    assert (step.instruction.take, step.instruction.parts[0].text) == (2, "Расскажите.")
    assert answers(call(MENU, spoke(7), Digits(keys="2"), spoke(4), Digits(keys="3"))) == [(2, 4.0)]
    step = call({**MENU, "again": "Говорите."}, spoke(7), Digits(keys="2"))
    assert isinstance(step.instruction, Record)
    assert step.instruction.parts[0].text == "Говорите."


def test_the_last_take_is_sent_without_the_menu() -> None:
    assert answers(call({**MENU, "takes": 2}, spoke(7), Digits(keys="2"), spoke(4))) == [(2, 4.0)]
    assert answers(call({**MENU, "takes": 1}, spoke(7))) == [(1, 7.0)]


def test_wrong_keys_never_cost_the_recording() -> None:
    first = call({**MENU, "tries": 2}, spoke(7), Digits(keys="9"))
    assert isinstance(first.instruction, Collect)
    assert first.instruction.parts[0].text == "Не то."
    assert answers(call({**MENU, "tries": 2}, spoke(7), Digits(keys="9"), Digits(keys="8"))) == [(1, 7.0)]


def test_tries_of_the_menu_and_of_the_recording_are_counted_apart() -> None:
    node = {**MENU, "tries": 2}
    step = call(node, spoke(0), spoke(7), Digits(keys="9"))
    assert isinstance(step.instruction, Collect)
    step = call(node, spoke(7), Digits(keys="9"), Digits(keys="2"), spoke(0))
    assert isinstance(step.instruction, Record)


def test_who_records_again_and_says_nothing_has_not_answered() -> None:
    step = call({**MENU, "tries": 1}, spoke(7), Digits(keys="2"), spoke(0))
    assert answers(step) == []
    assert [fact.exit for fact in step.facts if hasattr(fact, "exit")] == ["no_input"]


# -- who leaves -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "kept"),
    [
        ([HungUp(spoke_s=7)], [(1, 7.0)]),
        ([HungUp(spoke_s=0.9)], []),
        ([HungUp()], []),
        ([spoke(7), HungUp()], [(1, 7.0)]),
        ([spoke(7), Digits(keys="1"), HungUp()], [(1, 7.0)]),
        ([spoke(7), Digits(keys="2"), HungUp(spoke_s=3)], [(2, 3.0)]),
        ([spoke(7), Digits(keys="2"), HungUp()], []),
    ],
)
def test_who_has_spoken_has_answered(events: list[Any], kept: list[tuple[int, float]]) -> None:
    step = call(MENU, *events)
    assert answers(step) == kept
    assert [fact.reason for fact in step.facts if isinstance(fact, Ended)] == ["hung_up"]


# -- what does not fit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "event"),
    [
        ([], Digits(keys="1")),
        ([], NoInput()),
        ([], Played()),
        ([spoke(7)], Played()),
        ([spoke(7)], spoke(3)),
        ([spoke(7), Digits(keys="1")], Digits(keys="1")),
        ([spoke(7), Digits(keys="1")], NoInput()),
        ([spoke(7), Digits(keys="1")], spoke(3)),
    ],
)
def test_an_event_that_answers_something_else(before: list[Any], event: Any) -> None:
    with pytest.raises(IllegalEvent):
        call(MENU, *before, event)


# -- others -----------------------------------------------------------------------------------------------------


def test_all_that_can_be_heard_is_made_ready() -> None:
    ends = {"done": {"kind": "hangup", "text": "Вы говорили {{ said | count('секунда') }}."}, "no": {"kind": "hangup"}}
    node = {**MENU, "again": "Говорите.", "no_input": "Не слышно.", "max_s": 20}
    scenario = make({"n": {**node, "exits": {"done": "done", "no_input": "no"}}, **ends})
    ready = {say.text for say in all_prompts(scenario, CONTACT, TODAY)}
    assert {"Говорите.", "Не слышно.", "Не то.", "Расскажите."} <= ready
    for seconds in (1.0, 7.4, 20.0):
        step = start(scenario, CONTACT, TODAY)
        for event in (spoke(seconds), NoInput()):
            step = resume(scenario, step.session, event)
            assert {part.text for part in getattr(step.instruction, "parts", ())} <= ready


def test_a_scenario_may_ask_how_long_somebody_spoke() -> None:
    branch = {
        "kind": "branch",
        "cases": [{"exit": "long", "conditions": [{"field": "said", "op": "more", "value": "9"}]}],
        "exits": {"long": "y", "else": "z"},
    }
    scenario = make(
        {
            "a": {**PLAIN, "exits": {"done": "b", "no_input": "z"}},
            "b": branch,
            "y": {"kind": "hangup", "text": "Много."},
            "z": {"kind": "hangup", "outcome": "no_input"},
        }
    )
    assert not has_errors(check(scenario))
    for keys, end in (("~10", "y"), ("~9", "z")):
        assert run(scenario, keys)[-1]["node"] == end


def test_the_report_knows_it_for_a_recording() -> None:
    (question,) = questions(around({**PLAIN, "title": "Отзыв"}))
    assert (question.name, question.kind, question.title, question.options) == ("said", "voice", {"ru": "Отзыв"}, {})


def test_a_circle_of_recordings_without_a_key_is_refused() -> None:
    scenario = make({"n": {**PLAIN, "exits": {"done": "n", "no_input": "z"}}, "z": {"kind": "hangup"}})
    assert "loop" in {issue.code for issue in check(scenario)} or has_errors(check(scenario))


def test_a_walk_ends_and_finds_both_exits() -> None:
    found = explore(around(MENU), TODAY)
    assert found.complete
    assert not found.not_taken
    assert [finding.code for finding in found.findings] == []
    assert found.longest is not None
    assert found.longest.keys.count("~60") >= 2, "takes to their limit"
    list(simulate(around(MENU), CONTACT, found.longest.keys, TODAY))


def test_a_walk_tries_whoever_hangs_up_after_speaking() -> None:
    asked = start(around(PLAIN), CONTACT, TODAY).instruction
    assert asked is not None
    tried = answers_to(asked, (), TODAY)
    assert {event.spoke_s for event in tried if isinstance(event, HungUp)} == {0.0, 60.0}
    assert {event.seconds for event in tried if isinstance(event, Recorded)} == {0.0, 60.0}


# -- the simulator ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "by", "seconds"),
    [
        ("~7", "key", 7.0),
        ("~7.5", "key", 7.5),
        ("~60", "limit", 60.0),
        ("~99", "limit", 60.0),
        ("-", "silence", 0.0),
        ("", "silence", 0.0),
    ],
)
def test_speaking_in_the_simulator(keys: str, by: str, seconds: float) -> None:
    event = run(around(PLAIN), keys)[0]["event"]
    assert (event["by"], event["seconds"]) == (by, seconds)


def test_a_recording_without_keys_and_silence_runs_to_its_limit() -> None:
    (first, *_) = run(around({**PLAIN, "end_key": None, "silence_s": 0}), "~7")
    assert first["event"]["by"] == "limit"


def test_leaving_in_the_middle_of_a_sentence() -> None:
    lines = run(around(PLAIN), "~7x")
    assert lines[-1]["answers"] == {"said": "7.0"}
    assert lines[-1]["ended"] == "hung_up"
    assert [fact["type"] for fact in facts(lines)] == ["entered", "voice_answered", "ended"]


@pytest.mark.parametrize(
    ("node", "keys"),
    [(PLAIN, "5"), (PLAIN, "!talked"), (MENU, "~7 ~7"), (PLAIN, "~"), (PLAIN, "~x"), (PLAIN, "~7y"), (PLAIN, "~1e3")],
)
def test_what_does_not_belong_there_is_told(node: dict[str, Any], keys: str) -> None:
    with pytest.raises(KeysError) as told:
        run(around(node), keys)
    assert set(told.value.text) == {"ru", "en"}


# -- the example ------------------------------------------------------------------------------------------------


EXAMPLE = load_file(Path(__file__).parents[2] / "scenarios" / "examples" / "voice-comment.yaml")


@pytest.mark.parametrize("language", EXAMPLE.languages)
def test_the_example_is_sound_and_says_that_it_records(language: str) -> None:
    assert check(EXAMPLE) == []
    assert explore(EXAMPLE, TODAY).findings == ()
    lines = list(simulate(EXAMPLE, {}, "1 ~8 1 2 - ~5 3", TODAY, language))
    assert lines[-1]["answers"] == {"comment": "5.0"}
    asked = next(line["prompt"] for line in lines if line["node"] == "comment")
    assert {"ru": "записывается", "en": "recorded"}[language] in asked
