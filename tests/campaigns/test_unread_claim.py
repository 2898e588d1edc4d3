"""A campaign whose scenario cannot be read is paused at its first claim; nobody loses an attempt, others are called."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from campaigns.world import DAY, NOON, World
from oklik.speech.voices import Voice, default_voices
from oklik.worker.book import StoreBook
from oklik.worker.settings import DialerSettings

pytestmark = pytest.mark.integration


def test_it_is_paused_and_its_people_lose_nothing(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.says({"format": 99})
        world.people(3)
        campaign = world.campaign(due=NOON - DAY)
        voice = json.dumps(Voice(default_voices()[0]).to_json())
        world.all("UPDATE campaign SET voice = CAST(:voice AS jsonb) RETURNING 1", voice=voice)
        holder = world.holder("node1")
    settings = DialerSettings(database_url=database_url, switch_host="", switch_port=0, prompts=str(tmp_path))
    with closing(StoreBook(engine, settings, virtual=False, holder=holder)) as book:
        assert book.claim(10, NOON, lambda *_: 10) == ([], [])
    with engine.connect() as conn:
        row = conn.execute(text("SELECT state, held, paused_at FROM campaign WHERE id = :id"), {"id": campaign}).one()
        targets = conn.execute(text("SELECT DISTINCT state, attempts, faults FROM target")).all()
        World(conn).invariants()
    assert tuple(row) == ("paused", "version_unreadable", NOON)
    assert [tuple(one) for one in targets] == [("waiting", 0, 0)]
