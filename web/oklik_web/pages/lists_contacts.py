"""A contact's card: cells to be edited, calls of all campaigns with answers and recordings, what was changed."""

import datetime as dt

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound

from oklik.campaigns.tokens import Scope
from oklik.reports.contact_card import MOST_CALLS, calls_of, contact_card
from oklik.reports.words import outcome, reason
from oklik_web.access import page
from oklik_web.api.contacts import call_out
from oklik_web.list_problems import handle
from oklik_web.list_titles import title_of
from oklik_web.running import running
from oklik_web.words import language

blueprint = Blueprint("pages_lists_contacts", __name__)
handle(blueprint)


@blueprint.get("/contacts/<int:contact_id>")
@page(Scope.LISTS_READ)
def card(contact_id: int) -> str:
    """The card."""
    with running().engine.connect() as conn:
        found = contact_card(conn, contact_id)
        calls = calls_of(conn, contact_id)
    spoken = language()
    places = [
        (one, outcome(one.disposition, one.state, spoken), reason(one.reason, one.reason_args, spoken))
        for one in found.places
    ]
    return render_template(
        "lists/contact.html",
        card=found,
        title=title_of(found.contact, found.layout),
        calls=[call_out(one) for one in calls],
        before=calls[-1].at.isoformat() if len(calls) == MOST_CALLS else None,
        places=places,
    )


@blueprint.get("/contacts/<int:contact_id>/more-calls")
@page(Scope.LISTS_READ)
def more_calls(contact_id: int) -> str:
    """Earlier calls, as a piece of the page."""
    try:
        before = dt.datetime.fromisoformat(request.args.get("before", ""))
    except ValueError:
        raise NotFound from None
    if before.tzinfo is None or not 1900 < before.year < 9999:
        raise NotFound
    with running().engine.connect() as conn:
        calls = calls_of(conn, contact_id, before=before)
    return render_template(
        "lists/calls.html",
        contact_id=contact_id,
        calls=[call_out(one) for one in calls],
        before=calls[-1].at.isoformat() if len(calls) == MOST_CALLS else None,
    )
