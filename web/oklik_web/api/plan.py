"""A contact's calendar: what was tried, what comes next and why then."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns.named_contact import NoSuchContact
from oklik.campaigns.planned import plan_of, to_json
from oklik.campaigns.tokens import Scope
from oklik.dialing.destinations import parse_destinations
from oklik.plan_view import step_words
from oklik.reports.dialers import campaign_time
from oklik.reports.words import disposition_names, reason
from oklik_web.access import allowed
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Moment
from oklik_web.whom import SNAPSHOT, check_campaign
from oklik_web.words import language

blueprint = APIBlueprint("plan", __name__, url_prefix="/campaigns")


class PlanIn(Body):
    """A contact of the campaign: a phone, the customer's key, a contract, or the row's number in its list."""

    contact: Annotated[str, Field(min_length=1, max_length=300, examples=["17", "8 916 123-45-67"])]


class TriedOut(BaseModel):
    """A call that was made, or is up.  n: the contact's first, second ... there; campaign: "" for this one."""

    n: int
    at: Moment
    number: E164
    disposition: str | None
    campaign: str
    result: str | None


class StepOut(BaseModel):
    """Why a call comes when it does: a step of the reasoning, and the time it led to."""

    code: str
    at: Moment
    args: dict[str, Any]
    sentence: str


class ForeseenOut(BaseModel):
    """A call to come, if those before it are not answered."""

    at: Moment
    number: E164
    legal_until: Moment
    why: list[StepOut]


class EndOut(BaseModel):
    """Why no further call follows."""

    reason: str
    args: dict[str, Any]
    sentence: str | None


class PlanOut(BaseModel):
    """The calendar.  zone: the clock it is told by, the contact's own if zone_certain.  now: campaign time."""

    campaign: int
    campaign_state: str
    row: int
    numbers: list[E164]
    zone: str
    zone_certain: bool
    now: Moment
    state: str
    reason: str | None
    reason_args: dict[str, Any]
    sentence: str | None
    tried: list[TriedOut]
    next: list[ForeseenOut]
    end: EndOut


@blueprint.post("/<int:campaign_id>/plan")
@allowed(Scope.PLAN_READ)
@blueprint.input(PlanIn)
@blueprint.output(PlanOut)
def plan(campaign_id: int, json_data: PlanIn) -> dict[str, Any]:
    """Give a contact's calendar up to the last call.  POST, for numbers do not stand in addresses."""
    app = running()
    with app.engine.connect().execution_options(**SNAPSHOT) as conn:
        check_campaign(conn, campaign_id)
        now = campaign_time(conn, campaign_id, app.clock.now())
        try:
            opened = parse_destinations(app.settings.destinations)
            planned = plan_of(conn, campaign_id, json_data.contact, now, destinations=opened)
        except NoSuchContact as error:
            raise Problem(404, error.text, field="contact") from None
    spoken, told = language(), to_json(planned)
    results = disposition_names(spoken)
    for one in told["tried"]:
        one["result"] = results.get(one["disposition"] or "?")
    for call, foreseen in zip(told["next"], planned.future.calls, strict=True):
        for step, known in zip(call["why"], foreseen.steps, strict=True):
            step["sentence"] = step_words(planned, known, spoken)
    told["end"]["sentence"] = reason(planned.future.reason, planned.future.args, spoken)
    return told | {"sentence": reason(planned.reason, planned.reason_args, spoken)}
