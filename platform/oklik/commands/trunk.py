# ruff: noqa: PLR0917  a command's options are its parameters; typer calls it by name
"""`oklik trunk`: the lines to the outside, and which campaigns use them."""

import getpass
import json
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from oklik.commands.common import messages_language, plain_errors
from oklik.usage import SpeakingCommand, SpeakingGroup

trunk_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)

Name = Annotated[str, typer.Argument()]
Channels = Annotated[int, typer.Option(min=1, max=5000)]
Cps = Annotated[float, typer.Option(min=0.01, max=500)]
Reserved = Annotated[int | None, typer.Option(min=0, max=5000)]
Weight = Annotated[float | None, typer.Option(min=0.01, max=100)]
Minutes = Annotated[int | None, typer.Option(min=0)]
Texts = Annotated[list[str] | None, typer.Option()]
Text = Annotated[str | None, typer.Option()]


@trunk_app.command("add", cls=SpeakingCommand)
def trunk_add(
    name: Name,
    dial_string: Annotated[str, typer.Option()],
    channels: Channels,
    cps: Cps,
    reserved: Reserved = None,
    caller_id: Texts = None,
    route: Texts = None,
    weight: Weight = None,
    minutes_day: Minutes = None,
    money_day: Text = None,
    language: Text = None,
) -> None:
    """Make a trunk that campaigns may use."""
    with plain_errors(language):
        from oklik.campaigns.trunks import Change, add_trunk

        change = Change(
            dial_string=dial_string,
            channels=channels,
            cps=cps,
            reserved_inbound=reserved,
            weight=weight,
            minutes_day=minutes_day,
            money_day=_money(money_day),
            caller_ids=caller_id or (),
            routes=route or (),
        )
        _done("trunk_added", language, lambda conn, now: add_trunk(conn, name, change, now), name=name)


@trunk_app.command("set", cls=SpeakingCommand)
def trunk_set(
    name: Name,
    dial_string: Text = None,
    channels: Annotated[int | None, typer.Option(min=1, max=5000)] = None,
    cps: Annotated[float | None, typer.Option(min=0.01, max=500)] = None,
    reserved: Reserved = None,
    caller_id: Texts = None,
    drop_caller_id: Texts = None,
    verify: Texts = None,
    by: Text = None,
    route: Texts = None,
    drop_route: Texts = None,
    weight: Weight = None,
    minutes_day: Minutes = None,
    money_day: Text = None,
    language: Text = None,
) -> None:
    """Change a trunk: limits, numbers to show, routes."""
    with plain_errors(language):
        from oklik.campaigns.trunks import Change, set_trunk

        change = Change(
            dial_string=dial_string,
            channels=channels,
            cps=cps,
            reserved_inbound=reserved,
            weight=weight,
            minutes_day=minutes_day,
            money_day=_money(money_day),
            caller_ids=caller_id or (),
            without_caller_ids=drop_caller_id or (),
            verify=verify or (),
            by=by or getpass.getuser(),
            routes=route or (),
            without_routes=drop_route or (),
        )
        _done("trunk_set", language, lambda conn, now: set_trunk(conn, name, change, now), name=name)


@trunk_app.command("remove", cls=SpeakingCommand)
def trunk_remove(name: Name, language: Text = None) -> None:
    """Take a trunk away that no campaign uses."""
    with plain_errors(language):
        from oklik.campaigns.trunks import remove_trunk

        _done("trunk_removed", language, lambda conn, _now: remove_trunk(conn, name), name=name)


@trunk_app.command("list", cls=SpeakingCommand)
def trunk_list(language: Text = None, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show all trunks: limits, numbers, routes, how they do."""
    with plain_errors(language):
        from oklik.campaigns.trunks import all_trunks
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.wiring import open_database

        said = messages_language(language)
        with open_database(load_settings()) as database, database.engine.connect() as conn:
            found = all_trunks(conn)
        for one in found:
            if as_json:
                typer.echo(json.dumps(one.to_json(), ensure_ascii=False))
                continue
            state = say(f"trunk_{one.state}", said)
            limits = {"channels": one.channels, "reserved": one.reserved_inbound, "cps": f"{one.cps:g}"}
            typer.echo(say("trunk_line", said, name=one.name, dial=one.dial_string, state=state, **limits))
            for number, who in one.caller_ids.items():
                typer.echo(
                    say("trunk_number" if who is None else "trunk_verified", said, number=number, who=who or "—")
                )
            if one.routes:
                typer.echo(say("trunk_routes", said, routes=", ".join(one.routes)))
        if not found and not as_json:
            typer.echo(say("trunks_none", said))


@trunk_app.command("use", cls=SpeakingCommand)
def trunk_use(
    campaign: Annotated[str, typer.Argument()],
    trunks: Annotated[list[str] | None, typer.Argument()] = None,
    every: Annotated[bool, typer.Option("--all")] = False,
    weight: Weight = None,
    minutes_day: Minutes = None,
    money_day: Text = None,
    language: Text = None,
) -> None:
    """Say over which trunks a campaign calls, and how much of them is its."""
    with plain_errors(language):
        from oklik.campaigns.listing import find_campaign
        from oklik.campaigns.trunks import assign

        money = _money(money_day)

        def use(conn: Any, _now: Any) -> None:
            assign(
                conn,
                find_campaign(conn, campaign),
                trunks or (),
                every=every,
                weight=weight,
                minutes_day=minutes_day,
                money_day=money,
            )

        _done("trunk_used", language, use, name=campaign)


def _done(key: str, language: str | None, what: Any, **told: object) -> None:
    """Do it in one transaction and say so.  Raises BadInput."""
    from oklik.campaigns.trunks import TrunkRefused
    from oklik.clock import SystemClock
    from oklik.config import load_settings
    from oklik.failures import BadInput
    from oklik.messages import say
    from oklik.wiring import open_database

    said = messages_language(language)
    try:
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            what(conn, SystemClock().now())
    except TrunkRefused as error:
        raise BadInput.worded(error.text) from None
    typer.echo(say(key, said, **told))


def _money(text: str | None) -> Decimal | None:
    from oklik.failures import BadInput

    if text is None:
        return None
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise BadInput("money_day", given=text)
    return amount
