"""A wire between a dialer and the event socket, in a process of its own, that does what bad networks do.

    wire = Wire(host, port, Spoil(seed=3, lose=0.1))     # in the test
    wire.cut(); wire.tell(silent=True); wire.told()      # orders, and what it has counted

The other half of the file is the process: `python -m chaos.wire` reads where to and the Spoil as one JSON line, says
{"port": n}, then takes orders as JSON lines and answers each with what it has counted.

It knows the frames of the event socket only so far as it must: replies are never touched, for a reply that is lost is
a cut; events are lost, doubled, put out of order or held up.  What happens to an event hangs on the seed, the number
that was called and how many of its kind that call has had, not on when it came.
"""

import asyncio
import heapq
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from oklik.esl.framing import Frame, Framer, Kind
from support.patience import LONG_S, until

ENDS = "ends"  # every word of how a leg ended, whatever kind of event brought it
AGAIN_S = 1.0  # an event that comes twice comes so much later the second time, at most
GATHER_S = 0.3  # an event that is to be overtaken is held no longer than that
PIECE = 65536


class Spoil(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to events.

    lose: share that never arrives, of these kinds (none named: of all).
    double: share that comes twice, up to AGAIN_S apart.
    window: an event may be overtaken by so many others.  late_s: each comes up to so many real seconds late.
    """

    seed: int = 1
    lose: float = 0.0
    kinds: tuple[str, ...] = ()
    double: float = 0.0
    window: int = 0
    late_s: float = 0.0

    def __str__(self) -> str:
        of = f" of {', '.join(self.kinds)}" if self.kinds else ""
        said = (
            f"{self.lose:.0%}{of} lost" if self.lose else "",
            f"{self.double:.0%} twice" if self.double else "",
            f"out of order by {self.window}" if self.window else "",
            f"up to {self.late_s:g} s late" if self.late_s else "",
        )
        return ", ".join(one for one in said if one) or "nothing"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the wire has counted.

    events: that came from the switch.  lost, doubled, late: of them.  untold: UUIDs of legs of whose end nothing came
    through.  links: connections made.  foreign: events of a flood that were sent.  held: bytes that wait in the wire,
    at most so far.  lags: for each answer the monotonic instant of its event and the seconds until the first command
    for that leg.  silent_found: seconds from the beginning of silence to the dialer's end of the link, if it has come.
    """

    events: int = 0
    lost: dict[str, int] = {}
    doubled: int = 0
    late: int = 0
    untold: list[str] = []
    links: int = 0
    foreign: int = 0
    held: int = 0
    lags: list[tuple[float, float]] = []
    silent_found: float | None = None


class Wire:
    """The process; close() ends it."""

    def __init__(self, host: str, port: int, spoil: Spoil | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "chaos.wire"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},
        )
        self._answers: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        begun = self._ask({"host": host, "port": port, "spoil": msgspec.to_builtins(spoil or Spoil())})
        self.port: int = json.loads(begun)["port"]

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._answers.extend(iter(self._process.stdout.readline, b""))

    def _ask(self, order: Mapping[str, Any]) -> bytes:
        before = len(self._answers)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        until(lambda: len(self._answers) > before or self._process.poll() is not None, "the wire answers", every=0.002)
        return self._answers[-1]

    def tell(self, **order: Any) -> Told:
        """Give an order.

        cut=True: by RST; silent=True: bytes are swallowed; rate=n: so many bytes a second towards the dialer (0: no
        limit); stalled=True: the wire takes nothing from the switch; flood=(n, s): n foreign events a second for s.
        """
        return msgspec.json.decode(self._ask(order), type=Told)

    def told(self) -> Told:
        """What it has counted up to now."""
        return self.tell()

    def cut(self) -> None:
        """Break all connections, as a crashed host does."""
        self.tell(cut=True)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(LONG_S)
        self._reader.join(LONG_S)
        self._process.stdout.close()


# -- the process ----------------------------------------------------------------------------------------------


class _Spoiler:
    """Decides about events; counts."""

    def __init__(self, spoil: Spoil) -> None:
        self.spoil = spoil
        self.events = self.doubled = self.late = 0
        self.lost: Counter[str] = Counter()
        self._numbers: dict[str, str] = {}  # leg -> number
        self._seen: Counter[tuple[str, str]] = Counter()
        self._ends: defaultdict[str, list[bool]] = defaultdict(list)  # leg -> words of its end: came through?

    def dice(self, event: Mapping[str, Any]) -> random.Random:
        """Chance for this event."""
        kind, leg = str(event.get("Event-Name")), leg_of(event)
        number = self._numbers.setdefault(leg, _number(event))
        if not number.startswith("+") and number not in ("", leg):
            number = leg  # an agent, who is rung for many
        self._seen[leg, kind] += 1
        return random.Random(f"{self.spoil.seed}|{number}|{kind}|{self._seen[leg, kind]}")

    def loses(self, event: Mapping[str, Any], dice: random.Random) -> bool:
        """Does it never arrive?"""
        spoil, kind, end = self.spoil, str(event.get("Event-Name")), _tells_end(event)
        named = not spoil.kinds or kind in spoil.kinds or (ENDS in spoil.kinds and end)
        lost = named and dice.random() < spoil.lose
        if end:
            self._ends[leg_of(event)].append(not lost)
        if lost:
            self.lost[kind] += 1
        return lost

    @property
    def untold(self) -> list[str]:
        """Legs of whose end nothing came through."""
        return sorted(leg for leg, words in self._ends.items() if not any(words))


