"""A day's calls in minutes, with faults all the time: memory, descriptors and answers stay as they are.

One dialer calls everybody over a wire that is cut twice a minute, to people of all kinds.  Every few calls it is
looked at: resident memory, open files, how soon it answers.  What grows with the number of calls would end a day of
real ones; the first quarter of the calls is left out, for caches fill (those by number hold 20,000).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Engine

from chaos.events import AGENTS, PEOPLE
from chaos.nursery import Forked, Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.wire import Wire
from support.stage import ENVIRONMENT, make_campaign, staged

CUT_EVERY_S = 30.0
LOOKS = 60  # in the whole
WARM = 0.25  # of the calls
MEMORY_MB = 1.0  # a slope of so much for 10,000 calls is growth
FILES = 5
SLOWER = 1.5  # times, and SLOWER_S besides: how much later answers may come at the end than at the beginning
SLOWER_S = 0.03


class Look(NamedTuple):
    """calls: dialed so far.  mb: resident.  files: open ones.  answer_s: median from an answer to the next command."""

    calls: int
    mb: float
    files: int
    answer_s: float


class Outcome(NamedTuple):
    """slope_mb: of memory by 10,000 calls; files: more at the end; answers_s: in the first third, and in the last."""

    seed: int
    seconds: float
    cuts: int
    looks: Sequence[Look]
    slope_mb: float
    files: int
    answers_s: tuple[float, float]
    verdict: Verdict

    @property
    def flat(self) -> bool:
        """Nothing grows."""
        return self.slope_mb < MEMORY_MB and self.files <= FILES and not self.slower

    @property
    def slower(self) -> bool:
        """Answers come later and later."""
        first, last = self.answers_s
        return last > first * SLOWER + SLOWER_S

    @property
    def kept(self) -> bool:
        """All promises."""
        return self.flat and self.verdict.kept

    def __str__(self) -> str:
        first, last = self.answers_s
        calls = self.looks[-1].calls
        return (
            f"seed {self.seed}, {calls} calls in {self.seconds:.0f} s ({calls / self.seconds:.0f} a second), "
            f"{self.cuts} cuts; memory {self.looks[0].mb:.0f} to {self.looks[-1].mb:.0f} MB, {self.slope_mb:+.2f} MB "
            f"by 10,000 calls; {self.files:+d} files; answers after {first * 1000:.0f} and {last * 1000:.0f} ms; "
            f"{'FLAT' if self.flat else 'GROWS'}; {self.verdict}"
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
    speed: float = 20.0,
) -> Outcome:
    """Call everybody once, and look on."""
    make_campaign(engine, folder / "prompts", calls, agents=AGENTS, seconds=0.3)
    began = time.monotonic()
    with staged(folder, database_url, population=PEOPLE, speed=speed, channels=100, cps=500, seed=seed) as stage:
        wire = Wire(stage.settings["switch_host"], stage.settings["switch_port"])
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)
        try:
            dialer = nursery.dialer({**stage.settings, "switch_port": wire.port})
            looks, cuts = _looked(dialer, ledger, wire, calls, cut_every_s)
            assert dialer.wait() == 0, "the dialer has failed"
            found = verdict(engine, ledger)
        finally:
            nursery.close()
            wire.close()
    third = max(1, len(looks) // 3)
    answers = [float(np.median([one.answer_s for one in part])) for part in (looks[:third], looks[-third:])]
    return Outcome(
        seed,
        time.monotonic() - began,
        cuts,
        looks,
        _slope([one for one in looks if one.calls >= WARM * calls]),
        looks[-1].files - looks[third].files,
        (answers[0], answers[1]),
        found,
    )


def _looked(dialer: Forked, ledger: Tail, wire: Wire, calls: int, cut_every_s: float) -> tuple[list[Look], int]:
    looks: list[Look] = []
    cuts, seen, cut_at = 0, 0, time.monotonic() + cut_every_s
    while not dialer.gone:
        time.sleep(0.1)
        if time.monotonic() >= cut_at:
            wire.cut()
            cuts, cut_at = cuts + 1, time.monotonic() + cut_every_s
        dialed = ledger.look().count["dial"]
        if dialed >= (len(looks) + 1) * calls / LOOKS:
            lags = wire.told().lags
            answers, seen = [lag for _, lag in lags[seen:]], len(lags)
            if answers and not dialer.gone:
                looks.append(Look(dialed, *_held(dialer.pid), float(np.median(answers))))
    return looks, cuts


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
        outcome = soak(folder, url, engine, calls=int(100_000 * scale), seed=seed)
        print(f"soak: {outcome}", flush=True)
        return outcome.kept

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = soak(folder, url, engine, calls=int(max(2_000, 10_000 * scale)), seed=seed, mutant="chaos.hoarding")
        print(f"soak, with a dialer that forgets nothing: {outcome}", flush=True)
        return outcome.slope_mb >= MEMORY_MB

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
