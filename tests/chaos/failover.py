"""The database's primary dies with all of its processes under load, and its standby takes its place.

For a moment before that the standby receives nothing, as on a line that has gone bad.  Where the primary waits for its
standby no call goes out meanwhile, and nothing is lost.  Where it does not (the control), the claims of that moment are
lost although their calls went out, and these people are called again: no dialer can know.
"""

import time
from pathlib import Path
from typing import NamedTuple

from chaos.crew import crew
from chaos.kills import NOTICE
from chaos.oracle import Verdict, verdict
from oklik.scenario.document import load_text
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from patched.people import talkers
from support.patience import LONG_S, until
from support.replicas import replicas
from support.stage import make_campaign

HELD_S = 0.7  # the standby receives nothing for so long before the primary dies
ELECTING_S = 2.0  # until somebody promotes the standby: whoever watches over the servers takes some seconds, too


class Outcome(NamedTuple):
    """still_s: from the death to the next call; of these, promoted_s until the standby takes writes.

    held: calls that went out while the standby received nothing.
    """

    seed: int
    synchronous: bool
    held: int
    promoted_s: float
    still_s: float
    took_s: float
    verdict: Verdict

    def __str__(self) -> str:
        kind = "synchronous" if self.synchronous else "asynchronous"
        return (
            f"seed {self.seed}, 2 dialers, {kind} standby promoted, {self.took_s:.0f} s; {self.held} calls while it "
            f"received nothing, it took writes after {self.promoted_s:.1f} s, the next call went out after "
            f"{self.still_s:.1f} s; {self.verdict}"
        )


def failover(folder: Path, *, contacts: int, seed: int, synchronous: bool) -> Outcome:
    """A campaign of two nodes in whose midst the primary dies."""
    began = time.monotonic()
    with replicas(folder, synchronous=synchronous) as pair:
        upgrade(pair.url)
        engine = make_engine(pair.url, pool_size=2)
        scenario = load_text(NOTICE, "notice.yaml")
        make_campaign(engine, folder / "prompts", contacts, scenario=scenario, seconds=0.2)
        how = {"population": talkers(ring_s=[0.2, 1.0]), "speed": 10.0, "channels": 12, "cps": 500.0}
        with crew(folder, pair.url, ("a", "b"), **how) as nodes:
            for name in nodes.stages:
                nodes.start(name)
            until(lambda: nodes.ledger.calls >= contacts * 0.4, every=0.005)
            pair.hold_up()
            before = nodes.ledger.calls
            time.sleep(HELD_S)
            pair.kill_primary()
            died, then = time.monotonic(), nodes.ledger.calls
            time.sleep(ELECTING_S)
            sent = nodes.ledger.calls
            pair.promote()
            promoted_s = time.monotonic() - died
            until(lambda: nodes.ledger.calls > sent, "calls go on", every=0.005)
            still_s = time.monotonic() - died
            for dialer in nodes.dialers.values():
                assert dialer.wait(max(LONG_S, contacts)) == 0
            told = verdict(engine, nodes.ledger)  # type: ignore[arg-type]
            engine.dispose()
            return Outcome(seed, synchronous, then - before, promoted_s, still_s, time.monotonic() - began, told)
