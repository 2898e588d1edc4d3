"""Events are lost, doubled, put out of order or held up for a minute: the tables are those of a clean run.

The same people are called by two dialers, one with a wire that harms nothing and one with a bad one, and what both
have left in the tables is compared (see tables).  What is excused: of a call of whose end no event at all came
through, nobody but the switch can say how it ended; it may be written as unknown, and never as anything else.
"""

import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.tables import Tables, differences, tables
from chaos.wire import Spoil, Told, Wire
from support.patience import LONG_S
from support.stage import ENVIRONMENT, make_campaign, staged

PEOPLE: dict[str, Any] = {
    "outcomes": {
        "answer": 0.72,
        "no_answer": 0.06,
        "busy": 0.08,
        "unreachable": 0.05,
        "invalid": 0.04,
        "rejected": 0.05,
        "machine": 0,
        "line_fault": 0,
    },
    "ring_s": [0.5, 3.0],
    "refuse_s": [0.5, 2.0],
    "personas": {
        "cooperative": {"share": 60, "think_s": [0.2, 0.8]},
        "impatient": {"share": 10, "barge_in": 0.9, "think_s": [0.2, 0.5]},
        "clumsy": {"share": 8, "wrong_first": 1.0, "think_s": [0.2, 0.5]},
        "silent": {"share": 7, "silent": 1.0},
        # Whoever leaves in the midst of music leaves after so many rounds of it: that would hang on the time it takes.
        "leaver": {"share": 15, "leaves_in_prompt": 0.5, "answers": {"1280": {"1": 0.5, "2": 0.5}}},
    },
    "answers": {"1280": {"1": 0.5, "2": 0.2, "8": 0.1, "0": 0.2}, "0123456789": {"9": 0.5, "5": 0.5}},
    "agents": {
        "endpoints": ["user/*"],
        "answer": 1,
        "no_answer": 0,
        "busy": 0,
        "ring_s": [0.5, 1.0],
        "talk_s": [3.0, 4.0],
        "agent_ends": 1.0,
    },
}
AGENTS = tuple(f"user/{1001 + n}" for n in range(12))
KINDS = (
    "BACKGROUND_JOB",
    "CHANNEL_PROGRESS",
    "CHANNEL_PARK",
    "CHANNEL_BRIDGE",
    "CHANNEL_EXECUTE_COMPLETE",
    "DTMF",
    "CHANNEL_HANGUP_COMPLETE",
)


class Compared(NamedTuple):
    """A spoiled run beside the clean one.  excused: people of whose call's end nothing came through, and who differ."""

    seed: int
    spoil: Spoil
    told: Told
    seconds: float
    people: int
    excused: int
    differ: dict[str, list[str]]
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """The tables are the same, and the ledger agrees."""
        return not self.differ and self.verdict.kept

    def __str__(self) -> str:
        lost = sum(self.told.lost.values())
        counts = f"{self.told.events} events, {lost} lost, {self.told.doubled} doubled, {self.told.late} late"
        first = next((f"; {who}: {lines[0]}" for who, lines in self.differ.items()), "")
        return (
            f"seed {self.seed}, {self.spoil}: {counts} in {self.seconds:.0f} s; "
            f"{'KEPT' if self.kept else 'BROKEN'}: people {self.people}, differ {len(self.differ)}, "
            f"excused {self.excused}, twice {self.verdict.twice}, lost {self.verdict.lost}, "
            f"unfinished {self.verdict.unfinished}{first}"
        )


def spoils(seed: int) -> list[Spoil]:
    """What one seed is tried with; kinds of which all are lost take turns."""
    return [
        Spoil(seed=seed, lose=0.01),
        Spoil(seed=seed, lose=0.1),
        Spoil(seed=seed, lose=1.0, kinds=(KINDS[seed % len(KINDS)],)),
        Spoil(seed=seed, double=0.2),
        Spoil(seed=seed, window=50),
        Spoil(seed=seed, late_s=60.0),
    ]


