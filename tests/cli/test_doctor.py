"""`oklik doctor`: each fault is seen, named and told how to mend; a sound installation has none."""

import datetime as dt
import json
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from oklik.campaigns.invariants import INVARIANTS
from oklik.campaigns.pulse import Pulse, PulseState, beat
from oklik.cli import main
from oklik.config import Settings
from oklik.doctor import database, machine, running, speech, switch
from oklik.doctor.checkup import examine
from oklik.doctor.finding import Finding, Level, worst
from oklik.installation import looked_at
from oklik.known_passwords import is_known
from oklik.messages import LANGUAGES, doctor
from oklik.store.migrate import newest
from oklik.store.postgres import EmbeddedPostgres, PostgresError
from oklik.telephony.freeswitch.checkup import NEEDED_MODULES, WISHED_MODULES, Visit, read_codecs, read_expansion
from oklik.telephony.port import GatewaySeen
from support.postgres import *  # noqa: F403

NOW = dt.datetime(2026, 3, 10, 7, tzinfo=dt.UTC)
SOUND = Visit(
    version=(1, 11, 2),
    virtual=False,
    guard=True,
    ready=True,
    sessions=1000,
    cps=100,
    clock_s=int(NOW.timestamp()),
    modules=frozenset({*NEEDED_MODULES, *WISHED_MODULES}),
    codecs=("PCMA", "PCMU"),
    gateways={"pstn": GatewaySeen(state="REGED", up=True)},
    finds=True,
    expands=False,
)
LINE = switch.Line(name="МТС", dial_string="sofia/gateway/pstn/{number}", channels=100, codecs=("PCMA",))


def judged(seen: Visit = SOUND, line: switch.Line = LINE) -> dict[str, Level]:
    found = switch.judged(seen, [line], NOW, where="127.0.0.1:8021", prompts="/p")
    return {one.code: one.level for one in found}


def test_a_sound_switch_has_no_faults() -> None:
    assert set(judged().values()) == {Level.GOOD}


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [
        ({"version": (1, 6, 20)}, "switch_old", Level.BAD),
        ({"version": None}, "switch_old", Level.BAD),
        ({"version": (1, 10, 12)}, "switch_unmended", Level.WARN),
        ({"virtual": True}, "switch_virtual", Level.NOTE),
        ({"guard": False}, "guard", Level.BAD),
        ({"guard": False, "no_script": True}, "guard_plain", Level.WARN),
        ({"guard": False, "no_script": True, "modules": SOUND.modules - {"mod_hash"}}, "guard", Level.BAD),
        ({"script": 1}, "guard_old", Level.BAD),
        ({"expands": True}, "expansion", Level.BAD),
        ({"ready": False}, "switch_paused", Level.BAD),
        ({"clock_s": int(NOW.timestamp()) - 5}, "switch_clock", Level.WARN),
        ({"finds": False}, "switch_prompts", Level.BAD),
        ({"sessions": 99}, "sessions", Level.WARN),
        ({"modules": SOUND.modules - {"mod_hash"}}, "modules", Level.BAD),
        ({"modules": SOUND.modules - {"mod_avmd"}}, "modules_wished", Level.NOTE),
        ({"modules": SOUND.modules | {"mod_shell_stream"}}, "modules_risky", Level.WARN),
        ({"gateways": {"pstn": None}}, "line_missing", Level.BAD),
        ({"gateways": {"pstn": GatewaySeen(state="FAIL_WAIT", up=False)}}, "line_down", Level.BAD),
        ({"gateways": {"pstn": GatewaySeen(state="NOREG", up=False)}}, "line_down", Level.BAD),
        ({"codecs": None}, "profile", Level.BAD),
        ({"codecs": ("G729",)}, "codecs", Level.BAD),
    ],
)
def test_each_fault_of_a_switch_is_seen(change: dict[str, object], code: str, level: Level) -> None:
    assert judged(msgspec.structs.replace(SOUND, **change)).get(code) is level
    assert code not in judged()


def test_a_trunk_without_a_gateway_is_said_to_be_so() -> None:
    plain = msgspec.structs.replace(LINE, dial_string="sofia/oklik/{number}@10.0.0.1")
    assert judged(line=plain)["line_plain"] is Level.NOTE


