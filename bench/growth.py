"""What a call costs as more are in progress, as lists get longer and as more begin in a second; pictures of it.

Run: python bench/growth.py [--parts progress,lists,knee,full] [--write] [--json].  The dialer with PostgreSQL against
the virtual switch, all on this machine; a PostgreSQL of its own with durable settings, thrown away afterwards.

progress: 50 calls begin in a second, always; they last longer and longer, so that 100, 1,000 and 5,000 are up.
lists: short calls of a campaign of 10,000, 100,000 and 1,000,000 contacts.
knee: 50, 100, 200, ... calls a second are asked for, until the dialer does less than 95 % of it or answers too late.
full: one dialer with 5,000 calls up, of which 100 begin in a second.

Of each a window is looked at in which things are as they stay: CPU of the dialer's process (all its threads, from
/proc) by calls that ended, how soon it answers an event (see tapped_dialer.py, in windows of their own, as the tap
costs time), memory of its process.  The sizes of progress and of lists run side by side, each with a database server, a
switch and a dialer of its own, and their windows begin together: what disturbs one disturbs all.  --write puts the
tables into docs/performance.md and the pictures into docs/img.  The exit code is 1 where a call of the largest size
costs GROWS times one of the smallest, or one in progress takes more than CALL_KB.
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

import growth_pages
import surveys
from oklik.jobs.app import apply_schema
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
RATE = 50  # calls that begin in a second
UP = (100, 1000, 5000)
FULL_RATE, FULL_UP = 100, 5000
LISTS = (10_000, 100_000, 1_000_000)
STEPS = (50, 100, 200, 300, 400, 600, 800)  # calls a second
TALK_S = 2.55  # of a short call: ringing, half a second of a prompt, half a second of the question, two keys
LOOK_S = 30.0
SETTLE_S = 5.0
LATE_MS = 200.0  # an answer at p99 that is too late
KEEPS_UP = 0.95  # of the calls that are asked for
GROWS = 1.25  # times, which is no growth yet: two dialers with the same to do differ as much now and then
CALL_KB = 50.0
PATIENCE_S = 600.0  # that one size waits for the others
MOST = 8_000
TAPPED = str(ROOT / "bench" / "tapped_dialer.py")


class Look(NamedTuple):
    """A window.  cpu_ms, base_ms: of the dialer and of PostgreSQL by call; up: calls in progress; rate: ended a second;
    p50_ms, p99_ms: from event to command; late_ms: how late a timer was at most; mb: of the dialer's process; events:
    that came in a second (as late_ms and answers: where there is a tap)."""

    size: int
    cpu_ms: float
    base_ms: float
    up: float
    rate: float
    p50_ms: float
    p99_ms: float
    late_ms: float
    mb: float
    events: float


class Dialing:
    """A dialer at work on a switch of its own."""

    def __init__(self, place: "Place", rate: int, *, tapped: bool) -> None:
        self._engine, self._server = place.engine, place.server
        self._tap = place.folder / "tap"
        self._tap.unlink(missing_ok=True)
        how = [TAPPED] if tapped else ["-m", "oklik.worker"]
        *self._switch, self.dialer = place.start(rate, how, {"OKLIK_BENCH_TAP": str(self._tap)})

    def end(self) -> None:
        """Dialer first."""
        for child in (self.dialer, *self._switch):
            child.end()

    def up(self) -> int:
        """Calls in progress."""
        if self.dialer.process.poll() is not None:
            self.dialer.hear()  # ends the bench with the dialer's last words
        with self._engine.connect() as conn:
            return int(conn.execute(text("SELECT count(*) FROM attempt WHERE open")).scalar_one())

    def _ended(self) -> int:
        """Surveys that were answered to their end: others are no measure of anything."""
        with self._engine.connect() as conn:
            return int(conn.execute(text(_ENDED)).scalar_one())

    def look(self, size: int, seconds: float) -> Look:
        """Look for so long."""
        lines = self.lines()
        server = self._server.pid() or 0
        cpu, base, ended, began = self.dialer.cpu_s(), _family_s(server), self._ended(), time.monotonic()
        ups = []
        while time.monotonic() - began < seconds:
            ups.append(self.up())
            time.sleep(1.0)
        calls, took = self._ended() - ended, time.monotonic() - began
        cpu, base = self.dialer.cpu_s() - cpu, _family_s(server) - base
        told = self.lines()[len(lines) :]
        answers = sorted(one for line in told for one in line["answers_ms"])
        return Look(
            size,
            cpu * 1000 / max(calls, 1),
            base * 1000 / max(calls, 1),
            statistics.median(ups),
            calls / took,
            answers[len(answers) // 2] if answers else 0.0,
            answers[len(answers) * 99 // 100] if answers else 0.0,
            max((line["late_ms"] for line in told), default=0.0),
            memory_mb(self.dialer.process.pid),
            sum(line["events"] for line in told) / took,
        )

    def lines(self) -> list[dict[str, Any]]:
        """What the tap has told."""
        if not self._tap.exists():
            return []
        return [json.loads(line) for line in self._tap.read_text("ascii").splitlines(keepends=True) if line[-1] == "\n"]


_ENDED = "SELECT count(*) FROM attempt WHERE NOT open AND disposition = 'completed'"


def _family_s(pid: int) -> float:
    """CPU of a process and of those it has begun, so far; of children that have ended, too."""
    total = 0.0
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (one / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            if int(one.name) == pid:
                total += sum(map(int, fields[11:15])) / 100
            elif int(fields[1]) == pid:
                total += sum(map(int, fields[11:13])) / 100
    return total


def memory_mb(pid: int) -> float:
    """Proportional set size: of pages that are shared only its part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def more_contacts(engine: Engine, campaign: int, contacts: int, first: int) -> None:
    """Give a campaign more of what it has, by two statements: an import of a million is not what is measured here."""
    with engine.begin() as conn:
        given = {"campaign": campaign, "n": contacts, "first": first}
        conn.execute(text(_MORE), given)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))


