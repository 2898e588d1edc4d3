"""Campaigns by the API from draft to results: made, piloted, started, copied, watched, reported."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from campaigns.world import MINUTE, NOON, World
from oklik.campaigns import tokens, web_sessions
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.campaigns.tokens import Scope
from oklik.jobs.app import apply_schema
from oklik.reports.asked import write_asked
from oklik.speech.voices import Voice, default_voices
from oklik_web import events, voices
from oklik_web import while_in as streams
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from support.survey import survey
from web.conftest import NOW, Api, Stopped
from web.pages import Browser, account

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


def test_a_copy_calls_over_the_same_trunk_though_there_are_more_by_now(api: Api, version: int, world: World) -> None:
    world.all("UPDATE trunk SET shared = true RETURNING id")
    made = drafted(api, version, overrides={})
    world.all(
        """INSERT INTO trunk (name, dial_string, channels, cps, shared)
           VALUES ('other', 'sofia/gateway/other/{digits}', 5, 1, true) RETURNING id"""
    )
    copied = api.post(f"/campaigns/{made['id']}/copy", {}).json
    assert api.get(f"/campaigns/{copied['id']}/settings").json["settings"]["trunks"] == ["t"]


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


MOSCOW = {"conditions": [{"column": "Город", "op": "equals", "value": "москва"}]}


@pytest.fixture
def towns(version: int, world: World) -> int:
    """The list's three people live in two towns, a fourth, in another list, in Moscow too."""
    world.all("""UPDATE contact_list SET columns = '["Имя", "Город"]' RETURNING id""")
    world.all(
        """UPDATE contact SET fields = fields || jsonb_build_object('Город',
               CASE WHEN row_number % 2 = 1 THEN 'Москва' ELSE 'Тверь' END) RETURNING id"""
    )
    return version


def test_only_a_saved_segment_is_called(api: Api, towns: int, world: World) -> None:
    segment = api.post("/lists/1/segments", {"name": "Москвичи", **MOSCOW}).json["id"]
    made = drafted(api, towns, segment=segment, lists=[])
    assert made["contacts"] == 2
    rows = (
        "SELECT c.row_number FROM target t JOIN contact c ON c.id = t.contact_id WHERE t.campaign_id = :id ORDER BY 1"
    )
    assert [row.row_number for row in world.all(rows, id=made["id"])] == [1, 3]
    told = api.get(f"/campaigns/{made['id']}/settings").json
    assert (told["contacts"], told["segment"]["name"], told["segment"]["of"]) == (2, "Москвичи", 3)
    assert told["segment"]["lists"] == ["l"]
    assert told["segment"]["conditions"][0]["value"] == "москва"
    # Whoever moves to Moscow later is not in it: who is called was settled when the campaign was made.
    world.all('UPDATE contact SET fields = fields || \'{"Город": "Москва"}\' WHERE list_id = 1 RETURNING id')
    copied = api.post(f"/campaigns/{made['id']}/copy", {}).json
    assert copied["contacts"] == 2
    assert api.get(f"/campaigns/{copied['id']}/settings").json["segment"]["name"] == "Москвичи"
    assert api.post(f"/campaigns/{made['id']}/copy", {"lists": [1], "name": "all"}).json["contacts"] == 3


def test_the_campaigns_page_says_who_was_chosen(api: Api, towns: int, engine: Engine, browser: Browser) -> None:
    segment = api.post("/lists/1/segments", {"name": "Москвичи", **MOSCOW}).json["id"]
    saved, said = drafted(api, towns, segment=segment), drafted(api, towns, name="april", only=MOSCOW)
    account(engine, "vera")
    browser.sign_in("vera")
    shown = browser.get(f"/campaigns/{saved['id']}").get_data(as_text=True)
    assert "Сегмент «Москвичи»: «Город» равно «москва»" in shown
    assert "В кампании 2 контакта из 3. Взяты из: l." in shown
    assert "Только те, у кого «Город» равно «москва»" in browser.get(f"/campaigns/{said['id']}").get_data(as_text=True)
    new = browser.get(f"/campaigns/new?list=1&segment={segment}").get_data(as_text=True)
    assert f'<option value="{segment}" data-list="1" selected>Сегмент «Москвичи»</option>' in new


