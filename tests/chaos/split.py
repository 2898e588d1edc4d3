"""Split brain: a node whose line to the database goes silent while its calls are up, and another one settles for it.

The node's dialer lives and drives its switch.  The heir becomes the owner of that switch and of the rows, asks for each
open leg and hangs it up.  From then on the node sends nothing; when its line is healed it finds that it was replaced.
An answer of the database is waited for a second here, instead of half a minute.
"""

import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from chaos.crew import crew
from chaos.kills import NOTICE
from chaos.oracle import Verdict, verdict
from chaos.pgproxy import PgProxy
from oklik.scenario.document import load_text
from patched.people import talkers
from support.patience import LONG_S, until
from support.stage import make_campaign, one

CUT_OFF = "b"
HEIR_S = 6.0
SENT_S = 1.5  # what was claimed before the silence is sent within this
LEAVES_S = 10.0  # after its line is healed, where an answer is waited for a second
LONGEST_S = 60  # campaign seconds of a call


class Outcome(NamedTuple):
    """live: calls of the node that were up when its line went silent; sent: by it afterwards.

    ended: of the live ones, before the line was healed.  settled_s: until its rows were settled by the heir; None:
    never.  left_s: from the healing until it had left; None: it did not.
    """

    seed: int
    live: int
    sent: int
    ended: int
    settled_s: float | None
    left_s: float | None
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """All of it."""
        done = self.settled_s is not None and self.left_s is not None and self.left_s <= LEAVES_S
        return done and self.live > 0 and not self.sent and self.ended == self.live and self.verdict.kept

    def __str__(self) -> str:
        settled = "never settled" if self.settled_s is None else f"settled after {self.settled_s:.1f} s"
        left = "it did not leave" if self.left_s is None else f"it left {self.left_s:.1f} s after it was healed"
        return (
            f"seed {self.seed}, {'KEPT' if self.kept else 'BROKEN'}: a node cut off from the database with {self.live} "
            f"calls, {self.sent} sent afterwards, {self.ended} of them ended, {settled}, {left}; {self.verdict}"
        )


def split(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    contacts: int,
    seed: int,
    mutant: str = "",
    patience_s: float = 60,
) -> Outcome:
    """Two nodes; one of them is cut off."""
    # Their talk is longer than it takes the heir to come.
    scenario = load_text(NOTICE, "notice.yaml")
    make_campaign(engine, folder / "prompts", contacts, scenario=scenario, seconds=40.0)
    how = {"population": talkers(ring_s=[0.2, 1.0]), "speed": 3.0, "channels": 8, "cps": 100.0}
    settings = {"heir_s": HEIR_S, "max_s": LONGEST_S, "ring_s": 5}
    proxy = PgProxy(database_url)
    with crew(
        folder, database_url, ("a", CUT_OFF), mutant=f"chaos.quick_answer {mutant}", settings=settings, **how
    ) as nodes:
        try:
            nodes.start("a")
            here = nodes.stages[CUT_OFF]
            dialer = nodes.start(CUT_OFF, database_url=proxy.url)

            def up() -> set[str]:
                gone = {line["uuid"] for line in here.ledger("ended")}
                return {line["uuid"] for line in here.ledger("answered")} - gone

            until(lambda: len(up()) >= 4, "it calls", every=0.01)
            proxy.silent = True
            began, at = time.monotonic(), time.time()
            live = up()
            settled_s = None
            while settled_s is None and time.monotonic() < began + patience_s:
                if not _open(engine):
                    settled_s = time.monotonic() - began
                time.sleep(0.05)
            ended = live - up()
            proxy.silent = False
            healed, left_s = time.monotonic(), None
            while left_s is None and time.monotonic() < healed + patience_s:
                if dialer.gone:
                    left_s = time.monotonic() - healed
                time.sleep(0.05)
            if settled_s is not None:
                assert nodes.dialers["a"].wait(max(LONG_S, contacts)) == 0
            sent = sum(line["real"] > at + SENT_S for line in here.ledger("dial"))
            told = verdict(engine, nodes.ledger)  # type: ignore[arg-type]
            return Outcome(seed, len(live), sent, len(ended), settled_s, left_s, told)
        finally:
            proxy.close()


def _open(engine: Engine) -> int:
    left: int = one(
        engine,
        "SELECT count(*) FROM call WHERE node = :n AND state NOT IN ('final', 'not_sent', 'unknown')",
        n=CUT_OFF,
    )
    return left
