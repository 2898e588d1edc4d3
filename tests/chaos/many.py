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
    from chaos.orphans import orphans
    from chaos.split import split

    def shared(folder: Path, url: str, engine: Engine) -> bool:
        outcome = limits(folder, url, engine, contacts=max(150, int(3000 * scale)), seed=seed, away=round(8 * scale))
        say(f"nodes: {outcome}")
        return outcome.within and outcome.worked and outcome.verdict.kept

    def selfish(folder: Path, url: str, engine: Engine) -> bool:
        outcome = limits(folder, url, engine, contacts=150, seed=seed, mutant="chaos.selfish", kill=False)
        say(f"nodes, each with the limits for itself: {outcome}")
        return not outcome.within

    def hasty(folder: Path, url: str, engine: Engine) -> bool:
        outcome = limits(folder, url, engine, contacts=240, seed=seed, mutant="chaos.premature", kill=False)
        say(f"nodes, a call's second begins when it is granted: {outcome}")
        return not outcome.within

    yield "nodes_limits", shared
    yield "nodes_selfish", selfish
    yield "nodes_hasty", hasty

    def dialer_dies(folder: Path, url: str, engine: Engine) -> bool:
        # As it is set up: the switch ends the calls of a dialer that is gone after a minute, others settle after two.
        patience = {} if scale < 1 else {"heir_s": 120.0, "patience_s": 300.0}
        outcome = orphans(folder, url, engine, contacts=max(300, int(600 * scale)), seed=seed, **patience)
        say(f"nodes: {outcome}")
        return outcome.kept

    def node_dies(folder: Path, url: str, engine: Engine) -> bool:
        outcome = orphans(folder, url, engine, contacts=max(300, int(600 * scale)), seed=seed, with_switch=True)
        say(f"nodes: {outcome}")
        return outcome.kept

    def amnesia(folder: Path, url: str, engine: Engine) -> bool:
        outcome = orphans(folder, url, engine, contacts=300, seed=seed, mutant="chaos.amnesia")
        say(f"nodes, the heir does not ask the switch: {outcome}")
        return outcome.twice > 0

    def childless(folder: Path, url: str, engine: Engine) -> bool:
        outcome = orphans(folder, url, engine, contacts=300, seed=seed, mutant="chaos.childless", patience_s=20)
        say(f"nodes, nobody settles for others: {outcome}")
        return outcome.settled_s is None

    def cut_off(folder: Path, url: str, engine: Engine) -> bool:
        outcome = split(folder, url, engine, contacts=24, seed=seed)
        say(f"nodes: {outcome}")
        return outcome.kept

    def cut_off_control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = split(folder, url, engine, contacts=24, seed=seed, mutant="chaos.amnesia")
        say(f"nodes, the heir of one that was cut off does not ask the switch: {outcome}")
        return outcome.verdict.twice > 0

    yield "nodes_split", cut_off
    yield "nodes_split_control", cut_off_control
    yield "nodes_dialer", dialer_dies
    yield "nodes_whole", node_dies
    yield "nodes_amnesia", amnesia
    yield "nodes_childless", childless


def failover(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A primary that dies, with a standby that it waited for; the control has one that it did not wait for."""
    from chaos.failover import failover as fail

    def waited(folder: Path, _: str, __: Engine) -> bool:
        sound = True
        for number in range(max(1, round(10 * scale))):
            place = folder / str(number)
            place.mkdir()
            outcome = fail(place, contacts=300, seed=seed + number, synchronous=True)
            say(f"failover: {outcome}")
            sound = sound and outcome.verdict.kept
        return sound

    def unwaited(folder: Path, _: str, __: Engine) -> bool:
        outcome = fail(folder, contacts=300, seed=seed, synchronous=False)
        say(f"failover: {outcome}")
        return outcome.verdict.twice > 0

    yield "failover", waited
    yield "failover_unwaited", unwaited
