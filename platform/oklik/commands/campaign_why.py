"""`oklik campaign why`, `pause`, `resume`, `stop`: what a campaign is doing, and what is asked of it."""

import json
import time
from contextlib import nullcontext, suppress
from typing import Annotated

import typer

from oklik.commands.campaign import campaign_app
from oklik.commands.common import FAILED, messages_language, plain_errors
from oklik.usage import SpeakingCommand

WATCH_S = 2.0
Campaign = Annotated[str, typer.Argument()]
Language = Annotated[str | None, typer.Option()]
Json = Annotated[bool, typer.Option("--json")]


@campaign_app.command("why", cls=SpeakingCommand)
def campaign_why(
    campaign: Campaign,
    as_json: Json = False,
    watch: Annotated[bool, typer.Option("--watch")] = False,
    language: Language = None,
) -> None:
    """Say why it is not dialing: where every row of the list stands, what it waits for, and what can be done."""
    with plain_errors(language):
        from rich.console import Console
        from rich.live import Live

        from oklik.campaigns.listing import find_campaign
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.reports.why import Ledger, why
        from oklik.why_view import view
        from oklik.wiring import open_database

        said = messages_language(language)
        with open_database(load_settings()) as database:
            engine = database.engine.execution_options(isolation_level="REPEATABLE READ")
            with engine.connect() as conn:
                number = find_campaign(conn, campaign)

            def look() -> Ledger:
                with engine.connect() as conn:
                    return why(conn, number, SystemClock().now())

            with suppress(KeyboardInterrupt) if watch else nullcontext():
                if as_json:
                    typer.echo(json.dumps(look().to_json(said), ensure_ascii=False))
                    while watch:
                        time.sleep(WATCH_S)
                        typer.echo(json.dumps(look().to_json(said), ensure_ascii=False))
                elif watch:
                    with Live(view(look(), said), console=Console(), auto_refresh=False) as live:
                        while True:
                            time.sleep(WATCH_S)
                            live.update(view(look(), said), refresh=True)
                else:
                    Console().print(view(look(), said))


@campaign_app.command("pause", cls=SpeakingCommand)
def campaign_pause(campaign: Campaign, as_json: Json = False, language: Language = None) -> None:
    """Pause a campaign: nobody new is called, live calls go on."""
    _order("pause", campaign, as_json=as_json, language=language)


@campaign_app.command("resume", cls=SpeakingCommand)
def campaign_resume(campaign: Campaign, as_json: Json = False, language: Language = None) -> None:
    """Let a paused campaign go on."""
    _order("resume", campaign, as_json=as_json, language=language)


@campaign_app.command("stop", cls=SpeakingCommand)
def campaign_stop(campaign: Campaign, as_json: Json = False, language: Language = None) -> None:
    """Stop a campaign for good: who was not called will not be."""
    _order("stop", campaign, as_json=as_json, language=language)


def _order(what: str, campaign: str, *, as_json: bool, language: str | None) -> None:
    with plain_errors(language):
        from oklik.campaigns.commands import CommandKind
        from oklik.campaigns.listing import find_campaign
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import Failure
        from oklik.messages import both, say
        from oklik.ordering import ask
        from oklik.wiring import open_database

        said = messages_language(language)
        with open_database(load_settings()) as database:
            with database.engine.connect() as conn:
                number = find_campaign(conn, campaign)
            ordered = ask(database.engine, number, CommandKind(what), wall=SystemClock().now)
        if as_json:
            told = {"campaign": number, "command": what, "result": ordered.result, "by": str(ordered.by)}
            typer.echo(json.dumps(told | {"seconds": round(ordered.seconds, 1)}))
            if ordered.result != "done":
                raise typer.Exit(FAILED)
            return
        if ordered.result == "done":
            typer.echo(say(f"order_{what}_{ordered.by}", said, campaign=number, seconds=ordered.seconds))
        elif ordered.result == "expired":
            raise Failure("order_expired", campaign=number, seconds=ordered.seconds)
        else:
            state = both(f"state_{ordered.result.rpartition(' ')[2]}")
            raise Failure("order_refused", campaign=number, state=state)
