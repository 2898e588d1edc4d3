"""The dialer on a real FreeSWITCH: what a call costs both, beside bare drivers; and many calls in progress.

Run: python bench/real_switch.py [--parts calls,progress] [--calls N] [--rounds N] [--rate N] [--up 50,200] [--write].
Needs OKLIK_LIVE_SWITCH (esl://:PASSWORD@HOST:PORT) and OKLIK_LIVE_CONF (the folder with which that switch was started,
made by `oklik switch-conf --gateway pstn=127.0.0.1:PORT`), both on this machine, and SIPp (as root), which answers at
the gateway's port: whatever else listens there is to be ended before.  See tests/live/README.md.

calls: those of surveys.py by the dialer, whole, and by the inbound drivers of peers.py, in rounds that are interleaved.
Each turn is a process of its own, with some calls to warm up, for whoever is connected to a switch costs it the events
of everybody's calls.  The dialer has a second turn in which it does itself what the guard's script does
(docs/freeswitch.md), which shows what the script costs.  Counted is the CPU of the driver's process and of FreeSWITCH's
(all its threads, from /proc), and what has come over the driver's connection.  How soon the dialer answers an event is
seen in turns with the tap of tapped_dialer.py, which do not count otherwise.  A round in which not all calls ended with
the right digits ends the run.

progress: as many calls a second, always; they last longer and longer, so that more and more are up, until some are
lost.

The switch's own limits are raised meanwhile by its own commands (fsctl) and put back.  --write puts the tables into
docs/performance.md, each part by itself.  The last line is JSON.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from sqlalchemy import text

import growth
import growth_pages
import peers
import surveys
from oklik.jobs.app import apply_schema
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres
from oklik.telephony.freeswitch.checkup import visit
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.port import SwitchError
from peer_environment import make_environment

HERE = Path(__file__).resolve().parent
GATEWAY = "pstn"  # as the campaigns and the drivers dial
MEDIA_PORT = 40_000  # outside of the range of freeswitch-conf
WARM = 10  # calls
QUESTION_S = surveys.PROMPT_S + 0.08  # with the pauses around it
SLACK_S = 0.6  # from the end of the question to the first key: a busy machine plays and asks late
TALK_S = 0.2 + 2 * QUESTION_S + SLACK_S + 1.5  # of a short call: ringing, prompt, question, SIPp's two keys
SESSIONS, CPS = 4000, 200  # limits of the switch meanwhile
SETTLE_S = 0.5  # what still comes of the last call belongs to it
STANDING_S = 5.0
TAPPED, SCRIPTLESS = "tapped", "Oklik's dialer, told that there is no script"


class Switch(NamedTuple):
    """The switch that is there.  callees: where its gateway leads; core: its version; guarded: it has the script."""

    host: str
    port: int
    password: str
    pid: int
    callees: tuple[str, int]
    core: str
    guarded: bool

    def tell(self, command: str) -> str:
        """The answer to an api command."""
        link = Link(self.host, self.port, self.password, on_event=lambda _: None, on_lost=lambda _link, _reason: None)
        link.open()
        try:
            return link.ask(f"api {command}\n\n".encode()).text
        finally:
            link.leave()


class Turn(NamedTuple):
    """Of a driver's turn, by call.  own_ms, switch_ms: CPU; kb: what came from the switch, 0: not known."""

    own_ms: float
    switch_ms: float
    kb: float


def find_switch(pid: int | None) -> Switch:
    """The switch of the environment.  Ends the bench with one line when there is none."""
    url = urlsplit(os.environ.get("OKLIK_LIVE_SWITCH", ""))
    folder = os.environ.get("OKLIK_LIVE_CONF", "")
    if not url.hostname or not folder:
        sys.exit("no real FreeSWITCH: set OKLIK_LIVE_SWITCH and OKLIK_LIVE_CONF (tests/live/README.md)")
    if shutil.which("sipp") is None:
        sys.exit("no SIPp: install it (Debian: sip-tester)")
    host, port, password = url.hostname, url.port or 8021, unquote(url.password or "")
    try:
        seen = visit(host, port, password)
    except SwitchError as error:
        sys.exit(f"no real FreeSWITCH: {error}")
    if seen.virtual or seen.version is None:
        sys.exit(f"no real FreeSWITCH: at {url.hostname}:{port} answers the virtual one")
    pid = pid or listener(port)
    if not pid:
        sys.exit(f"FreeSWITCH's process cannot be seen from here: name it by --switch-pid (it listens at {port})")
    return Switch(host, port, password, pid, _callees(Path(folder)), ".".join(map(str, seen.version)), seen.guard)


