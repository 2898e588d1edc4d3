"""The library of recorded prompts as commands know it: by the check of scenarios, and lent to rehearsals."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine
from typer.testing import CliRunner

from oklik.campaigns import prompt_library
from oklik.cli import app
from oklik.config import Settings
from oklik.installation import lend_prompts, recorded_here, recordings_named
from oklik.scenario.document import from_json
from oklik.speech.intake import Taken
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 3, 10, 7, 0, tzinfo=dt.UTC)
SCENARIO = {
    "format": 1,
    "name": "delivery",
    "title": "Доставка",
    "languages": ["ru"],
    "purpose": "informational",
    "start": "hello",
    "recordings": {"hello.text": "greeting"},
    "nodes": {"hello": {"kind": "play", "text": "Здравствуйте!", "exits": {"done": "bye"}}, "bye": {"kind": "hangup"}},
}


def put(engine: Engine, key: str, sound: bytes) -> None:
    taken = Taken(wav=sound, duration_ms=900, clipped=False, levelled_db=0.0, trimmed_ms=0)
    with engine.begin() as conn:
        prompt_library.put(conn, "ru", key, taken, "voice.wav", "user:anna", NOW)


@pytest.fixture
def rehearsal(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """Another database."""
    url = postgres.create_database("rehearsal")
    upgrade(url)
    engine = make_engine(url, pool_size=1)
    yield engine
    engine.dispose()
    postgres.drop_database("rehearsal")


def test_what_a_scenario_names_is_lent_in_its_newest_version(
    engine: Engine, database_url: str, rehearsal: Engine, tmp_path: Path
) -> None:
    for key, sound in (("greeting", b"old"), ("greeting", b"new"), ("greeting.2", b"piece"), ("greetings", b"other")):
        put(engine, key, sound)
    settings = Settings(home=tmp_path, database_url=database_url)  # type: ignore[arg-type]
    keys = recordings_named(from_json(SCENARIO), None)
    assert keys == {"greeting"}
    assert lend_prompts(settings, rehearsal, keys) == 2
    with engine.connect() as here, rehearsal.connect() as there:
        mine, lent = prompt_library.library_digests(here), prompt_library.library_digests(there)
        assert lent == {name: mine[name] for name in ("ru/greeting", "ru/greeting.2")}
        assert prompt_library.sound_of(there, lent["ru/greeting"]) == b"new"
    assert lend_prompts(settings, rehearsal, keys) == 2
    with rehearsal.connect() as there:
        assert len(prompt_library.versions(there, "ru", "greeting")) == 1, "a rehearsal that goes on has it already"
    assert lend_prompts(Settings(home=tmp_path), rehearsal, keys) is None, "there is no database"


def test_the_check_knows_the_library_and_says_where_there_is_none(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "delivery.yaml"
    file.write_text(yaml.safe_dump(SCENARIO, allow_unicode=True), "utf-8")
    quiet = {"OKLIK_LANGUAGE": None, "OKLIK_HOME": str(tmp_path / "home"), "OKLIK_RECORDINGS": None}

    def check(**settings: str) -> str:
        return CliRunner(env={**quiet, **settings}).invoke(app, ["scenario", "check", str(file)]).stdout

    assert "не проверено" in check()
    assert "[recording_missing]" in check(OKLIK_DATABASE_URL=database_url)
    put(engine, "greeting", b"sound")
    assert check(OKLIK_DATABASE_URL=database_url) == f"{file}: ошибок нет\n"
    assert recorded_here(Settings(home=tmp_path), {"ru/x"}) == {"ru/x"}
