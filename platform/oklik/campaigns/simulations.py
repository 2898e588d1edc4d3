"""Calls that somebody tries out: what they began with and what was done, kept for a day; and golden runs made of them.

Nothing runs between two moves: each is played from the beginning (`scenario.trying`), so any process may answer.
"""

import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.scenario.document import Scenario, from_json
from oklik.scenario.errors import Sentence
from oklik.scenario.golden import GoldenRun, differences, play
from oklik.scenario.trying import Begun, Move, golden_keys

KEPT = dt.timedelta(days=1)
_Moves = list[Move]


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    """A call that is tried out.  scenario_id: of the scenario that it belongs to, if any."""

    id: str
    scenario_id: int | None
    scenario: Scenario
    begun: Begun
    moves: tuple[Move, ...]


@lru_cache(maxsize=16)
def _read(text: str) -> Scenario:
    """A scenario is read once for all the moves of a call."""
    return from_json(json.loads(text), "")


def begin(
    conn: Connection, document: Mapping[str, Any], scenario_id: int | None, begun: Begun, now: dt.datetime
) -> Simulation:
    """Begin one; what is older than a day is forgotten.  Raises ScenarioError."""
    text = json.dumps(document, ensure_ascii=False)
    scenario = _read(text)
    run(conn, "DELETE FROM simulation WHERE begun_at < :old", old=now - KEPT)
    made = secrets.token_urlsafe(12)
    run(
        conn,
        """INSERT INTO simulation (id, scenario_id, document, begun, moves, begun_at)
           VALUES (:id, :scenario, CAST(:document AS json), CAST(:begun AS json), '[]', :now)""",
        id=made,
        scenario=scenario_id,
        document=text,
        begun=msgspec.json.encode(begun).decode(),
        now=now,
    )
    return Simulation(id=made, scenario_id=scenario_id, scenario=scenario, begun=begun, moves=())


def find(conn: Connection, simulation_id: str, *, lock: bool = False) -> Simulation | None:
    """Give one; None: there is none, or it is forgotten.  lock: nobody else moves it in this transaction."""
    if lock:
        run(conn, "SELECT FROM simulation WHERE id = :id FOR UPDATE", id=simulation_id)
    row = run(
        conn,
        "SELECT scenario_id, CAST(document AS text) AS document, begun, moves FROM simulation WHERE id = :id",
        id=simulation_id,
    ).first()
    if row is None:
        return None
    return Simulation(
        id=simulation_id,
        scenario_id=row.scenario_id,
        scenario=_read(row.document),
        begun=msgspec.convert(row.begun, Begun),
        moves=tuple(msgspec.convert(row.moves, _Moves)),
    )


def go_on(conn: Connection, simulation_id: str, begun: Begun, moves: Sequence[Move]) -> None:
    """Write down how it stands now."""
    run(
        conn,
        "UPDATE simulation SET begun = CAST(:begun AS json), moves = CAST(:moves AS jsonb) WHERE id = :id",
        id=simulation_id,
        begun=msgspec.json.encode(begun).decode(),
        moves=msgspec.json.encode(moves).decode(),
    )


class GoldenRefused(ValueError):
    """A call cannot be kept as a golden run.  text: one line in "ru" and "en"."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


def keep_golden(  # noqa: PLR0917  what, of which, as what, by whom, when
    conn: Connection, simulation: Simulation, scenario_id: int, name: str, by: str, now: dt.datetime
) -> int:
    """Keep a call as a golden run of a scenario, in the place of one of that name; whoever falls silent stays so.

    Gives its id.  Raises GoldenRefused, PromptError.
    """
    keys = golden_keys(simulation.moves)
    if keys is None:
        raise GoldenRefused(
            "образцовым прогоном можно сохранить звонок без автоответчика и без перевода часов на середине",
            "a golden run holds no answering machine, and no clock that was put forward in the middle",
        )
    begun = simulation.begun
    played = play(
        simulation.scenario,
        GoldenRun(
            name=name,
            contact=begun.contact,
            today=begun.now.date(),
            time=f"{begun.now:%H:%M}",
            holiday=begun.holiday,
            who=begun.who,
            language=begun.language,
            keys=keys,
        ),
    )
    return int(
        run(
            conn,
            """INSERT INTO golden_run (scenario_id, name, run, saved_at, saved_by)
               VALUES (:scenario, :name, CAST(:run AS json), :now, :by)
               ON CONFLICT (scenario_id, name) DO UPDATE
               SET run = excluded.run, saved_at = excluded.saved_at, saved_by = excluded.saved_by
               RETURNING id""",
            scenario=scenario_id,
            name=name,
            run=json.dumps(played.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False),
            now=now,
            by=by,
        ).scalar_one()
    )


class GoldenKept(msgspec.Struct, frozen=True, kw_only=True):
    """A golden run, and what goes otherwise today; nothing where it is the same."""

    id: int
    run: GoldenRun
    saved_at: dt.datetime
    by: str
    differences: tuple[Sentence, ...]


def golden_runs(conn: Connection, scenario_id: int, scenario: Scenario) -> list[GoldenKept]:
    """Give those of a scenario, each played again with this document."""
    rows = run(
        conn,
        "SELECT id, run, saved_at, saved_by FROM golden_run WHERE scenario_id = :id ORDER BY name",
        id=scenario_id,
    )
    found = []
    for row in rows:
        kept = GoldenRun.model_validate(row.run)
        told = tuple(differences(scenario, kept))
        found.append(GoldenKept(id=row.id, run=kept, saved_at=row.saved_at, by=row.saved_by, differences=told))
    return found


def forget_golden(conn: Connection, scenario_id: int, golden_id: int) -> str | None:
    """Delete one and give its name; None: there is none."""
    found = run(
        conn,
        "DELETE FROM golden_run WHERE id = :id AND scenario_id = :scenario RETURNING name",
        id=golden_id,
        scenario=scenario_id,
    ).scalar()
    return None if found is None else str(found)
