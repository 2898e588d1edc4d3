"""The library of recorded prompts by the API: files of all kinds, hostile ones, history, use, and campaigns."""

import io
import json
import math
import shutil
import struct
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from oklik.campaigns import prompt_library
from oklik.campaigns.prompt_library import Shelf, library_digests, pinned
from oklik.scenario.flow import Say
from oklik.speech.audio import to_wav
from oklik.speech.intake import MAX_BYTES, Taken, kind_of
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import Voice, default_voices
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from web.conftest import NOW, Api, Stopped

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg on this machine")
pytestmark = needs_ffmpeg


@pytest.fixture
def client(engine: Engine, clock: Stopped, tmp_path: Path) -> FlaskClient:
    settings = WebSettings(requests=500, per_s=5.0, prompts=str(tmp_path / "prompts"))
    return create_app(engine, settings, clock=clock).test_client()


def tone(
    seconds: float = 1.0,
    *,
    level: float = 0.3,
    hertz: float = 440,
    quiet: float = 0.4,
    rate: int = 16000,
    channels: int = 1,
) -> bytes:
    """A wav: silence, a tone, silence; a level beyond 1 is cut off."""
    at = np.arange(int(seconds * rate)) / rate
    sound = np.clip(level * np.sin(2 * math.pi * hertz * at), -1, 1)
    edge = np.zeros(int(quiet * rate))
    samples = np.repeat((np.concatenate([edge, sound, edge]) * 32767).astype("<i2"), channels)
    return wav_of(samples.tobytes(), rate, channels)


