"""A backup of a database at work, put back: equal rows, nobody called by it, nobody signed in by it."""

import datetime as dt
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from campaigns.world import World
from oklik.backups import making, restoring
from oklik.backups.archive import Reader
from oklik.campaigns.invariants import INVARIANTS
from oklik.campaigns.web_key import web_key
from oklik.campaigns.web_sessions import begin_session
from oklik.config import Settings
from oklik.display import SilentDisplay
from oklik.doctor import database
from oklik.doctor.finding import Level
from oklik.failures import BadInput, Failure
from oklik.jobs.app import apply_schema
from oklik.store import dumping
from oklik.store.engine import make_engine
from oklik.store.postgres import EmbeddedPostgres
from oklik.store.revisions import TablesNewer
from oklik.wiring import open_database

pytestmark = pytest.mark.integration
NOW = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
# what dumps of text write in other ways
HOSTILE = ("\\.", "\\N", "\\! id", "'); DROP TABLE campaign; --", "a\tb\nc\rd", "$$", "ёж", "🙂", "\u202eabc", "{}<>%s")


class Notes(SilentDisplay):
    """Keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's user may enter (pytest's own may not)."""
    found = Path(tempfile.mkdtemp(prefix="oklik-backup-"))
    found.chmod(0o755)
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    """An empty database to restore into."""
    yield postgres.create_database("restored")
    postgres.drop_database("restored")


def settings(home: Path, url: str | None, **more: object) -> Settings:
    return Settings(home=home, database_url=SecretStr(url) if url else None, language="en", **more)


def filled(engine: Engine) -> None:
    """Campaigns in several states, an account with a session, a token, orders that nobody has carried out."""
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(30)
        running = world.campaign()
        world.campaign(state="draft")
        world.campaign(state="paused")
        rehearsed = world.campaign(virtual=True)
        for claimed in world.claim(world.holder(), limit=5):
            world.finish(world.holder(), claimed, NOW, cause="NORMAL_CLEARING", answered=True)
        for statement in (
            "INSERT INTO user_account (login, name, role, created_at) VALUES ('a', 'A', 'admin', now())",
            """INSERT INTO api_token (name, digest, scopes, created_at)
               VALUES ('crm', 'digest-of-crm', '{stoplist:write}', now())""",
            f"""INSERT INTO command (campaign_id, kind, created_at, deadline)
                VALUES ({running}, 'resume', now(), now() + interval '100 years')""",
            f"""INSERT INTO call_order (kind, campaign_id, target_id, ordered_by, ordered_at, deadline)
                SELECT 'manual', {running}, id, 'a', now(), now() + interval '100 years' FROM target
                WHERE state = 'waiting' LIMIT 1""",
            """INSERT INTO trunk_test (trunk_id, number, language, voice, dtmf, ordered_by, ordered_at, deadline, state)
               VALUES (1, '+79160000001', 'ru', '{}', '', 'a', now(), now() + interval '100 years', 'asked')""",
            """INSERT INTO standing_campaign (project_id, name, scenario_id, overrides, voice, active, created_at,
                   created_by) VALUES (1, 'st', 1, '{}', '{}', true, now(), 'a')""",
            """INSERT INTO one_time_code (digest, created_at, expires_at)
               VALUES ('digest-of-code', now(), now() + interval '1 year')""",
        ):
            conn.execute(text(statement))
        begin_session(conn, 1, NOW)
        web_key(conn)
        assert rehearsed


def rows(engine: Engine, *without: str) -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    with engine.connect() as conn:
        names = conn.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).scalars()
        return {
            name: sorted(conn.execute(text(f'SELECT CAST(x AS text) FROM "{name}" x')).scalars())
            for name in names
            if name not in without
        }


def one(engine: Engine, statement: str) -> object:
    with engine.connect() as conn:
        return conn.execute(text(statement)).scalar_one()


