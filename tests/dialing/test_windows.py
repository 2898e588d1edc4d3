"""The windows against a scan of every minute by the definition in one line."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from oklik.dialing import windows
from oklik.dialing.calendars import UnknownCalendar, is_day_off
from oklik.dialing.campaign_hours import CampaignHours, plain
from oklik.dialing.hours import DayHours, Hours, Span, day_hours, parse_span
from oklik.dialing.law.russia import DEBT_HOURS, POLITE_HOURS
from oklik.dialing.windows import WindowBook, Wish, is_open, next_open, open_until
from oklik.dialing.zones import RUSSIA, tzinfo

UTC = dt.UTC
MINUTE = dt.timedelta(minutes=1)
ALWAYS = Span(0, 1440)
# With gaps and folds at midnight, at noon offsets, of half an hour, and of a whole day.
ZONES = [
    "Europe/Moscow",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Asia/Kamchatka",
    "Pacific/Chatham",
    "UTC-03:30",
]
CHANGES = [
    dt.datetime(2025, 3, 30, 1, 0, tzinfo=UTC),  # Berlin forward
    dt.datetime(2025, 10, 26, 1, 0, tzinfo=UTC),  # Berlin back
    dt.datetime(2025, 3, 9, 7, 0, tzinfo=UTC),  # New York forward
    dt.datetime(2025, 11, 2, 6, 0, tzinfo=UTC),  # New York back
    dt.datetime(2025, 4, 5, 15, 0, tzinfo=UTC),  # Lord Howe back by half an hour
    dt.datetime(2025, 10, 4, 15, 30, tzinfo=UTC),  # Lord Howe forward
    dt.datetime(2025, 3, 9, 5, 0, tzinfo=UTC),  # Havana forward at midnight
    dt.datetime(2025, 11, 2, 5, 0, tzinfo=UTC),  # Havana back to midnight
    dt.datetime(2011, 12, 30, 10, 0, tzinfo=UTC),  # Samoa drops a day
    dt.datetime(2014, 10, 25, 22, 0, tzinfo=UTC),  # Moscow back
    dt.datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
]


def day(start: int, end: int) -> DayHours:
    return DayHours((Span(start, end),))


def brute(hours: Hours, zones: list[str], now: dt.datetime) -> bool:
    """The definition: each local clock shows a time within the hours of its day, for the first time."""
    for zone in zones:
        local = now.astimezone(tzinfo(zone))
        minute = local.hour * 60 + local.minute
        if local.fold or not any(s.start <= minute < s.end for s in hours.of(local.date()).spans):
            return False
    return True


def scan(hours: Hours, zones: list[str], now: dt.datetime, days: int) -> dt.datetime | None:
    if brute(hours, zones, now):
        return now
    moment = now.replace(second=0, microsecond=0) + MINUTE
    for _ in range(days * 1440):
        if brute(hours, zones, moment):
            return moment
        moment += MINUTE
    return None


spans = st.tuples(st.integers(0, 1440), st.integers(0, 1440)).map(lambda p: Span(min(p), max(p)))
days = st.lists(spans, max_size=3).map(DayHours)
moments = st.tuples(st.sampled_from(CHANGES), st.integers(-36 * 60 * 60, 36 * 60 * 60)).map(
    lambda p: p[0] + dt.timedelta(seconds=p[1])
)


@settings(max_examples=150, deadline=None)
@given(working=days, off=days, zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3), now=moments)
@example(working=day(0, 1440), off=day(0, 1440), zones=["America/Havana"], now=CHANGES[7])
@example(working=day(60, 150), off=day(60, 150), zones=["Europe/Berlin"], now=CHANGES[1])
@example(working=day(150, 180), off=day(150, 180), zones=["Europe/Berlin"], now=CHANGES[0])
def test_next_opening_is_what_a_scan_of_every_minute_finds(
    working: DayHours, off: DayHours, zones: list[str], now: dt.datetime
) -> None:
    hours = Hours(working, off)
    found = next_open(hours, zones, now)
    expected = scan(hours, zones, now, days=3)
    if expected is None:
        assert found is None or found > now + dt.timedelta(days=3)
        return
    assert found == expected
    assert is_open(hours, zones, found)


@settings(max_examples=150, deadline=None)
@given(kept=days, zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3), now=moments)
@example(kept=day(0, 1440), zones=["Europe/Berlin"], now=CHANGES[1] - dt.timedelta(hours=20))
@example(kept=day(0, 30), zones=["America/Havana"], now=CHANGES[7] - dt.timedelta(minutes=59))
def test_an_open_moment_ends_where_a_scan_finds_it_closed(kept: DayHours, zones: list[str], now: dt.datetime) -> None:
    hours = Hours(kept, kept)
    opening = next_open(hours, zones, now)
    if opening is None:
        return
    end = open_until(hours, zones, opening)
    assert end > opening
    moment = opening
    while moment < min(end, opening + dt.timedelta(days=2)):
        assert brute(hours, zones, moment)
        moment += MINUTE
    # At midnight a new day begins, which may be open at once: then the end is only a place to ask again.
    midnight = any(end.astimezone(tzinfo(z)).time() == dt.time() for z in zones)
    assert midnight or not brute(hours, zones, end)


@settings(max_examples=60, deadline=None)
@given(
    hours=st.sampled_from([DEBT_HOURS, POLITE_HOURS, Hours(day_hours("10:00-11:00", "12:00-12:30"), DayHours())]),
    zones=st.frozensets(st.sampled_from(ZONES), min_size=1, max_size=3),
    start=moments,
    steps=st.lists(st.integers(-40 * 3600, 60 * 3600), max_size=30),
)
def test_the_book_answers_as_if_it_kept_nothing(
    hours: Hours, zones: frozenset[str], start: dt.datetime, steps: list[int]
) -> None:
    book = WindowBook(limit=3)
    now = start
    for step in steps:
        now += dt.timedelta(seconds=step)
        opening, until = book.ask(hours, zones, now)
        assert opening == next_open(hours, zones, now)
        assert until > now
        assert (opening == now) == is_open(hours, zones, now)


def test_questions_about_now_and_about_moments_ahead_do_not_drive_each_other_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The gate asks of now for whoever may be called and of days ahead for whoever is capped, in turn."""
    computed: list[dt.datetime] = []

    def counted(*given: Any) -> dt.datetime | None:
        computed.append(given[2])
        return next_open(*given)

    monkeypatch.setattr(windows, "next_open", counted)
    book, now = WindowBook(), dt.datetime(2025, 3, 4, 7, 30, tzinfo=UTC)
    for n in range(500):
        for ahead in (0, 5, 26, 80):
            book.ask(DEBT_HOURS, RUSSIA, now + dt.timedelta(hours=ahead, seconds=n))
    assert len(computed) <= 8


