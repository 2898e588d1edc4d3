"""Settings: the production calendar as a picture of the year."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from phonenumbers.geodata.locale import LOCALE_DATA
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from oklik.campaigns import own_days
from oklik.campaigns.own_days import ORGANISATION, Day
from oklik.campaigns.rows import run
from oklik.campaigns.tokens import Scope
from oklik.dialing.calendars import calendars
from oklik_web import forms
from oklik_web.access import page
from oklik_web.api import holidays as api
from oklik_web.changing import page_change
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.words import in_language, language

blueprint = Blueprint("pages_holidays", __name__, url_prefix="/settings/holidays")
Answer = Response | str | tuple[str, int]


class CalendarForm(forms.Form):
    """Whose holidays count."""

    calendar = forms.choice()
    skip = forms.tick()


class DaysForm(forms.Form):
    """Days of our own."""

    first = forms.line(10)
    last = forms.line(10, needed=False)
    kind = forms.choice()
    title = forms.line(own_days.MOST_TITLE, needed=False)


@blueprint.get("")
@page(Scope.HOLIDAYS_READ)
def index() -> Answer:
    """The year."""
    return _shown(CalendarForm(formdata=None), DaysForm(formdata=None))


@blueprint.post("/calendar")
@page(Scope.HOLIDAYS_WRITE)
def choose() -> Answer:
    """Choose whose holidays count."""
    form = CalendarForm()
    form.calendar.choices = _countries()
    if form.validate():
        with page_change() as change:
            scope = api.scope_of(change.conn, _project())
            api.chosen(change, scope, form.said("calendar"), skip=bool(form.skip.data))
        flash(t("holidays.is_chosen"), "success")
        return _back()
    return _shown(form, DaysForm(formdata=None))


@blueprint.post("/days")
@page(Scope.HOLIDAYS_WRITE)
def put() -> Answer:
    """Make days off or worked."""
    form = DaysForm()
    form.kind.choices = _kinds()
    if form.validate():
        first, last = (_date(form, name) for name in ("first", "last"))
        if not form.errors and first is not None:
            try:
                with page_change() as change:
                    scope = api.scope_of(change.conn, _project())
                    count = api.days_set(change, scope, first, last, form.said("kind"), form.said("title"))
            except Problem as error:
                if error.status == 404:
                    raise
                form.blame(error.field or "first", in_language(error.text))
            else:
                flash(t("holidays.is_set", n=count), "success")
                return _back(first.year)
    return _shown(CalendarForm(formdata=None), form)


@blueprint.post("/days/remove")
@page(Scope.HOLIDAYS_WRITE)
def remove() -> Answer:
    """Leave a day to the calendar again."""
    try:
        day = dt.date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return _back()
    with page_change() as change:
        api.day_left(change, api.scope_of(change.conn, _project()), day)
    flash(t("holidays.is_left"), "success")
    return _back(day.year)


# -- what is shown --------------------------------------------------------------------------------------------------


def _shown(calendar: CalendarForm, days: DaysForm) -> Answer:
    app = running()
    today = app.clock.now().date()
    year, project = _year(today.year), _project()
    with app.engine.connect() as conn:
        scope = api.scope_of(conn, project)
        rule = own_days.rule(conn, scope)
        values = _values(conn, scope, year, today)
    picked: Day | None = values["by_day"].get(_picked())
    calendar.calendar.choices = _countries()
    days.kind.choices = _kinds()
    if request.endpoint != f"{blueprint.name}.choose":
        calendar.calendar.data, calendar.skip.data = rule.calendar, rule.skip
    if request.endpoint != f"{blueprint.name}.put":
        days.kind.data = "work" if picked is not None and not picked.called else "off"
        if picked is not None:
            days.first.data = picked.day.isoformat()
            days.title.data = picked.title if picked.kind in {"off", "work"} else ""
    values |= {"calendar": calendar, "form": days, "rule": rule, "year": year, "project": project, "picked": picked}
    return render_template("holidays/index.html", **values), 422 if calendar.errors or days.errors else 200


def _values(conn: Connection, scope: int, year: int, today: dt.date) -> dict[str, Any]:
    picture = own_days.picture(conn, scope, year, language())
    months: list[list[Day]] = [[] for _ in range(12)]
    for one in picture:
        months[one.day.month - 1].append(one)
    return {
        "months": months,
        "by_day": {one.day: one for one in picture},
        "today": today,
        "own": own_days.own(conn, scope, year),
        "scope": scope,
        "organisation": ORGANISATION,
        "projects": run(conn, "SELECT name FROM project ORDER BY name").scalars(),
        "campaigns": own_days.affected(conn, scope, today),
        "range": (api.FIRST_YEAR, api.LAST_YEAR),
    }


def _countries() -> list[tuple[str, str]]:
    """Countries by name, each with its parts."""
    spoken = language()
    found = []
    for country, parts in calendars().items():
        names = LOCALE_DATA.get(country, {})
        name = names.get(spoken) or names.get("en") or country
        found.append((country, name))
        found += [(f"{country}-{part}", f"{name}, {part}") for part in parts]
    return sorted(found, key=lambda one: (not one[0].startswith("RU"), one[1]))


def _kinds() -> list[tuple[str, str]]:
    return [(one, t(f"holidays.kind_{one}")) for one in ("off", "work")]


def _project() -> str | None:
    return request.values.get("project", "")[:200].replace("\0", "") or None


def _year(otherwise: int) -> int:
    given = request.values.get("year", "")
    found = int(given) if given.isascii() and given.isdecimal() and len(given) == 4 else otherwise
    return min(max(found, api.FIRST_YEAR), api.LAST_YEAR)


def _picked() -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return None


def _date(form: DaysForm, name: str) -> dt.date | None:
    said = form.said(name)
    if not said:
        return None
    try:
        found = dt.date.fromisoformat(said)
    except ValueError:
        form.blame(name, t("holidays.bad_date"))
        return None
    if not api.FIRST_YEAR <= found.year <= api.LAST_YEAR:
        form.blame(name, t("holidays.bad_date"))
    return found


def _back(year: int | None = None) -> Response:
    return redirect(url_for(".index", year=year or _year(running().clock.now().year), project=_project()), 303)
