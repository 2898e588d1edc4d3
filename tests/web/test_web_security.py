"""Who is let in, and what is said to those who are not: no secret, no trace of our insides, one clear sentence."""

import logging
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from oklik.campaigns import tokens
from oklik.campaigns.tokens import Scope, TokenRefused
from oklik_web.access import OPEN, rule_of
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from web.conftest import NOW, Api, Stopped

pytestmark = pytest.mark.integration

BODY = {"number": "+79160000001"}
PROBLEM = "application/problem+json"


def test_every_route_but_health_and_the_document_asks_for_a_token_and_its_scope(
    client: FlaskClient, token_for: Callable[..., str]
) -> None:
    """The matrix is made of the routes themselves, so a new one cannot be forgotten."""
    app = client.application
    seen = {}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or rule_of(app, rule.endpoint) == OPEN:
            continue
        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        path = re.sub(r"<uuid:\w+>", str(UUID(int=1)), re.sub(r"<int:\w+>", "1", rule.rule))
        scope = app.view_functions[rule.endpoint]._spec["extensions"]["x-scope"]  # type: ignore[attr-defined]
        answer = client.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (401, PROBLEM), rule
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        others = [one for one in Scope if one != scope]
        wrong = Api(client, token_for(f"all but {scope} {len(seen)}".replace(":", " "), *others))
        assert client.open(path, method=method, headers=wrong.headers({})).status_code == 403, rule
        right = Api(client, token_for(f"only {scope} {len(seen)}".replace(":", " "), scope))
        assert client.open(path, method=method, headers=right.headers({})).status_code not in (401, 403), rule
        seen[method, rule.rule] = scope
    assert len(seen) >= 32
    assert set(seen.values()) == set(Scope)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic b2tsaWs6b2tsaWs=",
        "Bearer oklik_short",
        "Bearer " + "oklik_" + "A" * 43,
        "Bearer ' OR 1=1",
    ],
)
def test_what_is_no_token_is_401(client: FlaskClient, header: str) -> None:
    answer = client.post("/api/v1/proof", json=BODY, headers={"Authorization": header})
    assert answer.status_code == 401
    assert header.removeprefix("Bearer ") not in answer.text or len(header) < 8


def test_a_token_is_kept_as_its_digest_only(engine: Engine, token_for: Callable[..., str]) -> None:
    token = token_for("crm", Scope.PROOF_READ)
    with engine.connect() as conn:
        kept = str(conn.execute(text("SELECT * FROM api_token")).all())
    assert token not in kept
    assert token[6:] not in kept
    assert tokens.digest_of(token) in kept
    with engine.begin() as conn:
        digest = tokens.digest_of(token)
        assert tokens.recognise(conn, digest, NOW) is None, "what stands in the database opens nothing"


def test_a_revoked_token_is_refused_from_the_next_request_on(api: Api, engine: Engine) -> None:
    assert api.post("/proof", BODY).status_code == 200
    with engine.begin() as conn:
        assert tokens.all_tokens(conn)[0].last_used_at == NOW
        tokens.revoke(conn, "crm", NOW)
    assert api.post("/proof", BODY).status_code == 401
    with engine.begin() as conn, pytest.raises(TokenRefused):
        tokens.revoke(conn, "crm", NOW)
    with engine.begin() as conn, pytest.raises(TokenRefused, match="not used again"):
        tokens.create(conn, "crm", ["proof:read"], NOW)


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["proof:read"]), ("a\nb", ["proof:read"]), ("a", []), ("a", ["root"])]
)
def test_tokens_that_are_not_made(engine: Engine, name: str, scopes: list[str]) -> None:
    with engine.begin() as conn, pytest.raises(TokenRefused):
        tokens.create(conn, name, scopes, NOW)


def test_tokens_and_numbers_are_in_no_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.post("/proof", BODY)
    api.get("/campaigns?number=%2B79160000001")
    api.client.get(f"/api/v1/{api.token}")
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "POST /api/v1/proof 200" in logged
    assert "crm" in logged
    assert api.token not in logged
    assert "9160000001" not in logged


def test_too_many_requests(client: FlaskClient, token_for: Callable[..., str]) -> None:
    one, other = (Api(client, token_for(name, Scope.CAMPAIGNS_READ)) for name in ("one", "other"))
    codes = [one.get("/campaigns").status_code for _ in range(52)]
    assert codes == [200] * 50 + [429] * 2
    assert int(one.get("/campaigns").headers["Retry-After"]) >= 1
    assert other.get("/campaigns").status_code == 200, "each token has its own"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_problems_are_told_in_the_language_of_the_request(api: Api, language: str) -> None:
    for body, field, words in (
        ({}, "number", {"ru": "поле не заполнено", "en": "the field is missing"}),
        ({**BODY, "tenant": 1}, "tenant", {"ru": "такого поля нет", "en": "there is no such field"}),
        ({"number": 7}, "number", {"ru": "нужен текст", "en": "must be a text"}),
    ):
        answer = api.post("/proof", body, Accept_Language=language)
        assert (answer.status_code, answer.mimetype) == (422, PROBLEM)
        assert answer.json["errors"][0]["field"] == field
        assert words[language] in answer.json["errors"][0]["detail"]
        assert answer.headers["Content-Language"] == language


def test_a_moment_without_zone_is_refused_in_words(api: Api) -> None:
    consent = {
        "number": "+79160000001",
        "purpose": "debt",
        "source": "x",
        "given_at": "2025-03-01T12:00:00",
        "text": "x",
    }
    answer = api.post("/consents/add", {"consents": [consent]}, Accept_Language="ru")
    assert answer.status_code == 422
    assert "часовым поясом" in answer.json["detail"]
    assert answer.json["errors"][0]["field"] == "consents.0.given_at"


def test_what_is_no_json_or_too_large_is_refused(api: Api) -> None:
    for data, kind, status in (
        (b"{", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b"number=1", "application/x-www-form-urlencoded", 415),
        (b'{"number": "+79160000001"}', "text/plain", 415),
        (b"\xff\xfe", "application/json", 400),
        (b'{"number": "' + b"1" * 100_000 + b'"}', "application/json", 413),
    ):
        answer = api.client.post("/api/v1/proof", data=data, content_type=kind, headers=api.headers({}))
        assert (answer.status_code, answer.mimetype) == (status, PROBLEM), (kind, data[:20])
    assert api.get("/nothing").status_code == 404
    answer = api.get("/proof")
    assert (answer.status_code, answer.mimetype) == (405, PROBLEM)
    assert "POST" in answer.headers["Allow"]


def test_a_fault_of_ours_shows_nothing_of_our_insides(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("secret of the house")

    monkeypatch.setattr("oklik_web.api.proof.read_proof", broken)
    answer = api.post("/proof", BODY)
    assert (answer.status_code, answer.mimetype) == (500, PROBLEM)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    incident = answer.json["detail"].rpartition(" ")[2]
    assert incident in caplog.text, "who keeps the log finds it"


def test_a_database_that_is_away_is_503(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", None, Exception("gone"))

    monkeypatch.setattr("oklik_web.api.proof.read_proof", away)
    answer = api.post("/proof", BODY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "gone" not in answer.text


def test_applications_share_nothing(engine: Engine, token_for: Callable[..., str]) -> None:
    token = token_for("crm", Scope.CAMPAIGNS_READ)
    apps = [create_app(engine, WebSettings(requests=1), clock=Stopped()) for _ in range(2)]
    assert [Api(app.test_client(), token).get("/campaigns").status_code for app in apps] == [200, 200]
