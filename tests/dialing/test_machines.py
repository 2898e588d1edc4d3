"""What is taken for a machine, by which signs, and how well the detector does."""

import datetime as dt

import pytest

from oklik.dialing.disposition import CallSummary, judge_call
from oklik.dialing.machines import DEFAULT, MachinePolicy, OnBeep, Signs, is_machine, measured
from oklik.dialing.retry import RetryPlan, Stop, Tried, next_call
from oklik.dialing.vocabulary import Disposition

NOON = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)

BEEP = Signs(beep_s=4.2)
GATE = MachinePolicy(key_gate=True)


@pytest.mark.parametrize("on_beep", OnBeep)
def test_a_beep_counts_only_for_those_who_go_by_it(on_beep: OnBeep) -> None:
    acts = on_beep in {OnBeep.HANG_UP, OnBeep.LEAVE_MESSAGE}
    assert is_machine(BEEP, MachinePolicy(on_beep=on_beep)) is acts


def test_a_key_before_the_beep_is_a_human() -> None:
    policy = MachinePolicy(on_beep=OnBeep.HANG_UP)
    assert not is_machine(Signs(key_s=2.0, beep_s=4.2), policy)
    assert is_machine(Signs(key_s=5.0, beep_s=4.2), policy)


def test_who_presses_no_key_is_a_machine_behind_the_gate_only() -> None:
    silent = Signs(asked=True)
    assert is_machine(silent, GATE)
    assert not is_machine(silent, DEFAULT)
    assert not is_machine(Signs(asked=True, key_s=3.0), GATE)
    assert not is_machine(Signs(), GATE), "nobody was asked for a key"


def judged(policy: MachinePolicy = DEFAULT, **summary: object) -> tuple[Disposition, bool]:
    found = judge_call(CallSummary(**{"answered": True, "talk_s": 20.0, **summary}), policy)
    return found.disposition, found.talk


def test_a_machine_that_beeped_was_not_talked_to_and_a_silent_one_perhaps() -> None:
    policy = MachinePolicy(on_beep=OnBeep.LEAVE_MESSAGE, key_gate=True)
    assert judged(policy, signs=BEEP, message_heard=True) == (Disposition.MACHINE, False)
    assert judged(policy, signs=Signs(asked=True)) == (Disposition.MACHINE, True), "for the caps it may have listened"
    assert judged(policy, signs=Signs(asked=True, key_s=2.0), ended_reason="completed")[0] is Disposition.COMPLETED


@pytest.mark.parametrize(("limit", "talk"), [(0.0, True), (1.0, True), (3.0, False)])
def test_how_short_a_false_answer_is_the_campaign_says(limit: float, talk: bool) -> None:
    assert judged(MachinePolicy(false_answer_s=limit), talk_s=2.0) == (Disposition.HUNG_UP, talk)


def test_an_announcement_in_place_of_ringing_is_unreachable_if_the_campaign_says_so() -> None:
    rung_out = {"answered": False, "cause": "NO_ANSWER", "sip_status": 0}
    told = Signs(early=True)
    policy = MachinePolicy(early_unreachable=True)
    assert judged(policy, **rung_out, signs=told)[0] is Disposition.UNREACHABLE
    assert judged(DEFAULT, **rung_out, signs=told)[0] is Disposition.NO_ANSWER
    assert judged(policy, **rung_out, signs=Signs(early=True, rang=True))[0] is Disposition.NO_ANSWER


def test_who_has_the_message_on_the_machine_is_not_called_again() -> None:
    def following(left: bool) -> object:
        tried = [Tried(Disposition.MACHINE, left_message=left)]
        return next_call(RetryPlan(), tried, phones=1, now=NOON, opens=lambda moment: moment)

    assert following(True) == Stop("message_left")
    assert not isinstance(following(False), Stop)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leave-message", MachinePolicy(on_beep=OnBeep.LEAVE_MESSAGE)),
        ("hang_up, listen_s=20, key_gate=yes", MachinePolicy(on_beep=OnBeep.HANG_UP, listen_s=20, key_gate=True)),
        ("false_answer_s=1.5,early_unreachable=true", MachinePolicy(false_answer_s=1.5, early_unreachable=True)),
    ],
)
def test_a_policy_as_people_write_it(text: str, expected: MachinePolicy) -> None:
    assert MachinePolicy.parse(text) == expected
    assert MachinePolicy.from_json(expected.to_json()) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [("loud", "on_beep"), ("note,listen_s=0", "listen_s"), ("nosuch=1", "nosuch"), ("note,hang-up", "on_beep")],
)
def test_a_wrong_policy_is_told_by_its_place(text: str, place: str) -> None:
    with pytest.raises(ValueError, match=f"machines {place}"):
        MachinePolicy.parse(text)


def test_a_share_has_its_interval() -> None:
    # 10 of 100 by Wilson's score: 5.52 % to 17.44 %, as tables of the interval have it.
    found = measured(10, 100)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0552, 0.1744)
    assert measured(0, 0).high == 1.0
    with pytest.raises(ValueError, match="3 out of 2"):
        measured(3, 2)
