"""The OpenAPI document: valid, fresh in the repository, and telling of all that is there."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from oklik_web.openapi import document

pytestmark = pytest.mark.integration

KEYLESS = {
    "/api/v1/trunks/gateways/save",
    "/api/v1/trunks/gateways/file",
    "/api/v1/tokens/add",
    "/api/v1/users/invite",
    "/api/v1/users/{user_id}/link",
}  # answers with secrets
FILE = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_it_is_valid_and_fresh() -> None:
    told = document()
    validate(json.loads(told))
    assert FILE.read_text("utf-8") == told, "write it anew: python -m oklik_web.openapi docs/openapi.json"


def test_it_is_served_to_everybody_as_it_stands_in_the_repository(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json", headers={"Host": "evil.example"})
    assert answer.status_code == 200
    assert answer.json == json.loads(FILE.read_text("utf-8"))
    assert "evil" not in answer.text


def test_every_route_is_told_with_its_scope_errors_and_key(client: FlaskClient) -> None:
    spec = json.loads(document())
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in client.application.url_map.iter_rules()}
    assert {one for one in routes if one.startswith("/api/v1/")} - set(spec["paths"]) == {"/api/v1/openapi.json"}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if path in {"/api/v1/health", "/api/v1/texts/{topic}"}:
                continue
            assert operation["x-scope"], path
            assert {"401", "403", "422", "429"} <= set(operation["responses"])
            if method == "post" and path not in KEYLESS:
                assert "Idempotency-Key" in [one["name"] for one in operation["parameters"]]
    names = [name for name in spec["components"]["schemas"] if name[-1].isdigit()]
    assert names == [], "two models of one name"
