"""Which fields of the document's parts hold texts that may be given by language, told by the model itself."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin

from pydantic.fields import FieldInfo

from oklik.scenario.kinds.base import Part, texts

Piece = TypeVar("Piece", bound=Part)


def is_text(info: FieldInfo) -> bool:
    """Whether the field holds a text that may be given by language: a string or a mapping of strings."""
    kinds = get_args(info.annotation)
    return any(get_origin(kind) is dict for kind in kinds) and any(_is_string(kind) for kind in kinds)


def _is_string(kind: Any) -> bool:
    return kind is str or (bool(get_args(kind)) and get_args(kind)[0] is str and get_origin(kind) is not dict)


def in_languages(part: Piece, own: tuple[str, ...], wanted: tuple[str, ...]) -> Piece:
    """The part with its texts as a scenario of the wanted languages has them.

    A text without a language is in the first of its own; what is in none of the wanted ones is left out.
    """
    if own == wanted:
        return part
    changed: dict[str, Any] = {}
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        if is_text(info):
            said = texts(value, own) if value else {}
            # Nothing at all stays what it is: an optional text that is not there.
            now: Any = {code: text for code, text in said.items() if code in wanted} if value else value
        else:
            now = _inside(value, own, wanted)
        if now is not value:
            changed[name] = now
    return part.model_copy(update=changed) if changed else part


def _inside(value: Any, own: tuple[str, ...], wanted: tuple[str, ...]) -> Any:
    if isinstance(value, Part):
        return in_languages(value, own, wanted)
    if isinstance(value, Mapping) and any(isinstance(item, Part) for item in value.values()):
        return {key: _inside(item, own, wanted) for key, item in value.items()}
    if isinstance(value, tuple) and any(isinstance(item, Part) for item in value):
        return tuple(_inside(item, own, wanted) for item in value)
    return value