def test_an_unknown_zone_of_russia_is_closed_on_polite_weekends_and_opens_on_monday() -> None:
    # 10:00 in Kaliningrad is 20:00 on Kamchatka: no minute is left on a day off.
    saturday = dt.datetime(2025, 3, 15, 0, 0, tzinfo=UTC)
    assert next_open(POLITE_HOURS, RUSSIA, saturday) == dt.datetime(2025, 3, 17, 7, 0, tzinfo=UTC)
    assert next_open(DEBT_HOURS, RUSSIA, saturday) == dt.datetime(2025, 3, 15, 7, 0, tzinfo=UTC)


def test_holidays_are_days_off() -> None:
    # 9 May 2025 is a Friday; the day before it was off by decree.
    early = dt.datetime(2025, 5, 9, 5, 30, tzinfo=UTC)  # 8:30 in Moscow
    assert not is_open(DEBT_HOURS, ["Europe/Moscow"], early)
    assert is_open(DEBT_HOURS, ["Europe/Moscow"], early - dt.timedelta(days=2)), "a Wednesday"


def test_a_window_that_never_opens_says_so() -> None:
    assert next_open(Hours.every_day(), ["UTC"], CHANGES[0]) is None
    apart = Hours.every_day(Span(0, 60))
    assert next_open(apart, ["UTC-06:00", "UTC+06:00"], CHANGES[0]) is None


def test_a_campaign_narrows_and_never_widens() -> None:
    law = POLITE_HOURS.working
    assert law.narrowed(day_hours("00:00-24:00")) == law
    assert str(law.narrowed(day_hours("08:00-12:30"))) == "09:00–12:30"
    assert not law.narrowed(day_hours("05:00-08:00"))
    early = plain(("05:00", "08:00"))
    assert early is not None
    assert not POLITE_HOURS.meets(early)


@given(first=days, second=days, minute=st.integers(0, 1439))
def test_what_both_allow_is_the_meeting_of_both(first: DayHours, second: DayHours, minute: int) -> None:
    both = first.narrowed(second)
    assert (both.at(minute) is not None) == (first.at(minute) is not None and second.at(minute) is not None)
    assert both.narrowed(both) == both


def test_stretches_that_touch_are_one() -> None:
    assert str(day_hours("14:00-20:00", "10:00-13:00", "13:00-14:00")) == "10:00–20:00"
    assert str(DayHours()) == "—"


def _opens(hours: Hours, at: str) -> str:
    moscow = tzinfo("Europe/Moscow")
    found = next_open(hours, ["Europe/Moscow"], dt.datetime.fromisoformat(at).replace(tzinfo=moscow))
    return "" if found is None else f"{found.astimezone(moscow):%Y-%m-%d %H:%M}"


