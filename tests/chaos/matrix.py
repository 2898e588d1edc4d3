"""Every point of a call's life, with every fault, for one call and for fifty at a time: each has one right end."""

import signal
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from chaos.nursery import Forked, Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.points import FAULTS, POINTS
from patched.people import talkers
from support.patience import until
from support.stage import ENVIRONMENT, Stage, make_campaign, staged

LOADS = (1, 50)  # calls at a time
LIVES = 5  # dialers in a row that a fault may cost before something is wrong


class Case(NamedTuple):
    """One of them."""

    point: str
    fault: str
    load: int

    @property
    def nth(self) -> int:
        """When the fault strikes: with so many calls under way, where each passes the point by itself."""
        if self.load == 1 or self.point.endswith("_commit"):  # one for many calls
            return 2
        return 3 if self.point == "in_transfer" else 20

    def __str__(self) -> str:
        return f"{self.fault} {self.point}, {self.load} at a time"


def cases() -> Iterator[Case]:
    """All of them."""
    for point, fault, load in product(POINTS, FAULTS, LOADS):
        yield Case(point, fault, load)


class Ended(NamedTuple):
    """struck: the fault happened.  zombie: calls that a dialer has sent after it was replaced."""

    case: Case
    struck: bool
    zombie: int
    verdict: Verdict

    @property
    def right(self) -> bool:
        """As it should be."""
        return self.struck and not self.zombie and self.verdict.kept

    def __str__(self) -> str:
        said = "" if self.struck else "the point was never passed; "
        return f"{self.case}: {said}{self.zombie} sent by a zombie; {self.verdict}"


def run(folder: Path, database_url: str, engine: Engine, case: Case, *, mutant: str = "") -> Ended:
    """A small campaign with the fault in it, seen to its end."""
    contacts = 6 if case.load == 1 else 80
    make_campaign(engine, folder / "prompts", contacts, agents=("user/1001", "user/1002"), seconds=0.3)
    people = talkers(answers={"1280": {"1": 0.6, "0": 0.4}, "0123456789": {"9": 1}})
    # One line for the person, one for the agent: a transfer needs both.
    channels = case.load + 1 if case.load == 1 else case.load
    with staged(folder, database_url, population=people, speed=20, channels=channels, cps=100) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)
        told = folder / "struck"
        try:
            trap = {"point": case.point, "nth": case.nth, "fault": case.fault, "told": str(told)}
            first = nursery.dialer(stage.settings, trap)
            until(lambda: told.exists() or first.gone, f"{case}")
            zombie = _to_the_end(nursery, stage, first, ledger, asleep=case.fault == "stop")
            return Ended(case, told.exists(), zombie, verdict(engine, ledger))
        finally:
            nursery.close()


def _to_the_end(nursery: Nursery, stage: Stage, first: Forked, ledger: Tail, *, asleep: bool) -> int:
    """Go on until everybody was called; returns what a dialer that was replaced in its sleep has sent afterwards."""
    if asleep:
        until(lambda: first.asleep or first.gone, "it sleeps")
        assert nursery.dialer(stage.settings).wait() == 0
        before = ledger.look().count["dial"]
        first.signal(signal.SIGCONT)
        first.wait()
        return ledger.look().count["dial"] - before
    code = first.wait()
    for _ in range(LIVES):
        if code == 0:
            break
        code = nursery.dialer(stage.settings).wait()
    assert code == 0, "dialers go on dying"
    return 0
