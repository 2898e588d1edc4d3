"""Putting a backup back: on a home and into a database that hold nothing, whole or not at all.

Everything is looked at before anything is written.  The database comes last, in one transaction with what follows from
its being old (campaigns.restored), so a restore that was killed has left files and no tables; the same command then
takes up its own files again.
"""

import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from oklik.backups.archive import FOLDERS, ArchiveError, Reader
from oklik.backups.making import no_client
from oklik.backups.manifest import Manifest
from oklik.campaigns.restored import held_campaigns, statements, was_restored
from oklik.config import Settings
from oklik.display import Display
from oklik.failures import BadInput, Failure, first_line
from oklik.messages import say, why
from oklik.store import dumping
from oklik.store.migrate import known_revisions, newest
from oklik.wiring import check_room, open_database

_MB = 1_000_000


def restore(settings: Settings, path: Path, display: Display, *, seal: str | None, check_only: bool) -> None:
    """Put a backup back.  seal: what it must be (or its beginning).  check_only: only look at it.

    Raises BadInput, Failure.
    """
    language = settings.language
    try:
        with Reader(path) as reader:
            manifest = reader.manifest
            _check(manifest, seal)
            if not check_only:
                check_room(settings.home, _needed_mb(reader))
                _check_home(settings, manifest)
            display.line(
                say(
                    "backup_of",
                    language,
                    at=f"{manifest.made_at:%Y-%m-%d %H:%M:%S %Z}",
                    version=manifest.oklik,
                    revision=manifest.revision,
                )
            )
            step = display.step(say("backup_checking", language), max(1, reader.total // _MB))
            reader.check(lambda done: step.at(done // _MB))
            step.end()
            if check_only:
                display.line(say("backup_whole", language, path=path))
                return
            _put_back(settings, reader, display)
    except ArchiveError as error:
        raise BadInput(f"backup_{error.code}", path=path) from None
    except zipfile.BadZipFile:
        raise BadInput("backup_damaged", path=path) from None
    except FileNotFoundError as error:
        if error.filename != str(path):
            raise
        raise BadInput("no_file", option="", path=path) from None
    except OSError as error:
        raise BadInput("disk", path=error.filename or path, why=why(error)) from None


def _check(manifest: Manifest, seal: str | None) -> None:
    if seal is not None and (len(seal) < 16 or not manifest.seal.startswith(seal.lower())):
        raise BadInput("backup_other_seal", seal=manifest.seal)
    if manifest.revision not in known_revisions():
        raise BadInput("backup_newer_tables", version=manifest.oklik, revision=manifest.revision, newest=newest())


def _check_home(settings: Settings, manifest: Manifest) -> None:
    """There is nothing in the home that would be mixed with the backup."""
    if _began(settings, manifest):
        return
    for name in FOLDERS:
        place = settings.home / name
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise BadInput("backup_home", path=place)


def _began(settings: Settings, manifest: Manifest) -> bool:
    """Whether this very backup was being put back here when that was broken off."""
    mark = settings.restoring
    return mark.exists() and mark.read_text("ascii").strip() == manifest.seal


def _needed_mb(reader: Reader) -> int:
    return reader.total * 2 // _MB + 200


def _put_back(settings: Settings, reader: Reader, display: Display) -> None:
    language = settings.language
    with _database(settings) as (url, where, empty):
        if empty:
            _fill(settings, url, reader, display)
        elif not (_began(settings, reader.manifest) and _is_in(url, reader.manifest)):
            raise BadInput("restore_full", where=where)
        settings.restoring.unlink()
    made_at = f"{reader.manifest.made_at:%Y-%m-%d %H:%M:%S %Z}"
    with open_database(settings) as database, database.engine.connect() as connection:  # older tables become new ones
        held = held_campaigns(connection)
    display.line(say("restored", language, where=database.shown))
    display.line(say("restored_gap", language, at=made_at))
    if held:
        display.line(say("restored_paused", language, n=len(held), names=", ".join(held[:10])))
    display.line(say("restored_ended", language))
    display.line(say("restored_settings", language, path=settings.home / "configuration"))


def _fill(settings: Settings, url: str, reader: Reader, display: Display) -> None:
    """Files first, then the tables.  Raises BadInput, Failure."""
    language, manifest = settings.language, reader.manifest
    if (there := dumping.server_major(url)) < manifest.postgres:
        raise BadInput("backup_older_server", there=there, made=manifest.postgres)
    settings.restoring.write_text(manifest.seal, "ascii")
    step = display.step(say("restore_files", language), max(1, reader.total // _MB))
    reader.extract(settings.home, lambda done: step.at(done // _MB))
    step.end()
    dump = manifest.parts["database"].bytes
    step = display.step(say("restore_database", language), max(1, dump // _MB))
    try:
        with reader.database() as source:
            dumping.load(url, source, then=statements(manifest.made_at), loaded=lambda done: step.at(done // _MB))
    except dumping.NoClient as error:
        raise no_client(error) from None
    except dumping.DumpError as error:
        raise Failure("restore_failed", why=error) from None
    step.end()


def _is_in(url: str, manifest: Manifest) -> bool:
    """Whether the tables of this backup are there: the restore was killed after its one transaction."""
    from oklik.store.engine import make_engine

    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            return was_restored(connection, manifest.made_at)
    finally:
        engine.dispose()


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, object, bool]]:
    """The database to fill: its URL, what it is called, whether it is empty.  The embedded one is made."""
    from oklik.store.engine import shown
    from oklik.store.postgres import EmbeddedPostgres

    with ExitStack() as stack:
        where: object = settings.postgres_data
        try:
            if settings.database_url is not None:
                url = settings.database_url.get_secret_value()
                where = shown(url)
            else:
                url = stack.enter_context(EmbeddedPostgres(settings.postgres_data, settings.home / "cache"))
            empty = dumping.is_empty(url)
        except (ArgumentError, ValueError):
            raise BadInput("database_url") from None
        except SQLAlchemyError as error:
            raise BadInput(
                "database_away", where=where, why=first_line(getattr(error, "orig", None) or error)
            ) from None
        yield url, where, empty
