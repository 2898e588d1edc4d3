"""Calls that people order: one out of turn, an agent first, a test on a phone of our own.

The order is a row; a dialer serves it and asks the gate as for any call.  Which phones are for tests is
said by whoever may confirm them (phones.py).
"""

from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import call_orders
from oklik.campaigns.call_orders import OrderRefused, OrderSeen
from oklik.campaigns.tokens import Scope
from oklik.dialing.orders import OrderKind
from oklik.reports.dialers import campaign_time
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Id, Moment, Number, Words, number_of
from oklik_web.whom import check_campaign
from oklik_web.words import language, said

blueprint = APIBlueprint("calls", __name__, url_prefix="/calls")


class OrderIn(Body):
    """A call.  contact: a number, the customer's key or a contract; of a test, whose data are spoken (the first one's).

    number: of a test, the phone that rings.  agent: of an agent-first call, the agent's phone or a group of one agent.
    """

    kind: OrderKind
    campaign: Id
    contact: Words | None = None
    number: Number | None = None
    agent: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class OrderOut(BaseModel):
    """How an order stands.  state: asked, denied, claimed, done, expired, cancelled, failed.

    rule, sentence, next_at: the gate's answer, or what it waits for.  leg: how far the call is; agent: the leg to the
    agent.
    """

    id: int
    kind: OrderKind
    campaign_id: int
    by: str
    at: Moment
    state: str
    over: bool
    rule: str | None
    sentence: str | None
    next_at: Moment | None
    number: str
    leg: str | None
    disposition: str | None
    talk_s: float | None
    fault: str | None
    agent: str | None
    agent_cause: str | None


_WANTS = {OrderKind.TEST: ("number",), OrderKind.AGENT_FIRST: ("contact", "agent"), OrderKind.MANUAL: ("contact",)}


@blueprint.post("")
@allowed(Scope.CALLS_WRITE)
@blueprint.input(OrderIn)
@blueprint.output(OrderOut)
@changing
def order(change: Change, json_data: OrderIn) -> OrderOut:
    """Order a call.  A dialer asks the gate within a moment; what nobody serves in a minute is not made later."""
    wanted = json_data
    for name in _WANTS[wanted.kind]:
        if not getattr(wanted, name):
            raise Problem(422, said("order_wants", kind=wanted.kind, name=name), field=name)
    check_campaign(change.conn, wanted.campaign, field="campaign")
    number = number_of(wanted.number, "number") if wanted.number else ""
    who = change.actor.who
    try:
        meant = call_orders.meant(
            change.conn, wanted.kind, wanted.campaign, who, wanted.contact, number, wanted.agent or ""
        )
    except OrderRefused as error:
        raise Problem(422, error.text, field=error.field) from None
    found = call_orders.order(change.conn, meant, campaign_time(change.conn, wanted.campaign, change.now))
    told = {"kind": str(wanted.kind), "campaign": wanted.campaign, "target": meant.target_id, "number": number}
    change.note("calls.order", str(found), told)
    return _told(_seen(call_orders.look(change.conn, found), found))


@blueprint.get("/<int:order_id>")
@allowed(Scope.CALLS_READ)
@blueprint.output(OrderOut)
def state(order_id: int) -> OrderOut:
    """Say how an ordered call stands."""
    with running().engine.connect() as conn:
        return _told(_seen(call_orders.look(conn, order_id), order_id))


@blueprint.post("/<int:order_id>/cancel")
@allowed(Scope.CALLS_WRITE)
@blueprint.output(OrderOut)
@changing
def cancel(change: Change, order_id: int) -> OrderOut:
    """Take back an order that nobody has served yet."""
    _seen(call_orders.look(change.conn, order_id), order_id)
    if not call_orders.cancel(change.conn, order_id):
        raise Problem(409, said("order_too_late", id=order_id))
    change.note("calls.cancel", str(order_id), {})
    return _told(_seen(call_orders.look(change.conn, order_id), order_id))


def _seen(found: OrderSeen | None, order_id: int) -> OrderSeen:
    if found is None:
        raise Problem(404, said("no_order", id=order_id))
    return found


def _told(seen: OrderSeen) -> OrderOut:
    more = {"over": seen.over, "sentence": seen.sentence(language())}
    return OrderOut(**{name: getattr(seen, name) for name in OrderOut.model_fields if name not in more}, **more)
