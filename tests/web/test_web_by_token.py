"""Whatever the pages change, a program can change with a token: every form has its address of the API.

Who adds a form says in COUNTERPARTS which address does the same, or in PAGES_ONLY why there is none.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

import oklik_web
from oklik.campaigns import tokens
from oklik.campaigns.tokens import Scope
from oklik_web import access
from oklik_web.door import UNSAFE
from web.conftest import NOW, Api
from web.pages import account

pytestmark = pytest.mark.integration

COUNTERPARTS: dict[str, str] = {
    "pages_dictionary.put": "POST /pronunciation/set",
    "pages_dictionary.remove": "POST /pronunciation/remove",
    "pages_lists.search": "POST /lists/search",
    "pages_lists.rows": "POST /lists/{list_id}/segments/try",
    "pages_lists.count": "POST /lists/{list_id}/segments/count",
    "pages_lists.save": "POST /lists/{list_id}/segments",
    "pages_lists.forget": "POST /segments/{segment_id}/delete",
    "pages_lists.column": "POST /lists/{list_id}/columns",
    "pages_lists.delete": "POST /lists/{list_id}/delete",
    "pages_lists.restore": "POST /lists/{list_id}/restore",
    "pages_lists.cell": "GET /contacts/{contact_id}",
    "pages_lists.save_cell": "POST /contacts/{contact_id}/cells",
    "pages_lists.undo": "POST /contacts/{contact_id}/cells/undo",
    "pages_lists_import.columns": "POST /list-imports/{import_id}/inspect",
    "pages_lists_import.start": "POST /list-imports/{import_id}/start",
    "pages_lists_import.cancel": "POST /list-imports/{import_id}/cancel",
    "pages_lists_stop.rows": "POST /stop-list/list",
    "pages_lists_stop.check": "POST /stop-list/check",
    "pages_lists_stop.add": "POST /stop-list/add",
    "pages_lists_stop.import_file": "POST /stop-list/import",
    "pages_lists_stop.remove": "POST /stop-list/remove",
    "pages_lists_consents.add": "POST /consents/add",
    "pages_lists_consents.look": "POST /consents/list",
    "pages_lists_consents.revoke": "POST /consents/revoke",
    "pages_holidays.choose": "POST /holidays/calendar",
    "pages_holidays.put": "POST /holidays/days",
    "pages_holidays.remove": "POST /holidays/days/remove",
    "pages_outcomes.name": "POST /outcomes/name",
    "pages_outcomes.restore": "POST /outcomes/restore",
    "pages_phones.add": "POST /phones/add",
    "pages_phones.confirm": "POST /phones/confirm",
    "pages_phones.remove": "POST /phones/remove",
    "pages_projects.add": "POST /projects",
    "pages_projects.rename": "POST /projects/{project_id}/rename",
    "pages_projects.archive": "POST /projects/{project_id}/archive",
    "pages_projects.restore": "POST /projects/{project_id}/restore",
    "pages_trunks_tests.begin": "POST /trunks/tests",
    "pages_trunks_tests.set_keys": "POST /trunks/gateways/keys",
    "pages_profile.save": "POST /profile",
    "pages_prompts.restore": "POST /prompts/{key}/{language}/restore",
    "pages_scenarios.new": "POST /scenarios",
    "pages_tokens.create": "POST /tokens/add",
    "pages_tokens.revoke": "POST /tokens/revoke",
    "pages_trunks.create": "POST /trunks/gateways/save",
    "pages_trunks.edit": "POST /trunks/gateways/save",
    "pages_trunks.rescan": "POST /trunks/gateways/rescan",
    "pages_trunks.file": "POST /trunks/gateways/file",
    "pages_trunks.remove": "POST /trunks/gateways/remove",
    "pages_users.invite": "POST /users/invite",
    "pages_users.link": "POST /users/{user_id}/link",
    "pages_users.role": "POST /users/{user_id}/role",
    "pages_users.disable": "POST /users/{user_id}/disable",
    "pages_users.enable": "POST /users/{user_id}/enable",
}
PAGES_ONLY: dict[str, str] = {
    "pages_accounts.login": "gives a browser its session; a program has a token",
    "pages_accounts.logout": "takes a browser's session",
    "pages_accounts.first_admin": "nobody is there yet who could give a token",
    "pages_accounts.choose_password": "a password is chosen by its owner with a link of one's own",
    "pages_profile.password": "a password is changed by who knows the old one, and no program is told it",
    "pages_home.language": "which language a browser without an account shows",
}
WEB = Path(oklik_web.__file__).parent
SCRIPTS = [*sorted((WEB / "static" / "pages").glob("*.js")), *sorted((WEB.parent / "editor" / "src").rglob("*.ts*"))]


@pytest.fixture
def app(client: FlaskClient) -> Flask:
    return client.application


def changes(app: Flask) -> Iterator[str]:
    """The endpoints of pages that take a form, or what htmx sends."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") and (rule.methods or set()) & UNSAFE:
            yield rule.endpoint


