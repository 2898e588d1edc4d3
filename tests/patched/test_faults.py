"""The event socket breaks, the database goes away, the switch is not what it should be."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from oklik.store.postgres import EmbeddedPostgres
from oklik.worker import main as main_module
from oklik.worker.main import main
from patched.people import talkers
from patched.test_campaign import assert_sound
from support.patience import in_time, slowness
from support.proxy import Proxy
from support.stage import PASSWORD, Stage, make_campaign, number, one, rows, staged, until

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
            assert dialer.wait() == 0
        finally:
            proxy.stop()
        assert proxy.cuts >= 4
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(CONTACTS)}
    completed = one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'")
    assert completed >= CONTACTS * 0.4, "calls live through a cut, else all but ten were lost; what ended unseen is"


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
                away = len(stage.ledger("dial"))
                until(lambda: len(stage.ledger("ended")) == len(stage.ledger("dial")))
                time.sleep(0.5)
                dialed = len(stage.ledger("dial"))
                assert dialed <= away + 8, "nobody is called while nothing can be written, but who was claimed before"
                assert dialed < CONTACTS
                conn.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
        finally:
            admin.dispose()
        assert dialer.wait() == 0
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(CONTACTS)}
        assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == CONTACTS
        answers = one(engine, "SELECT count(*) FROM answer")
        assert answers == 2 * CONTACTS, "live calls went on, and what they left was kept"


@pytest.mark.seconds
def test_rows_follow_calls_soon(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """From the switch's note of an answer to the committed row: a tenth of a second on a quiet machine.

    Rows that were written only at the end of a step would be there half a second later, at that of the call, two.
    """
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
        dialer = stage.dialer()
        until(lambda: stage.ledger("answered"))
        slow = slowness()
        assert dialer.wait() == 0
        answered = {line["uuid"]: line["real"] for line in stage.ledger("answered")}
    seen = dict(rows(engine, "SELECT uuid::text, extract(epoch FROM seen_at)::float8 FROM call"))
    lags = sorted(seen[uuid] - at for uuid, at in answered.items())
    assert len(lags) == 20
    assert lags[0] > 0
    in_time(lags[10], 0.13 + 0.1 * slow, f"the median; 20 ms of it are the switch's own; {slow:.1f} times as slow")


WRONG: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "nobody listens": ({"switch_port": 1}, {}, "no switch at 127.0.0.1:1"),
    "wrong password": ({}, {"OKLIK_SWITCH_PASSWORD": "wrong"}, "password"),
    "no password": ({"password_env": "NOT_SET_ANYWHERE"}, {}, "NOT_SET_ANYWHERE"),
    "out of bounds": ({"channels": 0}, {}, "channels 0"),
    "no number": ({"speed": "fast"}, {}, "speed"),
    "no such setting": ({"chanels": 5}, {}, "chanels"),
    "another database": ({"database_url": "mysql://nowhere"}, {}, "PostgreSQL"),
    "no address at all": ({"database_url": "nowhere"}, {}, "database_url: "),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_it_was_told_wrong_is_one_line_and_code_2(
    case: tuple[dict[str, Any], dict[str, str], str],
    settings: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change, environment, words = case
    for name, value in {"OKLIK_SWITCH_PASSWORD": PASSWORD, **environment}.items():
        monkeypatch.setenv(name, value)
    told = tmp_path / "settings.json"
    told.write_text(json.dumps({**settings, **change}), "utf-8")
    code = main([str(told)])
    said = json.loads(capsys.readouterr().out)
    assert code == 2
    assert list(said) == ["error"]
    assert words in said["error"]
    assert "\n" not in said["error"]


def test_a_bug_of_ours_is_not_blamed_on_the_database_s_address(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object) -> None:
        raise ValueError("a row of which nobody thought")

    monkeypatch.setattr(main_module, "_open", breaks)
    told = tmp_path / "settings.json"
    told.write_text(json.dumps(settings), "utf-8")
    with pytest.raises(ValueError, match="of which nobody thought"):
        main([str(told)])
    assert capsys.readouterr().out == ""


def test_a_settings_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/nowhere/settings.json"]) == 2
    assert json.loads(capsys.readouterr().out) == {"error": "/nowhere/settings.json: No such file or directory"}


@pytest.fixture
def settings(stage_of_all: Stage, database_url: str) -> dict[str, Any]:
    """Settings that are right."""
    return {**stage_of_all.settings, "database_url": database_url}


@pytest.fixture(scope="module")
def stage_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One switch for all that never get to call anybody."""
    with staged(tmp_path_factory.mktemp("stage"), "", population=talkers()) as stage:
        yield stage