def test_the_codecs_of_a_real_profile_are_read() -> None:
    table = "====\nName             \toklik\nCODECS IN        \tPCMU\nCODECS OUT       \tPCMA,PCMU\nTEL-EVENT  \t101\n"
    assert read_codecs(table) == ("PCMA", "PCMU")
    assert read_codecs("Invalid Profile!\n") is None


@pytest.mark.parametrize(
    ("setting", "expands"),
    [
        ('<param name="api-expansion" value="false"></param>', False),
        ('<param name="api-expansion" value="no"/>', False),
        ('<param name="api-expansion" value="true"></param>', True),
        ("", True),  # the switch's own default
    ],
)
def test_whether_commands_in_texts_are_carried_out_is_read(setting: str, expands: bool) -> None:
    xml = f'<configuration name="switch.conf"><settings>{setting}</settings></configuration>'
    assert read_expansion(xml) is expands
    assert read_expansion("-ERR xml_locate Command not found!\n") is None


def test_every_finding_is_worded_and_what_is_wrong_has_a_mend() -> None:
    folder = Path(database.__file__).parent
    source = "".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    used = re.findall(r'\b(good|note|warn|bad)\(\s*(?:PLACE|[a-z]+\.PLACE),\s*"([a-z_]+)"', source)
    used += [("bad", f"switch_{reason}") for reason in ("password", "acl", "trouble")]
    assert len(used) > 60
    for kind, code in used:
        assert f"doctor_{code}" in doctor.TEXTS
        assert (f"doctor_{code}_mend" in doctor.TEXTS) is (kind in {"warn", "bad"}), code
    used += [("note", f"rule_{code}") for code in INVARIANTS]
    told = {f"doctor_{code}" for _, code in used} | {f"doctor_{code}_mend" for _, code in used}
    unused = {key for key in doctor.TEXTS if key not in told and not key.startswith(("doctor_place_", "doctor_state_"))}
    assert unused == {"doctor_good", "doctor_warned", "doctor_bad"}


# -- the machine ----------------------------------------------------------------------------------------------


def codes(found: Iterator[Finding]) -> dict[str, Level]:
    return {one.code: one.level for one in found}


def test_the_disk_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path / "not" / "made")
    usage = shutil.disk_usage(tmp_path)
    for free, code in ((10**8, "disk_full"), (10**9, "disk_tight"), (10**11, "disk")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        assert code in codes(machine.look(settings))
    assert not (tmp_path / "not").exists()  # nothing was made
    assert codes(machine.look(Settings(home=tmp_path / "a folder")))["home_name"] is Level.BAD


def test_missing_programs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = [one for one in machine.look(Settings(home=tmp_path)) if one.code == "programs"]
    assert found[0].mend["en"] == "apt-get install espeak-ng ffmpeg"


@pytest.mark.parametrize("name", ["dictionary", "recordings", "switch_conf", "request_ca"])
def test_what_settings_name_is_there(name: str, tmp_path: Path) -> None:
    there = tmp_path / name
    there.mkdir()
    assert "absent" not in codes(machine.look(Settings(home=tmp_path, **{name: there})))
    missing = Settings(home=tmp_path, **{name: tmp_path / "not here"})
    (found,) = (one for one in machine.look(missing) if one.code == "absent")
    assert found.level is Level.BAD
    for language in LANGUAGES:
        assert f"OKLIK_{name.upper()}" in found.told[language]
        assert str(tmp_path / "not here") in found.told[language]


def test_the_clock_is_asked_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert machine.clock_state() in {0, 1, 2, 3, 4, 5, None}
    for state, code in ((5, "clock_free"), (0, "clock"), (None, "clock_unknown")):
        monkeypatch.setattr(machine, "clock_state", lambda state=state: state)
        assert code in codes(machine.look(Settings(home=tmp_path)))


# -- the database ---------------------------------------------------------------------------------------------


def test_a_database_that_cannot_be_started_is_named_by_the_doctor_and_none_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: EmbeddedPostgres) -> str:
        raise PostgresError("no room left\nmore of it")

    settings = Settings(home=tmp_path)
    settings.postgres_data.mkdir(parents=True)
    monkeypatch.setattr(EmbeddedPostgres, "__enter__", broken)
    with pytest.raises(database.NotThere) as why, database.connected(settings):
        pass
    assert (why.value.finding.code, why.value.finding.told["en"]) == (
        "database_away",
        f"the database {settings.postgres_data} cannot be reached: no room left",
    )
    with looked_at(settings) as connection:
        assert connection is None


