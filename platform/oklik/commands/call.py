# ruff: noqa: PLR0917  a command's options are its parameters; typer calls it by name
"""`oklik call`: one call that a person orders.  The order is a row; a dialer serves it, and here its progress is shown.

Exit codes: 0 the call was made (or is ordered, with --no-wait), 1 it was not, 2 the input is wrong.
"""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oklik.commands.common import DONE, FAILED, actor, messages_language, plain_errors
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from oklik.campaigns.call_orders import OrderSeen
    from oklik.dialing.orders import OrderKind

call_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)

Campaign = Annotated[str, typer.Option()]
Contact = Annotated[str, typer.Option()]
Wait = Annotated[bool, typer.Option("--wait/--no-wait")]
Order = Annotated[int, typer.Argument(min=1)]
Language = Annotated[str | None, typer.Option()]
AsJson = Annotated[bool, typer.Option("--json")]

LOOK_S = 0.2  # real seconds between looks at the order
NOBODY_S = 3.0  # real seconds after which a dialer that is not there is not waited for


@call_app.command("manual", cls=SpeakingCommand)
def manual(
    campaign: Campaign, contact: Contact, wait: Wait = True, language: Language = None, as_json: AsJson = False
) -> None:
    """Call a contact out of turn with the campaign's scenario."""
    with plain_errors(language):
        from oklik.dialing.orders import OrderKind

        _order(OrderKind.MANUAL, campaign, contact, wait=wait, language=language, as_json=as_json)


