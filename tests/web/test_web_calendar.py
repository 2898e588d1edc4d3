"""Holidays and names of outcomes, by the API and by pages."""

import pytest
from sqlalchemy import Engine

from campaigns.world import World
from oklik.reports import words
from web.conftest import Api
from web.pages import Browser, account

pytestmark = pytest.mark.integration


def test_days_of_our_own_by_the_api(api: Api, world: World) -> None:
    found = api.get("/holidays?year=2025").json
    assert (found["calendar"], found["skip"], found["own"]) == ("RU", False, False)
    victory = next(one for one in found["days"] if one["day"] == "2025-05-09")
    assert (victory["kind"], victory["called"], victory["title"]) == ("holiday", True, "Victory Day")
    assert api.post("/holidays/days", {"first": "2025-03-04", "last": "2025-03-05", "kind": "off"}).json == {"days": 2}
    assert api.post("/holidays/calendar", {"calendar": "RU", "skip": True}).status_code == 200
    found = api.get("/holidays?year=2025").json
    assert [one["day"] for one in found["days"] if one["kind"] == "off"] == ["2025-03-04", "2025-03-05"]
    assert next(one for one in found["days"] if one["day"] == "2025-05-09")["called"] is False
    world.people(1)
    world.campaign()
    holder = world.holder()
    assert world.claim(holder) == [], "the gate keeps it"
    assert api.post("/holidays/days/remove", {"day": "2025-03-04"}).json == {"days": 1}
    assert len(world.claim(holder)) == 1
    assert "DE" in api.get("/holidays/calendars").json["calendars"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/holidays/days", {"first": "2025-03-04", "last": "2025-03-03", "kind": "off"}, 422),
        ("/holidays/days", {"first": "2025-03-04", "last": "2027-03-04", "kind": "off"}, 422),
        ("/holidays/days", {"first": "2025-03-04", "kind": "maybe"}, 422),
        ("/holidays/days", {"first": "2025-03-04", "kind": "off", "project": "нет"}, 404),
        ("/holidays/calendar", {"calendar": "XX", "skip": True}, 422),
        ("/holidays/calendar", {"calendar": "DE-XX", "skip": True}, 422),
        ("/outcomes/name", {"outcome": "nosuch", "ru": "x"}, 422),
        ("/outcomes/name", {"outcome": "busy", "ru": "Нет ответа"}, 422),
    ],
)
def test_what_cannot_be_kept(api: Api, path: str, body: dict[str, object], status: int) -> None:
    assert api.post(path, body).status_code == status


def test_the_year_on_a_page(browser: Browser, engine: Engine, world: World) -> None:
    account(engine, "boss", "supervisor")
    browser.sign_in("boss")
    page = browser.get("/settings/holidays?year=2025").text
    for word in ("Январь", "Декабрь", "День Победы", "Вся организация"):
        assert word in page
    day = {"first": "2025-03-12", "last": "", "kind": "off", "title": "Юбилей <i>", "year": "2025"}
    assert browser.post("/settings/holidays/days", **day).status_code == 303
    page = browser.get("/settings/holidays?year=2025&day=2025-03-12").text
    assert "Юбилей &lt;i&gt;" in page
    assert browser.post("/settings/holidays/days", **day | {"first": "вчера"}).status_code == 422
    assert browser.post("/settings/holidays/calendar", calendar="DE-BY", skip="y").status_code == 303
    assert "не звонит" not in browser.get("/settings/holidays").text, "there is no campaign"
    assert browser.post("/settings/holidays/days/remove", day="2025-03-12").status_code == 303
    assert "Юбилей" not in browser.get("/settings/holidays?year=2025").text
    for odd in ("year=абв", "year=99999", "day=x", "project=x"):
        assert browser.get(f"/settings/holidays?{odd}").status_code in {200, 404}


def test_an_outcome_is_called_something_else(api: Api, browser: Browser, engine: Engine) -> None:
    account(engine, "boss", "supervisor")
    browser.sign_in("boss")
    assert browser.post("/settings/outcomes", outcome="busy", ru="Говорит", en="").status_code == 303
    assert 'value="Говорит"' in browser.get("/settings/outcomes").text
    busy = next(one for one in api.get("/outcomes").json["outcomes"] if one["outcome"] == "busy")
    assert (busy["ru"], busy["en"], busy["standard_ru"], busy["own"]) == ("Говорит", "Busy", "Занято", True)
    assert browser.post("/settings/outcomes", outcome="busy", ru="Нет ответа", en="").status_code == 422
    assert browser.post("/settings/outcomes/restore", outcome="busy").status_code == 303
    assert not any(one["own"] for one in api.get("/outcomes").json["outcomes"])
    assert api.post("/outcomes/name", {"outcome": "busy", "ru": "", "en": "Talking"}).status_code == 200
    assert api.post("/outcomes/restore", {"outcome": "busy"}).status_code == 200


def test_the_organisations_names_end_with_the_request(api: Api, browser: Browser, engine: Engine) -> None:
    account(engine, "boss", "supervisor")
    browser.sign_in("boss")
    standard = words.disposition_names("ru")["busy"]
    assert browser.post("/settings/outcomes", outcome="busy", ru="Говорит", en="").status_code == 303
    assert any(one["ru"] == "Говорит" for one in api.get("/outcomes").json["outcomes"])
    assert words.disposition_names("ru")["busy"] == standard
