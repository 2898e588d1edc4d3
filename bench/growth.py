"""What a call costs as more are in progress, as lists get longer and as more begin in a second; pictures of it.

Run: python bench/growth.py [--parts progress,lists,knee] [--write] [--json].  The dialer with PostgreSQL against the
virtual switch, all on this machine; a PostgreSQL of its own with durable settings, thrown away afterwards.

progress: 50 calls begin in a second, always; they last longer and longer, so that 100, 1,000 and 5,000 are up.
lists: short calls of a campaign of 10,000, 100,000 and 1,000,000 contacts.
knee: 50, 100, 200, ... calls a second are asked for, until the dialer does less than 95 % of it or answers too late.

Of each a window is looked at in which things are as they stay: CPU of the dialer's process (all its threads, from
/proc) by calls that ended, how soon it answers an event (see tapped_dialer.py, in windows of their own, as the tap
costs time), memory of its process.  The first size of each part is measured again at the end: what differs between
the two is the machine's.  --write puts the tables into docs/performance.md and the pictures into docs/img.
"""

import argparse
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

import surveys
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
RATE = 50  # calls that begin in a second
UP = (100, 1000, 5000)
LISTS = (10_000, 100_000, 1_000_000)
STEPS = (50, 100, 200, 300, 400, 600, 800)  # calls a second
TALK_S = 2.0  # of a short call: ringing, half a second of a prompt, half a second of the question, two keys
LOOK_S = 30.0
SETTLE_S = 5.0
LATE_MS = 200.0  # an answer at p99 that is too late
MOST = 8_000


class Look(NamedTuple):
    """A window.  cpu_ms, base_ms: of the dialer and of PostgreSQL by call; up: calls in progress; rate: ended a second;
    p50_ms, p99_ms: from event to command; late_ms: how late a timer was at most; mb: of the dialer's process."""

    size: int
    cpu_ms: float
    base_ms: float
    up: float
    rate: float
    p50_ms: float
    p99_ms: float
    late_ms: float
    mb: float


class Dialing:
    """A dialer at work on a switch of its own."""

    def __init__(self, folder: Path, url: str, engine: Engine, server: EmbeddedPostgres, *, tapped: bool) -> None:
        self._engine, self._server = engine, server
        self._tap = folder / "tap"
        self._tap.unlink(missing_ok=True)
        how = [str(ROOT / "bench" / "tapped_dialer.py")] if tapped else None
        more = {"OKLIK_BENCH_TAP": str(self._tap)} if tapped else {}
        self.switch, self.dialer = surveys.start_engine(folder, url, MOST // 2, how=how, environment=more, most=MOST)

    def end(self) -> None:
        """Dialer first."""
        for child in (self.dialer, self.switch):
            child.end()

    def up(self) -> int:
        """Calls in progress."""
        with self._engine.connect() as conn:
            return int(conn.execute(text("SELECT count(*) FROM attempt WHERE open")).scalar_one())

    def _ended(self) -> int:
        with self._engine.connect() as conn:
            return int(conn.execute(text("SELECT count(*) FROM attempt WHERE NOT open")).scalar_one())

    def look(self, size: int, seconds: float) -> Look:
        """Look for so long."""
        lines = self._lines()
        cpu, base, ended, began = self.dialer.cpu_s(), _family_s(self._server.pid), self._ended(), time.monotonic()
        ups = []
        while time.monotonic() - began < seconds:
            ups.append(self.up())
            time.sleep(1.0)
        calls, took = self._ended() - ended, time.monotonic() - began
        cpu, base = self.dialer.cpu_s() - cpu, _family_s(self._server.pid) - base
        told = self._lines()[len(lines) :]
        answers = sorted(one for line in told for one in line["answers_ms"])
        return Look(
            size,
            cpu * 1000 / max(calls, 1),
            base * 1000 / max(calls, 1),
            statistics.median(ups),
            calls / took,
            answers[len(answers) // 2] if answers else 0.0,
            answers[len(answers) * 99 // 100] if answers else 0.0,
            max((line["late_ms"] for line in told), default=0.0),
            _memory_mb(self.dialer.process.pid),
        )

    def _lines(self) -> list[dict[str, Any]]:
        if not self._tap.exists():
            return []
        return [json.loads(line) for line in self._tap.read_text("ascii").splitlines(keepends=True) if line[-1] == "\n"]


def _family_s(pid: int) -> float:
    """CPU of a process and of those it has begun, so far; of children that have ended, too."""
    total = 0.0
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (one / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            if int(one.name) == pid:
                total += sum(map(int, fields[11:15])) / 100
            elif int(fields[1]) == pid:
                total += sum(map(int, fields[11:13])) / 100
    return total


def _memory_mb(pid: int) -> float:
    """Proportional set size: of pages that are shared only its part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
