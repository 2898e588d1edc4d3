"""The gate at random moments in every zone of the world, against clocks that are read another way.

The oracle knows no hours, no windows and no books: it has a table of each zone's changes, made beforehand, reads all
clocks at once in arrays, and has the law written out once more.  A yes outside it is a failure, and so is a no inside.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest

from oklik.dialing import windows
from oklik.dialing.campaign_hours import CampaignHours
from oklik.dialing.destinations import parse_destinations
from oklik.dialing.gate import Allow, Deny, Policy, Subject, judge
from oklik.dialing.hours import DayHours, Hours, Span
from oklik.dialing.windows import WindowBook

FIRST, LAST = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
SECONDS = int((LAST - FIRST).total_seconds())
MINUTE, HOUR, DAY = 60, 3600, 86400
ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
OFFICE = CampaignHours.model_validate(
    {"from": "09:00", "to": "17:00", "weekdays": [1, 2, 3, 4, 5], "breaks": [{"from": "12:30", "to": "13:15"}]}
).hours()
# Of the United States, whose law makes no difference between days; so the oracle needs no calendar of holidays.
LAWFUL = Policy("informational", 4, destinations=parse_destinations("US"))
OFFICES = Policy("informational", 4, OFFICE, destinations=parse_destinations("US"))
NUMBER = "+12125551234"
COUNT = 20_000

Numbers = np.ndarray


class Zone:
    """The changes of a zone's clock: when, in seconds since FIRST, and what it is ahead of UTC from then on."""

    def __init__(self, name: str) -> None:
        self._info = ZoneInfo(name)
        weeks = range(-7 * DAY, SECONDS + 14 * DAY, 7 * DAY)
        at, ahead = [-30 * DAY], [self._ahead_at(weeks[0])]
        for left, right in pairwise(weeks):
            if self._ahead_at(right) != ahead[-1]:
                at.append(self._change(left, right))
                ahead.append(self._ahead_at(right))
        self.at, self.ahead = np.array(at), np.array(ahead)

    def _change(self, left: int, right: int) -> int:
        old = self._ahead_at(left)
        while right - left > 1:
            middle = (left + right) // 2
            left, right = (middle, right) if self._ahead_at(middle) == old else (left, middle)
        return right

    def _ahead_at(self, moment: int) -> int:
        offset = at(moment).astimezone(self._info).utcoffset()
        assert offset is not None
        return int(offset.total_seconds())

    def read(self, moments: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Minute of the day, day of the week (0 Monday), and whether the clock shows this for the first time."""
        span = np.searchsorted(self.at, moments, side="right") - 1
        ahead, back = self.ahead[span], self.ahead[np.maximum(span - 1, 0)] - self.ahead[span]
        wall = moments + ahead
        return wall % DAY // MINUTE, (wall // DAY + FIRST.weekday()) % 7, moments - self.at[span] >= back


def at(moment: int) -> dt.datetime:
    return FIRST + dt.timedelta(seconds=moment)


@cache
def zone_of(name: str) -> Zone:
    return Zone(name)


def lawful(zone: Zone, moments: Numbers) -> Numbers:
    """8 to 21, and in the hour that comes twice only the first time."""
    minute, _, once = zone.read(moments)
    return (minute >= 8 * 60) & (minute < 21 * 60) & once


def in_offices(zone: Zone, moments: Numbers) -> Numbers:
    """Monday to Friday, 9 to 17 but for the lunch."""
    minute, weekday, _ = zone.read(moments)
    lunch = (minute >= 12 * 60 + 30) & (minute < 13 * 60 + 15)
    return lawful(zone, moments) & (minute >= 9 * 60) & (minute < 17 * 60) & ~lunch & (weekday < 5)


def moments_in(zone: Zone, rng: np.random.Generator, count: int) -> Numbers:
    """Random moments, half of them near the edge of some hours, and of these half on a day when the clock changes."""
    days = rng.integers(0, SECONDS // DAY, count)
    changes = zone.at[(zone.at > 0) & (zone.at < SECONDS)]
    if len(changes):
        near = changes[rng.integers(0, len(changes), count)] // DAY + rng.integers(-1, 2, count)
        days = np.where(rng.random(count) < 0.5, near, days)
    edges = np.array([0, 60, 120, 180, 480, 540, 750, 795, 1020, 1260]) * MINUTE
    wall = days * DAY + edges[rng.integers(0, len(edges), count)] + rng.integers(-70, 70, count)
    at_edges = wall - zone.ahead[rng.integers(0, len(zone.ahead), count)]
    moments = np.where(rng.random(count) < 0.5, at_edges, rng.integers(0, SECONDS, count))
    return np.clip(moments, 0, SECONDS - 1)


def wrongs(count: int, seed: int, enough: int = 10**9) -> list[str]:
    """What the gate says otherwise than the oracle, at so many moments over all zones; no more than enough."""
    rng = np.random.default_rng(seed)
    found: list[str] = []
    for name in ZONES:
        zone, book = zone_of(name), WindowBook()
        subject = Subject(NUMBER, frozenset({name}), consent=True)
        cases: tuple[tuple[Policy, Callable[[Zone, Numbers], Numbers]], ...] = ((LAWFUL, lawful), (OFFICES, in_offices))
        for policy, oracle in cases:
            if len(found) >= enough:
                return found
            moments = moments_in(zone, rng, -(-count // len(ZONES) // 2))
            for moment, right in zip(moments.tolist(), oracle(zone, moments).tolist(), strict=True):
                answer = judge(subject, policy, at(moment), book)
                if isinstance(answer, Allow) is not right:
                    found.append(f"{name} {at(moment):%F %T}: {answer}, and not {right}")
                elif isinstance(answer, Deny):
                    assert answer.rule == "window", answer
    return found


def test_zones_are_all_of_the_world() -> None:
    assert len(ZONES) >= 400
    clocks = {(tuple(zone_of(name).at.tolist()), tuple(zone_of(name).ahead.tolist())) for name in ZONES}
    assert len(clocks) >= 60
    assert any(ahead % HOUR for _, offsets in clocks for ahead in offsets)


def test_nobody_is_called_outside_the_hours_anywhere() -> None:
    assert wrongs(COUNT, seed=1) == []


@pytest.mark.slow
def test_nobody_is_called_outside_the_hours_at_a_million_moments() -> None:
    assert wrongs(1_000_000, seed=2) == []


def test_a_person_of_two_zones_is_called_where_both_are_open_and_the_next_moment_is_the_first() -> None:
    """What a denial names is legal, and no minute before it is."""
    rng = np.random.default_rng(3)
    for _ in range(400):
        names = rng.choice(ZONES, 2, replace=False).tolist()
        (moment,) = moments_in(zone_of(names[0]), rng, 1).tolist()
        moment = min(moment, SECONDS - 70 * DAY)
        answer = judge(Subject(NUMBER, frozenset(names), consent=True), LAWFUL, at(moment), WindowBook())
        horizon = np.arange(moment, moment + 3 * DAY, MINUTE)
        both = lawful(zone_of(names[0]), horizon) & lawful(zone_of(names[1]), horizon)
        assert isinstance(answer, Allow) is bool(both[0]), (names, at(moment))
        if isinstance(answer, Allow):
            ends = int((answer.until - FIRST).total_seconds())
            assert both[horizon < ends].all(), (names, at(moment), answer)
        elif answer.next_at is None:
            assert not both.any(), (names, at(moment))
        else:
            opens = int((answer.next_at - FIRST).total_seconds())
            assert not both[horizon < opens].any(), (names, at(moment), answer)
            there = np.array([opens])
            assert lawful(zone_of(names[0]), there)[0] and lawful(zone_of(names[1]), there)[0]


# -- each rule, turned off, is noticed ----------------------------------------------------------------------------


def without_folds(hours: Hours, zone: dt.tzinfo, now: dt.datetime) -> bool:
    local = now.astimezone(zone)
    return hours.of(local.date()).at(local.hour * 60 + local.minute) is not None


def by_the_offset_of_january(hours: Hours, zone: dt.tzinfo, now: dt.datetime) -> bool:
    """As programs do that keep one offset for a place."""
    local = now + (FIRST.astimezone(zone).utcoffset() or dt.timedelta())
    return hours.of(local.date()).at(local.hour * 60 + local.minute) is not None


@pytest.mark.parametrize("inside", [without_folds, by_the_offset_of_january])
def test_clocks_that_are_read_wrong_are_noticed(
    monkeypatch: pytest.MonkeyPatch, inside: Callable[[Hours, dt.tzinfo, dt.datetime], bool]
) -> None:
    """Of hours at night, in which Berlin's clock changes."""
    night = CampaignHours.model_validate({"from": "00:00", "to": "05:00"}).hours()
    moments = moments_in(zone_of("Europe/Berlin"), np.random.default_rng(4), 20_000)
    minute, _, once = zone_of("Europe/Berlin").read(moments)
    right = ((minute < 5 * 60) & once).tolist()

    def said() -> list[bool]:
        return [windows.is_open(night, ["Europe/Berlin"], at(moment)) for moment in moments.tolist()]

    assert said() == right
    monkeypatch.setattr(windows, "_inside", inside)
    assert said() != right


class StaleBook(WindowBook):
    """Keeps an answer for a week."""

    def ask(
        self, hours: Hours, zones: frozenset[str], now: dt.datetime, wish: windows.Wish | None = None
    ) -> tuple[dt.datetime | None, dt.datetime]:
        opening, until = super().ask(hours, zones, now, wish)
        for page in self._pages.values():
            page.until[-1] = max(page.until[-1], now + dt.timedelta(days=7))
        return opening, until


def test_an_answer_that_is_kept_too_long_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "WindowBook", StaleBook)
    assert wrongs(COUNT, seed=1, enough=5)


def without_the_law(asked: Callable[..., Any]) -> Callable[..., Any]:
    always = Hours.every_day(Span(0, 1440))
    return lambda self, rules, *rest: asked(self, replace(rules, hours=always), *rest)


def without_the_window(asked: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *rest: asked(replace(self, window=None), *rest)


def without_weekdays(asked: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *rest: asked(replace(self, window=self.window and replace(OFFICE, weekdays=None)), *rest)


def without_lunch(asked: Callable[..., Any]) -> Callable[..., Any]:
    whole = replace(OFFICE, working=DayHours([Span(9 * 60, 17 * 60)]))
    return lambda self, *rest: asked(replace(self, window=self.window and whole), *rest)


@pytest.mark.parametrize("off", [without_the_law, without_the_window, without_weekdays, without_lunch])
def test_a_rule_that_is_off_is_noticed(monkeypatch: pytest.MonkeyPatch, off: Callable[..., Any]) -> None:
    monkeypatch.setattr(Policy, "ask_by", off(Policy.ask_by))
    assert wrongs(COUNT, seed=1, enough=5)
