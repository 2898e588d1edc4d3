import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.dialing.campaign_hours import plain
from oklik.dialing.destinations import parse_destinations
from oklik.dialing.gate import (
    Allow,
    Deny,
    Handover,
    Past,
    Policy,
    Subject,
    judge,
    judge_agent,
    period,
    plausible,
)
from oklik.dialing.law.in_force import all_rules, rules_of
from oklik.dialing.law.shapes import ROLE_TITLES, Cap, Counts, Period, Purpose, Role
from oklik.dialing.sentences import CODES, LANGUAGES, sentence
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import RUSSIA, tzinfo

UTC = dt.UTC
MOSCOW = frozenset({"Europe/Moscow"})
NOON = dt.datetime(2025, 3, 4, 9, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Moscow
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def ask(now: dt.datetime = NOON, policy: Policy | None = None, **subject: Any) -> Allow | Deny:
    subject = {"number": "+79161234567", "zones": MOSCOW, **subject}
    return judge(Subject(**subject), policy or Policy("debt", 4), now, WindowBook())


def talk(at: dt.datetime, purpose: str = "debt") -> Past:
    return Past(at, talk=True, consumed=True, purpose=purpose)


def ring(at: dt.datetime, purpose: str = "debt") -> Past:
    return Past(at, talk=False, consumed=True, purpose=purpose)


def test_who_may_be_called_may_be_called_until_the_window_closes() -> None:
    assert ask() == Allow(dt.datetime(2025, 3, 4, 19, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("subject", "policy", "rule"),
    [
        ({"suppressed": True}, Policy("debt", 4), "stop_list"),
        ({"bankrupt": True}, Policy("debt", 4), "bankrupt"),
        ({"bankrupt": True, "role": Role.GUARANTOR, "wish": True}, Policy("survey", 4, third_persons=True), "bankrupt"),
        ({"number": "+7"}, Policy("debt", 4), "bad_number"),
        ({"consent": True}, Policy("advertising", 4), "needs_human"),
        ({}, Policy("advertising", 4, automatic=False), "no_consent"),
        ({"attempts": 4}, Policy("debt", 4), "max_attempts"),
        ({}, Policy("debt", 4, plain(("03:00", "04:00"))), "never_open"),
    ],
)
def test_what_forbids_for_ever(subject: dict[str, Any], policy: Policy, rule: str) -> None:
    denied = ask(policy=policy, **subject)
    assert isinstance(denied, Deny)
    assert (denied.rule, denied.next_at) == (rule, None)


def test_consent_and_a_human_open_advertising() -> None:
    assert isinstance(ask(policy=Policy("advertising", 4, automatic=False), consent=True), Allow)


def test_a_busy_person_is_asked_for_again_soon() -> None:
    denied = ask(busy=True)
    assert isinstance(denied, Deny)
    assert denied.rule == "person_busy"
    assert denied.next_at is not None
    assert NOON < denied.next_at < NOON + dt.timedelta(minutes=2)


def test_hours_are_the_persons_and_name_what_is_allowed() -> None:
    denied = ask(zones=frozenset({"Asia/Kamchatka"}), policy=Policy("survey", 4, plain(("10:00", "19:00"))))
    assert denied == Deny("window", {"hours": "10:00–19:00"}, dt.datetime(2025, 3, 4, 22, 0, tzinfo=UTC))
    # 21:00 on Kamchatka: the law on debts still allows it, politeness does not.
    assert isinstance(ask(zones=RUSSIA), Allow)
    assert isinstance(ask(zones=RUSSIA, policy=Policy("survey", 4)), Deny)


def test_hours_of_debt_reach_from_eight_to_ten_on_working_days() -> None:
    eight = dt.datetime(2025, 3, 4, 5, 0, tzinfo=UTC)
    second = dt.timedelta(seconds=1)
    assert isinstance(ask(eight), Allow)
    assert isinstance(ask(eight - second), Deny)
    assert isinstance(ask(eight + 14 * HOUR - second), Allow)
    assert isinstance(ask(eight + 14 * HOUR), Deny)


@pytest.mark.parametrize(
    ("history", "rule", "again"),
    [
        ([talk(NOON - HOUR)], "talks_day", dt.datetime(2025, 3, 5, 5, 0, tzinfo=UTC)),
        # Monday and Tuesday are used up: next Monday, which is a working day.
        ([talk(NOON - DAY), talk(NOON - HOUR)], "talks_week", dt.datetime(2025, 3, 10, 5, 0, tzinfo=UTC)),
        ([ring(NOON - k * HOUR) for k in (1, 2, 3, 3)], "unanswered_day", dt.datetime(2025, 3, 5, 5, 0, tzinfo=UTC)),
        ([ring(NOON - dt.timedelta(minutes=4))], "too_soon", NOON + dt.timedelta(minutes=1)),
    ],
)
def test_caps_are_used_up_and_free_again(history: list[Past], rule: str, again: dt.datetime) -> None:
    denied = ask(history=history)
    assert isinstance(denied, Deny)
    assert (denied.rule, denied.next_at) == (rule, again)
    assert isinstance(ask(again, history=history), Allow)


def test_the_month_counts_by_the_calendar() -> None:
    days = [1, 2, 4, 5, 11, 12, 18, 19]
    history = [talk(dt.datetime(2025, 3, day, 9, 0, tzinfo=UTC)) for day in days]
    late = dt.datetime(2025, 3, 25, 9, 0, tzinfo=UTC)
    denied = ask(late, history=history)
    assert isinstance(denied, Deny)
    assert (denied.rule, denied.next_at) == ("talks_month", dt.datetime(2025, 4, 1, 5, 0, tzinfo=UTC))
    assert isinstance(ask(late, history=history[1:]), Allow)


def test_talks_of_another_purpose_do_not_count_but_unanswered_calls_do() -> None:
    assert isinstance(ask(history=[talk(NOON - HOUR, "survey")]), Allow)
    assert isinstance(ask(history=[ring(NOON - k * HOUR, "survey") for k in (1, 2, 3, 3)]), Deny)


def test_what_did_not_count_does_not_count() -> None:
    fault = Past(NOON - dt.timedelta(seconds=5), talk=False, consumed=False, purpose="debt")
    assert isinstance(ask(history=[fault] * 9), Allow)


def test_a_person_has_peace_after_the_end_of_a_call() -> None:
    began, ended = NOON - dt.timedelta(minutes=20), NOON - dt.timedelta(minutes=2)
    denied = ask(history=[Past(began, talk=False, consumed=True, purpose="debt", ended=ended)])
    assert isinstance(denied, Deny)
    assert (denied.rule, denied.next_at) == ("too_soon", NOON + dt.timedelta(minutes=3))


def test_a_call_ahead_of_our_clock_counts_too() -> None:
    # Two dialers' clocks differ by some seconds, and the other one has just called.
    denied = ask(history=[ring(NOON + dt.timedelta(seconds=20))])
    assert isinstance(denied, Deny)
    assert denied.rule == "too_soon"


def test_a_day_begins_at_local_midnight_in_whichever_zone_is_possible() -> None:
    # 23:30 in Kaliningrad was 9:30 the next morning on Kamchatka: in one of the two it was today.
    kamchatka = dt.datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
    last_evening = dt.datetime(2025, 3, 3, 21, 30, tzinfo=UTC)
    both = frozenset({"Europe/Kaliningrad", "Asia/Kamchatka"})
    cases = ((frozenset({"Europe/Kaliningrad"}), True), (frozenset({"Asia/Kamchatka"}), False), (both, False))
    for zones, allowed in cases:
        assert isinstance(ask(kamchatka, zones=zones, history=[talk(last_evening)]), Allow) is allowed


@settings(max_examples=150, deadline=None)
@given(
    purpose=st.sampled_from([p for p in Purpose if not rules_of(p).human]),
    zones=st.frozensets(st.sampled_from(sorted(RUSSIA)), min_size=1, max_size=3),
    starts=st.lists(st.integers(0, 40 * 24 * 60), max_size=25),
    talks=st.lists(st.booleans(), min_size=25, max_size=25),
    at=st.integers(0, 45 * 24 * 60),
)
def test_nobody_is_ever_called_out_of_hours_or_over_a_cap(
    purpose: Purpose, zones: frozenset[str], starts: list[int], talks: list[bool], at: int
) -> None:
    """The gate against the rules counted plainly; and the moment it names is one at which it says yes."""
    zero = dt.datetime(2025, 2, 20, tzinfo=UTC)
    now = zero + dt.timedelta(minutes=at)
    history = [
        Past(zero + dt.timedelta(minutes=start), spoke, consumed=True, purpose=purpose)
        for start, spoke in zip(starts, talks, strict=False)
        if zero + dt.timedelta(minutes=start) <= now
    ]
    subject = Subject("+79161234567", zones, history)
    answer = judge(subject, Policy(purpose, 4), now, WindowBook())
    assert isinstance(answer, Allow) is _plainly(purpose, zones, history, now)
    if isinstance(answer, Deny):
        assert answer.next_at is not None
        assert answer.next_at > now
        assert isinstance(judge(subject, Policy(purpose, 4), answer.next_at, WindowBook()), Allow)


def _plainly(purpose: Purpose, zones: frozenset[str], history: list[Past], now: dt.datetime) -> bool:
    rules = rules_of(purpose)
    if any(now - past.at < dt.timedelta(seconds=rules.gap_s) for past in history):
        return False
    for zone in zones:
        here = now.astimezone(tzinfo(zone))
        if rules.hours.of(here.date()).at(here.hour * 60 + here.minute) is None:
            return False
        for cap in rules.caps:
            same = 0
            for past in history:
                there = past.at.astimezone(tzinfo(zone))
                together = {
                    Period.DAY: there.date() == here.date(),
                    Period.WEEK: there.isocalendar()[:2] == here.isocalendar()[:2],
                    Period.MONTH: (there.year, there.month) == (here.year, here.month),
                }[cap.period]
                same += together and past.talk == (cap.counts is Counts.TALK)
            if same >= cap.limit:
                return False
    return True


def test_a_period_over_a_change_of_clocks_is_as_long_as_it_is() -> None:
    start, end = period(Period.DAY, "Europe/Berlin", dt.datetime(2025, 3, 30, 12, 0, tzinfo=UTC))
    assert end - start == 23 * HOUR
    start, end = period(Period.MONTH, "Europe/Moscow", dt.datetime(2024, 12, 31, 21, 30, tzinfo=UTC))
    assert (start, end) == (dt.datetime(2024, 12, 31, 21, tzinfo=UTC), dt.datetime(2025, 1, 31, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    "number",
    ["", "+", "79161234567", "+7916", "+01234567", "+7916123456٣", "+7916123456712345", "+7 9161234567"],
)
def test_what_cannot_be_a_number(number: str) -> None:
    assert not plausible(number)


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="fun"):
        Policy("fun", 4)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_its_sentence_in_both_languages(code: str) -> None:
    said = {language: sentence(code, {"purpose": "debt", "limit": 2}, language) for language in LANGUAGES}
    assert len(set(said.values())) == 2
    assert all("{" not in text for text in said.values())


def test_sentences_name_the_purpose_in_words_and_survive_what_is_missing() -> None:
    assert "взыскание долга" in sentence("no_consent", {"purpose": "debt"}, "ru")
    assert sentence("talks_day", None, "en") == "cap on talks a day: ?"
    assert sentence("something_newer", {}, "ru") == "something_newer"


def test_every_rule_the_gate_can_name_has_a_sentence() -> None:
    caps = {cap.rule for rules in all_rules() for cap in (*rules.caps, *(rules.messages or ()))}
    assert caps <= CODES
    assert {Cap(kind, p, 1).rule for kind in Counts for p in Period} <= CODES
    assert replace(rules_of(Purpose.DEBT).caps[0], limit=3).rule == "talks_day"


def test_a_campaigns_window_is_a_wish_and_the_law_is_the_law() -> None:
    """Mobiles: the law in all eleven zones, the window by the campaign's clock; neither alone is enough."""
    policy = Policy("debt", 4, plain(("10:00", "19:00")), zone="Europe/Moscow")
    at = dt.datetime(2025, 3, 4, 0, 0, tzinfo=tzinfo("Europe/Moscow"))
    assert ask(at + 10 * HOUR, policy, zones=RUSSIA) == Allow((at + 13 * HOUR).astimezone(UTC)), "22:00 on Kamchatka"
    second = dt.timedelta(seconds=1)
    early = ask(at + 10 * HOUR - second, policy, zones=RUSSIA)  # the law alone would allow it
    assert early == Deny("window", {"hours": "10:00–19:00"}, (at + 10 * HOUR).astimezone(UTC))
    late = ask(at + 13 * HOUR, policy, zones=RUSSIA)  # the window alone would
    assert isinstance(late, Deny)
    assert late.next_at == (at + 34 * HOUR).astimezone(UTC)
    # Who is known to be on Kamchatka is called by Kamchatka's clock.
    there = ask(at + 10 * HOUR, policy, zones=frozenset({"Asia/Kamchatka"}))
    assert isinstance(there, Deny)
    assert isinstance(ask(at + 2 * HOUR, policy, zones=frozenset({"Asia/Kamchatka"})), Allow)
    evening = Policy("debt", 4, plain(("15:00", "19:00")), zone="Europe/Moscow")
    assert ask(at + 16 * HOUR, evening, zones=RUSSIA) == Deny("never_open")


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({}, None),
        ({"live": False}, "call_over"),
        ({"member": False}, "not_an_agent"),
        ({"number": "+74951234567"}, None),
        ({"number": "+74951234567", "live": False}, "call_over"),
        ({"number": "+74951234567", "member": False}, "not_an_agent"),
        ({"number": "+74951234567", "suppressed": True}, "stop_list"),
        ({"number": "112"}, "bad_number"),
        ({"number": "+7112"}, "bad_number"),
        ({"number": "+78091234567"}, "destination_premium"),
        ({"number": "+70001234567"}, "destination_unknown"),
        ({"number": "+7 495 123-45-67"}, "bad_number"),  # not as the switch gets it
    ],
)
def test_whom_a_person_may_be_handed_over_to(asked: dict[str, Any], rule: str | None) -> None:
    denied = judge_agent(Handover(**{"live": True, "member": True, **asked}))
    assert (denied and denied.rule) == rule
    assert denied is None or sentence(denied.rule, denied.args, "ru")


