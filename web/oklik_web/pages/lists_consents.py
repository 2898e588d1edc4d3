"""Consents: who may be called, since when, to what and why; given by hand, by a file, taken back, proved."""

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import consent_pages, consents
from oklik.campaigns.consents import ConsentRefused, Given
from oklik.campaigns.number_files import read_moment
from oklik.campaigns.numbers import NotOneNumber, one_number
from oklik.campaigns.tokens import Scope
from oklik.dialing.law.shapes import CONSENT_TITLES
from oklik.dialing.zones import tzinfo
from oklik_web import forms
from oklik_web.access import page
from oklik_web.api.consents import TEXT_CHARACTERS
from oklik_web.changing import page_change
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.words import in_language, language

blueprint = Blueprint("pages_lists_consents", __name__)
Answer = Response | str | tuple[str, int]


class ConsentForm(forms.Form):
    """A consent that somebody has on paper."""

    number = forms.line(60)
    purpose = forms.choice()
    source = forms.line(300)
    given_at = forms.line(40)
    version = forms.line(100, needed=False)
    text = forms.text(TEXT_CHARACTERS)
    person = forms.line(300, needed=False)


@blueprint.get("/consents")
@page(Scope.CONSENTS_READ)
def index() -> Answer:
    """Those written down last, and a form for one more."""
    return _shown(_form())


@blueprint.get("/consents/rows")
@page(Scope.CONSENTS_READ)
def rows() -> str:
    """More of them, as a piece of the table.  after: the id of the last one shown."""
    after = request.args.get("after", type=int)
    with running().engine.connect() as conn:
        found, end = consent_pages.page(conn, after=after if after and after < 2**63 else None)
    return render_template("lists/consent_lines.html", found=found, after=end, **_told())


@blueprint.post("/consents")
@page(Scope.CONSENTS_WRITE)
def add() -> Answer:
    """Keep one."""
    form = _form()
    if not form.validate():
        return _shown(form)
    try:
        given = Given(
            number=one_number(form.said("number")),
            purpose=form.said("purpose"),
            source=form.said("source"),
            given_at=read_moment(form.said("given_at"), running().settings.zone),
            text_version=form.said("version"),
            text=form.said("text").strip() or None,
            person_key=form.said("person") or None,
        )
        with page_change() as change:
            done = consents.add(change.conn, [given], recorded_by=change.actor.who, now=change.now)
            told = {"numbers": [given.number], "purpose": given.purpose, "added": done.added, "known": done.known}
            change.note("consents.add", given.number, told)
    except NotOneNumber as error:
        form.blame("number", in_language(error.text))
        return _shown(form)
    except ConsentRefused as error:
        form.blame("", in_language(error.text))
        return _shown(form)
    text = t("lists.consent_known", number=given.number) if not done.added else _added(given.number, done)
    flash(text, "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/consents/look")
@page(Scope.CONSENTS_READ)
def look() -> str:
    """The consents of a number, as a piece of the page."""
    try:
        number = one_number(_line("number", 60))
    except NotOneNumber as error:
        return render_template("lists/refused.html", fault=in_language(error.text))
    with running().engine.connect() as conn:
        found = consents.of_number(conn, number)
    holding = sorted({one.purpose for one in found if one.revoked_at is None})
    return render_template("lists/consent_look.html", number=number, found=found, holding=holding, **_told())


@blueprint.post("/consents/revoke")
@page(Scope.CONSENTS_WRITE)
def revoke() -> Response:
    """Take back what a number's bearer takes back; how they said so is asked for."""
    reason, purpose, at = _line("reason", 300), _line("purpose", 40), _line("at", 40)
    try:
        number = one_number(_line("number", 60))
        if not reason:
            raise ConsentRefused(t("lists.revoke_why_needed"), t("lists.revoke_why_needed"))
        moment = read_moment(at, running().settings.zone) if at else None
        with page_change() as change:
            gone = consents.revoke(
                change.conn,
                number,
                source=reason,
                recorded_by=change.actor.who,
                now=change.now,
                purpose=purpose or None,
                at=moment,
            )
            change.note("consents.revoke", number, {"source": reason, "ids": [one.id for one in gone]})
    except (NotOneNumber, ConsentRefused) as error:
        flash(in_language(error.text), "danger")
    else:
        flash(t("lists.revoked", number=number, n=len(gone)), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/consents/import")
@page(Scope.CONSENTS_WRITE)
def import_page() -> str:
    """A file of consents: looked at, then taken; the API does both."""
    return render_template(
        "lists/number_file.html", consents=True, titles=_told()["titles"], zone=running().settings.zone
    )


def _added(number: str, done: consents.Added) -> str:
    if done.returned.back:
        return t("lists.consent_added_back", number=number, n=done.returned.back)
    return t("lists.consent_added", number=number)


def _told() -> dict[str, object]:
    """What the tables need: the moment, and purposes in words."""
    now: dt.datetime = running().clock.now()
    return {"now": now, "titles": {code: texts[language()] for code, texts in CONSENT_TITLES.items()}}


def _form() -> ConsentForm:
    form = ConsentForm()
    form.purpose.choices = [(code, texts[language()]) for code, texts in CONSENT_TITLES.items()]
    if not form.is_submitted():
        app = running()
        form.given_at.data = app.clock.now().astimezone(tzinfo(app.settings.zone)).strftime("%Y-%m-%dT%H:%M")
    return form


def _shown(form: ConsentForm) -> Answer:
    with running().engine.connect() as conn:
        found, end = consent_pages.page(conn)
        count = consent_pages.count(conn)
    told = {"form": form, "found": found, "after": end, "count": count, **_told()}
    return render_template("lists/consents.html", **told), 422 if form.errors else 200


def _line(name: str, most: int) -> str:
    return " ".join(request.form.get(name, "").replace("\0", "").split())[:most]
