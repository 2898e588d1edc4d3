"""Users, tokens and the audit: by the API, and by the pages that do the same."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from oklik.campaigns import tokens, users
from oklik.campaigns.audit import Actor, note
from oklik.campaigns.tokens import Scope, TokenRefused
from oklik_web.proxies import behind
from web.conftest import NOW, Api, Stopped
from web.pages import PASSWORD, Browser, account

pytestmark = pytest.mark.integration


@pytest.fixture
def boss(browser: Browser, engine: Engine) -> Browser:
    """An admin's browser."""
    account(engine, "boss", "admin")
    browser.sign_in("boss")
    return browser


def test_somebody_is_invited_and_comes_in_by_the_link(api: Api, client: FlaskClient, engine: Engine) -> None:
    told = {"login": "Vera@example.com", "name": "Вера", "role": "marketer"}
    made = api.post("/users/invite", told)
    assert made.status_code == 200, made.json
    assert made.json["expires_at"].startswith("2025-03-07")
    assert api.post("/users/invite", told).status_code == 422, "the login is taken"
    assert api.post("/users/invite", told | {"login": "вера"}).status_code == 422
    assert api.post("/users/invite", told | {"login": "v2", "role": "owner"}).status_code == 422
    (vera,) = api.get("/users").json["users"]
    assert (vera["login"], vera["ready"], vera["role"]) == ("vera@example.com", False, "marketer")
    browser = Browser(client)
    assert browser.sign_in("vera@example.com", "").status_code == 422, "without a password nobody gets in"
    path = made.json["link"].removeprefix("http://localhost")
    browser.get(path)
    assert browser.post(path, password=PASSWORD, again=PASSWORD).status_code == 303
    assert browser.is_in()
    role = api.post(f"/users/{vera['id']}/role", {"role": "supervisor"})
    assert role.json["role"] == "supervisor"
    assert not browser.is_in()
    assert api.post(f"/users/{vera['id']}/disable", {}).json["disabled_at"]
    assert api.post(f"/users/{vera['id']}/enable", {}).json["disabled_at"] is None
    assert api.post("/users/999/disable", {}).status_code == 404
    with engine.connect() as conn:
        noted = conn.execute(text("SELECT action FROM audit_entry WHERE subject = 'vera@example.com'")).scalars().all()
    assert [one for one in noted if one.startswith("users.")] == [
        "users.invite",
        "users.password",
        "users.role",
        "users.disable",
        "users.enable",
    ]


def test_the_pages_do_the_same(boss: Browser, engine: Engine) -> None:
    boss.get("/settings/users/new")
    answer = boss.post("/settings/users/new", name="Вера", login="vera", role="marketer")
    assert re.search(r'value="http://localhost/password/[\w-]{43}"', answer.text)
    with engine.connect() as conn:
        vera = users.find_user(conn, "vera")
    assert "/password/" in boss.post(f"/settings/users/{vera.id}/link").text
    boss.post(f"/settings/users/{vera.id}/role", role="agent")
    boss.post(f"/settings/users/{vera.id}/disable")
    with engine.connect() as conn:
        vera = users.get_user(conn, vera.id)
    assert vera.role == "agent"
    assert vera.disabled_at == NOW
    shown = boss.get("/settings/users").text
    assert "доступ отключён" in shown
    for fields in ({"login": "vera"}, {"name": ""}, {"role": "owner"}, {"login": "a b"}, {"name": "x" * 101}):
        told = {"name": "В", "login": "v9", "role": "agent"} | fields
        assert boss.post("/settings/users/new", **told).status_code == 422, fields


def test_an_answer_with_a_secret_is_not_kept(api: Api, engine: Engine) -> None:
    told = {"login": "vera", "name": "Вера", "role": "agent"}
    assert api.post("/users/invite", told, Idempotency_Key="k").status_code == 422
    assert api.post("/tokens/add", {"name": "x", "scopes": ["why:read"]}, Idempotency_Key="k").status_code == 422
    with engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM idempotency_key")).scalar_one() == 0


def test_a_token_ends_on_its_day(api: Api, client: FlaskClient, clock: Stopped) -> None:
    made = api.post("/tokens/add", {"name": "CRM", "scopes": ["tokens:read"], "days": 30}).json
    program = Api(client, made["token"])
    assert program.get("/tokens").status_code == 200
    (shown, mine) = program.get("/tokens").json["tokens"]
    assert (shown["name"], mine["name"]) == ("CRM", "crm")
    assert "token" not in shown
    clock.moment += dt.timedelta(days=30, seconds=-1)
    assert program.get("/tokens").status_code == 200
    clock.moment += dt.timedelta(seconds=1)
    assert program.get("/tokens").status_code == 401