# -- people: whose phone it is, promises, voice messages ---------------------------------------------------------------


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.ADVERTISING])
@pytest.mark.parametrize("role", list(Role))
def test_phones_of_others_need_consent(purpose: Purpose, role: Role) -> None:
    debtor = purpose is Purpose.DEBT and role is Role.GUARANTOR
    free = role in {Role.OWN, Role.WORK} or debtor
    answer = ask(policy=Policy(purpose, 4), role=role)
    if free:
        assert isinstance(answer, Allow)
        return
    assert answer == Deny("phone_role", {"role": str(role), "purpose": purpose})
    assert isinstance(ask(policy=Policy(purpose, 4), role=role, others=True), Allow)
    assert isinstance(ask(policy=Policy(purpose, 4, third_persons=True), role=role), Allow)
    assert ROLE_TITLES[role]["ru"] in sentence(answer.rule, answer.args, "ru")


def test_no_country_lets_third_persons_be_called_without_consent() -> None:
    for rules in all_rules():
        assert not rules.phones & {Role.RELATIVE, Role.THIRD}
        assert rules.phones >= {Role.OWN, Role.WORK}


def test_a_promise_holds_until_its_day_is_over_wherever_they_may_be() -> None:
    day = dt.date(2025, 3, 6)
    denied = ask(promised=day)
    assert isinstance(denied, Deny)
    assert (denied.rule, denied.args) == ("promise", {"date": "2025-03-06"})
    assert denied.next_at == dt.datetime(2025, 3, 7, 5, 0, tzinfo=UTC), "eight in the morning of the next day"
    assert isinstance(ask(dt.datetime(2025, 3, 7, 5, 0, tzinfo=UTC), promised=day), Allow)
    both = ask(promised=day, zones=frozenset({"Europe/Moscow", "Asia/Omsk"}))
    assert isinstance(both, Deny)
    assert both.next_at == dt.datetime(2025, 3, 7, 5, 0, tzinfo=UTC)
    assert "06.03.2025" in sentence(denied.rule, denied.args, "ru")


