"""A dialer is killed with a thousand answered calls: how soon the next one knows of each, and calls again.

The time runs from the start of the next process, its birth included: nothing of it is loaded then.
"""

import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text

from chaos.kills import NOTICE
from chaos.oracle import Tail, Verdict, verdict
from oklik.scenario.document import load_text
from patched.people import talkers
from support.patience import LONG_S, until
from support.stage import Process, make_campaign, rows, staged

KNOWN_S, CALLS_S = 5.0, 10.0  # the promises
CPS = 100
WAIT_S = 60.0  # for a mutant


class Outcome(NamedTuple):
    """live: calls that were answered and up at the kill.  left: attempts that were open in the tables.

    known_s: until none of them was; calls_s: until the first new call.
    """

    live: int
    left: int
    known_s: float
    calls_s: float
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """All of it."""
        return self.live > 0 and self.known_s <= KNOWN_S and self.calls_s <= CALLS_S and self.verdict.kept

    def __str__(self) -> str:
        return (
            f"{'KEPT' if self.kept else 'BROKEN'}: killed with {self.live} answered calls; of {self.left} open "
            f"attempts each was known of after {self.known_s:.1f} s, the first new call came "
            f"after {self.calls_s:.1f} s; {self.verdict}"
        )


def recovery(folder: Path, database_url: str, engine: Engine, *, live: int, mutant: str = "") -> Outcome:
    """Kill it as soon as so many have answered, and start another one at once."""
    # Nobody's talk may be over before the last one's has begun, also where half as many go out in a second.
    talk_s = 10.0 + 2 * live / CPS
    contacts = live + max(10, live // 20)
    scenario = load_text(NOTICE, "notice.yaml")
    make_campaign(engine, folder / "prompts", contacts, scenario=scenario, seconds=talk_s, channels=live)
    people = talkers(ring_s=[0.2, 0.5])
    with staged(folder, database_url, population=people, speed=1, channels=live, cps=CPS) as stage:
        ledger = Tail(stage.ledger_file)
        stage.dialer()
        until(lambda: ledger.look().count["answered"] - ledger.count["ended"] >= live, "all have answered", every=0.01)
        stage.kill_dialer()
        open_now = [row.uuid for row in rows(engine, "SELECT uuid FROM attempt WHERE open")]
        up, dialed = ledger.look().count["answered"] - ledger.count["ended"], ledger.count["dial"]
        began = time.monotonic()
        arguments = ["chaos.dialer", mutant] if mutant else ["oklik.worker"]
        process = Process(arguments, folder / "dialer.log", stage.settings, patient=False)
        try:
            known_s = calls_s = 0.0
            while not (known_s and calls_s) and time.monotonic() < began + WAIT_S:
                if not known_s and not _open(engine, open_now):
                    known_s = time.monotonic() - began
                if not calls_s and ledger.look().count["dial"] > dialed:
                    calls_s = time.monotonic() - began
                time.sleep(0.02)
            assert process.wait(max(LONG_S, 2 * talk_s)) == 0
        finally:
            process.end()
        return Outcome(up, len(open_now), known_s or WAIT_S, calls_s or WAIT_S, verdict(engine, ledger))


def _open(engine: Engine, uuids: list[object]) -> bool:
    with engine.connect() as conn:
        found = conn.execute(
            text("SELECT EXISTS (SELECT FROM attempt WHERE open AND uuid = ANY(CAST(:uuids AS uuid[])))"),
            {"uuids": uuids},
        ).scalar_one()
    return bool(found)