def test_only_those_who_satisfy_conditions_are_called_of_several_lists(api: Api, towns: int, world: World) -> None:
    world.all(
        """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
           VALUES (1, 'm', 'm.csv', 'e', '["Город"]', '2025-01-01T00:00Z') RETURNING id"""
    )
    world.all(
        """INSERT INTO contact (list_id, person_id, row_number, phones, fields)
           SELECT 2, person_id, row_number, phones, fields FROM contact WHERE list_id = 1 RETURNING id"""
    )
    made = drafted(api, towns, only=MOSCOW, lists=[1, 2])
    assert made["contacts"] == 2
    refused = "SELECT count(*) FROM rejected_row WHERE code = 'duplicate' AND list_id > 2"
    assert world.one(refused) == 2, "the same two people of the other list, and nobody else"
    assert api.get(f"/campaigns/{made['id']}/settings").json["segment"]["of"] == 6


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"only": {"conditions": [{"column": "Долг", "op": "filled"}]}}, "no column 'Долг'"),
        ({"only": {"conditions": [{"column": "Город", "op": "equals", "value": "Пермь"}]}}, "nobody of the list"),
        ({"segment": 99}, "no such segment"),
        ({"segment": 1, "lists": [2]}, "of another list"),
        ({"segment": 1, "only": MOSCOW}, "exactly one"),
        ({"lists": []}, "no list is named"),
    ],
)
def test_what_is_no_choice_of_people(api: Api, towns: int, world: World, more: dict[str, Any], says: str) -> None:
    api.post("/lists/1/segments", {"name": "Москвичи", **MOSCOW})
    body = {"name": "march", "scenario_version": towns, "lists": [1], "overrides": {"trunks": ["t"]}} | more
    refused = api.post("/campaigns", body)
    assert (refused.status_code, says in refused.json["detail"]) == (422, True), refused.json
    assert world.one("SELECT count(*) FROM contact_list") == 1, "nothing of it stays"


def test_an_archived_project_takes_no_campaign(api: Api, version: int, world: World) -> None:
    made = drafted(api, version)
    world.all("UPDATE project SET archived_at = now() RETURNING id")
    refused = api.post(f"/campaigns/{made['id']}/copy", {})
    assert (refused.status_code, "archived" in refused.json["detail"]) == (422, True)


def test_whoever_saves_a_preset_second_is_told_so(api: Api) -> None:
    def save(**body: Any) -> Any:
        return api.client.put(f"/api/v1/presets/{made['id']}", json=body, headers=api.headers({}))

    made = api.post("/presets", {"name": "Опросы", "settings": {"pilot": 5}}).json
    first = save(name="Опросы весны", settings={"pilot": 5}, version=made["version"])
    assert first.status_code == 200, first.json
    second = save(name="Опросы", settings={"pilot": 9}, version=made["version"])
    assert (second.status_code, second.json["version"]) == (409, first.json["version"])
    assert second.json["detail"] == "crm has saved this meanwhile: your change is not written"
    (kept,) = api.get("/presets").json["presets"]
    assert (kept["name"], kept["settings"]["pilot"], kept["version"]) == ("Опросы весны", 5, first.json["version"])
    assert save(name="Опросы", settings={"pilot": 9}, version=second.json["version"]).json["number"] == 2
    assert save(name="Опросы", settings={"pilot": 7}).json["number"] == 3, "a program that does not ask is not refused"


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


def test_the_standing_campaigns_page_offers_the_lists_that_are_here(
    api: Api, version: int, engine: Engine, browser: Browser, world: World
) -> None:
    made = api.post(
        "/standing", {"name": "daily", "scenario": world.one("SELECT max(scenario_id) FROM scenario_version")}
    )
    account(engine, "vera")
    browser.sign_in("vera")
    page = f"/campaigns/standing/{made.json['id']}"
    shown = browser.get(page).get_data(as_text=True)
    assert 'id="give"' in shown
    assert '<option value="1">l · ' in shown
    world.all("UPDATE contact_list SET deleted_at = now() RETURNING id")
    assert 'id="give"' not in browser.get(page).get_data(as_text=True)


def test_results_and_reports(engine: Engine, world: World, version: int, tmp_path: Path, token_for: Any) -> None:
    settings = WebSettings(requests=50, per_s=5.0, reports=str(tmp_path))
    api = Api(create_app(engine, settings, clock=Stopped()).test_client(), token_for("reader", *Scope))
    world.conn.exec_driver_sql("""UPDATE contact SET fields = '{"Имя": "=HYPERLINK(x)"}' WHERE row_number = 1""")
    made = drafted(api, version)
    seen = api.get(f"/campaigns/{made['id']}/results?column=Имя&value=Иван").json
    assert (seen["attempts"], seen["columns"], seen["funnel"][0]["node"]) == (0, ["Имя"], "hello")
    assert api.get(f"/campaigns/{made['id']}/attempts").json == {"attempts": [], "next": None}
    assert api.get(f"/campaigns/{made['id']}/attempts?after=nonsense").status_code == 422
    assert api.get(f"/campaigns/{made['id']}/contacts?after=MSAtMQ==").status_code == 422
    assert api.get(f"/campaigns/{made['id']}/contacts?node=hello").json["contacts"] == [], "nobody was called"
    for wrong in ("segment=99", "version=7"):
        for path in ("results", "attempts", "contacts"):
            assert api.get(f"/campaigns/{made['id']}/{path}?{wrong}").status_code == 422
    assert len(api.get(f"/campaigns/{made['id']}/contacts?outcome=&column=Имя&value=Иван").json["contacts"]) == 2
    assert api.get(f"/campaigns/{made['id']}/attempts/00000000-0000-0000-0000-000000000000").status_code == 404
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


