"""A published version that cannot be read, of a format of long ago or by somebody's hand in the table: wherever it is
used, one sentence names it, and nothing is a fault of ours.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaigns.world import World
from oklik.campaigns.preflight_requests import carry_out_preflight
from oklik.campaigns.tokens import Scope
from oklik.campaigns.versions import VersionUnreadable
from oklik.scenario.document import to_json
from oklik_web.app import create_app
from oklik_web.openapi import document
from oklik_web.settings import WebSettings
from support.survey import survey
from support.web_site import *  # noqa: F403
from support.web_site import Site, Window
from web.conftest import Api, Stopped
from web.filled import Filled, fill
from web.pages import Browser, account
from web.storing import SOUNDLY, filled
from web.test_web_schemathesis import STREAMS

pytestmark = pytest.mark.integration

SPEC = json.loads(document())
BAD: tuple[Any, ...] = ({}, {"format": 99, "name": "s", "nodes": {}}, [], None)
TOLD = r"version 1 of scenario 's' cannot be read: \w"


@pytest.fixture
def called(api: Api, world: World) -> int:
    """A campaign with people, an ended call and one that is up, whose version nobody can read any more."""
    api.client.application.config["OKLIK"].rate.most = 100_000
    world.says(to_json(survey()))
    world.people(3)
    campaign = world.campaign()
    holder = world.holder()
    one, _ = world.claim(holder, limit=2)
    world.finish(holder, one, world.one("SELECT max(started_at) FROM attempt"), answered=True, talk_s=5.0)
    world.says({})
    return campaign


def test_whoever_uses_it_is_told_which_version_it_is(api: Api, called: int, world: World) -> None:
    call = world.one("SELECT uuid FROM attempt WHERE NOT open")
    made = {"name": "x", "lists": [1], "overrides": {"trunks": ["t"]}}
    of = f"/campaigns/{called}"
    for method, path, body in (
        ("POST", "/campaigns", {**made, "scenario": 1}),
        ("POST", "/campaigns", {**made, "scenario_version": 1}),
        ("POST", f"{of}/copy", {}),
        ("POST", "/standing", {"name": "x", "scenario": 1, "overrides": {"trunks": ["t"]}}),
        ("PUT", f"{of}/machines", {"on_beep": "leave_message"}),
        ("GET", f"{of}/results", None),
        ("GET", f"{of}/results?version=1", None),
        ("GET", f"{of}/attempts/{call}", None),
        ("GET", f"{of}/live", None),
        ("GET", f"{of}/live/events", None),
    ):
        answer = api.client.open(f"/api/v1{path}", method=method, json=body, headers=api.headers({}))
        assert (answer.status_code, path) == (409, path), answer.data[:300]
        assert re.match(TOLD, answer.json["detail"]), answer.json
        assert answer.mimetype == "application/problem+json"
    ours = api.client.get(f"/api/v1{of}/results", headers=api.headers({"Accept-Language": "ru"}))
    assert ours.json["detail"].startswith("версия 1 сценария «s» не читается: ")


def test_what_needs_the_document_only_says_what_is_wrong_with_it(api: Api, called: int) -> None:
    for path, body in (
        ("/simulations", {"scenario": 1, "version": "1"}),
        ("/simulations", {"document": {}}),
        ("/scenarios/explore", {"document": {}}),
    ):
        answer = api.post(path, body)
        assert (answer.status_code, bool(answer.json["problems"])) == (422, True), answer.json
    for path in ("/scenarios/1/golden?version=1", "/scenarios/1/diff?from=1&to=1"):
        assert api.get(path).status_code == 422
    assert api.get("/scenarios/1/versions/1").json["document"] == {}


def test_what_does_not_need_it_goes_on(api: Api, called: int) -> None:
    of = f"/campaigns/{called}"
    for path in (f"{of}/why", f"{of}/attempts", f"{of}/settings", f"{of}/machines", "/contacts/1/calls"):
        assert api.get(path).status_code == 200, path
    assert api.post(f"{of}/pause").status_code == 200
    assert api.post(f"{of}/stop").status_code == 200


def test_a_standing_campaign_refuses_the_list_and_says_why(api: Api, called: int, world: World) -> None:
    world.all(
        """INSERT INTO standing_campaign (project_id, name, scenario_id, overrides, voice, active, created_at,
               created_by)
           VALUES (1, 'x', 1, '{"trunks": ["t"]}', '{}', true, now(), 'x') RETURNING id"""
    )
    came = api.post("/standing/1/lists", {"list": 1})
    assert came.status_code == 200, came.json
    assert (came.json["state"], came.json["campaign"]) == ("refused", None)
    assert re.match(TOLD, came.json["reason"])


def test_a_launch_check_fails_and_says_why(api: Api, called: int, engine: Engine, database_url: str) -> None:
    from oklik.jobs.app import apply_schema

    apply_schema(database_url)
    asked = api.post(f"/campaigns/{called}/preflight", {}).json["id"]
    with pytest.raises(VersionUnreadable, match=TOLD):
        carry_out_preflight(engine, asked)
    state = api.get(f"/campaigns/preflights/{asked}").json
    assert (state["state"], bool(re.match(TOLD, state["error"]))) == ("failed", True)


@pytest.mark.browser
def test_pages_say_so_where_their_figures_would_be(called: int, site: Site, window: Window) -> None:
    window.sign_in(site.user("admin"))
    for address in (f"/campaigns/{called}", f"/campaigns/{called}/results"):
        window.open(address)
        said = window.page.locator("#fault")
        said.wait_for()
        assert said.inner_text().startswith("версия 1 сценария «s» не читается: ")
        assert all("409" in fault for fault in window.faults), window.faults
        window.faults.clear()


@pytest.fixture
def everything(engine: Engine, database_url: str, tmp_path: Path, token_for: Callable[..., str]) -> tuple[Api, Filled]:
    """The API over a database with something of everything."""
    parts = {name: str(tmp_path / name) for name in ("prompts", "recordings", "reports")}
    app = create_app(engine, WebSettings(requests=10**9, hash_rounds=1, hash_kib=32, **parts), clock=Stopped())
    api = Api(app.test_client(), token_for("crm", *Scope))
    return api, fill(api, engine, database_url, tmp_path)


@pytest.mark.parametrize("bad", BAD, ids=["empty", "of another format", "no object", "nothing"])
def test_no_operation_and_no_page_fails_over_it(everything: tuple[Api, Filled], engine: Engine, bad: Any) -> None:
    api, known = everything
    with engine.begin() as conn:
        conn.execute(text("UPDATE scenario_version SET document = CAST(:bad AS json)"), {"bad": json.dumps(bad)})
        conn.execute(text("DELETE FROM scenario_draft"))  # what is edited then is the version
    account(engine, "boss", "admin")
    browser = Browser(api.client.application.test_client())
    browser.sign_in("boss")
    seen = 0
    for address in pages(api, known):
        answer = browser.client.get(address)
        assert answer.status_code < 500, (address, answer.get_data(as_text=True)[:500])
        seen += answer.status_code == 200
    assert seen > 30
    for method, path, body in operations(known):
        answer = api.client.open(path, method=method, json=body, headers=api.headers({}))
        assert answer.status_code < 500, (method, path, body, answer.data[:500])
        answer.close()


def pages(api: Api, known: Filled) -> list[str]:
    """The addresses of all pages."""
    return [
        re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(known.places.get(part[1], 1)), rule.rule)
        for rule in api.client.application.url_map.iter_rules()
        if not rule.rule.startswith("/api/") and "GET" in (rule.methods or ()) and rule.endpoint != "static"
    ]


def operations(known: Filled) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Every operation with a sound body, those that only look first and those that take away last."""
    found = []
    for path, of in SPEC["paths"].items():
        for method, operation in of.items():
            if path in STREAMS:
                continue
            content = operation.get("requestBody", {}).get("content", {})
            body = None
            if "application/json" in content:
                name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
                body = filled(SPEC["components"]["schemas"][name], known, {}, SOUNDLY.get(path, {}))
            address = re.sub(r"\{(\w+)\}", lambda part: str(known.places.get(part[1], 1)), path)
            found.append((method.upper(), address, body))
    return sorted(found, key=lambda one: ("GET", "POST", "PUT", "DELETE").index(one[0]))
