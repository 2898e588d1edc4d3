"""A look into the installation's database by commands that work without one: nothing is upgraded, none is made."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from oklik.config import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from oklik.scenario.document import Scenario


@contextmanager
def looked_at(settings: Settings) -> Iterator["Connection | None"]:
    """The installation's database, to be read; None: there is none, or it cannot be asked."""
    from oklik.store.engine import make_engine
    from oklik.store.postgres import EmbeddedPostgres

    with ExitStack() as stack:
        connection = None
        try:
            if settings.database_url is not None:
                url = settings.database_url.get_secret_value()
            elif settings.postgres_data.exists():
                url = stack.enter_context(EmbeddedPostgres(settings.postgres_data, settings.home / "cache"))
            else:
                url = ""
            if url:
                engine = make_engine(url, pool_size=1)
                stack.callback(engine.dispose)
                connection = stack.enter_context(engine.connect())
        except (SQLAlchemyError, ValueError):
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
