"""`python -m chaos`: the suite at full length, one line a run; exit code 1 when a promise was broken.

Run by `make chaos`.  Every run has a control: the same with a mutant that must break the promise.
"""

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from chaos import many, network, soak
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres

Run = Callable[[Path, str, Engine], bool]
LAST = 30  # lines of a log
_COPYING = threading.Lock()  # one copy of the empty database at a time


class NotRun(Exception):
    """This machine does not let it be tried; the message says why."""


def say(line: object) -> None:
    """At once: a run takes minutes."""
    print(line, flush=True)


@contextmanager
def place(server: EmbeddedPostgres, name: str) -> Iterator[tuple[Path, str, Engine]]:
    """A folder and a database of a run's own, both gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"oklik-{name}-"))
    folder.chmod(0o755)
    with _COPYING:
        url = server.create_database(name, template="chaos")
    engine = make_engine(url, pool_size=2)
    try:
        yield folder, url, engine
    finally:
        engine.dispose()
        server.drop_database(name)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def telling(folder: Path) -> Iterator[None]:
    """What the dialers of a run have said last, if it breaks off: the folder does not outlive it."""
    try:
        yield
    except NotRun:
        raise
    except Exception:
        for log in sorted(folder.rglob("*.log")):
            said = "".join(log.read_text("utf-8", "replace").splitlines(keepends=True)[-LAST:])
            say(f"-- {log.relative_to(folder)}\n{said}")
        raise


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


def plain(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A switch without the guard's script: a fault at each point round the claim of a call."""
    from chaos.plain import POINTS, campaign, fair

    for point in POINTS:

        def one(folder: Path, url: str, engine: Engine, point: str = point) -> bool:
            told = campaign(folder, url, engine, contacts=_of(1_000, scale), point=point)
            say(f"plain, seed {seed}, killed at {point}: {'KEPT' if fair(told) else 'BROKEN'}: {told.counts}")
            return fair(told)

        yield f"plain_{point}", one

    def control(folder: Path, url: str, engine: Engine) -> bool:
        told = campaign(folder, url, engine, contacts=60, point="after_ack", mutant="chaos.unclaimed")
        say(f"plain, without the claim: {'KEPT' if fair(told) else 'BROKEN'}: {told.counts}")
        return told.twice > 0

    yield "plain_control", control


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

    for control in table.CONTROLS:

        def bites(folder: Path, url: str, engine: Engine, control: table.Control = control) -> bool:
            ended = table.run(folder, url, engine, control.case, mutant=control.mutant)
            say(f"matrix with {control.mutant}: {ended}")
            return ended.counts[control.breaks] > 0

        yield f"matrix_{control.mutant.partition('.')[2]}_{control.case.fault}", bites