CHANGED = ("campaign", "standing_campaign", "command", "call_order", "trunk_test", "api_token", "audit_entry")
AFTER = {
    "SELECT count(*) FROM campaign WHERE state = 'running'": 0,
    "SELECT count(*) FROM campaign WHERE held = 'restored'": 2,
    "SELECT paused_at FROM campaign WHERE held = 'restored' AND NOT virtual": NOW,
    "SELECT count(*) FROM standing_campaign WHERE active": 0,
    "SELECT count(*) FROM command WHERE result IS NULL": 0,
    "SELECT count(*) FROM call_order WHERE state = 'asked'": 0,
    "SELECT count(*) FROM trunk_test WHERE ended_at IS NULL": 0,
    "SELECT count(*) FROM api_token WHERE revoked_at IS NULL": 0,
    "SELECT count(*) FROM audit_entry WHERE action = 'backup.restore'": 1,
} | {f"SELECT count(*) FROM {name}": 0 for name in making.SECRET_TABLES}


def test_rows_come_back_and_nobody_is_called_or_let_in_by_them(
    engine: Engine, database_url: str, empty: str, folder: Path
) -> None:
    apply_schema(database_url)
    filled(engine)
    with engine.begin() as conn:  # whatever people can type
        for n, hostile in enumerate(HOSTILE):
            conn.execute(
                text(
                    """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
                       VALUES (1, :name, :name, :n, '[]', now())"""
                ),
                {"name": f"{n} {hostile}", "n": str(n)},
            )
    before = rows(engine)
    made = making.make(settings(folder / "home", database_url), folder / "b.zip", SilentDisplay(), now=NOW, keep=None)
    assert rows(engine) == before
    assert str(one(engine, "SELECT value FROM web_key")).encode() not in made.read_bytes()

    told = Notes()
    restoring.restore(settings(folder / "new", empty), made, told, seal=None, check_only=False)
    again = make_engine(empty, pool_size=2)
    without = (*making.SECRET_TABLES, *CHANGED)
    assert rows(again, *without) == {name: found for name, found in before.items() if name not in without}
    assert {statement: one(again, statement) for statement in AFTER} == AFTER
    with again.connect() as conn:
        for what, statement in INVARIANTS.items():
            assert not conn.execute(text(statement)).all(), what
    again.dispose()
    assert any("2026-03-04 12:00:00" in line for line in told.lines)
    assert any("campaigns paused: 2 (c0, c3)" in line for line in told.lines)


def test_files_come_back_and_secrets_do_not(database_url: str, empty: str, folder: Path) -> None:
    home, target, voices = folder / "home", folder / "new", folder / "voices.yaml"
    (home / "voice-answers" / "campaign-1").mkdir(parents=True)
    (home / "voice-answers" / "campaign-1" / "a.wav").write_bytes(b"voice")
    (home / "voice-answers" / "rehearsals" / "x").mkdir(parents=True)
    (home / "voice-answers" / "rehearsals" / "x" / "b.wav").write_bytes(b"of nobody")
    (home / "tls").mkdir()
    (home / "tls" / "key.pem").write_text("canary of the key")
    voices.write_text("voices: []\n")
    said = Notes()
    there = settings(
        home,
        database_url,
        voices=voices,
        zone="Asia/Omsk",
        switch="esl://:canary@1.2.3.4:5",
        switch_password=SecretStr("canary of the switch"),
    )
    made = making.make(there, folder / "copies", said, now=NOW, keep=None)
    assert made == folder / "copies" / "oklik-20260304-120000.zip"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    with zipfile.ZipFile(made) as file:
        everything = b"".join(file.read(name) for name in file.namelist())
        assert not any(name.startswith("voice-answers/rehearsals") for name in file.namelist())
    assert b"canary" not in everything

    with Reader(made) as reader:
        seal = reader.manifest.seal
    assert any(seal in line for line in said.lines)
    restoring.restore(settings(target, empty), made, SilentDisplay(), seal=seal[:16], check_only=False)
    assert (target / "voice-answers" / "campaign-1" / "a.wav").read_bytes() == b"voice"
    assert (target / "configuration" / "voices").read_text() == "voices: []\n"
    kept = (target / "configuration" / "settings.env").read_text()
    assert 'OKLIK_ZONE="Asia/Omsk"' in kept
    assert 'OKLIK_SWITCH="esl://1.2.3.4:5"' in kept
    assert not settings(target, empty).restoring.exists()


