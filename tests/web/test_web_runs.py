"""Campaigns by the API from draft to results: made, piloted, started, copied, watched, reported."""

import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound

from campaigns.world import NOON, World
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.campaigns.tokens import Scope
from oklik.jobs.app import apply_schema
from oklik.reports.asked import write_asked
from oklik.speech.voices import Voice, default_voices
from oklik_web import voices
from oklik_web.app import create_app
from oklik_web.live import Hub
from oklik_web.settings import WebSettings
from support.survey import survey
from web.conftest import Api, Stopped

pytestmark = pytest.mark.integration


@pytest.fixture
def version(world: World, engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> int:
    apply_schema(database_url)
    monkeypatch.setattr(voices, "_picked", lambda _: Voice(default_voices()[0]).to_json())
    world.people(3)
    with engine.begin() as conn:
        return publish_scenario(conn, 1, survey(), NOON).id


def drafted(api: Api, version: int, **more: Any) -> dict[str, Any]:
    body = {"name": "march", "scenario_version": version, "lists": [1], "overrides": {"trunks": ["t"]}} | more
    made = api.post("/campaigns", body)
    assert made.status_code == 200, made.json
    return made.json


def test_from_draft_to_start(api: Api, version: int, world: World) -> None:
    made = drafted(api, version)
    assert (made["contacts"], made["virtual"]) == (3, True)
    path = f"/campaigns/{made['id']}"
    assert api.get(f"{path}/live").json["state"] == "draft"
    assert api.post(f"{path}/pilot", {"size": 1}).json == {"id": made["id"], "state": "running"}
    seen = api.get(f"{path}/live").json
    assert seen["pilot"] == {"size": 1, "called": 0, "left": 2, "over": False}
    assert api.post(f"{path}/start").status_code == 409
    assert api.post(f"{path}/go-on").json["state"] == "running"
    assert api.get(f"{path}/live").json["pilot"] is None
    assert api.post(f"{path}/go-on").status_code == 409
    copied = api.post(f"{path}/copy", {"newest": True}).json
    assert (copied["name"], copied["contacts"]) == ("march · 2", 3)
    settings = api.get(f"/campaigns/{copied['id']}/settings").json
    assert (settings["settings"]["trunks"], settings["preset"], settings["scenario_version"]) == (["t"], None, 1)
    assert api.post(f"/campaigns/{copied['id']}/start").json["state"] == "running"
    assert world.one("SELECT count(*) FROM audit_entry WHERE action LIKE 'campaigns.%'") == 5


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        ({"scenario_version": None}, 422, "exactly one"),
        ({"scenario_version": 999}, 422, "no such published version"),
        ({"lists": [77]}, 422, "no list 77"),
        ({"preset": 5}, 422, "no preset 5"),
        ({"overrides": {"retry": {"max_attempts": 99}}}, 422, "retry.max_attempts"),
        ({"overrides": {"colour": "red"}}, 422, "colour"),
        ({"overrides": {"trunks": ["nope"]}}, 422, "no trunk 'nope'"),
        ({"overrides": {"hours": {"from": "03:00", "to": "04:00"}}}, 422, ""),
        ({"project": "другой"}, 422, "no project"),
    ],
)
def test_what_is_no_campaign(  # noqa: PLR0917
    api: Api, version: int, world: World, more: dict[str, Any], status: int, says: str
) -> None:
    body = {"name": "march", "scenario_version": version, "lists": [1], "overrides": {"trunks": ["t"]}} | more
    refused = api.post("/campaigns", body)
    assert (refused.status_code, says in refused.json["detail"]) == (status, True), refused.json
    assert world.one("SELECT count(*) FROM campaign") == 0


def test_presets_are_kept_version_by_version(api: Api, version: int) -> None:
    settings = {"trunks": ["t"], "purpose": "survey", "retry": {"max_attempts": 2}}
    made = api.post("/presets", {"name": "Опросы", "settings": settings}).json
    assert api.post("/presets", {"name": "Опросы", "settings": {}}).status_code == 422
    saved = api.client.put(
        f"/api/v1/presets/{made['id']}",
        json={"name": "Опросы", "settings": settings | {"pilot": 10}},
        headers=api.headers({}),
    ).json
    assert (saved["number"], saved["settings"]["pilot"]) == (2, 10)
    campaign = drafted(api, version, preset=made["id"], overrides={})
    assert api.get(f"/campaigns/{campaign['id']}/settings").json["preset_version"] == 2
    assert [one["number"] for one in api.get(f"/presets/{made['id']}").json["presets"]] == [2, 1]
    assert api.post(f"/presets/{made['id']}/remove").status_code == 200
    assert api.get("/presets").json == {"presets": []}
    assert api.get("/presets/purpose?debt=true").json["purpose"] == "debt"
    wrong = api.post("/presets", {"name": "x", "settings": {"weight": -1}})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "settings.weight")


def test_a_standing_campaign_takes_a_list_once(api: Api, version: int, world: World) -> None:
    scenario = world.one("SELECT scenario_id FROM scenario_version WHERE id = :id", id=version)
    made = api.post("/standing", {"name": "debts", "scenario": scenario, "overrides": {"trunks": ["t"]}}).json
    took = api.post(f"/standing/{made['id']}/lists", {"list": 1}).json
    assert (took["state"], took["before"]) == ("taken", False)
    again = api.post(f"/standing/{made['id']}/lists", {"list": 1}).json
    assert (again["campaign"], again["before"]) == (took["campaign"], True)
    seen = api.get(f"/standing/{made['id']}").json
    assert (seen["standing"]["taken"], len(seen["lists"])) == (1, 1)
    assert api.get(f"/campaigns/{took['campaign']}/live").json["state"] == "running"
    api.post(f"/standing/{made['id']}/stop")
    assert api.post(f"/standing/{made['id']}/lists", {"list": 1}).status_code == 409
    assert api.post("/standing/99/lists", {"list": 1}).status_code == 404
    assert api.post(f"/standing/{made['id']}/resume").json["active"] is True


