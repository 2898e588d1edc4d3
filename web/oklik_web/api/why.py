"""Why is it not dialing?  The live ledger of a campaign, which sums exactly to its list."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.counted import ledger_of
from oklik_web.kept import kept
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Moment
from oklik_web.words import language, said

blueprint = APIBlueprint("why", __name__, url_prefix="/campaigns")


class DialerOut(BaseModel):
    """A dialer that calls for the campaign.  seen_s: real seconds since it was last heard of; now: its campaign time.

    trunks: legs that are up and what the limits say, by the trunk's id.
    """

    node: str
    alive: bool
    seen_s: float
    state: str
    legs: int
    channels: int
    cps: float
    trunks: dict[str, Any]
    now: Moment


class SampledOut(BaseModel):
    """A row of the list, and its first phone with the middle hidden."""

    row: int
    number: str


class LedgerEntryOut(BaseModel):
    """Rows that stand at the same point for the same reason.  next_at: when the first of them changes by itself.

    sentence, advice: what it means, and what can be done, in the language of Accept-Language.
    """

    section: str
    code: str
    args: dict[str, Any]
    count: int
    sentence: str
    advice: str
    next_at: Moment | None
    sample: list[SampledOut]


class LedgerOut(BaseModel):
    """The whole list at one moment: the counts of the entries sum to rows.  now: campaign time."""

    campaign: int
    name: str
    state: str
    held: str | None
    zone: str
    virtual: bool
    now: Moment
    rows: int
    headline: str
    dialers: list[DialerOut]
    entries: list[LedgerEntryOut]


@blueprint.get("/<int:campaign_id>/why")
@allowed(Scope.WHY_READ)
@blueprint.output(LedgerOut)
def ledger(campaign_id: int) -> dict[str, Any]:
    """Say where every row of the list stands, what it waits for, until when, and what can be done."""
    try:
        return ledger_of(running(), kept(), campaign_id).to_json(language())
    except NoResultFound:
        raise Problem(404, said("no_campaign", id=campaign_id)) from None
