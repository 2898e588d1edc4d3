"""The organisation's calendar: whose public holidays count, and the days that it makes off or worked itself.

Whatever is set here the gate keeps: days off narrow the hours of every campaign of the project, and never widen the
legal ones.  A project's own word goes before the organisation's.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.calendars import is_public, public_holidays
from oklik.dialing.hours import DAY_MINUTES, Hours, Span

ORGANISATION = 0
STANDARD = "RU"
MOST_DAYS = 366  # of one change
MOST_TITLE = 100


class Calendar(NamedTuple):
    """What a campaign's row has of it: days off, worked days, the calendar whose holidays are skipped ("": none)."""

    off: tuple[dt.date, ...]
    worked: tuple[dt.date, ...]
    skips: str

    def applied(self, hours: Hours | None) -> Hours | None:
        """Give a campaign's own hours without the days on which it does not call."""
        if not self.off and not self.skips:
            return hours
        whole = Hours.every_day(Span(0, DAY_MINUTES)) if hours is None else hours
        return whole.without(frozenset(self.off), self.skips, frozenset(self.worked))


def _days(kind: str) -> str:
    return f"""ARRAY(SELECT d.day FROM own_day d WHERE d.kind = '{kind}' AND (d.scope = c.project_id OR (d.scope = 0
        AND NOT EXISTS (SELECT 1 FROM own_day o WHERE o.scope = c.project_id AND o.day = d.day))) ORDER BY d.day)"""  # noqa: S608  constants


DAYS_OFF = f"""{_days("off")} AS days_off, {_days("work")} AS days_worked,
    (SELECT CASE WHEN w.skip THEN w.calendar ELSE '' END FROM work_calendar w
     WHERE w.scope IN (0, c.project_id) ORDER BY w.scope DESC LIMIT 1) AS skips"""  # noqa: S608  constants
"""Columns of a Calendar, of the table campaign as c."""


class Kind(StrEnum):
    """What a day is for campaigns."""

    PLAIN = "plain"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OFF = "off"  # ours
    WORK = "work"  # ours


class Day(msgspec.Struct, frozen=True):
    """A day of the year's picture.  title: of the holiday or our own; called: campaigns call on it."""

    day: dt.date
    kind: Kind
    title: str
    called: bool


class Rule(msgspec.Struct, frozen=True):
    """Whose holidays count.  own: it was said for this very scope."""

    calendar: str
    skip: bool
    own: bool


class OwnDay(msgspec.Struct, frozen=True):
    """A day that was set by hand.  scope: whose word it is."""

    scope: int
    day: dt.date
    kind: str
    title: str
    by: str
    at: dt.datetime


class Affected(msgspec.Struct, frozen=True):
    """A campaign that is not over.  skips: it does not call on public holidays; days: own days off ahead."""

    id: int
    name: str
    state: str
    project: str
    skips: bool
    days: int


def rule(conn: Connection, scope: int) -> Rule:
    """Give the calendar of a project, or of the organisation."""
    row = run(
        conn,
        "SELECT scope, calendar, skip FROM work_calendar WHERE scope IN (0, :scope) ORDER BY scope DESC LIMIT 1",
        scope=scope,
    ).first()
    return Rule(STANDARD, False, False) if row is None else Rule(row.calendar, row.skip, row.scope == scope)


def set_rule(  # noqa: PLR0917  what a row is made of
    conn: Connection, scope: int, calendar: str, skip: bool, by: str, now: dt.datetime
) -> None:
    """Choose a calendar.  Raises calendars.UnknownCalendar."""
    is_public(dt.date(2000, 1, 1), calendar)
    run(
        conn,
        """INSERT INTO work_calendar (scope, calendar, skip, changed_by, changed_at)
           VALUES (:scope, :calendar, :skip, :by, :now)
           ON CONFLICT (scope) DO UPDATE SET calendar = excluded.calendar, skip = excluded.skip,
               changed_by = excluded.changed_by, changed_at = excluded.changed_at""",
        scope=scope,
        calendar=calendar,
        skip=skip,
        by=by,
        now=now,
    )
    _ask_again(conn)


def put(  # noqa: PLR0917  what a row is made of
    conn: Connection, scope: int, days: Collection[dt.date], kind: str, title: str, by: str, now: dt.datetime
) -> None:
    """Make days off, or worked (kind: off, work)."""
    run(
        conn,
        """INSERT INTO own_day (scope, day, kind, title, changed_by, changed_at)
           SELECT :scope, r.day, :kind, :title, :by, :now
           FROM json_to_recordset(CAST(:rows AS json)) AS r(day date)
           ON CONFLICT (scope, day) DO UPDATE SET kind = excluded.kind, title = excluded.title,
               changed_by = excluded.changed_by, changed_at = excluded.changed_at""",
        [{"day": day} for day in sorted(set(days))],
        scope=scope,
        kind=kind,
        title=title,
        by=by,
        now=now,
    )
    _ask_again(conn)


def remove(conn: Connection, scope: int, day: dt.date) -> bool:
    """Leave a day to the calendar again.  False: nothing was set."""
    found = run(conn, "DELETE FROM own_day WHERE scope = :scope AND day = :day RETURNING day", scope=scope, day=day)
    _ask_again(conn)
    return bool(found.first())


def _ask_again(conn: Connection) -> None:
    """Have the gate asked anew for those who wait for the end of a day off; it may be none any more."""
    run(
        conn,
        """UPDATE target SET due = c.created_at FROM campaign c
           WHERE c.id = target.campaign_id AND target.state = 'waiting' AND target.reason = 'day_off'""",
    )


def own(conn: Connection, scope: int, year: int) -> Sequence[OwnDay]:
    """Give the days of a year that hold in a scope, its own and the organisation's that it does not overrule."""
    rows = run(
        conn,
        """SELECT DISTINCT ON (day) scope, day, kind, title, changed_by, changed_at FROM own_day
           WHERE scope IN (0, :scope) AND day BETWEEN :first AND :last ORDER BY day, scope DESC""",
        scope=scope,
        first=dt.date(year, 1, 1),
        last=dt.date(year, 12, 31),
    )
    return [OwnDay(*row) for row in rows]


def picture(conn: Connection, scope: int, year: int, language: str) -> list[Day]:
    """Give every day of a year."""
    chosen = rule(conn, scope)
    named = public_holidays(year, chosen.calendar, language)
    ours = {one.day: one for one in own(conn, scope, year)}
    found = []
    day = dt.date(year, 1, 1)
    while day.year == year:
        mine = ours.get(day)
        if mine is not None:
            found.append(Day(day, Kind(mine.kind), mine.title or named.get(day, ""), mine.kind == "work"))
        elif day in named:
            found.append(Day(day, Kind.HOLIDAY, named[day], not chosen.skip))
        else:
            found.append(Day(day, Kind.WEEKEND if day.weekday() >= 5 else Kind.PLAIN, "", True))
        day += dt.timedelta(days=1)
    return found


def affected(conn: Connection, scope: int, since: dt.date) -> list[Affected]:
    """Give the campaigns that are not over, of a project or of all."""
    rows = run(
        conn,
        f"""SELECT c.id, c.name, c.state, p.name AS project, {DAYS_OFF}
            FROM campaign c JOIN project p ON p.id = c.project_id
            WHERE c.state IN ('draft', 'running', 'paused') AND (:scope = 0 OR c.project_id = :scope)
            ORDER BY c.id DESC LIMIT 200""",  # noqa: S608  constants
        scope=scope,
    )
    return [
        Affected(row.id, row.name, row.state, row.project, bool(row.skips), sum(day >= since for day in row.days_off))
        for row in rows
    ]
