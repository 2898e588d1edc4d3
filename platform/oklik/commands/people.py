# ruff: noqa: PLR0917  a command's options are its parameters; typer calls it by name
"""`oklik people`: contacts made elsewhere, who has paid, promises, the journal of a person."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oklik.commands.common import DONE, FAILED, UNREAD, actor, messages_language, plain_errors
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from oklik.campaigns.persons import People

people_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)
contacts_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)
people_app.add_typer(contacts_app, name="contacts")

Project = Annotated[str | None, typer.Option()]
Sheet = Annotated[str | None, typer.Option()]
Language = Annotated[str | None, typer.Option()]
AsJson = Annotated[bool, typer.Option("--json")]


@contacts_app.command("import", cls=SpeakingCommand)
def contacts_import(
    file: Annotated[Path, typer.Argument(**UNREAD)],
    project: Project = None,
    purpose: Annotated[str | None, typer.Option()] = None,
    source: Annotated[str, typer.Option()] = "import",
    zone: Annotated[str | None, typer.Option()] = None,
    sheet: Sheet = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Read contacts made elsewhere; exit code 1 when rows were refused."""
    with plain_errors(language):
        from oklik.campaigns.outside_file import Defaults, put_file
        from oklik.campaigns.projects import put_project
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.dialing.zones import tzinfo
        from oklik.failures import check_file
        from oklik.messages import say
        from oklik.wiring import open_database

        said, settings = messages_language(language), load_settings()
        check_file(file)
        of = Defaults(
            zone=tzinfo(_zone(zone) or settings.zone), purpose=_purpose(purpose), source=source, language=said
        )
        with open_database(settings) as database, database.engine.begin() as conn:
            told = put_file(conn, put_project(conn, project), file, of, now=SystemClock().now(), sheet=sheet)
        refused = [
            {"row": one.row, "reason": say(f"contact_{one.code}", said, detail=one.detail)} for one in told.refused
        ]
        if as_json:
            found = {"rows": told.rows, "added": told.added, "known": told.known, "refused": refused}
            typer.echo(json.dumps(found, ensure_ascii=False))
        else:
            columns = ", ".join(f"«{header}»" for header in told.columns.values())
            typer.echo(say("contacts_columns", said, columns=columns))
            for one in refused:
                typer.echo(say("row_refused", said, **one))
            counts = {"rows": told.rows, "added": told.added, "known": told.known, "refused": len(refused)}
            typer.echo(say("contacts_kept", said, **counts))
    raise typer.Exit(FAILED if refused else DONE)


