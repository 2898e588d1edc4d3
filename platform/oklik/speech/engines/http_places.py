"""The places of an HTTP request where texts of the configuration stand: looked through, checked, filled.

What is configured is kept with each campaign in the database, so a secret may stand in it by the name of its
environment variable only.  A place whose name says that it holds a secret is refused when it holds anything else.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from oklik.speech.engines.base import fill, unknown_placeholders, variables

_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie|passw", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = re.compile(
    r"auth|authorization|bearer|cookies?|credentials?|jwt|keys?|pass|passphrase|passwd|passwords?|pwd|secrets?|sig|"
    r"signature|token|\w+(key|token|secret|password|passwd)"  # apikey, authtoken: nothing tells their words apart
)
_HARMLESS_ENDS = frozenset(("id", "kind", "name", "type"))  # token_type: bearer; key_id: a key's name, not the key
_OURS = {"text": "", "language": "", "voice": ""}
_INSTEAD = "put the secret into an environment variable and write ${ITS_NAME}"


def leaves(place: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Everything in a structure that holds nothing further, with the keys that lead there."""
    match place:
        case dict():
            for key, value in place.items():
                yield from leaves(value, (*path, str(key)))
        case list():
            for value in place:
                yield from leaves(value, path)
        case _:
            yield path, place


def texts(place: Any) -> list[str]:
    """The texts in a structure."""
    return [leaf for _, leaf in leaves(place) if isinstance(leaf, str)]


def filled(place: Any, fill_text: Callable[[str], str]) -> Any:
    """The structure with its texts filled; keys and everything that is no text stay."""
    match place:
        case str():
            return fill_text(place)
        case dict():
            return {key: filled(value, fill_text) for key, value in place.items()}
        case list():
            return [filled(value, fill_text) for value in place]
        case _:
            return place


def sounds_secret(name: str) -> bool:
    """Does the name of a field say that it holds a secret: client_secret, apiKey, X-Auth, password?"""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _HARMLESS_ENDS:
        return False
    return any(_SECRET_WORDS.fullmatch(word) for word in words)


def check_fields(field: str, place: Any) -> None:
    """No secret stands in a form, in a query or in JSON.  Raises ValueError that names the place, never its value."""
    for path, leaf in leaves(place):
        if not any(sounds_secret(key) for key in path) or leaf is None or isinstance(leaf, bool):
            continue
        if isinstance(leaf, str) and (variables(leaf) or not fill(leaf, _OURS).strip()):
            continue
        raise ValueError(f"{field}: {'.'.join(path)}: {_INSTEAD} here")


def check_headers(field: str, headers: Mapping[str, str], known: set[str]) -> None:
    """Headers that can be sent and hold no secret.  known: the {names} that are filled.  Raises ValueError."""
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{field}: {name!r} cannot be the name of a header")
        if not _plain(value):
            raise ValueError(f"{field}: {name}: a header can hold plain ASCII characters only")
        if unknown := unknown_placeholders(value.replace("${", "$("), known):
            raise ValueError(f"{field}: {name}: unknown placeholder {{{unknown[0]}}}")
        if _SECRET_HEADER.search(name) and not (variables(value) or "{token}" in value or "{uuid}" in value):
            raise ValueError(f"{field}: {name}: {_INSTEAD} here")


def check_in_headers(headers: Mapping[str, str], languages: Mapping[str, str]) -> None:
    """Our words for voices and languages, where a header asks for them, can stand in one.  Raises ValueError."""
    for name, value in headers.items():
        for language, voice in languages.items():
            for what, word in (("language", language), ("voice", voice)):
                if f"{{{what}}}" in value.replace("${", "$(") and not _plain(word):
                    raise ValueError(
                        f"headers: {name}: {{{what}}} is {word!r}, but a header can hold plain ASCII characters only; "
                        "send it in query or in the body"
                    )


def check_address(field: str, url: str) -> None:
    """An address that can be asked and holds no secret.  Raises ValueError, without the address."""
    try:
        httpx.URL(url)
        parts = urlsplit(url)
    except (httpx.InvalidURL, ValueError):
        raise ValueError(f"{field}: this is no address of a service") from None
    if not parts.hostname:
        raise ValueError(f"{field}: the address names no host")
    if "@" in parts.netloc:
        raise ValueError(
            f"{field}: no name and password in the address: send a header with ${{ITS_NAME}} of a variable"
        )
    if variables(url):
        raise ValueError(f"{field}: ${{NAME}} is not filled in here: put the parameter under query")
    for name, value in parse_qsl(parts.query):
        if value and sounds_secret(name):
            raise ValueError(f"{field}: {name}: {_INSTEAD} for it under query")


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
