"""A database to a stream of bytes and back, by PostgreSQL's own programs.

`pg_dump` reads one snapshot while others go on writing.  `pg_restore` and `psql` put it back in one transaction, with
further statements of ours at its end, so that there is no moment at which the data are there and those are not.
The programs come with the embedded PostgreSQL's wheel; for a server newer than that, those of the machine are looked
for.  Passwords go by the environment, never by a command line.
"""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from oklik.store.engine import conninfo, normal_url
from oklik.store.postgres_binaries import bundled
from oklik.store.postgres_process import environment

CHUNK = 256 * 1024
LOCK_WAIT_MS = 60_000  # an upgrade may hold tables for so long
_DEBIAN = Path("/usr/lib/postgresql")
_PROGRAMS = ("pg_dump", "pg_restore", "psql")
_VERSION = re.compile(r"\(PostgreSQL\)[^0-9]*([0-9]+)")


class DumpError(Exception):
    """One of PostgreSQL's programs did not do it; the text is its own one line."""


class NoClient(DumpError):
    """There are no programs for a server of this major version.  have: the versions that there are."""

    def __init__(self, major: int, have: Sequence[int]) -> None:
        self.major, self.have = major, tuple(have)
        super().__init__(f"the server is PostgreSQL {major}, the programs here are of {have}")


def server_major(url: str | URL) -> int:
    """Give the major version of the server.  Raises SQLAlchemyError."""
    return int(_ask(url, "SHOW server_version_num")) // 10_000


def is_empty(url: str | URL) -> bool:
    """Say whether a database holds no table, view or sequence at all.  Raises SQLAlchemyError."""
    found = _ask(
        url,
        """SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
             AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')""",
    )
    return int(found) == 0


def size(url: str | URL) -> int:
    """Give the bytes that the database takes on the server's disk.  Raises SQLAlchemyError."""
    return int(_ask(url, "SELECT pg_database_size(current_database())"))


def _ask(url: str | URL, statement: str) -> str:
    engine = create_engine(normal_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return str(connection.execute(text(statement)).scalar_one())


def programs(major: int) -> Path:
    """Give the folder of the programs that fit a server of this version best: the oldest that are no older than it.

    Newer ones would write settings into the dump that this server does not know.  Raises NoClient.
    """
    there = _of_machine() | {version: home / "bin" for version, home in bundled().items()}
    fit = [version for version in there if version >= major]
    if not fit:
        raise NoClient(major, sorted(there))
    return there[min(fit)]


def _of_machine() -> dict[int, Path]:
    """Programs that the machine has, by version."""
    found = {}
    folders = [*_DEBIAN.glob("*/bin")]
    if (in_path := shutil.which("pg_dump")) is not None:
        folders.append(Path(in_path).parent)
    for folder in folders:
        if not all(os.access(folder / one, os.X_OK) for one in _PROGRAMS):
            continue
        with suppress(OSError, subprocess.SubprocessError):
            said = subprocess.run(
                [folder / "pg_dump", "--version"], capture_output=True, text=True, timeout=10, check=False
            )
            if told := _VERSION.search(said.stdout):
                found[int(told[1])] = folder
    return found


def dump(url: str | URL, *, without_rows_of: Collection[str] = ()) -> Iterator[bytes]:
    """Give the database as it is at this moment, in pg_dump's own compressed form.

    without_rows_of: tables that come empty.  Raises DumpError, SQLAlchemyError.
    """
    where, secrets = _target(url)
    command = [str(programs(server_major(url)) / "pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    command += ["--encoding=UTF8", f"--lock-wait-timeout={LOCK_WAIT_MS}", "--no-password"]
    command += [f"--exclude-table-data={name}" for name in without_rows_of]
    with _started([*command, f"--dbname={where}"], secrets, stdout=subprocess.PIPE) as running:
        assert running.process.stdout is not None
        while chunk := running.process.stdout.read(CHUNK):
            yield chunk
        running.finish()


def load(
    url: str | URL, source: IO[bytes], *, then: Sequence[str] = (), loaded: Callable[[int], None] = lambda _: None
) -> None:
    """Put a dump into an empty database and carry out these statements, all in one transaction.

    loaded: told how many bytes of the dump were read.  Raises DumpError, SQLAlchemyError; the database is then as it
    was.
    """
    where, secrets = _target(url)
    folder = programs(server_major(url))
    # restoring is told as SQL, so that our own statements can follow it within the same transaction
    # (comments too: that of the job tables says which version they are)
    reading = [str(folder / "pg_restore"), "--file=-", "--no-owner", "--no-privileges"]
    writing = [str(folder / "psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    writing += ["--no-password", "--output=/dev/null", f"--dbname={where}", "--file=-"]
    pipe = subprocess.PIPE
    with (
        _started(writing, secrets, stdin=pipe) as writer,
        _started(reading, {}, stdin=pipe, stdout=pipe) as reader,
    ):
        feeder = threading.Thread(target=_feed, args=(source, reader.process, loaded), daemon=True)
        feeder.start()
        assert reader.process.stdout is not None
        assert writer.process.stdin is not None
        try:
            while chunk := reader.process.stdout.read(CHUNK):
                writer.process.stdin.write(chunk)
            feeder.join()
            reader.finish()  # before the transaction is told to end: half a dump must not stay
            end = ["SET search_path = public;", *(f"{one};" for one in then)]
            writer.process.stdin.write(("\n".join(["", *end]) + "\n").encode())
            writer.process.stdin.close()
        except BrokenPipeError:
            writer.finish()  # says why
            raise DumpError("psql has ended too early") from None
        writer.finish()


def _feed(source: IO[bytes], process: "subprocess.Popen[bytes]", loaded: Callable[[int], None]) -> None:
    done = 0
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # whoever reads says why it ended
        while chunk := source.read(CHUNK):
            process.stdin.write(chunk)
            done += len(chunk)
            loaded(done)
    with suppress(BrokenPipeError):
        process.stdin.close()


class _Running:
    """A program under way; what it complains of is kept in a file, so that it never waits for a reader."""

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
        self.process = process
        self._name, self._said = name, said

    def finish(self) -> None:
        """Wait for its end.  Raises DumpError if it was no good one."""
        if self.process.wait() == 0:
            return
        self._said.seek(0)
        lines = self._said.read(64 * 1024).decode("utf-8", "replace").strip().splitlines()
        telling = [line for line in lines if "rror" in line or "FATAL" in line] or lines
        raise DumpError(telling[0].strip() if telling else f"{self._name} ended with {self.process.returncode}")


@contextmanager
def _started(
    command: Sequence[str], secrets: dict[str, str], *, stdin: int = subprocess.DEVNULL, stdout: int | None = None
) -> Iterator[_Running]:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.DEVNULL if stdout is None else stdout,
            stderr=said,
            env=environment() | secrets,
            start_new_session=True,
        )
        try:
            yield _Running(Path(command[0]).name, process, said)
        finally:
            process.kill()  # nothing where it has ended
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()


def _target(url: str | URL) -> tuple[str, dict[str, str]]:
    """The connection string without the password, and the password for the environment."""
    target = normal_url(url)
    secrets = {} if target.password is None else {"PGPASSWORD": str(target.password)}
    return conninfo(target, secret=False), secrets
