"""A node that dies and never comes back: its dialer alone, or its switch with it.  What it left open others settle.

While the switch lives it says of each call whether it was made: nobody is called twice, nobody is lost.  Where it died
too nobody can know of calls whose end was not written; they count as made once the longest call is over, and the plan
of this campaign calls such people again.
"""

import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text

from chaos.crew import Crew, crew
from chaos.kills import NOTICE
from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from oklik.scenario.document import load_text
from patched.people import talkers
from support.patience import LONG_S, until
from support.stage import make_campaign, one

AGAIN = RetryPlan(
    max_attempts=3,
    waits={outcome: Wait() for outcome in OutcomeClass} | {OutcomeClass.UNKNOWN: Wait(after_s=(60,), most=2)},
    other_hour=False,
)
DEAD = "b"
SPEED = 10.0
LONGEST_S, RING_S = 10, 5  # of a call, as the dialers are told
CALLS = 4  # that were answered at the node before it dies


class Outcome(NamedTuple):
    """open: calls that the dead node left open.  ended_s: real seconds from the kill to the end of its last live call.

    settled_s: to the last of its rows; None: nobody has settled them.  unknown: calls that count as made unseen.
    twice: people who were called more often than once and once more for each unknown; lost: never called.
    wrong: calls without a result, results without a call that are not unknown, attempts without an end.
    """

    seed: int
    what: str
    contacts: int
    open: int
    ended_s: float
    settled_s: float | None
    took_s: float
    unknown: int
    twice: int
    lost: int
    wrong: int

    @property
    def kept(self) -> bool:
        """As promised."""
        return self.settled_s is not None and not (self.twice or self.lost or self.wrong) and self.open > 0

    def __str__(self) -> str:
        settled = "never settled" if self.settled_s is None else f"settled after {self.settled_s:.1f} s"
        return (
            f"seed {self.seed}, {self.what} of one of 3 nodes dead for good, {self.took_s:.0f} s; "
            f"{'KEPT' if self.kept else 'BROKEN'}: contacts {self.contacts}, left open {self.open}, its last live call "
            f"ended after {self.ended_s:.1f} s, {settled}, "
            f"unknown {self.unknown}, twice {self.twice}, lost {self.lost}, wrong {self.wrong}"
        )


def orphans(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    contacts: int,
    seed: int,
    with_switch: bool = False,
    mutant: str = "",
    heir_s: float = 6.0,
    patience_s: float = 60.0,
) -> Outcome:
    """Kill one node in the midst of a campaign.  patience_s: so long it is waited for its rows to be settled."""
    scenario = load_text(NOTICE, "notice.yaml")
    make_campaign(engine, folder / "prompts", contacts, scenario=scenario, seconds=0.5, retry=AGAIN)
    # They listen on for a while, so that there are live calls when the dialer dies.
    people = talkers(ring_s=[0.5, 3.0], personas={"listener": {"share": 1}})
    settings = {"heir_s": heir_s, "max_s": LONGEST_S, "ring_s": RING_S}
    how = {"population": people, "speed": SPEED, "channels": 8, "cps": 100.0, "settings": settings}
    began = time.monotonic()
    with crew(folder, database_url, mutant=mutant, **how) as nodes:
        for name in nodes.stages:
            nodes.start(name)
        until(lambda: all(one.ready for one in nodes.dialers.values()), "all dial")
        here = nodes.stages[DEAD]
        # Before the trunk is divided the others have no part of it, and would have to wait for the dead one's.
        until(lambda: all(stage.ledger("dial") for stage in nodes.stages.values()), "all call")
        until(lambda: len(here.ledger("answered")) >= CALLS, "it calls", every=0.005)
        nodes.dialers[DEAD].kill()
        died, killed = time.time(), time.monotonic()
        if with_switch:
            here.switch.end()
        left = _open(engine)
        settled_s = _settled(engine, killed, patience_s)
        if settled_s is not None:
            for name, dialer in nodes.dialers.items():
                assert name == DEAD or dialer.wait(max(LONG_S, contacts)) == 0
        ended = [line["real"] - died for line in here.ledger("ended")]
        took_s = time.monotonic() - began
        return _judge(
            engine,
            nodes,
            Outcome(
                seed,
                "dialer and switch" if with_switch else "the dialer",
                contacts,
                left,
                max(0.0, *ended, 0.0),
                settled_s,
                took_s,
                0,
                0,
                0,
                0,
            ),
        )


def _open(engine: Engine) -> int:
    left: int = one(
        engine,
        "SELECT count(*) FROM call WHERE node = :n AND state NOT IN ('final', 'not_sent', 'unknown')",
        n=DEAD,
    )
    return left


def _settled(engine: Engine, killed: float, patience_s: float) -> float | None:
    while _open(engine):
        if time.monotonic() - killed > patience_s:
            return None
        time.sleep(0.05)
    return time.monotonic() - killed


def _judge(engine: Engine, nodes: Crew, told: Outcome) -> Outcome:
    """Compare the ledgers with the rows."""
    dials = nodes.ledger.look().dials
    results, unknown = Counter[str](), Counter[str]()
    with engine.connect() as conn:
        people = [str(phone) for (phone,) in conn.execute(text("SELECT phones[1] FROM contact"))]
        for number, disposition in conn.execute(
            text("SELECT c.number, a.disposition FROM attempt a JOIN call c ON c.uuid = a.uuid")
        ):
            results[number] += disposition != "not_sent"
            unknown[number] += disposition == "unknown"
        unfinished = conn.execute(text("SELECT count(*) FROM attempt WHERE open OR disposition IS NULL")).scalar_one()
    return told._replace(
        unknown=unknown.total(),
        twice=sum(times > 1 + unknown[number] for number, times in dials.items()),
        lost=sum(person not in dials for person in people),
        wrong=(dials - results).total() + (results - dials - unknown).total() + int(unfinished),
    )
