"""Recorded calls by the API: page by page, and as a ZIP that is made while it is sent."""

import datetime as dt
import zipfile
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from campaigns.world import DAY, MINUTE, NOON, World
from oklik.campaigns.call_recordings import begun, set_template
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from oklik_web.zipping import PIECE, zipped
from web.conftest import Api, Stopped

pytestmark = pytest.mark.integration


@pytest.fixture
def client(engine: Engine, clock: Stopped, tmp_path: Path) -> FlaskClient:
    settings = WebSettings(requests=50, recordings=str(tmp_path))
    return create_app(engine, settings, clock=clock).test_client()


def recorded(world: World, folder: Path, at: dt.datetime, data: bytes | None = b"sound", campaign: int = 1) -> str:
    """A recorded call; data: of its file, None where that is elsewhere.  Gives the path."""
    uuid = uuid4()
    path = f"campaign-{campaign}/{uuid}-call-1.mp3"
    world.conn.execute(
        text(
            """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
               VALUES (:u, 'person', :u, 'n', 1, 'c', 'final', '+79161234567', '74950000001', :at)"""
        ),
        {"u": uuid, "at": at},
    )
    row = {"uuid": uuid, "campaign_id": campaign, "part": "call", "n": 1, "path": path, "at": at, "node": "n"}
    begun(world.conn, [row])
    if data is not None:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)
    return path


def test_recordings_come_page_by_page_in_the_order_of_time(api: Api, world: World, tmp_path: Path) -> None:
    campaign = world.campaign()
    paths = [recorded(world, tmp_path, NOON + n // 2 * MINUTE, None if n == 4 else b"x") for n in range(7)]
    seen, mark, pages = [], "", 0
    while pages == 0 or mark:
        told = api.get(f"/campaigns/{campaign}/recordings?limit=3" + (f"&after={mark}" if mark else "")).json
        seen += told["recordings"]
        mark, pages = told["next"], pages + 1
    assert pages == 3
    assert [one["path"] for one in seen] == paths, "each once, those of one moment in their order"
    assert [one["here"] for one in seen] == [n != 4 for n in range(7)]
    assert (seen[0]["number"], seen[0]["state"]) == ("+79161234567", "raw")
    span = "since=2025-03-04T09:01:00Z&until=2025-03-04T09:02:00Z"
    assert [one["path"] for one in api.get(f"/campaigns/{campaign}/recordings?{span}").json["recordings"]] == paths[2:4]


def test_all_of_them_as_a_zip(api: Api, world: World, engine: Engine, tmp_path: Path) -> None:
    campaign, other = world.campaign(), world.campaign()
    sounds = [bytes([n]) * (PIECE + n) for n in range(3)]
    for n, sound in enumerate(sounds):
        recorded(world, tmp_path, NOON + n * DAY, sound)
    recorded(world, tmp_path, NOON, None)
    recorded(world, tmp_path, NOON, b"another's", other)
    answer = api.get(f"/campaigns/{campaign}/recordings.zip?name=%7Bdate%7D/%7Bid%7D")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="recordings-{campaign}.zip"'
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert [archive.read(name) for name in archive.namelist()] == sounds
        assert [name.split("/")[0] for name in archive.namelist()] == ["2025-03-04", "2025-03-05", "2025-03-06"]
    with engine.begin() as conn:
        set_template(conn, campaign, "наши/{phone}")
    with zipfile.ZipFile(BytesIO(api.get(f"/campaigns/{campaign}/recordings.zip").data)) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"наши"}, "as the campaign names them"
    one = api.get(f"/campaigns/{campaign}/recordings.zip?since=2025-03-05T00:00:00Z&until=2025-03-06T00:00:00Z")
    assert len(zipfile.ZipFile(BytesIO(one.data)).namelist()) == 1
    with engine.connect() as conn:
        noted = conn.execute(text("SELECT who, action, subject, details FROM audit_entry ORDER BY id")).all()
    assert [(row.who, row.action, row.subject, row.details["files"]) for row in noted] == [
        ("token:crm", "recordings.download", str(campaign), 3),
        ("token:crm", "recordings.download", str(campaign), 3),
        ("token:crm", "recordings.download", str(campaign), 1),
    ]


def test_it_is_sent_while_it_is_read_and_what_is_gone_is_left_out(tmp_path: Path) -> None:
    files = [(tmp_path / f"{n}.mp3", f"{n}.mp3") for n in range(3)]
    for path, _ in files:
        path.write_bytes(b"x" * (4 * PIECE))
    sending = zipped(files)
    pieces = [next(sending)]
    assert len(pieces[0]) < 2 * PIECE, "the first piece comes before the first file is read to its end"
    files[1][0].unlink()
    pieces += sending
    with zipfile.ZipFile(BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["0.mp3", "2.mp3"]


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("recordings?limit=0", 422, "limit"),
        ("recordings?limit=1001", 422, "limit"),
        ("recordings?after=x", 422, "after"),
        ("recordings?after=MjAyNSBh", 422, "after"),
        ("recordings?since=today", 422, "since"),
        ("recordings?phone=1", 422, "phone"),
        ("recordings.zip?since=2025-03-04", 422, "since"),
        ("recordings.zip?name=../%7Bid%7D", 422, "name"),
        ("recordings.zip?name=%7Bwho%7D", 422, "name"),
        ("recordings.zip", 404, None),
    ],
)
def test_what_cannot_be_meant_names_the_field(
    api: Api, world: World, path: str, status: int, field: str | None
) -> None:
    campaign = world.campaign()
    answer = api.get(f"/campaigns/{campaign}/{path}")
    assert answer.status_code == status, answer.json
    if field:
        assert answer.json["errors"][0]["field"] == field
    assert api.get("/campaigns/99/recordings").status_code == 404
    assert api.get("/campaigns/99/recordings.zip").status_code == 404


def test_a_path_in_the_database_leads_nowhere_else(api: Api, world: World, tmp_path: Path) -> None:
    campaign = world.campaign()
    recorded(world, tmp_path, NOON)
    for path in ("../outside.mp3", "/etc/hostname"):
        world.conn.execute(text("UPDATE call_recording SET path = :p"), {"p": path})
        (tmp_path.parent / "outside.mp3").write_bytes(b"secret")
        assert api.get(f"/campaigns/{campaign}/recordings.zip").status_code == 404
        assert api.get(f"/campaigns/{campaign}/recordings").json["recordings"][0]["here"] is False
