"""The process of a PostgreSQL server, seen from outside: is it there, is it ready, why did it not start.

Linux only: processes are looked up in /proc.  Who starts and stops it is `postgres`.
"""

import ctypes
import os
import signal
from pathlib import Path

PID_FILE = "postmaster.pid"
_STATUS_LINE = 7  # "starting", "ready", "stopping": the eighth line of the pid file


def running(cluster: Path) -> int | None:
    """Return the process id of the server on a cluster, None when there is none."""
    lines = _pid_lines(cluster)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if is_server(pid, cluster) else None


def is_ready(pid: int, cluster: Path) -> bool:
    """Whether that server says in its pid file that it takes connections."""
    lines = _pid_lines(cluster)
    return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"


def is_server(pid: int, cluster: Path) -> bool:
    """Whether the process is a PostgreSQL server on this cluster: after a crash the id may be anybody's."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return words[1:3] == [b"-D", os.fsencode(cluster)]


def drop_foreign_pid_file(cluster: Path) -> None:
    """Remove a pid file whose id now belongs to another program or nobody; a server may not start beside it."""
    if _pid_lines(cluster) and running(cluster) is None:
        (cluster / PID_FILE).unlink(missing_ok=True)


def end_with_parent() -> None:
    """Between fork and exec: have the kernel end this process (SIGINT) when the thread that started it ends."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)


def environment() -> dict[str, str]:
    """Nothing of our own environment: PG* variables and locales of the user must not change the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def complaint(log: Path, began: int) -> str:
    """Return, in one line, what the log since that offset says went wrong."""
    with log.open("rb") as source:
        source.seek(began)
        lines = source.read().decode("utf-8", "replace").strip().splitlines()
    telling = [line for line in lines if "FATAL" in line or "ERROR" in line][:1] or lines[:3] or ["no message"]
    return " ".join(line.strip() for line in telling)


def _pid_lines(cluster: Path) -> list[str]:
    try:
        return (cluster / PID_FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
