"""Connections that break exactly within a COMMIT: nobody knows whether it holds, and nobody is called twice or lost."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.pgproxy import AFTER, BEFORE, PgProxy, now_and_then
from patched.people import talkers
from support.patience import LONG_S
from support.stage import ENVIRONMENT, make_campaign, staged

SHARE = 0.15  # of the COMMITs
LIVES = 50  # of a dialer that ends when it cannot begin: its own start commits, too


class Outcome(NamedTuple):
    """before, after: cuts before the server had the COMMIT, and after it."""

    seed: int
    before: int
    after: int
    verdict: Verdict

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.before} cut before the COMMIT, {self.after} after it; {self.verdict}"


def cuts(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    cuts: int,
    contacts: int,
    seed: int,
    mutant: str = "",
) -> Outcome:
    """A campaign with transfers whose database connections break so often; then it goes on in peace.

    More contacts than cuts keep it going so long.
    """
    make_campaign(engine, folder / "prompts", contacts, agents=("user/1001", "user/1002"), seconds=0.3)
    people = talkers(answers={"1280": {"1": 0.7, "0": 0.3}, "0123456789": {"9": 1}})
    dice = now_and_then(SHARE, seed)
    done = {BEFORE: 0, AFTER: 0}

    def fate() -> str | None:
        cut = dice() if sum(done.values()) < cuts else None
        if cut is not None:
            done[cut] += 1
        return cut

    with staged(folder, database_url, population=people, speed=20, channels=20, cps=100) as stage:
        proxy = PgProxy(database_url, cut=fate)
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        try:
            through = {**stage.settings, "database_url": proxy.url}
            for _ in range(LIVES):
                if nursery.dialer(through).wait(max(LONG_S, contacts)) == 0:
                    break
            return Outcome(seed, done[BEFORE], done[AFTER], verdict(engine, Tail(stage.ledger_file)))
        finally:
            nursery.close()
            proxy.close()
