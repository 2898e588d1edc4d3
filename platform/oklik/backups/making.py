"""Making a backup, from an installation at work: nothing is stopped and nobody waits.

First the database, as it is at one moment; then the files, of which there may be newer ones by then and none less than
its rows name (but for those whose time was over).  What lets others in stays out: sessions, one-time codes, the key of
the cookies, passwords of the switch and of carriers, certificates.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

import oklik
from oklik import installation
from oklik.backups.archive import DATABASE, Writer
from oklik.backups.manifest import FORMAT, Manifest
from oklik.config import Settings
from oklik.display import Display
from oklik.failures import BadInput, Failure, first_line
from oklik.messages import say, why
from oklik.store import dumping
from oklik.store.migrate import current
from oklik.store.revisions import check_known

# What signs somebody in, or answers for them.  A restored installation must not know it, and a thief must not find it.
SECRET_TABLES = ("web_session", "one_time_code", "web_key", "idempotency_key")
NAME = "oklik-{:%Y%m%d-%H%M%S}.zip"
_NAMES = "oklik-[0-9]*-[0-9]*.zip"
_MB = 1_000_000


def make(settings: Settings, target: Path | None, display: Display, *, now: dt.datetime, keep: int | None) -> Path:
    """Make one; gives its file.

    target: a file *.zip, or a folder where it is named by the time; None: the folder for it in the home.
    keep: so many of the newest ones stay in the folder.  Raises BadInput, Failure, TablesNewer.
    """
    folder = target is None or target.is_dir() or target.suffix != ".zip"
    place = settings.home / "backups" if target is None else target
    path = place / NAME.format(now) if folder else place
    if keep is not None and not folder:
        raise BadInput("backup_keep", path=path)
    if path.exists():
        raise BadInput("backup_there", path=path)
    part = path.with_name(f".{path.name}.part")
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True)
        part.unlink(missing_ok=True)
        manifest = _write(settings, part, display, now)
        part.replace(path)
    except OSError as error:
        raise BadInput("disk", path=error.filename or path, why=why(error)) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    language = settings.language
    display.line(say("backup_made", language, path=path, mb=round(path.stat().st_size / _MB, 1)))
    display.line(say("backup_seal", language, seal=manifest.seal))
    display.line(say("backup_without", language))
    if keep is not None:
        for old in sorted(path.parent.glob(_NAMES))[:-keep]:
            old.unlink()
            display.line(say("backup_dropped", language, path=old))
    return path


def _write(settings: Settings, path: Path, display: Display, now: dt.datetime) -> Manifest:
    language = settings.language
    try:
        with installation.database(settings, "oklik backup") as connection:
            revision = current(connection)
            if revision is None:
                raise BadInput("backup_nothing")
            check_known(connection)  # of other tables we know neither the secrets nor the files
            connection.rollback()
            url = connection.engine.url
            trees = dict(_trees(settings))
            total, bytes_ = dumping.size(url), sum(_size(source) for source in trees.values())
            _check_room(path.parent, total + bytes_)
            with Writer(path) as writer:
                step = display.step(say("backup_database", language), None)
                done = 0

                def counted() -> Iterator[bytes]:
                    nonlocal done
                    for chunk in dumping.dump(url, without_rows_of=SECRET_TABLES):
                        done += len(chunk)
                        step.at(done // _MB)
                        yield chunk

                writer.put("database", DATABASE, counted())
                step.end(say("backup_mb", language, mb=round(done / _MB, 1)))
                _put_files(writer, settings, trees, bytes_, display)
                major = dumping.server_major(url)
                bare = Manifest(
                    format=FORMAT, oklik=oklik.__version__, made_at=now, revision=revision, postgres=major, parts={}
                )
                return writer.finish(bare)
    except installation.NotThere as error:
        raise not_there(error) from None
    except dumping.NoClient as error:
        raise no_client(error) from None
    except dumping.DumpError as error:
        raise Failure("backup_dump", why=error) from None
    except SQLAlchemyError as error:
        raise Failure("backup_dump", why=first_line(getattr(error, "orig", None) or error)) from None


def _put_files(writer: Writer, settings: Settings, trees: dict[str, Path], total: int, display: Display) -> None:
    language = settings.language
    step = display.step(say("backup_files", language), max(1, total // _MB))
    done = 0

    def seen(size: int) -> None:
        nonlocal done
        done += size
        step.at(min(done, total) // _MB)

    def skipped(name: str) -> None:
        display.line(say("backup_skipped", language, name=name))

    for name, source in trees.items():
        writer.put_tree(name, source, seen=seen, skipped=skipped, without=("voice-answers/rehearsals",))
    writer.put("configuration", "configuration/settings.env", [settings_file(settings).encode()])
    step.end(say("backup_mb", language, mb=round(done / _MB, 1)))


def not_there(error: installation.NotThere) -> BadInput:
    """Say why there is no database to be asked."""
    if error.code == "none":
        return BadInput("backup_nothing")
    if error.code == "url":
        return BadInput("database_url")
    return BadInput("database_away", where=error.where, why=error.why)


def no_client(error: dumping.NoClient) -> BadInput:
    """Say which programs of PostgreSQL are missing."""
    return BadInput("backup_client", major=error.major, have=", ".join(map(str, error.have)) or "—")


def _trees(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files and folders that are taken, by their names in the backup."""
    places = {
        "prompts": settings.prompts,
        "voice-answers": settings.voice_answers,
        "incoming": settings.incoming,
        "reports": settings.report_files,
        **{f"configuration/{name}": place for name, place in outside(settings).items()},
    }
    for name, place in places.items():
        if place.is_dir() or place.is_file():
            yield name, place


def outside(settings: Settings) -> dict[str, Path]:
    """Give what the settings name outside of the home and what calls are made with: setting -> file or folder."""
    named = {
        "voices": settings.voices,
        "dictionary": settings.dictionary,
        "recordings": settings.recordings,
        "request_ca": settings.request_ca,
    }
    return {name: place for name, place in named.items() if place is not None}


def settings_file(settings: Settings) -> str:
    """Give the settings as lines for systemd's EnvironmentFile, without any secret.

    What was a path is one in the folder of the restored configuration; what must be brought along is named.
    """
    lines = ["# The settings of the installation that this backup was made of, without passwords."]
    moved = outside(settings)
    for name in sorted(settings.model_fields_set):
        variable, value = f"OKLIK_{name.upper()}", getattr(settings, name)
        if name == "home":
            lines.append(f"# {variable}={value}")
        elif name in moved:
            lines.append(f'# {variable}="<OKLIK_HOME>/configuration/{name}"')
        elif name == "switch" and value is not None:
            bare = "esl://" + str(value).rpartition("@")[2].removeprefix("esl://")
            lines.append(f"{variable}={_quoted(bare)}")
        elif name in {"database_url", "switch_password", "tls_certificate", "tls_key", "switch_conf"}:
            lines.append(f"# {variable}=  (not in the backup)")
        else:
            lines.append(f"{variable}={_quoted(str(value))}")
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if value.isprintable() else '""'


def _size(place: Path) -> int:
    if place.is_file():
        return place.stat().st_size
    found = 0
    for path in place.rglob("*"):
        with suppress(OSError):
            found += path.lstat().st_size if path.is_file() else 0
    return found


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BadInput("backup_room", path=folder, free=free // _MB, needed=needed // _MB + 1)
