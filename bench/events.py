"""What it costs to take an event: our framing and decoding, and the readers of other libraries, on a recorded call.

Run: python bench/events.py [--rounds N]; `peers.py` does it as well.  Bytes are those of a real switch
(tests/transcripts), the same call in both forms: the peers read plain events, the only form that they all decode; we
ask the switch for JSON and take the fields we know; on the peers' own bytes we are measured too.  Rounds are
interleaved.  Processor time from bytes to a parsed event; no handler, no socket.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from oklik.esl.events import decode, decode_plain
from oklik.esl.framing import Framer, Kind
from peer_environment import LIBRARIES, make_environment
from recorded import frames
from surveys import Child

HERE = Path(__file__).resolve().parent
EVENTS = 2000
PIECE = 64 * 1024  # as our reader takes them
OURS = ("Oklik, JSON", "Oklik, plain")


def recorded(form: str) -> bytes:
    """Events of an answered call, over and over, as they came."""
    kind = f"Content-Type: text/event-{form}".encode()
    call = [frame for frame in frames(f"02-answered-{form}.txt") if kind in frame[:200]]
    return b"".join(call[n % len(call)] for n in range(EVENTS))


def ours(data: bytes, decoded: Callable[[bytes], object]) -> float:
    """Microseconds an event."""
    before = time.process_time()
    framer = Framer()
    found = []
    for at in range(0, len(data), PIECE):
        found += [decoded(frame.body) for frame in framer.feed(data[at : at + PIECE]) if frame.kind in _EVENTS]
    spent = time.process_time() - before
    assert len(found) == EVENTS
    return spent * 1e6 / EVENTS


_EVENTS = (Kind.JSON, Kind.PLAIN)


def measure(folder: Path, rounds: int, python: str, libraries: list[str]) -> dict[str, list[float]]:
    """Microseconds an event, by reader; the first round of each is a rehearsal and does not count."""
    plain, as_json = recorded("plain"), recorded("json")
    file = folder / "events"
    file.write_bytes(plain)
    figures: dict[str, list[float]] = {name: [] for name in (*OURS, *libraries)}
    with ExitStack() as stack:
        readers = {}
        for name in libraries:
            arguments = ["-m", "drivers.parse", name, str(file), str(EVENTS)]
            readers[name] = Child(arguments, folder / "log", {"PYTHONPATH": str(HERE)}, python=python)
            stack.callback(readers[name].end)
        for n in range(rounds + 1):
            took = {OURS[0]: ours(as_json, decode), OURS[1]: ours(plain, decode_plain)}
            for name, reader in readers.items():
                reader.tell("round")
                took[name] = reader.hear()["us"]
            if n:
                for name, us in took.items():
                    figures[name].append(us)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    python, found = make_environment()
    with tempfile.TemporaryDirectory(prefix="oklik-bench-") as name:
        figures = measure(Path(name), options.rounds, python, [one for one in LIBRARIES if one in found])
    print(json.dumps({name: round(float(np.median(us)), 1) for name, us in figures.items()}, ensure_ascii=False))


if __name__ == "__main__":
    main()