def looked(url: str, now: dt.datetime | None = None) -> dict[str, Level]:
    settings = Settings(database_url=url)
    with database.connected(settings) as connection:
        return codes(database.look(settings, connection, now or dt.datetime.now(dt.UTC)))


@pytest.mark.integration
def test_a_database_that_forgets_is_told_of(database_url: str, engine: Engine) -> None:
    name = engine.url.database
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        durable = connection.execute(text("SHOW fsync")).scalar_one() == "on"
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = on'))
    found = looked(database_url)
    assert found["database"] is Level.GOOD
    assert found["tables"] is Level.GOOD
    assert ("database_keeps" in found) is durable  # the tests' own server forgets on purpose
    assert not {"database_clock", "database_standby", "database_sleepers"} & set(found)
    assert looked(database_url, NOW)["database_clock"] is Level.WARN
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = local'))
    assert looked(database_url)["database_loose"] is Level.BAD


@pytest.mark.integration
def test_tables_of_another_version_are_told_of(database_url: str, engine: Engine) -> None:
    for revision, code, level in (
        ("0001", "tables_old", Level.WARN),
        ("9999", "tables_new", Level.BAD),
        (newest(), "tables", Level.GOOD),
    ):
        with engine.begin() as connection:
            connection.execute(text("UPDATE schema_version SET version_num = :revision"), {"revision": revision})
        assert looked(database_url)[code] is level


