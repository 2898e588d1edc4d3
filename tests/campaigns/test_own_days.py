"""The organisation's calendar: a day off that is added stops calls, and people are told why."""

import datetime as dt

import pytest

from campaigns.world import NOON, World
from oklik.campaigns import own_days
from oklik.campaigns.own_days import Kind
from oklik.dialing.calendars import UnknownCalendar, calendars, is_public, public_holidays
from oklik.reports.why import why
from oklik.reports.why_words import Section

pytestmark = pytest.mark.integration

VICTORY = dt.date(2025, 5, 9)
WALL = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def claimed(world: World, now: dt.datetime = NOON) -> int:
    return len(world.claim(world.holder(), now))


def off(world: World, scope: int = 0, day: dt.date | None = None, kind: str = "off") -> None:
    own_days.put(world.conn, scope, [day or NOON.date()], kind, "Юбилей", "user:1", NOON)


def test_a_day_off_stops_calls_and_says_why(world: World) -> None:
    world.people(3)
    campaign = world.campaign()
    off(world)
    assert claimed(world) == 0
    waits = [entry for entry in why(world.conn, campaign, WALL, NOON).of(Section.WINDOW) if entry.count]
    assert [(entry.code, entry.count) for entry in waits] == [("day_off", 3)]
    due = world.one("SELECT min(due) FROM target")
    assert NOON.date() < due.date(), "the next moment at which they may be called"
    assert own_days.remove(world.conn, 0, NOON.date())
    assert claimed(world) == 3, "who waited for its end waits no more"


def test_a_projects_word_goes_before_the_organisations(world: World) -> None:
    world.people(1)
    world.campaign()
    project = world.one("SELECT project_id FROM campaign")
    off(world)
    off(world, project, kind="work")
    assert claimed(world) == 1
    off(world, project + 1)
    assert [one.scope for one in own_days.own(world.conn, project, NOON.year)] == [project]


def test_public_holidays_are_skipped_where_it_is_chosen(world: World) -> None:
    world.people(1)
    world.campaign()
    noon = NOON.replace(month=5, day=9)
    own_days.set_rule(world.conn, 0, "RU", True, "user:1", NOON)
    assert claimed(world, noon) == 0
    off(world, day=VICTORY, kind="work")
    assert claimed(world, noon) == 1


def test_the_picture_of_a_year(world: World) -> None:
    off(world, day=dt.date(2025, 3, 10))
    days = {one.day: one for one in own_days.picture(world.conn, 0, 2025, "ru")}
    assert len(days) == 365
    assert (days[VICTORY].kind, days[VICTORY].called) == (Kind.HOLIDAY, True)
    assert days[VICTORY].title == "День Победы"
    assert (days[dt.date(2025, 3, 10)].kind, days[dt.date(2025, 3, 10)].title) == (Kind.OFF, "Юбилей")
    assert (days[dt.date(2025, 3, 15)].kind, days[dt.date(2025, 3, 14)].kind) == (Kind.WEEKEND, Kind.PLAIN)
    own_days.set_rule(world.conn, 0, "DE-BY", True, "user:1", NOON)
    days = {one.day: one for one in own_days.picture(world.conn, 0, 2025, "ru")}
    assert (days[VICTORY].kind, days[dt.date(2025, 1, 6)].called) == (Kind.PLAIN, False)
    world.people(1)
    world.campaign()
    (one,) = own_days.affected(world.conn, 0, dt.date(2025, 1, 1))
    assert (one.skips, one.days) == (True, 1)


def test_calendars_of_countries_and_their_parts() -> None:
    assert is_public(dt.date(2025, 1, 6), "DE-BY")
    assert not is_public(dt.date(2025, 1, 6), "DE")
    assert "BY" in calendars()["DE"]
    assert public_holidays(2025, "RU", "en")[VICTORY] == "Victory Day"
    for wrong in ("XX", "DE-XX", "", "ru"):
        with pytest.raises(UnknownCalendar):
            is_public(VICTORY, wrong)
