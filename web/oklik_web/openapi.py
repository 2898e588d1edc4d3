"""The OpenAPI document: what APIFlask finds in the views, and what all of them have in common.

`python -m oklik_web.openapi FILE` writes it, with --check it only says whether the file is up to date.
"""

import json
import sys
from pathlib import Path
from typing import Any

from apiflask import APIFlask

from oklik_web.changing import KEY_HEADER, KEYLESS
from oklik_web.door import COOKIE
from oklik_web.problems import PROBLEM_JSON, ProblemOut

_DESCRIPTION = """\
JSON API of Oklik.  Times are ISO 8601; numbers are taken in any usual spelling and given as E.164.  A phone number
never stands in an address: addresses end in logs.  Errors are problem JSON (RFC 9457), their sentences in the language
of Accept-Language (ru or en).  A program sends a bearer token; a page of Oklik's own sends its session's cookie and,
with every change, the header X-CSRF-Token."""

_ERRORS = {
    "400": "The body is no JSON",
    "401": "No valid token or session",
    "403": "The token or the role lacks the scope x-scope",
    "404": "Not here: what the address or the body names",
    "409": "Not possible as things stand",
    "422": "The data do not fit",
    "429": "Too many requests",
    "503": "The database does not answer",
}
_BODY_ERRORS = {"413": "The body is too large", "415": "The body is of another media type"}


def configure(app: APIFlask) -> None:
    """Set what the document says besides the views."""
    app.config |= {
        "OPENAPI_VERSION": "3.1.0",
        "AUTO_SERVERS": False,  # it would repeat whatever Host a request names
        "AUTO_VALIDATION_ERROR_RESPONSE": False,
        "AUTO_AUTH_ERROR_RESPONSE": False,
        "AUTO_404_RESPONSE": False,
        "AUTO_OPERATION_ID": True,
        "SYNC_LOCAL_SPEC": False,
    }
    app.description = _DESCRIPTION
    app.servers = [{"url": "/"}]
    app.security_schemes = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "Made in the settings, on the page of API tokens",
        },
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Of somebody who signed in"},
    }
    app.spec_processor(_complete)


def _complete(spec: Any) -> Any:
    """Add the errors and headers that all views share."""
    schemas = spec.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in spec["paths"].values():
        for method, operation in operations.items():
            if operation.get("security"):
                errors = _ERRORS | (_BODY_ERRORS if "requestBody" in operation else {})
            else:
                errors = {status: _ERRORS[status] for status in ("404", "503")}
            for status, meaning in sorted(errors.items()):
                operation["responses"].setdefault(status, {"description": meaning, "content": content})
            if method in {"post", "put"} and not operation.pop(KEYLESS, False):
                operation.setdefault("parameters", []).append(_key())
    return spec


def _key() -> dict[str, Any]:
    return {
        "name": KEY_HEADER,
        "in": "header",
        "required": False,
        "description": "The same request again with the same key, within a day, gets the same answer and does nothing.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    }


def document() -> str:
    """The document as text, always the same for the same code."""
    from sqlalchemy import create_engine

    from oklik_web.app import create_app
    from oklik_web.settings import WebSettings

    # Nothing connects: the document is made of the views alone.
    app = create_app(create_engine("postgresql+psycopg://"), WebSettings())
    with app.app_context():
        return json.dumps(app.spec, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or check it; gives the exit code."""
    file = Path(arguments[-1])
    if arguments[0] != "--check":
        file.write_text(document(), "utf-8")
        return 0
    if file.is_file() and file.read_text("utf-8") == document():
        return 0
    sys.stderr.write(f"{file} is out of date; write it anew: python -m oklik_web.openapi {file}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
