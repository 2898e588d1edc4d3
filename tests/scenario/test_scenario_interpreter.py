"""The engine around the nodes: beginning, ending, languages, the step cap, what a session keeps."""

import msgspec
import pytest
from scenario_making import CONTACT, TODAY, document, make

from oklik.scenario.document import from_json
from oklik.scenario.errors import PromptError
from oklik.scenario.flow import Collect, Digits, Ended, Hangup, HungUp, NoInput, Play, Played, Session
from oklik.scenario.interpreter import STEP_CAP, IllegalEvent, resume, start

GREET = {
    "hello": {
        "kind": "play",
        "text": {"ru": "Здравствуйте, {{ name | name }}!", "en": "Hello, {{ name | name }}."},
        "exits": {"done": "bye"},
    },
    "bye": {"kind": "hangup"},
}


def test_a_call_from_beginning_to_end() -> None:
    scenario = make(GREET)
    step = start(scenario, {**CONTACT, "unknown": "column"}, TODAY)
    assert step.session.contact == CONTACT
    assert step.session.today == "2026-03-02"
    assert isinstance(step.instruction, Play)
    assert [part.text for part in step.instruction.parts] == ["Здравствуйте,", "Иван Иванович!"]
    step = resume(scenario, step.session, Played())
    assert step.instruction == Hangup(node="bye")
    assert step.facts[-1] == Ended(node="bye", reason="completed")
    assert step.session.over


def test_another_language() -> None:
    scenario = make(GREET, languages=["ru", "en"])
    step = start(scenario, {**CONTACT, "name": "John Smith"}, TODAY, "en")
    assert isinstance(step.instruction, Play)
    assert [(part.text, part.language) for part in step.instruction.parts] == [("Hello,", "en"), ("John Smith.", "en")]
    with pytest.raises(ValueError, match="no language 'de'"):
        start(scenario, CONTACT, TODAY, "de")


def test_after_the_end_only_the_line_may_still_fall() -> None:
    scenario = make({"bye": {"kind": "hangup"}})
    step = start(scenario, CONTACT, TODAY)
    again = resume(scenario, step.session, HungUp())
    assert (again.instruction, again.facts, again.session) == (None, (), step.session)
    with pytest.raises(IllegalEvent):
        resume(scenario, step.session, Played())


def test_a_loose_end_of_a_draft_ends_the_call() -> None:
    scenario = make({"hello": {"kind": "play", "text": "Да.", "exits": {"done": "nowhere"}}})
    step = resume(scenario, start(scenario, CONTACT, TODAY).session, Played())
    assert step.instruction == Hangup(node="hello")
    assert start(make(GREET, start="nowhere"), CONTACT, TODAY).instruction == Hangup(node="")


@pytest.mark.parametrize(
    ("nodes", "event"),
    [
        ({"a": {"kind": "play", "text": "Да.", "exits": {"done": "a"}}}, Played()),
        ({"a": {"kind": "set", "variable": "stage", "value": "x", "exits": {"done": "a"}}}, Played()),
        (
            {"a": {"kind": "menu", "text": "Да.", "options": {"1": {"exit": "x"}}, "repeat_key": "*", "exits": {}}},
            Digits(keys="*"),
        ),
    ],
)
def test_no_call_goes_on_for_ever(nodes: dict[str, object], event: Played) -> None:
    scenario = make(nodes)
    step = start(scenario, CONTACT, TODAY)
    for _ in range(STEP_CAP + 1):
        if step.session.over:
            break
        step = resume(scenario, step.session, event)
    assert isinstance(step.instruction, Hangup)
    assert step.facts[-1] == Ended(node="a", reason="too_long")


def test_a_session_crosses_to_another_process_as_json() -> None:
    nodes = {
        "q": {
            "kind": "menu",
            "text": "Да — 1.",
            "question": "a",
            "options": {"1": {"exit": "x"}},
            "exits": {"x": "bye"},
        }
    }
    plain = document({**nodes, "bye": {"kind": "hangup", "text": "Пока."}})
    scenario = from_json(plain)
    step = resume(scenario, start(scenario, CONTACT, TODAY).session, NoInput())
    carried = msgspec.json.decode(msgspec.json.encode(step.session), type=Session)
    elsewhere = from_json(plain)
    assert resume(elsewhere, carried, Digits(keys="1")) == resume(scenario, step.session, Digits(keys="1"))


