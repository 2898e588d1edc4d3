"""The people at the other end: shares, plans, personas, and that chance repeats."""

import random
from collections import Counter
from pathlib import Path

import pytest

from oklik.telephony.virtual.callee import allowed_keys, find_answers
from oklik.telephony.virtual.population import Population, PopulationError, from_text, load
from virtual.world import World

EXAMPLE = Path(__file__).parents[2] / "scenarios/examples/population.yaml"
NOBODY = "no_answer: 0, busy: 0, unreachable: 0, invalid: 0, rejected: 0, line_fault: 0"
ALL_ANSWER = f"outcomes: {{answer: 1, machine: 0, {NOBODY}}}\n"


def outcomes(population: Population, count: int, seed: int = 1) -> Counter[str]:
    return Counter(
        population.fate("sofia/gateway/pstn/x", f"7916{n:07}", 0, random.Random(f"{seed}|{n}|0")).outcome
        for n in range(count)
    )


def test_shares_come_out():
    seen = outcomes(Population(), 6000)
    assert 0.52 < seen["answer"] / 6000 < 0.58
    assert 0.18 < seen["no_answer"] / 6000 < 0.22
    assert set(seen) == {
        "answer", "no_answer", "busy", "unreachable", "invalid", "machine", "rejected", "line_fault",
    }  # fmt: skip


def test_shares_need_not_add_up():
    people = from_text(ALL_ANSWER.replace("answer: 1", "answer: 3").replace("no_answer: 0", "no_answer: 1"))
    seen = outcomes(people, 2000)
    assert set(seen) == {"answer", "no_answer"}
    assert 0.70 < seen["answer"] / 2000 < 0.80


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "a population is a mapping, this is a list"),
        ("a: [", "not YAML"),
        ("outcome: {}", "outcome: Extra inputs are not permitted"),
        ("outcomes: {answer: -1}", "outcomes.answer: Input should be greater than or equal to 0"),
        (ALL_ANSWER.replace("answer: 1", "answer: 0"), "outcomes: at least one outcome needs a share above 0"),
        ("ring_s: [9, 3]", "ring_s: must be a number or [min, max]"),
        ("personas: {}", "personas: Dictionary should have at least 1 item"),
        ("personas: {a: {share: 0}}", "at least one needs a share above 0"),
        ("personas: {a: {barge_in: 2}}", "personas.a.barge_in: Input should be less than or equal to 1"),
        ("answers: {'[abc]': {'1': 1}}", "does not name a question"),
        ("answers: {'[12]': {'x': 1}}", "is not a row of keys"),
        ("answers: {'[12]': {'1': 0}}", "at least one answer needs a weight"),
        ("numbers: {'7': {persona: nobody}}", "there is no persona 'nobody'"),
        ("numbers: {'7': {outcome: dead}}", "numbers.7.outcome: Input should be 'answer'"),
    ],
)  # fmt: skip
def test_a_bad_document_says_where(text: str, told: str):
    with pytest.raises(PopulationError) as error:
        from_text(text, "people.yaml")
    assert str(error.value).startswith("people.yaml: ")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_says_so(tmp_path: Path):
    with pytest.raises(PopulationError, match=r"nobody\.yaml: cannot be read"):
        load(tmp_path / "nobody.yaml")


def test_an_empty_document_is_the_default_population():
    assert from_text("") == Population()


def test_the_example_fits_the_questions_of_the_debt_reminder():
    people = load(EXAMPLE)
    identify = find_answers((people.answers,), "^[123]+$", 1, 1)
    menu = find_answers((people.answers,), "^[12309*]+$", 1, 1)
    days = find_answers((people.answers,), "^[0123456789#]+$", 1, 2)
    assert identify is not None
    assert menu is not None
    assert days is not None
    assert identify["1"] > sum(identify.values()) * 0.8
    assert 0.10 < menu["0"] / sum(menu.values()) < 0.14  # asks for the agent
    assert 0.02 < menu["9"] / sum(menu.values()) < 0.04  # wants no more calls
    assert set(days) <= {str(n) for n in range(1, 32)}


@pytest.mark.parametrize(
    ("regexp", "least", "keys"),
    [
        ("[123]", 1, "123"),
        (r"\d", 1, "0123456789"),
        ("^[0-9]{2}$", 2, "0123456789"),
        ("", 1, "0123456789*#"),
        ("(", 1, ""),
    ],
)
def test_allowed_keys(regexp: str, least: int, keys: str):
    assert allowed_keys(regexp, least) == set(keys)


def test_answers_are_found_by_keys_then_by_count_of_digits():
    one, two = {"1": 1.0}, {"10": 1.0}
    table = {"[0-9]": one, "[0-9]{1,2}": two}
    assert find_answers((table,), r"\d+", 1, 2) is two
    assert find_answers((table,), r"\d", 1, 1) is one
    assert find_answers((table,), "[12]", 1, 1) is None
    assert find_answers(({"[12]": one}, {"[12]": two}), "^[12*]+$", 1, 1) is one  # the repeat key does not matter


# -- on the line --------------------------------------------------------------------------------------------