def _callees(folder: Path) -> tuple[str, int]:
    file = folder / "local" / f"gateway-{GATEWAY}.xml"
    try:
        root = ET.parse(file)  # noqa: S314  of our own making
    except (OSError, ET.ParseError) as error:
        sys.exit(f"{file}: {error}")
    proxy = next(one.get("value", "") for one in root.iter("param") if one.get("name") == "proxy")
    host, _, port = proxy.partition(":")
    return host, int(port or 5060)


def listener(port: int) -> int:
    """The process that listens at a TCP port of this machine; 0: it cannot be seen."""
    wanted = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text("ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    wanted.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(str(one.readlink()) in wanted for one in (process / "fd").iterdir()):
                return int(process.name)
    return 0


def process_s(pid: int) -> float:
    """CPU of a process so far, threads that have ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _standing_ms(cpu_s: Callable[[], float]) -> float:
    """Milliseconds of CPU a second of a process, where nothing is to be done.  cpu_s: its CPU so far."""
    before = cpu_s()
    time.sleep(STANDING_S)
    return (cpu_s() - before) * 1000 / STANDING_S


def received_kb(pid: int, port: int) -> float:
    """What a process has received from a TCP port so far; 0 where it cannot be known."""
    if shutil.which("ss") is None:
        return 0.0
    told = subprocess.run(
        ["ss", "-tinpHO", "state", "established", f"dport = :{port}"], capture_output=True, text=True, check=False
    )
    lines = [line for line in told.stdout.splitlines() if f"pid={pid}," in line]
    return sum(int(found[1]) for line in lines if (found := re.search(r"bytes_received:([0-9]+)", line))) / 1024


@contextlib.contextmanager
def callees(switch: Switch, folder: Path, greeting_s: float) -> Iterator[int]:
    """Everybody answers, and presses once a greeting of that length and the question are over; SIPp's process."""
    host, port = switch.callees
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mine:
        try:
            mine.bind((host, port))
        except OSError as error:
            sys.exit(f"SIPp is to answer at {host}:{port}, where the gateway {GATEWAY} leads: {error.strerror}")
    press_ms = round((greeting_s + QUESTION_S + SLACK_S) * 1000)
    command = ["sipp", "-sf", str(HERE / "answering.xml"), "-i", host, "-p", str(port), "-mp", str(MEDIA_PORT)]
    command += ["-ci", "127.0.0.1", "-nostdin", "-d", str(press_ms)]
    with (folder / "sipp.out").open("ab") as out:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=os.environ | {"TERM": "xterm"}
        )
    try:
        time.sleep(1.0)
        if process.poll() is not None:
            sys.exit(f"SIPp ended: {(folder / 'sipp.out').read_text('utf-8', 'replace')[-500:]}")
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def roomy(switch: Switch) -> Iterator[None]:
    """Limits of the switch that are in nobody's way, put back afterwards."""
    seen = visit(switch.host, switch.port, switch.password)
    for name, before, wanted in (("max_sessions", seen.sessions, SESSIONS), ("sps", seen.cps, CPS)):
        switch.tell(f"fsctl {name} {wanted}")
        print(f"the switch's {name}: {before}, now {wanted}", flush=True)
    try:
        yield
    finally:
        for name, before in (("max_sessions", seen.sessions), ("sps", seen.cps)):
            if before:
                switch.tell(f"fsctl {name} {before}")


