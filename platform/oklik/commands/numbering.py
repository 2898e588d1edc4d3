"""`oklik numbering`: the public numbering register, brought in and asked."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oklik.commands.common import UNREAD, messages_language, plain_errors
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    from oklik.campaigns.numbering import ImportedFile, Look

numbering_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)


@numbering_app.command("import", cls=SpeakingCommand)
def numbering_import(
    files: Annotated[list[Path], typer.Argument(**UNREAD)],
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Bring files of the register in."""
    with plain_errors(language):
        from oklik.campaigns.numbering import import_numbering
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.display import open_display
        from oklik.failures import check_file
        from oklik.messages import say
        from oklik.wiring import open_database

        said = messages_language(language)
        for file in files:
            check_file(file)
        with open_database(load_settings()) as database, open_display() as display:
            for file in files:
                step = display.step(say("numbering_reading", said, source=file.name), None)
                found = import_numbering(database.engine, file, SystemClock().now(), step.at)
                step.end()
                lines = [json.dumps(found.to_json(), ensure_ascii=False)] if as_json else _imported(found, said)
                for line in lines:
                    typer.echo(line)


def _imported(found: "ImportedFile", said: str) -> list[str]:
    from oklik.messages import say

    told = {name: getattr(found, name) for name in ("source", "ranges", "numbers", "regions", "before")}
    lines = [say("numbering_imported", said, names=", ".join(found.names), **told)]
    if found.unknown:
        lines.append(say("numbering_unknown", said, n=len(found.unknown), ranges=sum(found.unknown.values())))
        nameless = say("numbering_no_region", said)
        lines += [say("numbering_region", said, region=name or nameless, n=n) for name, n in found.unknown.items()]
    if found.refused:
        lines.append(say("numbering_refused", said, n=found.refused))
        lines += [say("numbering_refused_row", said, why=row.text[said]) for row in found.shown]
    return lines


@numbering_app.command("look", cls=SpeakingCommand)
def numbering_look(
    number: Annotated[str, typer.Argument()],
    zone: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Say what is known of a number."""
    with plain_errors(language):
        from oklik.campaigns.numbering import look
        from oklik.config import load_settings
        from oklik.dialing.phones import read_phones
        from oklik.dialing.zones import ZoneError, parse_base
        from oklik.failures import BadInput
        from oklik.wiring import open_database

        said = messages_language(language)
        numbers = read_phones(number).numbers
        if len(numbers) != 1:
            raise BadInput("numbering_number", given=number)
        try:
            base = None if zone is None else parse_base(zone)
        except ZoneError:
            raise BadInput("zone", given=zone) from None
        with open_database(load_settings()) as database, database.engine.connect() as conn:
            found = look(conn, numbers[0], base)
        lines = [json.dumps(found.to_json(), ensure_ascii=False)] if as_json else _looked(found, said)
        for line in lines:
            typer.echo(line)


def _looked(found: "Look", said: str) -> list[str]:
    from oklik.messages import say

    nothing = say("look_nothing", said)
    return [
        found.number,
        say("look_kind", said, kind=say(f"kind_{found.kind}", said), country=found.country or nothing),
        say("look_operator", said, operator=found.operator or nothing),
        say("look_region", said, region=found.region or nothing),
        say("look_zones", said, zones=", ".join(found.zones)),
        say(f"look_rule_{found.rule}", said),
    ]
