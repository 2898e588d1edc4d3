"""`oklik campaign plan`: the calendar of one contact."""

import json
from typing import Annotated

import typer

from oklik.commands.campaign import campaign_app
from oklik.commands.common import messages_language, plain_errors
from oklik.usage import SpeakingCommand


@campaign_app.command("plan", cls=SpeakingCommand)
def campaign_plan(
    campaign: Annotated[str, typer.Argument()],
    contact: Annotated[str, typer.Argument()],
    as_json: Annotated[bool, typer.Option("--json")] = False,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Show a contact's calendar: what was tried, what comes next and why then, up to the last call."""
    with plain_errors(language):
        from oklik.campaigns.listing import find_campaign
        from oklik.campaigns.named_contact import NoSuchContact
        from oklik.campaigns.planned import plan_of, to_json
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.dialing.destinations import parse_destinations
        from oklik.failures import BadInput
        from oklik.plan_view import lines
        from oklik.reports.dialers import campaign_time
        from oklik.wiring import open_database

        said, settings = messages_language(language), load_settings()
        opened = parse_destinations(settings.destinations)
        with open_database(settings) as database, database.engine.connect() as conn:
            number = find_campaign(conn, campaign)
            now = campaign_time(conn, number, SystemClock().now())
            try:
                planned = plan_of(conn, number, contact, now, destinations=opened)
            except NoSuchContact as error:
                raise BadInput.worded(error.text) from None
        if as_json:
            typer.echo(json.dumps(to_json(planned), ensure_ascii=False))
            return
        for line in lines(planned, said):
            typer.echo(line)