_MORE = """
WITH one AS (
    SELECT t.*, c.list_id, c.fields, c.zone FROM target t JOIN contact c ON c.id = t.contact_id
    WHERE t.campaign_id = :campaign ORDER BY t.id LIMIT 1),
p AS (
    INSERT INTO person (key) SELECT '+79' || lpad((:first + g)::text, 9, '0') FROM generate_series(1, :n) g
    RETURNING id, key),
k AS (
    INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
    SELECT one.list_id, p.id, 1000 + row_number() OVER (), ARRAY[p.key], one.fields, one.zone FROM p CROSS JOIN one
    RETURNING id, person_id)
INSERT INTO target (campaign_id, contact_id, person_id, state, due, attempts, prepared, last_hours)
SELECT one.campaign_id, k.id, k.person_id, 'waiting', one.due, 0, one.prepared, one.last_hours FROM k CROSS JOIN one"""


@contextlib.contextmanager
def running(engine: Engine, campaign: int) -> Iterator[None]:
    """Let a campaign run, and wait afterwards until its calls have ended."""
    _state(engine, campaign, "running")
    yield
    _state(engine, campaign, "paused")
    while _busy(engine):
        time.sleep(0.5)


def _busy(engine: Engine) -> bool:
    with engine.connect() as conn:
        return bool(conn.execute(text("SELECT EXISTS (SELECT FROM attempt WHERE open)")).scalar_one())


def _state(engine: Engine, campaign: int, state: str) -> None:
    with engine.begin() as conn:
        conn.execute(text("UPDATE campaign SET state = :s WHERE id = :id"), {"s": state, "id": campaign})