def test_friday_night_leads_to_monday_morning() -> None:
    """A window of Monday to Friday, asked on a Friday at 23:00."""
    office = CampaignHours.model_validate({"from": "09:00", "to": "17:00", "weekdays": [1, 2, 3, 4, 5]}).hours()
    assert _opens(office, "2025-03-07 23:00") == "2025-03-10 09:00"
    assert _opens(office, "2025-03-07 16:59") == "2025-03-07 16:59"
    assert _opens(office, "2025-03-08 12:00") == "2025-03-10 09:00"


def test_a_lunch_break_and_blocked_days_are_closed() -> None:
    hours = CampaignHours.model_validate(
        {
            "from": "10:00",
            "to": "19:00",
            "breaks": [{"from": "13:00", "to": "14:00"}],
            "blocked": ["2025-03-05", "2025-03-06"],
        }
    ).hours()
    assert _opens(hours, "2025-03-04 13:00") == "2025-03-04 14:00"
    assert _opens(hours, "2025-03-04 12:59") == "2025-03-04 12:59"
    assert _opens(hours, "2025-03-04 19:00") == "2025-03-07 10:00"
    at_one = dt.datetime(2025, 3, 4, 12, 0, tzinfo=tzinfo("Europe/Moscow"))
    assert open_until(hours, ["Europe/Moscow"], at_one) == at_one + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ({"from": "9:00", "to": "17:00"}, "pattern"),
        ({"from": "18:00", "to": "17:00"}, "begin before they end"),
        ({"from": "09:00", "to": "17:00", "breaks": [{"from": "08:00", "to": "18:00"}]}, "leave nothing"),
        ({"from": "09:00", "to": "17:00", "weekdays": [0]}, "greater than or equal to 1"),
        ({"from": "09:00", "to": "17:00", "blocked": ["soon"]}, "valid date"),
        ({"from": "09:00", "to": "17:00", "until": "x"}, "Extra inputs"),
    ],
)
def test_a_campaigns_hours_that_make_no_sense_are_refused(kept: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        CampaignHours.model_validate(kept)


@pytest.mark.parametrize(
    ("date", "debt"),
    [
        ("2025-11-01", "08:00–22:00"),  # a Saturday that was worked by decree
        ("2025-11-03", "09:00–20:00"),  # the Monday that was off instead
        ("2025-05-02", "09:00–20:00"),  # moved from January
        ("2026-03-09", "09:00–20:00"),  # Monday after a holiday on Sunday
        ("2026-03-10", "08:00–22:00"),
        ("2025-03-08", "09:00–20:00"),
    ],
)
def test_days_that_the_government_moved_are_what_it_made_of_them(date: str, debt: str) -> None:
    assert str(DEBT_HOURS.of(dt.date.fromisoformat(date))) == debt


def test_a_country_without_a_calendar_is_refused_by_name() -> None:
    with pytest.raises(UnknownCalendar, match="'XX'"):
        is_day_off(dt.date(2025, 3, 4), "XX")


@pytest.mark.parametrize(
    ("start", "end"),
    [("9", "10:00"), ("09:00", "09:00"), ("20:00", "08:00"), ("09:60", "10:00"), ("09:00", "24:01"), ("", "")],
)
def test_hours_that_make_no_sense_are_refused(start: str, end: str) -> None:
    with pytest.raises(ValueError, match=r"time of day|begin before"):
        parse_span(start, end)


def test_changes_are_really_changes() -> None:
    # Guards the table above: around each but the last there is a change of offset in some zone.
    for change in CHANGES[:-1]:
        around = [change - MINUTE, change]
        assert any(len({t.astimezone(tzinfo(zone)).utcoffset() for t in around}) == 2 for zone in ZONES), change
    assert all(a != b for a, b in pairwise(CHANGES))


@settings(max_examples=100, deadline=None)
@given(kept=days, own=days, zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=2), now=moments)
@example(kept=day(0, 1440), own=day(0, 1440), zones=["Europe/Moscow"], now=CHANGES[10])
def test_a_wish_is_one_more_clock(kept: DayHours, own: DayHours, zones: list[str], now: dt.datetime) -> None:
    hours, wish = Hours.every_day(*kept.spans), Wish(Hours.every_day(*own.spans), zones[0])
    found = next_open(hours, zones, now, wish)
    narrowed = Hours.every_day(*kept.narrowed(own).spans)
    assert found == next_open(narrowed, zones[:1], now) or len(zones) > 1, "in one zone: the narrower hours"
    if found is None:
        return
    assert is_open(hours, zones, found)
    assert is_open(wish.hours, [wish.zone], found)
    end = open_until(hours, zones, found, wish)
    assert is_open(hours, zones, end - MINUTE / 60, wish)
    midnight = any(end.astimezone(tzinfo(z)).time() == dt.time() for z in zones)  # as above: a place to ask again
    assert midnight or not is_open(hours, zones, end, wish)
    assert WindowBook().ask(hours, frozenset(zones), found, wish) == (found, end)
