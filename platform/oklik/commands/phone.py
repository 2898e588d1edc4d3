"""`oklik phone`: phones of our own people, on which campaigns may be tested."""

from typing import TYPE_CHECKING, Annotated

import typer

from oklik.commands.common import actor, messages_language, plain_errors, tell_list
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    from oklik.config import Settings

phone_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)


@phone_app.command("add", cls=SpeakingCommand)
def add(
    number: Annotated[str, typer.Argument()],
    name: Annotated[str, typer.Option()],
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Allow test calls to a number."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.numbers import one_number
        from oklik.campaigns.tester_phones import NamedPhone, add_phone
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.dialing.destinations import parse_destinations
        from oklik.dialing.sentences import sentence
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.wiring import open_database

        settings, said, now, who = load_settings(), messages_language(language), SystemClock().now(), actor()
        found = one_number(number)
        if refused := parse_destinations(settings.destinations).refuses(found):
            why = {spoken: sentence(*refused, spoken) for spoken in ("ru", "en")}
            raise BadInput("phone_refused", number=found, why=why)
        if not name.strip():
            raise BadInput("phone_name")
        with open_database(settings) as database, database.engine.begin() as conn:
            add_phone(conn, NamedPhone(found, name.strip(), who.who, now, who.who, now))
            note(conn, who, "phone.add", found, {"name": name.strip()}, now)
        typer.echo(say("phone_added", said, number=found, name=name.strip()))


@phone_app.command("remove", cls=SpeakingCommand)
def remove(
    number: Annotated[str, typer.Argument()],
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Allow test calls to a number no more."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.numbers import one_number
        from oklik.campaigns.tester_phones import NoSuchPhone, remove_phone
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.wiring import open_database

        said, now, who, found = messages_language(language), SystemClock().now(), actor(), one_number(number)
        try:
            with open_database(load_settings()) as database, database.engine.begin() as conn:
                remove_phone(conn, found)
                note(conn, who, "phone.remove", found, {}, now)
        except NoSuchPhone:
            raise BadInput("no_such_phone", number=found) from None
        typer.echo(say("phone_removed", said, number=found))


@phone_app.command("list", cls=SpeakingCommand)
def show(
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show the phones for test calls."""
    with plain_errors(language):
        import msgspec

        from oklik.campaigns.tester_phones import NamedPhone, all_phones
        from oklik.messages import say

        def line(one: NamedPhone, said: str, _settings: "Settings") -> str:
            return say("phone_line", said, number=one.number, name=one.name)

        tell_list(language, all_phones, line, msgspec.to_builtins, "phones_none", as_json=as_json)