def test_variables_begin_with_their_values() -> None:
    scenario = make(
        {"a": {"kind": "hangup", "text": "{{ phone | digits }}"}}, variables={"phone": {"value": "12"}, "empty": {}}
    )
    step = start(scenario, CONTACT, TODAY)
    assert step.session.variables == {"phone": "12"}
    assert isinstance(step.instruction, Play)
    assert step.instruction.parts[0].text == "один два"


def test_personal_values_are_marked_wherever_they_go() -> None:
    scenario = make(
        {
            "keep": {"kind": "set", "variable": "stage", "value": "{{ debt }}", "exits": {"done": "say"}},
            "say": {"kind": "hangup", "text": "Сумма {{ stage | money('RUB') }}"},
        }
    )
    asked = start(scenario, CONTACT, TODAY).instruction
    assert isinstance(asked, Play)
    assert [(part.personal, part.composed) for part in asked.parts] == [(False, False), (True, True)]


def test_a_value_that_cannot_be_spoken_names_its_place() -> None:
    scenario = make({"a": {"kind": "hangup", "text": "{{ debt | money('RUB') }}"}})
    with pytest.raises(PromptError) as missing:
        start(scenario, {}, TODAY)
    assert (missing.value.node, missing.value.field, missing.value.code) == ("a", "text", "value_missing")
    assert missing.value.args_["name"] == "debt"
    assert missing.value.text["ru"] == "нет значения: «Сумма долга»"
    with pytest.raises(PromptError) as unreadable:
        start(scenario, {"debt": "много"}, TODAY)
    assert unreadable.value.code == "value_unreadable"
    assert "«много»" in unreadable.value.text["ru"]


MENU = {"kind": "menu", "text": "Да — 1.", "invalid": "Не то.", "options": {"1": {"exit": "next", "label": "Да"}}}
ASKING = {"menu": {**MENU, "question": "q", "exits": {"next": "bye", "no_input": "bye"}}, "bye": {"kind": "hangup"}}


def test_a_question_that_never_varies_is_made_once_for_all_calls() -> None:
    scenario = make(ASKING)
    first, other = start(scenario, CONTACT, TODAY), start(scenario, {**CONTACT, "city": "Тверь"}, TODAY)
    assert first.instruction is other.instruction
    again = [resume(scenario, step.session, Digits(keys="7")) for step in (first, other)]
    assert again[0].instruction is again[1].instruction
    assert again[0].instruction != first.instruction, "it says that the key was wrong"


def test_a_question_with_a_value_is_made_for_each_call() -> None:
    nodes = {**ASKING, "menu": {**ASKING["menu"], "invalid": "{{ name | name }}, не то."}}
    scenario = make(nodes)
    for name, heard in (("Иванов Иван Иванович", "Иван Иванович"), ("Петрова Анна Ильинична", "Анна Ильинична")):
        step = start(scenario, {**CONTACT, "name": name}, TODAY)
        step = resume(scenario, step.session, Digits(keys="7"))
        assert isinstance(step.instruction, Collect)
        assert step.instruction.parts[0].text.startswith(heard)


def test_a_question_is_made_for_each_language() -> None:
    two = {**ASKING["menu"], "text": {"ru": "Да — 1.", "en": "Yes — 1."}}
    scenario = make({**ASKING, "menu": two}, languages=["ru", "en"])
    for language in ("ru", "en", "ru"):
        step = start(scenario, CONTACT, TODAY, language)
        assert isinstance(step.instruction, Collect)
        assert {part.language for part in step.instruction.parts} == {language}


def test_a_question_that_cannot_be_spoken_is_refused_with_its_place() -> None:
    scenario = make({**ASKING, "menu": {**ASKING["menu"], "text": "Да {{ — 1."}})
    with pytest.raises(PromptError) as error:
        start(scenario, CONTACT, TODAY)
    assert (error.value.node, error.value.field) == ("menu", "text")


def test_a_session_keeps_its_values_whatever_follows_from_it() -> None:
    """A call may be carried on twice from one session: a golden run, a walk through all ways."""
    scenario = make({**ASKING, "bye": {"kind": "set", "variable": "stage", "value": "{{ q }}!", "exits": {}}})
    begun = start(scenario, CONTACT, TODAY)
    before = msgspec.to_builtins(begun.session)
    ended = resume(scenario, begun.session, Digits(keys="1"))
    assert ended.session.variables == {"q": "1", "stage": "1!"}
    assert msgspec.to_builtins(begun.session) == before
