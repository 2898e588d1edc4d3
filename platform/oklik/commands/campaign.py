"""`oklik campaign`: what there is, and what can be asked of one campaign."""

import json
from typing import Annotated

import typer

from oklik.commands.common import messages_language, plain_errors
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
