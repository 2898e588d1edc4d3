import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.dialing.law.russia import POLITE_HOURS
from oklik.dialing.retry import OutcomeClass, Retry, RetryPlan, Stop, Tried, Wait, next_call
from oklik.dialing.vocabulary import Disposition as Outcome
from oklik.dialing.windows import next_open
from oklik.dialing.zones import tzinfo

MOSCOW = tzinfo("Europe/Moscow")
NOON = dt.datetime(2025, 3, 4, 9, 5, tzinfo=dt.UTC)  # 12:05 in Moscow
PLAN = RetryPlan()


def opens(moment: dt.datetime) -> dt.datetime | None:
    return next_open(POLITE_HOURS, ["Europe/Moscow"], moment)


def follow(*outcomes: Outcome | Tried, plan: RetryPlan = PLAN, **more: Any) -> Retry | Stop:
    tried = [o if isinstance(o, Tried) else Tried(o) for o in outcomes]
    values: dict[str, Any] = {"phones": 1, "now": NOON, "opens": opens, "zone": MOSCOW, **more}
    return next_call(plan, tried, **values)


def due(answer: Retry | Stop) -> str:
    assert isinstance(answer, Retry), answer
    return answer.due.astimezone(MOSCOW).strftime("%d %H:%M")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Outcome.NO_ANSWER], "04 12:35"),
        ([Outcome.NO_ANSWER] * 2, "04 15:05"),
        ([Outcome.NO_ANSWER] * 3, "05 12:05"),
        ([Outcome.BUSY], "04 12:20"),
        ([Outcome.NO_ANSWER, Outcome.BUSY], "04 12:20"),
        ([Outcome.HUNG_UP], "05 12:05"),
        ([Outcome.INVALID_NUMBER], "04 13:05"),
        ([Outcome.LINE_FAULT], "04 12:07"),
        ([Outcome.UNKNOWN], "05 12:05"),
        ([Outcome.NOT_SENT], "04 12:05"),
    ],
)
def test_delays_follow_the_outcome(outcomes: list[Outcome], expected: str) -> None:
    assert due(follow(*outcomes)) == expected


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ([Outcome.COMPLETED], "reached"),
        ([Outcome.DELIVERED], "reached"),
        ([Outcome.TRANSFERRED], "reached"),
        ([Outcome.OPTED_OUT], "opted_out"),
        ([Outcome.DECLINED], "reached"),
        ([Outcome.PARTIAL], "outcome_final"),
        ([Outcome.HUNG_UP] * 2, "no_more_of"),
        ([Outcome.REJECTED] * 2, "no_more_of"),
        ([Outcome.NO_ANSWER] * 4, "max_attempts"),
        ([Outcome.INVALID_NUMBER] * 2, "number_dead"),
        ([Outcome.CALL_LATER] * 4, "no_more_of"),
        ([Tried(Outcome.WRONG_PERSON, wrong_number=True)], "number_dead"),
        ([Outcome.LINE_FAULT] * 4, "line_faults"),
    ],
)
def test_when_it_is_over(outcomes: list[Outcome | Tried], reason: str) -> None:
    answer = follow(*outcomes)
    assert isinstance(answer, Stop)
    assert answer.reason == reason


def test_who_asks_for_a_later_call_gets_it_then() -> None:
    asked = Tried(Outcome.CALL_LATER, later_s=2 * 3600)
    assert due(follow(asked)) == "04 14:05"
    assert due(follow(asked, hours=range(9, 20))) == "04 14:05", "not moved to an hour that was not tried yet"
    assert due(follow(*[Outcome.NO_ANSWER] * 3, asked)) == "04 14:05", "the number of attempts is no reason to break it"
    assert due(follow(Tried(Outcome.CALL_LATER, later_s=10 * 3600))) == "05 09:00", "never out of hours"
    answer = follow(asked, plan=RetryPlan.none())
    assert isinstance(answer, Stop), "a campaign that calls everybody once does so"


def test_line_faults_and_unsent_calls_use_up_no_attempts() -> None:
    tried = [Outcome.NO_ANSWER, Outcome.LINE_FAULT, Outcome.NO_ANSWER, Outcome.NOT_SENT, Outcome.NO_ANSWER]
    assert due(follow(*tried)) == "05 12:05"


