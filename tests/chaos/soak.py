"""A day's calls in minutes, with faults all the time: memory, descriptors and answers stay as they are.

One dialer calls everybody, people of all kinds, over a wire that is cut twice a minute and loses one event in a
hundred; once a minute the database ends its connections.  Every few calls it is looked at: resident memory, open files,
how soon it answers.  What grows with the number of calls would end a day of real ones; the first quarter of the calls
is left out, for caches fill (those by number hold 20,000).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Engine, text

from chaos.events import AGENTS, PEOPLE
from chaos.nursery import Forked, Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.wire import Spoil, Wire
from support.stage import ENVIRONMENT, make_campaign, staged

CUT_EVERY_S = 30.0
BROKEN_EVERY_S = 60.0  # the database's connections
LOSE = 0.01  # of the events
LOOKS = 60  # in the whole
WARM = 0.25  # of the calls
MEMORY_MB = 1.0  # a slope of so much for 10,000 calls is growth,
CACHED = 20_000  # but for runs so short that caches still fill: of those
HOARD_MB = 150.0  # is; what fills caches is 80 at most, what keeps all events 450
FILES = 5
SLOWER = 1.5  # times, and SLOWER_S besides: how much later answers may come at the end than at the beginning
SLOWER_S = 0.03


class Look(NamedTuple):
    """calls: dialed so far.  mb: resident.  files: open ones.

    answer_s: median from an answer to the next command; late_s: of all but one in a hundred.
    """

    calls: int
    mb: float
    files: int
    answer_s: float
    late_s: float


class Outcome(NamedTuple):
    """cuts: of the wire; broken: connections that the database has ended.  stored_mb: of the database by 10,000 calls.

    slope_mb: of memory by 10,000 calls; files: more at the end; answers_s, late_s: in the first third, and in the last.
    """

    seed: int
    seconds: float
    cuts: int
    broken: int
    stored_mb: float
    looks: Sequence[Look]
    slope_mb: float
    files: int
    answers_s: tuple[float, float]
    late_s: tuple[float, float]
    verdict: Verdict

    @property
    def flat(self) -> bool:
        """Nothing grows."""
        return not self.hoards and self.files <= FILES and not self.slower

    @property
    def hoards(self) -> bool:
        """Memory grows."""
        return self.slope_mb >= (MEMORY_MB if WARM * self.verdict.contacts >= CACHED else HOARD_MB)

    @property
    def slower(self) -> bool:
        """Answers come later and later."""
        return any(last > first * SLOWER + SLOWER_S for first, last in (self.answers_s, self.late_s))

    @property
    def kept(self) -> bool:
        """All promises."""
        return self.flat and self.verdict.kept

    def __str__(self) -> str:
        (first, last), (late, later) = self.answers_s, self.late_s
        calls = self.looks[-1].calls
        return (
            f"seed {self.seed}, {calls} calls in {self.seconds:.0f} s ({calls / self.seconds:.0f} a second), "
            f"{self.cuts} cuts, {self.broken} connections of the database ended; "
            f"memory {self.looks[0].mb:.0f} to {self.looks[-1].mb:.0f} MB, {self.slope_mb:+.2f} MB by 10,000 calls; "
            f"{self.files:+d} files; answers after {first * 1000:.0f} and {last * 1000:.0f} ms, "
            f"99 % of them within {late * 1000:.0f} and {later * 1000:.0f} ms; "
            f"{self.stored_mb:.0f} MB stored by 10,000 calls; {'FLAT' if self.flat else 'GROWS'}; {self.verdict}"
        )


def soak(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    calls: int,
    seed: int,
    mutant: str = "",
    cut_every_s: float = CUT_EVERY_S,
    broken_every_s: float = BROKEN_EVERY_S,
    speed: float = 20.0,
) -> Outcome:
    """Call everybody once, and look on."""
    make_campaign(engine, folder / "prompts", calls, agents=AGENTS, seconds=0.3)
    began = time.monotonic()
    with staged(folder, database_url, population=PEOPLE, speed=speed, channels=100, cps=500, seed=seed) as stage:
        wire = Wire(stage.settings["switch_host"], stage.settings["switch_port"], Spoil(seed=seed, lose=LOSE))
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)
        try:
            dialer = nursery.dialer({**stage.settings, "switch_port": wire.port})
            stored = _stored_mb(engine)
            troubles = _Troubles(wire, engine, cut_every_s, broken_every_s)
            looks = _looked(dialer, ledger, wire, calls, troubles)
            assert dialer.wait() == 0, "the dialer has failed"
            stored_mb = (_stored_mb(engine) - stored) * 10_000 / calls
            found = verdict(engine, ledger)
        finally:
            nursery.close()
            wire.close()
    third = max(1, len(looks) // 3)
    early, late = looks[:third], looks[-third:]
    return Outcome(
        seed,
        time.monotonic() - began,
        troubles.cuts,
        troubles.broken,
        stored_mb,
        looks,
        _slope([one for one in looks if one.calls >= WARM * calls]),
        looks[-1].files - looks[third].files,
        (_median(one.answer_s for one in early), _median(one.answer_s for one in late)),
        (_median(one.late_s for one in early), _median(one.late_s for one in late)),
        found,
    )


class _Troubles:
    """What goes wrong from time to time."""

    def __init__(self, wire: Wire, engine: Engine, cut_every_s: float, broken_every_s: float) -> None:
        self.cuts = self.broken = 0
        self._wire, self._engine = wire, engine
        self._every = (cut_every_s, broken_every_s)
        self._cut_at, self._break_at = (time.monotonic() + every for every in self._every)

    def make(self) -> None:
        """What is due."""
        now = time.monotonic()
        if now >= self._cut_at:
            self._wire.cut()
            self.cuts, self._cut_at = self.cuts + 1, now + self._every[0]
        if now >= self._break_at:
            self._break_at = now + self._every[1]
            with self._engine.connect() as conn:
                self.broken += conn.execute(
                    text(
                        """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                           WHERE datname = current_database() AND application_name LIKE 'oklik dialer%'"""
                    )
                ).scalar_one()


def _stored_mb(engine: Engine) -> float:
    with engine.connect() as conn:
        return float(conn.execute(text("SELECT pg_database_size(current_database())")).scalar_one()) / (1 << 20)


def _median(values: Iterable[float]) -> float:
    return float(np.median(list(values)))


def _looked(dialer: Forked, ledger: Tail, wire: Wire, calls: int, troubles: _Troubles) -> list[Look]:
    looks: list[Look] = []
    seen = 0
    while not dialer.gone:
        time.sleep(0.1)
        troubles.make()
        dialed = ledger.look().count["dial"]
        if dialed >= (len(looks) + 1) * calls / LOOKS:
            lags = wire.told().lags
            answers, seen = [lag for _, lag in lags[seen:]], len(lags)
            if answers and not dialer.gone:
                looks.append(Look(dialed, *_held(dialer.pid), *map(float, np.percentile(answers, (50, 99)))))
    return looks


def _held(pid: int) -> tuple[float, int]:
    status: dict[str, Any] = {}
    for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
        name, _, value = line.partition(":")
        status[name] = value
    return int(status["VmRSS"].split()[0]) / 1024, sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _slope(looks: Sequence[Look]) -> float:
    """Megabytes by 10,000 calls, by least squares; 0.0 for too few looks."""
    if len(looks) < 3:
        return 0.0
    slope, _ = np.polyfit([one.calls / 10_000 for one in looks], [one.mb for one in looks], 1)
    return float(slope)


def runs(seed: int, scale: float) -> Iterator[tuple[str, Callable[[Path, str, Engine], bool]]]:
    """A hundred thousand calls, and a dialer that forgets nothing."""

    def full(folder: Path, url: str, engine: Engine) -> bool:
        often = min(1.0, 10 * scale)  # a trial has troubles, too
        outcome = soak(
            folder,
            url,
            engine,
            calls=int(100_000 * scale),
            seed=seed,
            cut_every_s=CUT_EVERY_S * often,
            broken_every_s=BROKEN_EVERY_S * often,
        )
        print(f"soak: {outcome}", flush=True)
        return outcome.kept

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = soak(folder, url, engine, calls=int(max(2_000, 10_000 * scale)), seed=seed, mutant="chaos.hoarding")
        print(f"soak, with a dialer that forgets nothing: {outcome}", flush=True)
        return outcome.hoards

    def weary(folder: Path, url: str, engine: Engine) -> bool:
        outcome = soak(folder, url, engine, calls=2_000, seed=seed, mutant="chaos.weary")
        print(f"soak, with a dialer that every call makes slower: {outcome}", flush=True)
        return outcome.slower

    def leaking(folder: Path, url: str, engine: Engine) -> bool:
        outcome = soak(folder, url, engine, calls=2_000, seed=seed, mutant="chaos.leaking")
        print(f"soak, with a dialer that leaves files open: {outcome}", flush=True)
        return outcome.files > FILES

    yield "soak", full
    yield "soak_control", control
    yield "soak_weary", weary
    yield "soak_leaking", leaking
