"""Settings: the phones on which campaigns and trunks are tried."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import tester_phones
from oklik.campaigns.tokens import Scope
from oklik_web import forms
from oklik_web.access import asker, page
from oklik_web.api import phones as api
from oklik_web.changing import page_change
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import number_of
from oklik_web.texts import t
from oklik_web.words import in_language

blueprint = Blueprint("pages_phones", __name__, url_prefix="/settings/phones")
Answer = Response | str | tuple[str, int]


class PhoneForm(forms.Form):
    """A phone and whose it is."""

    number = forms.line(60)
    name = forms.line(100)


@blueprint.get("")
@page(Scope.PHONES_READ)
def index() -> Answer:
    """All phones."""
    return _shown(PhoneForm())


@blueprint.post("")
@page(Scope.PHONES_WRITE)
def add() -> Answer:
    """Put one on the list."""
    form = PhoneForm()
    if form.validate():
        try:
            with page_change() as change:
                phone = api.added(change, number_of(form.said("number"), "number"), form.said("name"))
        except Problem as error:
            form.blame(error.field or "number", in_language(error.text))
        else:
            flash(t("phones.is_added" if phone.confirmed else "phones.is_proposed", number=phone.number), "success")
            return redirect(url_for(".index"), 303)
    return _shown(form)


@blueprint.post("/confirm")
@page(Scope.PHONES_CONFIRM)
def confirm() -> Answer:
    """Confirm one."""
    with page_change() as change:
        phone = api.confirmed(change, _given())
    flash(t("phones.is_confirmed", number=phone.number), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/remove")
@page(Scope.PHONES_WRITE)
def remove() -> Answer:
    """Take one out."""
    number = _given()
    with page_change() as change:
        api.removed(change, number)
    flash(t("phones.is_removed", number=number), "success")
    return redirect(url_for(".index"), 303)


def _given() -> str:
    return number_of(request.form.get("number", "")[:60].replace("\0", ""), "number")


def _shown(form: PhoneForm) -> Answer:
    with running().engine.connect() as conn:
        found = sorted(tester_phones.all_phones(conn), key=lambda one: one.confirmed)
    values = {"form": form, "phones": found, "own": asker().actor().who}
    return render_template("phones/index.html", **values), 422 if form.errors else 200
