"""A look into the installation's database by commands that work without one: nothing is upgraded, none is made."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Literal

from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from oklik.config import Settings
from oklik.failures import first_line

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from oklik.scenario.document import Scenario


class NotThere(Exception):
    """There is no database to look at.  code: none (none was made yet), url (unreadable) or away; where, why: of it."""

    def __init__(self, code: Literal["none", "url", "away"], where: object = "", why: str = "") -> None:
        self.code, self.where, self.why = code, where, why
        super().__init__(f"{code} {where} {why}".strip())


@contextmanager
def database(settings: Settings, application: str = "oklik") -> Iterator["Connection"]:
    """Connect to the installation's database as it is.  application: see make_engine.  Raises NotThere."""
    from oklik.store.engine import make_engine, shown
    from oklik.store.postgres import EmbeddedPostgres, PostgresError

    with ExitStack() as stack:
        where: object = settings.postgres_data
        try:
            if settings.database_url is not None:
                url = settings.database_url.get_secret_value()
                where = shown(url)
            elif settings.postgres_data.exists():
                url = stack.enter_context(EmbeddedPostgres(settings.postgres_data, settings.home / "cache"))
            else:
                raise NotThere("none", where)
            engine = make_engine(url, pool_size=1, application=application)
            stack.callback(engine.dispose)
            connection = stack.enter_context(engine.connect())
        except (ArgumentError, ValueError):
            raise NotThere("url") from None
        except (PostgresError, SQLAlchemyError) as error:
            raise NotThere("away", where, first_line(getattr(error, "orig", None) or error)) from None
        yield connection


@contextmanager
def looked_at(settings: Settings) -> Iterator["Connection | None"]:
    """The same; None: there is none, or it cannot be asked."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(database(settings))
        except NotThere:
            connection = None
        yield connection


def recordings_named(*scenarios: "Scenario | None") -> set[str]:
    """Give the keys of recordings that scenarios name: for texts, and as music of transfers."""
    named: set[str] = set()
    for scenario in scenarios:
        if scenario is not None:
            named |= set(scenario.recordings.values())
            named |= {music for node in scenario.nodes.values() if (music := getattr(node, "music", None))}
    return named


def recorded_here(settings: Settings, folder: Collection[str] | None) -> set[str] | None:
    """Give what is recorded, as "language/key": in the folder and in the library.  None: neither can be asked."""
    from oklik.campaigns.prompt_library import library_digests

    with looked_at(settings) as connection:
        if connection is None or not _has_library(connection):
            return None if folder is None else set(folder)
        return set(library_digests(connection)) | set(folder or ())


def lend_prompts(settings: Settings, engine: "Engine", keys: Collection[str]) -> int | None:
    """Copy these recordings of the library, in their newest version, into another database; gives how many.

    None: there is no library that could be asked.
    """
    from oklik.campaigns.prompt_library import copy_prompts

    with looked_at(settings) as connection:
        if connection is None or not _has_library(connection):
            return None
        with engine.begin() as there:
            return copy_prompts(connection, there, keys)


def _has_library(connection: "Connection") -> bool:
    return bool(connection.execute(text("SELECT to_regclass('prompt_version') IS NOT NULL")).scalar_one())
