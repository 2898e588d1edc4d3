"""`oklik web`: the pages and the API alone, beside a database that others work on too."""

from typing import Annotated

import typer

from oklik.commands.common import PemFile, Tls, plain_errors, spoken_settings, with_tls
from oklik.usage import SpeakingCommand


def web(  # noqa: PLR0917  a command's options are its parameters
    host: Annotated[str | None, typer.Option()] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535)] = None,
    tls: Tls = False,
    certificate: PemFile = None,
    key: PemFile = None,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Serve the pages and the API until told to stop."""
    with plain_errors(language):
        from oklik.display import open_display
        from oklik.web_process import serve_web

        with open_display() as display:
            serve_web(with_tls(spoken_settings(language), tls, certificate, key), display, host=host, port=port)


def add_to(app: typer.Typer) -> None:
    """Make it a command of the app."""
    app.command("web", cls=SpeakingCommand)(web)
