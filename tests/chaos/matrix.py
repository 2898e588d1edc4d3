"""Every point of a call's life, with every fault, for one call and for fifty at a time: each has one right end."""

import json
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text

from chaos.nursery import Forked, Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.points import FAULTS, POINTS
from patched.people import talkers
from support.patience import until
from support.stage import ENVIRONMENT, Stage, make_campaign, staged

LOADS = (1, 50)  # calls at a time

# What may have become of the calls at which the fault struck; everybody answers and presses 1 or 0 (an agent).
ABSENT = frozenset({"absent"})  # the claim was never committed: no row, and nothing was dialed
UNSENT = frozenset({"not_sent"})  # given back, and never dialed: "not_sent" of a call that was dialed is never right
WHOLE = frozenset({"completed", "transferred", "no_agent"})  # the talk went on to its end
UNSEEN = frozenset({"unknown"})  # dialed, and nobody saw the end: it counts
# Its end is told by the steps that were written, the last tenth of a second of which may be missing.
MESSAGE = UNSEEN | {"delivered"}
WITH_AGENT = MESSAGE | {"abandoned", "transferred"}
WRITTEN = WHOLE | WITH_AGENT
NO_FAULT_OF_THEIRS = frozenset({"line_fault"})  # something of ours broke before anything was heard
EITHER = UNSENT | UNSEEN  # the command was on its way: the switch has had it or not, and says so

# point -> after a kill or in a dialer that sleeps, after an exception, after a cut
RIGHT: Mapping[str, tuple[frozenset[str], frozenset[str], frozenset[str]]] = {
    "before_claim_commit": (ABSENT, ABSENT, UNSENT | WHOLE),
    "after_claim_commit": (UNSENT, UNSENT, UNSENT | WHOLE),
    "inside_send": (UNSENT, UNSENT, UNSENT),
    "after_send": (EITHER, EITHER | WHOLE, EITHER | WHOLE),
    "after_ack": (UNSEEN, WHOLE, WHOLE),
    "ringing": (UNSEEN, UNSEEN, WHOLE),
    "answered": (UNSEEN, UNSEEN, WHOLE),
    "mid_prompt": (WITH_AGENT, WHOLE | {"delivered"} | NO_FAULT_OF_THEIRS, WHOLE),
    "after_key": (MESSAGE, frozenset({"delivered"}), WHOLE),
    "in_transfer": (WITH_AGENT, frozenset({"abandoned", "transferred"}), WHOLE | WITH_AGENT),
    "after_hangup": (WRITTEN, WHOLE, WHOLE),
    "before_result_commit": (WRITTEN, WHOLE, WHOLE),
    "after_result_commit": (WHOLE, WHOLE, WHOLE),
}
AT_AN_AGENT = (WITH_AGENT, WHOLE | WITH_AGENT, WHOLE | WITH_AGENT)  # the talk may go on without them
_COLUMN = {"kill": 0, "stop": 0, "error": 1, "cut": 2}
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

    def allows(self, *, agent: bool) -> frozenset[str]:
        """What may have become of a call that it struck.  agent: it struck the leg of its agent."""
        return (AT_AN_AGENT if agent else RIGHT[self.point])[_COLUMN[self.fault]]

    def __str__(self) -> str:
        return f"{self.fault} {self.point}, {self.load} at a time"


def cases() -> Iterator[Case]:
    """All of them."""
    for point, fault, load in product(POINTS, FAULTS, LOADS):
        yield Case(point, fault, load)


class Control(NamedTuple):
    """A mutant and a case that shows it.  breaks: which of Ended.counts."""

    mutant: str
    case: Case
    breaks: str


CONTROLS = (
    Control("chaos.amnesia", Case("after_ack", "kill", 50), "twice"),
    Control("chaos.gloomy", Case("after_claim_commit", "kill", 50), "doubled"),
    Control("chaos.twofold", Case("after_result_commit", "kill", 50), "untold"),
    Control("chaos.amnesia", Case("answered", "stop", 50), "twice"),
    Control("chaos.headless", Case("inside_send", "stop", 50), "zombie"),
    Control("chaos.forgetful", Case("ringing", "cut", 50), "twice"),
    Control("chaos.resigned", Case("ringing", "error", 50), "twice"),
)


class Ended(NamedTuple):
    """struck: what became of the calls that the fault struck (none: it never did), wrong: of them, what should not.

    zombie: calls that a dialer has sent after it was replaced.
    """

    case: Case
    struck: Mapping[str, int]
    wrong: frozenset[str]
    zombie: int
    verdict: Verdict

    @property
    def right(self) -> bool:
        """As it should be."""
        return bool(self.struck) and not self.wrong and not self.zombie and self.verdict.kept

    @property
    def counts(self) -> Mapping[str, int]:
        """Of what is nought when all is right."""
        return {**self.verdict._asdict(), "zombie": self.zombie, "wrong": len(self.wrong)}

    def __str__(self) -> str:
        said = ", ".join(f"{count} {what}" for what, count in self.struck.items()) or "never passed"
        wrong = f" (wrong: {', '.join(sorted(self.wrong))})" if self.wrong else ""
        return f"{self.case}: struck: {said}{wrong}; {self.zombie} sent by a zombie; {self.verdict}"


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
            struck = json.loads(told.read_text("utf-8")) if told.exists() else []
            return Ended(case, *_became(engine, stage, case, struck), zombie, verdict(engine, ledger))
        finally:
            nursery.close()


def _became(engine: Engine, stage: Stage, case: Case, struck: list[str]) -> tuple[Counter[str], frozenset[str]]:
    """What became of the calls of these legs, and what of that is wrong."""
    dialed = {line["uuid"] for line in stage.ledger("dial")}
    with engine.connect() as conn:
        rows = conn.execute(
            text(
                """SELECT c.uuid::text AS leg, a.disposition, c.kind = 'agent' AS agent
                   FROM call c JOIN attempt a ON a.uuid = c.attempt_uuid WHERE c.uuid = ANY(CAST(:legs AS uuid[]))"""
            ),
            {"legs": struck},
        ).all()
    found = {row.leg: row for row in rows}
    became, wrong = Counter[str](), set[str]()
    for leg in struck:
        row = found.get(leg)
        what, agent = ("absent", False) if row is None else (str(row.disposition), bool(row.agent))
        became[f"{what} (at its agent)" if agent else what] += 1
        if what not in case.allows(agent=agent):
            wrong.add(what)
        elif not agent and (leg in dialed) == (what in ABSENT | UNSENT):
            wrong.add(f"{what}, {'dialed' if leg in dialed else 'not dialed'}")
    return became, frozenset(wrong)


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
