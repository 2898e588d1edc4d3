"""The runs of the suite in which the wire to the switch, or the switch itself, fails: see events, links, deaths."""

from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine

Run = Callable[[Path, str, Engine], bool]


def _say(line: object) -> None:
    print(line, flush=True)


def events(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A hundred seeds, each with events lost, doubled, out of order and late; and the control run."""
    from chaos import events as spoiled
    from chaos.wire import Spoil

    for one in range(seed, seed + max(1, round(100 * scale))):

        def full(folder: Path, url: str, engine: Engine, one: int = one) -> bool:
            outcomes = spoiled.compare(folder, url, engine, seed=one, chosen=spoiled.spoils(one))
            for outcome in outcomes:
                _say(f"events: {outcome}")
            return all(outcome.kept for outcome in outcomes)

        yield f"events_{one}", full

    def control(folder: Path, url: str, engine: Engine) -> bool:
        [outcome] = spoiled.compare(
            folder, url, engine, seed=seed, chosen=[Spoil(seed=seed, lose=0.1)], mutant="chaos.credulous"
        )
        _say(f"events, believed as they come: {outcome}")
        return not outcome.kept

    yield "events_control", control
