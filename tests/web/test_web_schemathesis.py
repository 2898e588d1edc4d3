"""Every operation of the OpenAPI document, asked by schemathesis with sound and unsound values on a filled database.

None may be a fault of ours, and every answer must be one that the document tells of: its status, its media type, its
fields.  OKLIK_EXAMPLES asks so many of each kind and not a few.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks
from sqlalchemy import Engine

from oklik.campaigns.tokens import Scope
from oklik_web.app import create_app
from oklik_web.openapi import document
from oklik_web.settings import WebSettings
from web.conftest import Api, Stopped
from web.filled import Filled, fill

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # schemathesis' own

EXAMPLES = int(os.environ.get("OKLIK_EXAMPLES", "3"))
ONLY = os.environ.get("OKLIK_ONLY", "")  # operations whose address holds this
# Streams without an end; their tests are beside those of their topics.
STREAMS = {"/api/v1/campaigns/{campaign_id}/live/events", "/api/v1/list-imports/{import_id}/events"}
PROMISES = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def filled(engine: Engine, database_url: str, tmp_path: Path, token_for: Callable[..., str]) -> tuple[Api, Filled]:
    """The API over a database with something of everything."""
    parts = {name: str(tmp_path / name) for name in ("prompts", "recordings", "reports")}
    app = create_app(engine, WebSettings(requests=10**9, hash_rounds=1, hash_kib=32, **parts), clock=Stopped())
    api = Api(app.test_client(), token_for("crm", *Scope))
    return api, fill(api, engine, database_url, tmp_path)


def test_no_operation_answers_what_the_document_does_not_tell(filled: tuple[Api, Filled]) -> None:
    api, known = filled
    schema = schemathesis.openapi.from_dict(with_known(json.loads(document()), known))
    schema.app = api.client.application
    faults: dict[str, str] = {}
    asked, answered = 0, 0
    operations = sorted((one.ok() for one in schema.get_all_operations()), key=lambda one: one.method != "get")
    for operation in operations:
        if operation.path in STREAMS or ONLY not in operation.path:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            seen: list[int] = []
            try:
                ask(api, operation, mode, seen)
            except Unsatisfiable:  # where nothing is read, nothing can be unsound
                continue
            except (Exception, FailureGroup) as error:  # noqa: BLE001  whatever it is, the others go on
                within = getattr(error, "exceptions", ())
                faults[f"{operation.label} {mode.value}"] = "\n".join(f"{one}"[:2000] for one in (error, *within))
            asked += len(seen)
            answered += sum(status < 300 for status in seen)
    assert not faults, "\n\n".join(f"{label}\n{told}" for label, told in faults.items())
    if not ONLY:
        assert asked > 200
        assert answered > 50, "hardly anything was found"


def ask(api: Api, operation: Any, mode: GenerationMode, seen: list[int]) -> None:
    """Send so many requests of a kind; seen: the statuses.  Raises what schemathesis raises."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        # Asked within the process, nobody unpacks what is sent packed.
        answer = case.call(headers=api.headers({"Accept-Encoding": "identity"}))
        seen.append(answer.status_code)
        case.validate_response(answer, checks=PROMISES)

    send()


def with_known(spec: dict[str, Any], known: Filled) -> dict[str, Any]:
    """The document with what is in the database as likely values, so that not all is 404 and 422."""
    for operations in spec["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in known.places:
                    _likely(parameter["schema"], known.places[parameter["name"]])
    for schema in spec["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            if name in known.fields and not re.search("Out$", schema.get("title", "")):
                _likely(field, known.fields[name])
    return spec


def _likely(schema: dict[str, Any], value: Any) -> None:
    usual = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"const": value}, usual]