class RealPlace(growth.Place):
    """Database and folder of the run, and the switch."""

    def __init__(self, folder: Path, url: str, server: EmbeddedPostgres, switch: Switch) -> None:
        super().__init__(folder, url, server)
        self.switch = switch
        self._scriptless = False
        self._node = f"bench-{secrets.token_hex(4)}"  # a node of somebody else's would be taken away from him

    def stage(self) -> surveys.Stage:
        """On a real switch it is what the clock says; so the people live where it is noon."""
        now = dt.datetime.now(dt.UTC)
        return surveys.Stage(now, f"UTC{(12 - now.hour):+03d}:00", virtual=False)

    @contextlib.contextmanager
    def told(self, *, scriptless: bool) -> Iterator[None]:
        """Dialers that begin meanwhile are told that there is no guard script."""
        self._scriptless = scriptless
        try:
            yield
        finally:
            self._scriptless = False

    def start(self, rate: int, how: Sequence[str], environment: Mapping[str, str]) -> Sequence[surveys.Child]:
        """A dialer on it."""
        if self._scriptless:
            how = [str(HERE / "scriptless_dialer.py")]
        where = {"switch_host": self.switch.host, "switch_port": self.switch.port, "node": self._node}
        known = {**environment, "OKLIK_SWITCH_PASSWORD": self.switch.password}
        return [
            surveys.start_dialer(self.folder, self.url, rate, where, channels=growth.MOST, how=how, environment=known)
        ]

    def lost(self, campaign: int) -> dict[str, int]:
        """How calls ended that did not end with the right digits."""
        with self.engine.connect() as conn:
            rows = conn.execute(text(_LOST), {"id": campaign}).all()
        return {row[0]: row[1] for row in rows}


_LOST = """
SELECT CASE a.disposition WHEN 'completed' THEN 'other digits' ELSE coalesce(a.disposition, 'open') END, count(*)
FROM target t JOIN attempt a ON a.target_id = t.id
LEFT JOIN answer w ON w.attempt_uuid = a.uuid
WHERE t.campaign_id = :id AND (a.disposition IS DISTINCT FROM 'completed' OR w.value IS DISTINCT FROM '12')
GROUP BY 1"""


class Tapped(NamedTuple):
    """Of the dialer's turns with the tap.  kb: of events alone."""

    answers_ms: list[float]
    late_ms: float
    events: float
    kb: float


class Calls:
    """The part `calls`."""

    def __init__(self, place: RealPlace, calls: int, rate: int) -> None:
        self._place, self._calls, self._rate = place, calls, rate
        self.turns: dict[str, list[Turn]] = {}
        self.tapped: list[Tapped] = []
        self.memory_mb = 0.0
        self.standing: list[float] = []  # milliseconds of CPU a second of the dialer that has nothing to do

    def ours(self, name: str) -> None:
        """A turn of the dialer, in one of its OURS."""
        tapped = name == TAPPED
        warm, counted = (self._place.campaign(calls) for calls in (WARM, self._calls))
        with self._place.told(scriptless=name == SCRIPTLESS), self._place.dialing(self._rate, tapped=tapped) as dialing:
            surveys.engine_round(self._place.engine, dialing.dialer, warm, WARM)
            before = len(dialing.lines())
            with self._turn(name, dialing.dialer):
                surveys.engine_round(self._place.engine, dialing.dialer, counted, self._calls)
            if tapped:
                time.sleep(1.1)  # its last line
                self._note(dialing.lines()[before:])
            elif name == peers.DIALER:
                self.memory_mb = growth.memory_mb(dialing.dialer.process.pid)
                self.standing.append(_standing_ms(dialing.dialer.cpu_s))

    def theirs(self, peer: peers.Peer, python: str) -> None:
        """A turn of another driver."""
        switch = self._place.switch
        driver = peers.start_driver(peer, self._place.folder, python, f"{switch.host} {switch.port} {switch.password}")
        try:
            peers.peer_round(peer.name, driver, WARM, self._rate)
            with self._turn(peer.name, driver):
                peers.peer_round(peer.name, driver, self._calls, self._rate)
        finally:
            driver.end()

    @contextlib.contextmanager
    def _turn(self, name: str, driver: surveys.Child) -> Iterator[None]:
        switch, pid = self._place.switch, driver.process.pid
        kb, theirs, own = received_kb(pid, switch.port), process_s(switch.pid), driver.cpu_s()
        yield
        time.sleep(SETTLE_S)
        kb, theirs, own = received_kb(pid, switch.port) - kb, process_s(switch.pid) - theirs, driver.cpu_s() - own
        turn = Turn(own * 1000 / self._calls, theirs * 1000 / self._calls, kb / self._calls)
        print(f"{name}: {turn}", flush=True)
        if name != TAPPED:
            self.turns.setdefault(name, []).append(turn)

    def _note(self, lines: list[dict[str, Any]]) -> None:
        answers = [one for line in lines for one in line["answers_ms"]]
        events, size = (sum(line[key] for line in lines) / self._calls for key in ("events", "bytes"))
        self.tapped.append(Tapped(answers, max(line["late_ms"] for line in lines), events, size / 1024))