@pytest.mark.integration
def test_a_database_that_is_away_is_told_of_without_its_password(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://oklik:very-secret@127.0.0.1:1/oklik")
    found = list(examine(settings, NOW))
    away = next(one for one in found if one.code == "database_away")
    assert away.level is Level.BAD
    assert "very-secret" not in repr(found)
    assert worst(found) is Level.BAD


def test_a_password_that_anybody_guesses_is_told_of() -> None:
    assert is_known("Postgres")


@pytest.mark.integration
def test_who_dials_and_what_is_stuck(engine: Engine) -> None:
    def seen() -> dict[str, Level]:
        with engine.connect() as connection:
            return codes(running.look(connection, NOW))

    def beat(node: str, seconds_ago: int, state: str = "dialing") -> None:
        with engine.begin() as connection:
            connection.execute(
                text(
                    """INSERT INTO dialer_state (node, virtual, beat_at, campaign_now, speed, state, legs, channels,
                           cps, trunks) VALUES (:node, false, :at, :at, 1, :state, 3, 10, 5, '{}')
                       ON CONFLICT (node) DO UPDATE SET beat_at = excluded.beat_at, state = excluded.state"""
                ),
                {"node": node, "at": NOW - dt.timedelta(seconds=seconds_ago), "state": state},
            )

    assert seen() == {"dialer_never": Level.NOTE, "attempts_good": Level.GOOD, "rules_good": Level.GOOD}
    beat("node1", 2)
    assert seen()["dialer"] is Level.GOOD
    beat("node1", 60)
    assert seen()["dialer_silent"] is Level.WARN
    beat("node1", 60, "gone")
    assert "dialer_silent" not in seen()
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no campaign stands behind it
        connection.execute(
            text(
                """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at)
                   VALUES (gen_random_uuid(), 1, 1, 1, 'info', 1, true, :at)"""
            ),
            {"at": NOW - dt.timedelta(hours=5)},
        )
    assert seen()["attempts_stuck"] is Level.BAD
    with engine.connect() as connection:
        told = [one.told["en"] for one in running.look(connection, NOW) if one.code == "rule_broken"]
    # The attempt above has neither a word of the gate nor a leg.
    assert [one.split(": ")[1].split(";")[0] for one in told] == [
        "each attempt has the gate's word that it was allowed",
        "each attempt has its call",
    ]
    assert "rules_good" not in seen()


@pytest.mark.integration
def test_a_rule_that_takes_too_long_to_look_at_is_said_to_be_so(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LOOK_S", 0.2)
    monkeypatch.setattr(
        running, "INVARIANTS", {"two_attempts": "SELECT pg_sleep(5)", "leg_left_open": "SELECT 1 WHERE false"}
    )
    with engine.connect() as connection:
        found = list(running.look(connection, NOW))
    assert [one.code for one in found if one.code.startswith("rule")] == ["rule_unseen"]


@pytest.mark.integration
def test_a_dialer_tells_of_its_troubles(engine: Engine) -> None:
    pulse = Pulse(at=NOW, speed=1.0, state=PulseState.IDLE, legs=0, channels=10, cps=1.0)

    def seen(**more: object) -> dict[str, Level]:
        with engine.begin() as connection:
            beat(connection, "node1", msgspec.structs.replace(pulse, **more), NOW, virtual=False)
            return codes(running.look(connection, NOW))

    assert not {"dialer_stalled", "dialer_unled"} & set(seen())
    assert seen(stalled_s=3.5)["dialer_stalled"] is Level.WARN
    assert seen(unled=4)["dialer_unled"] is Level.NOTE


# -- the whole, as a person types it --------------------------------------------------------------------------


@pytest.fixture
def virtual() -> Iterator[tuple[str, str]]:
    """A virtual switch: its address and password."""
    password = secrets.token_hex(16)
    with subprocess.Popen(
        [sys.executable, "-m", "oklik.telephony.virtual", "--listen", "127.0.0.1:0", "--with-parent"],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        env={"OKLIK_SWITCH_PASSWORD": password, "PYTHONPATH": ":".join(part for part in sys.path if part)},
    ) as started:
        assert started.stdout is not None
        line = json.loads(started.stdout.readline())
        yield f"esl://127.0.0.1:{line['port']}", password
        started.kill()


@pytest.mark.integration
def test_a_whole_examination(
    database_url: str,
    folder: Path,
    virtual: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with create_engine(database_url, poolclass=NullPool).begin() as connection:
        connection.execute(
            text("INSERT INTO trunk (name, dial_string, channels, cps, shared) VALUES ('МТС', :dial, 5, 1, true)"),
            {"dial": "sofia/gateway/pstn/{number}"},
        )
    monkeypatch.setenv("OKLIK_DATABASE_URL", database_url)
    monkeypatch.setenv("OKLIK_HOME", str(folder / "home"))
    monkeypatch.setenv("OKLIK_SWITCH", virtual[0])

    def oklik(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["oklik", "doctor", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out + said.err

    monkeypatch.setenv("OKLIK_SWITCH_PASSWORD", "not-the-password")
    code, said = oklik("--json")
    assert code == 1
    found = {one["code"]: one for one in map(json.loads, said.splitlines())}
    assert found["switch_password"]["level"] == "bad"
    assert "not-the-password" not in said

    monkeypatch.setenv("OKLIK_SWITCH_PASSWORD", virtual[1])
    _, said = oklik("--json")
    found = {one["code"]: one["level"] for one in map(json.loads, said.splitlines())}
    assert {"switch_virtual", "guard_good", "modules_good", "switch_prompts_good", "switch_voices_good"} <= set(found)
    assert found["line_up"] == "good"
    assert found["voice_good"] == "good"
    assert virtual[1] not in said
    assert not (folder / "home" / "voice-answers").exists()  # nothing stays behind
    for language in LANGUAGES:
        _, said = oklik("--language", language)
        assert {"ru": "линия «МТС»: вход по адресу", "en": "the trunk МТС: login by address"}[language] in said


def test_the_dictionary_of_the_setting_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "default_voices", list)
    own = tmp_path / "own.yaml"
    own.write_text("language: ru\nwords: {договор: догово́р}\n", "utf-8")
    assert "dictionary" not in codes(speech.look(Settings(home=tmp_path, dictionary=own)))
    own.write_text("language: ru\nwords: [договор]\n", "utf-8")
    assert codes(speech.look(Settings(home=tmp_path, dictionary=own)))["dictionary"] is Level.BAD
    own.unlink()  # the machine's part has told of it
    assert "dictionary" not in codes(speech.look(Settings(home=tmp_path, dictionary=own)))


def test_voices_that_cannot_speak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = codes(speech.look(Settings(home=tmp_path)))
    assert found == {"voice": Level.WARN, "voice_none": Level.BAD}