def test_an_end_that_is_over_is_refused(engine: Engine) -> None:
    with engine.begin() as conn, pytest.raises(TokenRefused):
        tokens.create(conn, "x", ["why:read"], NOW, expires_at=NOW)


def test_a_token_gives_no_more_than_its_maker_may(engine: Engine, client: FlaskClient) -> None:
    with engine.begin() as conn:
        token = tokens.create(conn, "small", [str(Scope.TOKENS_WRITE)], NOW)
    small = Api(client, token)
    answer = small.post("/tokens/add", {"name": "x", "scopes": ["users:write", "tokens:write"]})
    assert answer.status_code == 403
    assert "users:write" in answer.json["detail"]
    assert small.post("/tokens/add", {"name": "x", "scopes": ["tokens:write"]}).status_code == 200


def test_somebodys_token_follows_them(boss: Browser, client: FlaskClient, engine: Engine) -> None:
    made = boss.post("/settings/tokens/new", name="CRM", days="90", scopes=["audit:read", "users:write"]).text
    found = re.search(r'value="(oklik_[\w-]{43})"', made)
    assert found
    program = Api(client, found[1])
    assert program.post("/audit/list", {}).status_code == 200
    other = account(engine, "other", "admin")
    with engine.begin() as conn:
        user = users.find_user(conn, "boss")
        users.set_role(conn, user.id, "supervisor")
    assert program.post("/audit/list", {}).status_code == 200
    assert program.post(f"/users/{other}/role", {"role": "agent"}).status_code == 403, "supervisors may not"
    with engine.begin() as conn:
        users.set_disabled(conn, user.id, True, NOW)
    assert program.post("/audit/list", {}).status_code == 401


def test_the_page_of_tokens(boss: Browser, client: FlaskClient) -> None:
    assert "Токенов пока нет" in boss.get("/settings/tokens").text
    assert boss.post("/settings/tokens/new", name="CRM", days="90").status_code == 422, "no scope"
    assert boss.post("/settings/tokens/new", name="CRM", days="7", scopes=["why:read"]).status_code == 422
    assert boss.post("/settings/tokens/new", name="CRM", days="90", scopes=["all"]).status_code == 422
    made = boss.post("/settings/tokens/new", name="CRM", days="0", scopes=["why:read"]).text
    found = re.search(r'value="(oklik_[\w-]{43})"', made)
    assert found
    shown = boss.get("/settings/tokens").text
    assert "CRM" in shown
    assert "без срока" in shown
    assert found[1] not in shown
    boss.post("/settings/tokens/revoke", name="CRM")
    assert Api(client, found[1]).get("/campaigns/1/why").status_code == 401
    boss.post("/settings/tokens/revoke", name="nothing")
    assert "действующего токена" in boss.get("/settings/tokens").text


def test_a_bearer_token_needs_no_csrf_and_looks_at_no_cookie(boss: Browser, engine: Engine) -> None:
    with engine.begin() as conn:
        token = tokens.create(conn, "small", [str(Scope.WHY_READ)], NOW)
    mine = {"Authorization": f"Bearer {token}"}
    told = boss.client.post("/api/v1/audit/list", json={}, headers=mine)
    assert told.status_code == 403, "the admin's cookie adds nothing"
    for wrong in ("Bearer x", "Basic x"):
        answer = boss.client.get("/api/v1/users", headers={"Authorization": wrong})
        assert answer.status_code == 401


def test_a_page_asks_the_api_by_its_session(boss: Browser, engine: Engine) -> None:
    account(engine, "vera")
    assert len(boss.client.get("/api/v1/users").json["users"]) == 2
    told: dict[str, Any] = {"numbers": ["+79160000001"], "source": "letter", "reason": "asked"}
    assert boss.client.post("/api/v1/stop-list/add", json=told).status_code == 403
    headers = {"X-CSRF-Token": boss.csrf, "Idempotency-Key": "letter-1"}
    for _ in range(2):
        answer = boss.client.post("/api/v1/stop-list/add", json=told, headers=headers)
        assert answer.status_code == 200
    with engine.connect() as conn:
        rows = conn.execute(text("SELECT who, via FROM audit_entry WHERE action = 'stop_list.add'")).all()
        keys = conn.execute(text("SELECT owner FROM idempotency_key")).scalars().all()
    assert [tuple(one) for one in rows] == [("user:boss", "web")], "once"
    assert [one.partition(":")[0] for one in keys] == ["user"]


