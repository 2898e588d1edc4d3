"""Channels that never end: legs whose hangup the switch takes and does not carry out for a long while.

Their calls are over for the dialer after some seconds and have a result; their channels are taken for as long as the
switch has them, so nobody else may be called over them.
"""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from chaos.kills import NOTICE
from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from oklik.scenario.document import load_text
from patched.people import talkers
from support.patience import LONG_S
from support.stage import ENVIRONMENT, make_campaign, number, staged

CHANNELS = 4
STUCK_S = 100.0  # campaign seconds, of which five are a real one: twice as long as the end of a leg is waited for
SPEED = 5.0


class Outcome(NamedTuple):
    """stuck: legs that did not end when they were told to.  most: channels at a time."""

    stuck: int
    most: int
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """Never more channels than there are."""
        return self.stuck > 0 and self.most <= CHANNELS and self.verdict.kept

    def __str__(self) -> str:
        return (
            f"{'KEPT' if self.kept else 'BROKEN'}: {self.stuck} legs that did not end, {self.most} of {CHANNELS} "
            f"channels taken at most; {self.verdict}"
        )


def stuck(folder: Path, database_url: str, engine: Engine, *, contacts: int, mutant: str = "") -> Outcome:
    """A campaign of which the first legs do not end; one channel is left to the others."""
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"), channels=CHANNELS)
    legs = CHANNELS - 1
    people = talkers(numbers={number(index): {"stuck_s": STUCK_S} for index in range(legs)})
    with staged(folder, database_url, population=people, speed=SPEED, channels=CHANNELS, cps=100) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        try:
            assert nursery.dialer(stage.settings).wait(LONG_S) == 0
            up = most = 0
            for line in stage.ledger():
                up += {"dial": 1, "ended": -1}.get(line["event"], 0)
                most = max(most, up)
            return Outcome(legs, most, verdict(engine, Tail(stage.ledger_file)))
        finally:
            nursery.close()
