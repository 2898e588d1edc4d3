"""What all commands have in common: exit codes, and errors that become one line."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from oklik.usage import chosen_language

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from oklik.campaigns.audit import Actor
    from oklik.campaigns.coming_back import Returned
    from oklik.config import Settings

Found = TypeVar("Found")

DONE, FAILED, BAD_INPUT = 0, 1, 2
UNREAD: Any = {"readable": False}  # typer would look for itself whether a file can be read, and say so in its own way
Tls = Annotated[bool, typer.Option("--tls")]
PemFile = Annotated[Path | None, typer.Option(**UNREAD)]


def stop(message: str, code: int) -> NoReturn:
    """Say one line and leave with the code."""
    print(f"oklik: {message}", file=sys.stderr)  # noqa: T201  the one line that says what is wrong
    raise typer.Exit(code)


@contextmanager
def plain_errors(given: str | None = None) -> Iterator[None]:
    """Every error a person can cause or mend becomes one line, in the language given, configured, or Russian."""
    from oklik.failures import BadInput, Failure, from_library

    language = chosen_language(given)
    try:
        yield
    except KeyboardInterrupt:
        stop(Failure("interrupted").text(language), FAILED)
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        known = error if isinstance(error, BadInput | Failure) else from_library(error)
        if known is None:
            raise
        stop(known.text(language), BAD_INPUT if isinstance(known, BadInput) else FAILED)


def messages_language(language: str | None) -> str:
    """The language of messages, as given or configured.  Raises BadInput for one that we do not speak."""
    from oklik.config import load_settings
    from oklik.failures import BadInput

    said = language or load_settings().language
    if said not in ("ru", "en"):
        raise BadInput("language", given=said)
    return said


def spoken_settings(language: str | None) -> "Settings":
    """The settings, with the language of messages as given or configured.  Raises BadInput, ConfigError."""
    from oklik.config import load_settings

    return load_settings().model_copy(update={"language": messages_language(language)})


def with_tls(settings: "Settings", tls: bool, certificate: Path | None, key: Path | None) -> "Settings":
    """The settings, with what the command line says of https; files alone mean it, too."""
    given = {"tls_certificate": certificate, "tls_key": key}
    found = {name: file for name, file in given.items() if file is not None}
    return settings.model_copy(update={**found, "tls": True}) if tls or found else settings


def actor() -> "Actor":
    """Who gives this command, for the audit: the user of the machine."""
    import getpass
    import os

    from oklik.campaigns.audit import Actor

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.geteuid())  # a container may have no name for its user
    return Actor(f"user:{name}", "command")


def tell_returned(returned: "Returned", language: str) -> None:
    """Say which calls go on now, and which do not though nothing stands against them any more."""
    from oklik.messages import say

    if returned.back:
        typer.echo(say("returned_back", language, n=returned.back))
    if returned.over:
        typer.echo(say("returned_over", language, n=returned.over))


def tell_list(
    language: str | None,
    read: "Callable[[Connection], Iterable[Found]]",
    line: "Callable[[Found, str, Settings], str]",
    values: Callable[[Found], Any],
    none: str,
    *,
    as_json: bool,
) -> None:
    """Show rows of the installation's database as tell_all does.

    line: gives the row in the language of messages; none: the key of what is said where there is none.
    """
    from oklik.config import load_settings
    from oklik.messages import say
    from oklik.wiring import open_database

    said, settings = messages_language(language), load_settings()
    with open_database(settings) as database, database.engine.connect() as conn:
        found = list(read(conn))
    tell_all(found, lambda one: line(one, said, settings), values, say(none, said), as_json=as_json)


def tell_all(
    found: Iterable[Found], line: Callable[[Found], str], values: Callable[[Found], Any], none: str, *, as_json: bool
) -> None:
    """Show what was found, a line each: for people, or its values as JSON for programs, who get nothing for nothing."""
    lines = [json.dumps(values(one), ensure_ascii=False) if as_json else line(one) for one in found]
    for told in lines if lines or as_json else [none]:
        typer.echo(told)
