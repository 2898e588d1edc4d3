"""CPU of the driver's process per surveyed call: our whole dialer, and bare drivers on other event socket clients.

Run: python bench/peers.py [--calls N] [--rounds N] [--rate N] [--write].  A call is: originate, answer, prompt, two
digits, hangup.  The dialer does it with scenario, gate and PostgreSQL, all rows written; the drivers (bench/drivers)
with nothing but their library.  Each has a virtual switch of its own, all of the same kind, people and chance, so
that nobody hears of another's calls; only greenswitch's outbound server has `outbound_peer.py`, as in `call_cost.py`.
All get the calls in the same bursts, in rounds that are interleaved, each round beginning with another of them.
Counted is the CPU of the driver's process alone (all its threads, from /proc).  A round in which not all calls ended
with the right digits ends the run.  The price of an event (`events.py`) is measured beside it.

Libraries are installed into build/peers (peer_environment.py); one that cannot be had is left out, and that is said.
--write puts the tables into docs/performance.md.  Quote ratios; the last line is JSON.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import wave
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

import events
import growth_pages
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres
from peer_environment import make_environment
from surveys import PASSWORD, PROMPT_S, Child, engine_round, make_campaign, start_engine, start_switch

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
DIALER = "Oklik's dialer, whole"
Figures = dict[str, list[float]]


class Peer(NamedTuple):
    """A driver.  outbound: it is called by the switch, and needs one that does so."""

    name: str
    library: str
    arguments: tuple[str, ...]
    outbound: bool = False


PEERS = (
    Peer("greenswitch, inbound, 5 kinds of events", "greenswitch", ("drivers.greenswitch_inbound", "PROMPT", "five")),
    Peer("greenswitch, inbound, all events", "greenswitch", ("drivers.greenswitch_inbound", "PROMPT", "all")),
    Peer("greenswitch, outbound, as its README", "greenswitch", ("drivers.greenswitch_outbound",), outbound=True),
    Peer("switchio, inbound", "switchio", ("drivers.switchio_app", "PROMPT")),
    Peer("Genesis, inbound", "genesis", ("drivers.genesis_inbound", "PROMPT")),
)


def make_prompt(folder: Path) -> Path:
    """A file that plays as long as a prompt of the dialer, pauses included."""
    path = folder / "prompt.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * int(8000 * (PROMPT_S + 0.08))))
    return path


def start_peer(peer: Peer, folder: Path, python: str) -> tuple[Child, Child]:
    """Its switch and its driver, connected."""
    if peer.outbound:
        switch = Child([str(HERE / "outbound_peer.py")], folder / "log")
        said = switch.hear()
    else:
        switch, said = start_switch(folder)
    return switch, start_driver(peer, folder, python, f"{said['host']} {said['port']} {PASSWORD}")


def start_driver(peer: Peer, folder: Path, python: str, where: str) -> Child:
    """Its driver, connected.  where: host, port and password of the switch."""
    arguments = [str(make_prompt(folder)) if word == "PROMPT" else word for word in peer.arguments]
    driver = Child(["-m", *arguments], folder / "log", {"PYTHONPATH": str(HERE)}, python=python)
    driver.tell(f"peer {where}")
    driver.hear()
    return driver


def peer_round(name: str, driver: Child, calls: int, rate: int) -> float:
    """Milliseconds of CPU a call of the driver."""
    before = driver.cpu_s()
    driver.tell(f"round {calls} {rate}")
    said = driver.hear()
    spent = driver.cpu_s() - before
    if said["finished"] != calls or said["failed"]:
        sys.exit(
            f"{name}: {said['finished']} of {calls} calls were finished, the figure would be worth nothing: {said}"
        )
    return spent * 1000 / calls


def measure(folder: Path, calls: int, rounds: int, rate: int, *, python: str, peers: list[Peer]) -> Figures:
    """Milliseconds of CPU a call in each round, by driver; the first of each is a rehearsal and does not count."""
    figures: Figures = {name: [] for name in (DIALER, *(peer.name for peer in peers))}
    (folder / "pg").mkdir(mode=0o755)
    a_round = calls // rounds
    with ExitStack() as stack:
        url = stack.enter_context(EmbeddedPostgres(folder / "pg" / "data", folder / "pg" / "cache"))
        upgrade(url)
        engine = make_engine(url)
        stack.callback(engine.dispose)
        campaigns = [make_campaign(engine, folder / "prompts", n, a_round) for n in range(rounds + 1)]
        drivers = {}
        for peer in (None, *peers):
            switch, driver = start_peer(peer, folder, python) if peer else start_engine(folder, url, rate)
            stack.callback(switch.end)
            stack.callback(driver.end)
            drivers[peer.name if peer else DIALER] = driver
        order = list(drivers)
        for n, campaign in enumerate(campaigns):
            for name in order[n % len(order) :] + order[: n % len(order)]:
                if name == DIALER:
                    took = engine_round(engine, drivers[name], campaign, a_round)
                else:
                    took = peer_round(name, drivers[name], a_round, rate)
                print(f"round {n or 'to warm up'}: {name} {took:.3f} ms a call", flush=True)
                if n:
                    figures[name].append(took)
    return figures


def middle(rounds: list[float]) -> float:
    """The median."""
    return float(np.median(rounds))


def table(figures: Figures, ours: str, digits: int, head: tuple[str, ...]) -> str:
    """One row a name: median and range, how much ours is of it, and under a fourth head how many make a second (µs)."""
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name, rounds in figures.items():
        took = f"{middle(rounds):.{digits}f} ({min(rounds):.{digits}f} to {max(rounds):.{digits}f})"
        ratio = "–" if name == ours else f"**{middle(figures[ours]) / middle(rounds):.2f}**"
        many = f" | {1e6 / middle(rounds):,.0f}" if len(head) > 3 else ""
        lines.append(f"| {name} | {took} | {ratio}{many} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=100, help="calls a second")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    python, found = make_environment()
    peers = [peer for peer in PEERS if peer.library in found]
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="oklik-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        took = events.measure(folder, options.rounds, python, list(found))
        calls = measure(folder, options.calls, options.rounds, options.rate, python=python, peers=peers)
    after = os.getloadavg()[0]
    left_out = [peer.name for peer in PEERS if peer not in peers]
    versions = ", ".join(f"{name} {version}" for name, version in found.items())
    without = f" Left out, as it could not be installed: {'; '.join(left_out)}." if left_out else ""
    text = (
        f"Python {platform.python_version()}; {versions}.{without} {options.calls:,} calls at {options.rate} a second "
        f"in {options.rounds} rounds; load {before:.1f} before, {after:.1f} after, which this run is part of.\n\n"
        + table(calls, DIALER, 2, ("driver", "CPU a call, ms", "Oklik to it"))
        + "\n"
        + table(
            took, events.OURS[0], 1, ("reader", "CPU an event, µs", "Oklik, JSON, to it", "events a second of a core")
        )
        + "\n"
    )
    print(text)
    if options.write:
        PAGE.write_text(growth_pages.between(PAGE.read_text("utf-8"), "peers", text), "utf-8")
    summary = {
        "ms_per_call": {name: round(middle(rounds), 3) for name, rounds in calls.items()},
        "ratio": {name: round(middle(calls[DIALER]) / middle(rounds), 3) for name, rounds in calls.items()},
        "us_per_event": {name: round(middle(rounds), 2) for name, rounds in took.items()},
        "event_ratio": {name: round(middle(took[events.OURS[0]]) / middle(rounds), 3) for name, rounds in took.items()},
        "load": [round(before, 1), round(after, 1)],
        "left_out": left_out,
    }
    print(json.dumps(summary, ensure_ascii=False))


if __name__ == "__main__":
    main()
