"""`python -m chaos`: the suite at full length, one line a run; exit code 1 when a promise was broken.

Run by `make chaos`.  Every run has a control: the same with a mutant that must break the promise.
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from chaos import network
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres

Run = Callable[[Path, str, Engine], bool]


def say(line: object) -> None:
    """At once: a run takes minutes."""
    print(line, flush=True)


@contextmanager
def place(server: EmbeddedPostgres, name: str) -> Iterator[tuple[Path, str, Engine]]:
    """A folder and a database of a run's own, both gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"oklik-{name}-"))
    folder.chmod(0o755)
    url = server.create_database(name, template="chaos")
    engine = make_engine(url, pool_size=2)
    try:
        yield folder, url, engine
    finally:
        engine.dispose()
        server.drop_database(name)
        shutil.rmtree(folder, ignore_errors=True)


def kills(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A thousand kills, and the control run."""
    from chaos.kills import storm

    def full(folder: Path, url: str, engine: Engine) -> bool:
        outcome = storm(folder, url, engine, kills=int(1000 * scale), contacts=int(60_000 * scale), seed=seed)
        say(f"kills: {outcome}")
        return outcome.verdict.kept

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = storm(folder, url, engine, kills=20, contacts=1_200, seed=seed, mutant="chaos.amnesia")
        say(f"kills, without the protocol: {outcome}")
        return outcome.verdict.twice > 0

    yield "kills", full
    yield "kills_control", control


def matrix(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """Every point with every fault, in an order of chance; scale below 1: only some of them."""
    from chaos import matrix as table

    chosen = list(table.cases())
    random.Random(seed).shuffle(chosen)
    for number, case in enumerate(chosen[: max(1, round(len(chosen) * scale))]):

        def one(folder: Path, url: str, engine: Engine, case: table.Case = case) -> bool:
            ended = table.run(folder, url, engine, case)
            say(f"matrix: {ended}")
            return ended.right

        yield f"matrix_{number}", one

    def control(folder: Path, url: str, engine: Engine) -> bool:
        ended = table.run(folder, url, engine, table.Case("after_ack", "kill", 50), mutant="chaos.amnesia")
        say(f"matrix, without the protocol: {ended}")
        return ended.verdict.twice > 0

    yield "matrix_control", control


RUNS = {"kills": kills, "matrix": matrix, "events": network.events, "links": network.links, "deaths": network.deaths}


def main() -> int:
    """Run what was asked for; all of it when nothing was."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"one of {', '.join(RUNS)}; all when none is named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="of the counts; 0.01 for a trial")
    options = parser.parse_args()
    if unknown := [name for name in options.runs if name not in RUNS]:
        parser.error(f"there is no run {unknown[0]}")
    home = Path(tempfile.mkdtemp(prefix="oklik-chaos-"))
    home.chmod(0o755)
    sound = True
    # What is killed is the dialer: whether PostgreSQL survives a power cut is not what is asked here.
    server = EmbeddedPostgres(home / "database", home / "cache", durable=False, with_parent=True)
    try:
        with server:
            upgrade(server.create_database("chaos"))
            for chosen in options.runs or RUNS:
                for name, run in RUNS[chosen](options.seed, options.scale):
                    with place(server, name) as there:
                        sound = run(*there) and sound
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
