"""How fast calls go out: the limit of calls a second, how soon a due call is made, how soon a free line is used again.

All of it is measured where it counts, at the switch, and a campaign second is a real one.
"""

import random
import signal
import time
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Engine, text

from chaos.kills import NOTICE
from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from oklik.scenario.document import load_text
from patched.people import TALKERS, talkers
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, TUESDAY, make_campaign, most_in_a_second, rows, staged

CPS = 10
MEAN = 0.95  # of the limit, while there are people to call
SOON_S = 1.0  # from a due time, or from the end of a call, to the next call
STILL_S = 1.7  # the switch stands still: longer than a second, shorter than its dialer's patience
RING_S = 5
WARM, WARM_S = 5, 3.0  # calls that are due at once, and seconds until the next: a trunk's first second counts as spent


class Pace(NamedTuple):
    """calls: that went out.  most: in any second; mean: a second, while the same dialer had people to call."""

    calls: int
    restarts: int
    stills: int
    most: int
    mean: float
    verdict: Verdict

    @property
    def within(self) -> bool:
        """Never faster than allowed."""
        return self.most <= CPS

    @property
    def kept(self) -> bool:
        """And no slower; a switch that stands still takes nothing meanwhile."""
        return self.within and (self.stills > 0 or self.mean >= MEAN * CPS) and self.verdict.kept

    def __str__(self) -> str:
        return (
            f"{'KEPT' if self.kept else 'BROKEN'}: {self.calls} calls, dialer killed {self.restarts} times, switch "
            f"held up {self.stills} times; at most {self.most} of {CPS} in any second, {self.mean:.2f} a second "
            f"on average; {self.verdict}"
        )


def pace(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    calls: int,
    seed: int,
    restarts: int = 0,
    stills: int = 0,
    mutant: str = "",
) -> Pace:
    """Call so many with a limit of ten a second.  restarts, stills: dialers that are killed, halts of the switch."""
    dice = random.Random(seed)
    _campaign(folder, engine, calls)
    with staged(folder, database_url, population=talkers(ring_s=[0.2, 0.5]), speed=1, channels=100, cps=CPS) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)
        ends = [float("-inf")]  # of the dialers
        troubles = [True] * restarts + [False] * stills
        dice.shuffle(troubles)
        try:
            dialer = nursery.dialer(stage.settings)
            for number, restart in enumerate(troubles):
                wanted = calls * (number + 1) // (len(troubles) + 1)
                until(lambda w=wanted, d=dialer: ledger.look().count["dial"] >= w or d.gone, seconds=calls, every=0.005)
                time.sleep(dice.uniform(0, 0.2))
                if dialer.gone:
                    break
                if restart:
                    dialer.kill()
                    ends.append(time.time())
                    dialer = nursery.dialer(stage.settings)
                else:
                    stage.switch.signal(signal.SIGSTOP)
                    time.sleep(STILL_S)
                    stage.switch.signal(signal.SIGCONT)
            assert dialer.wait(max(LONG_S, calls)) == 0
            ends.append(float("inf"))
            lines = stage.ledger("dial")
            spans = [
                _span([line["real"] for line in lines if low <= line["real"] < high]) for low, high in pairwise(ends)
            ]
            mean = sum(count for count, _ in spans) / max(0.001, sum(took for _, took in spans))
            most = most_in_a_second(line["t"] for line in lines)
            return Pace(len(lines), len(ends) - 2, stills, most, mean, verdict(engine, ledger))
        finally:
            nursery.close()


def _span(instants: Sequence[float]) -> tuple[int, float]:
    """Calls of one dialer and the seconds they took, up to the beginning of its last second: calls go out in heaps."""
    if not instants:
        return 0, 0.0
    end = next(at for at in instants if instants[-1] - at < 1.0)
    return sum(at < end for at in instants), end - instants[0]


