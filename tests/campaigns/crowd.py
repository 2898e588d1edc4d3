"""Many dialers at once, each with its own connection and transactions, on a real PostgreSQL: what their tests share."""

import datetime as dt
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import Engine

from campaigns.world import World
from oklik.campaigns import lease
from oklik.campaigns.claim import claim
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.lease import Holder
from oklik.dialing.disposition import CallSummary
from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait

THREADS = 8
# Everybody is called again at once, so that only the gate holds the caps.
EAGER = RetryPlan(
    max_attempts=50,
    other_hour=False,
    waits={outcome: Wait(after_s=(301,), most=50) for outcome in (OutcomeClass.NO_ANSWER, OutcomeClass.HUNG_UP)},
)
ANSWERED = CallSummary(answered=True, talk_s=20.0)
SILENT = CallSummary(cause="NO_ANSWER")


class Clock:
    """A time that all threads share and that only moves on."""

    def __init__(self, start: dt.datetime) -> None:
        self._now = start
        self._lock = threading.Lock()

    def tick(self, seconds: float) -> dt.datetime:
        with self._lock:
            self._now += dt.timedelta(seconds=seconds)
            return self._now


def holders(engine: Engine, count: int) -> list[Holder]:
    """Give leases of so many nodes."""
    with engine.begin() as conn:
        return [lease.take(conn, f"fs{i}", owner="test", core_uuid="core") for i in range(count)]


def check(engine: Engine) -> None:
    """Look at what must hold after anything."""
    with engine.begin() as conn:
        World(conn).invariants()


def each(engine: Engine, work: Callable[[Holder], list[str]], threads: int = THREADS) -> list[str]:
    """Let so many dialers do this at once; what they gave, one after the other."""
    with ThreadPoolExecutor(threads) as pool:
        return [one for given in pool.map(work, holders(engine, threads)) for one in given]


def dial_all(
    engine: Engine,
    start: dt.datetime,
    outcomes: Sequence[CallSummary],
    *,
    threads: int = THREADS,
    gap: tuple[float, float],
    most: int,
    rounds: int = 25,
) -> list[str]:
    """Dialers claim up to `most` at a time, `gap` seconds apart, and their calls end; gives the numbers that rang."""
    work = partial(_dial, engine, Clock(start), outcomes, gap, most, rounds)
    called = each(engine, work, threads)
    check(engine)
    return called


def _dial(  # noqa: PLR0917
    engine: Engine,
    clock: Clock,
    outcomes: Sequence[CallSummary],
    gap: tuple[float, float],
    most: int,
    rounds: int,
    holder: Holder,
) -> list[str]:
    rng, called = random.Random(holder.node), []
    for _ in range(rounds):
        now = clock.tick(rng.uniform(*gap))
        with engine.begin() as conn:
            claimed = claim(conn, holder, now, rng.randint(1, most), virtual=False)
        end = clock.tick(rng.uniform(0, 5))
        with engine.begin() as conn:
            ended = finish(conn, holder, [Finished(c.uuid, end, rng.choice(outcomes)) for c in claimed], end)
        called += [c.number for c in claimed if c.uuid in ended]
    return called
