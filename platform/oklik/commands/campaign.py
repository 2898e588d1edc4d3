"""`oklik campaign`: what there is, and what can be asked of one campaign."""

import datetime as dt
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oklik.commands.common import UNREAD, messages_language, plain_errors, tell_list
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    from oklik.config import Settings

campaign_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)


@campaign_app.command("list", cls=SpeakingCommand)
def campaign_list(
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show all campaigns: number, project, name, state, and how many of its contacts are done."""
    with plain_errors(language):
        from oklik.campaigns.listing import Listed, all_campaigns
        from oklik.messages import say

        def line(one: Listed, said: str, _settings: "Settings") -> str:
            state = say(f"state_{one.state}", said)
            told = say("campaign_line", said, id=one.id, project=one.project, name=one.name, state=state)
            return f"{told}: {one.done}/{one.targets}"

        tell_list(language, all_campaigns, line, Listed.to_json, "campaigns_none", as_json=as_json)


@campaign_app.command("machines", cls=SpeakingCommand)
def campaign_machines(
    campaign: Annotated[str, typer.Argument()],
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show who was at the phone, by the signs that were counted, and the detector's measured error."""
    with plain_errors(language):
        from oklik.campaigns.listing import find_campaign
        from oklik.commands.machines import lines
        from oklik.config import load_settings
        from oklik.reports.machines import machine_report
        from oklik.wiring import open_database

        said = messages_language(language)
        with open_database(load_settings()) as database, database.engine.connect() as conn:
            report = machine_report(conn, find_campaign(conn, campaign))
        if as_json:
            typer.echo(json.dumps(report.to_json(), ensure_ascii=False))
            return
        for line in lines(report, said):
            typer.echo(line)


@campaign_app.command("preflight", cls=SpeakingCommand)
def campaign_preflight(  # noqa: PLR0917  a command's options are its parameters
    campaign: Annotated[str, typer.Argument()],
    at: Annotated[str | None, typer.Option()] = None,
    days: Annotated[int, typer.Option(min=1, max=31)] = 7,
    attempt_price: Annotated[str | None, typer.Option()] = None,
    minute_price: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check a campaign before its launch."""
    with plain_errors(language):
        from rich.console import Console

        from oklik.campaigns.listing import find_campaign
        from oklik.campaigns.preflight_requests import check_campaign
        from oklik.campaigns.preflight_result import Prices
        from oklik.clock import SystemClock
        from oklik.commands.preflight_view import show
        from oklik.config import load_settings
        from oklik.dialing.destinations import parse_destinations
        from oklik.display import open_display
        from oklik.failures import Failure
        from oklik.jobs.preflight_parts import PartFailed, in_processes
        from oklik.messages import say
        from oklik.wiring import open_database

        settings, said = load_settings(), messages_language(language)
        prices = Prices(_price("--attempt-price", attempt_price), _price("--minute-price", minute_price))
        now = SystemClock().now() if at is None else _moment(at, settings.zone)
        with open_database(settings) as database, open_display() as display:
            with database.engine.connect() as conn:
                campaign_id = find_campaign(conn, campaign)
            step = display.step(say("pf_working", said), 100)
            try:
                found = check_campaign(
                    database.engine,
                    campaign_id,
                    now,
                    days=days,
                    destinations=parse_destinations(settings.destinations),
                    prices=prices,
                    currency=settings.currency,
                    progress=lambda share: step.at(round(share * 100), 100),
                    through=in_processes(),
                )
            except PartFailed as error:
                raise Failure.worded(error.text) from None
            step.end()
        if as_json:
            typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
        else:
            show(found, Console(), said)


def _price(name: str, given: str | None) -> Decimal | None:
    from oklik.failures import BadInput

    try:
        price = None if given is None else Decimal(given.replace(",", "."))
    except InvalidOperation:
        raise BadInput("pf_price", name=name, given=given) from None
    if price is not None and not (price.is_finite() and price >= 0):
        raise BadInput("pf_price", name=name, given=given)
    return price


def _moment(given: str, zone: str) -> dt.datetime:
    """A moment as written; by the office's clock where no offset is given."""
    from oklik.dialing.zones import tzinfo
    from oklik.failures import BadInput

    try:
        moment = dt.datetime.fromisoformat(given)
        return (moment if moment.tzinfo else moment.replace(tzinfo=tzinfo(zone))).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise BadInput("pf_moment", given=given) from None


@campaign_app.command("recordings", cls=SpeakingCommand)
def campaign_recordings(  # noqa: PLR0917  typer calls it by name
    campaign: Annotated[str, typer.Argument()],
    to: Annotated[Path | None, typer.Option(**UNREAD)] = None,
    since: Annotated[str | None, typer.Option("--from")] = None,
    until: Annotated[str | None, typer.Option("--until")] = None,
    name: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Download the recorded calls of a campaign into a folder or a ZIP file, or say how they are named."""
    with plain_errors(language):
        from oklik.config import load_settings
        from oklik.display import open_display
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.recording_names import checked_name
        from oklik.recordings_download import Wanted, download, keep_name
        from oklik.wiring import open_database

        said = messages_language(language)
        settings = load_settings()
        if to is None:
            if name is None:
                raise BadInput("recordings_what")
            checked_name(name, "--name")
            with open_database(settings) as database:
                keep_name(database.engine, campaign, name)
            typer.echo(say("name_kept", said, name=name))
            return
        wanted = Wanted.read(campaign, to, since, until, name, zone=settings.zone)
        with open_database(settings) as database, open_display() as display:
            download(database.engine, settings.voice_answers, wanted, display, said)
