"""The stop list: numbers nobody may call, in any campaign."""

from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import stop_list
from oklik.campaigns.stop_list import Look, NotListed
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Moment, Number, OneNumber, Words, number_of
from oklik_web.words import said

blueprint = APIBlueprint("stop_list", __name__, url_prefix="/stop-list")

MOST = 10_000  # numbers in a request


class NumbersIn(Body):
    """Numbers of people who want no calls.  All are taken or none."""

    numbers: Annotated[list[Number], Field(min_length=1, max_length=MOST)]
    source: Words = "api"
    reason: Annotated[str, Field(max_length=300)] = ""


class NumbersOut(BaseModel):
    """added: new on the list; known: there already; calls_ended: planned calls, of all campaigns."""

    added: list[E164]
    known: list[E164]
    calls_ended: int


class TakeOffIn(Body):
    """A number that may be called again, and why."""

    number: Number
    reason: Words
    source: Words = "api"


class StopEventOut(BaseModel):
    """kind: added, repeated, removed.  call_uuid: the call it was said in."""

    at: Moment
    kind: str
    source: str
    reason: str
    recorded_by: str
    call_uuid: str | None


class StopListOut(BaseModel):
    """silent: it is not called.  since: on the list since then; others: of the same person, on the list as well."""

    number: E164
    silent: bool
    since: Moment | None
    others: list[E164]
    history: list[StopEventOut]


@blueprint.post("/add")
@allowed(Scope.STOP_LIST_WRITE)
@blueprint.input(NumbersIn)
@blueprint.output(NumbersOut)
@changing
def add(change: Change, json_data: NumbersIn) -> NumbersOut:
    """Put numbers on the stop list.

    Within a second nobody calls their bearers, whichever campaign, phone or contract it is.
    """
    numbers = [number_of(text, f"numbers.{place}") for place, text in enumerate(json_data.numbers)]
    done = stop_list.put(
        change.conn,
        numbers,
        source=json_data.source,
        reason=json_data.reason,
        recorded_by=change.actor.who,
        now=change.now,
    )
    details = {"numbers": sorted(set(numbers)), "source": json_data.source, "reason": json_data.reason}
    change.note("stop_list.add", f"{len(set(numbers))} numbers", {**details, "calls_ended": done.targets})
    return NumbersOut(added=list(done.added), known=list(done.known), calls_ended=done.targets)


@blueprint.post("/remove")
@allowed(Scope.STOP_LIST_WRITE)
@blueprint.input(TakeOffIn)
@blueprint.output(StopListOut)
@changing
def remove(change: Change, json_data: TakeOffIn) -> StopListOut:
    """Take a number off the stop list.

    Who did it, when and why stays in its history; planned calls that it had ended go on in campaigns that are not over,
    unless another number still silences the person.
    """
    number = number_of(json_data.number, "number")
    told = {"source": json_data.source, "reason": json_data.reason}
    try:
        off = stop_list.take_off(change.conn, number, recorded_by=change.actor.who, now=change.now, **told)
    except NotListed:
        raise Problem(409, said("not_listed", number=number)) from None
    change.note("stop_list.remove", number, {**told, "returned": off.returned.back})
    return _told(off.look)


@blueprint.post("/check")
@allowed(Scope.STOP_LIST_READ)
@blueprint.input(OneNumber)
@blueprint.output(StopListOut)
def check(json_data: OneNumber) -> StopListOut:
    """Say whether a number is called, with its history.  POST, for numbers do not stand in addresses."""
    with running().engine.connect() as conn:
        return _told(stop_list.look(conn, number_of(json_data.number, "number")))


def _told(look: Look) -> StopListOut:
    history = [
        StopEventOut(
            at=one.at,
            kind=one.kind,
            source=one.source,
            reason=one.reason,
            recorded_by=one.recorded_by,
            call_uuid=str(one.call_uuid) if one.call_uuid else None,
        )
        for one in look.history
    ]
    return StopListOut(
        number=look.number, silent=look.silent, since=look.since, others=list(look.others), history=history
    )