def leg_of(event: Mapping[str, Any]) -> str:
    """The leg's UUID, which for ours is the job's."""
    return str(event.get("Unique-ID") or event.get("Job-UUID") or "")


def _number(event: Mapping[str, Any]) -> str:
    argument = str(event.get("Job-Command-Arg") or "").split()
    dialed = next((word.rpartition("/")[2] for word in argument if "/" in word), "")
    return str(event.get("Caller-Destination-Number") or dialed)


def _tells_end(event: Mapping[str, Any]) -> bool:
    kind = event.get("Event-Name")
    if kind == "BACKGROUND_JOB":
        return not str(event.get("_body")).startswith("+OK")
    return kind == "CHANNEL_HANGUP_COMPLETE" or (kind == "CHANNEL_EXECUTE_COMPLETE" and bool(event.get("Hangup-Cause")))


class _Net:
    """All lines, and the orders."""

    def __init__(self, host: str, port: int, spoil: Spoil) -> None:
        self.where = (host, port)
        self.spoiler = _Spoiler(spoil)
        self.lines: set[_Line] = set()
        self.silent = self.stalled = False
        self.silent_at = 0.0
        self.silent_found: float | None = None
        self.rate = 0.0
        self.links = self.held = self.foreign = 0
        self.parked: dict[str, float] = {}
        self.lags: list[tuple[float, float]] = []
        self.floods: set[asyncio.Task[None]] = set()

    def order(self, order: Mapping[str, Any]) -> bytes:
        if order.get("cut"):
            for line in list(self.lines):
                line.cut()
        self.stalled = order.get("stalled", self.stalled)
        self.rate = order.get("rate", self.rate)
        if order.get("silent") and not self.silent:
            self.silent_at, self.silent_found = time.monotonic(), None
        self.silent = order.get("silent", self.silent)
        if "flood" in order:
            for line in self.lines:
                self.floods.add(asyncio.ensure_future(line.flood(*order["flood"])))
        spoiler = self.spoiler
        return msgspec.json.encode(
            Told(
                events=spoiler.events,
                lost=dict(spoiler.lost),
                doubled=spoiler.doubled,
                late=spoiler.late,
                untold=spoiler.untold,
                links=self.links,
                foreign=self.foreign,
                held=self.held,
                lags=self.lags,
                silent_found=self.silent_found,
            )
        )

    async def serve(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        try:
            far_in, far_out = await asyncio.open_connection(*self.where)
        except OSError:
            near_out.transport.abort()
            return
        self.links += 1
        line = _Line(self, near_in, near_out, far_in, far_out)
        self.lines.add(line)
        try:
            await line.run()
        finally:
            self.lines.discard(line)


class _Line:
    """One connection of a dialer with the switch.  out: what waits to go to the dialer."""

    def __init__(
        self,
        net: _Net,
        near_in: asyncio.StreamReader,
        near_out: asyncio.StreamWriter,
        far_in: asyncio.StreamReader,
        far_out: asyncio.StreamWriter,
    ) -> None:
        self._net = net
        self._near_in, self._near_out, self._far_in, self._far_out = near_in, near_out, far_in, far_out
        self._framer = Framer()
        self._out = bytearray()
        self._more = asyncio.Event()
        self._held: list[tuple[float, int, float, bytes]] = []  # place, order of coming, until when, event
        self._count = 0
        self._over = False

    async def run(self) -> None:
        tasks = [asyncio.ensure_future(one) for one in (self._commands(), self._take(), self._give())]
        if self._net.spoiler.spoil.window:
            tasks.append(asyncio.ensure_future(self._let_go()))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self._over = True
        for task in tasks:
            task.cancel()
        for end in (self._near_out, self._far_out):
            end.transport.abort()

    def cut(self) -> None:
        for end in (self._near_out, self._far_out):
            sock = end.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()

    async def _commands(self) -> None:
        """From the dialer to the switch."""
        while data := await self._near_in.read(PIECE):
            if self._net.silent:
                continue
            if self._net.parked:
                self._measure(data)
            self._far_out.write(data)
            await self._far_out.drain()
        if self._net.silent and self._net.silent_found is None:
            self._net.silent_found = time.monotonic() - self._net.silent_at

    def _measure(self, data: bytes) -> None:
        now = time.monotonic()
        for part in data.split(b"sendmsg ")[1:]:
            since = self._net.parked.pop(part[:36].decode("ascii", "replace"), None)
            if since is not None:
                self._net.lags.append((since, now - since))

    async def _take(self) -> None:
        """From the switch."""
        while True:
            while self._net.stalled:
                await asyncio.sleep(0.05)
            data = await self._far_in.read(PIECE)
            if not data:
                return
            if not self._net.silent:
                for frame in self._framer.feed(data):
                    self._frame(frame)

    def _frame(self, frame: Frame) -> None:
        whole = frame.head + b"\n\n" + frame.body
        if frame.kind is not Kind.JSON:
            self._send(whole)
            return
        event = json.loads(frame.body)
        spoiler = self._net.spoiler
        spoil = spoiler.spoil
        spoiler.events += 1
        if event.get("Event-Name") == "CHANNEL_PARK" and event.get("Answer-State") == "answered":
            self._net.parked[leg_of(event)] = time.monotonic()
        dice = spoiler.dice(event)
        if spoil.lose and spoiler.loses(event, dice):
            return
        times = 1 + (dice.random() < spoil.double)
        spoiler.doubled += times - 1
        self._pass_on(whole, dice)
        if times > 1:  # the second time when other things have happened
            asyncio.get_running_loop().call_later(dice.uniform(0, AGAIN_S), self._pass_on, whole, dice)

    def _pass_on(self, whole: bytes, dice: random.Random) -> None:
        spoiler = self._net.spoiler
        if late_s := spoiler.spoil.late_s:
            spoiler.late += 1
            asyncio.get_running_loop().call_later(dice.uniform(0, late_s), self._send, whole)
        elif spoiler.spoil.window:
            self._hold(whole, dice)
        else:
            self._send(whole)

    # -- out of order -------------------------------------------------------------------------------------------

    def _hold(self, whole: bytes, dice: random.Random) -> None:
        self._count += 1
        place = self._count + dice.uniform(0, self._net.spoiler.spoil.window)
        heapq.heappush(self._held, (place, self._count, time.monotonic() + GATHER_S, whole))
        while self._held and self._held[0][0] <= self._count:
            self._send(heapq.heappop(self._held)[3])

    async def _let_go(self) -> None:
        """Where nothing comes that could overtake them they go all the same."""
        while True:
            await asyncio.sleep(GATHER_S / 10)
            now = time.monotonic()
            while self._held and min(until for _, _, until, _ in self._held) <= now:
                self._send(heapq.heappop(self._held)[3])

    # -- towards the dialer ---------------------------------------------------------------------------------------

    def _send(self, whole: bytes) -> None:
        if not self._over:
            self._out += whole
            self._net.held = max(self._net.held, len(self._out))
            self._more.set()

    async def _give(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._out:
                rate = self._net.rate
                piece = bytes(self._out[: max(1, int(rate / 10)) if rate else PIECE])
                del self._out[: len(piece)]
                if not self._net.silent:
                    self._near_out.write(piece)
                    await self._near_out.drain()
                if rate:
                    await asyncio.sleep(0.1)

    async def flood(self, many: int, seconds: float) -> None:
        """Foreign events, so many a second, behind which ours must wait their turn."""
        core = "00000000-0000-4000-8000-00000000f100"
        frames = []
        for n in range(500):
            event = {
                "Event-Name": ("CHANNEL_EXECUTE_COMPLETE", "CHANNEL_PARK", "CHANNEL_HANGUP_COMPLETE")[n % 3],
                "Core-UUID": core,
                "Unique-ID": f"f1000000-0000-4000-8000-{n:012d}",
                "Answer-State": "answered",
                "Event-Sequence": "1",
                **{f"variable_foreign_{place}": "x" * 20 for place in range(10)},
            }
            body = json.dumps(event).encode()
            frames.append(b"Content-Length: %d\nContent-Type: text/event-json\n\n%b" % (len(body), body))
        began, sent = time.monotonic(), 0
        while not self._over and sent < many * seconds:
            due = min(int((time.monotonic() - began) * many), int(many * seconds))
            while sent < due:
                batch = frames[: min(500, due - sent)]
                self._send(b"".join(batch))
                sent += len(batch)
                self._net.foreign += len(batch)
            await asyncio.sleep(0.01)


async def _main() -> None:
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    first = json.loads(await orders.readline())
    net = _Net(first["host"], first["port"], msgspec.convert(first["spoil"], Spoil))
    server = await asyncio.start_server(net.serve, "127.0.0.1", 0)
    _say(json.dumps({"port": server.sockets[0].getsockname()[1]}).encode())
    while line := await orders.readline():
        _say(net.order(json.loads(line)))


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(_main())
