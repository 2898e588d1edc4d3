"""How calls a second grow with nodes: one, two and three dialers, each with its own switch, on one PostgreSQL.

Run: PYTHONPATH=tests python bench/scale.py [--rounds N] [--channels N] [--seconds S] [--json] [--write].  A node may
have so many calls up (--channels) that three of them are far below what two cores can do: the figure shows what nodes
cost each other at the claims and at the shared trunks, not who has the processor.  Each round measures 1, 2 and 3 nodes
in turn, first with one campaign, then with three that share two trunks.  Calls are counted in the switches' ledgers,
over one stretch after everybody has a part of the trunks.  Processor time, WAL and transactions are of that stretch,
too.  --write puts the table into docs/scale.md.  The last line is JSON; exit code 1: not linear.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from chaos.crew import NAMES, Crew, crew
from fresh import fresh_database
from oklik.store.engine import make_engine
from patched.people import talkers
from support.patience import until
from support.stage import make_campaign

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scale.md"
BEGIN, END = "<!-- begin: bench/scale.py --write -->", "<!-- end: bench/scale.py --write -->"
PEOPLE = talkers(ring_s=[0.5, 8.0])  # far apart, or calls that began together would end together
SETTLE_S = 12.0  # until a trunk's limits are divided and the first calls have ended
TOLERANCE = 0.05
CALL_S = 6.0  # the mean call of these people is longer
OF_CALLS = ("call", "attempt", "verdict", "step", "answer", "outbox", "contact_change", "reservation")
KINDS = {"one campaign": 1, "three campaigns on two trunks": 3}


class Point(NamedTuple):
    """Of one stretch.  per_s: calls of all nodes; least, most: of the slowest and the quickest node.

    The rest is a call: milliseconds of processor time, bytes of WAL, transactions.
    """

    nodes: int
    per_s: float
    least: float
    most: float
    dialer_ms: float
    switch_ms: float
    server_ms: float
    wal: float
    commits: float


class Bench:
    """One database; campaigns are made as they are needed, for people of their own."""

    def __init__(self, folder: Path, url: str, channels: int, seconds: float) -> None:
        self._folder, self._url, self._channels, self._seconds = folder, url, channels, seconds
        self.engine = make_engine(url, pool_size=2)
        self._people = self._stretches = 0

    def measure(self, nodes: int, campaigns: int) -> Point:
        """One stretch."""
        self._stretches += 1
        place = self._folder / str(self._stretches)
        place.mkdir()
        contacts = int(nodes * self._channels / CALL_S * (self._seconds + SETTLE_S) * 1.5)
        ids = [self._campaign(n, -(-contacts // campaigns)) for n in range(campaigns)]
        settings = {"until_done": False, "prompts": str(self._folder / "prompts")}
        how: dict[str, Any] = {"population": PEOPLE, "speed": 1.0, "channels": self._channels, "cps": 500.0}
        with crew(place, self._url, NAMES[:nodes], settings=settings, **how) as made:
            for name in made.stages:
                made.start(name)
            until(lambda: all(one.ready for one in made.dialers.values()), "all dial")
            self._set(ids, "running")
            time.sleep(SETTLE_S)
            point = self._stretch(made)
            self._set(ids, "paused")
            until(self._quiet, "calls end")
            return point

    def _stretch(self, made: Crew) -> Point:
        if any(one.gone for one in made.dialers.values()):
            sys.exit(f"a dialer ended: {made.said()[-2000:]}")
        before, began, at = self._spent(made), self._kept(), _heads(made)
        time.sleep(self._seconds)
        after, ended, now = self._spent(made), self._kept(), _heads(made)
        counts = [
            sum(since <= line["t"] < until_ for line in stage.ledger("dial"))
            for stage, since, until_ in zip(made.stages.values(), at, now, strict=True)
        ]
        rates = [count / (until_ - since) for count, since, until_ in zip(counts, at, now, strict=True)]
        calls = sum(counts)
        cpu = [(late - early) * 1000 / calls for early, late in zip(before, after, strict=True)]
        growth = [(late - early) / calls for early, late in zip(began, ended, strict=True)]
        return Point(len(rates), sum(rates), min(rates), max(rates), *cpu, *growth)

    def _campaign(self, n: int, contacts: int) -> int:
        made = make_campaign(
            self.engine,
            self._folder / "prompts",
            contacts,
            name=f"{self._stretches} {n}",
            first=self._people,
            trunk="second" if n == 1 else "first",
        )
        self._people += contacts
        with self.engine.begin() as conn:
            conn.execute(text("UPDATE campaign SET state = 'paused' WHERE id = :id"), {"id": made})
            conn.execute(text("UPDATE trunk SET channels = 5000, cps = 500"))
            if n == 2:  # the third one calls over both
                conn.execute(
                    text("INSERT INTO campaign_trunk SELECT :id, id FROM trunk WHERE name = 'second'"), {"id": made}
                )
        return made

    def _set(self, campaigns: Sequence[int], state: str) -> None:
        with self.engine.begin() as conn:
            conn.execute(
                text("UPDATE campaign SET state = :state WHERE id = ANY(:ids)"),
                {"state": state, "ids": list(campaigns)},
            )

    def _quiet(self) -> bool:
        with self.engine.connect() as conn:
            return not conn.execute(text("SELECT count(*) FROM attempt WHERE open")).scalar_one()

    def _spent(self, made: Crew) -> tuple[float, float, float]:
        """Processor seconds so far: of the dialers, of the switches, of the server with all its connections."""
        dialers = sum(_cpu_s(one.pid) for one in made.dialers.values())
        switches = sum(_cpu_s(stage.switch.child.pid) for stage in made.stages.values())
        return dialers, switches, _server_s(self.engine)

    def _kept(self) -> tuple[float, float]:
        """Bytes of WAL, transactions."""
        with self.engine.connect() as conn:
            row = conn.execute(
                text(
                    """SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'), xact_commit
                       FROM pg_stat_database WHERE datname = current_database()"""
                )
            ).one()
        return float(row[0]), float(row[1])

    def kept(self) -> float:
        """Bytes that stay of a call, in tables with their indexes."""
        with self.engine.connect() as conn:
            found = conn.execute(
                text(
                    """SELECT sum(pg_total_relation_size(c.oid)) / (SELECT count(*) FROM call)
                       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = 'public' AND c.relname = ANY(:tables)"""
                ),
                {"tables": list(OF_CALLS)},
            ).scalar_one()
        return float(found)


def _heads(made: Crew) -> list[float]:
    """Now, by each switch's own clock."""
    found = []
    for stage in made.stages.values():
        lines = stage.ledger()
        found.append(time.time() - min(line["real"] - line["t"] for line in lines))
    return found


