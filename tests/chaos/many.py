"""Runs of several machines: trunks that they share, machines that die, a database that fails over."""

from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine

Run = Callable[[Path, str, Engine], bool]


def say(line: object) -> None:
    """At once: a run takes minutes."""
    print(line, flush=True)


def nodes(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """Three nodes on shared trunks, and nodes that die; each with its controls."""
    from chaos.limits import limits

    def shared(folder: Path, url: str, engine: Engine) -> bool:
        outcome = limits(folder, url, engine, contacts=max(150, int(3000 * scale)), seed=seed, away=round(8 * scale))
        say(f"nodes: {outcome}")
        return outcome.within and outcome.worked and outcome.verdict.kept

    def selfish(folder: Path, url: str, engine: Engine) -> bool:
        outcome = limits(folder, url, engine, contacts=150, seed=seed, mutant="chaos.selfish", kill=False)
        say(f"nodes, each with the limits for itself: {outcome}")
        return not outcome.within

    def hasty(folder: Path, url: str, engine: Engine) -> bool:
        outcome = limits(folder, url, engine, contacts=240, seed=seed, mutant="chaos.hasty", kill=False)
        say(f"nodes, a call's second begins when it is granted: {outcome}")
        return not outcome.within

    yield "nodes_limits", shared
    yield "nodes_selfish", selfish
    yield "nodes_hasty", hasty
