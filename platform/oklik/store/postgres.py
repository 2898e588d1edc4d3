"""The embedded PostgreSQL: starts the server binaries of the wheel on a data folder and shares it between processes.

    with EmbeddedPostgres(Path(".oklik/database")) as url: ...

Listens on a Unix socket only, with a random password (SCRAM): no TCP port, no trust.  The first `start` makes the
data, every later one finds the running server or starts it again, also after kill -9; `stop` ends it when no other
process uses it.  As root the server runs as an unprivileged user (see `postgres_binaries`).  Tables are the business
of `migrate`, connections of `engine`.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from oklik.store import postgres_process as process
from oklik.store.postgres_binaries import Identity, Install, PostgresError, find, identity, reachable

if TYPE_CHECKING:
    from psycopg.sql import SQL, Composed

__all__ = ["EmbeddedPostgres", "PostgresError"]

SUPERUSER = "oklik"
DATABASE = "oklik"
ROOT_DATA = Path("/var/lib/oklik")
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_MAX = 107  # bytes, sockaddr_un.sun_path without its closing zero
LOG_MAX = 10_000_000
STOP_SECONDS = 30.0
POLL_SECONDS = 0.005
# What the server says of itself while it starts and stops, and what is said of a socket it has left.
NOT_NOW = (
    "shutting down",
    "starting up",
    "not yet accepting",
    "in recovery mode",
    "No such file",
    "Connection refused",
)
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    # The password is 256 random bits: stretching it would only slow every connection.
    "scram_iterations": "16",
}
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal"}
FAST_SETTINGS |= {"max_wal_senders": "0", "autovacuum_naptime": "1h", "checkpoint_timeout": "1h"}


class EmbeddedPostgres:
    """A PostgreSQL server on a folder.  All failures raise PostgresError with one clear line.

    data_dir: holds cluster, log, locks and password; as root, when the server's user cannot reach it (a 0700 home
    above), a folder in /var/lib/oklik stands in for it: read `.folder`.  cache_dir: where copies of the binaries may
    go.  durable=False turns off fsync: for tests and rehearsals, a power cut loses the data.  with_parent: the server
    ends when the thread that started it does, however the process dies: start it in the main thread and only where
    nobody shares it.
    """

    def __init__(
        self,
        data_dir: Path,
        cache_dir: Path | None = None,
        *,
        durable: bool = True,
        with_parent: bool = False,
    ) -> None:
        self._who: Identity = identity()
        self.folder = self._place(data_dir.absolute())
        self.cluster = self.folder / "cluster"
        self._cache = (cache_dir or self.folder.parent / "cache").absolute()
        self._durable = durable
        self._with_parent = with_parent
        self._process: subprocess.Popen[bytes] | None = None
        self._users: IO[str] | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- for callers ----------------------------------------------------------------------------------------

    def start(self) -> str:
        """Start the server or join the running one; return the URL of the main database (SQLAlchemy's form)."""
        try:
            self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            with self._alone():
                if self._users is None:
                    self._users = (self.folder / "users.lock").open("a")
                    fcntl.flock(self._users, fcntl.LOCK_SH)
                if not self._joined():
                    self._launch()
                if DATABASE not in self._databases():
                    self.create_database(DATABASE)
        except OSError as error:
            self._leave()
            raise PostgresError(f"the database in {self.folder} cannot be started: {error}") from error
        except PostgresError:
            self._leave()
            raise
        return self.url()

    def stop(self) -> None:
        """Stop using the server; end it cleanly when no other process uses it."""
        if self._users is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._process is not None:
                    _LEFT_RUNNING.append(self._process)
            else:
                self._shut_down()
            finally:
                self._leave()
                self._process = None

    def url(self, database: str = DATABASE) -> str:
        """Return the URL of a database; it holds the password: never log it."""
        host = quote(str(self._socket_dir()), safe="")
        return f"postgresql+psycopg://{SUPERUSER}:{self._password()}@/{quote(database, safe='')}?host={host}"

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Create a database, empty or a copy of template; return its URL."""
        from psycopg import sql

        command = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            command += sql.SQL(" TEMPLATE {} STRATEGY {}").format(
                sql.Identifier(template), sql.SQL("wal_log" if self._durable else "file_copy")
            )
        self._execute(command)
        return self.url(name)

    def has_database(self, name: str) -> bool:
        """Say whether there is a database of this name."""
        return name in self._databases()

    def drop_database(self, name: str) -> None:
        """Drop a database, if it is there, and cut whoever is connected to it."""
        from psycopg import sql

        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def pid(self) -> int | None:
        """Return the process id of the server when it runs and takes connections or will, else None."""
        return process.running(self.cluster)

    # -- places ---------------------------------------------------------------------------------------------

    def _place(self, wanted: Path) -> Path:
        if not self._who.drop or reachable(wanted, self._who):
            return wanted
        return ROOT_DATA / f"{wanted.name}-{_short_hash(wanted)}"

    def _socket_dir(self) -> Path:
        """The cluster itself, closed to others; a short folder in /tmp where that path is too long for a socket."""
        if len(os.fsencode(self.cluster / SOCKET_NAME)) <= SOCKET_PATH_MAX:
            return self.cluster
        return Path("/tmp") / f"oklik-{self._who.uid}-{_short_hash(self.cluster)}"  # noqa: S108  checked at use

    def _make_socket_dir(self) -> Path:
        folder = self._socket_dir()
        if folder != self.cluster:
            with contextlib.suppress(FileExistsError):
                folder.mkdir(mode=0o700)
                self._give(folder)
            found = folder.lstat()  # somebody else may have laid a trap there
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self._who.uid or found.st_mode & 0o077:
                raise PostgresError(f"{folder} is not a private folder of uid {self._who.uid}: remove it")
        return folder

    def _password(self) -> str:
        return (self.folder / "password").read_text("ascii")

    def _give(self, path: Path) -> None:
        if self._who.drop:
            os.chown(path, self._who.uid, self._who.gid)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one process at a time starts or stops this server; the kernel frees the lock of a killed one."""
        with (self.folder / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # -- the server -----------------------------------------------------------------------------------------

    def _joined(self) -> bool:
        """Whether a server is there and ready.  One that starts (recovery takes its time) or stops is waited for."""
        while (pid := self.pid()) is not None:
            if process.is_ready(pid, self.cluster) and self._takes_us():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _takes_us(self) -> bool:
        """Whether one can connect; its pid file says that it stops a moment after it has begun to."""
        try:
            self._databases()
        except PostgresError as error:
            if any(words in str(error) for words in NOT_NOW):
                return False
            raise
        return True

    def _launch(self) -> None:
        install = self._install()
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise(install)
        process.drop_foreign_pid_file(self.cluster)
        socket_dir = self._make_socket_dir()
        settings = SETTINGS | ({} if self._durable else FAST_SETTINGS)
        command = [str(install.bin / "postgres"), "-D", str(self.cluster), "-k", str(socket_dir)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = self.folder / "server.log"
        if log.exists() and log.stat().st_size > LOG_MAX:
            log.replace(log.with_suffix(".log.1"))
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
            log.chmod(0o600)  # a statement that failed stands there with people's numbers
            began = output.tell()
            self._process = subprocess.Popen(
                command,
                cwd=self.cluster,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=process.environment(),
                start_new_session=True,  # Ctrl-C is for us: the server must outlive our own clean-up
                umask=0o077,
                preexec_fn=process.end_with_parent if self._with_parent else None,  # noqa: PLW1509  one system call
                user=self._who.user,
                group=self._who.group,
                extra_groups=self._who.extra_groups,
            )
        self._await_ready(self._process, log, began)

    def _install(self) -> Install:
        version = self.cluster / "PG_VERSION"
        major = int(version.read_text("ascii")) if version.exists() else None
        return find(self._cache, self._who, major)

    def _initialise(self, install: Install) -> None:
        """Make the data beside their place and rename: a kill in the middle leaves nothing half-made."""
        unfinished = self.folder / "cluster.new"
        for old in (unfinished, self.cluster):
            shutil.rmtree(old, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        password = secrets.token_hex(32)
        handed = self.folder / "password.new"
        handed.unlink(missing_ok=True)
        try:
            for path in (handed, self.folder / "password"):
                path.touch(mode=0o600)
                path.write_text(password, "ascii")
            self._give(handed)
            command = [str(install.bin / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8"]
            command += ["--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={handed}", "--no-instructions"]
            command += ["--set", f"scram_iterations={SETTINGS['scram_iterations']}"]
            command += [] if self._durable else ["--no-sync"]
            made = subprocess.run(
                command,
                capture_output=True,
                cwd=self.folder,
                env=process.environment(),
                umask=0o077,
                check=False,
                user=self._who.user,
                group=self._who.group,
                extra_groups=self._who.extra_groups,
            )
        finally:
            handed.unlink(missing_ok=True)
        if made.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            why = made.stderr.decode("utf-8", "replace").strip().splitlines()
            raise PostgresError(f"initdb failed in {self.folder}: {why[-1] if why else made.returncode}")
        unfinished.rename(self.cluster)

    def _await_ready(self, server: subprocess.Popen[bytes], log: Path, began: int) -> None:
        """Wait till the server says so in its pid file; recovery after a crash may take its time."""
        while True:
            if process.is_ready(server.pid, self.cluster):
                return
            if server.poll() is not None:
                self._process = None
                raise PostgresError(f"PostgreSQL did not start: {process.complaint(log, began)} (see {log})")
            time.sleep(POLL_SECONDS)

    def _shut_down(self) -> None:
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGINT)  # "fast": roll back, checkpoint, leave
            if not self._gone(pid, STOP_SECONDS):
                os.kill(pid, signal.SIGQUIT)  # "immediate": recovery at the next start
                self._gone(pid, STOP_SECONDS)
        if self._process is not None:
            self._process.wait()
        if (folder := self._socket_dir()) != self.cluster:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _leave(self) -> None:
        """Give up the shared lock that says that we use the server."""
        if self._users is not None:
            self._users.close()
            self._users = None

    def _gone(self, pid: int, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is not None:
                self._process.poll()  # else it would stay as a zombie
            if not process.is_server(pid, self.cluster):
                return True
            time.sleep(POLL_SECONDS)
        return False

    # -- administration -------------------------------------------------------------------------------------

    def _execute(self, command: "SQL | Composed", *, rows: bool = False) -> list[tuple[object, ...]]:
        import psycopg
        from psycopg.conninfo import make_conninfo

        where = make_conninfo(
            host=str(self._socket_dir()), user=SUPERUSER, password=self._password(), dbname="postgres"
        )
        try:
            with psycopg.connect(where, autocommit=True) as connection:
                cursor = connection.execute(command)
                return cursor.fetchall() if rows else []
        except psycopg.Error as error:
            raise PostgresError(f"the database in {self.folder} refused: {error}") from error

    def _databases(self) -> set[object]:
        from psycopg import sql

        return {row[0] for row in self._execute(sql.SQL("SELECT datname FROM pg_database"), rows=True)}


# Servers we started that others still use: kept, or Python would complain of a child nobody waits for.
_LEFT_RUNNING: list[subprocess.Popen[bytes]] = []


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
