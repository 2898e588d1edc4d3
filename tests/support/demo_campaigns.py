"""Campaigns of the demo: a survey that is called to its end, one that will run, one paused, a draft, a standing one.

Prompts are short tones in the place of speech, so that nothing is synthesised.
"""

import datetime as dt
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, text

from oklik.campaigns import campaign_drafts, preflight_requests, standing
from oklik.speech.voices import Voice, default_voices
from support.demo_lists import EXAMPLE, messy
from support.stage import prepare

POPULATION: Mapping[str, Any] = yaml.safe_load((EXAMPLE.parent / "population.yaml").read_text("utf-8"))
ONCE: dict[str, Any] = {"retry": {"max_attempts": 1}}


def fill_campaigns(
    engine: Engine, prompts: Path, places: Mapping[str, Any], surveyed: dt.datetime, now: dt.datetime
) -> dict[str, Any]:
    """Their ids: the survey runs already, the others are drafts until `begin_others`."""
    voice = Voice(default_voices()[0]).to_json()
    with engine.begin() as conn:

        def draft(name: str, code: str, list_id: int, at: dt.datetime, **overrides: Any) -> int:
            project = conn.execute(text("SELECT min(id) FROM project")).scalar_one()
            wanted = campaign_drafts.Wanted(
                project_id=project,
                name=name,
                scenario_version_id=places[f"version_{code}"],
                list_ids=[list_id],
                preset_id=places["preset"] if code == "debt-reminder" else None,
                overrides=overrides,
                voice=voice,
                zone="Europe/Moscow",
                virtual=True,
            )
            made = campaign_drafts.draft(conn, wanted, at).campaign_id
            conn.execute(text("UPDATE campaign SET created_at = :at WHERE id = :id"), {"id": made, "at": at})
            return made

        hour = dt.timedelta(hours=1)
        survey = draft("Довольны ли вы: март", "satisfaction-survey", places["list"], surveyed - hour, **ONCE)
        paused = draft("Новые договоры: первое впечатление", "satisfaction-survey", places["few"], now - 20 * hour)
        running = draft("Напоминание о платеже, март", "debt-reminder", places["list"], now - 2 * hour)
        new = draft("Напоминание новым должникам", "debt-reminder", places["few"], now - hour)
        campaign_drafts.start(conn, survey, surveyed)
        check = preflight_requests.request_preflight(conn, new, now)
    for one in (survey, running):
        prepare(engine, one, prompts, now=surveyed)
    preflight_requests.carry_out_preflight(engine, check)
    with engine.begin() as conn:
        kept = standing.add_standing(
            conn,
            1,
            "Утренняя выгрузка из 1С",
            places["scenario_debt-reminder"],
            places["preset"],
            {},
            voice,
            "user:boris",
            now - 30 * hour,
        )
    _came(engine, kept, now)
    with engine.connect() as conn:
        contact = conn.execute(
            text("SELECT min(id) FROM contact WHERE list_id = :id AND row_number > 5"), {"id": places["list"]}
        ).scalar_one()
    return {"survey": survey, "paused": paused, "running": running, "draft": new, "standing": kept, "contact": contact}


def begin_others(engine: Engine, places: Mapping[str, Any], now: dt.datetime) -> None:
    """What runs, and what somebody has paused; a dialer waits for both, so not before the survey is over."""
    with engine.begin() as conn:
        for one in ("running", "paused"):
            campaign_drafts.start(conn, places[one], now)
        conn.execute(text("UPDATE campaign SET state = 'paused' WHERE id = :id"), {"id": places["paused"]})


def _came(engine: Engine, standing_id: int, now: dt.datetime) -> None:
    """A file that came this morning, and one that nobody can read."""
    with engine.begin() as conn:
        one = standing.get_standing(conn, standing_id)
    with tempfile.TemporaryDirectory() as folder:
        good = messy(Path(folder) / "выгрузка-12.xlsx")
        bad = Path(folder) / "выгрузка-11.xlsx"
        bad.write_bytes(b"not a book")
        for path, hours in ((bad, 28), (good, 4)):
            at = now - dt.timedelta(hours=hours)
            standing.take_file(engine, one, path, path.stem, at, virtual=True, zone="Europe/Moscow")
    with engine.begin() as conn:
        conn.execute(text("UPDATE campaign SET state = 'stopped' WHERE name LIKE 'Утренняя%'"))