class Soon(NamedTuple):
    """What it was that had to come soon, how often, and in what time: for all but a twentieth, and at the latest."""

    what: str
    times: int
    p95_s: float
    worst_s: float
    right: bool
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """All of it."""
        return self.right and self.verdict.kept

    def __str__(self) -> str:
        return (
            f"{'KEPT' if self.kept else 'BROKEN'}: {self.what} {self.times} times, next call within "
            f"{self.p95_s * 1000:.0f} ms in 95 %, {self.worst_s * 1000:.0f} ms at the latest; {self.verdict}"
        )


def due(folder: Path, database_url: str, engine: Engine, *, calls: int, seed: int, mutant: str = "") -> Soon:
    """People come due one by one, five a second, while there are free lines and the trunk is in use."""
    _campaign(folder, engine, calls)
    dice = random.Random(seed)
    late = [0.0] * WARM + sorted(dice.uniform(WARM_S, WARM_S + calls / 5) for _ in range(calls - WARM))
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE was_due (target_id bigint, at timestamptz)"))
        conn.execute(
            text(
                """WITH o AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM target), w AS (
                       INSERT INTO was_due SELECT o.id, CAST(:start AS timestamptz)
                           + make_interval(secs => (CAST(:late AS float8[]))[o.n]) FROM o RETURNING *)
                   UPDATE target SET due = w.at FROM w WHERE w.target_id = target.id"""
            ),
            {"start": TUESDAY, "late": late},
        )
    people = talkers(ring_s=[0.2, 0.5], personas={"leaver": {"share": 1, "leaves_s": [2.0, 3.0]}})
    _, told = _to_the_end(folder, database_url, engine, mutant, calls, population=people, channels=100)
    found = rows(
        engine,
        """SELECT extract(epoch FROM c.sent_at - w.at)::float8 AS after_s FROM was_due w
           JOIN attempt a ON a.target_id = w.target_id JOIN call c ON c.uuid = a.uuid WHERE w.at > :start""",
        start=TUESDAY,
    )
    gaps = [row.after_s for row in found]
    assert min(gaps) >= 0
    p95 = float(np.percentile(gaps, 95))
    return Soon("a call came due", len(gaps), p95, max(gaps), p95 <= SOON_S, told)


def slots(folder: Path, database_url: str, engine: Engine, *, calls: int, channels: int, mutant: str = "") -> Soon:
    """Nobody answers, and all lines are taken all the time: each that gets free is used again."""
    _campaign(folder, engine, calls)
    people = talkers(outcomes={**TALKERS["outcomes"], "answer": 0, "no_answer": 1})
    how = {"population": people, "channels": channels}
    ledger, told = _to_the_end(folder, database_url, engine, mutant, calls, ring_s=RING_S, **how)
    free: deque[float] = deque()
    gaps = []
    for line in ledger:
        if line["event"] == "ended":
            free.append(line["real"])
        elif line["event"] == "dial" and free:
            gaps.append(line["real"] - free.popleft())
    return Soon("a line got free", len(gaps), float(np.percentile(gaps, 95)), max(gaps), max(gaps) <= SOON_S, told)


def _campaign(folder: Path, engine: Engine, calls: int) -> None:
    scenario = load_text(NOTICE, "notice.yaml")
    make_campaign(engine, folder / "prompts", calls, scenario=scenario, seconds=0.3)


def _to_the_end(
    folder: Path, database_url: str, engine: Engine, mutant: str, calls: int, *, ring_s: int = 30, **how: Any
) -> tuple[list[dict[str, Any]], Verdict]:
    """A campaign as it is, its ledger and the oracle's word."""
    with staged(folder, database_url, speed=1, cps=100, **how) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        try:
            assert nursery.dialer({**stage.settings, "ring_s": ring_s}).wait(max(LONG_S, calls)) == 0
            return stage.ledger(), verdict(engine, Tail(stage.ledger_file))
        finally:
            nursery.close()
