"""A wall clock that jumps by an hour, by a day, into the night: limits, durations and calling hours hold."""

import datetime as dt
import signal
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from chaos.false_clock import OFFSET
from chaos.kills import NOTICE, PEOPLE
from chaos.nursery import Nursery
from oklik.dialing.retry import RetryPlan
from oklik.scenario.document import load_text
from support.patience import until
from support.stage import ENVIRONMENT, Stage, make_campaign, staged

HOUR, DAY = 3600.0, 86_400.0
NIGHT = 12 * HOUR
JUMPS = (HOUR, -HOUR, DAY, -DAY, NIGHT, HOUR, DAY)  # from noon of a Tuesday, and back to it after each
NOON = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)  # in Moscow
OPEN, SHUT = dt.time(9), dt.time(21)  # of a survey on a working day; Monday, 9 March 2026, is one off
OPEN_OFF, SHUT_OFF = dt.time(10), dt.time(20)
CPS = 10
WINDOW_S = 0.95  # of the rolling second; what travels takes its time
SLACK_S = 0.5  # from the look at the clock to the switch's note
PHASE_S = 4.0  # for so many calls at most:
PHASE = 20
DURATION_S = 1.0  # a measured duration may be off by less


class Outcome(NamedTuple):
    """most: calls in any second, of CPS.  outside: calls out of hours by the false clock, and night: in its night.

    wrong: durations that are not the switch's.  missing, doubled: results against the ledger.  lost: never called.
    """

    jumps: int
    calls: int
    most: int
    outside: int
    wrong: int
    missing: int
    doubled: int
    lost: int
    unfinished: int

    @property
    def kept(self) -> bool:
        """All of it."""
        faults = (self.outside, self.wrong, self.missing, self.doubled, self.lost, self.unfinished)
        return self.most <= CPS and not any(faults)

    def __str__(self) -> str:
        counts = ", ".join(f"{name} {value}" for name, value in self._asdict().items())
        return f"{'KEPT' if self.kept else 'BROKEN'}: {counts}, of {CPS} a second"


class _Wall:
    """The false clock, and how it was set when: pairs of real instants and offsets."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._base = NOON.timestamp() - time.time()
        self.history: list[tuple[float, float]] = []
        self.set(0.0)

    def set(self, jump: float) -> None:
        """So many seconds from where it would be."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{self._base + jump:.6f}", "ascii")
        fresh.replace(self._file)
        self.history.append((time.time(), self._base + jump))

    def showed(self, real: float) -> list[dt.datetime]:
        """What it showed at a real instant, and a moment before."""
        set_to = [offset for at, offset in self.history if at <= real]
        shown = {offset for at, offset in self.history if real - SLACK_S <= at <= real + SLACK_S} | set(set_to[-1:])
        if any(real - SLACK_S <= at <= real for at, _ in self.history):
            shown |= set(set_to[-2:])
        return [dt.datetime.fromtimestamp(real + offset, ZoneInfo("Europe/Moscow")) for offset in shown]


def jumps(
    folder: Path, database_url: str, engine: Engine, *, rounds: int = 1, few: bool = False, mutant: str = ""
) -> Outcome:
    """A campaign with retries while the wall clock jumps to and fro.  few: the first four jumps only."""
    chosen = (JUMPS[:4] if few else JUMPS) * rounds
    contacts = PHASE * (2 * len(chosen) + 1)
    scenario = load_text(NOTICE, "notice.yaml")
    past = NOON - dt.timedelta(days=2)  # they are due whatever it shows
    make_campaign(engine, folder / "prompts", contacts, scenario=scenario, seconds=0.3, retry=RetryPlan(), now=past)
    people = PEOPLE | {"outcomes": {**PEOPLE["outcomes"], "answer": 0.5, "busy": 0.5}}  # type: ignore[dict-item]
    wall = _Wall(folder / "offset")
    modules = ("chaos.false_clock", *([mutant] if mutant else []))
    with staged(folder, database_url, population=people, speed=1, channels=40, cps=CPS) as stage:
        nursery = Nursery(folder / "dialer.log", {**ENVIRONMENT, OFFSET: str(folder / "offset")}, *modules)
        try:
            settings = {**stage.settings, "start": None, "until_done": False}
            dialer = nursery.dialer(settings)
            until(lambda: len(stage.ledger("dial")) >= PHASE or dialer.gone, seconds=60)
            for jump in chosen:
                for to in (jump, 0.0):
                    wall.set(to)
                    wanted, over = len(stage.ledger("dial")) + PHASE, time.monotonic() + PHASE_S
                    until(lambda w=wanted, o=over: len(stage.ledger("dial")) >= w or time.monotonic() > o)
            wall.set(2 * DAY)  # whom the night has put off to the morning after it is called then
            over = time.monotonic() + (5 if mutant else 120)
            until(lambda: len(stage.dials()) == contacts or time.monotonic() > over)
            dialer.signal(signal.SIGTERM)
            dialer.wait()
            return _judged(engine, stage, wall, contacts, len(chosen))
        finally:
            nursery.close()


def _judged(engine: Engine, stage: Stage, wall: _Wall, contacts: int, jumped: int) -> Outcome:
    dials = stage.ledger("dial")
    with engine.connect() as conn:
        rows = conn.execute(
            text(
                """SELECT c.uuid::text AS uuid, c.talk_s, a.open OR a.disposition IS NULL AS unfinished
                   FROM attempt a JOIN call c ON c.uuid = a.uuid WHERE a.disposition IS DISTINCT FROM 'not_sent'"""
            )
        ).all()
    answered = {line["uuid"]: line["real"] for line in stage.ledger("answered")}
    talked = {
        line["uuid"]: line["real"] - answered[line["uuid"]]
        for line in stage.ledger("ended")
        if line["uuid"] in answered
    }
    told = {row.uuid: row.talk_s for row in rows}
    dialed, results = Counter(line["uuid"] for line in dials), Counter(row.uuid for row in rows)
    return Outcome(
        jumps=2 * jumped,
        calls=len(dials),
        most=_most([line["real"] for line in dials]),
        outside=sum(not any(map(_legal, wall.showed(line["real"]))) for line in dials),
        wrong=sum(abs((told.get(uuid) or 0.0) - took) > DURATION_S for uuid, took in talked.items()),
        missing=sum((dialed - results).values()),
        doubled=sum((results - dialed).values()),
        lost=contacts - len(stage.dials()),
        unfinished=sum(row.unfinished for row in rows),
    )


def _legal(shown: dt.datetime) -> bool:
    off = shown.date() == dt.date(2026, 3, 9)
    return (OPEN_OFF if off else OPEN) <= shown.time() < (SHUT_OFF if off else SHUT)


def _most(instants: list[float]) -> int:
    times = sorted(instants)
    return max((sum(at <= other < at + WINDOW_S for other in times) for at in times), default=0)
