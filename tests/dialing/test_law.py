"""The law of each country, by its number and date, and the caps that roll."""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.dialing.destinations import nature, parse_destinations
from oklik.dialing.gate import Allow, Deny, Past, Policy, Subject, judge
from oklik.dialing.law import in_force
from oklik.dialing.law.in_force import NoRules, known_countries, rules_of
from oklik.dialing.law.shapes import Cap, Counts, Period, Purpose, PurposeRules
from oklik.dialing.windows import WindowBook, is_open
from oklik.dialing.zones import tzinfo

UTC = dt.UTC
DAY = dt.timedelta(days=1)
OPEN = parse_destinations("RU, US, GB, FR")
NEW_YORK = "+12125550123"
PARIS = "+33142685300"
LONDON = "+442079460018"
MOSCOW = "+74951234567"
ZONE = {
    NEW_YORK: "America/New_York",
    PARIS: "Europe/Paris",
    LONDON: "Europe/London",
    MOSCOW: "Europe/Moscow",
}


def ask(
    number: str, local: str, purpose: str = "debt", history: Sequence[Past] = (), *, as_messages: bool = False
) -> Allow | Deny:
    now = dt.datetime.fromisoformat(local).replace(tzinfo=tzinfo(ZONE[number]))
    subject = Subject(number, frozenset({ZONE[number]}), history, consent=True)
    return judge(
        subject, Policy(purpose, 50, as_messages=as_messages, destinations=OPEN), now.astimezone(UTC), WindowBook()
    )


@pytest.mark.parametrize(
    ("number", "country"),
    [
        (NEW_YORK, "US"),
        ("+14165550123", "CA"),
        (PARIS, "FR"),
        (LONDON, "GB"),
        (MOSCOW, "RU"),
        ("+79161234567", "RU"),
        ("+77272500000", "KZ"),
        ("+375172000000", "BY"),
        ("+80012345678", ""),  # no country at all
        ("+99999999", ""),
        ("nonsense", ""),
    ],
)
def test_the_country_of_a_number(number: str, country: str) -> None:
    assert nature(number).country == country


@pytest.mark.parametrize(
    ("number", "local", "allowed"),
    [
        (PARIS, "2025-03-04T10:00", True),
        (PARIS, "2025-03-04T13:30", False),  # the lunch break
        (PARIS, "2025-03-04T14:00", True),
        (PARIS, "2025-03-08T11:00", False),  # a Saturday
        (PARIS, "2025-07-14T11:00", False),  # a holiday
        (LONDON, "2025-03-08T17:59", True),
        (LONDON, "2025-03-09T17:30", False),  # a Sunday
        (LONDON, "2025-08-25T16:59", True),  # a bank holiday
        (LONDON, "2025-08-25T17:00", False),
        (NEW_YORK, "2025-03-09T20:59", True),
        (NEW_YORK, "2025-03-09T21:00", False),
        (MOSCOW, "2025-03-04T21:59", True),
        (MOSCOW, "2025-05-02T20:30", False),  # off by decree
    ],
)
def test_the_hours_are_those_of_the_numbers_country(number: str, local: str, allowed: bool) -> None:
    assert isinstance(ask(number, local), Allow) is allowed


def test_whoever_talked_about_a_debt_in_america_has_a_week_of_peace() -> None:
    began = dt.datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    talked = Past(began, talk=True, consumed=True, purpose="debt")
    denied = ask(NEW_YORK, "2025-03-10T10:59:59", history=[talked])
    assert isinstance(denied, Deny)
    # 15:00 UTC is 10:00 there; a week later summer time has begun, and to the second it is 11:00.
    assert (denied.rule, denied.next_at) == ("talks_7d", began + 7 * DAY)
    assert isinstance(ask(NEW_YORK, "2025-03-10T11:00", history=[talked]), Allow)


def test_the_eighth_call_in_seven_days_waits_for_the_first_to_be_a_week_old() -> None:
    began = [dt.datetime(2025, 3, day, 15, 0, tzinfo=UTC) for day in (3, 4, 5, 6, 7, 8, 9)]
    history = [Past(at, talk=False, consumed=True, purpose="debt") for at in began]
    denied = ask(NEW_YORK, "2025-03-10T10:00", history=history)
    assert isinstance(denied, Deny)
    assert (denied.rule, denied.args, denied.next_at) == ("attempts_7d", {"limit": 7}, began[0] + 7 * DAY)
    assert isinstance(ask(NEW_YORK, "2025-03-10T10:00", history=history[1:]), Allow)


