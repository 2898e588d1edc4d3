"""New versions rolled out under load: a dialer is told to leave (SIGTERM), its calls end in peace, the next begins."""

import random
import signal
import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text

from chaos.kills import NOTICE
from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.outage import EVERYBODY
from oklik.scenario.document import load_text
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, Stage, make_campaign, staged

CLAIMS_STOP_S = 1.0  # the promises
EXIT_S = 30.0


class Outcome(NamedTuple):
    """live: calls up when a dialer was told to leave, in all.  late: calls begun more than a second afterwards.

    dropped: answered calls that did not hear the message to its end.  slowest_s: from SIGTERM to the end.
    """

    seed: int
    restarts: int
    live: int
    late: int
    dropped: int
    slowest_s: float
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """All of it."""
        return self.verdict.kept and not (self.late or self.dropped) and self.slowest_s <= EXIT_S

    def __str__(self) -> str:
        return (
            f"seed {self.seed}, {'KEPT' if self.kept else 'BROKEN'}: {self.restarts} restarts with {self.live} live "
            f"calls in all, {self.dropped} of them dropped, {self.late} begun too late, gone within "
            f"{self.slowest_s:.1f} s; {self.verdict}"
        )


def restarts(
    folder: Path, database_url: str, engine: Engine, *, times: int, seed: int, seconds: float = 5.0, mutant: str = ""
) -> Outcome:
    """A campaign in whose midst the dialer is replaced so often.  seconds: how long the message is."""
    dice = random.Random(seed)
    contacts = 60 * times + 40
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"), seconds=seconds)
    live = late = 0
    slowest_s = 0.0
    with staged(folder, database_url, population=EVERYBODY, speed=5, channels=30, cps=30) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)
        try:
            for _ in range(times):
                dialer = nursery.dialer(stage.settings)
                wanted = ledger.look().count["dial"] + 25
                until(lambda w=wanted, d=dialer: ledger.look().count["dial"] >= w or d.gone, every=0.005)
                time.sleep(dice.uniform(0, 0.3))
                told = time.time()
                dialer.signal(signal.SIGTERM)
                live += ledger.look().count["answered"] - ledger.count["ended"]
                assert dialer.wait() == 0
                slowest_s = max(slowest_s, time.time() - told)
                late += sum(line["real"] > told + CLAIMS_STOP_S for line in stage.ledger("dial"))
            assert nursery.dialer(stage.settings).wait(max(LONG_S, contacts)) == 0
            return Outcome(seed, times, live, late, _dropped(engine, stage), slowest_s, verdict(engine, ledger))
        finally:
            nursery.close()


def _dropped(engine: Engine, stage: Stage) -> int:
    answered = [line["uuid"] for line in stage.ledger("answered")]
    with engine.connect() as conn:
        whole = conn.execute(
            text(
                """SELECT count(*) FROM attempt
                   WHERE uuid = ANY(CAST(:u AS uuid[])) AND disposition IN ('completed', 'delivered')
                     AND fault IS NULL"""
            ),
            {"u": answered},
        ).scalar_one()
    return len(answered) - int(whole)