def refused(key: str, home: Path, url: str, made: Path, **more: object) -> BadInput:
    with pytest.raises(BadInput) as error:
        restoring.restore(settings(home, url), made, SilentDisplay(), **{"seal": None, "check_only": False} | more)
    assert error.value.key == key
    return error.value


def test_it_is_put_only_where_nothing_is(engine: Engine, database_url: str, empty: str, folder: Path) -> None:
    filled(engine)
    made = making.make(settings(folder / "home", database_url), folder / "b.zip", SilentDisplay(), now=NOW, keep=None)
    before = rows(engine)
    refused("restore_full", folder / "new", database_url, made)
    assert rows(engine) == before
    (folder / "new" / "prompts").mkdir(parents=True)
    (folder / "new" / "prompts" / "mine.wav").write_bytes(b"mine")
    refused("backup_home", folder / "new", empty, made)
    assert dumping.is_empty(empty)
    refused("backup_other_seal", folder / "other", empty, made, seal="0" * 64)
    refused("no_file", folder / "other", empty, folder / "none.zip")
    refused("backup_not_one", folder / "other", empty, Path(__file__))
    restoring.restore(settings(folder / "other", empty), made, SilentDisplay(), seal=None, check_only=True)
    assert not (folder / "other").exists()
    assert dumping.is_empty(empty)