def test_results_and_reports(engine: Engine, world: World, version: int, tmp_path: Path, token_for: Any) -> None:
    settings = WebSettings(requests=50, per_s=5.0, reports=str(tmp_path))
    api = Api(create_app(engine, settings, clock=Stopped()).test_client(), token_for("reader", *Scope))
    world.conn.exec_driver_sql("""UPDATE contact SET fields = '{"Имя": "=HYPERLINK(x)"}' WHERE row_number = 1""")
    made = drafted(api, version)
    seen = api.get(f"/campaigns/{made['id']}/results?column=Имя&value=Иван").json
    assert (seen["attempts"], seen["columns"], seen["funnel"][0]["node"]) == (0, ["Имя"], "hello")
    assert api.get(f"/campaigns/{made['id']}/attempts").json == {"attempts": [], "next": None}
    assert api.get(f"/campaigns/{made['id']}/attempts?after=nonsense").status_code == 422
    for kind in ("xlsx", "csv"):
        asked = api.post(f"/campaigns/{made['id']}/reports", {"kind": kind}).json
        path = f"/campaigns/reports/{asked['id']}"
        assert (asked["state"], api.get(f"{path}/file").status_code) == ("waiting", 404)
        write_asked(engine, tmp_path, asked["id"], NOON)
        assert api.get(path).json["ready"] is True
        answer = api.get(f"{path}/file")
        (tmp_path / f"got.{kind}").write_bytes(answer.data)
        answer.close()
    book = openpyxl.load_workbook(tmp_path / "got.xlsx")
    assert book.sheetnames[:2] == ["Summary", "Contacts"]
    rows = list(csv.reader((tmp_path / "got.csv").read_text("utf-8-sig").splitlines()))
    assert [row[0] for row in rows] == ["Имя", "'=HYPERLINK(x)", "Иван", "Иван"]
    assert api.get("/campaigns/reports/99").status_code == 404


def test_a_report_of_a_campaign_that_cannot_be_read_says_so(
    engine: Engine, api: Api, version: int, tmp_path: Path
) -> None:
    asked = api.post(f"/campaigns/{drafted(api, version)['id']}/reports", {}).json
    with pytest.raises(OSError, match="file"):
        write_asked(engine, _file(tmp_path), asked["id"], NOON)
    write_asked(engine, tmp_path / "made", asked["id"], NOON)
    assert api.get(f"/campaigns/reports/{asked['id']}").json["state"] == "done"


def _file(folder: Path) -> Path:
    path = folder / "file"
    path.write_text("")
    return path


# -- watching -------------------------------------------------------------------------------------------------


def test_events_are_of_the_campaign_and_nobody_elses(api: Api, version: int) -> None:
    made = drafted(api, version)
    answer = api.client.get(f"/api/v1/campaigns/{made['id']}/live/events", headers=api.headers({}), buffered=False)
    assert answer.mimetype == "text/event-stream"
    first = next(iter(answer.response)).decode()  # type: ignore[attr-defined]
    answer.close()
    told = json.loads(first.partition("data: ")[2])
    assert (told["id"], told["contacts"], told["state_words"]) == (made["id"], 3, "draft")
    assert api.get("/campaigns/999/live/events").status_code == 404


def test_two_hundred_watchers_are_one_reader() -> None:
    moment, looked = threading.Event(), [0]

    def look(_: int) -> Callable[[str], dict[str, Any]]:
        looked[0] += 1
        number = looked[0] if moment.is_set() else 1
        return lambda language: {"number": number, "language": language}

    hub, ready, got = Hub(look, every_s=0.05), threading.Barrier(201, timeout=60), []

    def watch(n: int) -> None:
        events = hub.watch(1, ("ru", "en")[n % 2])
        first = next(events)
        ready.wait()
        second = next(events)
        events.close()  # type: ignore[attr-defined]
        got.append((first, second))

    threads = [threading.Thread(target=watch, args=(n,)) for n in range(200)]
    for one in threads:
        one.start()
    ready.wait()
    before = looked[0]
    assert hub.watchers(1) == 200
    moment.set()
    for one in threads:
        one.join(60)
    assert len(got) == 200
    assert all('"number": 1' in first and '"number": 1}' not in second for first, second in got)
    assert looked[0] - before < 100, "as many looks as watchers"
    assert hub.watchers(1) == 0


def test_a_campaign_that_is_gone_ends_its_stream() -> None:
    def look(_: int) -> Callable[[str], dict[str, Any]]:
        raise NoResultFound

    assert list(Hub(look, every_s=0.01).watch(1, "ru")) == []


def test_whoever_may_not_read_watches_nothing(client: FlaskClient, token_for: Callable[..., str], version: int) -> None:
    stranger = Api(client, token_for("other", Scope.STOP_LIST_READ))
    for path in ("live", "live/events", "results", "attempts", "settings"):
        assert stranger.get(f"/campaigns/1/{path}").status_code == 403
