"""The event socket is cut, goes silent, gets slow, stands still, is flooded: nobody is called twice, nobody is lost.

Besides the ledger's verdict each has promises of its own: how soon the fault is found out, how soon the dialer is back,
what it holds in memory, how late it hears.
"""

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine

from chaos.kills import NOTICE, PEOPLE
from chaos.nursery import Forked, Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.wire import Told, Wire
from oklik.scenario.document import load_text
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, Stage, make_campaign, staged

BACK_S = 3.0  # from a cut to the calls being asked after
FOUND_S = 10.0  # from the beginning of silence to the end of the link
HELD_MB = 50.0  # that the dialer's memory grows by
LAG_S, SETTLED_S = 1.0, 15.0  # how late an answer may be heard so long after a flood
WARM = 20  # calls before anything happens


class Ended(NamedTuple):
    """What came of it.  promises: what was promised besides, each with what was measured and whether that is right."""

    what: str
    seed: int
    seconds: float
    promises: tuple[tuple[str, bool], ...]
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """Everything."""
        return self.verdict.kept and all(right for _, right in self.promises)

    def __str__(self) -> str:
        said = ", ".join(text if right else f"{text} (!)" for text, right in self.promises)
        counts = str(self.verdict).partition(": ")[2]
        word = "KEPT" if self.kept else "BROKEN"
        return f"{self.what}, seed {self.seed}, {self.seconds:.0f} s; {said}; {word}: {counts}"


class Rig:
    """A campaign under way over a wire."""

    def __init__(self, engine: Engine, stage: Stage, wire: Wire, dialer: Forked, contacts: int) -> None:
        self.contacts = contacts
        self.stage, self.wire, self.dialer = stage, wire, dialer
        self.ledger = Tail(stage.ledger_file)
        self._engine = engine
        self._log = stage.folder / "dialer.log"
        self._began = time.monotonic()

    def dialed(self, least: int) -> None:
        """Wait until so many were dialed."""
        until(lambda: self.ledger.look().count["dial"] >= least or self.dialer.gone, every=0.01)

    def said(self, words: str) -> list[float]:
        """When the dialer's log has said this: seconds since 1970."""
        lines = self._log.read_text("utf-8", "replace").splitlines()
        stamps = [line[:23] for line in lines if words in line]
        return [dt.datetime.strptime(one, "%Y-%m-%d %H:%M:%S,%f").timestamp() for one in stamps]  # noqa: DTZ007

    @property
    def memory_mb(self) -> float:
        """The dialer's."""
        status = Path(f"/proc/{self.dialer.pid}/status").read_text("ascii", "replace")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def finish(self, what: str, seed: int, promises: Sequence[tuple[str, bool]]) -> Ended:
        """See the campaign to its end."""
        assert self.dialer.wait(max(LONG_S, self.contacts / 10)) == 0
        seconds = time.monotonic() - self._began
        return Ended(what, seed, seconds, tuple(promises), verdict(self._engine, self.ledger))


@contextmanager
def rig(
    folder: Path, database_url: str, engine: Engine, *, contacts: int, mutant: str = "", speed: float = 10.0, **how: Any
) -> Iterator[Rig]:
    """A campaign that has dialed some."""
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"), seconds=5.0)
    with staged(folder, database_url, population=PEOPLE, speed=speed, **how) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        wire = Wire(stage.settings["switch_host"], stage.settings["switch_port"])
        try:
            one = Rig(engine, stage, wire, nursery.dialer({**stage.settings, "switch_port": wire.port}), contacts)
            one.dialed(WARM)
            yield one
        finally:
            nursery.close()
            wire.close()


BACK, DOWN = " is back", " is down: "