def of_the_api(app: Flask) -> dict[str, str]:
    """Endpoint by "METHOD /address"."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if rule.rule.startswith("/api/v1/"):
                address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
                found[f"{method} {address}"] = rule.endpoint
    return found


def test_every_change_of_a_page_can_be_made_with_a_token(app: Flask, token_for: Callable[..., str]) -> None:
    there = set(changes(app))
    assert there == set(COUNTERPARTS) | set(PAGES_ONLY), "say which address of the API does what a new form does"
    assert not set(COUNTERPARTS) & set(PAGES_ONLY)
    addresses = of_the_api(app)
    for page, address in COUNTERPARTS.items():
        scope = access.rule_of(app, addresses[address])
        asked = access.rule_of(app, page)
        assert asked in {scope, access.SIGNED_IN} or scope.endswith(":read"), (page, "asks for", asked)
        name = re.sub(r"\W", " ", page)
        program = Api(app.test_client(), token_for(name, Scope(scope)))
        method, _, path = address.partition(" ")
        answer = program.client.open(
            "/api/v1" + re.sub(r"\{\w+\}", "1", path), method=method, headers=program.headers({})
        )
        assert answer.status_code not in {401, 403, 405}, address


def test_scripts_of_pages_ask_the_documented_api_and_nothing_else(app: Flask) -> None:
    known = [re.sub(r"\{\w+\}", "1", one.partition(" ")[2]) for one in of_the_api(app)]
    seen = 0
    for path in SCRIPTS:
        for literal in re.findall(r"""["'`]/api/v1(/[^"'`?]*)""", path.read_text("utf-8")):
            address = re.sub(r"\$\{[^}]*\}", "1", re.sub(r"\$\{[^}]*$", "", literal))  # the query begins there
            assert any(one == address or one.startswith(f"{address}/") for one in known), (path.name, literal)
            seen += 1
    assert seen >= 10


def test_a_token_keeps_its_owners_profile_and_nobodys_has_none(api: Api, engine: Engine) -> None:
    told = api.get("/profile").json
    assert (told["kind"], told["name"], told["account"]) == ("token", "crm", None)
    assert set(told["scopes"]) == set(Scope)
    refused = api.post("/profile", {"name": "x", "language": "en"})
    assert (refused.status_code, "nobody's" in refused.json["detail"]) == (409, True)
    vera = account(engine, "vera", "agent")
    with engine.begin() as conn:
        token = tokens.create(conn, "own", ["profile:read", "profile:write", "users:read"], NOW, user_id=vera)
    hers = Api(api.client, token)
    saved = hers.post("/profile", {"name": "Вера", "language": "en"})
    assert saved.json == {"login": "vera", "name": "Вера", "role": "agent", "language": "en"}
    told = hers.get("/profile").json
    assert (told["account"], told["scopes"]) == (saved.json, ["profile:read", "profile:write"]), (
        "as far as her role goes"
    )
