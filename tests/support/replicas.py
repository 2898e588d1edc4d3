"""A PostgreSQL primary and a streaming standby, both of the bundled server, on Unix sockets.

with replicas(folder, synchronous=True) as pair:
    pair.url        # both hosts, whichever takes writes
    pair.kill_primary(); pair.promote()
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from oklik.store import postgres_process as process
from oklik.store.postgres import DATABASE, SUPERUSER, EmbeddedPostgres
from oklik.store.postgres_binaries import find, identity
from support.patience import until


class Replicas:
    """See above; made by `replicas`."""

    def __init__(self, folder: Path) -> None:
        self._who = identity()
        self.primary = EmbeddedPostgres(folder / "primary", folder / "cache", with_parent=True)
        self.primary.start()
        self._install = find(folder / "cache", self._who)
        self._password = (self.primary.folder / "password").read_text("ascii")
        self._sockets = folder / "standby"
        self._standby: subprocess.Popen[bytes] | None = None
        self.url = (
            f"postgresql://{SUPERUSER}:{self._password}@/{DATABASE}"
            f"?host={quote(f'{self.primary.cluster},{self._sockets}', safe='')}&target_session_attrs=read-write"
        )

    def begin(self, *, synchronous: bool) -> None:
        """Copy the primary, start the copy, and wait until it follows."""
        self._sockets.mkdir(mode=0o700)
        os.chown(self._sockets, self._who.uid, self._who.gid)
        cluster = self._sockets / "cluster"
        where = ["-h", str(self.primary.cluster), "-U", SUPERUSER]
        self._run("pg_basebackup", *where, "-D", str(cluster), "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
        command = [str(self._install.bin / "postgres"), "-D", str(cluster), "-k", str(self._sockets)]
        command += [
            part for one in ("listen_addresses=", "shared_buffers=64MB", "max_connections=120") for part in ("-c", one)
        ]
        with (self._sockets / "log").open("ab") as log:
            self._standby = subprocess.Popen(
                command,
                cwd=cluster,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=process.environment(),
                preexec_fn=process.end_with_parent,  # noqa: PLW1509  one system call
                user=self._who.user,
                group=self._who.group,
                extra_groups=self._who.extra_groups,
            )
        until(lambda: self._ask(self.primary.cluster, "SELECT count(*) FROM pg_stat_replication"), "it follows")
        if synchronous:
            self._ask(self.primary.cluster, "ALTER SYSTEM SET synchronous_standby_names = '*'")
            self._ask(self.primary.cluster, "SELECT pg_reload_conf()")
            until(
                lambda: self._ask(
                    self.primary.cluster, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
                )
            )

    def hold_up(self) -> None:
        """From now on nothing is sent to the standby."""
        pid = self.primary.pid()
        assert pid is not None
        (sender,) = [one for one in _children(pid) if b"walsender" in _command(one)]
        os.kill(sender, signal.SIGSTOP)

    def kill_primary(self) -> None:
        """kill -9 of all its processes, as if the machine were gone."""
        pid = self.primary.pid()
        assert pid is not None
        for one in [pid, *_children(pid)]:
            os.kill(one, signal.SIGKILL)

    def promote(self) -> None:
        """Make the standby the primary."""
        self._ask(self._sockets, "SELECT pg_promote()")
        until(lambda: not self._ask(self._sockets, "SELECT pg_is_in_recovery()::int"), "it takes writes", every=0.01)

    def close(self) -> None:
        """End both."""
        if self._standby is not None:
            self._standby.send_signal(signal.SIGQUIT)
            self._standby.wait()
        self.primary.stop()

    def _ask(self, host: Path, statement: str) -> int:
        where = {"host": str(host), "user": SUPERUSER, "password": self._password, "dbname": DATABASE}
        with psycopg.connect(**where, autocommit=True) as conn:
            cursor = conn.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return int(row[0]) if row else 0

    def _run(self, tool: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._install.bin / tool), *arguments],
            check=True,
            cwd=self._sockets,
            env=process.environment() | {"PGPASSWORD": self._password},
            user=self._who.user,
            group=self._who.group,
            extra_groups=self._who.extra_groups,
        )


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@contextmanager
def replicas(folder: Path, *, synchronous: bool) -> Iterator[Replicas]:
    """A pair that is ended whatever happens.  folder: reachable for the server's user."""
    pair = Replicas(folder)
    try:
        pair.begin(synchronous=synchronous)
        yield pair
    finally:
        pair.close()
        shutil.rmtree(folder / "standby", ignore_errors=True)