def progress(rooms: "Rooms") -> list[Look]:
    """As many as 5,000 calls in progress."""

    def campaign(place: "Place", size: int) -> int:
        # Whoever has fewer of them waits for the others: its own must last so long.
        return _long_calls(place, size, RATE, most=max(UP))

    return _side_by_side(rooms, UP, campaign, lambda size: size, "calls in progress")


def full(rooms: "Rooms") -> list[Look]:
    """As many calls as one dialer is meant for."""
    found = []
    with rooms() as place:
        for tapped in (False, True):
            campaign = _long_calls(place, FULL_UP, FULL_RATE, most=FULL_UP)
            with place.dialing(FULL_RATE, tapped=tapped) as dialing, running(place.engine, campaign):
                until_steady(dialing, FULL_UP)
                found.append(dialing.look(FULL_UP, LOOK_S))
            print(f"{FULL_UP} up, {FULL_RATE} a second{', tapped' if tapped else ''}: {found[-1]}", flush=True)
    return paired(found)


def _long_calls(place: "Place", up: int, rate: int, *, most: int) -> int:
    """A campaign of which so many calls are up when so many begin in a second; enough of them for `most` to be up."""
    long_s = max(surveys.PROMPT_S, up / rate - TALK_S + surveys.PROMPT_S)
    return place.campaign(int(most + rate * (LOOK_S + 12 * SETTLE_S)), long_s=long_s)


def lists(rooms: "Rooms") -> list[Look]:
    """A campaign of a million contacts."""
    made: dict[int, int] = {}

    def campaign(place: "Place", size: int) -> int:
        if size not in made:
            made[size] = place.campaign(size)
        return made[size]

    return _side_by_side(rooms, LISTS, campaign, lambda _: int(RATE * TALK_S), "contacts")


def _side_by_side(
    rooms: "Rooms",
    sizes: Sequence[int],
    campaign: "Callable[[Place, int], int]",
    up: Callable[[int], int],
    called: str,
) -> list[Look]:
    """All sizes at the same time, so that the same disturbances meet all: plain windows, then tapped ones."""
    with contextlib.ExitStack() as stack:
        places = [stack.enter_context(rooms()) for _ in sizes]
        pool = stack.enter_context(ThreadPoolExecutor(len(sizes)))
        found = []
        for tapped in (False, True):
            campaigns = list(pool.map(campaign, places, sizes))
            meeting = Barrier(len(sizes), timeout=PATIENCE_S)
            one = partial(_one_of, up=up, called=called, tapped=tapped, meeting=meeting)
            found.append(list(pool.map(one, places, sizes, campaigns)))
    return paired([look for pair in zip(*found, strict=True) for look in pair])


def _one_of(
    place: "Place",
    size: int,
    campaign: int,
    *,
    up: Callable[[int], int],
    called: str,
    tapped: bool,
    meeting: Barrier,
) -> Look:
    """The window of one size, when all are there."""
    with place.dialing(RATE, tapped=tapped) as dialing, running(place.engine, campaign):
        until_steady(dialing, up(size))
        meeting.wait()
        look = dialing.look(size, LOOK_S)
        meeting.wait()  # whoever ends calls ends them in nobody else's window
    print(f"{size} {called}{', tapped' if tapped else ''}: {look}", flush=True)
    return look


def knee(rooms: "Rooms") -> list[Look]:
    """More and more calls a second, until it is too much."""
    found: list[Look] = []
    with rooms() as place:
        for rate in STEPS:
            campaign = place.campaign(int(rate * (LOOK_S + 4 * SETTLE_S)))
            with place.dialing(rate, tapped=True) as dialing, running(place.engine, campaign):
                time.sleep(2 * SETTLE_S)
                found.append(dialing.look(rate, LOOK_S / 2))
                print(f"{rate} calls a second asked for: {found[-1]}", flush=True)
            if found[-1].rate < KEEPS_UP * rate or found[-1].p99_ms > LATE_MS:
                break
    return found