def test_a_promise_is_about_debts() -> None:
    assert isinstance(ask(policy=Policy("survey", 4), promised=dt.date(2025, 3, 6)), Allow)


def test_after_a_promise_the_caps_hold_as_always() -> None:
    """The week is used up when the promise is over: the next legal moment is after both."""
    history = [talk(NOON - DAY), talk(NOON - HOUR)]
    denied = ask(promised=dt.date(2025, 3, 5), history=history)
    assert isinstance(denied, Deny)
    assert denied.next_at == dt.datetime(2025, 3, 10, 5, 0, tzinfo=UTC), "Monday"


def test_what_is_no_call_is_in_no_cap_on_calls() -> None:
    """Seven calls in seven days (USA): SMS are not among them."""
    policy = Policy("debt", 50)
    said = [Past(NOON - n * HOUR, True, False, "debt", message=True, called=False) for n in range(1, 9)]
    american = {"number": "+12125551234", "zones": frozenset({"America/New_York"}), "consent": True}
    policy = replace(policy, destinations=parse_destinations("RU, US"))
    assert isinstance(
        ask(NOON + 8 * HOUR, policy, history=[replace(one, talk=False) for one in said], **american), Allow
    )


def test_where_the_law_knows_no_messages_they_are_talks() -> None:
    policy = replace(Policy("debt", 50, as_messages=True), destinations=parse_destinations("RU, US"))
    american = {"number": "+12125551234", "zones": frozenset({"America/New_York"}), "consent": True}
    said = [Past(NOON - DAY, True, True, "debt", message=True)]
    denied = ask(NOON + 8 * HOUR, policy, history=said, **american)
    assert isinstance(denied, Deny)
    assert denied.rule == "talks_7d"
