from typing import Any

import pytest

from oklik.dialing.disposition import LEVEL, TELLING, CallSummary, judge_call, telling
from oklik.dialing.machines import MachinePolicy, OnBeep, Signs
from oklik.dialing.vocabulary import Disposition

BEEP = Signs(beep_s=4.0)
BY_BEEP = MachinePolicy(on_beep=OnBeep.HANG_UP)


def judged(**summary: Any) -> tuple[str, bool, bool]:
    judgement = judge_call(CallSummary(**summary), BY_BEEP)
    return str(judgement.disposition), judgement.talk, judgement.consumed


CASES: list[tuple[dict[str, Any], str, bool, bool]] = [
    # how an answered call is judged: summary, disposition, talk, consumed
    ({"ended_reason": "completed", "answers": 2, "message_heard": True}, "completed", True, True),
    ({"ended_reason": "hung_up", "message_heard": True, "answers": 1}, "delivered", True, True),
    ({"ended_reason": "no_input", "message_heard": True}, "delivered", True, True),
    ({"ended_reason": "hung_up", "answers": 1}, "partial", True, True),
    ({"ended_reason": "no_input", "answers": 1}, "partial", True, True),
    ({"ended_reason": "hung_up"}, "hung_up", True, True),
    ({"ended_reason": "too_long"}, "hung_up", True, True),
    ({}, "hung_up", True, True),
    ({"ended_reason": "no_input"}, "no_input", True, True),
    ({"ended_reason": "wrong_person"}, "wrong_person", False, True),
    ({"ended_reason": "completed", "right_party": "other"}, "wrong_person", False, True),
    ({"ended_reason": "completed", "right_party": "confirmed"}, "completed", True, True),
    ({"ended_reason": "declined", "answers": 1}, "declined", True, True),
    ({"ended_reason": "completed", "answers": 1, "call_later_s": 3600}, "call_later", True, True),
    ({"ended_reason": "hung_up", "call_later_s": 3600, "talk_s": 0.5}, "call_later", True, True),
    ({"ended_reason": "completed", "right_party": "other", "call_later_s": 3600}, "wrong_person", False, True),
    ({"ended_reason": "opted_out", "opted_out": True, "call_later_s": 3600}, "opted_out", True, True),
    ({"ended_reason": "declined", "right_party": "other"}, "wrong_person", False, True),
    ({"ended_reason": "opted_out", "right_party": "wrong_number", "opted_out": True}, "opted_out", True, True),
    ({"opted_out": True, "signs": BEEP}, "opted_out", True, True),
    ({"signs": BEEP, "ended_reason": "completed"}, "machine", False, True),
    ({"transfer": "talked", "ended_reason": "hung_up"}, "transferred", True, True),
    ({"transfer": "talked", "ended_reason": "completed"}, "transferred", True, True),
    ({"transfer": "waiting", "ended_reason": "hung_up", "message_heard": True}, "abandoned", True, True),
    ({"transfer": "no_agent", "ended_reason": "no_agent"}, "no_agent", True, True),
    ({"transfer": "no_agent", "ended_reason": "completed"}, "completed", True, True),
    ({"transfer": "failed", "ended_reason": "hung_up"}, "no_agent", True, True),
    ({"transfer": "left", "ended_reason": "hung_up"}, "no_agent", True, True),
    ({"transfer": "left", "ended_reason": "completed"}, "completed", True, True),
    ({"fault": "prompt missing"}, "line_fault", True, True),
    ({"fault": "prompt missing", "answers": 1}, "partial", True, True),
    ({"cause": "LOST"}, "unknown", True, True),
    ({"cause": "LOST", "ended_reason": "completed"}, "completed", True, True),
    ({"cancelled": True}, "cancelled", True, True),
    # a trunk's false answer: up and down again within a second, nothing heard
    ({"talk_s": 0.4}, "hung_up", False, True),
    ({"talk_s": 0.4, "right_party": "confirmed"}, "hung_up", True, True),
]


@pytest.mark.parametrize(("summary", "disposition", "talk", "consumed"), CASES)
def test_answered(summary: dict[str, Any], disposition: str, talk: bool, consumed: bool) -> None:
    assert judged(**{"answered": True, "talk_s": 12.0, **summary}) == (disposition, talk, consumed)


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ({"cause": "NO_ANSWER"}, ("no_answer", False, True)),
        ({"cause": "NO_ANSWER", "cancelled": True}, ("cancelled", False, True)),
        ({"cause": "USER_BUSY", "sip_status": 486}, ("busy", False, True)),
        ({"cause": "NORMAL_TEMPORARY_FAILURE", "sip_status": 503}, ("line_fault", False, False)),
        ({"cause": "GATEWAY_DOWN", "channel": False}, ("line_fault", False, False)),
        ({"cause": "OKLIK_DUPLICATE", "sent": False}, ("not_sent", False, False)),
        ({"cause": "LOST"}, ("unknown", True, True)),
    ],
)
def test_unanswered(summary: dict[str, Any], expected: tuple[str, bool, bool]) -> None:
    assert judged(**summary) == expected


def test_only_a_stranger_makes_the_number_wrong() -> None:
    def wrong(**summary: Any) -> bool:
        return judge_call(CallSummary(answered=True, **summary)).wrong_number

    assert wrong(right_party="wrong_number", ended_reason="wrong_person")
    assert not wrong(right_party="other", ended_reason="completed")
    assert not wrong(right_party="wrong_number", opted_out=True)


def test_every_disposition_of_a_finished_call_can_come_about() -> None:
    answered = {judged(**{"answered": True, "talk_s": 12.0, **case[0]})[0] for case in CASES}
    unanswered = {"busy", "no_answer", "rejected", "unreachable", "invalid_number", "not_sent"}
    assert answered | unanswered == set(Disposition)


@pytest.mark.parametrize(
    ("closed", "which"),
    [
        (["busy"], 0),
        (["partial", "busy"], 0),
        (["busy", "no_answer"], 1),
        (["hung_up", "partial", "no_answer", "partial"], 3),
        (["no_answer", "machine", "unreachable"], 1),
        (["wrong_person", "unknown"], 0),
        (["completed", "opted_out"], 1),
        (["opted_out", "completed"], 0),
        (["no_answer", "line_fault", "not_sent", "cancelled"], 0),
        (["line_fault", "cancelled", "not_sent"], 1),
        (["partial", "declined"], 1),
        (["abandoned", "no_agent", "hung_up"], 1),
    ],
)
def test_a_contact_is_told_by_its_best_attempt_and_within_a_level_by_the_latest(closed: list[str], which: int) -> None:
    assert telling([Disposition(one) for one in closed]) == which


def test_every_disposition_has_one_level() -> None:
    assert set(LEVEL) == set(Disposition)
    assert sum(map(len, TELLING)) == len(Disposition)
