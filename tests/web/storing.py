"""Stores a text in every text field of every body that changes something; the fields are those of the OpenAPI document.

    stored = store_everywhere(api, known, PAYLOADS)

A field that is typed after all, such as a number, refuses them: then the others are sent alone.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from oklik_web.openapi import document
from web.conftest import Api
from web.filled import WALKED, Filled
from web.test_web_odd import SOUND

Field = tuple[str | int, ...]  # the way to a text within a body
# They name what is there already, and store nothing.
OF_WHAT_IS_THERE = {
    "agent", "column", "contact", "contract", "key", "number", "numbers", "person", "person_key", "phone", "phones",
    "project", "sheet", "template", "trunks", "was",
}  # fmt: skip
PATIENCE = 3  # so often in a row a field refuses before it is taken for a typed one
_TYPED = {"enum", "format", "pattern", "const"}


def text_fields(spec: dict[str, Any], schema: dict[str, Any], path: Field = ()) -> Iterator[tuple[Field, int]]:
    """Every text within a body's schema that no rule of the document bounds but its length."""
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for kind in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(kind, ()):
            yield from text_fields(spec, one, path)
    for name, inner in schema.get("properties", {}).items():
        yield from text_fields(spec, inner, (*path, name))
    if schema.get("type") == "array" and len(path) < 4:
        yield from text_fields(spec, schema["items"], (*path, 0))
    if schema.get("type") == "string" and not _TYPED & set(schema):
        yield path, schema.get("maxLength", 40_000)


def writing(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and body of every operation that changes something."""
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content and not operation["x-scope"].endswith(":read") and path not in _REMOVING:
                yield method, path, spec["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]


def store_everywhere(api: Api, known: Filled, payloads: Sequence[str]) -> Counter[tuple[str, Field]]:
    """Send them all; gives how many each field has taken.  Fails on a fault of ours."""
    spec = json.loads(document())
    taken: Counter[tuple[str, Field]] = Counter()
    for method, path, schema in writing(spec):
        fields = dict(text_fields(spec, schema))
        address = _Address(api, known, method, path, schema)
        for number, payload in enumerate(payloads):
            texts = {
                field: _new(path, payload, most)
                for field, most in fields.items()
                if not OF_WHAT_IS_THERE & set(field) and address.refused[field] < PATIENCE
            }
            taken.update((path, field) for field in address.store(texts, number))
    return taken


class _Address:
    """One operation, and how often each of its fields has refused, one time after another."""

    def __init__(self, api: Api, known: Filled, method: str, path: str, schema: dict[str, Any]) -> None:
        self._api, self._known, self._method, self._path, self._schema = api, known, method.upper(), path, schema
        self._place = re.sub(r"\{(\w+)\}", lambda found: str(known.places.get(found[1], 1)), path)
        self.refused: Counter[Field] = Counter()

    def store(self, texts: dict[Field, str], number: int) -> list[Field]:
        """Send the texts; gives the fields that have taken theirs."""
        while texts:
            errors = self._send(texts, number)
            if errors is None:
                for field in texts:
                    self.refused[field] = 0
                return list(texts)
            blamed = [field for field in texts if _is_blamed(field, errors)]
            if not blamed:  # then each goes alone
                taken = [one for one in texts if len(texts) > 1 and self._send({one: texts[one]}, number) is None]
                self.refused.update(set(texts) - set(taken))
                return taken
            self.refused.update(blamed)
            texts = {field: text for field, text in texts.items() if field not in blamed}
        return []

    def _send(self, texts: dict[Field, str], number: int) -> list[dict[str, str]] | None:
        """None: it was taken; else what was wrong with which field."""
        more = {**SOUNDLY.get(self._path, {}), **_once(self._path, number)}
        body = filled(self._schema, self._known, texts, more)
        answer = self._api.client.open(self._place, method=self._method, json=body, headers=self._api.headers({}))
        assert answer.status_code < 500, (self._path, body)
        return None if answer.status_code == 200 else answer.json.get("errors") or []


# They take away what others have stored.
_REMOVING = {
    "/api/v1/pronunciation/remove",
    "/api/v1/tokens/revoke",
    "/api/v1/trunks/remove",
    "/api/v1/trunks/gateways/remove",
}
# What a body needs besides, or otherwise than SOUND has it.
SOUNDLY: dict[str, dict[str, Any]] = {
    "/api/v1/users/invite": {"role": "agent"},
    "/api/v1/trunks/gateways/save": {"login": "address", "host": "10.0.0.5", "channels": 1, "cps": 1},
    "/api/v1/campaigns": {"overrides": {"trunks": ["t"]}, "scenario_version": 2},
    "/api/v1/standing": {"overrides": {"trunks": ["t"]}},
    "/api/v1/consents/revoke": {"number": "+79160000001"},
}


def _once(path: str, number: int) -> dict[str, Any]:
    """What may be there once only."""
    match path:
        case "/api/v1/users/invite":
            return {"login": f"user{number}"}
        case "/api/v1/scenarios":
            return {"name": f"scenario-{number}"}
        case "/api/v1/trunks/add" | "/api/v1/tokens/add":
            return {"name": f"made {number}"}
        case "/api/v1/trunks/gateways/save":
            return {"name": f"gateway {number}"}
    return {}


def _new(path: str, payload: str, most: int) -> str:
    """The text as it is sent; otherwise than at another address where there may be one of a name."""
    return f"{payload[: most - 2]} 2" if path.endswith(("/copy", "/save", "}")) else payload[:most]


def _is_blamed(field: Field, errors: list[dict[str, str]]) -> bool:
    told = ".".join(map(str, field))
    return any(one["field"] == told or one["field"].partition(".")[0] == told.partition(".")[0] for one in errors)


def filled(schema: dict[str, Any], known: Filled, texts: dict[Field, str], more: dict[str, Any]) -> dict[str, Any]:
    """A sound body with these texts in it."""
    usual = {**SOUND, **known.fields, "document": WALKED, "revision": 1, **more}
    needed = {*schema.get("required", ()), *(str(field[0]) for field in texts), *more}
    body = {name: json.loads(json.dumps(usual[name])) for name in schema.get("properties", {}) if name in usual}
    body = {name: value for name, value in body.items() if name in needed}
    for field, text in texts.items():
        at: Any = body
        for step, after in itertools.pairwise(field):
            if isinstance(at, dict):
                at = at.setdefault(step, [] if after == 0 else {})
            else:
                if not at:
                    at.append([] if after == 0 else {})
                at = at[int(step)]
        last = field[-1]
        if isinstance(at, list):
            at[:1] = [text]
        elif isinstance(at, dict):
            at[last] = text
    return body