def test_a_file_holds_the_calls_that_the_filter_lets_through(
    engine: Engine, world: World, version: int, tmp_path: Path, token_for: Any
) -> None:
    settings = WebSettings(requests=50, per_s=5.0, reports=str(tmp_path))
    api = Api(create_app(engine, settings, clock=Stopped()).test_client(), token_for("reader", *Scope))
    world.conn.exec_driver_sql("""UPDATE contact SET fields = '{"Имя": "=HYPERLINK(x)"}' WHERE row_number = 1""")
    campaign = world.campaign()
    world.conn.exec_driver_sql(f"UPDATE campaign SET scenario_version_id = {version} WHERE id = {campaign}")
    holder = world.holder()
    for one in world.claim(holder, NOON, 3):
        world.finish(holder, one, NOON + MINUTE, cause="USER_BUSY", sip_status=486)
    filtered = {"column": "Имя", "value": "=HYPERLINK(x)"}
    for kind in ("xlsx", "csv"):
        asked = api.post(f"/campaigns/{campaign}/reports", {"kind": kind, **filtered}).json
        write_asked(engine, tmp_path, asked["id"], NOON)
        assert api.get(f"/campaigns/reports/{asked['id']}").json["ready"] is True
        (tmp_path / f"{asked['id']}.{kind}").rename(tmp_path / f"got.{kind}")
    book = openpyxl.load_workbook(tmp_path / "got.xlsx")
    assert book.sheetnames == ["Filter", "Answers", "Steps", "Calls"]
    assert [cell.value for cell in book["Filter"]["B"]][3] == "Имя: =HYPERLINK(x)"
    assert book["Calls"].max_row == 2
    assert book["Calls"]["E2"].value == "=HYPERLINK(x)"
    assert book["Calls"]["E2"].data_type == "s"
    rows = list(csv.reader((tmp_path / "got.csv").read_text("utf-8-sig").splitlines()))
    assert [row[2:5] for row in rows] == [["Outcome", "Talk, s", "Имя"], ["Busy", "", "'=HYPERLINK(x)"]]
    assert api.post(f"/campaigns/{campaign}/reports", {"segment": 99}).status_code == 422


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


def test_whoever_is_signed_out_watches_no_longer(
    engine: Engine, api: Api, browser: Browser, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "QUIET_S", 0.02)
    monkeypatch.setattr(streams, "CHECK_S", 0.0)
    path = f"/api/v1/campaigns/{drafted(api, version)['id']}/live/events"
    anna = account(engine, "anna")
    browser.sign_in("anna")
    ways = [
        (browser.client.get(path, buffered=False), lambda conn: web_sessions.end_sessions(conn, anna)),
        (
            browser.client.get(path, headers=api.headers({}), buffered=False),
            lambda conn: tokens.revoke(conn, "crm", NOW),
        ),
    ]
    for answer, end in ways:
        stream = iter(answer.response)
        assert next(piece for piece in stream if b"data:" in piece)  # type: ignore[operator]
        with engine.begin() as conn:
            end(conn)
        assert len(list(stream)) < 3
    told = browser.client.get(path, headers={"Accept-Language": "ru"})
    assert told.status_code == 401 and "войдите снова" in told.json["detail"]  # type: ignore[index]


def test_a_page_of_campaigns_goes_on_from_wherever_it_is_told(engine: Engine, browser: Browser) -> None:
    account(engine, "anna")
    browser.sign_in("anna")
    for odd in ("9" * 30, "-1", "x", "%00", "1&q=%00"):
        assert browser.get(f"/campaigns/?before={odd}").status_code == 200


def test_whoever_may_not_read_watches_nothing(client: FlaskClient, token_for: Callable[..., str], version: int) -> None:
    stranger = Api(client, token_for("other", Scope.STOP_LIST_READ))
    for path in ("live", "live/events", "results", "attempts", "settings"):
        assert stranger.get(f"/campaigns/1/{path}").status_code == 403