class Place(NamedTuple):
    """Where a seed is tried."""

    folder: Path
    database_url: str
    engine: Engine
    seed: int
    contacts: int
    speed: float


def compare(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    seed: int,
    chosen: Iterable[Spoil],
    contacts: int = 60,
    mutant: str = "",
    speed: float = 20.0,
) -> list[Compared]:
    """One clean run, and one with each of these; the database is emptied between them."""
    outcomes = []
    place = Place(folder, database_url, engine, seed, contacts, speed)
    nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
    full = _full(engine)
    try:
        clean = _one(place, nursery, Spoil()).left
        for spoil in chosen:
            _empty(engine, full)
            began = time.monotonic()
            run = _one(place, nursery, spoil)
            differ = differences(clean, run.left)
            excused = [who for who, lines in differ.items() if who in run.untold and _unknown(run.left, who, lines)]
            outcomes.append(
                Compared(
                    seed=seed,
                    spoil=spoil,
                    told=run.told,
                    seconds=time.monotonic() - began,
                    people=contacts,
                    excused=len(excused),
                    differ={who: lines for who, lines in differ.items() if who not in excused},
                    verdict=run.verdict,
                )
            )
    finally:
        nursery.close()
    return outcomes


class _Run(NamedTuple):
    """untold: people with a leg of whose end nothing came through."""

    left: Tables
    told: Told
    verdict: Verdict
    untold: frozenset[str]


def _one(place: Place, nursery: Nursery, spoil: Spoil) -> _Run:
    engine, contacts = place.engine, place.contacts
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    folder.chmod(0o755)
    # Long enough that whoever leaves in the midst of the first has been on the line for more than a second: less is
    # not called a talk, and here it would hang on how soon it was known that they have answered.
    make_campaign(engine, folder / "prompts", contacts, agents=AGENTS, seconds=6.0)
    with staged(
        folder,
        place.database_url,
        population=PEOPLE,
        speed=place.speed,
        channels=contacts + len(AGENTS),
        cps=500,
        seed=place.seed,
    ) as stage:
        wire = Wire(stage.settings["switch_host"], stage.settings["switch_port"], spoil)
        try:
            dialer = nursery.dialer({**stage.settings, "switch_port": wire.port, "max_s": 7200})
            assert dialer.wait(LONG_S) == 0
            told = wire.told()
        finally:
            wire.close()
        ended = verdict(engine, Tail(stage.ledger_file))
    with engine.connect() as conn:
        people = conn.execute(
            text(
                """SELECT c.phones[1] FROM call l JOIN attempt a ON a.uuid = l.attempt_uuid
                   JOIN target t ON t.id = a.target_id JOIN contact c ON c.id = t.contact_id
                   WHERE l.uuid = ANY(CAST(:legs AS uuid[]))"""
            ),
            {"legs": told.untold},
        ).scalars()
        untold = frozenset(str(one) for one in people)
    return _Run(tables(engine), told, ended, untold)


def _unknown(found: Tables, who: str, lines: Sequence[str]) -> bool:
    """The one thing that is excused: an end that is written down as one that nobody saw."""
    told = found.get(who, {})
    unseen = any(row["cause"] == "LOST" for row in told.get("call", []))
    allowed = ("call", "attempt", "target", "outbox")
    return unseen and all(line.split(" ")[0].rstrip(":") in allowed for line in lines)


def _full(engine: Engine) -> set[str]:
    """Tables in which a fresh database has rows."""
    with engine.connect() as conn:
        names = [name for (name,) in conn.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))]
        return {name for name in names if conn.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first()}


def _empty(engine: Engine, full: set[str]) -> None:
    """Leave nothing of a run, and number rows from the beginning."""
    with engine.begin() as conn:
        names = [name for (name,) in conn.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))]
        listed = ", ".join(f'"{name}"' for name in names if name not in full)
        conn.execute(text(f"TRUNCATE {listed} RESTART IDENTITY"))
