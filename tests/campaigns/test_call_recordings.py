"""Rows and files of recorded calls: compressed once the call is over, deleted when their time is over."""

import datetime as dt
import shutil
import wave
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns.call_recordings import begun, call_names, compress, expire
from oklik.display import SilentDisplay
from oklik.failures import BadInput
from oklik.recordings_download import Wanted, download, keep_name

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg"),
]


def recorded(engine: Engine, root: Path, *, over: bool = True, at: dt.datetime = NOON, part: str = "call") -> str:
    """A call with its row and file; the path."""
    uuid = uuid4()
    path = f"campaign-1/{uuid}-{part}-1.wav"
    with engine.begin() as conn:
        conn.execute(
            text(
                """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id,
                       intent_at)
                   VALUES (:u, 'person', :u, 'n', 1, 'c', :s, '+79161234567', '74950000001', :at)"""
            ),
            {"u": uuid, "s": "final" if over else "answered", "at": at},
        )
        row = {"uuid": uuid, "campaign_id": 1, "part": part, "n": 1, "path": path, "at": at, "node": "n"}
        begun(conn, [row])
        begun(conn, [row])
    (root / "campaign-1").mkdir(exist_ok=True)
    with wave.open(str(root / path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\1\0\2" * 16000)
    return path


@pytest.fixture
def root(engine: Engine, tmp_path: Path) -> Path:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.campaign()
        conn.execute(text("UPDATE campaign SET record = 'call', record_days = 10, name = 'Долги / март'"))
    return tmp_path


def rows(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text("SELECT state, path FROM call_recording ORDER BY id"))]


def test_calls_that_are_over_are_compressed_in_stereo(engine: Engine, root: Path) -> None:
    over, going_on = recorded(engine, root), recorded(engine, root, over=False)
    assert compress(engine, root, NOON + MINUTE) == 1
    small = over.replace(".wav", ".mp3")
    assert rows(engine) == [("ready", small), ("raw", going_on)]
    assert not (root / over).exists()
    assert (root / going_on).exists()
    with engine.connect() as conn:
        row = conn.execute(text("SELECT * FROM call_recording WHERE state = 'ready'")).one()
    assert (row.seconds, row.bytes) == (2.0, (root / small).stat().st_size)
    assert row.bytes < 64_000 / 4
    assert compress(engine, root, NOON + MINUTE) == 0, "a second time nothing is left to do"
    data = (root / small).read_bytes()
    frame = data.find(b"\xff\xe3")
    assert frame >= 0
    assert data[frame + 3] >> 6 != 3, "not mono"


def test_a_file_that_is_not_here_is_given_up_after_a_day(engine: Engine, root: Path) -> None:
    path = recorded(engine, root)
    (root / path).unlink()
    compress(engine, root, NOON + HOUR)
    assert rows(engine) == [("raw", path)]
    compress(engine, root, NOON + 2 * DAY)
    assert rows(engine) == [("lost", path)]


def test_a_file_that_cannot_be_read_holds_nobody_up(engine: Engine, root: Path) -> None:
    broken, sound = recorded(engine, root), recorded(engine, root)
    (root / broken).write_bytes(b"no sound")
    assert compress(engine, root, NOON) == 1
    assert [state for state, _ in rows(engine)] == ["raw", "ready"]
    assert (root / sound.replace(".wav", ".mp3")).exists()


def test_what_was_kept_long_enough_is_deleted_and_the_row_says_when(engine: Engine, root: Path) -> None:
    old, young = recorded(engine, root, at=NOON - 11 * DAY), recorded(engine, root, at=NOON - 9 * DAY)
    compress(engine, root, NOON)
    assert expire(engine, root, NOON) == 1
    assert not (root / old.replace(".wav", ".mp3")).exists()
    assert (root / young.replace(".wav", ".mp3")).exists()
    with engine.connect() as conn:
        told = conn.execute(text("SELECT state, deleted_at FROM call_recording ORDER BY id")).all()
    assert [tuple(row) for row in told] == [("deleted", NOON), ("ready", None)]
    assert expire(engine, root, NOON) == 0
    with engine.begin() as conn:
        conn.execute(text("UPDATE campaign SET record_days = NULL"))
    assert expire(engine, root, NOON + 9999 * DAY) == 0, "without a limit nothing is deleted"


def wanted(root: Path, to: str, **more: str | None) -> Wanted:
    how = {"since": None, "until": None, "name": None, **more}
    return Wanted.read("1", root / to, how["since"], how["until"], how["name"], zone="Europe/Moscow")


def test_they_are_downloaded_under_the_names_that_are_wanted(engine: Engine, root: Path) -> None:
    recorded(engine, root, at=NOON)
    recorded(engine, root, at=NOON + DAY, part="agent")
    compress(engine, root, NOON + DAY)
    with engine.connect() as conn:
        names = sorted(call_names(conn, 1, "{campaign}/{date}/{phone}-{time}-{id}").values())
    assert download(engine, root, wanted(root, "out"), SilentDisplay(), "ru") == 2
    assert sorted(str(path.relative_to(root / "out")) for path in (root / "out").rglob("*.mp3")) == names
    assert names[0].startswith("Долги   март/2025-03-04/+79161234567-12-00-00-")
    assert names[1].endswith("-agent1.mp3")
    assert download(engine, root, wanted(root, "out.zip", until="2025-03-04", name="{id}"), SilentDisplay(), "en") == 1
    with zipfile.ZipFile(root / "out.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 1
    with pytest.raises(BadInput):
        wanted(root, "out.zip")
    assert download(engine, root, wanted(root, "none", since="2025-03-06"), SilentDisplay(), "ru") == 0


@pytest.mark.parametrize(
    "how",
    [{"name": "../{id}"}, {"name": "{x}{id}"}, {"name": ""}, {"name": "*{id}"}, {"since": "March"}, {"until": "1"}],
)
def test_what_cannot_be_meant_is_told(root: Path, how: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        wanted(root, "out", **how)
    assert refused.value.text("ru") and refused.value.text("en")


def test_no_such_campaign(engine: Engine, root: Path) -> None:
    with pytest.raises(BadInput):
        download(engine, root, Wanted("77", root / "x", None, None, "{id}"), SilentDisplay(), "ru")


def test_equal_names_are_numbered_alike_whatever_is_asked_for_and_is_left(engine: Engine, root: Path) -> None:
    for day in (1, 0, 2, 1):
        recorded(engine, root, at=NOON + day * DAY)
    keep_name(engine, "1", "{campaign}/{phone}")
    with engine.connect() as conn:
        every = list(call_names(conn, 1, "{campaign}/{phone}").values())
        assert every == [f"Долги   март/+79161234567{n}.wav" for n in ("", " (2)", " (3)", " (4)")]
        some = call_names(conn, 1, "{campaign}/{phone}", NOON + DAY, NOON + 2 * DAY)
        assert list(some.values()) == every[1:3]
    expire(engine, root, NOON + 10.5 * DAY)
    assert download(engine, root, wanted(root, "out"), SilentDisplay(), "ru") == 3, "by the campaign's template"
    assert sorted(path.name for path in (root / "out").rglob("*.wav")) == [f"+79161234567 ({n}).wav" for n in (2, 3, 4)]
    assert download(engine, root, wanted(root, "other", name="{id}"), SilentDisplay(), "ru") == 3
    assert not (root / "other" / "Долги   март").exists(), "the option goes before the setting"
