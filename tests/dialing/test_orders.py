"""What the gate says of ordered calls, kind by kind."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from oklik.dialing.destinations import parse_destinations
from oklik.dialing.gate import Allow, Deny, Past, Policy, Subject, judge
from oklik.dialing.orders import HOUR, TESTS_AN_HOUR, OrderKind, TriedPhone, judge_test, policy_of_order
from oklik.dialing.sentences import sentence
from oklik.dialing.windows import WindowBook
from support.fraud import FRAUD

NOON = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)  # a Tuesday, in Moscow
MOSCOW = frozenset({"Europe/Moscow"})
NUMBER = "+79161234567"
PERSON = Subject(NUMBER, MOSCOW, consent=True)
BOOK = WindowBook()
KINDS = (OrderKind.MANUAL, OrderKind.AGENT_FIRST)


def said(kind: OrderKind, subject: Subject = PERSON, now: dt.datetime = NOON, **policy: Any) -> str:
    """The rule that denies it, or allowed."""
    own = Policy(**{"purpose": "informational", "max_attempts": 3, "other_hour": True, **policy})
    answer = judge(subject, policy_of_order(kind, own), now, BOOK)
    return answer.rule if isinstance(answer, Deny) else "allowed"


@pytest.mark.parametrize("kind", KINDS)
def test_who_orders_does_not_wait_for_another_hour(kind: OrderKind) -> None:
    again = replace(PERSON, attempts=1, hours=[12])
    assert isinstance(judge(again, Policy("informational", 3, other_hour=True), NOON, BOOK), Deny), "the queue does"
    assert said(kind, again) == "allowed"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"suppressed": True}, "stop_list"),
        ({"number": "+7900"}, "bad_number"),
        ({"number": "+375291234567"}, "destination_abroad"),
        ({"routed": False}, "no_route"),
        ({"busy": True}, "person_busy"),
        ({"attempts": 3}, "max_attempts"),
        ({"zones": frozenset({"Asia/Kamchatka"})}, "window"),
    ],
)
def test_what_holds_for_a_retry_holds_for_an_order(kind: OrderKind, changed: dict[str, Any], rule: str) -> None:
    assert said(kind, replace(PERSON, **changed)) == rule


@pytest.mark.parametrize("kind", KINDS)
def test_caps_and_promises_hold(kind: OrderKind) -> None:
    talked = Past(NOON - 2 * HOUR, talk=True, consumed=True, purpose="debt")
    assert said(kind, replace(PERSON, history=[talked]), purpose="debt") == "talks_day"
    assert said(kind, replace(PERSON, promised=NOON.date()), purpose="debt") == "promise"


def test_an_agent_is_a_human_and_a_recorded_message_is_none() -> None:
    assert said(OrderKind.MANUAL, purpose="advertising") == "needs_human"
    assert said(OrderKind.AGENT_FIRST, purpose="advertising") == "allowed"
    assert said(OrderKind.AGENT_FIRST, replace(PERSON, consent=False), purpose="advertising") == "no_consent"


def test_a_talk_with_an_agent_is_no_voice_message() -> None:
    """Two voice messages a day may be left, and one talk may be had."""
    talked = Past(NOON - 2 * HOUR, talk=True, consumed=True, purpose="debt")
    after_a_talk = replace(PERSON, history=[talked])
    assert said(OrderKind.MANUAL, after_a_talk, purpose="debt", as_messages=True) == "allowed"
    assert said(OrderKind.AGENT_FIRST, after_a_talk, purpose="debt", as_messages=True) == "talks_day"


MINE = TriedPhone(NUMBER, known=True)


def test_a_test_knows_no_hours() -> None:
    for hour in range(24):
        assert isinstance(judge_test(MINE, NOON + hour * HOUR), Allow)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"suppressed": True}, "stop_list"),
        ({"known": False}, "not_a_tester"),
        ({"busy": True}, "person_busy"),
        ({"routed": False}, "no_route"),
        ({"number": "abc"}, "bad_number"),
    ],
)
def test_what_holds_for_a_test(changed: dict[str, Any], rule: str) -> None:
    answer = judge_test(replace(MINE, **changed), NOON)
    assert isinstance(answer, Deny)
    assert answer.rule == rule
    for language in ("ru", "en"):
        assert sentence(answer.rule, answer.args, language) != rule


def test_ten_tests_an_hour() -> None:
    times = [NOON - HOUR + dt.timedelta(minutes=5 * n + 1) for n in range(TESTS_AN_HOUR)]
    answer = judge_test(replace(MINE, recent=times), NOON)
    assert answer == Deny("tests_hour", {"limit": TESTS_AN_HOUR}, times[0] + HOUR)
    assert answer.next_at is not None
    assert isinstance(judge_test(replace(MINE, recent=times), answer.next_at), Allow)
    assert isinstance(judge_test(replace(MINE, recent=times[1:]), NOON), Allow)


def test_fraudsters_are_tested_by_nobody_even_if_somebody_has_named_their_number() -> None:
    for number in FRAUD:
        assert isinstance(judge_test(TriedPhone(number, known=True), NOON), Deny), number


def test_what_an_installation_has_opened_may_be_tested() -> None:
    abroad = TriedPhone("+375291234567", known=True)
    assert isinstance(judge_test(abroad, NOON), Deny)
    assert isinstance(judge_test(abroad, NOON, parse_destinations("RU, BY")), Allow)
