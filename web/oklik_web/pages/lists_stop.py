"""The stop list: who is not called, since when and why."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import stop_list, stop_list_pages
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.numbers import NotOneNumber, one_number
from oklik.campaigns.tokens import Scope
from oklik.dialing.phones import read_phones
from oklik.reports.stop_list_sheet import source_name
from oklik_web.access import page
from oklik_web.api.stop_list import stop_mark, stop_mark_text
from oklik_web.changing import page_change
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.uploads import accepts_file, sent_file
from oklik_web.words import in_language, language

blueprint = Blueprint("pages_lists_stop", __name__)

MOST_TYPED = 10_000
SHOWN_WRONG = 100


@blueprint.get("/stop-list")
@page(Scope.STOP_LIST_READ)
def index() -> str:
    """The list, the latest first."""
    with running().engine.connect() as conn:
        found, end = stop_list_pages.page(conn)
        count = stop_list_pages.count(conn)
    return render_template(
        "lists/stop.html", entries=found, after=stop_mark_text(end), count=count, source_name=_source
    )


@blueprint.post("/stop-list/rows")
@page(Scope.STOP_LIST_READ)
def rows() -> str:
    """More of it, as a piece of the table."""
    with running().engine.connect() as conn:
        found, end = stop_list_pages.page(conn, after=stop_mark(request.form.get("after") or None))
    return render_template("lists/stop_rows.html", entries=found, after=stop_mark_text(end), source_name=_source)


@blueprint.post("/stop-list/check")
@page(Scope.STOP_LIST_READ)
def check() -> str:
    """How one number stands, with its history, as a piece of the page."""
    try:
        number = one_number(_line("number", 60))
    except NotOneNumber as error:
        return render_template("lists/refused.html", fault=in_language(error.text))
    with running().engine.connect() as conn:
        look = stop_list.look(conn, number)
    return render_template("lists/stop_look.html", look=look, source_name=_source)


@blueprint.post("/stop-list/add")
@page(Scope.STOP_LIST_WRITE)
def add() -> Response:
    """Put typed numbers on it."""
    found = read_phones(request.form.get("numbers", "").replace("\0", " ")[: 20 * MOST_TYPED])
    if found.bad or not found.numbers:
        bad = ", ".join(f"«{one.text}»" for one in found.bad[:5])
        flash(t("lists.stop_bad", bad=bad) if bad else t("lists.stop_none"), "danger")
        return redirect(url_for(".index"), 303)
    reason = _line("reason", 300)
    with page_change() as change:
        done = stop_list.put(
            change.conn,
            found.numbers,
            source="web",
            reason=reason,
            recorded_by=change.actor.who,
            now=change.now,
        )
        told = {"numbers": sorted(found.numbers), "reason": reason, "calls_ended": done.targets}
        change.note("stop_list.add", f"{len(found.numbers)} numbers", told)
    flash(t("lists.stop_added", n=len(done.added), known=len(done.known), ended=done.targets), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/stop-list/import")
@page(Scope.STOP_LIST_WRITE)
def import_page() -> str:
    """A file of numbers: looked at, then taken; the API does both."""
    return render_template("lists/number_file.html", consents=False, titles={}, zone="")


@blueprint.post("/stop-list/import")
@accepts_file
@page(Scope.STOP_LIST_WRITE)
def import_file() -> Response | str:
    """Put every number of a file on it."""
    reason = _line("reason", 300)
    try:
        with sent_file() as sent, page_change() as change:
            done = stop_list_pages.put_file(
                change.conn, sent.path, sent.name, reason=reason, recorded_by=change.actor.who, now=change.now
            )
            counts = {"added": done.added, "known": done.known, "calls_ended": done.ended}
            change.note("stop_list.import", sent.name, {**counts, "reason": reason, "sha256": sent.digest})
    except ListError as error:
        flash(error.text(language()), "danger")
        return redirect(url_for(".index"), 303)
    if not done.wrong:
        flash(t("lists.stop_added", n=done.added, known=done.known, ended=done.ended), "success")
        return redirect(url_for(".index"), 303)
    wrong = [(one.row, in_language(one.text)) for one in done.wrong[:SHOWN_WRONG]]
    return render_template("lists/stop_imported.html", done=done, wrong=wrong, file=sent.name)


@blueprint.post("/stop-list/remove")
@page(Scope.STOP_LIST_WRITE)
def remove() -> Response:
    """Take a number off it; why is asked for."""
    reason = _line("reason", 300)
    try:
        number = one_number(_line("number", 60))
        if not reason:
            raise NotOneNumber(t("lists.stop_why_needed"), t("lists.stop_why_needed"))
        with page_change() as change:
            off = stop_list.take_off(
                change.conn, number, source="web", reason=reason, recorded_by=change.actor.who, now=change.now
            )
            told = {"source": "web", "reason": reason, "returned": off.returned.back}
            change.note("stop_list.remove", number, told)
    except NotOneNumber as error:
        flash(in_language(error.text), "danger")
    except stop_list.NotListed:
        flash(t("lists.stop_not_listed"), "danger")
    else:
        flash(t("lists.stop_removed", number=number), "success")
    return redirect(url_for(".index"), 303)


def _source(code: str) -> str:
    return t("lists.by_web") if code == "web" else source_name(code, language())


def _line(name: str, most: int) -> str:
    return " ".join(request.form.get(name, "").replace("\0", "").split())[:most]
