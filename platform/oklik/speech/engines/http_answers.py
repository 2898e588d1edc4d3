"""What is read out of a speech service's answers when they are text: a token, a sound in JSON, words of refusal."""

import base64
import binascii
import json
from typing import Any

from oklik.speech.engines.base import EngineError


def snippet(data: bytes) -> str:
    """The beginning of an answer, as one safe line."""
    return " ".join("".join(c if c.isprintable() else " " for c in data[:300].decode(errors="replace")).split())[:160]


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise EngineError(f"the service's answer is no JSON: {snippet(data)}", down=False) from error


def token_of(data: bytes, field: str) -> str:
    """The token in a token service's answer, fit for a header.  Raises EngineError."""
    answer = _json(data)
    token = answer.get(field) if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
        raise EngineError(f"the token service gave no {field}", down=True)
    return token


def unwrap(data: bytes, path: str) -> bytes:
    """The sound that is base64 under a dotted path of a JSON answer.  Raises EngineError."""
    at = _json(data)
    for key in path.split("."):
        at = at.get(key) if isinstance(at, dict) else None
    if not isinstance(at, str):
        raise EngineError(f"the service's answer has no {path}", down=False)
    try:
        return base64.b64decode(at, validate=True)
    except binascii.Error as error:
        raise EngineError(f"{path} in the service's answer is no base64", down=False) from error