def wav_of(body: bytes, rate: int, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(body)
    return file.getvalue()


def converted(wav: bytes, kind: str) -> bytes:
    order = ["ffmpeg", "-v", "error", "-i", "pipe:0", "-f", kind, "pipe:1"]
    return subprocess.run(order, input=wav, stdout=subprocess.PIPE, check=True).stdout


def upload(
    api: Api, data: bytes, key: str = "greeting", language: str = "ru", name: str = "запись.wav", **more: str
) -> Any:
    # Written by hand: the client would keep a large form in a file that it leaves open.
    parts = [f'name="key"\r\n\r\n{key}'.encode(), f'name="language"\r\n\r\n{language}'.encode()]
    quoted = name.replace("\\", "\\\\")
    parts.append(f'name="file"; filename="{quoted}"\r\n\r\n'.encode() + data)
    form = b"".join(b"--edge\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    headers = api.headers({"Content-Type": "multipart/form-data; boundary=edge", **more})
    return api.client.post("/api/v1/prompts/upload", data=form, headers=headers)


def put(engine: Engine, key: str = "greeting", *, seconds: float = 0.3) -> None:
    """A recording in the library, past the conversion of its file."""
    samples = 0.1 * np.sin(np.arange(int(8000 * seconds)) / 3).astype(np.float32)
    taken = Taken(wav=to_wav(samples), duration_ms=300, clipped=False, levelled_db=0.0, trimmed_ms=0)
    with engine.begin() as conn:
        prompt_library.put(conn, "ru", key, taken, "x.wav", "user:x", NOW)


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg"])
def test_a_file_becomes_a_prompt(api: Api, kind: str) -> None:
    data = tone(channels=2) if kind == "wav" else converted(tone(), kind)
    told = upload(api, data, name="x.txt")  # its name means nothing
    assert told.status_code == 200, told.json
    assert 0.9 <= told.json["duration_s"] <= 1.1 and 0.5 <= told.json["trimmed_s"] <= 0.95
    assert told.json["clipped"] is False
    sound = api.get("/prompts/greeting/ru/audio")
    with wave.open(io.BytesIO(sound.data)) as read:
        assert (read.getframerate(), read.getnchannels()) == (8000, 1)
        assert abs(read.getnframes() / 8000 - told.json["duration_s"]) < 0.1


def test_a_key_goes_with_one_recording(api: Api) -> None:
    once = {"Idempotency-Key": "k-1"}
    first = upload(api, tone(), **once)
    assert first.status_code == 200 and upload(api, tone(), **once).json == first.json
    assert upload(api, tone(0.7), **once).status_code == 409
    assert upload(api, tone(), "other", **once).status_code == 409
    assert len(api.get("/prompts/greeting/ru/versions").json["versions"]) == 1


def test_a_quiet_recording_is_made_louder_and_a_cut_off_one_is_told(api: Api) -> None:
    quiet, loud, plain = (upload(api, tone(level=level)).json for level in (0.01, 3.0, 0.9))
    assert quiet["levelled_db"] > 15 and loud["levelled_db"] < -10
    assert (quiet["clipped"], loud["clipped"], plain["clipped"]) == (False, True, False)


def test_a_key_with_another_recording_is_another_request(api: Api) -> None:
    def send(sound: bytes, key: str = "greeting") -> Any:
        data = {"file": (io.BytesIO(sound), "a.wav"), "key": key, "language": "ru"}
        return api.client.post("/api/v1/prompts/upload", data=data, headers=api.headers({"Idempotency-Key": "k1"}))

    first, other = tone(0.5), tone(0.9)
    made = send(first)
    assert (made.status_code, made.json["version"]) == (200, 1)
    assert send(first).json == made.json, "nothing is done twice"
    assert send(other).status_code == 409, "another sound"
    assert send(first, "goodbye").status_code == 409, "another prompt"


def hostile() -> dict[str, bytes]:
    """Files that are none of what they claim, or too much of it."""
    header = bytearray(tone(0.1))
    struct.pack_into("<I", header, 24, 1)  # one sample a second
    ten_hours = bytearray(wav_of(b"\0\0", 8000))
    struct.pack_into("<I", ten_hours, 40, 10 * 3600 * 16000)
    return {
        "empty": b"",
        "text": b"hello",
        "page": b"<html><script>alert(1)</script></html>",
        "playlist": b"#EXTM3U\nfile:///etc/passwd\n",
        "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "pls": b"[playlist]\nFile1=http://127.0.0.1/\n",
        "tagged playlist": b"ID3\x03\0\0\0\0\0\0#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n",
        "zip": b"PK\x03\x04" + b"\0" * 1000,
        "gzip": b"\x1f\x8b\x08" + b"\0" * 1000,
        "movie": b"\0\0\0\x18ftypmp42" + b"\0" * 1000,
        "wav of nothing": wav_of(b"", 8000),
        "wav of noise": b"RIFF\xff\xff\xff\xffWAVE" + b"\xff" * 1000,
        "ogg of noise": b"OggS" + b"\xff" * 1000,
        "mp3 of noise": b"\xff\xfb\x90\x64" + b"\0" * 10,
        "one sample a second": bytes(header),
        "silence": wav_of(b"\0\0" * 16000, 8000),
        "a header of ten hours": bytes(ten_hours),
        "too large": b"RIFF\0\0\0\0WAVE" + b"\0" * MAX_BYTES,
        "six minutes": converted(wav_of(b"\x10\0" * 360 * 4000, 4000), "mp3"),
    }


_ALONE = """
import json, resource, sys
from pathlib import Path
from oklik.speech.intake import SoundRefused, take_in
told = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    try:
        take_in(path.read_bytes())
        code = "taken"
    except SoundRefused as refused:
        code = refused.code
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told[path.name] = [code, after.ru_utime - before, after.ru_maxrss]
print(json.dumps(told))
"""


def test_hostile_files_are_refused_in_little_time_and_space(tmp_path: Path) -> None:
    page = converted(wav_of(b"\0\0" * 8000 * 20, 8000), "ogg")
    lull = page + b"".join(page for _ in range(200))  # a chain: more than an hour of silence in little space
    for name, data in {**hostile(), "an hour of silence": lull}.items():
        (tmp_path / name).write_bytes(data)
    # In a small process: what a large one begins counts as large before it is another.
    order = [sys.executable, "-c", _ALONE, str(tmp_path)]
    told = json.loads(subprocess.run(order, stdout=subprocess.PIPE, check=True).stdout)
    assert {name for name, (code, _, _) in told.items() if code == "taken"} == set()
    assert max(seconds for _, seconds, _ in told.values()) < 5
    assert max(kilobytes for _, _, kilobytes in told.values()) < 300_000
    codes = {name: code for name, (code, _, _) in told.items()}
    assert codes["playlist"] == codes["zip"] == "kind" and codes["tagged playlist"] == "unreadable"
    assert codes["silence"] == "silent" and codes["six minutes"] == "long" and codes["too large"] == "size"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", wav_of(b"\0\0" * 8000, 8000)], ids=["empty", "zip", "silence"])
def test_a_refusal_names_the_file_and_keeps_nothing(api: Api, data: bytes) -> None:
    refused = upload(api, data, name="../../etc/passwd.wav")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "file" and refused.json["detail"]
    assert api.get("/prompts").json["prompts"] == []


def test_what_counts_is_the_content() -> None:
    assert kind_of(b"RIFF\0\0\0\0WAVE") == "wav" and kind_of(b"OggS") == "ogg"
    assert kind_of(b"\xff\xfb\x90\x64") == "mp3" and kind_of(b"\xff\xff\xff\xff") is None


@pytest.mark.parametrize("given", ["../../etc/passwd", "..\\..\\evil.wav", "a\u202e" + "x" * 500])
def test_a_files_name_is_for_people_only(api: Api, engine: Engine, given: str) -> None:
    assert upload(api, tone(0.2), name=given).status_code == 200
    (one,) = api.get("/prompts").json["prompts"]
    assert "/" not in one["title"] and "\\" not in one["title"] and one["title"].isprintable()
    assert len(one["title"]) <= 120


@pytest.mark.parametrize(
    ("key", "language"), [("../x", "ru"), ("X", "ru"), ("", "ru"), ("x", "rus"), ("x", ".."), ("a/b", "ru"), ("x", "")]
)
def test_a_prompts_place_is_a_key_and_a_language(api: Api, key: str, language: str) -> None:
    assert upload(api, tone(0.2), key=key, language=language).status_code == 422


def test_an_old_version_comes_back_and_nothing_is_lost(api: Api, engine: Engine) -> None:
    put(engine, seconds=0.5)
    put(engine, seconds=1.0)
    old = api.get("/prompts/greeting/ru/audio?version=1").data
    assert api.get("/prompts/greeting/ru/audio").data != old
    assert api.post("/prompts/greeting/ru/restore", {"version": 1}).json == {"version": 3}
    assert api.get("/prompts/greeting/ru/audio").data == old
    history = api.get("/prompts/greeting/ru/versions").json["versions"]
    assert [(one["number"], one["restored"]) for one in history] == [(3, 1), (2, None), (1, None)]
    assert api.post("/prompts/greeting/ru/restore", {"version": 9}).status_code == 404
    assert api.get("/prompts/nothing/ru/audio").status_code == 404


def using(**recordings: str) -> dict[str, Any]:
    return {
        "format": 1,
        "name": "delivery",
        "title": "Доставка",
        "languages": ["ru"],
        "purpose": "informational",
        "start": "hello",
        "nodes": {
            "hello": {"kind": "play", "text": "Здравствуйте!", "exits": {"done": "agent"}},
            "agent": {
                "kind": "transfer",
                "group": "sales",
                "music": "waltz",
                "exits": {"talked": "bye", "no_agent": "bye"},
            },
            "bye": {"kind": "hangup"},
        },
        "recordings": recordings,
    }


def test_who_uses_a_prompt_is_told_from_drafts_and_versions(api: Api, engine: Engine) -> None:
    document = using(**{"hello.text": "greeting"})
    made = api.post("/scenarios", {"name": "delivery", "title": "x", "document": document}).json["id"]
    put(engine)
    by_key = {one["key"]: one for one in api.get("/prompts").json["prompts"]}
    assert by_key["greeting"]["source"] == "recording" and by_key["waltz"]["source"] == "tts"
    (use,) = by_key["greeting"]["used_by"]
    assert (use["scenario_id"], use["scenario"], use["place"]) == (made, "delivery", "hello.text")
    assert by_key["waltz"]["used_by"][0]["node"] == "agent"
    assert api.post(f"/scenarios/{made}/publish", {"revision": 1}).status_code == 200
    body = {"revision": 1, "document": using()}
    api.client.put(f"/api/v1/scenarios/{made}/draft", json=body, headers=api.headers({}))
    (greeting,) = api.get("/prompts?q=greet").json["prompts"]
    assert greeting["used_by"]  # by the version that is published
    assert api.get("/prompts?language=en").json["prompts"] == []
    assert {one["key"] for one in api.get("/prompts?q=deliv").json["prompts"]} == {"greeting", "waltz"}


@pytest.mark.parametrize("document", [{"recordings": 1, "nodes": [1]}, {"recordings": {"a": {}}, "nodes": {"x": 1}}])
def test_odd_drafts_do_not_hide_the_library(api: Api, document: Any) -> None:
    api.post("/scenarios", {"name": "odd", "title": "x", "document": document})
    assert api.get("/prompts").status_code == 200


def test_a_recording_beats_the_voice_also_in_a_campaign(engine: Engine, tmp_path: Path) -> None:
    put(engine, seconds=1.0)
    with engine.connect() as conn:
        voice = pinned(conn, Voice(default_voices()[0]).to_json())
    put(engine, seconds=2.0)  # replaced after the launch: the campaign keeps what it found
    say = Say(text="Здравствуйте!", language="ru", recording="greeting")
    lengths = []
    for held in (voice["recordings"], Shelf(engine).digests()):
        kept = Voice(default_voices()[0], recordings=held)
        store = PromptStore(tmp_path / "clips", kept, recordings=Shelf(engine))
        store.ensure([say])
        lengths.append(store.clips([say]).ms)
    assert 900 < lengths[1] - lengths[0] < 1100  # the recordings differ by a second, and by a pause each from a voice


def test_a_launched_campaign_pins_the_library(engine: Engine) -> None:
    from oklik.campaigns.launch import Launch, TrunkSpec, launch
    from oklik.campaigns.publish_scenario import publish_scenario
    from oklik.scenario.document import from_json

    put(engine)
    plain = {
        **using(),
        "nodes": {"hello": {"kind": "play", "text": "Привет", "exits": {"done": "bye"}}, "bye": {"kind": "hangup"}},
    }
    with engine.begin() as conn:
        project = conn.execute(text("INSERT INTO project (name) VALUES ('p') RETURNING id")).scalar_one()
        version = publish_scenario(conn, project, from_json(plain), NOW)
        conn.execute(
            text(
                """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
                   VALUES (:p, 'l', 'l.csv', 'd', '[]', '2025-01-01T00:00Z')"""
            ),
            {"p": project},
        )
        wanted = Launch(
            project_id=project,
            name="c",
            scenario_version_id=version.id,
            list_id=1,
            trunk=TrunkSpec(
                name="t", dial_string="sofia/gateway/pstn/{number}", channels=1, cps=1.0, caller_ids=("74950000001",)
            ),
            voice=Voice(default_voices()[0]).to_json(),
            virtual=True,
        )
        made = launch(conn, wanted, NOW)
        voice = conn.execute(text("SELECT voice FROM campaign WHERE id = :id"), {"id": made.campaign_id}).scalar_one()
        assert voice["recordings"] == library_digests(conn) != {}


def test_the_check_knows_the_library(api: Api, engine: Engine) -> None:
    document = using(**{"hello.text": "greeting", "agent.text": "x"})
    put(engine, "other")
    codes = {issue["code"] for issue in api.post("/scenarios/check", {"document": document}).json["issues"]}
    assert "recording_missing" in codes
    put(engine)
    codes = {issue["code"] for issue in api.post("/scenarios/check", {"document": document}).json["issues"]}
    assert "recording_missing" not in codes
