"""`oklik systemd`: units of this installation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oklik.commands.common import UNREAD, messages_language, plain_errors
from oklik.usage import SpeakingCommand

if TYPE_CHECKING:
    from oklik.config import Settings

_PATHS = ["home", "switch_conf", "voices", "dictionary", "recordings", "request_ca", "tls_certificate", "tls_key"]


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
        from oklik.systemd_units import is_user, read_environment, units, write

        said = messages_language(language)
        told = read_environment(environment)
        settings = _as_told(load_settings(), told)
        home = settings.home.absolute()
        more = () if settings.switch_conf is None else (home / settings.switch_conf,)
        named = [settings.voices, settings.dictionary, settings.recordings, settings.request_ca]
        named += [settings.tls_certificate, settings.tls_key]
        read = tuple(home / path for path in named if path is not None)
        made = units(user=user, home=home, environment=environment, writable=more, read=read)
        for path in write(folder, made):
            typer.echo(say("systemd_written", said, path=path))
        if not is_user(user):
            typer.echo(say("systemd_no_user", said, user=user, home=home))
        names = "oklik.service oklik-backup.timer"
        typer.echo(say("systemd_next", said, user=user, home=home, names=names))


def _as_told(settings: "Settings", told: dict[str, str]) -> "Settings":
    """The settings with the paths that the service's own file names: it is what the service is started with.

    Relative ones of ours begin in this folder, those of the file where the service works: in its home.
    """
    ours = {name: path.absolute() for name in _PATHS if isinstance(path := getattr(settings, name), Path)}
    theirs = {name: Path(told[f"OKLIK_{name.upper()}"]) for name in _PATHS if told.get(f"OKLIK_{name.upper()}")}
    return settings.model_copy(update=ours | theirs)


def add_to(app: typer.Typer) -> None:
    """Make it a command of the app."""
    app.command("systemd", cls=SpeakingCommand)(systemd)