def _cpu_s(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


def _server_s(engine: Engine) -> float:
    """Of the server: those of its processes that have ended are counted with their parent."""
    with engine.connect() as conn:
        backend = int(conn.execute(text("SELECT pg_backend_pid()")).scalar_one())
    parent = int(_fields(backend)[1])
    living = [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    ticks = sum(sum(int(field) for field in _fields(pid)[11:13]) for pid in [parent, *living])
    ended = sum(int(field) for field in _fields(parent)[13:15])
    return (ticks + ended) / os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()


def middle(points: Sequence[Point]) -> Point:
    """The medians."""
    return Point(points[0].nodes, *(statistics.median(values) for values in list(zip(*points, strict=True))[1:]))


def table(found: dict[str, list[Point]], channels: int, rounds: int, kept: float) -> str:
    """As docs/scale.md shows it."""
    lines = [
        f"Each node may have {channels} calls up; medians of {rounds} rounds, rows in turn.  Of a call",
        f"{kept / 1024:.1f} KiB stay in tables and indexes; what it costs in processor time is behind the ratio.",
        "",
        "| | nodes | calls/s | ratio | of a node | dialer, ms | switch, ms | server, ms | WAL, KiB | commits |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {kind} | {one.nodes} | {one.per_s:.1f} | **{one.per_s / points[0].per_s:.2f}** "
        f"| {one.least:.1f}, {one.most:.1f} | {one.dialer_ms:.1f} | {one.switch_ms:.1f} | {one.server_ms:.1f} "
        f"| {one.wal / 1024:.1f} | {one.commits:.1f} |"
        for kind, points in found.items()
        for one in points
    ]
    return "\n".join(lines)


def write(shown: str) -> None:
    """Put the table into its page."""
    page = PAGE.read_text("utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    if not tail:
        sys.exit(f"{PAGE} has no place for the table: {BEGIN} … {END}")
    PAGE.write_text(f"{head}{BEGIN}\n{shown}\n{END}{tail}", "utf-8")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--channels", type=int, default=120, help="calls at a time that each node may have")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a stretch")
    parser.add_argument("--json", action="store_true", help="only JSON, last")
    parser.add_argument("--write", action="store_true", help="put the table into docs/scale.md")
    options = parser.parse_args()
    found: dict[str, list[list[Point]]] = {kind: [[], [], []] for kind in KINDS}
    with fresh_database() as fresh, tempfile.TemporaryDirectory(prefix="oklik-scale-") as name:
        Path(name).chmod(0o755)
        bench = Bench(Path(name), fresh.url, options.channels, options.seconds)
        for _ in range(options.rounds):
            for kind, campaigns in KINDS.items():
                for nodes in (1, 2, 3):
                    point = bench.measure(nodes, campaigns)
                    found[kind][nodes - 1].append(point)
                    if not options.json:
                        print(f"{kind}, {nodes} nodes: {point.per_s:.1f} calls a second", flush=True)
        kept = bench.kept()
        bench.engine.dispose()
    middles = {kind: [middle(points) for points in rows] for kind, rows in found.items()}
    shown = table(middles, options.channels, options.rounds, kept)
    if options.write:
        write(shown)
    if not options.json:
        print(shown)
    ratios = {kind: [one.per_s / points[0].per_s for one in points] for kind, points in middles.items()}
    linear = all(abs(ratio / (n + 1) - 1) <= TOLERANCE for row in ratios.values() for n, ratio in enumerate(row))
    print(
        json.dumps(
            {
                "linear": linear,
                "kept_bytes": round(kept),
                "points": {kind: [one._asdict() for one in row] for kind, row in middles.items()},
            }
        )
    )
    if not linear:
        sys.exit(1)


if __name__ == "__main__":
    main()
