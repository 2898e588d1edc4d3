"""`oklik doctor`: what is wrong with this installation, and how each thing is mended."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from oklik.commands.common import FAILED, messages_language, plain_errors
from oklik.usage import SpeakingCommand

if TYPE_CHECKING:
    from oklik.doctor.finding import Finding

_SIGNS = {"good": ("✓", typer.colors.GREEN), "note": ("·", None), "warn": ("!", typer.colors.YELLOW)}
_BAD = ("✗", typer.colors.RED)


def doctor(
    as_json: Annotated[bool, typer.Option("--json")] = False,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Look over the machine, the database, the switch, the trunks and the voices."""
    with plain_errors(language):
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.doctor.checkup import examine
        from oklik.doctor.finding import Finding, Level, worst

        told = messages_language(language)
        found: list[Finding] = []
        for one in examine(load_settings(), SystemClock().now()):
            if as_json:
                typer.echo(json.dumps(one.to_json(told), ensure_ascii=False))
            else:
                _show(one, None if not found else found[-1].place, told)
            found.append(one)
        if not as_json:
            _sum_up(found, told)
        if worst(found) is Level.BAD:
            raise typer.Exit(FAILED)


def _show(one: "Finding", before: str | None, language: str) -> None:
    from oklik.messages import say

    if one.place != before:
        typer.secho(say(f"doctor_place_{one.place}", language), bold=True)
    sign, colour = _SIGNS.get(one.level, _BAD)
    typer.echo(f"  {typer.style(sign, fg=colour)} {_line(one.told[language])}")
    if mend := one.mend.get(language):
        typer.echo(f"    → {_line(mend)}")


def _line(text: str) -> str:
    return " ".join(text.split())


def _sum_up(found: "list[Finding]", language: str) -> None:
    from oklik.messages import say

    bad = sum(one.level == "bad" for one in found)
    remarks = sum(one.level == "warn" for one in found)
    key, n = ("bad", bad) if bad else ("warned", remarks) if remarks else ("good", 0)
    typer.echo()
    typer.echo(say(f"doctor_{key}", language, n=n))


def add_to(app: typer.Typer) -> None:
    """Make it a command of the app."""
    app.command("doctor", cls=SpeakingCommand)(doctor)
