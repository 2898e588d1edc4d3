"""The event socket breaks, the database goes away, the switch is not what it should be."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from oklik.store.postgres import EmbeddedPostgres
from patched.people import talkers
from patched.test_campaign import assert_sound
from support.proxy import Proxy
from support.stage import ENVIRONMENT, make_campaign, number, one, rows, staged, until

CONTACTS = 40


def test_the_event_socket_is_cut_again_and_again(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", CONTACTS)
    with staged(tmp_path, database_url, population=talkers(), speed=5, channels=10) as stage:
        proxy = Proxy(stage.settings["switch_host"], stage.settings["switch_port"])
        try:
            dialer = stage.dialer(switch_port=proxy.port)
            for dialed in (4, 12, 20, 28):
                until(lambda dialed=dialed: len(stage.ledger("dial")) >= dialed)
                proxy.cut()
            assert dialer.wait(60) == 0
        finally:
            proxy.close()
        assert proxy.cuts >= 4
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(CONTACTS)}
    completed = one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'")
    assert completed >= CONTACTS * 0.8, "calls live through a cut; only what ended unseen is lost"


def test_the_database_goes_away_and_comes_back(
    tmp_path: Path, database_url: str, engine: Engine, postgres: EmbeddedPostgres
) -> None:
    make_campaign(engine, tmp_path / "prompts", CONTACTS)
    name = one(engine, "SELECT current_database()")
    with staged(tmp_path, database_url, population=talkers(), speed=5, channels=8) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("answered")) >= 8)
        admin = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        engine.dispose()
        try:
            with admin.connect() as conn:
                conn.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
                conn.execute(
                    text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
                )
                away = time.time()
                until(lambda: len(stage.ledger("ended")) == len(stage.ledger("dial")))
                dialed = [line for line in stage.ledger("dial") if line["real"] > away + 0.5]
                assert not dialed, "nobody is called while nothing can be written"
                assert len(stage.ledger("dial")) < CONTACTS
                conn.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
        finally:
            admin.dispose()
        assert dialer.wait(60) == 0
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(CONTACTS)}
        assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == CONTACTS
        answers = one(engine, "SELECT count(*) FROM answer")
        assert answers == 2 * CONTACTS, "live calls went on, and what they left was kept"


def test_rows_follow_calls_within_a_tenth_of_a_second(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """From the switch's note of an answer to the committed row, in real time; the median, for the machine is shared."""
    make_campaign(engine, tmp_path / "prompts", 20, seconds=2)
    with engine.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE call ADD COLUMN seen_at timestamptz")
        conn.exec_driver_sql(
            """CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN
                   IF NEW.answered_at IS NOT NULL AND OLD.answered_at IS NULL THEN NEW.seen_at = clock_timestamp();
                   END IF;
                   RETURN NEW;
               END $$"""
        )
        conn.exec_driver_sql("CREATE TRIGGER seen BEFORE UPDATE ON call FOR EACH ROW EXECUTE FUNCTION seen()")
    with staged(tmp_path, database_url, population=talkers(), speed=5, channels=20) as stage:
        assert stage.dialer().wait(60) == 0
        answered = {line["uuid"]: line["real"] for line in stage.ledger("answered")}
    seen = dict(rows(engine, "SELECT uuid::text, extract(epoch FROM seen_at)::float8 FROM call"))
    lags = sorted(seen[uuid] - at for uuid, at in answered.items())
    assert len(lags) == 20
    assert 0 < lags[10] < 0.13, lags  # 20 ms of them are the switch's own, between answer and event


def run_worker(settings: dict[str, Any], **environment: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "-m", "oklik.worker"],
        input=json.dumps(settings).encode() + b"\n",
        capture_output=True,
        env={**os.environ, **ENVIRONMENT, **environment},
        timeout=60,
        check=False,
    )
    said = json.loads(done.stdout.splitlines()[0])
    return done.returncode, said, done.stderr.decode()


@pytest.mark.parametrize(
    ("change", "environment", "words"),
    [
        ({"switch_port": 1}, {}, "no switch at 127.0.0.1:1"),
        ({}, {"OKLIK_SWITCH_PASSWORD": "wrong"}, "password"),
        ({"password_env": "NOT_SET_ANYWHERE"}, {}, "NOT_SET_ANYWHERE"),
        ({"channels": 0}, {}, "channels 0"),
        ({"speed": "fast"}, {}, "speed"),
        ({"chanels": 5}, {}, "chanels"),
        ({"database_url": "mysql://nowhere"}, {}, "PostgreSQL"),
    ],
)
def test_what_it_was_told_wrong_is_one_line_and_code_2(
    tmp_path: Path, database_url: str, change: dict[str, Any], environment: dict[str, str], words: str
) -> None:
    with staged(tmp_path, database_url, population=talkers()) as stage:
        code, said, errors = run_worker({**stage.settings, **change}, **environment)
    assert code == 2
    assert list(said) == ["error"]
    assert words in said["error"]
    assert "\n" not in said["error"]
    assert "Traceback" not in errors
