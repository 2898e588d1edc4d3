"""A dialer is killed in the evening with calls claimed and calls up, and the next one starts at three in the morning.

What was claimed and not sent is given back and waits for the morning; what was up counts.  The wall clock is a false
one (see false_clock), so nothing is jumped over.
"""

import datetime as dt
import time
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from chaos.false_clock import OFFSET
from chaos.kills import NOTICE
from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from oklik.scenario.document import load_text
from patched.people import talkers
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, make_campaign, one, staged

MOSCOW = ZoneInfo("Europe/Moscow")
EVENING = dt.datetime(2026, 3, 10, 20, 50, tzinfo=MOSCOW)  # ten minutes before the end of the hours for a survey
NIGHT = dt.datetime(2026, 3, 11, 3, 0, tzinfo=MOSCOW)
MORNING = dt.datetime(2026, 3, 11, 9, 0, 30, tzinfo=MOSCOW)
LOOKS_S = 5.0  # so long nobody may be called at night


class Outcome(NamedTuple):
    """claimed, left: attempts open at the kill, not sent and all of them; open: that the next dialer left so.

    at_night: calls before the morning.
    """

    claimed: int
    left: int
    open: int
    at_night: int
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """Nobody was woken up, and in the morning everybody was called."""
        return self.claimed > 0 and not self.open and not self.at_night and self.verdict.kept

    def __str__(self) -> str:
        return (
            f"{'KEPT' if self.kept else 'BROKEN'}: {self.left} open at the kill, {self.claimed} of them not sent, "
            f"{self.open} open afterwards; {self.at_night} called at night; {self.verdict}"
        )


def night(folder: Path, database_url: str, engine: Engine, *, contacts: int = 40, mutant: str = "") -> Outcome:
    """The whole of it."""
    scenario = load_text(NOTICE, "notice.yaml")
    make_campaign(engine, folder / "prompts", contacts, scenario=scenario, seconds=3.0, now=EVENING.astimezone(dt.UTC))
    offset = folder / "offset"

    def set_to(moment: dt.datetime) -> None:
        fresh = offset.with_suffix(".new")
        fresh.write_text(f"{moment.timestamp() - time.time():.6f}", "ascii")
        fresh.replace(offset)

    set_to(EVENING)
    with staged(folder, database_url, population=talkers(ring_s=[0.2, 0.5]), speed=1, channels=20, cps=5) as stage:
        ledger = Tail(stage.ledger_file)
        environment = {**ENVIRONMENT, OFFSET: str(offset)}
        nursery = Nursery(folder / "dialer.log", environment, "chaos.false_clock", mutant)
        settings = {**stage.settings, "start": None}
        try:
            told = folder / "struck"
            trap = {"point": "after_claim_commit", "nth": 3, "fault": "kill", "told": str(told)}
            first = nursery.dialer(settings, trap)
            until(lambda: first.gone, "it is killed")
            assert told.exists()
            dialed = ledger.look().count["dial"]
            left = one(engine, "SELECT count(*) FROM attempt WHERE open")
            claimed = one(engine, "SELECT count(*) FROM attempt") - dialed
            set_to(NIGHT)
            second = nursery.dialer(settings)
            until(lambda: second.ready or second.gone, "the next one is there")
            over = time.monotonic() + LOOKS_S
            until(lambda: time.monotonic() > over or second.gone)
            at_night = ledger.look().count["dial"] - dialed
            still = one(engine, "SELECT count(*) FROM attempt WHERE open")
            if not at_night:
                set_to(MORNING)
            assert second.wait(LONG_S) == 0
            return Outcome(claimed, left, still, at_night, verdict(engine, ledger))
        finally:
            nursery.close()


__all__ = ["night"]
