"""The switch dies with live calls and comes back knowing nothing: who was on the line counts as called.

And the other way round: the dialer dies and does not come back, and the switch ends the calls that nobody leads.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from chaos.kills import NOTICE, PEOPLE
from chaos.nursery import Nursery
from chaos.oracle import Tail, verdict
from oklik.dialing.retry import RetryPlan
from oklik.scenario.document import load_text
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, NO_RETRY, Stage, make_campaign, staged

NEW_CALL_S = 10.0  # from a switch that is up to the next call
DEADMAN_S, SLACK_S = 60.0, 5.0
INTERVAL_S = 24 * 3600  # campaign seconds from a call of unknown end to the next (see docs/dialing.md, Retries)
AWAY = 0.1  # of the restarts leave the switch away for some seconds
ANSWERERS = {**PEOPLE, "outcomes": {**PEOPLE["outcomes"], "answer": 1, "busy": 0}}


class Died(NamedTuple):
    """What came of it.

    channels: calls that may be up at a time.  live: that were at the deaths, in all.  again: calls made again after
    one of unknown end; soon: of those the ones that came before the interval was over.  unproved: sent to a dying
    switch, whether it dialed nobody knows.
    lost: people never called.  unfinished, missing: as in the oracle's verdict.  slowest: seconds to the next call.
    """

    seed: int
    deaths: int
    channels: int
    seconds: float
    live: int
    again: int
    soon: int
    unproved: int
    lost: int
    unfinished: int
    missing: int
    slowest: float

    @property
    def kept(self) -> bool:
        """All promises.

        Who holds while the switch is away loses no more than was under way at its death, which the channels limit.
        """
        broken = self.soon or self.lost or self.unfinished or self.missing or self.slowest > NEW_CALL_S
        return not broken and self.live + self.unproved <= self.deaths * self.channels

    def __str__(self) -> str:
        return (
            f"seed {self.seed}, {self.deaths} deaths in {self.seconds:.0f} s, {self.live} calls were up; "
            f"{'KEPT' if self.kept else 'BROKEN'}: called again {self.again}, too soon {self.soon}, lost {self.lost}, "
            f"unfinished {self.unfinished}, missing {self.missing}, unproved {self.unproved}, "
            f"next call after {self.slowest:.1f} s at most"
        )


@contextmanager
def _under_way(
    folder: Path, database_url: str, engine: Engine, *, contacts: int, mutant: str, retry: RetryPlan, **how: Any
) -> Iterator[tuple[Stage, Nursery, Tail]]:
    seconds = how.pop("seconds")
    scenario = load_text(NOTICE, "notice.yaml")
    make_campaign(engine, folder / "prompts", contacts, scenario=scenario, retry=retry, seconds=seconds, channels=200)
    with staged(folder, database_url, population=ANSWERERS, **how) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        try:
            yield stage, nursery, Tail(stage.ledger_file)
        finally:
            nursery.close()


def deaths(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    times: int,
    live: int,
    seed: int,
    prompt_s: float = 30.0,
    mutant: str = "",
) -> Died:
    """Kill the switch so often, each time with up to so many live calls; one dialer sees it all.

    prompt_s: campaign seconds that a call takes, about.
    """
    dice = random.Random(seed)
    began, struck, lying, slowest = time.monotonic(), 0, 0, 0.0
    # Who was on the line is called once more a day later, so fewer are enough for all the deaths.
    how = {"contacts": times * live // 2, "mutant": mutant, "retry": RetryPlan(), "seconds": prompt_s}
    with _under_way(folder, database_url, engine, speed=10.0, channels=live, cps=50.0, **how) as (stage, nursery, tail):
        dialer = nursery.dialer({**stage.settings, "grace_s": 60.0})

        def up() -> int:
            """Calls at the switch that runs."""
            count = tail.look().count
            return count["dial"] - count["ended"] - lying

        for _ in range(times):
            wanted = max(1, round(live * dice.uniform(0.3, 1.0)))
            until(lambda wanted=wanted: up() >= wanted or dialer.gone, f"{wanted} calls are up", every=0.01)
            if dialer.gone:
                break
            stage.kill_switch()
            lying += up()
            struck += 1
            before = tail.count["dial"]
            if dice.random() < AWAY:
                time.sleep(dice.uniform(1.0, 8.0))
            stage.start_switch()
            ready = time.monotonic()
            until(lambda before=before: tail.look().count["dial"] > before or dialer.gone, "a new call", every=0.01)
            if not dialer.gone:
                slowest = max(slowest, time.monotonic() - ready)
        assert dialer.wait(max(LONG_S, times * live / 25)) == 0
        assert struck, "it was over before the switch could be killed"
        seconds = time.monotonic() - began
        return _died(engine, tail, Died(seed, struck, live, seconds, lying, 0, 0, 0, 0, 0, 0, slowest))


def _died(engine: Engine, tail: Tail, died: Died) -> Died:
    """Fill in what ledger and tables say."""
    told = verdict(engine, tail)
    with engine.connect() as conn:
        rows = conn.execute(
            text(
                """SELECT c.phones[1] AS who, a.disposition, extract(epoch FROM a.started_at)::float8 AS began,
                          extract(epoch FROM a.ended_at)::float8 AS ended
                   FROM attempt a JOIN target t ON t.id = a.target_id JOIN contact c ON c.id = t.contact_id
                   WHERE a.disposition <> 'not_sent' ORDER BY 1, a.n"""
            )
        ).all()
    calls: dict[str, list[Any]] = {}
    for row in rows:
        calls.setdefault(row.who, []).append(row)
    pairs = [(one, two) for told_of in calls.values() for one, two in pairwise(told_of)]
    # Calls that the ledger has and the tables do not were made again at once, whatever the tables say.
    unwritten = sum(max(0, dialed - len(calls.get(who, ()))) for who, dialed in tail.dials.items())
    unproved = sum(max(0, len(told_of) - tail.dials[who]) for who, told_of in calls.items())
    return died._replace(
        again=len(pairs),
        soon=sum(two.began - one.ended < INTERVAL_S - 1 for one, two in pairs) + unwritten,
        unproved=unproved,
        lost=told.lost - sum(tail.dials[who] == 0 for who in calls),
        unfinished=told.unfinished,
        missing=told.missing,
    )


class Orphans(NamedTuple):
    """Calls whose dialer died.  ended: of them, at the last after so many seconds; kept: see orphans()."""

    live: int
    ended: int
    slowest: float
    kept: bool

    def __str__(self) -> str:
        word = "KEPT" if self.kept else "BROKEN"
        return f"{word}: {self.live} calls without a dialer, {self.ended} ended, the last after {self.slowest:.1f} s"


def orphans(
    folder: Path, database_url: str, engine: Engine, *, live: int, deadman_s: float = DEADMAN_S, mutant: str = ""
) -> Orphans:
    """Kill the dialer for good: the switch must end all of its calls in time, and the next dialer finds them called.

    deadman_s: what the mutant makes of it.
    """
    how = {"contacts": live, "mutant": mutant, "retry": NO_RETRY, "seconds": 150.0}
    with _under_way(folder, database_url, engine, speed=1.0, channels=live, cps=50.0, **how) as (stage, nursery, tail):
        dialer = nursery.dialer(stage.settings)
        until(lambda: tail.look().count["answered"] >= live, "all have answered")
        dialer.kill()
        died = time.time()
        deadline = time.monotonic() + deadman_s + SLACK_S
        while tail.look().count["ended"] < live and time.monotonic() < deadline:
            time.sleep(0.1)
        ended = [line["real"] - died for line in stage.ledger("ended")]
        assert nursery.dialer(stage.settings).wait() == 0
        told = verdict(engine, tail)
        kept = len(ended) == live and told.kept
        return Orphans(live, len(ended), max(ended, default=0.0), kept)
