"""`oklik backup` and `oklik restore`: the whole installation in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from oklik.commands.common import UNREAD, plain_errors, spoken_settings
from oklik.usage import SpeakingCommand


def backup(
    target: Annotated[Path | None, typer.Argument(**UNREAD)] = None,
    keep: Annotated[int | None, typer.Option(min=1)] = None,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Make a backup of the installation: database and files."""
    with plain_errors(language):
        from oklik.backups.making import make
        from oklik.clock import SystemClock
        from oklik.display import open_display

        settings = spoken_settings(language)
        with open_display() as display:
            made = make(settings, target, display, now=SystemClock().now(), keep=keep)
    typer.echo(made)


def restore(
    file: Annotated[Path, typer.Argument(**UNREAD)],
    seal: Annotated[str | None, typer.Option()] = None,
    check: Annotated[bool, typer.Option("--check")] = False,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Put a backup into an empty home and database."""
    with plain_errors(language):
        from oklik.backups.restoring import restore as put_back
        from oklik.display import open_display

        settings = spoken_settings(language)
        with open_display() as display:
            put_back(settings, file, display, seal=seal, check_only=check)


def add_to(app: typer.Typer) -> None:
    """Make them commands of the app."""
    app.command("backup", cls=SpeakingCommand)(backup)
    app.command("restore", cls=SpeakingCommand)(restore)
