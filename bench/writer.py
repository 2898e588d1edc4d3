"""What the batch writer's waiting for company costs and saves: several waits side by side in one run.

Run: python bench/writer.py [--write].  Dialers that differ in nothing but how long the first entry of a batch waits for
others (worker/writer.COLLECT_S), each with a database server and a virtual switch of its own, make the same calls at
the same time.  Measured in a common window: CPU of the dialer and of PostgreSQL and transactions, by call that ended,
and how late a batch was committed, from its first entry.  --write puts the table into docs/performance.md.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import NamedTuple

from sqlalchemy import text

import growth
import growth_pages
import surveys

WAITS_S = (0.0, 0.02, 0.07, 0.15, 0.3)


class Row(NamedTuple):
    """A wait.  cpu_ms, base_ms, commits: by call; p50_ms, p99_ms: from the first entry of a batch to its commit."""

    wait_ms: float
    cpu_ms: float
    base_ms: float
    commits: float
    p50_ms: float
    p99_ms: float


class Collecting(growth.Place):
    """A place whose dialer waits so long."""

    wait_s = 0.0

    def start(self, rate: int, how: Sequence[str], environment: Mapping[str, str]) -> Sequence[surveys.Child]:
        """See growth.Place."""
        return super().start(rate, how, {**environment, "OKLIK_BENCH_COLLECT_S": str(self.wait_s)})

    def commits(self) -> int:
        """Of this database, so far."""
        with self.engine.connect() as conn:
            return int(conn.execute(text(_COMMITS)).scalar_one())


_COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


def measure(rate: int, seconds: float) -> list[Row]:
    """All waits at the same time."""
    with contextlib.ExitStack() as stack:
        places = [stack.enter_context(_place(wait_s)) for wait_s in WAITS_S]
        pool = stack.enter_context(ThreadPoolExecutor(len(places)))
        calls = int(rate * (seconds + 12 * growth.SETTLE_S))
        campaigns = list(pool.map(lambda place: place.campaign(calls), places))
        meeting = Barrier(len(places), timeout=growth.PATIENCE_S)

        def one(place: Collecting, campaign: int) -> Row:
            with place.dialing(rate, tapped=True) as dialing, growth.running(place.engine, campaign):
                growth.until_steady(dialing, int(rate * growth.TALK_S))
                meeting.wait()
                before, told = place.commits(), len(dialing.lines())
                look = dialing.look(rate, seconds)
                commits = place.commits() - before
                lags = sorted(lag for line in dialing.lines()[told:] for lag in line["lags_ms"])
                meeting.wait()
            row = Row(
                place.wait_s * 1000,
                look.cpu_ms,
                look.base_ms,
                commits / (look.rate * seconds),
                lags[len(lags) // 2],
                lags[len(lags) * 99 // 100],
            )
            print(row, flush=True)
            return row

        return list(pool.map(one, places, campaigns))


@contextlib.contextmanager
def _place(wait_s: float) -> Iterator[Collecting]:
    with growth.room(Collecting) as place:
        assert isinstance(place, Collecting)
        place.wait_s = wait_s
        yield place


COLUMNS = {
    "wait_ms": ("waits for company, ms", ".0f"),
    "cpu_ms": ("dialer, ms a call", ".2f"),
    "base_ms": ("PostgreSQL, ms a call", ".2f"),
    "commits": ("transactions a call", ".2f"),
    "p50_ms": ("committed after, p50, ms", ".0f"),
    "p99_ms": ("p99, ms", ".0f"),
}


def main() -> int:
    """Measure, print, and write where it is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=int, default=30, help="calls a second of each dialer")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rows = measure(options.rate, options.seconds)
    words = f"{options.rate} calls a second of each; load before the run: {load:.1f}.\n"
    words += growth_pages.table([row._asdict() for row in rows], COLUMNS)
    print(words)
    if options.write:
        page = growth.ROOT / "docs" / "performance.md"
        page.write_text(growth_pages.between(page.read_text("utf-8"), "writer", words), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