class Caller:
    """Makes calls in a world and tells what became of them."""

    def __init__(self, text: str, seed: int = 1) -> None:
        self.world = World(population=from_text(text), seed=seed)
        self.world.people()
        self.connection, self.pipe = self.world.connect()
        self.send("auth ClueCon")

    def send(self, command: str) -> None:
        self.connection.data_received(f"{command}\n\n".encode())

    def dial(self, number: str, uuid: str, endpoint: str = "sofia/gateway/pstn/{}") -> None:
        where = endpoint.format(number)
        self.send(f"bgapi originate {{origination_uuid={uuid},ignore_early_media=true}}{where} &park()")

    def execute(self, uuid: str, app: str, argument: str) -> None:
        head = f"sendmsg {uuid}\ncall-command: execute\nexecute-app-name: {app}"
        self.send(f"{head}\nexecute-app-arg: {argument}\nevent-lock: true")

    def ask(
        self, uuid: str, variable: str, regexp: str = "^[123]+$", most: int = 1, prompt_ms: int = 4000
    ) -> str | None:
        """Ask and wait; the keys, or None when the leg is gone."""
        tone = f"tone_stream://%({prompt_ms},0,440)"
        self.execute(uuid, "play_and_get_digits", f"1 {most} 1 8000 # {tone} '' {variable} {regexp} 3000")
        self.wait(prompt_ms / 1000 + 13)
        leg = self.world.core.live(uuid)
        return None if leg is None else leg.get(variable) or leg.get(variable + "_invalid") or ""

    def wait(self, seconds: float) -> None:
        self.world.clock.run(self.world.clock.ms + seconds * 1000)

    def leg(self, uuid: str):
        return self.world.core.live(uuid)


def test_the_same_seed_gives_the_same_fates_in_whatever_order(tmp_path: Path):
    def run(order: list[int], together: bool) -> dict[int, tuple[str, ...]]:
        caller = Caller("ring_s: [1, 5]", seed=7)
        for n in order:
            caller.dial(f"7916{n:07}", f"u{n}")
            if not together:
                caller.wait(70)
        caller.wait(70)
        fates = {}
        for n in sorted(order):
            leg = caller.leg(f"u{n}")
            fates[n] = ("up", str(leg.answered_us - leg.created_us)) if leg else ("gone",)
        return fates

    order = list(range(60))
    forward = run(order, True)
    shuffled = order[:]
    random.Random(3).shuffle(shuffled)
    assert run(shuffled, True) == forward
    assert {n: fate[0] for n, fate in run(shuffled, False).items() if fate[0] == "up"}.keys() <= {
        n for n, fate in forward.items() if fate[0] == "up"
    }
    assert {"up", "gone"} == {fate[0] for fate in forward.values()}


def test_another_seed_gives_other_fates():
    assert outcomes(Population(), 300, seed=1) != outcomes(Population(), 300, seed=2)


def test_a_plan_tells_what_each_call_of_a_number_becomes():
    caller = Caller('numbers: {"+7916": {calls: [{outcome: busy, ring_s: 1}, {outcome: answer, ring_s: 2}]}}')
    caller.dial("7916", "a")
    caller.wait(5)
    assert caller.leg("a") is None
    caller.dial("+7916", "b")  # with the plus it is the same person
    caller.wait(5)
    assert caller.leg("b") is not None


def test_the_cooperative_answer_from_the_table():
    text = ALL_ANSWER + "ring_s: 2\nanswers: {'[123]': {'2': 1}}\npersonas: {calm: {}}"
    caller = Caller(text)
    caller.dial("7916", "a")
    caller.wait(4)
    assert caller.ask("a", "q1") == "2"


@pytest.mark.parametrize(("means", "second"), [("10", "0"), ("1", "")])
def test_a_question_without_a_sound_only_takes_what_he_was_pressing(means: str, second: str):
    """A mark from 0 to 10: the switch takes one key, then looks without a word whether a zero comes."""
    text = (
        ALL_ANSWER + f"ring_s: 2\nanswers: {{'[0-9]': {{'{means}': 1}}, '[12]': {{'2': 1}}}}\npersonas: {{calm: {{}}}}"
    )
    caller = Caller(text)
    caller.dial("7916", "a")
    caller.wait(4)
    caller.execute("a", "play_and_get_digits", "1 1 1 8000 # tone_stream://%(4000,0,440) '' q1 ^[0-9]+$ 3000")
    while caller.leg("a").get("q1") is None:
        caller.wait(0.01)
    assert caller.leg("a").get("q1") == "1"
    caller.execute("a", "play_and_get_digits", "1 1 1 2000 # silence '' q2 ^[0]+$ 2000")
    caller.wait(3)
    assert (caller.leg("a").get("q2") or "") == second
    assert caller.ask("a", "q3", "^[12]+$") == "2"


def test_digits_are_ended_with_the_terminator():
    text = ALL_ANSWER + "ring_s: 2\nanswers: {'[0-9]{1,3}': {'7': 1}}\npersonas: {calm: {}}"
    caller = Caller(text)
    caller.dial("7916", "a")
    caller.wait(4)
    assert caller.ask("a", "q1", r"^[0-9#]+$", most=3) == "7"
    leg = caller.leg("a")
    assert leg.keys == "7#"
    assert leg.get("read_terminator_used") == "#"