@call_app.command("test", cls=SpeakingCommand)
def test(
    campaign: Campaign,
    number: Annotated[str, typer.Option()],
    contact: Annotated[str | None, typer.Option()] = None,
    wait: Wait = True,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Ring a phone of yours with the campaign's scenario and a contact's data."""
    with plain_errors(language):
        from oklik.campaigns.numbers import one_number
        from oklik.dialing.orders import OrderKind

        found = one_number(number)
        _order(OrderKind.TEST, campaign, contact, number=found, wait=wait, language=language, as_json=as_json)


@call_app.command("agent-first", cls=SpeakingCommand)
def agent_first(
    campaign: Campaign,
    contact: Contact,
    agent: Annotated[str, typer.Option()],
    wait: Wait = True,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Ring an agent, then the contact, and connect the two."""
    with plain_errors(language):
        from oklik.dialing.orders import OrderKind

        _order(OrderKind.AGENT_FIRST, campaign, contact, agent=agent, wait=wait, language=language, as_json=as_json)


@call_app.command("status", cls=SpeakingCommand)
def status(order: Order, language: Language = None, as_json: AsJson = False) -> None:
    """Show how an ordered call stands."""
    with plain_errors(language):
        from oklik.config import load_settings
        from oklik.wiring import open_database

        said, settings = messages_language(language), load_settings()
        with open_database(settings) as database:
            seen = _seen(database.engine, order)
        typer.echo(json.dumps(seen.to_json(), ensure_ascii=False) if as_json else _line(seen, said, settings.zone))


@call_app.command("cancel", cls=SpeakingCommand)
def cancel(order: Order, language: Language = None) -> None:
    """Take back an order that nobody has served yet."""
    with plain_errors(language):
        from oklik.campaigns import call_orders
        from oklik.campaigns.audit import note
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import Failure
        from oklik.messages import say
        from oklik.wiring import open_database

        said, who = messages_language(language), actor()
        with open_database(load_settings()) as database:
            _seen(database.engine, order)
            with database.engine.begin() as conn:
                done = call_orders.cancel(conn, order)
                if done:
                    note(conn, who, "call.cancel", str(order), {}, SystemClock().now())
        if not done:
            raise Failure("order_too_late", id=order)
        typer.echo(say("order_cancelled", said, id=order))


def _order(
    kind: "OrderKind",
    campaign: str,
    contact: str | None,
    *,
    number: str = "",
    agent: str = "",
    wait: bool,
    language: str | None,
    as_json: bool,
) -> None:
    """Write the order, show its progress until it is over, and leave with the exit code.  Raises BadInput."""
    from oklik.campaigns import call_orders
    from oklik.campaigns.audit import note
    from oklik.campaigns.call_orders import OrderRefused
    from oklik.campaigns.listing import find_campaign
    from oklik.clock import SystemClock
    from oklik.config import load_settings
    from oklik.failures import BadInput
    from oklik.reports.dialers import campaign_time
    from oklik.wiring import open_database

    said, settings, who, wall = messages_language(language), load_settings(), actor(), SystemClock().now()
    with open_database(settings) as database:
        try:
            with database.engine.begin() as conn:
                campaign_id = find_campaign(conn, campaign)
                asked = call_orders.meant(conn, kind, campaign_id, who.who, contact, number, agent)
                order = call_orders.order(conn, asked, campaign_time(conn, campaign_id, wall))
                details = {"kind": str(asked.kind), "campaign": campaign_id, "target": asked.target_id}
                note(conn, who, "call.order", str(order), details, wall)
        except OrderRefused as error:
            raise BadInput.worded(error.text) from None
        seen = _seen(database.engine, order)
        if wait:
            show = (lambda _: None) if as_json else (lambda one: typer.echo(_line(one, said, settings.zone)))
            seen = _watched(database.engine, seen, show, said)
    if as_json:
        typer.echo(json.dumps(seen.to_json(), ensure_ascii=False))
    elif not wait:
        typer.echo(_line(seen, said, settings.zone))
    raise typer.Exit(DONE if seen.state == "done" or not wait else FAILED)


def _seen(engine: "Engine", order: int) -> "OrderSeen":
    from oklik.campaigns.call_orders import look
    from oklik.failures import BadInput

    with engine.connect() as conn:
        seen = look(conn, order)
    if seen is None:
        raise BadInput("no_such_order", id=order)
    return seen


def _watched(engine: "Engine", seen: "OrderSeen", show: Callable[[Any], None], said: str) -> "OrderSeen":
    """Show each change until the call is over; what nobody serves in its time is taken back."""
    from oklik.campaigns import call_orders
    from oklik.clock import SystemClock
    from oklik.messages import say
    from oklik.reports.dialers import dialers

    began, shown = time.monotonic(), None
    while True:
        state = (seen.state, seen.rule, seen.leg, seen.agent)
        if state != shown:
            show(seen)
            shown = state
        if seen.over:
            return seen
        waited = time.monotonic() - began
        if seen.state == "asked" and waited > NOBODY_S:
            with engine.connect() as conn:
                nobody = not any(one.alive for one in dialers(conn, seen.campaign_id, SystemClock().now()))
            if nobody or waited > call_orders.WITHIN_S:
                with engine.begin() as conn:
                    taken_back = call_orders.cancel(conn, seen.id, "expired")
                if nobody and taken_back:
                    typer.echo(say("order_no_dialer", said), err=True)
        time.sleep(LOOK_S)
        seen = _seen(engine, seen.id)


_LEGS = {"intent": "order_dials", "sent": "order_dials", "ringing": "order_rings", "answered": "order_talks"}


def _line(seen: "OrderSeen", said: str, zone: str) -> str:
    """One line on how it stands."""
    from oklik.dialing.zones import tzinfo
    from oklik.messages import say
    from oklik.reports.words import disposition_names

    told: dict[str, object] = {"id": seen.id, "number": seen.number, "why": seen.sentence(said) or "—"}
    match seen.state:
        case "asked":
            key = "order_waits" if seen.rule else "order_asked"
        case "denied" if seen.next_at is not None:
            key, told["at"] = "order_denied_until", seen.next_at.astimezone(tzinfo(zone)).strftime("%d.%m.%Y %H:%M")
        case "failed":
            no_agent = seen.agent is not None and seen.leg == "not_sent"
            key = "order_no_agent" if no_agent else "order_failed"
            told["why"] = _no_agent(seen.agent_cause, said) if no_agent else seen.fault or "—"
        case "expired":
            key = "order_call_expired"
        case "done":
            key = "order_done_test" if seen.disposition is None else "order_done"
            told["talk"] = round(seen.talk_s or 0)
            if seen.disposition is not None:
                told["outcome"] = disposition_names(said)[seen.disposition].lower()
        case "claimed":
            key = _LEGS.get(seen.leg or "intent", "order_talks")
            if seen.leg == "intent" and seen.agent is not None:
                key = "order_agent_there" if seen.agent == "answered" else "order_agent_rings"
        case state:
            key = f"order_{state}"
    return say(key, said, **told)


def _no_agent(cause: str | None, said: str) -> str:
    """Why the agent's phone was not taken, as of any leg that nobody answers."""
    from oklik.dialing.causes import unanswered
    from oklik.reports.words import disposition_names

    return disposition_names(said)[unanswered(cause or "")].lower()
