"""Signing in and out, the first admin, links, sessions: who gets in, and when they are out again."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from oklik.campaigns import one_time_codes, users, web_sessions
from oklik.campaigns.passwords import Passwords, weakness
from oklik.campaigns.users import UserRefused
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from web.conftest import NOW, Stopped
from web.pages import CHEAP, PASSWORD, Browser, account

pytestmark = pytest.mark.integration

FIRST = {"login": "Anna", "name": "Анна", "password": PASSWORD, "again": PASSWORD}


def first_code(engine: Engine, now: dt.datetime = NOW) -> str:
    with engine.begin() as conn:
        code = one_time_codes.make_first_admin_code(conn, now)
    assert code is not None
    return code


def test_the_first_start_leads_to_the_admins_page_and_wants_the_code(browser: Browser, engine: Engine) -> None:
    assert browser.get("/").headers["Location"].startswith("/first-admin")
    assert browser.get("/login").headers["Location"] == "/first-admin"
    browser.get("/first-admin")
    code = first_code(engine)
    for wrong in ("", "AAAAA-AAAAA", "0", "x" * 40):
        assert browser.post("/first-admin", **FIRST, code=wrong).status_code == 422
    assert browser.post("/first-admin", **FIRST, code=code.lower().replace("-", "  ")).status_code == 303
    assert browser.is_in()
    with engine.connect() as conn:
        (admin,) = users.all_users(conn)
    assert (admin.login, admin.role, admin.ready, admin.last_login_at) == ("anna", "admin", True, NOW)
    assert browser.get("/first-admin").status_code == 404, "there is one now"
    with engine.begin() as conn:
        assert one_time_codes.make_first_admin_code(conn, NOW) is None


def test_a_code_works_once_for_a_day_and_a_new_one_ends_it(engine: Engine) -> None:
    before, code = first_code(engine), first_code(engine)
    hashed = CHEAP.hash(PASSWORD)

    def attempt(given: str, now: dt.datetime) -> None:
        with engine.begin() as conn:
            users.make_first_admin(conn, given, "anna", "Anna", hashed, now)

    for given, now in ((before, NOW), (code, NOW + one_time_codes.FIRST_ADMIN_HOLDS)):
        with pytest.raises(UserRefused):
            attempt(given, now)
    attempt(code, NOW)
    with pytest.raises(UserRefused):
        attempt(code, NOW)


def test_who_guesses_codes_has_to_wait(browser: Browser, engine: Engine) -> None:
    code = first_code(engine)
    browser.get("/first-admin")
    for _ in range(5):
        assert "код не подходит" in browser.post("/first-admin", **FIRST, code="AAAAA-AAAAA").text
    assert "Слишком много попыток" in browser.post("/first-admin", **FIRST, code=code).text
    with engine.connect() as conn:
        assert users.all_users(conn) == []


def test_a_wrong_login_and_a_wrong_password_are_told_alike(browser: Browser, engine: Engine) -> None:
    account(engine, "anna")
    nobody = browser.sign_in("nobody")
    wrong = browser.sign_in("anna", "not hers at all")
    assert nobody.status_code == wrong.status_code == 422
    hidden = re.compile(r'(value|content)="[^"]*"')
    assert hidden.sub("", nobody.text) == hidden.sub("", wrong.text)
    assert not browser.is_in()
    assert browser.sign_in("ANNA ").status_code == 303, "letters' size and blanks are no matter"


def test_who_guesses_passwords_has_to_wait_and_others_have_not(
    client: FlaskClient, browser: Browser, engine: Engine
) -> None:
    account(engine, "anna")
    account(engine, "boris")
    for _ in range(5):
        assert "не подходят" in browser.sign_in("anna", "wrong one").text
    assert "Слишком много попыток" in browser.sign_in("anna").text, "even with the right one"
    assert browser.sign_in("boris").status_code == 303
    elsewhere = Browser(client.application.test_client())
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.sign_in("anna").status_code == 303, "a stranger cannot lock her out at her own desk"


def test_many_accounts_from_one_address_are_counted_together(browser: Browser, engine: Engine) -> None:
    account(engine, "anna")
    for number in range(30):
        browser.sign_in(f"guess{number}")
    assert "Слишком много попыток" in browser.sign_in("anna").text


def test_the_cookie_tells_nothing_and_goes_nowhere(client: FlaskClient, engine: Engine) -> None:
    account(engine, "anna")
    for base, secure in (("http://localhost", False), ("https://localhost", True)):
        page = client.get("/login", base_url=base)
        found = re.search('content="([^"]+)">', page.text[page.text.index("csrf-token") :])
        assert found
        told = {"login": "anna", "password": PASSWORD, "csrf_token": found[1]}
        answer = client.post("/login", data=told, base_url=base, headers={"Referer": f"{base}/login"})
        assert answer.status_code == 303
        cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("oklik="))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is secure
        client.delete_cookie("oklik")


def test_the_database_holds_no_secret_of_a_session_a_code_or_a_password(browser: Browser, engine: Engine) -> None:
    user_id = account(engine, "anna")
    browser.sign_in("anna")
    with browser.client.session_transaction() as held:
        secret = held["session"]
    with engine.begin() as conn:
        code = one_time_codes.make_link_code(conn, user_id, NOW)
        kept = "".join(
            str(conn.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("web_session", "one_time_code", "user_account", "audit_entry")
        )
    for one in (secret, code, PASSWORD):
        assert one not in kept


def test_signing_in_begins_a_new_session(browser: Browser, engine: Engine) -> None:
    """What somebody planted in the browser before is worth nothing after."""
    account(engine, "anna")
    browser.get("/login")
    planted = browser.csrf
    browser.sign_in("anna")
    assert browser.client.post("/logout", data={"csrf_token": planted}).status_code == 403


def test_a_session_ends_when_its_owner_signs_out(browser: Browser, engine: Engine) -> None:
    account(engine, "anna")
    browser.sign_in("anna")
    stolen = browser.client.get_cookie("oklik")
    assert stolen is not None
    assert browser.post("/logout").status_code == 303
    browser.client.set_cookie("oklik", stolen.value)
    assert not browser.is_in(), "the cookie of before opens nothing"


@pytest.mark.parametrize(
    "deed",
    [
        lambda conn, user: users.set_password(conn, user, CHEAP.hash("another long one")),
        lambda conn, user: users.set_role(conn, user, "agent"),
        lambda conn, user: users.set_disabled(conn, user, True, NOW),
    ],
    ids=["password", "role", "disabled"],
)
def test_a_session_ends_when_a_right_goes(browser: Browser, engine: Engine, deed: Callable[..., Any]) -> None:
    user_id = account(engine, "anna")
    browser.sign_in("anna")
    assert browser.is_in()
    with engine.begin() as conn:
        deed(conn, user_id)
    assert not browser.is_in()
    answer = browser.client.get("/api/v1/campaigns")
    assert answer.status_code == 401


def test_a_session_ends_after_silence_and_after_a_week(browser: Browser, engine: Engine, clock: Stopped) -> None:
    account(engine, "anna")
    browser.sign_in("anna")
    while clock.moment < NOW + web_sessions.LONGEST:
        assert browser.is_in()
        clock.moment += web_sessions.IDLE - dt.timedelta(minutes=1)
    assert not browser.is_in(), "however busy"
    browser.sign_in("anna")
    clock.moment += web_sessions.IDLE
    assert not browser.is_in()


def test_a_link_chooses_a_password_once(browser: Browser, engine: Engine, clock: Stopped) -> None:
    user_id = account(engine, "anna")
    elsewhere = Browser(browser.client.application.test_client())
    elsewhere.sign_in("anna")

    def make() -> str:
        with engine.begin() as conn:
            return f"/password/{one_time_codes.make_link_code(conn, user_id, clock.moment)}"

    old, link = make(), make()
    assert browser.get(old).status_code == 404, "a new one takes it back"
    assert browser.get("/password/x").status_code == 404
    assert browser.get(link).status_code == 200
    assert browser.post(link, password="short", again="short").status_code == 422
    new = "quite another phrase"
    assert browser.post(link, password=new, again="no the same").status_code == 422
    assert browser.post(link, password=new, again=new).status_code == 303
    assert browser.is_in()
    assert not elsewhere.is_in(), "other browsers are signed out"
    assert browser.get(link).status_code == 404
    assert elsewhere.sign_in("anna").status_code == 422
    assert elsewhere.sign_in("anna", new).status_code == 303
    late = make()
    clock.moment += one_time_codes.LINK_HOLDS
    assert browser.get(late).status_code == 404


def test_a_password_is_argon2id_and_is_made_anew_when_its_parameters_are_old(browser: Browser, engine: Engine) -> None:
    assert Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert (WebSettings().hash_rounds, WebSettings().hash_kib) == (3, 65536)
    user_id = account(engine, "anna")
    with engine.begin() as conn:
        users.set_password(conn, user_id, Passwords(rounds=2, memory_kib=64).hash(PASSWORD))
    assert browser.sign_in("anna").status_code == 303
    with engine.connect() as conn:
        found = users.password_of(conn, "anna")
    assert found is not None
    assert not CHEAP.outdated(found[1] or "")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("123456789", "short"),
        ("x" * 201, "long"),
        ("anna@example.com", "same"),
        ("aaaaaaaaaaaa", "plain"),
        ("abcdefghijkl", "plain"),
        ("9876543210", "plain"),
        ("корова на льду", None),
    ],
)
def test_what_is_a_good_password(password: str, fault: str | None) -> None:
    assert weakness(password, "anna@example.com") == fault


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "///evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "x"]
)
def test_signing_in_leads_to_no_other_site(browser: Browser, engine: Engine, wanted: str) -> None:
    account(engine, "anna")
    browser.get("/login")
    answer = browser.post("/login", login="anna", password=PASSWORD, next=wanted)
    assert answer.headers["Location"] == "/"


def test_signing_in_leads_to_where_one_wanted(browser: Browser, engine: Engine) -> None:
    account(engine, "anna", "admin")
    asked = browser.get("/settings/audit?who=anna").headers["Location"]
    browser.get(asked)
    answer = browser.client.post(asked, data={"csrf_token": browser.csrf, "login": "anna", "password": PASSWORD})
    assert answer.headers["Location"] == "/settings/audit?who=anna"


def test_there_is_always_an_admin(engine: Engine) -> None:
    anna, boris = account(engine, "anna", "admin"), account(engine, "boris", "admin")
    with engine.begin() as conn:
        users.set_disabled(conn, boris, True, NOW)
    for deed in (
        lambda conn: users.set_role(conn, anna, "agent"),
        lambda conn: users.set_disabled(conn, anna, True, NOW),
    ):
        with engine.begin() as conn, pytest.raises(UserRefused):
            deed(conn)
    with engine.begin() as conn:
        users.set_disabled(conn, boris, False, NOW)
        users.set_role(conn, anna, "agent")


def test_nobody_shuts_themselves_out_by_the_page(browser: Browser, engine: Engine) -> None:
    anna = account(engine, "anna", "admin")
    account(engine, "boris", "admin")
    browser.sign_in("anna")
    browser.post(f"/settings/users/{anna}/disable")
    browser.post(f"/settings/users/{anna}/role", role="agent")
    assert browser.get("/settings/users").status_code == 200


def test_pages_hold_no_script_or_style_of_their_own(browser: Browser, engine: Engine) -> None:
    account(engine, "anna", "admin")
    browser.sign_in("anna")
    for path in ("/settings/users", "/settings/tokens", "/settings/audit", "/profile", "/nothing"):
        answer = browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text), path
        assert answer.headers["Cache-Control"] == "no-store"


def test_errors_of_pages_are_pages(browser: Browser, engine: Engine) -> None:
    account(engine, "anna", "agent")
    browser.sign_in("anna")
    for path, status in (("/nothing", 404), ("/settings/users", 403), ("/settings/users/1/link", 405)):
        answer = browser.get(path)
        assert (answer.status_code, answer.mimetype) == (status, "text/html")
        assert "Traceback" not in answer.text
    browser.post("/language", language="en")
    assert "There is no such page" in browser.get("/nothing").text


def test_a_fault_of_ours_is_a_page_with_its_number(engine: Engine, clock: Stopped, monkeypatch: Any) -> None:
    app = create_app(engine, WebSettings(hash_rounds=1, hash_kib=32), clock=clock)
    account(engine, "anna", "admin")
    browser = Browser(app.test_client())
    browser.sign_in("anna")

    def broken(_conn: Any) -> Any:
        raise RuntimeError("the insides")

    monkeypatch.setattr(users, "all_users", broken)
    answer = browser.get("/settings/users")
    assert answer.status_code == 500
    assert "insides" not in answer.text
    assert re.search("номер сбоя: [0-9a-f]{8}", answer.text)


def test_the_language_is_switched_for_the_browser_and_kept_for_the_person(browser: Browser, engine: Engine) -> None:
    account(engine, "anna")
    assert 'lang="ru"' in browser.get("/login", **{"Accept-Language": "en"}).text
    assert browser.post("/language", language="en", next="/login").headers["Location"] == "/login"
    assert 'lang="en"' in browser.get("/login").text
    browser.sign_in("anna")
    browser.post("/language", language="en")
    again = Browser(browser.client.application.test_client())
    again.sign_in("anna")
    assert 'lang="en"' in again.get("/profile").text
    told = again.client.get("/api/v1/trunks", headers={"Accept-Language": "ru"})
    assert "role" in told.json["detail"], "the API speaks to a page as the page does"


def test_the_profile_keeps_name_language_and_password(browser: Browser, engine: Engine) -> None:
    account(engine, "anna")
    elsewhere = Browser(browser.client.application.test_client())
    for one in (browser, elsewhere):
        one.sign_in("anna")
    assert browser.post("/profile", name="Анна Вторая", language="en").status_code == 303
    assert "Анна Вторая" in browser.get("/profile").text
    new = "quite another phrase"
    assert browser.post("/profile/password", old="wrong", password=new, again=new).status_code == 422
    assert browser.post("/profile/password", old=PASSWORD, password=new, again=new).status_code == 303
    assert browser.is_in()
    assert not elsewhere.is_in()


def test_static_files_are_kept_for_good_by_version_and_nothing_else_is_given(client: FlaskClient) -> None:
    path = "/static/pages/oklik.css"
    for address, kept in ((path, False), (f"{path}?v=1", True)):
        answer = client.get(address)
        assert ("immutable" in answer.headers["Cache-Control"]) is kept
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()
    for wrong in (
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/pages/../../app.py",
        "/static/",
        "/static/pages",
    ):
        assert client.get(wrong).status_code == 404, wrong


def test_who_tries_many_at_once_is_not_told_which_was_right(
    browser: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are looked at before the first one's failure is counted."""
    account(engine, "anna")
    guesses = browser.client.application.config["OKLIK"].guesses

    def meanwhile(_kept: str | None, _password: str) -> bool:
        for _ in range(5):
            guesses.wrong("anna", "127.0.0.1")
        return True

    monkeypatch.setattr("oklik_web.door.fits", meanwhile)
    assert "Слишком много попыток" in browser.sign_in("anna").text
    assert not browser.is_in()


def test_who_signs_in_rightly_is_not_counted(browser: Browser, engine: Engine) -> None:
    """A whole office comes in by one address every morning."""
    account(engine, "anna")
    for _ in range(31):
        assert browser.sign_in("anna").status_code == 303
        browser.client.delete_cookie("oklik")
