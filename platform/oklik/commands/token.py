"""`oklik token`: who may use the API."""

from typing import TYPE_CHECKING, Annotated

import typer

from oklik.commands.common import actor, messages_language, plain_errors, tell_list
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    from oklik.config import Settings

token_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)


@token_app.command("create", cls=SpeakingCommand)
def create(
    name: Annotated[str, typer.Argument()],
    scope: Annotated[list[str], typer.Option()],
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Make a token and show it, this once."""
    with plain_errors(language):
        from oklik.campaigns import tokens
        from oklik.campaigns.audit import note
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.wiring import open_database

        said, now, who = messages_language(language), SystemClock().now(), actor()
        scopes = [part.strip() for given in scope for part in given.split(",") if part.strip()]
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            token = tokens.create(conn, name, scopes, now)
            note(conn, who, "tokens.create", name, {"scopes": scopes}, now)
        typer.echo(say("token_made", said, name=name), err=True)
        typer.echo(token)


@token_app.command("list", cls=SpeakingCommand)
def show(
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show the tokens, without their secrets: name, what each may do, when it was last used, whether it was revoked."""
    with plain_errors(language):
        import msgspec

        from oklik.campaigns import tokens
        from oklik.dialing.zones import tzinfo
        from oklik.messages import say

        def line(one: tokens.Token, said: str, settings: "Settings") -> str:
            zone = tzinfo(settings.zone)
            used = one.last_used_at.astimezone(zone).strftime("%d.%m.%Y %H:%M") if one.last_used_at else "—"
            key = "token_line" if one.revoked_at is None else "token_revoked_line"
            return say(key, said, name=one.name, scopes=", ".join(one.scopes), used=used)

        tell_list(language, tokens.all_tokens, line, msgspec.to_builtins, "tokens_none", as_json=as_json)


@token_app.command("revoke", cls=SpeakingCommand)
def revoke(
    name: Annotated[str, typer.Argument()],
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Take a token back: it is refused from the next request on."""
    with plain_errors(language):
        from oklik.campaigns import tokens
        from oklik.campaigns.audit import note
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.wiring import open_database

        said, now, who = messages_language(language), SystemClock().now(), actor()
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            tokens.revoke(conn, name, now)
            note(conn, who, "tokens.revoke", name, {}, now)
        typer.echo(say("token_revoked", said, name=name))
