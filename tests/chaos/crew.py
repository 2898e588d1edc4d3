"""Several nodes on one database: each a virtual switch and a dialer of its own, all from one nursery."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from chaos.nursery import Forked, Nursery
from chaos.oracle import Tail
from support.stage import ENVIRONMENT, Stage

NAMES = ("a", "b", "c")


class Tails:
    """The ledgers of all nodes as one (see oracle.Tail)."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._tails = [Tail(file) for file in files]

    def look(self) -> "Tails":
        """Take in what is new in each."""
        for one in self._tails:
            one.look()
        return self

    @property
    def dials(self) -> Counter[str]:
        """Of people's numbers."""
        return sum((one.dials for one in self._tails), Counter())

    @property
    def calls(self) -> int:
        """All that were sent to people so far."""
        return sum(one.look().dials.total() for one in self._tails)


class Most(NamedTuple):
    """What all nodes together have put on a trunk: at a time, and within any second."""

    channels: int
    in_a_second: int


class Crew:
    """Nodes by name; `close` ends them all.  mutant: one, or several with spaces between."""

    def __init__(self, folder: Path, database_url: str, names: Sequence[str], *, mutant: str, **how: Any) -> None:
        more = how.pop("settings", {})
        self.nursery = Nursery(folder / "dialer.log", ENVIRONMENT, *mutant.split())
        self.stages: dict[str, Stage] = {}
        self.dialers: dict[str, Forked] = {}
        for name in names:
            (folder / name).mkdir()
            stage = Stage(folder / name, database_url, **how)
            stage.settings |= {"node": name, "prompts": str(folder / "prompts")} | more
            self.stages[name] = stage
        self.ledger = Tails([stage.ledger_file for stage in self.stages.values()])
        self._log = folder / "dialer.log"

    def start(self, name: str, **settings: Any) -> Forked:
        """A dialer for this node."""
        self.dialers[name] = self.nursery.dialer({**self.stages[name].settings, **settings})
        return self.dialers[name]

    def said(self) -> str:
        """What the dialers have said in their log."""
        return self._log.read_text("utf-8", "replace")

    def close(self) -> None:
        """End everybody."""
        self.nursery.close()
        for stage in self.stages.values():
            stage.close()

    def most(self, gateway: str) -> Most:
        """By the ledgers put together; only where a campaign second is a real one."""
        moments: list[tuple[float, int]] = []
        for stage in self.stages.values():
            lines = stage.ledger()
            # Each switch has set its clock for itself: what it noted without delay tells how far it is off.
            off = min((line["real"] - line["t"] for line in lines), default=0.0)
            moments += _moments(lines, f"/{gateway}/", off)
        moments.sort()
        up = most = fast = first = 0
        sent: list[float] = []
        for at, step in moments:
            up += step
            most = max(most, up)
            if step > 0:
                sent.append(at)
                while at - sent[first] >= 1.0:
                    first += 1
                fast = max(fast, len(sent) - first)
        return Most(most, fast)


def _moments(lines: Sequence[Mapping[str, Any]], gateway: str, off: float) -> Iterator[tuple[float, int]]:
    """When a channel of the gateway was taken (1) and given back (-1)."""
    ours = set()
    for line in lines:
        if line["event"] == "dial" and gateway in line["endpoint"]:
            ours.add(line["uuid"])
            yield line["t"] + off, 1
        elif line["event"] == "ended" and line["uuid"] in ours:
            yield line["t"] + off, -1


@contextmanager
def crew(
    folder: Path, database_url: str, names: Sequence[str] = NAMES, *, mutant: str = "", **how: Any
) -> Iterator[Crew]:
    """Nodes that are closed at the end whatever happens.  how: as Stage's; settings: of all dialers."""
    made = Crew(folder, database_url, names, mutant=mutant, **how)
    try:
        yield made
    finally:
        made.close()


__all__ = ["NAMES", "Crew", "Most", "Tails", "crew"]
