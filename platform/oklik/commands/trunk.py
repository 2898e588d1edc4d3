# ruff: noqa: PLR0917  a command's options are its parameters; typer calls it by name
"""`oklik trunk`: the lines to the outside, and which campaigns use them."""

import getpass
import inspect
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oklik.commands.common import messages_language, plain_errors, tell_all
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    from oklik.campaigns.trunks import Change, Listed

trunk_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)

Name = Annotated[str, typer.Argument()]
Weight = Annotated[float | None, typer.Option(min=0.01, max=100)]
Minutes = Annotated[int | None, typer.Option(min=0)]
Texts = Annotated[list[str] | None, typer.Option()]
Text = Annotated[str | None, typer.Option()]

# What can be said of a trunk: option -> how it is read, and the field of trunks.Change that it fills.
_OPTIONS: dict[str, tuple[Any, str]] = {
    "dial_string": (Text, "dial_string"),
    "channels": (Annotated[int | None, typer.Option(min=1, max=5000)], "channels"),
    "cps": (Annotated[float | None, typer.Option(min=0.01, max=500)], "cps"),
    "reserved": (Annotated[int | None, typer.Option(min=0, max=5000)], "reserved_inbound"),
    "caller_id": (Texts, "caller_ids"),
    "verify": (Texts, "verify"),
    "by": (Text, "by"),
    "route": (Texts, "routes"),
    "attempt_price": (Text, "attempt_price"),
    "minute_price": (Text, "minute_price"),
    "extension": (Texts, "extensions"),
    "weight": (Weight, "weight"),
    "minutes_day": (Minutes, "minutes_day"),
    "money_day": (Text, "money_day"),
}
# What can be taken away again from a trunk that is there.
_DROPS: dict[str, tuple[Any, str]] = {
    "drop_caller_id": (Texts, "without_caller_ids"),
    "drop_route": (Texts, "without_routes"),
    "drop_extension": (Texts, "without_extensions"),
}
_MONEY = frozenset({"money_day", "attempt_price", "minute_price"})

Command = Callable[[str, "Change", str | None], None]


def _described(
    *more: dict[str, tuple[Any, str]], needed: Sequence[str] = ()
) -> Callable[[Command], Callable[..., None]]:
    """Make a command of (name, change, language) that takes these options; those that are needed must be given."""
    options = {name: kept for part in (_OPTIONS, *more) for name, kept in part.items()}

    def make(work: Command) -> Callable[..., None]:
        def command(name: str, language: str | None, **given: Any) -> None:
            with plain_errors(language):
                from oklik.campaigns.trunks import Change

                said = {options[one][1]: _read(one, value) for one, value in given.items() if value is not None}
                said.setdefault("by", getpass.getuser())
                work(name, Change(**said), language)

        named = inspect.Parameter.KEYWORD_ONLY
        parameters = [inspect.Parameter("name", named, annotation=Name)]
        for one, (kind, _) in options.items():
            default = inspect.Parameter.empty if one in needed else None
            parameters.append(inspect.Parameter(one, named, annotation=kind, default=default))
        parameters.append(inspect.Parameter("language", named, annotation=Text, default=None))
        # typer reads a command's options off its signature
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in parameters}
        command.__doc__ = work.__doc__
        return command

    return make


def _read(option: str, value: Any) -> Any:
    return _money(option, value) if option in _MONEY else value


@trunk_app.command("add", cls=SpeakingCommand)
@_described(needed=("dial_string", "channels", "cps"))
def trunk_add(name: str, change: "Change", language: str | None) -> None:
    """Make a trunk that campaigns may use."""
    from oklik.campaigns.trunks import add_trunk

    _done("trunk_added", language, lambda conn, now: add_trunk(conn, name, change, now), name=name)


@trunk_app.command("set", cls=SpeakingCommand)
@_described(_DROPS)
def trunk_set(name: str, change: "Change", language: str | None) -> None:
    """Change a trunk: limits, numbers to show, routes, prices."""
    from oklik.campaigns.trunks import set_trunk

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

        said, settings = messages_language(language), load_settings()
        with open_database(settings) as database, database.engine.connect() as conn:
            found = all_trunks(conn)
        tell_all(
            found,
            lambda one: "\n".join(_told(one, settings.currency, said)),
            lambda one: one.to_json() | {"currency": settings.currency},
            say("trunks_none", said),
            as_json=as_json,
        )


def _told(one: "Listed", currency: str, language: str) -> list[str]:
    """A trunk as lines of text."""
    from oklik.messages import say

    limits = {"channels": one.channels, "reserved": one.reserved_inbound, "cps": f"{one.cps:g}"}
    state = say(f"trunk_{one.state}", language)
    lines = [say("trunk_line", language, name=one.name, dial=one.dial_string, state=state, **limits)]
    for number, who in one.caller_ids.items():
        key = "trunk_number" if who is None else "trunk_verified"
        lines.append(say(key, language, number=number, who=who or "—"))
    if one.routes:
        lines.append(say("trunk_routes", language, routes=", ".join(one.routes), currency=currency))
    if one.attempt_price is not None or one.minute_price is not None:
        prices = {"attempt": one.attempt_price or "0", "minute": one.minute_price or "0"}
        lines.append(say("trunk_prices", language, **prices, currency=currency))
    if one.minutes_day is not None:
        lines.append(say("trunk_minutes_day", language, minutes=one.minutes_day))
    if one.money_day is not None:
        lines.append(say("trunk_money_day", language, money=one.money_day, currency=currency))
    if one.extensions:
        lines.append(say("trunk_extensions", language, extensions=", ".join(one.extensions)))
    return lines


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

        money = None if money_day is None else _money("money_day", money_day)

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
    from oklik.failures import BadInput, with_command
    from oklik.messages import say
    from oklik.wiring import open_database

    said = messages_language(language)
    try:
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            what(conn, SystemClock().now())
    except TrunkRefused as error:
        raise BadInput.worded(with_command(error.text, error.command)) from None
    typer.echo(say(key, said, **told))


def _money(option: str, text: str) -> Decimal:
    from oklik.failures import BadInput

    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise BadInput("trunk_money", option=option.replace("_", "-"), given=text)
    return amount
