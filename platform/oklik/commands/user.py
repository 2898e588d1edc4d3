"""`oklik user`: who signs in to the pages, from the machine itself."""

from typing import TYPE_CHECKING, Annotated

import typer

from oklik.commands.common import actor, messages_language, plain_errors, tell_list
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    from oklik.config import Settings

user_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)


@user_app.command("code", cls=SpeakingCommand)
def code(language: Annotated[str | None, typer.Option()] = None) -> None:
    """Show a new one-time code for the page that makes the first admin."""
    with plain_errors(language):
        from oklik.campaigns.one_time_codes import make_first_admin_code
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.wiring import open_database

        said = messages_language(language)
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            made = make_first_admin_code(conn, SystemClock().now())
        if made is None:
            raise BadInput("users_there")
        typer.echo(say("first_admin_code", said), err=True)
        typer.echo(made)


@user_app.command("list", cls=SpeakingCommand)
def show(
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show the accounts."""
    with plain_errors(language):
        import msgspec

        from oklik.campaigns.users import User, all_users
        from oklik.messages import say

        def line(one: User, said: str, _settings: "Settings") -> str:
            key = "user_disabled_line" if one.disabled_at else "user_line"
            return say(key, said, login=one.login, name=one.name, role=one.role)

        tell_list(language, all_users, line, msgspec.to_builtins, "users_none", as_json=as_json)


@user_app.command("link", cls=SpeakingCommand)
def link(
    login: Annotated[str, typer.Argument()],
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Give a link by which that user chooses a new password: for an admin who has lost theirs."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.one_time_codes import make_link_code
        from oklik.campaigns.users import find_user
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.wiring import open_database

        said, now, who = messages_language(language), SystemClock().now(), actor()
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            user = find_user(conn, login)
            made = make_link_code(conn, user.id, now)
            note(conn, who, "users.link", user.login, {}, now)
        typer.echo(say("user_link", said, name=user.name), err=True)
        typer.echo(f"/password/{made}")