@people_app.command("remove", cls=SpeakingCommand)
def people_remove(
    file: Annotated[Path | None, typer.Argument(**UNREAD)] = None,
    person: Annotated[str | None, typer.Option()] = None,
    phone: Annotated[str | None, typer.Option()] = None,
    contract: Annotated[str | None, typer.Option()] = None,
    reason: Annotated[str, typer.Option()] = "paid",
    campaign: Annotated[str | None, typer.Option()] = None,
    everywhere: Annotated[bool, typer.Option("--everywhere")] = False,
    project: Project = None,
    sheet: Sheet = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Take people out of running campaigns; exit code 1 when somebody is not known or a row cannot be read."""
    with plain_errors(language):
        from oklik.campaigns.removal import Reason, Who
        from oklik.campaigns.removal_file import read_whos, remove_all
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import BadInput, check_file
        from oklik.wiring import open_database

        said = messages_language(language)
        if sum(one is not None for one in (file, person, phone, contract)) != 1:
            raise BadInput("remove_whom")
        if (campaign is not None) + everywhere + (project is not None) > 1:
            raise BadInput("remove_where")
        if reason not in set(Reason):
            raise BadInput("remove_reason", given=reason, known=", ".join(Reason))
        if file is not None:
            check_file(file)
            whos, unread = read_whos(file, sheet=sheet)
        else:
            number = _number(phone) if phone is not None else ""
            whos, unread = [Who(key=person or "", number=number, contract=contract or "")], []
        with open_database(load_settings()) as database:
            with database.engine.begin() as conn:
                project_id, campaign_id = _scope(conn, campaign, project, everywhere=everywhere)
            now = SystemClock().now()
            where = {"project_id": project_id, "campaign_id": campaign_id}
            done = remove_all(database.engine, whos, Reason(reason), now, by=actor().who, **where)
        missing = [(one.row, one.key or one.number or one.contract) for one in done.nobody]
        nobody = [{"row": row, "who": who} for row, who in sorted([*missing, *unread])]
        counts: dict[str, Any] = {"people": done.people, "ended": done.ended, "up": done.up}
        _tell_removed(counts, nobody, said, as_json=as_json)
    raise typer.Exit(FAILED if nobody else DONE)


def _tell_removed(counts: dict[str, Any], nobody: list[dict[str, Any]], said: str, *, as_json: bool) -> None:
    from oklik.messages import say

    if as_json:
        typer.echo(json.dumps({**counts, "nobody": nobody}, ensure_ascii=False))
        return
    for one in nobody:
        typer.echo(say("nobody_known", said, **one) if one["row"] else say("nobody", said, who=one["who"]))
    typer.echo(say("removed", said, **counts))


@people_app.command("promise", cls=SpeakingCommand)
def people_promise(
    who: Annotated[str, typer.Argument()],
    kept: Annotated[bool, typer.Option("--kept")] = False,
    broken: Annotated[bool, typer.Option("--broken")] = False,
    withdrawn: Annotated[bool, typer.Option("--withdrawn")] = False,
    project: Project = None,
    language: Language = None,
) -> None:
    """Say what became of a person's open promises; their campaigns go on."""
    with plain_errors(language):
        from oklik.campaigns.promises import Settled, settle_promises
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.wiring import open_database

        said = messages_language(language)
        chosen = [how for how, given in zip(Settled, (kept, broken, withdrawn), strict=True) if given]
        if len(chosen) != 1:
            raise BadInput("promise_how")
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            people, _ = one_person(conn, who, project)
            settled = settle_promises(conn, people, chosen[0], SystemClock().now())
        typer.echo(say("promises_settled", said, n=settled) if settled else say("promises_none", said))


@people_app.command("journal", cls=SpeakingCommand)
def people_journal(
    who: Annotated[str, typer.Argument()],
    report: Annotated[Path | None, typer.Option(**UNREAD)] = None,
    since: Annotated[str | None, typer.Option("--from")] = None,
    until: Annotated[str | None, typer.Option("--to")] = None,
    project: Project = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Write the journal of contacts with a person."""
    with plain_errors(language):
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import BadInput, Failure
        from oklik.messages import say, why_not
        from oklik.report_place import check_report
        from oklik.reports.excel import ReportError
        from oklik.reports.journal import read_journal
        from oklik.reports.journal_sheets import write_journal
        from oklik.wiring import open_database

        said, settings = messages_language(language), load_settings()
        if report is None and not as_json:
            raise BadInput("report_or_json")
        if report is not None:
            check_report(report, [])
        days = (_day(since, "--from"), _day(until, "--to"))
        if days[0] is not None and days[1] is not None and days[0] > days[1]:
            raise BadInput("days_order")
        with open_database(settings) as database, database.engine.connect() as conn:
            people, number = one_person(conn, who, project)
            journal = read_journal(
                conn, people, asked=who, number=number, days=days, zone=settings.zone, now=SystemClock().now()
            )
        if report is not None:
            try:
                write_journal(journal, report, language=said)
            except ReportError as error:
                raise Failure("report_failed", path=report, why=why_not(error)) from None
        if as_json:
            typer.echo(json.dumps(journal.to_json(said), ensure_ascii=False))
        else:
            counts = {"contacts": len(journal.contacts), "denied": len(journal.denied)}
            typer.echo(say("journal_written", said, path=report, **counts))


def one_person(conn: "Connection", who: str, project: str | None) -> "tuple[People, str]":
    """The person meant by a key or a phone, and the phone if it was one.  Raises BadInput, NoSuchProject."""
    from oklik.campaigns.persons import find_people, keys_of, seen_at
    from oklik.campaigns.projects import find_project
    from oklik.dialing.phones import read_phones
    from oklik.failures import BadInput

    project_id = None if project is None else find_project(conn, project)
    found, number = find_people(conn, key=who, project_id=project_id), ""
    if not found and (numbers := read_phones(who, "RU").numbers):
        number = numbers[0]
        found = find_people(conn, number=number) or seen_at(conn, number)
    if not found:
        raise BadInput("nobody", who=who)
    if len(found) > 1:
        raise BadInput("several_people", who=who, known="; ".join(keys_of(conn, one) for one in found))
    return found[0], number


def _scope(
    conn: "Connection", campaign: str | None, project: str | None, *, everywhere: bool
) -> tuple[int | None, int | None]:
    """The project and the campaign that a removal is about; None: all.  Raises NoSuchCampaign, NoSuchProject."""
    from oklik.campaigns.listing import find_campaign
    from oklik.campaigns.projects import find_project

    if everywhere:
        return None, None
    if campaign is None:
        return find_project(conn, project), None
    return None, find_campaign(conn, campaign)


def _number(text: str) -> str:
    from oklik.dialing.phones import read_phones
    from oklik.failures import BadInput

    numbers = read_phones(text, "RU").numbers
    if not numbers:
        raise BadInput("phone_given", given=text)
    return numbers[0]


def _purpose(text: str | None) -> Any:
    from oklik.dialing.law.shapes import Purpose
    from oklik.failures import BadInput

    if text is not None and text not in set(Purpose):
        raise BadInput("purpose", given=text, known=", ".join(Purpose))
    return None if text is None else Purpose(text)


def _zone(text: str | None) -> str | None:
    from oklik.dialing.zones import ZoneError, parse_zone
    from oklik.failures import BadInput

    try:
        return None if text is None else parse_zone(text)
    except ZoneError:
        raise BadInput("zone", given=text) from None


def _day(text: str | None, option: str) -> dt.date | None:
    from oklik.failures import BadInput

    if text is None:
        return None
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise BadInput("day", option=option, given=text)
