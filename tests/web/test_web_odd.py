"""Odd values in every field of every request: refused in words or carried out, and never a fault of ours."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from campaigns.world import World
from jobs.conftest import SCENARIO
from oklik.jobs.app import apply_schema
from oklik.scenario.document import load_text, to_json
from oklik_web.openapi import document
from web.conftest import Api

pytestmark = pytest.mark.integration

SPEC = json.loads(document())
HUGE = 10**30
ODD: tuple[Any, ...] = (
    None,
    "",
    " ",
    "\0",
    "\ud800",
    "1" * 400,
    "%s {0} {number} '; DROP TABLE trunk; --",
    -1,
    0,
    1,
    HUGE,
    1e308,
    float("nan"),
    float("inf"),
    True,
    [],
    [None],
    ["\0"],
    [{}],
    {},
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01",
    "+79160000001",
)


def requests() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with a body, and its schema."""
    for path, operations in SPEC["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody")
            if body and "application/json" in body["content"]:  # files have tests of their own
                name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                yield method, path, SPEC["components"]["schemas"][name]


SOUND: dict[str, Any] = {
    "number": "+79160000001",
    "numbers": ["+79160000001"],
    "people": [{"number": "+79160000001"}],
    "contacts": [
        {"at": "2025-03-01T11:00:00Z", "kind": "sms", "talk": True, "purpose": "survey", "number": "+79160000001"}
    ],
    "consents": [
        {"number": "+79160000001", "purpose": "survey", "source": "s", "given_at": "2025-03-01T11:00:00Z", "text": "t"}
    ],
    "contact": "1",
    "how": "kept",
    "name": "t",
    "dial_string": "sofia/gateway/x/{number}",
    "channels": 1,
    "cps": 1,
    "source": "s",
    "reason": "paid",
    "conditions": [{"column": "Имя", "op": "filled"}],
    "column": "Имя",
    "value": "Пётр",
    "edit": 1,
    "title": "t",
    "text": "t",
    "language": "ru",
    "revision": 0,
    "document": {"format": 1, "nodes": {"a": {"kind": "hangup"}}},
    "event": {"kind": "silence"},
    "phone": "+79160000001",
}
NEEDED = {  # by the end of the address
    "plan": {"contact": "1"},
    "role": {"role": "agent"},
    "draft": {"revision": 0, "document": {}},
    "publish": {"revision": 0},
    "test-call": {"phone": "+79160000001"},
    "events": {"event": {"kind": "silence"}},
    "golden": {"name": "x"},
    "restore": {"version": 1},
    "lists": {"list": 1},
}
REQUESTS = list(requests())


@pytest.mark.heavy
def test_no_value_of_a_field_is_a_fault_of_ours(api: Api, world: World, database_url: str) -> None:
    apply_schema(database_url)
    api.client.application.config["OKLIK"].rate.most = 100_000
    world.says(to_json(load_text(SCENARIO, "reminder.yaml")))
    world.people(2)
    campaign = world.campaign()
    asked = 0
    for method, path, schema in REQUESTS:
        for body in bodies(schema):
            answer = api.client.open(
                re.sub(r"\{\w+\}", str(campaign), path),
                method=method.upper(),
                data=json.dumps(body),
                content_type="application/json",
                headers=api.headers({}),
            )
            told = (path, body, answer.status_code, answer.data[:300])
            assert answer.status_code in (200, 400, 404, 409, 422), told
            asked += 1
    assert asked > 1_000


def bodies(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Sound bodies but for one field, or for one of the first thing in a list."""
    needed = {*schema.get("required", ()), *({"number"} if "key" in schema["properties"] else ())}
    sound = {name: SOUND[name] for name in schema["properties"] if name in SOUND and name in needed}
    for name in schema["properties"]:
        inner = SOUND.get(name)
        yield from ({**sound, name: odd} for odd in ODD)
        if isinstance(inner, list) and isinstance(inner[0], dict):
            yield from ({**sound, name: [{**inner[0], key: odd}]} for key in inner[0] for odd in ODD)


@pytest.mark.parametrize("number", [0, HUGE, 2**63])
def test_numbers_in_addresses_may_be_of_any_size(api: Api, engine: Engine, number: int) -> None:
    api.client.application.config["OKLIK"].rate.most = 100_000
    for path, operations in SPEC["paths"].items():
        for method in operations:
            if "{" in path:
                place = re.sub(r"\{\w+\}", str(number), path)
                needed = _needed(operations[method])
                sent = NEEDED.get(path.rpartition("/")[2], needed)
                answer = api.client.open(place, method=method.upper(), json=sent, headers=api.headers({}))
                assert answer.status_code == 404, (place, answer.text)


def _needed(operation: dict[str, Any]) -> dict[str, Any]:
    """What a body must hold, soundly filled as far as it is known here."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    schema = SPEC["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    return {name: SOUND[name] for name in schema.get("required", ()) if name in SOUND}