def too_much(figures: Mapping[str, Sequence[Look]]) -> list[str]:
    """What grows though it must not, in words."""
    told = []
    for part in ("progress", "lists"):
        if looks := figures.get(part):
            ratio = looks[-1].cpu_ms / looks[0].cpu_ms
            if ratio > GROWS:
                told.append(f"{part}: a call of the largest size costs {ratio:.2f} times one of the smallest")
    if looks := figures.get("progress"):
        each_kb = growth_pages.each_kb([one._asdict() for one in looks])
        if each_kb > CALL_KB:
            told.append(f"progress: a call in progress takes {each_kb:.0f} KB")
    return told


def until_steady(dialing: Dialing, size: int) -> None:
    """Until nearly so many are in progress, or no more come."""
    before = -1
    while (up := dialing.up()) < 0.97 * size and up > before:
        before = up
        time.sleep(SETTLE_S)
    time.sleep(SETTLE_S)


def paired(found: Sequence[Look]) -> list[Look]:
    """CPU and memory of the plain window, answers of the tapped one."""
    pairs = zip(found[::2], found[1::2], strict=True)
    return [
        plain._replace(p50_ms=tap.p50_ms, p99_ms=tap.p99_ms, late_ms=tap.late_ms, events=tap.events)
        for plain, tap in pairs
    ]


class Place:
    """Database and folder of the run."""

    def __init__(self, folder: Path, url: str, server: EmbeddedPostgres) -> None:
        self.engine = make_engine(url, pool_size=2)
        self.folder, self.url, self.server = folder, url, server
        self._made = 0

    def campaign(self, contacts: int, *, long_s: float | None = None) -> int:
        """A paused campaign of its own people."""
        self._made += 1
        prompts = self.folder / "prompts"
        made = surveys.make_campaign(self.engine, prompts, self._made, 1, long_s=long_s, stage=self.stage())
        more_contacts(self.engine, made, contacts - 1, 10_000_000 * self._made)
        return made

    def stage(self) -> surveys.Stage:
        """Of a campaign that is made now."""
        return surveys.VIRTUAL

    def start(self, rate: int, how: Sequence[str], environment: Mapping[str, str]) -> Sequence[surveys.Child]:
        """A switch of its own, and a dialer on it as the last of them."""
        return surveys.start_engine(self.folder, self.url, rate, channels=MOST, how=how, environment=environment)

    @contextlib.contextmanager
    def dialing(self, rate: int, *, tapped: bool) -> Iterator[Dialing]:
        """A dialer, ended afterwards."""
        dialing = Dialing(self, rate, tapped=tapped)
        try:
            yield dialing
        finally:
            dialing.end()


Rooms = Callable[[], contextlib.AbstractContextManager[Place]]
PARTS = {"progress": progress, "lists": lists, "knee": knee, "full": full}


@contextlib.contextmanager
def room(kind: type[Place] = Place) -> Iterator[Place]:
    """A place with a server of its own, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="oklik-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "pg").mkdir(mode=0o755)
        server = EmbeddedPostgres(folder / "pg" / "data", folder / "pg" / "cache", with_parent=True)
        with server as url:
            upgrade(url)
            apply_schema(url)
            place = kind(folder, url, server)
            try:
                yield place
            finally:
                place.engine.dispose()


def main() -> int:
    """Measure, print, and write where it is asked for; 1: something grows that must not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", default=",".join(PARTS), help="which of them, by commas")
    parser.add_argument("--write", action="store_true", help="put tables and pictures into docs")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, last")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    figures = {part: PARTS[part](room) for part in options.parts.split(",")}
    rows = {part: [look._asdict() for look in looks] for part, looks in figures.items()}
    if options.write:
        growth_pages.write(ROOT / "docs", rows, load)
    for words in (told := too_much(figures)):
        print(words)
    if options.json:
        print(json.dumps(rows | {"load_before": load}))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
