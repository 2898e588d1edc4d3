"""A callee with a script does what is written, where it is asked for."""

import random
from typing import Any

import pytest

from oklik.telephony.virtual.population import PopulationError, from_text
from oklik.telephony.virtual.scripted import Scripted
from virtual.world import HandClock, World

PERSONA = "personas: {any: {share: 1, think_s: 1, speaks_s: 4}}\n"


class Ear:
    """The leg as he sees it: keeps what he does and when, in seconds."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.done: list[tuple[float, str]] = []

    def far_rings(self, early: bool) -> None:
        pass

    def far_answers(self) -> None:
        pass

    def far_refuses(self, status: int, q850: int) -> None:
        raise AssertionError("he was to answer")

    def far_presses(self, key: str, by: str = "rfc2833") -> None:
        self.done.append((round(self._clock.ms / 1000, 2), key))

    def far_leaves(self) -> None:
        self.done.append((round(self._clock.ms / 1000, 2), "leaves"))


class Talk:
    """A call to him, in which time stands still until `pass_` is said."""

    def __init__(self, script: str, persona: str = PERSONA) -> None:
        self.clock = HandClock()
        people = from_text(f"{persona}numbers: {{'7': {{script: '{script}', ring_s: 0}}}}")
        rng = random.Random(1)
        self.he = Scripted(people.fate("sofia/gateway/pstn/7", "7", 0, rng), people, self.clock, rng)
        self.ear = Ear(self.clock)
        self.he.called(self.ear)

    def question(self, seconds: float = 2.0, most: int = 1, ends: str = "") -> None:
        self.he.question(seconds, "^[0-9*#]+$", 1, most, ends)

    def pass_(self, seconds: float, *, broken: bool = False) -> list[tuple[float, str]]:
        """That much later the text or the question is over; what he did meanwhile."""
        self.clock.run(self.clock.ms + seconds * 1000)
        self.he.quiet(broken=broken)
        done, self.ear.done = self.ear.done, []
        return done


def test_each_entry_answers_one_question_and_then_he_is_silent() -> None:
    talk = Talk("1 - 25#")
    talk.question()
    assert talk.pass_(10) == [(3.12, "1")]
    talk.question()
    assert talk.pass_(10) == []
    talk.question(most=4, ends="#")
    assert [key for _, key in talk.pass_(10)] == ["2", "5", "#"]
    talk.question()
    assert talk.pass_(10) == []


def test_a_text_takes_a_dot_or_the_hang_up_and_never_a_key() -> None:
    talk = Talk(". x")
    talk.he.sound(4.0)
    assert talk.pass_(4) == []
    talk.he.sound(4.0)
    assert talk.pass_(4) == [(6.0, "leaves")], "in its middle"
    talk = Talk("3")
    talk.he.sound(4.0)
    assert talk.pass_(4) == []
    talk.question()
    assert [key for _, key in talk.pass_(9)] == ["3"]


def test_he_leaves_a_question_in_its_middle_and_long_music_soon() -> None:
    talk = Talk(". hangup")
    talk.question(4.0)
    assert talk.pass_(9) == [(2.0, "leaves")]
    talk = Talk("x")
    talk.he.sound(600.0)
    assert talk.pass_(20) == [(5.0, "leaves")]


def test_the_rest_of_an_entry_goes_to_the_question_without_a_word_that_follows() -> None:
    talk = Talk("10 5")
    talk.question()
    assert [key for _, key in talk.pass_(3.2)] == ["1"], "the question had enough"
    talk.question(0.0)
    assert [key for _, key in talk.pass_(3)] == ["0"]
    talk.question(0.0)
    assert talk.pass_(3) == [], "nothing new was asked"
    talk.he.sound(1.0)  # a question that must be heard to its end
    talk.pass_(1)
    talk.question(0.0)
    assert [key for _, key in talk.pass_(3)] == ["5"]


def test_who_is_hasty_types_on_when_the_question_has_enough() -> None:
    talk = Talk("123 7", PERSONA.replace("think_s", "hasty: true, think_s"))
    talk.question()
    assert [key for _, key in talk.pass_(3.2)] == ["1"]
    talk.question(0.0)
    assert [key for _, key in talk.pass_(3)] == ["2", "3"], "in the same breath, and not once more"
    talk.question()
    assert [key for _, key in talk.pass_(9)] == ["7"]


def test_the_wait_for_an_agent_lasts_until_the_music_is_broken_off() -> None:
    talk = Talk("!no_agent x")
    talk.he.sound(2.0)  # please hold the line
    assert talk.pass_(2) == []
    talk.he.sound(60.0)
    assert talk.pass_(60) == []
    talk.he.sound(60.0)
    assert talk.pass_(7, broken=True) == []
    talk.he.sound(4.0)
    assert [what for _, what in talk.pass_(4)] == ["leaves"]


def test_he_speaks_where_he_is_recorded() -> None:
    talk = Talk("~4 ~4.5 - ~7x x")
    assert talk.he.recorded("#*") == 4.0
    assert talk.pass_(9) == [(5.12, "#")], "when he has thought"
    assert talk.he.recorded("") == 4.5
    assert talk.pass_(9) == []
    assert talk.he.recorded("#") == 0.0
    assert talk.pass_(9) == []
    assert talk.he.recorded("#") == 7.0
    assert [what for _, what in talk.pass_(9)] == ["leaves"]
    assert talk.he.recorded("#") == 0.0
    assert [what for _, what in talk.pass_(9)] == ["leaves"]


def test_speech_waits_until_he_is_recorded() -> None:
    talk = Talk("~4")
    talk.question()
    assert talk.pass_(9) == []
    assert talk.he.recorded("#") == 4.0


def test_he_ends_the_wait_for_an_agent_by_a_key() -> None:
    talk = Talk("!* 1")
    talk.he.sound(2.0)
    assert talk.pass_(2.0) == [], "that was a text, and no music"
    talk.he.sound(60.0)
    assert talk.pass_(3.0, broken=True) == [], "something is told him meanwhile"
    talk.he.sound(60.0)
    assert talk.pass_(7, broken=True) == [(10.0, "*")]
    talk.question()
    assert [key for _, key in talk.pass_(9)] == ["1"]


def test_who_barges_in_presses_before_the_end() -> None:
    talk = Talk("1", PERSONA.replace("think_s", "barge_in: 1, think_s"))
    talk.question(10.0)
    ((at, key),) = talk.pass_(20)
    assert key == "1"
    assert 3.5 < at < 9.5


@pytest.mark.parametrize("where", ["personas: {a: {share: 1, script: '1 9'}}", "numbers: {'7': {script: '1 9'}}"])
def test_the_switch_knows_him_by_his_persona_or_his_number(where: str) -> None:
    population = from_text(where + "\noutcomes: {answer: 1, no_answer: 0, busy: 0, machine: 0}")
    world = World(population=population)
    world.people()
    he: Any = world.core.far_end("sofia/gateway/pstn/7", "7")
    assert isinstance(he, Scripted)
    assert he.fate.script == ("1", "9")
    agent: Any = world.core.far_end("user/7", "7")
    assert not isinstance(agent, Scripted)


def test_a_number_with_a_script_answers() -> None:
    population = from_text("numbers: {'7': {script: ''}}\noutcomes: {answer: 0}")
    fate = population.fate("sofia/gateway/pstn/7", "7", 0, random.Random(1))
    assert (fate.outcome, fate.script) == ("answer", ())


@pytest.mark.parametrize("script", ["'1 y'", "'12a'", "'~'", "'~7y'", "'--'", "[1]"])
def test_what_is_no_input_is_refused(script: str) -> None:
    with pytest.raises(PopulationError, match=r"numbers\.7\.script"):
        from_text(f"numbers: {{'7': {{script: {script}}}}}")