def test_faults_of_a_line_that_is_down_never_end_it() -> None:
    down = Tried(Outcome.LINE_FAULT, line_down=True)
    assert due(follow(*[down] * 50)) == "04 12:20", "the longest delay of the plan"
    assert due(follow(*[down] * 50, *[Outcome.LINE_FAULT] * 3)) == "04 12:20"
    assert isinstance(follow(*[down] * 50, *[Outcome.LINE_FAULT] * 4), Stop)
    assert isinstance(follow(down, plan=RetryPlan.none()), Stop), "who wants one call gets one"


def test_somebody_else_at_the_phone_is_called_again_a_stranger_is_not() -> None:
    assert due(follow(Tried(Outcome.WRONG_PERSON))) == "04 15:05"
    assert isinstance(follow(Tried(Outcome.WRONG_PERSON, wrong_number=True)), Stop)


def test_never_the_same_hour_while_another_is_open() -> None:
    assert due(follow(Outcome.NO_ANSWER, hours=[12])) == "04 13:00"
    assert due(follow(Outcome.NO_ANSWER, hours=[12, 13, 14])) == "04 15:00"
    assert due(follow(Outcome.NO_ANSWER, hours=range(12, 21))) == "05 09:00"
    assert due(follow(Outcome.NO_ANSWER, hours=range(9, 21))) == "04 12:35", "every open hour was tried"
    assert due(follow(Outcome.NO_ANSWER, hours=[12], plan=RetryPlan(other_hour=False))) == "04 12:35"
    assert due(follow(Outcome.LINE_FAULT, hours=[12])) == "04 12:07", "the person did not notice it"


def test_a_delay_over_the_end_of_the_day_waits_for_the_morning() -> None:
    evening = NOON + dt.timedelta(hours=8, minutes=50)  # 20:55 in Moscow
    assert due(follow(Outcome.NO_ANSWER, now=evening)) == "05 09:00"


def test_numbers_are_taken_in_turn() -> None:
    first, second = Tried(Outcome.NO_ANSWER, 0), Tried(Outcome.BUSY, 1)
    for tried, phone in ([first], 1), ([first, second], 0), ([Tried(Outcome.HUNG_UP, 1)], 1):
        answer = follow(*tried, phones=2)
        assert isinstance(answer, Retry)
        assert answer.phone == phone


def test_a_dead_number_is_left_out_and_the_next_one_need_not_wait() -> None:
    stranger = Tried(Outcome.WRONG_PERSON, 0, wrong_number=True)
    assert follow(stranger, phones=3) == Retry(NOON, 1)
    assert follow(stranger, Tried(Outcome.NO_ANSWER, 1), phones=2) == Retry(NOON + dt.timedelta(minutes=30), 1)
    bad = [Tried(Outcome.INVALID_NUMBER, 0), Tried(Outcome.INVALID_NUMBER, 1), Tried(Outcome.INVALID_NUMBER, 0)]
    answer = follow(*bad, phones=2)
    assert isinstance(answer, Retry)
    assert answer.phone == 1
    assert follow(*bad, Tried(Outcome.INVALID_NUMBER, 1), phones=2, plan=RetryPlan(max_attempts=9)) == Stop(
        "numbers_dead"
    )


def test_a_number_that_left_the_list_is_no_obstacle() -> None:
    assert follow(Tried(Outcome.NO_ANSWER, -1)) == Retry(NOON + dt.timedelta(minutes=30), 0)


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.NOT_SENT])
def test_no_retry_means_one_call_whatever_comes_of_it(outcome: Outcome) -> None:
    assert isinstance(follow(outcome, plan=RetryPlan.none(), phones=2), Stop)


def test_a_call_that_was_never_sent_is_made_even_without_retries() -> None:
    assert follow(Outcome.NOT_SENT, plan=RetryPlan.none()) == Retry(NOON, 0)


