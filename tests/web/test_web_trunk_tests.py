"""Test calls of trunks, and the phones they ring, by the API and by pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from oklik.campaigns import trunk_tests
from oklik.campaigns.tokens import Scope
from oklik.campaigns.trunk_tests import Press
from oklik.jobs.app import apply_schema
from oklik.speech.voices import Voice, default_voices
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from oklik_web.speaking import Speaker
from web.conftest import NOW, Api, Stopped
from web.pages import Browser, account

pytestmark = pytest.mark.integration

PHONE = "+79039990001"
FILLED = {"name": "МТС", "login": "address", "host": "sip.example", "channels": 2, "cps": 1, "dtmf": "info"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "local").mkdir(mode=0o700)
    return tmp_path


@pytest.fixture(autouse=True)
def jobs(database_url: str) -> None:
    apply_schema(database_url)


@pytest.fixture
def client(engine: Engine, clock: Stopped, folder: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A web process on the switch's machine, whose voice is not tried."""
    monkeypatch.setattr(Speaker, "chosen", lambda _self, _language: Voice(default_voices()[0]))
    settings = WebSettings(requests=1000, hash_rounds=1, hash_kib=32, switch_conf=str(folder))
    return create_app(engine, settings, clock=clock).test_client()


def heard(engine: Engine, number: int, *ways: str) -> None:
    """The call is over, and a key has come in these ways."""
    with engine.begin() as conn:
        trunk_tests.spoken(conn, number, NOW)
        conn.execute(text("UPDATE trunk_test SET state = 'dialing', node = 'n1', virtual = false"))
        trunk_tests.progress(conn, number, "answered", NOW)
        trunk_tests.heard(conn, number, [Press("5", ways, 2.0)] if ways else [])
        conn.execute(
            text("UPDATE trunk_test SET state = 'done', cause = 'NORMAL_CLEARING', hangup_by = 'us', ended_at = :now"),
            {"now": NOW},
        )


def begun(api: Api) -> int:
    made = api.post("/trunks/tests", {"trunk": "МТС", "phone": "8 903 999-00-01"})
    assert made.status_code == 200, made.json
    return int(made.json["id"])


def test_a_test_call_is_ordered_once_and_told(api: Api, engine: Engine) -> None:
    assert api.post("/trunks/gateways/save", FILLED).status_code == 200
    number = begun(api)
    seen = api.get(f"/trunks/tests/{number}").json
    assert (seen["state"], seen["phone"], seen["configured"], seen["works"]) == ("preparing", PHONE, "info", None)
    again = api.post("/trunks/tests", {"trunk": "МТС", "phone": PHONE})
    assert again.status_code == 409, "one at a time"
    with engine.connect() as conn:
        assert conn.execute(text("SELECT task_name FROM procrastinate_jobs")).scalars().all() == [
            "oklik:speak_trunk_test"
        ]
    heard(engine, number, "inband", "rfc2833")
    seen = api.get(f"/trunks/tests/{number}").json
    assert (seen["works"], seen["ways"], seen["over"]) == ("rfc2833", ["inband", "rfc2833"], True)
    assert seen["explained"] == "The test is over, we have hung up"
    assert api.get("/trunks/tests/999").status_code == 404
    assert api.post("/trunks/tests", {"trunk": "нет", "phone": PHONE}).status_code == 422
    with engine.connect() as conn:
        noted = conn.execute(text("SELECT action, subject FROM audit_entry WHERE action = 'trunks.test'")).all()
    assert [tuple(row) for row in noted] == [("trunks.test", "МТС")]


def test_the_way_is_written_into_the_trunk(api: Api, engine: Engine, folder: Path) -> None:
    api.post("/trunks/gateways/save", FILLED)
    assert api.post("/trunks/gateways/keys", {"name": "МТС", "dtmf": "inband"}).json == {
        "name": "МТС",
        "dtmf": "inband",
    }
    (file,) = (folder / "local").glob("gateway-*.xml")
    assert "start_dtmf" in file.read_text("utf-8")
    (gateway,) = api.get("/trunks/gateways").json["gateways"]
    assert (gateway["dtmf"], gateway["host"]) == ("inband", "sip.example")
    assert api.post("/trunks/gateways/keys", {"name": "нет", "dtmf": "info"}).status_code == 422


