"""`oklik systemd`: units of this installation."""

from pathlib import Path
from typing import Annotated

import typer

from oklik.commands.common import UNREAD, messages_language, plain_errors
from oklik.usage import SpeakingCommand


def systemd(
    folder: Annotated[Path, typer.Argument(**UNREAD)],
    user: Annotated[str, typer.Option()] = "oklik",
    environment: Annotated[Path, typer.Option(**UNREAD)] = Path("/etc/oklik/oklik.env"),
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Write a service and a nightly backup for systemd."""
    with plain_errors(language):
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.systemd_units import is_user, units, write

        settings, said = load_settings(), messages_language(language)
        more = () if settings.switch_conf is None else (settings.switch_conf.absolute(),)
        home = settings.home.absolute()
        for path in write(folder, units(user=user, home=home, environment=environment, writable=more)):
            typer.echo(say("systemd_written", said, path=path))
        if not is_user(user):
            typer.echo(say("systemd_no_user", said, user=user, home=home))
        names = "oklik.service oklik-backup.timer"
        typer.echo(say("systemd_next", said, user=user, home=home, names=names))


def add_to(app: typer.Typer) -> None:
    """Make it a command of the app."""
    app.command("systemd", cls=SpeakingCommand)(systemd)