def recovery(_: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A dialer that is killed with a thousand answered calls, and the next one."""
    from chaos.recovery import recovery as recover

    def full(folder: Path, url: str, engine: Engine) -> bool:
        outcome = recover(folder, url, engine, live=max(50, int(1000 * scale)))
        say(f"recovery: {outcome}")
        return outcome.kept

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = recover(folder, url, engine, live=100, mutant="chaos.pondering")
        say(f"recovery, call by call: {outcome}")
        return not outcome.kept

    yield "recovery", full
    yield "recovery_control", control


def pacing(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """Half an hour at ten calls a second with three restarts; due calls; lines that get free; a control of each."""
    from chaos import pacing as paces

    def pace(folder: Path, url: str, engine: Engine) -> bool:
        calls = max(200, int(18_000 * scale))
        outcome = paces.pace(folder, url, engine, calls=calls, seed=seed, restarts=3)
        say(f"pacing: {outcome}")
        return outcome.kept

    def newborn(folder: Path, url: str, engine: Engine) -> bool:
        outcome = paces.pace(folder, url, engine, calls=200, seed=seed, restarts=6, mutant="chaos.newborn")
        say(f"pacing, a new dialer begins anew: {outcome}")
        return not outcome.within

    def premature(folder: Path, url: str, engine: Engine) -> bool:
        outcome = paces.pace(folder, url, engine, calls=100, seed=seed, stills=2, mutant="chaos.premature")
        say(f"pacing, a call's second begins when it is granted: {outcome}")
        return not outcome.within

    def due(folder: Path, url: str, engine: Engine, calls: int = 0, mutant: str = "") -> bool:
        outcome = paces.due(folder, url, engine, calls=calls or max(60, int(1000 * scale)), seed=seed, mutant=mutant)
        say(f"pacing{_told(mutant)}: {outcome}")
        return outcome.kept

    def slots(folder: Path, url: str, engine: Engine, calls: int = 0, mutant: str = "") -> bool:
        calls = calls or max(60, int(1000 * scale))
        outcome = paces.slots(folder, url, engine, calls=calls, channels=20, mutant=mutant)
        say(f"pacing{_told(mutant)}: {outcome}")
        return outcome.kept

    yield "pacing", pace
    yield "pacing_newborn", newborn
    yield "pacing_premature", premature
    yield "pacing_due", due
    yield "pacing_due_control", lambda *there: not due(*there, 60, "chaos.drowsy")
    yield "pacing_slots", slots
    yield "pacing_slots_control", lambda *there: not slots(*there, 60, "chaos.clinging")


def stuck(_: int, scale: float) -> Iterator[tuple[str, Run]]:
    """Channels that do not end when they are told to."""
    from chaos.stuck import stuck as run

    def full(folder: Path, url: str, engine: Engine, contacts: int = 0, mutant: str = "") -> bool:
        outcome = run(folder, url, engine, contacts=contacts or max(60, int(150 * scale)), mutant=mutant)
        say(f"stuck{_told(mutant)}: {outcome}")
        return outcome.kept

    yield "stuck", full
    yield "stuck_control", lambda *there: not full(*there, 150, "chaos.generous")


def night(_: int, __: float) -> Iterator[tuple[str, Run]]:
    """A dialer that starts at three in the morning, with the calls of the evening open."""
    from chaos.night import night as run

    def full(folder: Path, url: str, engine: Engine, mutant: str = "") -> bool:
        outcome = run(folder, url, engine, mutant=mutant)
        say(f"night{_told(mutant)}: {outcome}")
        return outcome.kept

    yield "night", full
    yield "night_control", lambda *there: not full(*there, "chaos.sleepless")


def commits(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A thousand connections cut within a COMMIT."""
    from chaos.commits import cuts

    def full(folder: Path, url: str, engine: Engine) -> bool:
        outcome = cuts(folder, url, engine, cuts=_of(1000, scale), contacts=_of(8_000, scale), seed=seed)
        say(f"commits: {outcome}")
        return outcome.verdict.kept

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = cuts(folder, url, engine, cuts=40, contacts=300, seed=seed, mutant="chaos.hasty")
        say(f"commits, believed when they broke off: {outcome}")
        return outcome.verdict.twice > 0

    def twofold(folder: Path, url: str, engine: Engine) -> bool:
        outcome = cuts(folder, url, engine, cuts=40, contacts=300, seed=seed, mutant="chaos.forthright")
        say(f"commits, results written again: {outcome}")
        return outcome.verdict.miscounted > 0

    yield "commits", full
    yield "commits_control", control
    yield "commits_forthright", twofold


def restores(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A database that goes back to an earlier state forty times."""
    from chaos import snapshot

    def full(folder: Path, url: str, engine: Engine) -> bool:
        outcome = snapshot.restores(folder, url, engine, times=_of(40, scale), seed=seed)
        say(f"restores: {outcome}")
        return outcome.verdict.kept and outcome.forgotten > 0

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = snapshot.restores(folder, url, engine, times=2, seed=seed, mutant="chaos.unread")
        say(f"restores, without the journal: {outcome}")
        return outcome.verdict.twice > 0

    yield "restores", full
    yield "restores_control", control


def outages(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A database that is stopped (50 times), silent, closed for writing, full (20 each), slow (for three minutes)."""
    from chaos import outage

    def down(folder: Path, _url: str, _engine: Engine, times: int = 0, mutant: str = "") -> bool:
        outcome = outage.down(folder, times=times or _of(50, scale), seed=seed, mutant=mutant)
        say(f"outages, stopped{_told(mutant)}: {outcome}")
        return outcome.kept

    def down_control(folder: Path, url: str, engine: Engine) -> bool:
        return not down(folder, url, engine, 2, "chaos.careless")

    def silent(folder: Path, url: str, engine: Engine, times: int = 0, mutant: str = "") -> bool:
        outcome = outage.silent(folder, url, engine, times=times or _of(20, scale), seed=seed, mutant=mutant)
        say(f"outages, silent{_told(mutant)}: {outcome}")
        return outcome.kept

    def silent_control(folder: Path, url: str, engine: Engine) -> bool:
        return not silent(folder, url, engine, 2, "chaos.patient")

    def read_only(folder: Path, url: str, engine: Engine, times: int = 0, mutant: str = "") -> bool:
        outcome = outage.read_only(folder, url, engine, times=times or _of(20, scale), seed=seed, mutant=mutant)
        say(f"outages, closed for writing{_told(mutant)}: {outcome}")
        return outcome.kept

    def read_only_control(folder: Path, url: str, engine: Engine) -> bool:
        return not read_only(folder, url, engine, 2, "chaos.careless")

    def full(folder: Path, url: str, engine: Engine, times: int = 0, mutant: str = "") -> bool:
        if not outage.can_mount():
            raise NotRun("only root may mount the small disk that is filled up")
        outcome = outage.full(folder, url, engine, times=times or _of(20, scale), seed=seed, mutant=mutant)
        say(f"outages, full{_told(mutant)}: {outcome}")
        return outcome.kept

    def full_control(folder: Path, url: str, engine: Engine) -> bool:
        return not full(folder, url, engine, 2, "chaos.careless")

    def slow(folder: Path, url: str, engine: Engine) -> bool:
        slow_s = max(15.0, 180 * scale)
        outcome = outage.slow(
            folder, url, engine, delay_s=0.5, slow_s=slow_s, contacts=max(60, _of(400, scale)), seed=seed
        )
        say(f"outages, slow: {outcome}")
        return outcome.kept

    def slow_control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = outage.slow(
            folder, url, engine, delay_s=0.5, slow_s=5, contacts=40, seed=seed, mutant="chaos.blocking"
        )
        say(f"outages, slow and waited for by all: {outcome}")
        return not outcome.kept

    yield "outage_down", down
    yield "outage_down_control", down_control
    yield "outage_silent", silent
    yield "outage_silent_control", silent_control
    yield "outage_read_only", read_only
    yield "outage_read_only_control", read_only_control
    yield "outage_full", full
    yield "outage_full_control", full_control
    yield "outage_slow", slow
    yield "outage_slow_control", slow_control


def zombies(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """Five hundred dialers that sleep past their lease."""
    from chaos.zombie import pauses

    def full(folder: Path, url: str, engine: Engine) -> bool:
        outcome = pauses(folder, url, engine, times=_of(500, scale), seed=seed)
        say(f"zombies: {outcome}")
        return outcome.kept

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = pauses(folder, url, engine, times=2, seed=seed, mutant="chaos.unfenced")
        say(f"zombies, without the fence: {outcome}")
        return outcome.sent > 0 and outcome.written > 0

    yield "zombies", full
    yield "zombies_control", control


def deploys(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """Fifty rolling restarts."""
    from chaos.deploy import restarts

    def full(folder: Path, url: str, engine: Engine) -> bool:
        outcome = restarts(folder, url, engine, times=_of(50, scale), seed=seed, seconds=8)
        say(f"deploys: {outcome}")
        return outcome.kept

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = restarts(folder, url, engine, times=2, seed=seed, mutant="chaos.abrupt")
        say(f"deploys, hung up at once: {outcome}")
        return outcome.dropped > 0

    yield "deploys", full
    yield "deploys_control", control


def clocks(seed: int, scale: float) -> Iterator[tuple[str, Run]]:
    """A wall clock that jumps by an hour, by a day and into the night, five times each."""
    from chaos.clocks import CPS, jumps

    def full(folder: Path, url: str, engine: Engine) -> bool:
        outcome = jumps(folder, url, engine, rounds=max(1, round(5 * scale)))
        say(f"clocks: seed {seed}, {outcome}")
        return outcome.kept

    def control(folder: Path, url: str, engine: Engine) -> bool:
        outcome = jumps(folder, url, engine, few=True, mutant="chaos.wall_time")
        say(f"clocks, measured on the wall's: seed {seed}, {outcome}")
        return outcome.most > CPS

    yield "clocks", full
    yield "clocks_control", control


def _of(count: int, scale: float) -> int:
    return max(2, round(count * scale))


def _told(mutant: str) -> str:
    return f" with {mutant}" if mutant else ""


RUNS = {
    "kills": kills,
    "matrix": matrix,
    "plain": plain,
    "recovery": recovery,
    "pacing": pacing,
    "stuck": stuck,
    "night": night,
    "commits": commits,
    "restores": restores,
    "outages": outages,
    "zombies": zombies,
    "deploys": deploys,
    "clocks": clocks,
    "events": network.events,
    "links": network.links,
    "deaths": network.deaths,
    "nodes": many.nodes,
    "failover": many.failover,
    "soak": soak.runs,
}


def sound(server: EmbeddedPostgres, name: str, run: Run) -> tuple[str, bool | None]:
    """Its name, and whether it came out as it should; None: it was not run.

    One that breaks off did not, and the others go on.
    """
    began = time.monotonic()
    try:
        with place(server, name) as there, telling(there[0]):
            right = run(*there)
    except NotRun as reason:
        say(f"{name}: NOT RUN: {reason}")
        return name, None
    except Exception:  # noqa: BLE001  whatever it is, the others are to run
        say(f"{name}: BROKEN OFF\n{traceback.format_exc()}")
        right = False
    say(f"  {name} took {time.monotonic() - began:.0f} s{'' if right else ', and is NOT AS PROMISED'}")
    return name, right


def main() -> int:
    """Run what was asked for; all of it when nothing was."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"one of {', '.join(RUNS)}; all when none is named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="of the counts; 0.01 for a trial")
    parser.add_argument("--at-once", type=int, default=1, metavar="N", help="so many runs at a time; each has its own")
    options = parser.parse_args()
    if unknown := [name for name in options.runs if name not in RUNS]:
        parser.error(f"there is no run {unknown[0]}")
    home = Path(tempfile.mkdtemp(prefix="oklik-chaos-"))
    home.chmod(0o755)
    # What is killed is the dialer: whether PostgreSQL survives a power cut is not what is asked here.
    server = EmbeddedPostgres(home / "database", home / "cache", durable=False, with_parent=True)
    try:
        with server, ThreadPoolExecutor(options.at_once) as pool:
            upgrade(server.create_database("chaos"))
            wanted = [
                pool.submit(sound, server, name, run)
                for chosen in options.runs or RUNS
                for name, run in RUNS[chosen](options.seed, options.scale)
            ]
            ended = [one.result() for one in wanted]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    broken = [name for name, right in ended if right is False]
    left_out = [name for name, right in ended if right is None]
    say(
        f"{len(ended) - len(left_out)} runs, {_listed('not as promised', broken)}"
        f"{'; ' + _listed('NOT RUN', left_out) if left_out else ''}"
    )
    return 1 if broken else 0


def _listed(what: str, names: Sequence[str]) -> str:
    return f"{len(names)} {what}{': ' if names else ''}{', '.join(names)}"


if __name__ == "__main__":
    sys.exit(main())
