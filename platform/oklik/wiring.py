"""The one place that builds things: database, voice, settings of the child processes.

Nothing is built at import time; whoever needs something opens it here and closes it by leaving the `with`.
"""

import errno
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from oklik.clock import SystemClock
from oklik.config import Settings
from oklik.esl import commands
from oklik.failures import BadInput, first_line
from oklik.installation import lend_prompts, looked_at
from oklik.known_passwords import LEAST, is_known
from oklik.messages import why
from oklik.rehearsals import name_of, take

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

    from oklik.options import SwitchAddress
    from oklik.scenario.document import Scenario
    from oklik.speech.voices import Voice
    from oklik.store.postgres import EmbeddedPostgres
    from oklik.telephony.port import Probed


NEW_MB, EMPTY_MB = 200, 50  # room for a new database with prompts beside it; for more prompts
SHIPPED_PROMPTS = Path(__file__).resolve().parents[2] / "prompts"


@dataclass(frozen=True)
class Database:
    """A migrated database.  url holds the password: it goes to child processes, never into a message; shown may."""

    url: str
    shown: str
    engine: "Engine"

    def revision(self) -> str:
        """The revision its tables are at."""
        from oklik.store.migrate import current

        with self.engine.connect() as connection:
            return current(connection) or "none"


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The installation's database: the one of OKLIK_DATABASE_URL, else the embedded one.  Upgraded to this version.

    Raises BadInput, among else where a backup was put back in part: new tables would shut its own ones out for good.
    """
    if settings.restoring.exists():
        raise BadInput("restore_unfinished", path=settings.restoring)
    if settings.database_url is not None:
        with _customers_database(settings.database_url.get_secret_value()) as database:
            yield database
        return
    from oklik.store.postgres import EmbeddedPostgres

    check_room(settings.home, EMPTY_MB if settings.postgres_data.exists() else NEW_MB)
    server = EmbeddedPostgres(settings.postgres_data, settings.home / "cache")
    with server as url, _upgraded(url, str(server.folder)) as database:
        yield database


@contextmanager
def _customers_database(url: str) -> Iterator[Database]:
    from sqlalchemy.exc import ArgumentError, OperationalError

    from oklik.store.engine import normal_url, shown

    try:
        target, where = normal_url(url), shown(url)
    except (ArgumentError, ValueError):
        raise BadInput("database_url") from None
    if target.password and not _on_this_machine(target):  # none: a file, a certificate or Kerberos has it
        if is_known(str(target.password)):
            raise BadInput("database_known_password", where=where)
        if len(str(target.password)) < LEAST:
            raise BadInput("database_short_password", where=where, least=LEAST)
    with ExitStack() as stack:
        try:
            database = stack.enter_context(_upgraded(url, where))
        except OperationalError as error:
            raise BadInput("database_away", where=where, why=first_line(error.orig or error)) from None
        yield database


def _on_this_machine(url: "URL") -> bool:
    """Whether all the servers a URL names are reached without a network: by a socket, or by the loopback."""
    named = [url.host, *(url.query.get(name, ()) for name in ("host", "hostaddr"))]
    hosts = [
        one for some in named if some for part in ([some] if isinstance(some, str) else some) for one in part.split(",")
    ]
    return all(one.startswith(("/", "@", "127.")) or one in {"localhost", "::1"} for one in hosts)


def registered_plan(settings: Settings) -> bytes | None:
    """The numbering plan of the installation, packed; None: no register was imported, or its database cannot be asked.

    Looks only: nothing is upgraded, and no database is made.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from oklik.store.numbering import packed_plan

    with looked_at(settings) as connection:
        if connection is None:
            return None
        try:
            there = connection.execute(text("SELECT to_regclass('numbering_plan') IS NOT NULL")).scalar_one()
            return packed_plan(connection) if there else None
        except (SQLAlchemyError, ValueError):
            return None


