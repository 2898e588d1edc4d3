"""Consents by hand and by file, on the page and by the API: previewed, kept, taken back, proved."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from campaigns.world import World
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from support.payloads import PAYLOADS
from web.conftest import Api, Stopped
from web.pages import Browser, account

pytestmark = pytest.mark.integration

FILE = """Телефон;Цель;Дата;Источник;Версия;Имя
8 916 000-00-01;реклама;01.03.2025;сайт;2.1;Анна
8 916 000-00-02;;01.03.2025 12:00;сайт;2.1;Борис
абв;реклама;01.03.2025;сайт;2.1;Вера
8 916 000-00-04;реклама;вчера;сайт;2.1;Глеб
"""


@pytest.fixture
def client(engine: Engine, clock: Stopped) -> FlaskClient:
    """One that takes many requests."""
    return create_app(engine, WebSettings(requests=1000, hash_rounds=1, hash_kib=32), clock=clock).test_client()


def send(api: Api, path: str, content: str, key: str = "", **fields: str) -> Any:
    data = {"file": (io.BytesIO(content.encode()), "согласия.csv"), **fields}
    headers = api.headers({"Idempotency-Key": key} if key else {})
    return api.client.post(f"/api/v1{path}", data=data, headers=headers)


def test_a_file_is_looked_at_and_nothing_is_kept(api: Api, world: World) -> None:
    found = send(api, "/consents/preview", FILE, purpose="survey").json
    assert (found["taken"], found["wrong"]) == (2, 2)
    assert [(one["row"], one["taken"]) for one in found["rows"]] == [(2, True), (3, True), (4, False), (5, False)]
    first, second = found["rows"][:2]
    assert (first["numbers"], first["consent"]["purpose"]) == (["+79160000001"], "advertising")
    assert second["consent"]["purpose"] == "survey", "what the file does not say the form does"
    assert first["cells"]["Имя"] == "Анна"
    assert "no date" in found["rows"][3]["why"][0]
    assert world.one("SELECT count(*) FROM consent") == 0
    unknown = send(api, "/consents/preview", FILE, purpose="погода")
    assert (unknown.status_code, "погода" in unknown.json["detail"]) == (422, True)
    assert send(api, "/consents/preview", "Имя\nАнна\n").status_code == 422, "no phones"


def test_a_file_is_kept_and_its_bad_rows_come_back(api: Api, world: World, tmp_path: Path) -> None:
    done = send(api, "/consents/import", FILE, "march", purpose="survey").json
    assert (done["added"], done["known"], [one["row"] for one in done["wrong"]]) == (2, 0, [4, 5])
    assert send(api, "/consents/import", FILE, "march", purpose="survey").json == done
    assert send(api, "/consents/import", FILE, "march", purpose="advertising").status_code == 409
    assert send(api, "/consents/import", FILE, purpose="survey").json["known"] == 2
    assert world.one("SELECT count(*) FROM audit_entry WHERE action = 'consents.import'") == 2
    path = tmp_path / "bad.xlsx"
    path.write_bytes(send(api, "/consents/wrong.xlsx", FILE, purpose="survey").data)
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[-2:]] == [4, 5]
    assert "Вера" in rows[-2]
    page = api.get("/consents?limit=1").json
    assert (page["consents"][0]["number"], page["next"] is None) == ("+79160000002", False)
    assert api.get(f"/consents?after={page['next']}").json["consents"][0]["number"] == "+79160000001"


def test_a_file_for_the_stop_list_is_looked_at(api: Api, world: World, tmp_path: Path) -> None:
    content = "Телефон;Имя\n8 916 000-00-01;Анна\nабв;Борис\n"
    found = send(api, "/stop-list/preview", content).json
    assert (found["taken"], found["wrong"], found["rows"][0]["consent"]) == (1, 1, None)
    assert world.one("SELECT count(*) FROM suppression") == 0
    path = tmp_path / "bad.xlsx"
    path.write_bytes(send(api, "/stop-list/wrong.xlsx", content).data)
    assert "Борис" in list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))[-1]


def test_the_proof_comes_as_a_file(api: Api, tmp_path: Path) -> None:
    send(api, "/consents/import", FILE)
    path = tmp_path / "proof.xlsx"
    path.write_bytes(api.post("/proof/file", {"number": "8 916 000-00-01"}).data)
    cells = [
        str(cell) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True) for cell in row
    ]
    assert any("916 000-00-01" in cell for cell in cells)


def test_the_page_keeps_and_revokes(browser: Browser, engine: Engine, world: World) -> None:
    account(engine, "olga", "supervisor")
    browser.sign_in("olga")
    assert "Согласий пока нет" in browser.get("/consents").get_data(as_text=True)
    given = {"number": "8 916 000-00-01", "purpose": "advertising", "source": "договор 15", "version": "2.1"}
    given |= {"given_at": "2025-03-01T12:30", "text": "", "person": ""}
    assert browser.post("/consents", **given).status_code == 303
    assert "уже записано" in browser.get_after(browser.post("/consents", **given))
    for wrong in ({"number": "абв"}, {"version": ""}, {"source": ""}, {"given_at": "завтра"}, {"person": "нет такого"}):
        assert browser.post("/consents", **(given | wrong)).status_code == 422, wrong
    assert world.one("SELECT given_at FROM consent").isoformat().startswith("2025-03-01T09:30"), "the office's zone"
    looked = browser.post("/consents/look", number="89160000001").get_data(as_text=True)
    assert "договор 15" in looked
    assert "/api/v1/proof/file" in looked
    gone = {"number": "89160000001", "purpose": "", "reason": "", "at": ""}
    assert "почему" in browser.get_after(browser.post("/consents/revoke", **gone))
    assert world.one("SELECT revoked_at FROM consent") is None
    assert "отозвано 1 согласие" in browser.get_after(browser.post("/consents/revoke", **(gone | {"reason": "письмо"})))
    assert world.one("SELECT revoked_source FROM consent") == "письмо"
    assert "письмо" in browser.post("/consents/look", number="89160000001").get_data(as_text=True)
    assert "отзывать нечего" in browser.get_after(browser.post("/consents/revoke", **(gone | {"reason": "письмо"})))
    for at in ("/consents/import", "/stop-list/import"):
        assert "number-file" in browser.get(at).get_data(as_text=True)


def test_hostile_texts_stay_texts_and_a_stranger_changes_nothing(browser: Browser, engine: Engine, api: Api) -> None:
    account(engine, "vera")
    browser.sign_in("vera")
    browser.get("/consents")
    at = {"purpose": "survey", "given_at": "2025-03-01T12:30", "person": ""}
    for n, payload in enumerate(PAYLOADS):
        fields = {"number": f"+7916{n:07}", "source": payload[:200], "version": payload[:90], "text": payload}
        assert browser.post("/consents", **at, **fields).status_code in {303, 422}
    for page in ("/consents", "/consents/rows?after=40", "/consents/rows?after=x"):
        shown = browser.get(page).get_data(as_text=True)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
    browser.post("/logout")
    account(engine, "gleb", "agent")
    browser.sign_in("gleb")
    assert browser.get("/consents").status_code == 403
    assert browser.post("/consents/revoke", number="+79160000000", reason="x").status_code == 403
