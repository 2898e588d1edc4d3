# ruff: noqa: PLR0917  a command's options are its parameters; typer calls it by name
"""`oklik stoplist`: numbers nobody may call, whatever the campaign."""

import json
from pathlib import Path
from typing import Annotated

import typer

from oklik.commands.common import DONE, FAILED, UNREAD, actor, messages_language, plain_errors, tell_returned
from oklik.usage import SpeakingCommand, SpeakingGroup

stoplist_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)

LIST_FILES = (".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv")

Number = Annotated[str, typer.Argument()]
Language = Annotated[str | None, typer.Option()]
AsJson = Annotated[bool, typer.Option("--json")]


@stoplist_app.command("add", cls=SpeakingCommand)
def add(
    what: Annotated[str, typer.Argument()],
    source: Annotated[str | None, typer.Option()] = None,
    reason: Annotated[str, typer.Option()] = "",
    sheet: Annotated[str | None, typer.Option()] = None,
    phone_column: Annotated[str | None, typer.Option()] = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Put a number, or all numbers of a file, on the stop list: from now on nobody calls them."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.number_files import Numbers, read_numbers
        from oklik.campaigns.numbers import one_number
        from oklik.campaigns.stop_list import put
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.wiring import open_database

        said = messages_language(language)
        path = Path(what)
        is_file = path.suffix.lower() in LIST_FILES or path.is_file()
        found = Numbers([] if is_file else [one_number(what)])
        if is_file:
            found = read_numbers(path, sheet=sheet, phone_column=phone_column)
        now, who = SystemClock().now(), actor()
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            done = put(
                conn,
                found.numbers,
                source=source or ("import" if is_file else "command"),
                reason=reason,
                recorded_by=who.who,
                now=now,
                repeats=not is_file,
            )
            counts = {"added": len(done.added), "known": len(done.known), "targets": done.targets}
            subject = path.name if is_file else found.numbers[0]
            note(conn, who, "stop_list.add", subject, {**counts, "source": source, "reason": reason}, now)
        if as_json:
            wrong = [{"row": one.row, "why": one.text[said]} for one in found.wrong]
            typer.echo(json.dumps({**counts, "wrong": wrong}, ensure_ascii=False))
        else:
            typer.echo(say("stoplist_added", said, **counts))
            for one in found.wrong:
                typer.echo(say("row_wrong", said, row=one.row, why=one.text))
    raise typer.Exit(FAILED if found.wrong else DONE)


@stoplist_app.command("remove", cls=SpeakingCommand)
def remove(
    number: Number,
    reason: Annotated[str, typer.Option()],
    source: Annotated[str, typer.Option()] = "command",
    language: Language = None,
) -> None:
    """Take a number off the stop list; who did it, when and why is kept for good."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.numbers import one_number
        from oklik.campaigns.stop_list import take_off
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.wiring import open_database

        said = messages_language(language)
        wanted = one_number(number)
        if not reason.strip():
            raise BadInput("reason_missing")
        now, who = SystemClock().now(), actor()
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            off = take_off(conn, wanted, source=source, reason=reason, recorded_by=who.who, now=now)
            details = {"source": source, "reason": reason, "returned": off.returned.back}
            note(conn, who, "stop_list.remove", wanted, details, now)
        typer.echo(say("stoplist_removed", said, number=wanted))
        tell_returned(off.returned, said)
        if off.look.others:
            typer.echo(say("stoplist_others", said, others=", ".join(off.look.others)))


@stoplist_app.command("check", cls=SpeakingCommand)
def check(number: Number, language: Language = None, as_json: AsJson = False) -> None:
    """Say whether a number is called, and what ever happened to it on the stop list."""
    with plain_errors(language):
        import msgspec

        from oklik.campaigns.numbers import one_number
        from oklik.campaigns.stop_list import look
        from oklik.config import load_settings
        from oklik.dialing.zones import tzinfo
        from oklik.messages import say
        from oklik.reports.proof_words import proof_word
        from oklik.reports.stop_list_sheet import source_name
        from oklik.wiring import open_database

        said = messages_language(language)
        wanted = one_number(number)
        settings = load_settings()
        with open_database(settings) as database, database.engine.connect() as conn:
            found = look(conn, wanted)
        if as_json:
            typer.echo(json.dumps({**msgspec.to_builtins(found), "silent": found.silent}, ensure_ascii=False))
            return
        key = "stoplist_is" if found.since else "stoplist_by_other" if found.others else "stoplist_is_not"
        typer.echo(say(key, said, number=wanted, others=", ".join(found.others)))
        zone = tzinfo(settings.zone)
        for event in found.history:
            told = {"at": event.at.astimezone(zone).strftime("%d.%m.%Y %H:%M"), "kind": proof_word(event.kind, said)}
            parts = (source_name(event.source, said), event.reason, event.recorded_by)
            typer.echo(say("stoplist_event", said, **told, more=", ".join(filter(None, parts))))


@stoplist_app.command("export", cls=SpeakingCommand)
def export(out: Annotated[Path, typer.Argument(**UNREAD)], language: Language = None) -> None:
    """Write the stop list to an Excel file, which can be imported again."""
    with plain_errors(language):
        from oklik.campaigns.stop_list import entries
        from oklik.config import load_settings
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.reports.stop_list_sheet import Line, write_stop_list
        from oklik.wiring import open_database

        said = messages_language(language)
        if out.suffix.lower() != ".xlsx" or out.is_dir() or not out.absolute().parent.is_dir():
            raise BadInput("export_name", path=out)
        settings = load_settings()
        with open_database(settings) as database, database.engine.connect() as conn:
            lines = (Line(one.number, one.added_at, one.source, one.reason, one.recorded_by) for one in entries(conn))
            count = write_stop_list(lines, out, zone=settings.zone, language=said)
        typer.echo(say("stoplist_written", said, n=count, path=out))
