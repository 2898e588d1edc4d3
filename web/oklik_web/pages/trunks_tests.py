"""Settings: the test call on a trunk's page."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from oklik.campaigns import gateways, tester_phones, trunk_tests
from oklik.campaigns.gateways import Kept
from oklik.campaigns.tokens import Scope
from oklik.dialing.gateways import Dtmf
from oklik_web.access import page
from oklik_web.api import trunk_tests as api
from oklik_web.changing import page_change
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import number_of
from oklik_web.texts import t
from oklik_web.words import in_language, language, said

blueprint = Blueprint("pages_trunks_tests", __name__, url_prefix="/settings/trunks")
Answer = Response | str | tuple[str, int]

COLOURS = {"done": "secondary", "answered": "green", "denied": "red", "failed": "red", "expired": "red"}


@blueprint.get("/<int:trunk_id>/test")
@page(Scope.TRUNKS_READ)
def state(trunk_id: int) -> Answer:
    """How the last test call stands; asked again while it goes on."""
    with running().engine.connect() as conn:
        kept = _kept(conn, trunk_id)
        return render_template("trunks/test_state.html", kept=kept, **shown(conn, trunk_id))


@blueprint.post("/<int:trunk_id>/test")
@page(Scope.TRUNKS_WRITE)
def begin(trunk_id: int) -> Answer:
    """Ring a phone."""
    try:
        number = number_of(request.form.get("phone", "")[:60].replace("\0", ""), "phone")
        with page_change() as change:
            api.begun(change, _kept(change.conn, trunk_id).trunk, number, language())
    except Problem as error:
        if error.status == 404:
            raise
        flash(in_language(error.text), "danger")
    else:
        flash(t("trunk_tests.is_begun"), "success")
    return redirect(url_for("pages_trunks.show", trunk_id=trunk_id) + "#test", 303)


@blueprint.post("/<int:trunk_id>/keys")
@page(Scope.TRUNKS_WRITE)
def set_keys(trunk_id: int) -> Answer:
    """Set the trunk to the way in which keys have come."""
    given = request.form.get("dtmf", "")
    if given not in set(Dtmf):
        raise Problem(404, said("no_such_page"))
    try:
        with page_change() as change:
            kept = api.keys_set(change, _kept(change.conn, trunk_id).trunk, Dtmf(given))
    except Problem as error:
        if error.status == 404:
            raise
        flash(in_language(error.text), "danger")
    else:
        flash(t("trunk_tests.is_written", way=t(f"trunk_tests.way_{kept.gateway.dtmf}")), "success")
    return redirect(url_for("pages_trunks.show", trunk_id=trunk_id) + "#test", 303)


def shown(conn: Connection, trunk_id: int) -> Mapping[str, Any]:
    """What the card of test calls shows."""
    found = trunk_tests.recent(conn, trunk_id, running().clock.now())
    last = api.told(found[0]) if found else None
    return {
        "test": last,
        "test_colours": COLOURS,
        "phones": [one for one in tester_phones.all_phones(conn) if one.confirmed],
        "ways_told": ", ".join(t(f"trunk_tests.way_{way}") for way in last.ways) if last else "",
    }


def _kept(conn: Connection, trunk_id: int) -> Kept:
    for one in gateways.every(conn).values():
        if one.trunk_id == trunk_id:
            return one
    raise Problem(404, said("no_such_page"))
