"""The folder of prompts vanishes between preparing and dialing; two trunks with limits of their own."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from oklik.jobs.app import apply_schema
from oklik.scenario.document import load_text
from patched.people import talkers
from patched.test_campaign import assert_sound, assert_within
from support.patience import enough
from support.stage import make_campaign, most_in_a_second, number, one, prepare, rows, staged, until
from support.survey import SURVEY

CONTACTS = 12
CANARY = "Канарейкин"


def test_nobody_is_called_into_silence(tmp_path: Path, database_url: str, engine: Engine) -> None:
    apply_schema(database_url)
    campaign = make_campaign(engine, tmp_path / "prompts", CONTACTS)
    shutil.rmtree(tmp_path / "prompts")
    with staged(tmp_path, database_url, population=talkers()) as stage:
        dialer = stage.dialer()
        until(lambda: one(engine, "SELECT count(*) FROM target WHERE state = 'preparing'") == CONTACTS)
        assert stage.ledger("dial") == []
        assert rows(engine, "SELECT args ->> 'campaign_id' FROM procrastinate_jobs") == [(str(campaign),)]
        prepare(engine, campaign, tmp_path / "prompts")
        assert dialer.wait() == 0
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(CONTACTS)}
    assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == CONTACTS
    assert one(engine, "SELECT count(*) FROM attempt WHERE disposition = 'line_fault'") == 0


def test_single_clips_that_vanish_do_not_reach_the_logs(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """A value is changed behind our back: the call ends with a fault that says which text, but not a personal one."""
    scenario = load_text(SURVEY.replace("type: text}", "type: text, personal: true}"), "survey.yaml")
    make_campaign(engine, tmp_path / "prompts", 3, scenario=scenario)
    with engine.begin() as conn:
        conn.execute(text("UPDATE contact SET fields = CAST(:f AS jsonb)"), {"f": f'{{"Имя": "{CANARY}"}}'})
    with staged(tmp_path, database_url, population=talkers()) as stage:
        assert stage.dialer().wait() == 0
        said = stage.said_in_log()
    assert one(engine, "SELECT count(*) FROM attempt WHERE fault LIKE 'no clip%'") >= 3
    assert CANARY not in said
    assert one(engine, "SELECT count(*) FROM attempt WHERE fault LIKE :c", c=f"%{CANARY}%") == 0


@pytest.mark.seconds
def test_each_trunk_keeps_its_own_limits(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 24, seconds=0.2)
    make_campaign(engine, tmp_path / "prompts", 24, seconds=0.2, name="second")
    with engine.begin() as conn:
        conn.exec_driver_sql("UPDATE trunk SET channels = 100, cps = 6")
        conn.exec_driver_sql(
            """INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('b', 'sofia/gateway/b/{number}', 2, 50)"""
        )
        conn.exec_driver_sql(
            "UPDATE campaign SET trunk_id = (SELECT id FROM trunk WHERE name = 'b') WHERE name = 'second'"
        )
    with staged(tmp_path, database_url, population=talkers(), speed=10, channels=5000, cps=500) as stage:
        assert stage.dialer().wait() == 0
        trunk_of = dict(
            rows(engine, "SELECT a.uuid::text, c.name FROM attempt a JOIN campaign c ON c.id = a.campaign_id")
        )
        dials = [line for line in stage.ledger("dial") if line["uuid"] in trunk_of]
        first = [line["t"] for line in dials if trunk_of[line["uuid"]] == "campaign"]
        up = most_up(stage.ledger(), {uuid for uuid, name in trunk_of.items() if name == "second"})
        assert up <= 2
        assert_within(most_in_a_second(first), 6)
        enough(most_in_a_second(first), 4)
        enough(up, 2)


def most_up(lines: list[dict[str, Any]], wanted: set[str]) -> int:
    up: set[str] = set()
    most = 0
    for line in lines:
        if line.get("uuid") not in wanted:
            continue
        if line["event"] == "dial":
            up.add(line["uuid"])
            most = max(most, len(up))
        elif line["event"] == "ended":
            up.discard(line["uuid"])
    return most
