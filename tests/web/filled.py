"""An installation with something of everything in it, for tests that ask all operations or look at all pages.

    known = fill(api, engine, database_url, folder)
    known.places["campaign_id"], known.fields["number"]

Made through the API as far as it goes, so that the texts which are stored are those that it takes.
"""

import io
import json
import math
import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine, text

from campaigns.world import MINUTE, NOON, World
from oklik.campaigns.call_recordings import begun
from oklik.campaigns.list_imports import carry_out_import
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.jobs.app import apply_schema
from oklik.reports.asked import write_asked
from oklik.scenario.document import to_json
from support.survey import survey
from web.conftest import NOW, Api

NUMBER = "+79160000001"
CSV = "Имя;Телефон;Долг;Город\nИван;+79161234501;1200,50;Омск\nПётр;89161234502;10;Тверь\n"
WALKED: dict[str, Any] = {
    "format": 1,
    "name": "walked",
    "title": "Проба",
    "languages": ["ru"],
    "purpose": "informational",
    "start": "menu",
    "nodes": {
        "menu": {
            "kind": "menu",
            "text": "Нажмите один или два.",
            "question": "choice",
            "options": {"1": {"exit": "yes"}, "2": {"exit": "no"}},
            "exits": {"yes": "bye", "no": "bye", "no_input": "bye"},
        },
        "bye": {"kind": "hangup"},
    },
}


class Filled(NamedTuple):
    """What is there.  places: the names of addresses' parameters; fields: of bodies; both with a value that fits."""

    places: dict[str, Any]
    fields: dict[str, Any]