def test_the_page_offers_what_works(api: Api, browser: Browser, engine: Engine) -> None:
    api.post("/trunks/gateways/save", FILLED)
    api.post("/phones/add", {"number": PHONE, "name": "Анна <b>"})
    account(engine, "boss", "admin")
    browser.sign_in("boss")
    page = browser.get("/settings/trunks/1").text
    assert "Позвонить" in page
    assert "Анна &lt;b&gt;" in page
    assert browser.post("/settings/trunks/1/test", phone=PHONE).status_code == 303
    state = browser.get("/settings/trunks/1/test").text
    assert "Готовим речь" in state
    assert "every 1s" in state
    heard(engine, 1, "rfc2833")
    state = browser.get("/settings/trunks/1/test").text
    assert "every 1s" not in state
    assert "Записать в линию: RFC 2833" in state
    assert browser.post("/settings/trunks/1/keys", dtmf="rfc2833").status_code == 303
    assert "менять ничего не нужно" in browser.get("/settings/trunks/1/test").text
    assert browser.post("/settings/trunks/1/keys", dtmf="x").status_code == 404
    assert browser.post("/settings/trunks/1/test", phone="абв").status_code == 303


def test_nobody_but_an_administrator_rings_or_confirms(
    api: Api, client: FlaskClient, browser: Browser, engine: Engine, token_for: Callable[..., str]
) -> None:
    marketer = Api(client, token_for("m", Scope.PHONES_READ, Scope.PHONES_WRITE, Scope.TRUNKS_READ))
    assert marketer.post("/trunks/tests", {"trunk": "МТС", "phone": PHONE}).status_code == 403
    made = marketer.post("/phones/add", {"number": PHONE, "name": "Анна"})
    assert (made.status_code, made.json["confirmed_at"]) == (200, None)
    assert marketer.post("/phones/confirm", {"number": PHONE}).status_code == 403
    assert api.post("/phones/confirm", {"number": PHONE}).json["confirmed_by"] == "token:crm"
    assert marketer.post("/phones/add", {"number": PHONE, "name": "Не Анна"}).status_code == 409
    other = Api(client, token_for("o", Scope.PHONES_WRITE))
    assert other.post("/phones/remove", {"number": PHONE}).status_code == 403
    assert api.post("/phones/add", {"number": "112", "name": "x"}).status_code == 422
    assert [one["number"] for one in marketer.get("/phones").json["phones"]] == [PHONE]
    assert api.post("/phones/remove", {"number": PHONE}).status_code == 200
    assert api.post("/phones/remove", {"number": PHONE}).status_code == 404


def test_the_page_of_phones(browser: Browser, engine: Engine) -> None:
    account(engine, "mary", "marketer")
    account(engine, "boss", "admin")
    browser.sign_in("mary")
    assert "Телефонов для проб пока нет" in browser.get("/settings/phones").text
    assert browser.post("/settings/phones", number="89039990001", name="Мария").status_code == 303
    page = browser.get("/settings/phones").text
    assert "Ждёт подтверждения" in page
    assert "Подтвердить" not in page
    assert browser.post("/settings/phones", number="абв", name="x").status_code == 422
    assert browser.post("/settings/phones/confirm", number=PHONE).status_code == 403
    browser.post("/logout")
    browser.sign_in("boss")
    assert browser.post("/settings/phones/confirm", number=PHONE).status_code == 303
    assert "Подтверждён" in browser.get("/settings/phones").text
    assert browser.post("/settings/phones/remove", number=PHONE).status_code == 303
    assert "Телефонов для проб пока нет" in browser.get("/settings/phones").text