def test_tables_of_a_newer_program_are_refused(
    engine: Engine, database_url: str, empty: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.begin() as conn:
        conn.execute(text("UPDATE schema_version SET version_num = '9999'"))
    with pytest.raises(TablesNewer, match="9999"):
        making.make(settings(folder / "home", database_url), folder / "b.zip", SilentDisplay(), now=NOW, keep=None)
    assert list(folder.glob("*.zip")) + list(folder.glob(".*.part")) == []
    monkeypatch.setattr(making, "check_known", lambda _: None)  # the newer program makes one
    made = making.make(settings(folder / "home", database_url), folder / "b.zip", SilentDisplay(), now=NOW, keep=None)
    error = refused("backup_newer_tables", folder / "new", empty, made)
    assert "9999" in error.text("en")
    assert "9999" in error.text("ru")
    assert dumping.is_empty(empty)
    assert not (folder / "new").exists()


def test_half_a_restore_leaves_no_tables_and_is_done_again(
    engine: Engine, database_url: str, empty: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(engine)
    home, new = folder / "home", folder / "new"
    (home / "prompts").mkdir(parents=True)
    (home / "prompts" / "clip.wav").write_bytes(b"sound")
    made = making.make(settings(home, database_url), folder / "b.zip", SilentDisplay(), now=NOW, keep=None)
    with monkeypatch.context() as patch:
        # the last of the statements that belong to it fails: then none of the tables is there
        patch.setattr(restoring, "statements", lambda _: ["SELECT 1", "SELECT * FROM of_nothing"])
        with pytest.raises(Failure) as failed:
            restoring.restore(settings(new, empty), made, SilentDisplay(), seal=None, check_only=False)
    assert "of_nothing" in failed.value.text("en")
    # tables made now would be none of the backup's, and it could not be put back any more
    with pytest.raises(BadInput) as unfinished, open_database(settings(new, empty)):
        pass
    assert unfinished.value.key == "restore_unfinished"
    with pytest.raises(database.NotThere) as found, database.connected(settings(new, empty)):
        pass
    assert (found.value.finding.code, found.value.finding.level) == ("restoring", Level.BAD)
    assert dumping.is_empty(empty)
    restoring.restore(settings(new, empty), made, SilentDisplay(), seal=None, check_only=False)
    assert not dumping.is_empty(empty)
    assert (new / "prompts" / "clip.wav").read_bytes() == b"sound"


def test_a_restore_killed_after_its_transaction_is_ended_by_the_same_command(
    engine: Engine, database_url: str, empty: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(engine)
    made, other = (
        making.make(settings(folder / "home", database_url), folder / name, SilentDisplay(), now=at, keep=None)
        for name, at in (("b.zip", NOW), ("c.zip", NOW + dt.timedelta(hours=1)))
    )
    home, unlink = folder / "new", Path.unlink

    def killed(path: Path, **more: bool) -> None:
        if path == settings(home, empty).restoring:
            raise KeyboardInterrupt
        unlink(path, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            restoring.restore(settings(home, empty), made, SilentDisplay(), seal=None, check_only=False)
    assert not dumping.is_empty(empty)
    assert settings(home, empty).restoring.exists()
    refused("backup_home", home, empty, other)
    told = Notes()
    restoring.restore(settings(home, empty), made, told, seal=None, check_only=False)
    assert any("campaigns paused: 2" in line for line in told.lines)
    with open_database(settings(home, empty)):
        pass
    refused("backup_home", home, empty, made)


def test_a_dump_that_ends_early_leaves_nothing(engine: Engine, database_url: str, empty: str, folder: Path) -> None:
    filled(engine)
    whole = b"".join(dumping.dump(database_url))
    for size in (0, 100, len(whole) // 2, len(whole) - 50):
        file = folder / "cut"
        file.write_bytes(whole[:size])
        with file.open("rb") as source, pytest.raises(dumping.DumpError):
            dumping.load(empty, source)
        assert dumping.is_empty(empty), size


def test_a_newer_server_names_the_package(
    database_url: str, folder: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumping, "server_major", lambda _: 99)
    with pytest.raises(BadInput) as error:
        making.make(settings(folder / "home", database_url), folder / "b.zip", SilentDisplay(), now=NOW, keep=None)
    assert "postgresql-client-99" in error.value.text("ru")
    assert list(folder.glob("*.zip")) == []
    assert list(folder.glob(".*")) == []


def test_programs_fit_the_server() -> None:
    bundled = {major for major in (16, 18) if dumping.programs(major).parent.name.startswith("pginstall")}
    assert bundled
    for major in bundled:
        assert dumping.programs(major) == dumping.programs(major)
    assert dumping.programs(14).joinpath("pg_dump").is_file()


def test_old_ones_go_and_none_is_written_over(engine: Engine, database_url: str, folder: Path) -> None:
    copies = folder / "copies"
    for hour in range(4):
        at = NOW + dt.timedelta(hours=hour)
        making.make(settings(folder / "home", database_url), copies, SilentDisplay(), now=at, keep=2)
    (copies / "mine.zip").write_bytes(b"not ours")
    assert sorted(one.name for one in copies.glob("oklik-*")) == [
        "oklik-20260304-140000.zip",
        "oklik-20260304-150000.zip",
    ]
    with pytest.raises(BadInput) as error:
        making.make(
            settings(folder / "home", database_url),
            copies / "oklik-20260304-150000.zip",
            SilentDisplay(),
            now=NOW,
            keep=None,
        )
    assert error.value.key == "backup_there"


def test_where_there_is_nothing_it_says_so(folder: Path, empty: str) -> None:
    for url in (None, empty):
        with pytest.raises(BadInput) as error:
            making.make(settings(folder / "home", url), folder / "b.zip", SilentDisplay(), now=NOW, keep=None)
        assert error.value.key == "backup_nothing"
    assert not (folder / "b.zip").exists()
