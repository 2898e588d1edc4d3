"""The launch check: asked for, made by a background job, looked at while that works."""

import datetime as dt
from decimal import Decimal
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel

from oklik.campaigns.preflight_requests import NoSuchPreflight, preflight_state, request_preflight, waiting_preflights
from oklik.campaigns.tokens import Scope
from oklik.dialing.sentences import sentence
from oklik.reports.dialers import campaign_time
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment, MomentIn
from oklik_web.whom import check_campaign
from oklik_web.words import language, said

blueprint = APIBlueprint("preflight", __name__, url_prefix="/campaigns")

MOST_WAITING = 5  # of a campaign: each may take a minute of a processor
FAR = dt.timedelta(days=366)


class PreflightIn(Body):
    """at: the moment for which is checked; None: now."""

    at: MomentIn | None = None


class AskedOut(BaseModel):
    """A check that was asked for.  at: campaign time for which it is made."""

    id: int
    campaign_id: int
    at: Moment


class BlockedOut(BaseModel):
    """Contacts that cannot be called at that moment, by rule.  next_at: when the first of them can; None: never."""

    rule: str
    args: dict[str, Any]
    why: str
    contacts: int
    next_at: Moment | None


class HourOut(BaseModel):
    """How many can be called within the hour that begins then."""

    at: Moment
    contacts: int


class FirstStopOut(BaseModel):
    """The first forbidden minute, and for how many."""

    at: Moment
    contacts: int


class UnplacedOut(BaseModel):
    """Contacts of whom several zones are possible: hours of calling in the coming week, and usually."""

    contacts: int
    hours_left: float
    hours_usual: float


class DuplicatesOut(BaseModel):
    """People who are there more than once: in the list, and in other running campaigns by their names."""

    persons: int
    contacts: int
    rejected: int
    elsewhere: int
    by_campaign: dict[str, int]


class UnfilledOut(BaseModel):
    """A column of the scenario with empty cells.  header: None where the list has no such column."""

    column: str
    title: str
    header: str | None
    required: bool
    contacts: int


class SpeechOut(BaseModel):
    """Contacts by how far their speech is made.  failed: by the code of the reason."""

    ready: int
    waiting: int
    failed: dict[str, int]
    trouble: str | None


class OutcomeOut(BaseModel):
    """How calls end.  share: of all; talk: a human was spoken to; consumed: it counts as an attempt."""

    disposition: str
    share: float
    talk: bool
    consumed: bool


class RatesOut(BaseModel):
    """What is taken for granted; attempts: it was measured on so many, 0: it is assumed."""

    outcomes: list[OutcomeOut]
    ring_s: float
    talk_s: float
    attempts: int


class ForecastOut(BaseModel):
    """What is to be expected with the present lines.  ends_at: None where it is not within two months."""

    attempts: list[int]
    talks: int
    talk_minutes: int
    ends_at: Moment | None
    per_day: dict[str, int]
    calls_per_hour: int
    rates: RatesOut


class CostOut(BaseModel):
    """What is to be paid.  by_attempt: first calls, second ones ..., without talk."""

    attempt_price: Decimal
    minute_price: Decimal
    by_attempt: list[Decimal]
    minutes: int
    total: Decimal


class ResultOut(BaseModel):
    """What was found.  contacts = over + allowed + all of blocked.

    hours: by the hour, from `at` on; local_hours: by weekday (Monday first) and hour of the contacts' own clocks.
    """

    campaign_id: int
    name: str
    state: str
    purpose: str
    zone: str
    virtual: bool
    at: Moment
    days: int
    contacts: int
    over: int
    allowed: int
    blocked: list[BlockedOut]
    reachable: int
    hours: list[HourOut]
    local_hours: list[list[int]]
    first_stop: FirstStopOut | None
    zone_rules: dict[str, int]
    unplaced: UnplacedOut | None
    duplicates: DuplicatesOut
    unfilled: list[UnfilledOut]
    speech: SpeechOut
    forecast: ForecastOut
    cost: CostOut | None


class PreflightOut(BaseModel):
    """A check.  state: waiting, running, done, failed; progress: 0 to 1; error: one line when it failed."""

    id: int
    campaign_id: int
    state: str
    progress: float
    at: Moment
    result: ResultOut | None
    error: str | None


@blueprint.post("/<int:campaign_id>/preflight")
@allowed(Scope.PREFLIGHT_WRITE)
@blueprint.input(PreflightIn)
@blueprint.output(AskedOut)
@changing
def ask(change: Change, campaign_id: int, json_data: PreflightIn) -> AskedOut:
    """Ask for a launch check of a campaign: a dry run over the whole list.  A job of `oklik up` makes it."""
    check_campaign(change.conn, campaign_id)
    now = campaign_time(change.conn, campaign_id, change.now)
    at = json_data.at or now
    if abs(at - now) > FAR:
        raise Problem(422, said("too_far"), field="at")
    if (waiting := waiting_preflights(change.conn, campaign_id)) >= MOST_WAITING:
        raise Problem(409, said("preflights_wait", id=campaign_id, n=waiting))
    asked = request_preflight(change.conn, campaign_id, at)
    change.note("campaigns.preflight", str(campaign_id), {"preflight": asked, "for": at.isoformat()})
    return AskedOut(id=asked, campaign_id=campaign_id, at=at)


@blueprint.get("/preflights/<int:preflight_id>")
@allowed(Scope.PREFLIGHT_READ)
@blueprint.output(PreflightOut)
def look(preflight_id: int) -> dict[str, Any]:
    """Say how far a launch check is, and what it has found."""
    with running().engine.connect() as conn:
        try:
            found = preflight_state(conn, preflight_id)
        except NoSuchPreflight:
            raise Problem(404, said("no_preflight", id=preflight_id)) from None
    told = found.to_json()
    if told["result"] is not None:
        for one in told["result"]["blocked"]:
            one["why"] = sentence(one["rule"], one["args"], language())
    return told
