"""A dialer with a tap on its event socket: `oklik.worker`, and beside it lines of JSON on how soon it answers.

From the instant at which an event of a call is there to the instant at which the next command to that call has been
given to the network.  Whatever the reader finds waiting is taken to have come right after its look before, so the
figure holds the 10 ms that it lets news gather, and is rather too large than too small.  A line a second goes to the
file OKLIK_BENCH_TAP: {"at" (monotonic s), "answers_ms": [...], "late_ms": the longest that a timer of 10 ms was late,
"events" and "bytes": what came of events, and how long their bodies were, "lags_ms": of each batch of rows that was
written, from its first entry to its commit}.  OKLIK_BENCH_COLLECT_S: how long a batch waits for company instead.
"""

import json
import os
import re
import sys
import time
from functools import partial
from typing import Any

from gevent import monkey

if __name__ == "__main__":
    monkey.patch_all()

import gevent

from oklik.esl.framing import Frame, Kind
from oklik.telephony.freeswitch.connection import Link
from oklik.worker import dialer
from oklik.worker.dialer import Dialer
from oklik.worker.writer import Batch, BatchWriter

_OF_CALL = re.compile(rb'"Unique-ID":\s*"([0-9a-f-]{36})"')
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
AT_ONCE_S = 0.00005  # a recv that takes less had its data waiting
TICK_S = 0.01


class Tap:
    """What was measured since the last line."""

    def __init__(self) -> None:
        self.came: dict[bytes, float] = {}
        self.answers: list[float] = []
        self.late = 0.0
        self.events = self.bytes = 0
        self.lags: list[float] = []

    def watch(self) -> None:
        """How late the loop is, for ever."""
        while True:
            before = time.monotonic()
            gevent.sleep(TICK_S)
            self.late = max(self.late, time.monotonic() - before - TICK_S)

    def tell(self, path: str) -> None:
        """A line a second, for ever."""
        with open(path, "a", encoding="ascii") as file:  # noqa: PTH123
            while True:
                gevent.sleep(1.0)
                answers, self.answers = self.answers, []
                late, self.late = self.late, 0.0
                line: dict[str, Any] = {"at": time.monotonic(), "late_ms": round(late * 1000, 2)}
                line |= {"events": self.events, "bytes": self.bytes}
                self.events = self.bytes = 0
                lags, self.lags = self.lags, []
                for name, spans in (("answers_ms", answers), ("lags_ms", lags)):
                    line[name] = [round(one * 1000, 3) for one in spans]
                file.write(json.dumps(line) + "\n")
                file.flush()


class Socket:
    """The link's socket."""

    def __init__(self, sock: Any, tap: Tap) -> None:
        self._sock, self._tap = sock, tap
        self._looked = time.monotonic()
        self.heard = self._looked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recv(self, size: int) -> bytes:
        """Receive, and note when what comes was there."""
        asked = time.monotonic()
        data: bytes = self._sock.recv(size)
        now = time.monotonic()
        self.heard = self._looked if now - asked < AT_ONCE_S else now
        self._looked = now
        return data

    def sendall(self, data: bytes) -> None:
        """Send, and note whom it concerns."""
        self._sock.sendall(data)
        now = time.monotonic()
        for uuid in set(_UUID.findall(data)):
            if (came := self._tap.came.pop(uuid, None)) is not None:
                self._tap.answers.append(now - came)


def install(path: str) -> None:
    """Put the tap on every link of this process."""
    tap = Tap()
    start, handle = Link.start_event_handlers, Link._handle  # noqa: SLF001

    def started(self: Link) -> None:
        self.sock = Socket(self.sock, tap)
        start(self)

    def handled(self: Link, frame: Frame) -> None:
        if frame.kind is Kind.JSON:
            tap.events += 1
            tap.bytes += len(frame.body)
        if frame.kind is Kind.JSON and (found := _OF_CALL.search(frame.body)):
            if b"CHANNEL_HANGUP_COMPLETE" in frame.body:
                tap.came.pop(found[1], None)
            else:
                tap.came[found[1]] = self.sock.heard
        handle(self, frame)

    written = Dialer._written  # noqa: SLF001

    def noted(self: Dialer, batch: Batch) -> None:
        tap.lags.append(time.monotonic() - batch.born)
        written(self, batch)

    Dialer._written = noted  # type: ignore[method-assign]  # noqa: SLF001
    if collect_s := os.environ.get("OKLIK_BENCH_COLLECT_S"):
        dialer.BatchWriter = partial(BatchWriter, collect_s=float(collect_s))  # type: ignore[assignment,attr-defined]
    Link.start_event_handlers = started  # type: ignore[method-assign]
    Link._handle = handled  # type: ignore[method-assign]  # noqa: SLF001
    gevent.spawn(tap.watch)
    gevent.spawn(tap.tell, path)


if __name__ == "__main__":
    from oklik.worker.main import main

    install(os.environ["OKLIK_BENCH_TAP"])
    sys.exit(main(sys.argv[1:]))