@contextmanager
def open_rehearsal(settings: Settings, key: str, prompts: Collection[str] = ()) -> Iterator["Rehearsal"]:
    """A database of its own for a run on the virtual switch, found again by key after an interrupted run, for a week.

    People called in a rehearsal must not use up their real daily calls, so real and rehearsed calls never share tables.
    No fsync: what a power cut would lose here never happened to anybody.
    prompts: the keys of the recordings that are wanted; those of the installation's library are lent.
    """
    from oklik.store.postgres import EmbeddedPostgres

    folder = settings.home / "rehearsals"
    check_room(settings.home, EMPTY_MB if folder.exists() else NEW_MB)
    server = EmbeddedPostgres(folder, settings.home / "cache", durable=False)
    name, voices = name_of(key), settings.voice_answers / "rehearsals"
    with server:
        take(server, name, SystemClock().now())
        rehearsal = Rehearsal()
        try:
            _forget(voices, server)
            rehearsal.recordings = voices / name
            with _upgraded(server.url(name), f"{server.folder}/{name}") as database:
                rehearsal.database = database
                _know_numbers(settings, database)
                if prompts:
                    rehearsal.lent = lend_prompts(settings, database.engine, prompts)
                yield rehearsal
        finally:
            if rehearsal.over:
                server.drop_database(name)
                shutil.rmtree(voices / name, ignore_errors=True)


def _know_numbers(settings: Settings, database: Database) -> None:
    """What the installation knows of numbers, a rehearsal knows too."""
    from oklik.store.numbering import put_plan

    if (packed := registered_plan(settings)) is not None:
        with database.engine.begin() as connection:
            put_plan(connection, packed)


def _forget(voices: Path, server: "EmbeddedPostgres") -> None:
    """What was recorded in rehearsals whose database is gone."""
    for folder in voices.iterdir() if voices.is_dir() else ():
        if not server.has_database(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


class Rehearsal:
    """The open rehearsal; its database goes at the end if it is over: nothing was begun, or the report is written."""

    database: Database
    recordings: Path  # what is recorded in it
    lent: int | None = None  # recordings of the installation's library; None: it has none that could be asked
    over = False


@contextmanager
def sole_driver(database: Database, node: str) -> Iterator[None]:
    """Be the only command on this database that keeps a dialer for the node.  Raises BadInput when another one does.

    Two that each start their dialer again would take the node from each other for ever.  The lock goes with its
    connection, so a killed command holds up nobody.
    """
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken = connection.execute(
            text("SELECT pg_try_advisory_lock(hashtext('oklik node'), hashtext(:node))"), {"node": node}
        )
        if not taken.scalar_one():
            raise BadInput("node_taken", node=node)
        yield


def check_room(home: Path, needed_mb: int) -> None:
    """Make the folder of our things, and make sure there is room on its disk.  Raises BadInput."""
    try:
        commands.file_exists(f"{home}/prompts/clip.wav")
    except commands.BadField:
        # The switch would be told of no prompt there: whoever answers would hear silence.
        raise BadInput("home_name", path=home) from None
    try:
        home.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(home).free // 1_000_000
    except OSError as error:
        raise BadInput("home", path=home, why=why(error)) from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise BadInput("home", path=home, why=why(PermissionError(errno.EACCES, "")))
    if free_mb < needed_mb:
        raise BadInput("no_room", path=home, free=free_mb, needed=needed_mb)


@contextmanager
def sample_prompt(prompts: Path) -> Iterator[Path]:
    """A file in the folder of prompts, as the clips will lie there: readable by whoever knows its name."""
    new = [folder for folder in (prompts, prompts.parent) if not folder.exists()]
    check_room(prompts.parent, 0)
    sample = prompts / f"probe-{os.getpid()}.wav"
    try:
        if prompts in new:
            prompts.mkdir(mode=0o711)
            prompts.chmod(0o711)
        sample.touch()
        sample.chmod(0o644)
        yield sample
    except OSError as error:
        raise BadInput("home", path=prompts, why=why(error)) from None
    finally:
        sample.unlink(missing_ok=True)
        for folder in new:  # nothing is left behind if this was only a wrong address
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def sample_recording(folder: Path) -> Iterator[Path]:
    """The name of a file that the switch is to make in a folder as those of the campaigns will be."""
    from oklik.worker.recordings import make_folder

    trial = folder / f"probe-{os.getpid()}"
    new = not folder.exists()
    file = trial / "probe.wav"
    try:
        make_folder(trial)
        yield file
        file.read_bytes()  # for another user's file of a closed group we would find out only after the calls
    except OSError as error:
        raise BadInput("home", path=folder, why=why(error)) from None
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)
            trial.rmdir()
            if new:
                folder.rmdir()