def test_the_audit_is_found_by_who_what_and_when(api: Api, engine: Engine, clock: Stopped) -> None:
    for number in range(3):
        api.post("/tokens/add", {"name": f"t{number}", "scopes": ["why:read"]})
        clock.moment += dt.timedelta(days=1)
    api.post("/users/invite", {"login": "vera", "name": "Вера", "role": "agent"})

    def found(**wanted: Any) -> list[str]:
        answer = api.post("/audit/list", wanted)
        assert answer.status_code == 200, answer.json
        return [one["subject"] for one in answer.json["entries"]]

    assert found() == ["vera", "t2", "t1", "t0"]
    assert found(action="tokens") == ["t2", "t1", "t0"]
    assert found(action="tokens.create", subject="T1") == ["t1"]
    assert found(action="token") == [], "a topic is a whole word"
    assert found(who="crm") == found(who="token:crm") == ["vera", "t2", "t1", "t0"]
    assert found(who="nobody") == []
    second = (NOW + dt.timedelta(days=1)).isoformat()
    assert found(until=second) == ["t0"]
    assert found(since=second, action="tokens") == ["t2", "t1"]
    first = api.post("/audit/list", {"limit": 3}).json
    assert [one["subject"] for one in first["entries"]] == ["vera", "t2", "t1"]
    rest = api.post("/audit/list", {"limit": 3, "before": first["next"]}).json
    assert ([one["subject"] for one in rest["entries"]], rest["next"]) == (["t0"], None)


def test_the_page_of_the_audit_takes_any_filter(boss: Browser, engine: Engine) -> None:
    with engine.begin() as conn:
        for number in range(60):
            note(conn, Actor("user:boss", "web"), "users.invite", f"u{number}", {}, NOW)
    shown = boss.get("/settings/audit?action=users.invite").text
    assert shown.count("Пользователь приглашён") == 50 + 1, "and once in the choice"
    older = re.search(r'href="([^"]*before=[^"]*)"', shown)
    assert older
    more = boss.get(older[1].replace("&amp;", "&")).text
    assert more.count("Пользователь приглашён") == 10 + 1
    for odd in ("since=x", "since=9999-12-31", "until=0001-01-01", "before=9e9", "before=-1", "who=%00", "subject=%25"):
        assert boss.get(f"/settings/audit?{odd}").status_code == 200, odd


def test_the_page_of_the_audit_speaks_in_words(boss: Browser, engine: Engine) -> None:
    told = {"reason": "paid", "ended": 3000, "up": 0, "campaign": 1234, "people": ["Д-1", "Д-2"], "odd_key": True}
    told |= {"before": {"cps": 2.5, "note": ""}}
    with engine.begin() as conn:
        note(conn, Actor("token:crm", "api", None), "people.remove", "2 people", told, NOW)
        note(conn, Actor("token:crm", "api", None), "users.role", "2 heads", {"role": "marketer", "note": None}, NOW)
    shown = html.unescape(boss.get("/settings/audit").text)
    assert "2 человека" in shown and "2 heads" in shown
    details = ["причина: paid", "люди: Д-1, Д-2", "odd_key: да", "снято: 3\N{NO-BREAK SPACE}000", "говорят сейчас: 0"]
    details += ["кампания: 1234", "было: звонков в секунду 2,5, заметка —", "заметка: —; роль: Маркетолог"]
    assert [one for one in details if one not in shown] == []


@pytest.mark.parametrize(
    ("peer", "believed"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("127.0.0.1", True), ("192.0.2.1", False), ("", False)],
)
def test_forwarded_headers_are_believed_from_named_proxies_only(peer: str, believed: bool) -> None:
    def app(environ: dict[str, Any], _start: Any) -> list[bytes]:
        return [f"{environ['REMOTE_ADDR']} {environ['wsgi.url_scheme']} {environ['HTTP_HOST']}".encode()]

    environ = {
        "REMOTE_ADDR": peer,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "inside:8020",
        "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.4",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_HOST": "calls.example.com",
    }
    (seen,) = behind(app, ("10.0.0.0/8", "127.0.0.1"))(dict(environ), None)
    expected = "198.51.100.4 https calls.example.com" if believed else f"{peer} http inside:8020"
    assert seen.decode() == expected, "of several, the one that the proxy itself has seen"
    (seen,) = behind(app, ())(dict(environ), None)
    assert seen.decode() == f"{peer} http inside:8020"
