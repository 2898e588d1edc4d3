"""Settings: what the outcomes of calls are called."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import outcome_names
from oklik.campaigns.tokens import Scope
from oklik_web.access import page
from oklik_web.api import outcomes as api
from oklik_web.changing import page_change
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.words import in_language

blueprint = Blueprint("pages_outcomes", __name__, url_prefix="/settings/outcomes")
Answer = Response | str | tuple[str, int]


@blueprint.get("")
@page(Scope.OUTCOMES_READ)
def index() -> Answer:
    """All outcomes."""
    return _shown()


@blueprint.post("")
@page(Scope.OUTCOMES_WRITE)
def name() -> Answer:
    """Keep the names of one."""
    outcome, ru, en = (_said(field) for field in ("outcome", "ru", "en"))
    try:
        with page_change() as change:
            api.renamed(change, outcome, ru, en)
    except Problem as error:
        flash(in_language(error.text), "danger")
        return _shown(outcome, {"ru": ru, "en": en}), 422
    flash(t("outcomes.is_kept"), "success")
    return redirect(url_for(".index") + f"#{outcome}", 303)


@blueprint.post("/restore")
@page(Scope.OUTCOMES_WRITE)
def restore() -> Answer:
    """Give one its standard names again."""
    try:
        with page_change() as change:
            api.restored(change, _said("outcome"))
    except Problem as error:
        flash(in_language(error.text), "danger")
    else:
        flash(t("outcomes.is_restored"), "success")
    return redirect(url_for(".index"), 303)


def _said(field: str) -> str:
    return request.form.get(field, "")[:200].replace("\0", "").strip()


def _shown(faulty: str = "", typed: dict[str, str] | None = None) -> str:
    with running().engine.connect() as conn:
        found = api.told(outcome_names.pairs(conn))
    return render_template(
        "outcomes/index.html", outcomes=found, faulty=faulty, typed=typed or {}, most=outcome_names.MOST
    )
