"""Promises to pay: what a person has promised in calls, and what became of it."""

import datetime as dt

from apiflask import APIBlueprint
from pydantic import BaseModel

from oklik.campaigns.promises import Settled, promises_of, settle_promises
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.running import running
from oklik_web.shapes import Moment
from oklik_web.whom import PersonIn, person_of

blueprint = APIBlueprint("promises", __name__, url_prefix="/people/promises")


class SettleIn(PersonIn):
    """What became of a person's open promises."""

    how: Settled


class SettledOut(BaseModel):
    """How many promises were open."""

    settled: int


class PromiseOut(BaseModel):
    """A promise, given at that time.  state: open (it pauses other campaigns), kept, broken, withdrawn."""

    at: Moment
    project: str
    campaign: str
    date: dt.date
    amount: str
    state: str
    settled_at: Moment | None


class PromisesOut(BaseModel):
    """Promises, the latest first."""

    promises: list[PromiseOut]


@blueprint.post("/settle")
@allowed(Scope.PROMISES_WRITE)
@blueprint.input(SettleIn)
@blueprint.output(SettledOut)
@changing
def settle(change: Change, json_data: SettleIn) -> SettledOut:
    """Say what became of a person's open promises; their campaigns go on at once.

    Whoever has paid is taken out by /people/remove.
    """
    person = person_of(change.conn, json_data)
    settled = settle_promises(change.conn, person.people, json_data.how, change.now)
    change.note("people.promises.settle", person.asked, {"how": str(json_data.how), "settled": settled})
    return SettledOut(settled=settled)


@blueprint.post("/list")
@allowed(Scope.PROMISES_READ)
@blueprint.input(PersonIn)
@blueprint.output(PromisesOut)
def show(json_data: PersonIn) -> PromisesOut:
    """Show a person's promises.  POST, for numbers do not stand in addresses."""
    with running().engine.connect() as conn:
        found = promises_of(conn, person_of(conn, json_data).people)
    told = [{name: getattr(one, name) for name in one.__struct_fields__} for one in found]
    return PromisesOut(promises=[PromiseOut(**one) for one in told])
