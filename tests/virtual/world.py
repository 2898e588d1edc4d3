"""A virtual switch without sockets, clock and chance: time moves when the test says so, callees are led by hand."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Any

from oklik.telephony.virtual.callee import Line
from oklik.telephony.virtual.connection import Connection
from oklik.telephony.virtual.core import Core
from oklik.telephony.virtual.population import Population

PASSWORD = "ClueCon"


class Handle:
    def __init__(self, call: Callable[..., None], args: tuple[Any, ...]) -> None:
        self.call, self.args, self.off = call, args, False

    def cancel(self) -> None:
        self.off = True


class HandClock:
    """Simulated time in milliseconds from 0, moved by run()."""

    def __init__(self, start_us: int = 1_795_308_000_000_000) -> None:
        self.start_us = start_us
        self.us = 0
        self._heap: list[tuple[int, int, Handle]] = []
        self._order = itertools.count()

    @property
    def ms(self) -> float:
        return self.us / 1000

    def now_us(self) -> int:
        return self.start_us + self.us

    def real(self) -> float:
        return self.now_us() / 1e6

    def later(self, seconds: float, call: Callable[..., None], *args: object) -> Handle:
        handle = Handle(call, args)
        heapq.heappush(self._heap, (self.us + round(seconds * 1e6), next(self._order), handle))
        return handle

    later_real = later

    def at_once(self, call: Callable[..., None], *args: object) -> None:
        """Nothing is ever late here."""
        call(*args)

    def run(self, ms: float) -> None:
        """Let everything happen up to that instant."""
        until = round(ms * 1000)
        while self._heap and self._heap[0][0] <= until:
            due, _, handle = heapq.heappop(self._heap)
            self.us = max(self.us, due)
            if not handle.off:
                handle.call(*handle.args)
        self.us = max(self.us, until)


class Pipe(asyncio.Transport):
    """The other end of a connection; keeps what the switch wrote, with the time of each write."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self.clock = clock
        self.written: list[tuple[float, bytes]] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.written.append((self.clock.ms, bytes(data)))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


class Puppet:
    """A far end that does what it is told."""

    stuck_s = 0.0

    def __init__(self) -> None:
        self.line: Line | None = None
        self.heard: list[str] = []
        self.speech_left: Callable[[], float] = lambda: 0.0

    def called(self, line: Line) -> None:
        self.line = line

    def sound(self, seconds: float) -> None:
        self.heard.append(f"sound {seconds:g}")

    def recorded(self, ends: str) -> float:
        return self.speech_left()

    def question(self, seconds: float, regexp: str, least: int, most: int, ends: str) -> None:
        self.heard.append(f"question {seconds:g} {regexp} {least} {most} {ends}")

    def quiet(self, *, broken: bool = False) -> None:
        self.heard.append("quiet")

    def joined(self, other: object) -> None:
        self.heard.append("joined")

    def alone(self) -> None:
        self.heard.append("alone")

    def gone(self) -> None:
        self.heard.append("gone")


class World:
    """A core with hand-led callees and as many clients as wanted."""

    def __init__(self, start_us: int = 1_795_308_000_000_000, **core: Any) -> None:
        self.clock = HandClock(start_us)
        self.core = Core(self.clock, core.pop("population", Population()), **core)
        self.puppets: dict[str, Puppet] = {}
        self.core.far_end = self._puppet

    def _puppet(self, endpoint: str, number: str) -> Puppet:
        self.puppets[number] = puppet = Puppet()
        return puppet

    def people(self) -> None:
        """Let the population answer instead of puppets."""
        self.core.far_end = self.core._person

    def line(self, number: str) -> Line:
        line = self.puppets[number].line
        assert line is not None
        return line

    def connect(self) -> tuple[Connection, Pipe]:
        connection, pipe = Connection(self.core, PASSWORD), Pipe(self.clock)
        connection.connection_made(pipe)
        return connection, pipe
