"""Who may go where: every route there is, for every role, for strangers and for programs."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine

from oklik.campaigns.permissions import MATRIX, Role, may, scopes_of
from oklik.campaigns.tokens import Scope
from oklik_web import access
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from web.conftest import Stopped
from web.pages import Browser, account

pytestmark = pytest.mark.integration

LAST = "pages_accounts.logout"


@pytest.fixture
def app(engine: Engine, clock: Stopped) -> Flask:
    return create_app(engine, WebSettings(requests=100_000, hash_rounds=1, hash_kib=32), clock=clock)


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Method, path and endpoint of every route; signing out comes last."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<int:\w+>", "999999", re.sub(r"<(path:)?(\w+)>", "nothing", rule.rule))
        path = re.sub(r"<uuid:\w+>", str(UUID(int=1)), path)
        found += [(method, path, rule.endpoint) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return sorted(found, key=lambda one: one[2] == LAST)


def test_every_scope_has_its_line() -> None:
    assert set(MATRIX) == set(Scope), "say in campaigns.permissions who may"
    assert all(Role.ADMIN in roles for roles in MATRIX.values())
    assert scopes_of(Role.ADMIN) == set(Scope)


def test_the_matrix_as_it_was_meant() -> None:
    """The lines that would hurt most if they slipped."""
    admins_only = {Scope.USERS_WRITE, Scope.TOKENS_READ, Scope.TOKENS_WRITE, Scope.TRUNKS_WRITE}
    for role in (Role.SUPERVISOR, Role.MARKETER, Role.AGENT):
        assert not admins_only & scopes_of(role)
    assert not may(Role.AGENT, Scope.CAMPAIGNS_WRITE)
    assert not may(Role.AGENT, Scope.RECORDINGS_READ)
    assert not may(Role.MARKETER, Scope.AUDIT_READ)


@pytest.mark.parametrize("role", Role)
def test_every_route_keeps_to_its_rule_for_every_role(app: Flask, engine: Engine, role: Role) -> None:
    account(engine, "somebody", role)
    browser = Browser(app.test_client())
    assert browser.sign_in("somebody").status_code == 303
    seen = 0
    for method, path, endpoint in routes(app):
        rule = access.rule_of(app, endpoint)
        answer = _ask(browser, method, path)
        if rule in {access.OPEN, access.SIGNED_IN} or may(role, Scope(rule)):
            assert answer.status_code not in {401, 403}, (method, path, rule)
        else:
            assert answer.status_code == 403, (method, path, rule)
        assert answer.status_code < 500, (method, path)
        seen += 1
    assert seen >= 50


def test_every_route_but_the_open_ones_keeps_strangers_out(app: Flask, engine: Engine) -> None:
    account(engine, "somebody")
    for method, path, endpoint in routes(app):
        if access.rule_of(app, endpoint) == access.OPEN:
            continue
        answer = app.test_client().open(path, method=method)
        if path.startswith("/api/"):
            assert answer.status_code == 401, path
        else:
            assert answer.status_code in {302, 303}, path
            assert answer.headers["Location"].startswith("/login"), path


def test_every_change_from_a_browser_needs_the_csrf_token(app: Flask, engine: Engine) -> None:
    account(engine, "boss", Role.ADMIN)
    browser = Browser(app.test_client())
    browser.sign_in("boss")
    changes = [one for one in routes(app) if one[0] != "GET" and not one[2].startswith("static")]
    assert len(changes) >= 30
    said, _, signed = browser.csrf.rpartition(".")
    forged = f"{said}.{'A' if signed[0] != 'A' else 'B'}{signed[1:]}"  # the last letter has bits that say nothing
    for method, path, _ in changes:
        for token in ("", "x", forged):
            answer = browser.client.open(path, method=method, headers={"X-CSRF-Token": token, "Accept": "text/html"})
            assert answer.status_code == 403, (method, path, token)
    assert browser.is_in()


def test_the_token_of_another_browser_is_none(app: Flask, engine: Engine) -> None:
    account(engine, "boss", Role.ADMIN)
    mine, others = Browser(app.test_client()), Browser(app.test_client())
    mine.sign_in("boss")
    others.sign_in("boss")
    assert mine.client.post("/logout", data={"csrf_token": others.csrf}).status_code == 403


def test_the_open_routes_are_these(app: Flask) -> None:
    """Whoever adds one says so here."""
    assert {one[2] for one in routes(app) if access.rule_of(app, one[2]) == access.OPEN} == {
        "health.health",
        "openapi.spec",
        "pages_accounts.choose_password",
        "pages_accounts.first_admin",
        "pages_accounts.login",
        "pages_api_docs.index",
        "pages_home.language",
        "static",
        "texts.show",
    }


def test_a_route_without_a_rule_is_refused_at_the_start(app: Flask) -> None:
    access.check_rules(app)
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(LookupError, match="forgotten"):
        access.check_rules(app)


def _ask(browser: Browser, method: str, path: str) -> Any:
    headers = {"X-CSRF-Token": browser.csrf} if method != "GET" else {}
    return browser.client.open(path, method=method, headers=headers)
