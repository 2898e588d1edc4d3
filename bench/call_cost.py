"""CPU of the dialer process per surveyed call, beside a bare greenswitch driver, rounds interleaved in one run.

Run: python bench/call_cost.py [--calls N] [--rounds N] [--rate N] [--json].  A call is: originate, answer, prompt,
two digits, hangup.  The dialer does it with scenario, gate and PostgreSQL, all rows written, against the virtual
switch in another process; the greenswitch driver as its README shows (outbound socket), with neither, against
`outbound_peer.py`, which sends it the frames of a real switch, for our virtual switch offers no outbound socket.
Both get the calls in the same bursts.  Counted is the CPU of the driver's process alone (all its threads, from
/proc), from launch to last row; quote the ratio, milliseconds hold for one machine only.  The last line is JSON.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres
from surveys import PASSWORD, Child, engine_round, make_campaign, start_engine

HERE = Path(__file__).resolve().parent


def greenswitch_round(driver: Child, calls: int, rate: int) -> float:
    """Milliseconds of CPU a call of the bare driver."""
    before = driver.cpu_s()
    driver.tell(f"round {calls} {rate}")
    said = driver.hear()
    spent = driver.cpu_s() - before
    if said["finished"] != calls:
        sys.exit(f"the greenswitch driver finished {said['finished']} of {calls} calls: {said['failed']}")
    return spent * 1000 / calls


def start_greenswitch(folder: Path) -> tuple[Child, Child]:
    """The peer and the bare driver."""
    peer = Child([str(HERE / "outbound_peer.py")], folder / "log")
    driver = Child(["-m", "drivers.greenswitch_outbound"], folder / "log", {"PYTHONPATH": str(HERE)})
    driver.tell(f"peer 127.0.0.1 {peer.hear()['port']} {PASSWORD}")
    driver.hear()
    return peer, driver


def measure(folder: Path, calls: int, rounds: int, rate: int, profile: Path | None) -> dict[str, list[float]]:
    """Run all rounds; the first of each is a rehearsal and does not count."""
    figures: dict[str, list[float]] = {"engine": [], "greenswitch": []}
    (folder / "pg").mkdir(mode=0o755)
    with EmbeddedPostgres(folder / "pg" / "data", folder / "pg" / "cache") as url:
        upgrade(url)
        engine = make_engine(url)
        a_round = calls // rounds
        campaigns = [make_campaign(engine, folder / "prompts", n, a_round) for n in range(rounds + 1)]
        how = ["-m", "cProfile", "-o", str(profile)] if profile else []
        children = [*start_engine(folder, url, rate, how=[*how, "-m", "oklik.worker"]), *start_greenswitch(folder)]
        try:
            for n, campaign in enumerate(campaigns):
                ours = engine_round(engine, children[1], campaign, a_round)
                theirs = greenswitch_round(children[3], a_round, rate)
                print(
                    f"round {n or 'to warm up'}: dialer {ours:.3f} ms a call, bare greenswitch {theirs:.3f} ms a call"
                )
                if n:
                    figures["engine"].append(ours)
                    figures["greenswitch"].append(theirs)
        finally:
            for child in reversed(children):
                child.end()
            engine.dispose()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=100, help="calls a second")
    parser.add_argument("--profile", type=Path, help="write a cProfile of the dialer here")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, last")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="oklik-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        figures = measure(folder, options.calls, options.rounds, options.rate, options.profile)
    ours, theirs = (float(np.median(figures[name])) for name in ("engine", "greenswitch"))
    if options.json:
        print(
            json.dumps(
                {
                    "engine_ms_per_call": round(ours, 3),
                    "greenswitch_ms_per_call": round(theirs, 3),
                    "ratio": round(ours / theirs, 3),
                }
            )
        )
    else:
        print(f"median: dialer {ours:.3f} ms a call, bare greenswitch {theirs:.3f}, ratio {ours / theirs:.3f}")


main()
