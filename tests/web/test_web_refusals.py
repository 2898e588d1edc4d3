"""Refusals by the API that nothing else asks for: what is unknown, taken, too long or too many, told by its field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine

from oklik.campaigns.tokens import Scope
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from web.conftest import Api, Stopped
from web.filled import WALKED, Filled, fill

pytestmark = pytest.mark.integration

NOBODY = 99_999
WALK = {"document": WALKED}
TRUNK = {"name": "t", "dial_string": "loopback/{digits}", "channels": 1, "cps": 1}
GATEWAY = {"name": "carrier", "login": "address", "host": "192.0.2.1", "channels": 1, "cps": 1}


class Case(NamedTuple):
    """A request and what is answered.  part: of the sentence or of the first fault's field and sentence."""

    method: str
    path: str
    body: Any
    status: int
    part: str


CASES = [
    Case("post", "/contacts/1/cells", {"column": "Имя", "value": "я" * 32_800}, 422, "value: the text is longer"),
    Case("post", "/contacts/1/cells", {"column": "no such", "value": "x"}, 422, "no column 'no such'"),
    Case("get", f"/list-imports/{NOBODY}", None, 404, "there is no import 99999"),
    Case("get", f"/list-imports/{NOBODY}/events", None, 404, "there is no import 99999"),
    Case("post", f"/list-imports/{NOBODY}/start", {"name": "x"}, 404, "there is no import 99999"),
    Case("post", f"/list-imports/{NOBODY}/inspect", {}, 404, "there is no import 99999"),
    Case("post", f"/list-imports/{NOBODY}/cancel", None, 404, "there is no import 99999"),
    Case("post", "/lists/1/segments", {"name": "я" * 201, "conditions": []}, 422, "conditions: at least 1"),
    Case("post", "/standing", {"name": "x", "scenario": NOBODY}, 422, "scenario: the scenario has no such"),
    Case("post", "/standing", {"name": "x", "scenario": 1, "preset": NOBODY}, 422, "preset: there is no preset 99999"),
    Case("post", "/standing", {"name": "x", "scenario": 1, "overrides": {"channels": -1}}, 422, "overrides.channels: "),
    Case("post", "/standing/{standing_id}/lists", {"list": NOBODY}, 422, "list: there is no list 99999"),
    Case("get", f"/standing/{NOBODY}", None, 404, "there is no standing campaign 99999"),
    Case("post", f"/standing/{NOBODY}/stop", None, 404, "there is no standing campaign 99999"),
    Case("post", "/trunks/add", TRUNK, 409, "name: there is a trunk 't' already"),
    Case("post", "/trunks/set", {"name": "t", "weight": 1000}, 422, "weight: must be at most 100"),
    Case("post", f"/users/{NOBODY}/disable", {}, 404, "there is no such user"),
    Case("post", f"/users/{NOBODY}/role", {"role": "agent"}, 404, "there is no such user"),
    Case(
        "post",
        "/users/invite",
        {"login": "new", "name": "я" * 500, "role": "agent"},
        422,
        "name: the text is longer",
    ),
    Case("post", "/phones/confirm", {"number": "+79990000000"}, 404, "the phone +79990000000 is not on the list"),
    Case("post", "/phones/remove", {"number": "+79990000000"}, 404, "the phone +79990000000 is not on the list"),
    Case("post", "/phones/add", {"number": "112", "name": "x"}, 422, "number: a short or service code"),
    Case("get", "/prompts/no-such/ru/audio", None, 404, "there is no recording ru/no-such"),
    Case("get", "/prompts/no-such/ru/versions", None, 404, "there is no recording ru/no-such"),
    Case("post", "/prompts/no-such/ru/restore", {"version": 1}, 404, "there is no recording ru/no-such"),
    Case("get", f"/campaigns/reports/{NOBODY}", None, 404, "there is no report 99999"),
    Case("get", "/campaigns/{campaign_id}/results?segment=99999", None, 422, "segment: there is no segment"),
    Case("post", "/campaigns", {"name": "x", "scenario": 1, "lists": [1], "segment": NOBODY}, 422, "segment: "),
    Case("post", "/campaigns/{campaign_id}/go-on", None, 409, "is running: go-on is not possible"),
    Case("get", f"/scenarios/{NOBODY}", None, 404, "there is no scenario 99999"),
    Case("get", "/scenarios/{scenario_id}/revisions/99999", None, 404, "has no saved revision 99999"),
    Case("post", "/simulations", {"scenario": NOBODY, "version": "draft"}, 404, "there is no scenario 99999"),
    Case("post", "/simulations", {}, 422, "document: exactly one of these is needed"),
    Case("post", "/simulations", {**WALK, "language": "en"}, 422, "language: the scenario has no en"),
    Case("post", "/simulations", {**WALK, "now": "2999-01-01T00:00:00Z"}, 422, "now: must be a moment within a year"),
    Case("post", "/simulations/{simulation_id}/events", {"event": {"kind": "key"}}, 422, "event.keys: key needs"),
    Case("post", "/simulations/{simulation_id}/events", {"event": {"kind": "clock"}}, 422, "event.to: clock needs"),
    Case("post", f"/scenarios/{NOBODY}/test-call", {"phone": "+79161234567"}, 404, "there is no scenario 99999"),
    Case("get", f"/presets/{NOBODY}", None, 404, "there is no preset 99999"),
    Case("post", f"/presets/{NOBODY}/remove", None, 404, "there is no preset 99999"),
    Case("post", "/presets", {"name": "x", "settings": {"trunks": ["no such"]}}, 422, "settings.trunks.0: "),
    Case("post", "/trunks/gateways/save", {**GATEWAY, "codecs": ["NOSUCH"]}, 422, "codecs: codecs are some of PCMA"),
    Case("post", "/campaigns/{campaign_id}/reports", {"kind": "csv", "segment": NOBODY}, 422, "segment: "),
]


def test_they_are_told_of(engine: Engine, database_url: str, tmp_path: Path, token_for: Callable[..., str]) -> None:
    parts = {name: str(tmp_path / name) for name in ("prompts", "recordings", "reports")}
    app = create_app(engine, WebSettings(requests=10**9, hash_rounds=1, hash_kib=32, **parts), clock=Stopped())
    api = Api(app.test_client(), token_for("crm", *Scope))
    known = fill(api, engine, database_url, tmp_path)
    told = [(case, answered(api, known, case)) for case in CASES]
    assert [(case, got) for case, got in told if got[0] != case.status or case.part not in got[1]] == []


def answered(api: Api, known: Filled, case: Case) -> tuple[int, str]:
    """The status, and "field: sentence" of the first fault, or the sentence."""
    path = case.path.format(**known.places)
    answer = api.get(path) if case.method == "get" else api.post(path, case.body)
    first = next((f"{one['field']}: {one['detail']}" for one in answer.json.get("errors", ())), "")
    return answer.status_code, first or answer.json.get("detail", "")