def cuts(
    folder: Path, database_url: str, engine: Engine, *, cuts: int, contacts: int, seed: int, mutant: str = ""
) -> Ended:
    """Cut at random, now and then again while it is on its way back."""
    dice = random.Random(seed)
    moments: list[float] = []
    how = {"channels": 60, "cps": 8.0, "mutant": mutant}
    with rig(folder, database_url, engine, contacts=contacts, **how) as one:
        while len(moments) < cuts and not one.dialer.gone:
            one.wire.cut()
            moments.append(time.time())
            if dice.random() < 0.85:
                until(lambda: one.said(BACK)[-1:] > moments[-1:] or one.dialer.gone, "it comes back", every=0.05)
            time.sleep(dice.uniform(0.0, 0.6))
        last = moments[-1]
        until(lambda: one.said(BACK)[-1] > last or one.dialer.gone, "it comes back")
        back = one.said(BACK)
        # Of cuts in a row the last one counts: before it there was nothing to come back to.
        spans = []
        for place, moment in enumerate(moments):
            following = moments[place + 1] if place + 1 < len(moments) else float("inf")
            returned = next((at for at in back if at > moment), None)
            if returned is not None and returned < following:
                spans.append(returned - moment)
        slowest = max(spans, default=float("inf"))
        promises = [(f"{len(moments)} cuts", True), (f"back within {slowest:.2f} s", slowest <= BACK_S)]
        return one.finish("cuts", seed, promises)


def silence(folder: Path, database_url: str, engine: Engine, *, contacts: int, seed: int, mutant: str = "") -> Ended:
    """Half open: packets are swallowed in both ways, and no end of the connection is told."""
    with rig(folder, database_url, engine, contacts=contacts, channels=40, cps=4.0, mutant=mutant) as one:
        one.wire.tell(silent=True)
        found = _within(FOUND_S + 3.0, lambda: one.wire.told().silent_found)
        one.wire.tell(silent=False)
        if found is None:
            one.wire.cut()
        text = "never found out" if found is None else f"found out after {found:.1f} s"
        return one.finish("silence", seed, [(text, found is not None and found <= FOUND_S)])


def slowness(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    contacts: int,
    seed: int,
    seconds: float = 30.0,
    stalled: bool = False,
    mutant: str = "",
) -> Ended:
    """A line of 1 KB/s, or one from which nothing is taken, for so long."""
    with rig(folder, database_url, engine, contacts=contacts, channels=40, cps=4.0, mutant=mutant) as one:
        before, most = one.memory_mb, 0.0
        began = time.time()
        one.wire.tell(**({"stalled": True} if stalled else {"rate": 1024}))
        while time.time() < began + seconds and not one.dialer.gone:
            most = max(most, one.memory_mb)
            time.sleep(0.2)
        one.wire.tell(**({"stalled": False} if stalled else {"rate": 0}))
        down = next((at - began for at in one.said(DOWN) if at > began), None)
        text = "never found out" if down is None else f"found out after {down:.1f} s"
        promises = [
            (text, down is not None and down <= FOUND_S),
            (f"memory grew by {most - before:.1f} MB", most - before < HELD_MB),
        ]
        return one.finish("a reader that stands still" if stalled else "1 KB/s", seed, promises)


def flood(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    seed: int,
    seconds: float = 10.0,
    many: int = 20_000,
    mutant: str = "",
) -> Ended:
    """Foreign events, 20,000 a second."""
    contacts = int(20 * (seconds + SETTLED_S + 8))
    with rig(folder, database_url, engine, contacts=contacts, channels=60, cps=2.0, mutant=mutant) as one:
        before = one.memory_mb
        over = time.monotonic() + seconds
        one.wire.tell(flood=(many, seconds))
        most, told = 0.0, Told()
        while time.monotonic() < over + SETTLED_S + 4.0 and not one.dialer.gone:
            most = max(most, one.memory_mb if not one.dialer.gone else 0.0)
            time.sleep(0.25)
        told = one.wire.told()
        during = [lag for at, lag in told.lags if at <= over]
        after = [lag for at, lag in told.lags if at > over + SETTLED_S]
        worst = max(after, default=float("inf"))
        promises = [
            (f"{many * seconds:.0f} foreign events", told.foreign >= many * seconds),
            (f"heard {max(during, default=0):.2f} s late at most", True),
            (f"{worst:.2f} s after it ({len(after)} answers)", worst < LAG_S),
            (f"memory grew by {most - before:.1f} MB", most - before < HELD_MB),
            (f"{told.links} link", told.links == 1),
        ]
        ended = one.finish("flood", seed, promises)
        missed = ended.verdict.unknown
        return ended._replace(promises=(*ended.promises, (f"{missed} ends missed", missed == 0)))


def _within(seconds: float, look: Callable[[], float | None]) -> float | None:
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        if (found := look()) is not None:
            return found
        time.sleep(0.1)
    return None
