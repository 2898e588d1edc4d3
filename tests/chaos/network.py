"""The runs of the suite in which the wire to the switch, or the switch itself, fails: see events, links, deaths."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

Run = Callable[[Path, str, Engine], bool]


def _say(line: object) -> None:
    print(line, flush=True)


def events(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A hundred seeds, each with events lost, doubled, out of order and late; and a control of each kind of harm."""
    from chaos import events as spoiled
    from chaos.wire import Spoil

    for one in range(seed, seed + max(1, round(100 * scale))):

        def full(folder: Path, url: str, engine: Engine, one: int = one) -> bool:
            outcomes = spoiled.compare(folder, url, engine, seed=one, chosen=spoiled.spoils(one))
            for outcome in outcomes:
                _say(f"events: {outcome}")
            return all(outcome.kept for outcome in outcomes)

        yield f"events_{one}", full

    for name, spoil, mutant in (
        ("lost", Spoil(seed=seed, lose=0.1), "chaos.credulous"),
        ("untold", Spoil(seed=seed, lose=1.0, kinds=("CHANNEL_EXECUTE_COMPLETE",)), "chaos.credulous"),
        ("twice", Spoil(seed=seed, double=0.2), "chaos.credulous"),
        ("mixed", Spoil(seed=seed, window=50), "chaos.orderly"),
        ("late", Spoil(seed=seed, late_s=60.0), "chaos.credulous"),
    ):

        def control(folder: Path, url: str, engine: Engine, spoil: Spoil = spoil, mutant: str = mutant) -> bool:
            [outcome] = spoiled.compare(folder, url, engine, seed=seed, chosen=[spoil], mutant=mutant)
            _say(f"events with {mutant}: {outcome}")
            return not outcome.kept

        yield f"events_{name}_control", control


def links(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """The event socket is cut 500 times, goes silent, gets slow, stands still, is flooded; and a control of each."""
    from chaos import links as wires

    contacts = max(200, int(1000 * scale))
    broken = {"forgetful": "chaos.forgetful", "trusting": "chaos.unwatched", "dawdling": "chaos.dawdling"}

    def run(begin: Callable[..., wires.Ended], how: dict[str, Any], *, control: bool) -> Run:
        def one(folder: Path, url: str, engine: Engine) -> bool:
            ended = begin(folder, url, engine, seed=seed, **how)
            _say(f"links{', a control' if control else ''}: {ended}")
            return ended.kept is not control

        return one

    many = max(6, int(500 * scale))
    for name, begin, how in (
        ("cuts", wires.cuts, {"cuts": many, "contacts": 40 * many}),
        ("silence", wires.silence, {"contacts": contacts}),
        ("slow", wires.slowness, {"contacts": contacts}),
        ("stalled", wires.slowness, {"contacts": contacts, "stalled": True}),
        ("flood", wires.flood, {}),
    ):
        yield f"links_{name}", run(begin, how, control=False)
    few = {"contacts": 200}
    for name, begin, how in (
        ("cuts", wires.cuts, {"cuts": 6, **few, "mutant": broken["forgetful"]}),
        ("silence", wires.silence, {**few, "mutant": broken["trusting"]}),
        ("slow", wires.slowness, {**few, "seconds": 12.0, "mutant": broken["trusting"]}),
        ("stalled", wires.slowness, {**few, "seconds": 12.0, "stalled": True, "mutant": broken["trusting"]}),
        ("flood", wires.flood, {"mutant": broken["dawdling"]}),
    ):
        yield f"links_{name}_control", run(begin, how, control=True)


def deaths(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """The switch is killed 200 times with up to 200 calls; the dialer dies for good; and a control of each."""
    from chaos import deaths as ends

    def switch(folder: Path, url: str, engine: Engine) -> bool:
        died = ends.deaths(folder, url, engine, times=max(2, int(200 * scale)), live=200, seed=seed)
        _say(f"deaths: {died}")
        return died.kept

    def switch_control(folder: Path, url: str, engine: Engine) -> bool:
        died = ends.deaths(folder, url, engine, times=3, live=40, seed=seed, mutant="chaos.forgetful")
        _say(f"deaths, given back what was up: {died}")
        return died.soon > 0

    def dialer(folder: Path, url: str, engine: Engine) -> bool:
        left = ends.orphans(folder, url, engine, live=200)
        _say(f"deaths of the dialer: {left}")
        return left.kept

    def dialer_control(folder: Path, url: str, engine: Engine) -> bool:
        left = ends.orphans(folder, url, engine, live=20, deadman_s=6, mutant="chaos.immortal")
        _say(f"deaths of the dialer, no dead-man: {left}")
        return left.ended == 0

    yield "deaths_switch", switch
    yield "deaths_switch_control", switch_control
    yield "deaths_dialer", dialer
    yield "deaths_dialer_control", dialer_control