def calls(place: RealPlace, number: int, rounds: int, rate: int, *, python: str, found: Mapping[str, str]) -> Calls:
    """All turns; each round begins with another driver."""
    part = Calls(place, number // rounds, rate)
    ours = [peers.DIALER, TAPPED, *([SCRIPTLESS] if place.switch.guarded else [])]
    others = [peer for peer in peers.PEERS if peer.library in found and not peer.outbound]
    with callees(place.switch, place.folder, QUESTION_S):
        for n in range(rounds):
            turns: list[peers.Peer | str] = [*ours, *others]
            for turn in turns[n % len(turns) :] + turns[: n % len(turns)]:
                if isinstance(turn, str):
                    part.ours(turn)
                else:
                    part.theirs(turn, python)
    return part


class Up(NamedTuple):
    """A size of the part `progress`.  switch_ms: by call; switch_core, sipp_core: of a core; switch_mb: of FreeSWITCH;
    lost: calls of the whole run at this size that did not end with the right digits."""

    look: growth.Look
    switch_ms: float
    switch_core: float
    sipp_core: float
    switch_mb: float
    lost: dict[str, int]


def progress(place: RealPlace, sizes: Sequence[int], rate: int, seconds: float) -> list[Up]:
    """More and more calls in progress, until some are lost."""
    found: list[Up] = []
    for size in sizes:
        greeting_s = max(surveys.PROMPT_S, size / rate - TALK_S + surveys.PROMPT_S)
        pair = []
        with callees(place.switch, place.folder, greeting_s + QUESTION_S - surveys.PROMPT_S) as sipp:
            for tapped in (False, True):
                pair.append(_window(place, sipp, size, rate, seconds, greeting_s=greeting_s, tapped=tapped))
                if pair[-1].lost:
                    break
        plain, last = pair[0], pair[-1]
        looks = growth.paired([one.look for one in pair]) if len(pair) == 2 else [plain.look]
        found.append(plain._replace(look=looks[0], lost=last.lost))
        if last.lost:
            print(f"with {size} in progress calls were lost, so no more are tried: {last.lost}", flush=True)
            break
    return found


def _window(
    place: RealPlace, sipp: int, size: int, rate: int, seconds: float, *, greeting_s: float, tapped: bool
) -> Up:
    campaign = place.campaign(int(size + rate * (seconds + 8 * growth.SETTLE_S)), long_s=greeting_s)
    pid = place.switch.pid
    with place.dialing(rate, tapped=tapped) as dialing, growth.running(place.engine, campaign):
        growth.until_steady(dialing, size)
        switch, callee, began = process_s(pid), process_s(sipp), time.monotonic()
        look = dialing.look(size, seconds)
        took = time.monotonic() - began
        switch_core, sipp_core = (process_s(pid) - switch) / took, (process_s(sipp) - callee) / took
        switch_mb = growth.memory_mb(pid)
    seen = Up(look, switch_core * 1000 / max(look.rate, 0.1), switch_core, sipp_core, switch_mb, place.lost(campaign))
    print(f"{size} in progress{', tapped' if tapped else ''}: {seen}", flush=True)
    return seen


def calls_text(part: Calls, rate: int, number: int, rounds: int, standing_ms: float) -> str:
    """The tables of `calls`."""
    own, theirs, kb = ({name: [turn[n] for turn in turns] for name, turns in part.turns.items()} for n in range(3))
    shown = [
        peers.table(own, peers.DIALER, 2, ("driver", "its CPU a call, ms", "Oklik to it")),
        peers.table(theirs, peers.DIALER, 2, ("driver", "FreeSWITCH's CPU a call, ms", "Oklik to it")),
    ]
    if min(min(one) for one in kb.values()) > 0:
        shown.append(peers.table(kb, peers.DIALER, 1, ("driver", "KB from FreeSWITCH a call", "Oklik to it")))
    answers = sorted(one for tapped in part.tapped for one in tapped.answers_ms)
    events, size = (statistics.median(getattr(one, name) for one in part.tapped) for name in ("events", "kb"))
    idle_ms = statistics.median(part.standing)
    return (
        f"{number:,} calls at {rate} a second in {rounds} rounds. FreeSWITCH alone, with nobody connected, takes "
        f"{standing_ms:.1f} ms of CPU a second, the dialer without calls {idle_ms:.1f}: that is in the "
        "figures, and weighs the more the fewer calls there are.\n\n"
        + "\n".join(shown)
        + f"\nThe dialer gets {events:.1f} events of {size:.1f} KB a call, its process has {part.memory_mb:.0f} MB. "
        f"From event to command: **{answers[len(answers) // 2]:.1f} ms** at p50, "
        f"**{answers[len(answers) * 99 // 100]:.1f} ms** at p99; a timer of 10 ms was late by "
        f"{max(one.late_ms for one in part.tapped):.0f} ms at most.\n"
    )


def progress_text(ups: Sequence[Up], rate: int) -> str:
    """The table of `progress`."""
    columns = {
        "up": ("in progress", ",.0f"),
        **growth_pages.RATE,
        **growth_pages.COSTS,
        "switch_ms": ("FreeSWITCH, ms a call", ".1f"),
        "switch_core": ("FreeSWITCH, of a core", ".2f"),
        "sipp_core": ("SIPp, of a core", ".2f"),
        **growth_pages.ANSWERS,
        "mb": ("dialer, MB", ".0f"),
        "switch_mb": ("FreeSWITCH, MB", ".0f"),
    }
    rows = [one.look._asdict() | one._asdict() for one in ups]
    for row in rows:  # no answer takes no time: where calls were lost nobody looked at answers any more
        row.update({key: row[key] or None for key in growth_pages.ANSWERS})
    shown = growth_pages.table(rows, columns)
    end = "All calls ended with the right digits.\n"
    if lost := ups[-1].lost:
        told = ", ".join(f"{name} {count}" for name, count in lost.items())
        end = f"In the last row {sum(lost.values())} calls did not end with the right digits ({told}): no more tried.\n"
    return f"{rate} calls begin in a second, and last longer and longer.\n{shown}{end}"


def main() -> None:
    """Measure, print, and write where it is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", default="calls,progress", help="which of them, by commas")
    parser.add_argument("--calls", type=int, default=1000, help="of each driver, in all rounds")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=20, help="calls a second")
    parser.add_argument("--up", default="50,200,500,1000", help="calls in progress, by commas")
    parser.add_argument("--seconds", type=float, default=30.0, help="of a look at calls in progress")
    parser.add_argument("--switch-pid", type=int, help="FreeSWITCH's process, where it cannot be found by its port")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    parts = options.parts.split(",")
    switch = find_switch(options.switch_pid)
    python, found = make_environment() if "calls" in parts else ("", {})
    load, began = os.getloadavg()[0], time.monotonic()
    standing_ms = _standing_ms(lambda: process_s(switch.pid))
    told: dict[str, str] = {}
    summary: dict[str, Any] = {"standing_ms_per_s": round(standing_ms, 1)}
    with tempfile.TemporaryDirectory(prefix="oklik-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "pg").mkdir(mode=0o755)
        server = EmbeddedPostgres(folder / "pg" / "data", folder / "pg" / "cache", with_parent=True)
        with server as url, roomy(switch):
            upgrade(url)
            apply_schema(url)
            place = RealPlace(folder, url, server, switch)
            if "calls" in parts:
                part = calls(place, options.calls, options.rounds, options.rate, python=python, found=found)
                told["calls"] = calls_text(part, options.rate, options.calls, options.rounds, standing_ms)
                summary["calls"] = {driver: [turn._asdict() for turn in turns] for driver, turns in part.turns.items()}
            if "progress" in parts:
                ups = progress(place, [int(one) for one in options.up.split(",")], options.rate, options.seconds)
                told["progress"] = progress_text(ups, options.rate)
                summary["progress"] = [one._asdict() | {"look": one.look._asdict()} for one in ups]
            place.engine.dispose()
    summary |= {"load": [load, os.getloadavg()[0]], "minutes": round((time.monotonic() - began) / 60, 1)}
    versions = "".join(f", {library} {version}" for library, version in found.items())
    script = "" if switch.guarded else " without mod_lua"
    head = (
        f"FreeSWITCH {switch.core}{script}, Python {platform.python_version()}{versions}. "
        f"Load {summary['load'][0]:.1f} before, {summary['load'][1]:.1f} after, which this run is part of.\n\n"
    )
    for name, words in told.items():
        print(head + words)
        if options.write:
            page = peers.PAGE.read_text("utf-8")
            peers.PAGE.write_text(growth_pages.between(page, f"real-switch-{name}", head + words), "utf-8")
    print(json.dumps(summary, ensure_ascii=False))


if __name__ == "__main__":
    main()
