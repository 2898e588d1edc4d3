"""Gateways of trunks by the API and by pages: what is filled in becomes the switch's file, and nothing else does."""

import datetime as dt
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from oklik.campaigns import gateways
from oklik.campaigns.gateways import Seen
from oklik.campaigns.tokens import Scope
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from support.payloads import PAYLOADS
from web.conftest import NOW, Api, Stopped
from web.pages import Browser, account

pytestmark = pytest.mark.integration

SECRET = "Zx9-carrier-password"
FILLED: dict[str, Any] = {
    "name": "МТС",
    "login": "registration",
    "host": "sip.carrier.example:5065",
    "user": "74951234567",
    "password": SECRET,
    "numbers": "national",
    "codecs": ["PCMU", "PCMA"],
    "dtmf": "info",
    "caller_id": "pai",
    "nat_address": "203.0.113.10",
    "ping": 30,
    "channels": 20,
    "cps": 2.5,
    "caller_ids": ["74951234567"],
    "minute_price": "1.20",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration as `oklik switch-conf` leaves it."""
    (tmp_path / "local").mkdir(mode=0o700)
    return tmp_path


@pytest.fixture
def client(engine: Engine, clock: Stopped, folder: Path) -> FlaskClient:
    """A web process on the switch's machine."""
    settings = WebSettings(requests=1000, hash_rounds=1, hash_kib=32, switch_conf=str(folder))
    return create_app(engine, settings, clock=clock).test_client()


@pytest.fixture
def apart(engine: Engine, clock: Stopped) -> FlaskClient:
    """A web process on another machine."""
    return create_app(engine, WebSettings(requests=1000, hash_rounds=1, hash_kib=32), clock=clock).test_client()


def file_of(folder: Path) -> Path:
    (found,) = (folder / "local").glob("gateway-oklik-*.xml")
    return found


def values(content: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Params and variables of a gateway's file."""
    root = ET.fromstring(content)
    assert [child.tag for child in root] == ["gateway"]
    params = {one.attrib["name"]: one.attrib["value"] for one in root.iterfind("gateway/param")}
    variables = {one.attrib["name"]: one.attrib["value"] for one in root.iterfind("gateway/variables/variable")}
    return params, variables


def test_what_is_filled_in_becomes_the_switchs_file(api: Api, folder: Path) -> None:
    made = api.post("/trunks/gateways/save", FILLED)
    assert made.status_code == 200, made.json
    assert made.json["written"] is True
    path = file_of(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name == f"gateway-{made.json['gateway']}.xml"
    params, variables = values(path.read_bytes())
    assert params == {
        "proxy": "sip.carrier.example:5065",
        "realm": "sip.carrier.example",
        "register": "true",
        "username": "74951234567",
        "password": SECRET,
        "caller-id-in-from": "false",
        "extension": "auto_to_user",
        "contact-host": "203.0.113.10",
        "ping": "30",
    }
    assert variables == {"absolute_codec_string": "PCMU,PCMA", "dtmf_type": "info", "sip_cid_type": "pid"}
    (trunk,) = api.get("/trunks").json["trunks"]
    assert trunk["dial_string"] == f"sofia/gateway/{made.json['gateway']}/{{national}}"
    assert (trunk["channels"], trunk["cps"], trunk["minute_price"]) == (20, 2.5, "1.20")
    assert trunk["caller_ids"] == {"74951234567": "token:crm"}
    assert trunk["shared"] is True


def test_a_password_is_in_the_file_and_nowhere_else(
    api: Api, browser: Browser, engine: Engine, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    account(engine, "boss", "admin")
    browser.sign_in("boss")
    made = api.post("/trunks/gateways/save", FILLED)
    trunk = int(made.json["gateway"].removeprefix("oklik-"))
    shown = [
        made.get_data(as_text=True),
        api.get("/trunks/gateways").get_data(as_text=True),
        api.get("/trunks").get_data(as_text=True),
        api.get("/audit").get_data(as_text=True),
        *(browser.get(f"/settings/trunks{end}").get_data(as_text=True) for end in ("", f"/{trunk}", f"/{trunk}/edit")),
        browser.get("/settings/audit").get_data(as_text=True),
        caplog.text,
    ]
    with engine.connect() as conn:
        tables = conn.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        shown += [str(conn.execute(text(f'SELECT * FROM "{table}"')).all()) for table in tables]
    assert not any(SECRET in one for one in shown)
    # a refusal that is about it does not repeat it either
    bad = api.post("/trunks/gateways/save", FILLED | {"password": "with a blank"})
    assert bad.status_code == 422
    assert "with a blank" not in bad.get_data(as_text=True)
    assert bad.json["errors"][0]["field"] == "password"


def test_an_empty_password_keeps_the_one_there_is(api: Api, folder: Path) -> None:
    api.post("/trunks/gateways/save", FILLED)
    changed = api.post("/trunks/gateways/save", FILLED | {"password": "", "dtmf": "inband", "caller_ids": []})
    assert changed.status_code == 200, changed.json
    params, variables = values(file_of(folder).read_bytes())
    assert params["password"] == SECRET
    assert variables["dtmf_type"] == "none"
    assert variables["execute_on_answer_oklik"] == "start_dtmf"
    assert api.get("/trunks").json["trunks"][0]["caller_ids"] == {}


def test_whoever_saves_a_trunk_second_is_told_so_and_loses_nothing(
    api: Api, browser: Browser, engine: Engine, folder: Path
) -> None:
    account(engine, "boss", "admin")
    browser.sign_in("boss")
    trunk = int(api.post("/trunks/gateways/save", FILLED).json["gateway"].removeprefix("oklik-"))
    path = f"/settings/trunks/{trunk}/edit"
    shown = fields_of(browser.get(path).get_data(as_text=True))
    api.post("/trunks/gateways/rescan", {"name": FILLED["name"]})
    api.post("/trunks/set", {"name": FILLED["name"], "verify": FILLED["caller_ids"]})
    (before,) = api.get("/trunks").json["trunks"]
    assert before["version"] == shown["version"], "neither is a change of what people set"
    stale = {"name": FILLED["name"], "version": before["version"]}
    assert api.post("/trunks/set", {**stale, "channels": 30}).status_code == 200
    again = api.post("/trunks/set", {**stale, "channels": 31})
    assert (again.status_code, again.json["detail"]) == (
        409,
        "crm has saved this meanwhile: your change is not written",
    )
    assert api.post("/trunks/gateways/save", {**FILLED, "version": before["version"]}).status_code == 409
    assert api.post("/trunks/gateways/save", {**FILLED, "version": ""}).json["detail"].endswith("already")

    typed = {**shown, "host": "sip.new.example", "channels": "12", "password": "typed"}
    refused = browser.post(path, **typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "пока вы правили, это сохранил crm".capitalize() in page
    assert "сейчас записано: 30" in page
    assert "введите пароль ещё раз" in page
    kept = fields_of(page)
    assert {name for name in typed if kept.get(name) != typed[name]} == {"version", "password"}, "what was typed stays"
    (trunks,) = api.get("/trunks").json["trunks"]
    assert trunks["channels"] == 30
    assert browser.post(path, **{**typed, "version": kept["version"]}).status_code == 303
    (trunks,) = api.get("/trunks").json["trunks"]
    assert trunks["channels"] == 12
    api.post("/trunks/gateways/remove", {"name": FILLED["name"]})
    assert api.post("/trunks/gateways/save", {**FILLED, "version": trunks["version"]}).status_code == 409
    assert api.get("/trunks").json["trunks"] == [], "a removed one does not come back unseen"


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag in {"textarea", "select"}:
            self.inside = name
            self.found[name] = ""
        elif tag == "option" and "selected" in told:
            self.found[self.inside] = value
        elif tag == "input" and (told.get("type") != "radio" or "checked" in told):
            self.found[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag in {"textarea", "select"}:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip() and not self.found[self.inside]:
            self.found[self.inside] = data.strip()


def fields_of(page: str) -> dict[str, str]:
    """What a page's form would send."""
    fields = _Fields()
    fields.feed(page)
    return {name: value for name, value in fields.found.items() if name and name not in {"csrf_token", "next"}}


def test_a_price_that_is_not_said_is_none(api: Api) -> None:
    for told, kept in (({}, "1.20"), ({"minute_price": None}, None), ({"minute_price": "0"}, "0")):
        assert api.post("/trunks/gateways/save", {**FILLED, **told}).status_code == 200
        assert api.get("/trunks").json["trunks"][0]["minute_price"] == kept


def test_a_password_too_long_is_not_repeated(api: Api) -> None:
    refused = api.post("/trunks/gateways/save", {**FILLED, "password": "s3cret" * 50})
    assert refused.status_code == 422 and "s3cret" not in refused.get_data(as_text=True)


def test_a_trunk_by_address_needs_no_login(api: Api, folder: Path) -> None:
    told = {name: FILLED[name] for name in ("name", "host", "channels", "cps")}
    assert api.post("/trunks/gateways/save", told | {"login": "registration"}).status_code == 422
    assert api.post("/trunks/gateways/save", told | {"login": "registration", "user": "u"}).status_code == 422
    assert not list((folder / "local").iterdir()), "nothing half done"
    assert api.get("/trunks").json["trunks"] == []
    assert api.post("/trunks/gateways/save", told | {"login": "address"}).status_code == 200
    params, variables = values(file_of(folder).read_bytes())
    assert (params["register"], params["caller-id-in-from"]) == ("false", "true")
    assert variables["sip_cid_type"] == "none"
    assert params["password"], "the switch wants one, and nobody is to know it"


@pytest.mark.heavy
def test_hostile_texts_never_reach_the_switchs_file(api: Api, folder: Path) -> None:
    """Whatever is put into any field: it is refused, or stands in the file as that one value."""
    hostile = [
        *PAYLOADS,
        "$${pass}",
        "${system(id)}",
        'a"/><param name="x" value="',
        "a\nb",
        "a\rb",
        "]]>",
        "a b",
        "\u202e",
    ]
    for field in ("host", "user", "password", "nat_address"):
        for payload in hostile:
            answer = api.post("/trunks/gateways/save", FILLED | {field: payload})
            if answer.status_code == 200:  # as good a login or password as any, and read as what it is
                params, variables = values(file_of(folder).read_bytes())
                assert params["username" if field == "user" else field] == payload.strip()
                assert (len(params), len(variables)) == (9, 3)
                assert not set(payload.strip()) & set("$\"'<>& \n\r{}"), (field, payload)
                assert api.post("/trunks/gateways/remove", {"name": FILLED["name"]}).status_code == 200
                assert field in {"user", "password"}
            else:
                assert answer.status_code == 422, (field, payload)
                assert answer.json["errors"][0]["field"] == field, (field, payload)
    for payload in hostile:
        assert api.post("/trunks/gateways/save", FILLED | {"codecs": [payload]}).status_code == 422
        assert api.post("/trunks/gateways/save", FILLED | {"caller_ids": [payload]}).status_code == 422
    assert not list((folder / "local").iterdir())
    # a name is free text: it stays in the database, for the gateway's own name is made of the trunk's number
    for number, payload in enumerate(one.strip()[:100] for one in PAYLOADS if "\0" not in one):
        if payload:
            made = api.post("/trunks/gateways/save", FILLED | {"name": payload})
            assert made.status_code == 200, (number, payload)
    for path in (folder / "local").iterdir():
        params, variables = values(path.read_bytes())
        assert (len(params), len(variables)) == (9, 3)
        assert "<script" not in path.read_text()


def test_a_folder_that_cannot_be_written_refuses_the_change(api: Api, folder: Path) -> None:
    (folder / "local").rmdir()
    answer = api.post("/trunks/gateways/save", FILLED)
    assert answer.status_code == 409
    assert str(folder) in answer.json["detail"]
    assert api.get("/trunks").json["trunks"] == []


def test_where_the_switch_is_elsewhere_the_file_is_taken_there(
    apart: FlaskClient, token_for: Any, folder: Path
) -> None:
    api = Api(apart, token_for("far", *Scope))
    made = api.post("/trunks/gateways/save", FILLED)
    assert made.json["written"] is None
    taken = api.post("/trunks/gateways/file", {"name": "МТС", "password": SECRET})
    assert taken.json["name"] == f"gateway-{made.json['gateway']}.xml"
    assert values(taken.json["xml"].encode())[0]["password"] == SECRET
    assert api.post("/trunks/gateways/file", {"name": "МТС"}).json["errors"][0]["field"] == "password"
    assert api.post("/trunks/gateways/file", {"name": "нет", "password": "x"}).status_code == 404
    again = api.post("/trunks/gateways/save", FILLED, Idempotency_Key="k")
    assert again.status_code == 422, "an answer to a secret is not kept"


def test_a_trunk_that_a_command_made_is_not_taken_over(api: Api) -> None:
    api.post("/trunks/add", {"name": "МТС", "dial_string": "sofia/gateway/pstn/{digits}", "channels": 1, "cps": 1})
    answer = api.post("/trunks/gateways/save", FILLED)
    assert answer.status_code == 409
    assert api.get("/trunks").json["trunks"][0]["dial_string"] == "sofia/gateway/pstn/{digits}"


def test_a_trunk_is_removed_with_its_file_unless_a_campaign_uses_it(api: Api, folder: Path, world: Any) -> None:
    api.post("/trunks/gateways/save", FILLED)
    world.people(1)
    campaign = world.campaign()
    assert api.post(f"/campaigns/{campaign}/trunks", {"trunks": ["МТС"]}).status_code == 200
    assert api.post("/trunks/gateways/remove", {"name": "МТС"}).status_code == 409
    assert file_of(folder).exists()
    (other,) = {one["name"] for one in api.get("/trunks").json["trunks"]} - {"МТС"}
    assert api.post(f"/campaigns/{campaign}/trunks", {"trunks": [other]}).status_code == 200
    assert api.post("/trunks/gateways/remove", {"name": "МТС"}).status_code == 200
    assert not list((folder / "local").iterdir())
    assert api.get("/trunks/gateways").json["gateways"] == []


@pytest.mark.parametrize(
    ("state", "up", "status", "condition", "words"),
    [
        ("REGED", True, 0, "registered", "Зарегистрирована"),
        ("NOREG", True, 0, "ready", "Готова"),
        ("NOREG", False, 0, "no_answer", "не отвечает"),
        ("TRYING", False, 0, "trying", "Соединяется"),
        ("REGISTER", False, 0, "trying", "Соединяется"),
        ("TRYING", False, 403, "wrong_login", "неверный логин или пароль"),
        ("FAIL_WAIT", False, 403, "wrong_login", "неверный логин или пароль"),
        ("FAIL_WAIT", False, 401, "wrong_login", "неверный логин или пароль"),
        ("FAIL_WAIT", False, 404, "unknown_user", "не знает такого логина"),
        ("FAIL_WAIT", False, 408, "no_answer", "не отвечает"),
        ("FAIL_WAIT", False, 0, "refused", "отказал"),
        ("FAILED", False, 500, "refused", "отказал"),
        ("MISSING", False, 0, "missing", "не знает этой линии"),
        ("SOMETHING", True, 0, "unknown", "неизвестно"),
    ],
)
def test_the_state_in_words(  # noqa: PLR0917
    api: Api, browser: Browser, engine: Engine, state: str, up: bool, status: int, condition: str, words: str
) -> None:
    made = api.post("/trunks/gateways/save", FILLED).json
    trunk = int(made["gateway"].removeprefix("oklik-"))
    assert made["states"] == []
    seen = Seen(trunk_id=trunk, state=state, up=up, sip_status=status, applied=1)
    with engine.begin() as conn:
        gateways.publish(conn, "node1", [seen], NOW)
    (shown,) = api.get("/trunks/gateways").json["gateways"][0]["states"]
    assert (shown["condition"], shown["sip_status"]) == (condition, status)
    account(engine, "head", "supervisor")
    browser.sign_in("head")
    page = browser.get(f"/settings/trunks/{trunk}").get_data(as_text=True)
    assert words in page
    assert 'name="password"' not in page, "who may not change sees no form"
    assert words in browser.get(f"/settings/trunks/{trunk}", HX_Request="1").get_data(as_text=True)


def test_a_change_under_way_and_a_silent_node(api: Api, engine: Engine, clock: Stopped) -> None:
    trunk = int(api.post("/trunks/gateways/save", FILLED).json["gateway"].removeprefix("oklik-"))

    def condition() -> str:
        return str(api.get("/trunks/gateways").json["gateways"][0]["states"][0]["condition"])

    seen = Seen(trunk_id=trunk, state="REGED", up=True, sip_status=0, applied=1)
    with engine.begin() as conn:
        gateways.publish(conn, "node1", [seen], NOW)
        gateways.publish(conn, "node1", [Seen(trunk_id=10**9, state="X", up=True, sip_status=0, applied=1)], NOW)
    assert condition() == "registered"
    assert api.post("/trunks/gateways/rescan", {"name": "МТС"}).status_code == 200
    assert condition() == "applying"
    clock.moment = NOW + dt.timedelta(minutes=5)
    assert condition() == "unknown"


def test_pages_do_the_same(browser: Browser, engine: Engine, folder: Path) -> None:
    account(engine, "boss", "admin")
    browser.sign_in("boss")
    page = browser.get("/settings/trunks/new").get_data(as_text=True)
    assert "Тонкости" in page
    told = FILLED | {"codecs": "PCMU,PCMA", "ping": "30", "caller_ids": "74951234567\n74957654321", "cps": "2,5"}
    bad = browser.post("/settings/trunks/new", **(told | {"channels": "много"}))
    assert bad.status_code == 422
    assert "от 1 до 5000" in bad.get_data(as_text=True)
    assert SECRET not in bad.get_data(as_text=True), "a password is not sent back"
    assert browser.post("/settings/trunks/new", **(told | {"host": "a b"})).status_code == 422
    made = browser.post("/settings/trunks/new", **told)
    assert made.status_code == 303
    where = made.headers["Location"]
    assert values(file_of(folder).read_bytes())[0]["password"] == SECRET
    shown = browser.get(where).get_data(as_text=True)
    assert "74957654321" in shown
    edit = browser.get(where + "/edit").get_data(as_text=True)
    assert 'value="sip.carrier.example:5065"' in edit
    assert browser.post(where + "/edit", **(told | {"password": "", "channels": "7"})).status_code == 303
    assert values(file_of(folder).read_bytes())[0]["password"] == SECRET
    assert browser.post(where + "/rescan").status_code == 303
    file_of(folder).unlink()
    assert "Скачать файл" in browser.get(where).get_data(as_text=True)
    taken = browser.post(where + "/file", password="Another1")
    assert taken.headers["Content-Disposition"].startswith("attachment; filename=gateway-oklik-")
    assert values(taken.data)[0]["password"] == "Another1"
    assert browser.post(where + "/file", password="bad one").status_code == 303
    assert browser.post(where + "/remove").status_code == 303
    assert browser.get(where).status_code == 404
    assert "Линий пока нет" in browser.get("/settings/trunks").get_data(as_text=True)


def test_nodes_in_words(api: Api, browser: Browser, engine: Engine) -> None:
    account(engine, "head", "supervisor")
    browser.sign_in("head")
    assert "Ни один узел" in browser.get("/settings/nodes").get_data(as_text=True)
    beat = text(
        """INSERT INTO dialer_state (node, virtual, beat_at, campaign_now, speed, state, legs, channels, cps, trunks)
           VALUES (:node, :virtual, :at, :at, 1, :state, 7, 30, 2, '{}')"""
    )
    with engine.begin() as conn:
        for node, state, at in (
            ("a", "dialing", NOW),
            ("b", "switch_away", NOW),
            ("c", "idle", NOW - dt.timedelta(minutes=1)),
            ("d", "gone", NOW - dt.timedelta(minutes=1)),
        ):
            conn.execute(beat, {"node": node, "virtual": node == "a", "at": at, "state": state})
    found = {one["node"]: one for one in api.get("/nodes").json["nodes"]}
    assert [found[node]["alive"] for node in "abcd"] == [True, True, False, False]
    assert (found["a"]["legs"], found["a"]["channels"], found["c"]["seen_s"]) == (7, 30, 60.0)
    page = browser.get("/settings/nodes", HX_Request="1").get_data(as_text=True)
    assert "<html" not in page
    for words in ("Звонит", "Нет связи с FreeSWITCH", "Не отвечает", "Выключен", "виртуальный"):
        assert words in page
