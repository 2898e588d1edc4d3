"""`oklik campaign`: what there is, and what can be asked of one campaign."""

import json
from pathlib import Path
from typing import Annotated

import typer

from oklik.commands.common import UNREAD, messages_language, plain_errors
from oklik.usage import SpeakingCommand, SpeakingGroup

campaign_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)


@campaign_app.command("list", cls=SpeakingCommand)
def campaign_list(
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show all campaigns: number, project, name, state, and how many of its contacts are done."""
    with plain_errors(language):
        from oklik.campaigns.listing import all_campaigns
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.wiring import open_database

        said = messages_language(language)
        with open_database(load_settings()) as database, database.engine.connect() as conn:
            found = all_campaigns(conn)
        for one in found:
            if as_json:
                typer.echo(json.dumps(one.to_json(), ensure_ascii=False))
            else:
                state = say(f"state_{one.state}", said)
                told = say("campaign_line", said, id=one.id, project=one.project, name=one.name, state=state)
                typer.echo(f"{told}: {one.done}/{one.targets}")
        if not found and not as_json:
            typer.echo(say("campaigns_none", said))


@campaign_app.command("recordings", cls=SpeakingCommand)
def campaign_recordings(  # noqa: PLR0917  typer calls it by name
    campaign: Annotated[str, typer.Argument()],
    to: Annotated[Path, typer.Option(**UNREAD)],
    since: Annotated[str | None, typer.Option("--from")] = None,
    until: Annotated[str | None, typer.Option("--until")] = None,
    name: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Download the recorded calls of a campaign into a folder or a ZIP file."""
    with plain_errors(language):
        from oklik.config import load_settings
        from oklik.display import open_display
        from oklik.recordings_download import Wanted, download
        from oklik.wiring import open_database

        said = messages_language(language)
        settings = load_settings()
        wanted = Wanted.read(campaign, to, since, until, name, zone=settings.zone)
        with open_database(settings) as database, open_display() as display:
            download(database.engine, settings.voice_answers, wanted, display, said)