def test_a_plan_travels_as_json_and_keeps_defaults_of_what_it_does_not_name() -> None:
    plan = RetryPlan(max_attempts=2, waits={OutcomeClass.BUSY: Wait(after_s=(60,), most=5)})
    again = RetryPlan.from_json(plan.to_json())
    assert again == plan
    assert due(follow(Outcome.BUSY, plan=again)) == "04 12:06"
    assert due(follow(Outcome.NO_ANSWER, plan=again)) == "04 12:35"
    assert RetryPlan.from_json(RetryPlan.none().to_json()) == RetryPlan.none()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"max_attempts": 0}, "max_attempts"),
        ({"waits": {"busy": {"most": 2}}}, "waits.busy"),
        ({"waits": {"busy": {"most": 1, "after_s": [-5]}}}, "waits.busy.after_s.0"),
        ({"waits": {"sleepy": {}}}, "waits.sleepy"),
        ({"sometimes": 1}, "sometimes"),
        ([], "plan"),
    ],
)
def test_a_bad_plan_is_one_clear_line(value: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says) as raised:
        RetryPlan.from_json(value)
    assert "\n" not in str(raised.value)


consuming = [o for o in Outcome if o not in {Outcome.NOT_SENT, Outcome.LINE_FAULT}]


@settings(max_examples=300, deadline=None)
@given(
    outcomes=st.lists(st.sampled_from([*consuming, Outcome.LINE_FAULT]), min_size=60, max_size=60),
    most=st.integers(1, 8),
    phones=st.integers(1, 3),
)
def test_every_contact_comes_to_an_end(outcomes: list[Outcome], most: int, phones: int) -> None:
    plan, tried, now, phone, hours = RetryPlan(max_attempts=most), [], NOON, 0, []
    for outcome in outcomes:
        tried.append(Tried(outcome, phone))
        hours.append(now.astimezone(MOSCOW).hour)
        answer = next_call(plan, tried, phones=phones, now=now, opens=opens, hours=hours, zone=MOSCOW)
        if isinstance(answer, Stop):
            break
        assert answer.due >= now
        assert opens(answer.due) == answer.due, "within hours"
        assert 0 <= answer.phone < phones
        now, phone = answer.due, answer.phone
    else:
        pytest.fail("it went on for ever")
    asked = sum(t.disposition is Outcome.CALL_LATER for t in tried)
    assert sum(t.disposition is not Outcome.LINE_FAULT for t in tried) <= most + asked
    assert asked <= 4
    assert sum(t.disposition is Outcome.LINE_FAULT for t in tried) <= 4


def test_who_was_cut_off_by_our_own_breakdown_may_be_called_again_once() -> None:
    cut = Tried(Outcome.PARTIAL, lost=True)
    assert due(follow(cut)) == "05 12:05"
    assert follow(cut, cut) == Stop("no_more_of", {"most": 1})
    assert follow(Tried(Outcome.UNKNOWN), cut) == Stop("no_more_of", {"most": 1}), "of one kind with the unknown"
    assert follow(cut, Tried(Outcome.PARTIAL)) == Stop("outcome_final"), "this time they left by themselves"
    assert follow(Tried(Outcome.DELIVERED, lost=True)) == Stop("reached"), "what was said was said"
    assert follow(cut, plan=RetryPlan.none()) == Stop("max_attempts", {"attempts": 1})


def test_a_phone_that_must_not_be_called_is_left_out() -> None:
    answer = follow(Outcome.NO_ANSWER, phones=3, barred={1})
    assert isinstance(answer, Retry)
    assert answer.phone == 2
    assert follow(Outcome.NO_ANSWER, phones=2, barred={0, 1}) == Stop("numbers_dead")


def test_nobody_is_asked_for_the_person_twice_in_a_row() -> None:
    """A relative says that the person is not there: the next call goes to another phone."""
    elsewhere = follow(Tried(Outcome.WRONG_PERSON, 1), phones=2, others={1})
    assert isinstance(elsewhere, Retry)
    assert elsewhere.phone == 0
    at_home = follow(Tried(Outcome.WRONG_PERSON, 0), phones=2, others={1})
    assert isinstance(at_home, Retry)
    assert at_home.phone == 0, "a colleague at the person's own phone calls them to it"
