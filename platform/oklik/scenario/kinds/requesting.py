"""How a request is put together out of fixed parts and a contact's values, so that no value can break out of its place.

The address is fixed but for path segments and query values, which are percent-encoded; a header's value keeps to
visible ASCII; the body is built as a JSON value and written afterwards.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from oklik.scenario.conditions import read
from oklik.scenario.substitute import fill, names

MAX_BODY = 64 * 1024
MAX_URL = 4000
# `"{{ debt | number }}"` as a whole: sent as a number, not as a text.
_TYPED = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\|\s*(number|boolean)\s*\}\}")
_SLOT = re.compile(r"\{\{[^{}]*\}\}")
_VISIBLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")
_TRUE, _FALSE = frozenset({"true", "yes", "1", "да"}), frozenset({"false", "no", "0", "нет"})
_JSON = msgspec.json.Encoder(decimal_format="number")


class Unsendable(ValueError):
    """With these values the request makes no sense.  The message names the field and the variable, not the value."""


def address(url: str, query: Mapping[str, str], values: Mapping[str, str]) -> str:
    """The whole address.  Raises Unsendable."""
    head, slash, path = _split(url)
    segments = []
    for segment in path.split("/"):
        made = "".join(
            quote(fill(part, values).strip(), safe="") if part.startswith("{{") else part for part in _pieces(segment)
        )
        if _SLOT.search(segment) and made in {"", ".", ".."}:
            raise Unsendable(f"url: {', '.join(names(segment))} cannot stand in a path")
        segments.append(made)
    made = head + slash + "/".join(segments)
    if query:
        made += "?" + urlencode({name: fill(text, values) for name, text in query.items()}, quote_via=quote, safe="")
    if len(made) > MAX_URL:
        raise Unsendable("url: too long")
    return made


def host_of(url: str) -> str:
    """The fixed part of an address, with its port: `https://crm.example.com:443`."""
    scheme, _, rest = url.partition("://")
    host, _, port = rest.split("/", 1)[0].partition(":")
    return f"{scheme}://{host.lower()}:{int(port) if port else 443 if scheme == 'https' else 80}"


def header(text: str, values: Mapping[str, str]) -> str:
    """A header's value: what is no visible ASCII in a value is percent-encoded."""
    return "".join(
        quote(fill(part, values), safe=_VISIBLE) if part.startswith("{{") else part for part in _pieces(text)
    ).strip()


def body(value: Any, values: Mapping[str, str], language: str) -> str:
    """A body as JSON text.  Raises Unsendable."""
    made = _JSON.encode(_filled(value, values, language))
    if len(made) > MAX_BODY:
        raise Unsendable("body: too large")
    return made.decode()


def leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The texts in a JSON value, with the places where they stand."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from leaves(item, f"{path}.{number}")


def untyped(text: str) -> str:
    """A text of a body without the type it is to be sent as: `{{ debt | number }}` is `{{ debt }}`."""
    found = _TYPED.fullmatch(text.strip())
    return f"{{{{ {found[1]} }}}}" if found else text


def _split(url: str) -> tuple[str, str, str]:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash or "/", path


def _pieces(text: str) -> list[str]:
    """Fixed parts and slots in turn."""
    found, at = [], 0
    for slot in _SLOT.finditer(text):
        found += [text[at : slot.start()], slot.group()]
        at = slot.end()
    return [piece for piece in (*found, text[at:]) if piece]


def _filled(value: Any, values: Mapping[str, str], language: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(item, values, language) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, values, language) for item in value]
    if not isinstance(value, str):
        return value
    typed = _TYPED.fullmatch(value.strip())
    return _typed(typed[1], typed[2], values, language) if typed else fill(value, values)


def _typed(name: str, kind: str, values: Mapping[str, str], language: str) -> Decimal | bool:
    text = values.get(name, "").strip()
    if kind == "number":
        number = read(text, "money", language)
        if isinstance(number, Decimal):
            return number.normalize() if number != number.to_integral_value() else number.quantize(Decimal(1))
    elif text.casefold() in _TRUE | _FALSE:
        return text.casefold() in _TRUE
    raise Unsendable(f"body: {name} is no {kind}")