@contextmanager
def _upgraded(url: str, shown: str) -> Iterator[Database]:
    from oklik.jobs.app import apply_schema
    from oklik.store.engine import make_engine
    from oklik.store.migrate import upgrade

    upgrade(url)
    apply_schema(url)
    engine = make_engine(url, pool_size=3)
    try:
        yield Database(url, shown, engine)
    finally:
        engine.dispose()


def pick_voice(settings: Settings, scenario: "Scenario", voices: Path | None) -> "Voice":
    """The one voice of the whole campaign, tried before launch.  Raises NoVoice, VoicesError, DictionaryError."""
    from oklik.scenario.prompts import speaks_personal
    from oklik.speech.dictionary import load_dictionary
    from oklik.speech.voices import choose_voice, default_voices, load_voices

    configured = load_voices(voices) if voices is not None else default_voices()
    places = [place for place in (SHIPPED_PROMPTS,) if place.is_dir()]
    if settings.dictionary is not None:
        places.append(settings.dictionary)
    return choose_voice(
        configured,
        scenario.languages,
        speaks_personal(scenario),
        dictionary=load_dictionary(*places),
        recordings={} if settings.recordings is None else recorded_prompts(settings.recordings),
    )


def recorded_prompts(folder: Path) -> dict[str, str]:
    """What is recorded there, by content.  Raises BadInput for a folder that cannot be read."""
    from oklik.speech.recordings import Recordings

    try:
        next(folder.iterdir(), None)  # a slip of the pen in its name would be heard only in the calls
        return Recordings(folder).digests()
    except OSError as error:
        raise BadInput("recordings", path=folder, why=why(error)) from None


def reach(settings: Settings, address: "SwitchAddress", *, records: bool = False) -> "Probed":
    """Make sure that a switch answers there, takes our password and finds our prompts; says what it is.

    records: it must also be able to write recordings where we can read them.  Raises BadInput.
    """
    from oklik.telephony.freeswitch.probe import probe
    from oklik.telephony.port import SwitchError, SwitchRefused, SwitchUnreachable

    told = {"name": address.name, "where": address.where}
    try:
        with sample_prompt(settings.prompts) as file, ExitStack() as stack:
            new = stack.enter_context(sample_recording(settings.voice_answers)) if records else None
            where = (address.host, address.port, address.password)
            return probe(*where, file=str(file), new_file=str(new) if new else None)
    except SwitchUnreachable:
        raise BadInput("switch_unreachable", **told) from None
    except SwitchRefused as error:
        if error.reason == "guard" and records:
            raise BadInput("switch_guard_records", **told) from None
        if error.reason in ("password", "acl", "guard", "guard_old"):
            raise BadInput(f"switch_{error.reason}", **told) from None
        if error.reason == "new_file":
            raise BadInput("switch_records", **told, path=settings.voice_answers) from None
        if error.reason == "file":
            raise BadInput("switch_file", **told, path=settings.prompts) from None
        raise BadInput("switch_trouble", **told, detail=error) from None
    except SwitchError as error:
        raise BadInput("switch_trouble", **told, detail=error) from None
