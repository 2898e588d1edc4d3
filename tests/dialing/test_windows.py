"""The windows against a scan of every minute by the definition in one line."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oklik.dialing.rules import DEBT_HOURS, POLITE_HOURS, Hours, Span, parse_span
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


def brute(hours: Hours, zones: list[str], now: dt.datetime) -> bool:
    """The definition: each local clock shows a time within the hours of its day, for the first time."""
    for zone in zones:
        local = now.astimezone(tzinfo(zone))
        span = hours.of(local.date())
        if local.fold or not span.start <= local.hour * 60 + local.minute < span.end:
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
moments = st.tuples(st.sampled_from(CHANGES), st.integers(-36 * 60 * 60, 36 * 60 * 60)).map(
    lambda p: p[0] + dt.timedelta(seconds=p[1])
)


@settings(max_examples=150, deadline=None)
@given(working=spans, off=spans, zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3), now=moments)
@example(working=Span(0, 1440), off=Span(0, 1440), zones=["America/Havana"], now=CHANGES[7])
@example(working=Span(60, 150), off=Span(60, 150), zones=["Europe/Berlin"], now=CHANGES[1])
@example(working=Span(150, 180), off=Span(150, 180), zones=["Europe/Berlin"], now=CHANGES[0])
def test_next_opening_is_what_a_scan_of_every_minute_finds(
    working: Span, off: Span, zones: list[str], now: dt.datetime
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
@given(span=spans, zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3), now=moments)
@example(span=Span(0, 1440), zones=["Europe/Berlin"], now=CHANGES[1] - dt.timedelta(hours=20))
@example(span=Span(0, 30), zones=["America/Havana"], now=CHANGES[7] - dt.timedelta(minutes=59))
def test_an_open_moment_ends_where_a_scan_finds_it_closed(span: Span, zones: list[str], now: dt.datetime) -> None:
    hours = Hours(span, span)
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
    hours=st.sampled_from([DEBT_HOURS, POLITE_HOURS, Hours(Span(600, 660), Span(0, 0))]),
    zones=st.frozensets(st.sampled_from(ZONES), min_size=1, max_size=3),
    start=moments,
    steps=st.lists(st.integers(0, 40 * 3600), max_size=30),
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


def test_an_unknown_zone_of_russia_is_closed_on_polite_weekends_and_opens_on_monday() -> None:
    # 10:00 in Kaliningrad is 20:00 on Kamchatka: no minute is left on a day off.
    saturday = dt.datetime(2025, 3, 15, 0, 0, tzinfo=UTC)
    assert next_open(POLITE_HOURS, RUSSIA, saturday) == dt.datetime(2025, 3, 17, 7, 0, tzinfo=UTC)
    assert next_open(DEBT_HOURS, RUSSIA, saturday) == dt.datetime(2025, 3, 15, 7, 0, tzinfo=UTC)


def test_holidays_are_days_off() -> None:
    # 9 May 2025 is a Friday.
    early = dt.datetime(2025, 5, 9, 5, 30, tzinfo=UTC)  # 8:30 in Moscow
    assert not is_open(DEBT_HOURS, ["Europe/Moscow"], early)
    assert is_open(DEBT_HOURS, ["Europe/Moscow"], early - dt.timedelta(days=1))


def test_a_window_that_never_opens_says_so() -> None:
    assert next_open(Hours(Span(0, 0), Span(0, 0)), ["UTC"], CHANGES[0]) is None
    apart = Hours(Span(0, 60), Span(0, 60))
    assert next_open(apart, ["UTC-06:00", "UTC+06:00"], CHANGES[0]) is None


def test_a_campaign_narrows_and_never_widens() -> None:
    wide = POLITE_HOURS.narrowed(parse_span("00:00", "24:00"))
    assert (wide.working, wide.day_off) == (POLITE_HOURS.working, POLITE_HOURS.day_off)
    narrow = POLITE_HOURS.narrowed(parse_span("08:00", "12:30"))
    assert str(narrow.working) == "09:00–12:30"
    outside = POLITE_HOURS.narrowed(parse_span("05:00", "08:00"))
    assert next_open(outside, ["UTC"], CHANGES[0]) is None


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
@given(span=spans, own=spans, zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=2), now=moments)
def test_a_wish_is_one_more_clock(span: Span, own: Span, zones: list[str], now: dt.datetime) -> None:
    hours, wish = Hours(span, span), Wish(Hours.every_day(own), zones[0])
    found = next_open(hours, zones, now, wish)
    assert found == next_open(hours.narrowed(own), zones[:1], now) or len(zones) > 1, "in one zone: the narrower span"
    if found is None:
        return
    assert is_open(hours, zones, found)
    assert is_open(wish.hours, [wish.zone], found)
    end = open_until(hours, zones, found, wish)
    assert is_open(hours, zones, end - MINUTE / 60, wish)
    assert not is_open(hours, zones, end, wish)
    assert WindowBook().ask(hours, frozenset(zones), found, wish) == (found, end)
