"""What is read out of a speech service's answers when they are text: a token, a sound in JSON, words of refusal."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from oklik.speech.engines.base import EngineError

_LOOKED_AT = 8192  # bytes of an answer: a secret that begins in what is shown ends in here
_LEAST = 4  # shorter ones are no secrets, and stand in every other word


def snippet(data: bytes, secrets: Iterable[str] = ()) -> str:
    """The beginning of an answer, as one safe line: some services say back what they were told, keys and all."""
    text = data[:_LOOKED_AT].decode(errors="replace")
    for secret in secrets:
        for form in _forms(secret):
            text = text.replace(form, "***")
    return " ".join("".join(c if c.isprintable() else " " for c in text[:300]).split())[:160]


def _forms(secret: str) -> list[str]:
    """A secret as it is, in an address, in JSON and in base64; the longest first."""
    if len(secret) < _LEAST:
        return []
    packed = base64.b64encode(secret.encode()).decode().rstrip("=")
    found = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], packed}
    return sorted(found, key=len, reverse=True)


def _json(data: bytes, secrets: Iterable[str]) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise EngineError(f"the service's answer is no JSON: {snippet(data, secrets)}", down=False) from error


def token_of(data: bytes, field: str, secrets: Iterable[str] = ()) -> str:
    """The token in a token service's answer, fit for a header.  Raises EngineError."""
    answer = _json(data, secrets)
    token = answer.get(field) if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
        raise EngineError(f"the token service gave no {field}", down=True)
    return token


def unwrap(data: bytes, path: str, secrets: Iterable[str] = ()) -> bytes:
    """The sound that is base64 under a dotted path of a JSON answer.  Raises EngineError."""
    at = _json(data, secrets)
    for key in path.split("."):
        at = at.get(key) if isinstance(at, dict) else None
    if not isinstance(at, str):
        raise EngineError(f"the service's answer has no {path}", down=False)
    try:
        return base64.b64decode(at, validate=True)
    except binascii.Error as error:
        raise EngineError(f"{path} in the service's answer is no base64", down=False) from error
