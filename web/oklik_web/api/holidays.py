"""The production calendar: whose public holidays count, and days that the organisation makes off or worked itself."""

import datetime as dt
from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from oklik.campaigns import own_days
from oklik.campaigns.own_days import ORGANISATION
from oklik.campaigns.projects import NoSuchProject, find_project
from oklik.campaigns.tokens import Scope
from oklik.dialing.calendars import UnknownCalendar, calendars
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, DayIn, Moment
from oklik_web.words import language, said

blueprint = APIBlueprint("holidays", __name__, url_prefix="/holidays")

Project = Annotated[str | None, Field(min_length=1, max_length=200)]
FIRST_YEAR, LAST_YEAR = 2000, 2099


class HolidaysQuery(BaseModel):
    """year: by default this one.  project: its name; without it, the organisation's calendar."""

    year: Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)] = None
    project: Project = None


class CalendarIn(Body):
    """Whose holidays count.  calendar: an ISO country code, or with a part of the country: RU, DE-BY.

    skip: campaigns do not call on its public holidays.
    """

    project: Project = None
    calendar: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    skip: bool


class OwnDaysIn(Body):
    """Days that are other ones than the calendar says.  kind: off (nobody is called) or work."""

    project: Project = None
    first: DayIn
    last: DayIn | None = None
    kind: Literal["off", "work"]
    title: Annotated[str, Field(max_length=own_days.MOST_TITLE)] = ""


class OwnDayGoneIn(Body):
    """A day that is left to the calendar again."""

    project: Project = None
    day: DayIn


class HolidayOut(BaseModel):
    """A day that is no plain one.  kind: holiday (of the calendar), off or work (ours).  called: campaigns call."""

    day: dt.date
    kind: str
    title: str
    called: bool


class HolidayCampaignOut(BaseModel):
    """A campaign that is not over.  skips: it does not call on public holidays; days: own days off from today on."""

    id: int
    name: str
    project: str
    skips: bool
    days: int


class HolidaysOut(BaseModel):
    """The calendar of a year.  own: the calendar was chosen for this project, and is not the organisation's."""

    year: int
    calendar: str
    skip: bool
    own: bool
    days: list[HolidayOut]
    campaigns: list[HolidayCampaignOut]


class CalendarOut(BaseModel):
    """A calendar that is kept."""

    calendar: str
    skip: bool
    changed_at: Moment


class OwnDaysOut(BaseModel):
    """How many days were set or left to the calendar."""

    days: int


class CalendarsOut(BaseModel):
    """Countries with a calendar, each with the codes of its parts that differ."""

    calendars: dict[str, list[str]]


@blueprint.get("")
@allowed(Scope.HOLIDAYS_READ)
@blueprint.input(HolidaysQuery, location="query")
@blueprint.output(HolidaysOut)
def show(query_data: HolidaysQuery) -> HolidaysOut:
    """Give the calendar of a year: holidays, own days, and the campaigns that keep it."""
    app = running()
    now = app.clock.now()
    year = query_data.year or now.year
    with app.engine.connect() as conn:
        scope = scope_of(conn, query_data.project)
        rule = own_days.rule(conn, scope)
        days = own_days.picture(conn, scope, year, language())
        campaigns = own_days.affected(conn, scope, now.date())
    return HolidaysOut(
        year=year,
        calendar=rule.calendar,
        skip=rule.skip,
        own=rule.own,
        days=[
            HolidayOut(day=one.day, kind=str(one.kind), title=one.title, called=one.called)
            for one in days
            if one.kind not in {own_days.Kind.PLAIN, own_days.Kind.WEEKEND}
        ],
        campaigns=[
            HolidayCampaignOut(**{name: getattr(one, name) for name in HolidayCampaignOut.model_fields})
            for one in campaigns
        ],
    )


@blueprint.get("/calendars")
@allowed(Scope.HOLIDAYS_READ)
@blueprint.output(CalendarsOut)
def known() -> CalendarsOut:
    """List the countries that have a calendar."""
    return CalendarsOut(calendars={country: list(parts) for country, parts in calendars().items()})


@blueprint.post("/calendar")
@allowed(Scope.HOLIDAYS_WRITE)
@blueprint.input(CalendarIn)
@blueprint.output(CalendarOut)
@changing
def choose(change: Change, json_data: CalendarIn) -> CalendarOut:
    """Choose whose holidays count, and whether campaigns call on them."""
    chosen(change, scope_of(change.conn, json_data.project), json_data.calendar, skip=json_data.skip)
    return CalendarOut(calendar=json_data.calendar, skip=json_data.skip, changed_at=change.now)


@blueprint.post("/days")
@allowed(Scope.HOLIDAYS_WRITE)
@blueprint.input(OwnDaysIn)
@blueprint.output(OwnDaysOut)
@changing
def put(change: Change, json_data: OwnDaysIn) -> OwnDaysOut:
    """Make days off or worked; the gate keeps it from the next call on."""
    wanted = json_data
    scope = scope_of(change.conn, wanted.project)
    return OwnDaysOut(days=days_set(change, scope, wanted.first, wanted.last, wanted.kind, wanted.title))


@blueprint.post("/days/remove")
@allowed(Scope.HOLIDAYS_WRITE)
@blueprint.input(OwnDayGoneIn)
@blueprint.output(OwnDaysOut)
@changing
def remove(change: Change, json_data: OwnDayGoneIn) -> OwnDaysOut:
    """Leave a day to the calendar again."""
    return OwnDaysOut(days=int(day_left(change, scope_of(change.conn, json_data.project), json_data.day)))


# -- what pages do, too -----------------------------------------------------------------------------------------


def scope_of(conn: Connection, project: str | None) -> int:
    """Give the scope of a project's name; without one the organisation's.  Raises Problem."""
    if project is None:
        return ORGANISATION
    try:
        return find_project(conn, project)
    except NoSuchProject as error:
        raise Problem(404, said("no_project", given=project, known=", ".join(error.known)), field="project") from None


def chosen(change: Change, scope: int, calendar: str, *, skip: bool) -> None:
    """Choose a calendar.  Raises Problem."""
    try:
        own_days.set_rule(change.conn, scope, calendar, skip, change.actor.who, change.now)
    except UnknownCalendar:
        raise Problem(422, said("no_calendar", given=calendar), field="calendar") from None
    change.note("holidays.calendar", calendar, {"skip": skip, "project": scope})


def days_set(  # noqa: PLR0917  what is said of days
    change: Change, scope: int, first: dt.date, last: dt.date | None, kind: str, title: str
) -> int:
    """Make days off or worked.  Raises Problem."""
    count = ((last or first) - first).days + 1
    if not 0 < count <= own_days.MOST_DAYS:
        raise Problem(422, said("bad_days", most=own_days.MOST_DAYS), field="last")
    days = [first + dt.timedelta(days=n) for n in range(count)]
    own_days.put(change.conn, scope, days, kind, title, change.actor.who, change.now)
    change.note("holidays.days", first.isoformat(), {"days": count, "kind": kind, "title": title, "project": scope})
    return count


def day_left(change: Change, scope: int, day: dt.date) -> bool:
    """Leave a day to the calendar."""
    found = own_days.remove(change.conn, scope, day)
    change.note("holidays.days", day.isoformat(), {"days": int(found), "kind": "", "project": scope})
    return found