def test_a_terminator_of_none_is_not_pressed():
    caller = Caller(ALL_ANSWER + "ring_s: 2\nnumbers: {'7916': {keys: ['7']}}")
    caller.dial("7916", "a")
    caller.wait(4)
    caller.execute("a", "play_and_get_digits", "1 3 1 5000 none silence '' q ^[0-9]+$ 2000")
    caller.wait(12)
    assert (caller.leg("a").keys, caller.leg("a").get("read_result")) == ("7", "timeout")


def test_the_clumsy_press_a_wrong_key_first():
    caller = Caller(ALL_ANSWER + "ring_s: 2\nanswers: {'[123]': {'2': 1}}\npersonas: {clumsy: {wrong_first: 1}}")
    caller.dial("7916", "a")
    caller.wait(4)
    assert caller.ask("a", "q1") not in ("1", "2", "3", "", None)
    assert caller.ask("a", "q2") == "2"


def test_the_impatient_do_not_hear_the_prompt_out():
    caller = Caller(ALL_ANSWER + "ring_s: 2\npersonas: {impatient: {barge_in: 1}}")
    caller.dial("7916", "a")
    caller.wait(4)
    assert caller.ask("a", "q1") in ("1", "2", "3")
    assert int(caller.leg("a").get("playback_ms")) < 4000


def test_the_silent_press_nothing():
    caller = Caller(ALL_ANSWER + "ring_s: 2\npersonas: {silent: {silent: 1}}")
    caller.dial("7916", "a")
    caller.wait(4)
    assert caller.ask("a", "q1") == ""
    assert caller.leg("a").get("read_result") == "failure"


def test_some_hang_up_in_the_middle_of_a_prompt():
    caller = Caller(ALL_ANSWER + "ring_s: 2\npersonas: {leaver: {leaves_in_prompt: 1}}")
    caller.dial("7916", "a")
    caller.wait(4)
    caller.execute("a", "playback", "tone_stream://%(10000,0,440)")
    caller.wait(9)
    assert caller.leg("a") is None


def test_a_machine_presses_nothing_and_leaves():
    text = f"outcomes: {{answer: 0, machine: 1, {NOBODY}}}\n"
    caller = Caller(text + "ring_s: 2\nmachine: {stays_s: 30}")
    caller.dial("7916", "a")
    caller.wait(4)
    assert caller.ask("a", "q1") == ""
    caller.wait(16)
    assert caller.leg("a") is None


def test_he_leaves_when_the_plan_says():
    caller = Caller('numbers: {"7916": {outcome: answer, ring_s: 1, leaves_s: 5}}')
    caller.dial("7916", "a")
    caller.wait(5.5)
    assert caller.leg("a") is not None
    caller.wait(1)
    assert caller.leg("a") is None


def test_a_stuck_leg_takes_its_hangup_and_stays_for_a_while():
    caller = Caller('numbers: {"7916": {outcome: answer, ring_s: 1, stuck_s: 30}}')
    caller.dial("7916", "a")
    caller.wait(5)
    caller.send("api uuid_kill a")
    caller.wait(29)
    assert caller.leg("a") is not None
    caller.wait(2)
    assert caller.leg("a") is None


def test_keys_pressed_by_the_clock():
    caller = Caller('numbers: {"7916": {ring_s: 1, presses: [{at_s: 2, key: "5"}, {at_s: 3, key: "#"}]}}')
    caller.dial("7916", "a")
    caller.wait(6)
    assert caller.leg("a").keys == "5#"


@pytest.mark.parametrize(("agent_ends", "stays"), [(1, "person"), (0, "nobody")])
def test_an_agent_talks_and_one_of_the_two_ends_it(agent_ends: int, stays: str):
    text = (
        ALL_ANSWER
        + f"ring_s: 1\nagents: {{answer: 1, no_answer: 0, busy: 0, ring_s: 1, talk_s: 10, agent_ends: {agent_ends}}}"
    )
    caller = Caller(text)
    variables = "origination_uuid=a,ignore_early_media=true,park_after_bridge=true"
    caller.send(f"bgapi originate {{{variables}}}sofia/gateway/pstn/7 &park()")
    caller.dial("1001", "b", "sofia/gateway/agents/{}")
    caller.wait(3)
    caller.send("api uuid_bridge a b")
    caller.wait(8)
    assert caller.leg("a") and caller.leg("b")
    caller.wait(4)
    assert caller.leg("b") is None
    assert (caller.leg("a") is not None) == (stays == "person")


@pytest.mark.parametrize(("accepts", "pressed"), [(1, "1"), (0, "")])
def test_an_agent_presses_the_accept_key_unless_it_is_a_voicemail(accepts: int, pressed: str):
    text = f"agents: {{answer: 1, no_answer: 0, busy: 0, ring_s: 1, accepts: {accepts}}}"
    caller = Caller(text)
    caller.dial("1001", "b", "sofia/gateway/agents/{}")
    caller.wait(3)
    assert caller.ask("b", "accept", "^[1]+$") == pressed
