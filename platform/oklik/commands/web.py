"""`oklik web`: the API alone, beside a database that others work on too."""

from typing import Annotated

import typer

from oklik.commands.common import plain_errors
from oklik.usage import SpeakingCommand


def web(
    host: Annotated[str | None, typer.Option()] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535)] = None,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Serve the API until told to stop."""
    with plain_errors(language):
        from oklik.config import load_settings
        from oklik.display import open_display
        from oklik.web_process import serve_web

        with open_display() as display:
            serve_web(load_settings(), display, host=host, port=port)


def add_to(app: typer.Typer) -> None:
    """Make it a command of the app."""
    app.command("web", cls=SpeakingCommand)(web)
