"""What holds for every answer there is: headers that keep it out of caches, frames and other sites' hands.

And for those that hold a recording: nobody gets a part of one who may not have the whole.
"""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from oklik.campaigns.permissions import Role
from oklik.campaigns.tokens import Scope
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from web.conftest import Api, Stopped
from web.filled import Filled, fill
from web.pages import Browser, account
from web.test_web_permissions import routes

pytestmark = pytest.mark.integration
STREAMS = ("/events",)


@pytest.fixture
def client(engine: Engine, clock: Stopped, tmp_path: Path) -> FlaskClient:
    parts = {name: str(tmp_path / name) for name in ("prompts", "recordings", "reports")}
    settings = WebSettings(requests=10**6, hash_rounds=1, hash_kib=32, **parts)
    return create_app(engine, settings, clock=clock).test_client()


@pytest.fixture
def known(api: Api, engine: Engine, database_url: str, tmp_path: Path) -> Filled:
    return fill(api, engine, database_url, tmp_path)


def test_every_answer_keeps_out_of_caches_frames_and_other_sites(
    client: FlaskClient, engine: Engine, known: Filled
) -> None:
    account(engine, "boss", Role.ADMIN)
    browser = Browser(client.application.test_client())
    browser.sign_in("boss")
    seen, downloads = 0, 0
    for method, path, endpoint in routes(client.application):
        if method != "GET" or path.endswith(STREAMS) or endpoint == "static":
            continue
        (rule,) = [one for one in client.application.url_map.iter_rules(endpoint) if "GET" in (one.methods or ())]
        place = re.sub(r"<(?:int:)?(\w+)>", lambda found: str(known.places.get(found[1], 1)), rule.rule)
        stranger = client.application.test_client()
        for who, address, name in ((browser.client, place, "X-Forwarded-Host"), (stranger, path, "Host")):
            answer = who.get(address, headers={name: "evil.example", "Origin": "https://evil.example"})
            headers = answer.headers
            assert answer.status_code < 500, address
            assert headers["Cache-Control"] == "no-store", address
            assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff", address
            policy = headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy and "unsafe" not in policy, address
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin" and headers["Referrer-Policy"], address
            assert "Access-Control-Allow-Origin" not in headers, address
            assert "Cookie" in headers["Vary"], address
            assert "evil.example" not in headers.get("Location", ""), address
            assert who is stranger or answer.status_code != 401, address
            if answer.status_code == 200 and answer.mimetype not in {"application/json", "text/html"}:
                told = headers["Content-Disposition"] if "audio" not in answer.mimetype else "attachment"
                assert told.startswith("attachment"), address
                downloads += 1
            answer.close()
            seen += 1
    assert seen > 100
    assert downloads >= 3


def test_a_part_of_a_recording_is_for_who_may_have_the_whole(
    client: FlaskClient, engine: Engine, known: Filled, token_for: Callable[..., str]
) -> None:
    path, part = f"/api/v1/recordings/{known.places['recording_id']}/audio", {"Range": "bytes=1-3"}
    reader = Api(client, token_for("reader", Scope.RECORDINGS_READ))
    answer = client.get(path, headers=reader.headers(part))
    assert (answer.status_code, answer.data, answer.headers["Content-Range"]) == (206, b"oun", "bytes 1-3/5")
    answer.close()
    others = Api(client, token_for("others", *(set(Scope) - {Scope.RECORDINGS_READ})))
    refused = [client.get(path, headers=others.headers(part)), client.application.test_client().get(path, headers=part)]
    for role in (Role.MARKETER, Role.AGENT):
        account(engine, role, role)
        browser = Browser(client.application.test_client())
        browser.sign_in(role)
        refused.append(browser.client.get(path, headers=part))
    assert [one.status_code for one in refused] == [403, 401, 403, 403]
    assert not [one for one in refused if b"oun" in one.data or "Content-Range" in one.headers]
    far = client.get(path, headers=reader.headers({"Range": "bytes=900-"}))
    assert far.status_code in {200, 416}
    far.close()


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_a_form_of_htmx_without_the_token_changes_nothing(client: FlaskClient, engine: Engine, role: Role) -> None:
    account(engine, "somebody", role)
    browser = Browser(client.application.test_client())
    browser.sign_in("somebody")
    for headers in ({"HX-Request": "true"}, {"HX-Request": "true", "Origin": "https://evil.example"}, {}):
        for data in ({"name": "x", "language": "en"}, {"name": "x", "language": "en", "csrf_token": "x"}):
            assert browser.client.post("/profile", data=data, headers=headers).status_code == 403
    assert browser.is_in()


def test_static_files_and_node_kinds_are_packed_for_who_takes_them_so(client: FlaskClient, api: Api) -> None:
    for path, headers in (("/static/pages/oklik.css", {}), ("/api/v1/node-kinds", api.headers({}))):
        plain = client.get(path, headers={**headers, "Accept-Encoding": "identity"})
        packed = client.get(path, headers={**headers, "Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data) / 2
        plain.close()
    picture = client.get("/static/none.png", headers={"Accept-Encoding": "gzip"})
    assert picture.status_code == 404