def fill(
    api: Api, engine: Engine, database_url: str, folder: Path, *, told: Callable[[str, str], str] | None = None
) -> Filled:
    """Fill the database and the folders that the application was given.

    folder: its prompts, recordings and reports are below.  told: changes the free texts (field, usual value) -> text.
    """
    say = told or (lambda _, usual: usual)
    apply_schema(database_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        world = World(conn)
        world.base()
        world.says(to_json(survey()))
        with engine.begin() as other:
            version = publish_scenario(other, 1, survey(), NOON).id
        campaign, recording = _calls(world, version, folder)
    ids = _things(api, version, say)
    _import(api, engine, say, ids)
    _texts(api, say)
    report = _made(api.post(f"/campaigns/{campaign}/reports", {"kind": "csv"}))["id"]
    write_asked(engine, folder / "reports", report, NOW)
    _made(api.post(f"/campaigns/{campaign}/preflight", {}))
    places = {
        "campaign_id": campaign,
        "recording_id": recording,
        "report_id": report,
        "contact_id": 1,
        "list_id": 1,
        "preflight_id": 1,
        "command_id": 1,
        "key": "greeting",
        "language": "ru",
        "number": 1,
        "revision": 1,
        "n": 1,
        **ids,
    }
    fields = {
        "number": NUMBER,
        "phone": NUMBER,
        "document": WALKED,
        "list": 1,
        "lists": [1],
        "scenario": ids["scenario_id"],
        "scenario_version": version,
        "preset": ids["preset_id"],
        "project": "p",
        "column": "Имя",
        "campaign": campaign,
        "contact": "1",
        "trunks": ["t"],
        "language": "ru",
        "name": "t",
        "caller_ids": ["74950000001"],
    }
    return Filled(places, fields)


def _calls(world: World, version: int, folder: Path) -> tuple[int, int]:
    """A campaign with an answered call, a busy one and one that is up; gives its id and a recording's."""
    world.people(4)
    campaign = world.campaign()
    world.conn.execute(text("UPDATE campaign SET scenario_version_id = :v"), {"v": version})
    holder = world.holder()
    one, other, _ = world.claim(holder, NOON, 3)
    for seq, fact in enumerate(_FACTS, 1):
        world.conn.execute(
            text("INSERT INTO step VALUES (:uuid, :seq, :at, :node, CAST(:fact AS jsonb))"),
            {"uuid": one.uuid, "seq": seq, "at": NOON, "node": fact["node"], "fact": json.dumps(fact)},
        )
    world.conn.execute(text("INSERT INTO answer VALUES (:u, 'happy', 'yes', 'Да', :at)"), {"u": one.uuid, "at": NOON})
    answered = {"answered": True, "talk_s": 20.0, "ended_reason": "completed"}
    world.finish(holder, one, NOON + MINUTE, cause="NORMAL_CLEARING", **answered)
    world.finish(holder, other, NOON + MINUTE, cause="USER_BUSY", sip_status=486)
    return campaign, _recording(world, campaign, one.uuid, folder / "recordings")


_FACTS: list[dict[str, Any]] = [
    {"type": "entered", "node": "hello", "kind": "play"},
    {"type": "left", "node": "hello", "exit": "done"},
    {"type": "entered", "node": "visit", "kind": "menu"},
    {"type": "left", "node": "visit", "exit": "next"},
    {"type": "ended", "node": "visit", "reason": "completed"},
]


def _recording(world: World, campaign: int, uuid: UUID, folder: Path) -> int:
    path = f"campaign-{campaign}/{uuid}-call-1.mp3"
    row = {"uuid": uuid, "campaign_id": campaign, "part": "call", "n": 1, "path": path, "at": NOON, "node": "fs1"}
    begun(world.conn, [row])
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_bytes(b"sound")
    return int(world.one("SELECT max(id) FROM call_recording"))


def _things(api: Api, version: int, say: Callable[[str, str], str]) -> dict[str, Any]:
    """What has an id of its own, by the names that addresses use."""
    scenario = _made(api.post("/scenarios", {"name": "walked", "title": say("title", "Проба"), "document": WALKED}))[
        "id"
    ]
    _made(api.post(f"/scenarios/{scenario}/publish", {"revision": 1, "note": say("note", "первая")}))
    call = _made(api.post("/simulations", {"scenario": scenario}))["id"]
    _made(api.post(f"/simulations/{call}/events", {"event": {"kind": "key", "keys": "2"}}))
    _made(api.post(f"/simulations/{call}/golden", {"name": say("golden", "отказ")}))
    going = _made(api.post("/simulations", {"scenario": scenario}))["id"]
    golden = api.get(f"/scenarios/{scenario}/golden").json["runs"][0]["id"]
    settings = {"trunks": ["t"], "purpose": "survey"}
    preset = _made(api.post("/presets", {"name": say("preset", "Опросы"), "settings": settings}))["id"]
    standing = _made(
        api.post("/standing", {"name": say("standing", "Каждый день"), "scenario": scenario, "preset": preset})
    )["id"]
    user = _made(api.post("/users/invite", {"login": "vera", "name": say("user", "Вера"), "role": "marketer"}))["id"]
    order = _made(api.post("/calls", {"kind": "test", "campaign": 1, "number": NUMBER}))["id"]
    _made(api.post("/campaigns/1/pause"))
    return {
        "scenario_id": scenario,
        "simulation_id": going,
        "golden_id": golden,
        "preset_id": preset,
        "standing_id": standing,
        "user_id": user,
        "order_id": order,
    }


def _import(api: Api, engine: Engine, say: Callable[[str, str], str], ids: dict[str, Any]) -> None:
    """A list made of a file, with a segment and an edited cell."""
    form = {"file": (io.BytesIO(CSV.encode()), "список.csv")}
    sent = _made(api.client.post("/api/v1/list-imports", data=form, headers=api.headers({})))
    _made(api.post(f"/list-imports/{sent['id']}/start", {"name": say("list", "Март"), "project": "p"}))
    carry_out_import(engine, sent["id"], now=NOW)
    done = api.get(f"/list-imports/{sent['id']}").json
    assert done["state"] == "done", done
    waiting = {"file": (io.BytesIO(CSV.replace("Иван", "Яков").encode()), "ещё.csv")}
    ids["import_id"] = _made(api.client.post("/api/v1/list-imports", data=waiting, headers=api.headers({})))["id"]
    of_list = f"/lists/{done['list_id']}"
    _made(api.post(f"{of_list}/columns", {"name": say("column", "Заметка")[:60]}))
    segment = {"name": say("segment", "Омск"), "conditions": [{"column": "Имя", "op": "filled"}]}
    ids["segment_id"] = _made(api.post(f"{of_list}/segments", segment))["id"]
    contact = api.get(f"{of_list}/contacts").json["contacts"][0]["id"]
    _made(api.post(f"/contacts/{contact}/cells", {"column": "Имя", "value": say("cell", "Иоанн")}))


def _texts(api: Api, say: Callable[[str, str], str]) -> None:
    """What is told of people and of the office."""
    reading = {"language": "ru", "word": "СНТ", "reading": "эс-эн-тэ"}
    _made(api.post("/pronunciation/set", reading))
    numbers = {"numbers": ["+79160000099"], "source": say("source", "letter"), "reason": say("reason", "asked")}
    _made(api.post("/stop-list/add", numbers))
    consent = {
        "number": NUMBER,
        "purpose": "survey",
        "source": say("source", "site"),
        "given_at": "2025-03-01T11:00:00Z",
        "text": say("text", "I agree"),
    }
    _made(api.post("/consents/add", {"consents": [consent]}))
    sent = {"key": "greeting", "language": "ru", "file": (io.BytesIO(tone()), "привет.wav")}
    _made(api.client.post("/api/v1/prompts/upload", data=sent, headers=api.headers({})))


def tone(seconds: float = 0.6) -> bytes:
    """A wav of 8 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        samples = (int(9000 * math.sin(n / 3)) for n in range(int(8000 * seconds)))
        out.writeframes(b"".join(struct.pack("<h", one) for one in samples))
    return file.getvalue()


def _made(answer: Any) -> Any:
    assert answer.status_code == 200, (answer.request.path, answer.status_code, answer.json)
    return answer.json