def test_voice_messages_have_caps_of_their_own() -> None:
    """One switch: two messages a day instead of one talk; a real talk does not use up messages, nor the reverse."""
    morning = dt.datetime(2025, 3, 4, 6, 0, tzinfo=UTC)
    message = Past(morning, talk=True, consumed=True, purpose="debt", message=True)
    talk = Past(morning, talk=True, consumed=True, purpose="debt")
    at = "2025-03-04T12:00"
    assert isinstance(ask(MOSCOW, at, history=[message], as_messages=True), Allow)
    denied = ask(MOSCOW, at, history=[message, message], as_messages=True)
    assert isinstance(denied, Deny)
    assert (denied.rule, denied.args) == ("messages_day", {"limit": 2})
    assert isinstance(ask(MOSCOW, at, history=[message, message]), Allow), "no talk was made"
    assert isinstance(ask(MOSCOW, at, history=[talk], as_messages=True), Allow)
    refused = ask(MOSCOW, at, history=[talk])
    assert isinstance(refused, Deny)
    assert refused.rule == "talks_day"


def test_the_switch_does_nothing_where_the_law_knows_no_messages() -> None:
    talk = Past(dt.datetime(2025, 3, 4, 6, 0, tzinfo=UTC), talk=True, consumed=True, purpose="survey")
    refused = ask(MOSCOW, "2025-03-04T12:00", "survey", [talk], as_messages=True)
    assert isinstance(refused, Deny)
    assert refused.rule == "talks_day"


def test_rules_are_those_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    old = rules_of("debt")
    change = dt.date(2027, 1, 1)
    table = (
        PurposeRules(old.purpose, old.hours, old.caps, "old", until=change - DAY),
        PurposeRules(old.purpose, old.hours, (Cap(Counts.TALK, Period.MONTH, 1),), "new", since=change),
    )
    monkeypatch.setitem(in_force._TABLES, "ZA", table)
    assert rules_of("debt", "ZA", change - DAY).source == "old"
    assert rules_of("debt", "ZA", change).source == "new"
    assert rules_of("debt", "ZA").source == "new"
    with pytest.raises(NoRules, match="survey"):
        rules_of("survey", "ZA", change)
    rules_of.cache_clear()


def test_every_country_says_something_of_every_purpose_and_opens_somewhere() -> None:
    week = [dt.datetime(2025, 3, 3, 12, 0, tzinfo=UTC) + day * DAY for day in range(7)]
    for country in known_countries():
        for purpose in Purpose:
            rules = rules_of(purpose, country)
            assert rules.source
            assert rules.caps
            assert any(is_open(rules.hours, ["Etc/UTC"], noon) for noon in week), (country, purpose)
    assert rules_of("debt", "ZZ") == rules_of("debt", "RU")
    assert all(rules_of("advertising", country).consent for country in known_countries())
    assert {c for c in known_countries() if rules_of("advertising", c).human} == {"RU"}


@settings(max_examples=200, deadline=None)
@given(
    starts=st.lists(st.integers(0, 40 * 24 * 60), max_size=30),
    talks=st.lists(st.booleans(), min_size=30, max_size=30),
    at=st.integers(0, 45 * 24 * 60),
    purpose=st.sampled_from(["debt", "informational", "appointment"]),
)
def test_nobody_in_america_is_called_over_a_cap_that_rolls(
    starts: list[int], talks: list[bool], at: int, purpose: str
) -> None:
    """Against the rules counted plainly; and the moment that is named is one at which the gate says yes."""
    zero = dt.datetime(2025, 2, 20, tzinfo=UTC)
    now = zero + dt.timedelta(minutes=at)
    history = [
        Past(zero + dt.timedelta(minutes=start), spoke, consumed=True, purpose=purpose)
        for start, spoke in zip(starts, talks, strict=False)
        if zero + dt.timedelta(minutes=start) <= now
    ]
    subject = Subject(NEW_YORK, frozenset({"America/New_York"}), history, consent=True)
    policy = Policy(purpose, 50, destinations=OPEN)
    answer = judge(subject, policy, now, WindowBook())
    rules = rules_of(purpose, "US")
    here = now.astimezone(tzinfo("America/New_York"))
    fits = 8 * 60 <= here.hour * 60 + here.minute < 21 * 60 and here.fold == 0
    fits = fits and all(now - past.at >= dt.timedelta(seconds=rules.gap_s) for past in history)
    for cap in rules.caps:
        length = cap.period.rolling
        used = 0
        for past in history:
            there = past.at.astimezone(tzinfo("America/New_York")).date()
            recent = now - past.at < length if length is not None else there == here.date()
            used += recent and (cap.counts is Counts.ATTEMPT or past.talk == (cap.counts is Counts.TALK))
        fits = fits and used < cap.limit
    assert isinstance(answer, Allow) is fits
    if isinstance(answer, Deny):
        assert answer.next_at is not None
        assert answer.next_at > now
        assert isinstance(judge(subject, policy, answer.next_at, WindowBook()), Allow)
