"""What pydantic finds wrong with a document, as one sentence a marketer understands, with its place.

The model itself is `document`; whether a well-formed scenario makes sense is the business of `check`.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from oklik.scenario import reading
from oklik.scenario.errors import ScenarioError, Sentence

MOST = 100  # faults of one document that are told


def explain(invalid: ValidationError, data: Mapping[str, Any], source: str, marks: reading.Marks) -> ScenarioError:
    """The first fault of a document, where it stands, in words; the rest in its `others`.

    marks: the line of every key path.
    """
    # A text may be a string or a mapping: pydantic names both readings; the deeper one tells more.
    deepest: dict[tuple[int | str, ...], Any] = {}
    for fault in invalid.errors(include_url=False, include_context=True):
        known = deepest.get(fault["loc"][:3])
        if known is None or len(fault["loc"]) > len(known["loc"]):
            deepest[fault["loc"][:3]] = fault
    first, *others = (_told(fault, data, source, marks) for fault in list(deepest.values())[:MOST])
    first.others = tuple(others)
    return first


def _told(fault: Any, data: Mapping[str, Any], source: str, marks: reading.Marks) -> ScenarioError:
    place = _place(fault["loc"], data)
    line = reading.line_of(marks, place)
    node, rest = (place[1], place[2:]) if place[:1] == ("nodes",) and len(place) > 1 else ("", place)
    return ScenarioError(source, node, ".".join(rest), sentence(fault), line=line)


def _place(loc: tuple[int | str, ...], data: Any) -> tuple[str, ...]:
    """pydantic's place without what is no key of the document: tags of unions, names of types."""
    place: list[str] = []
    last = len(loc) - 1
    for index, step in enumerate(loc):
        inside = step in data if isinstance(data, Mapping) else isinstance(data, list | tuple) and isinstance(step, int)
        if inside:
            data = data[step] if isinstance(data, Mapping) or int(step) < len(data) else None
            place.append(str(step))
        elif index == last and isinstance(data, Mapping) and isinstance(step, str) and step.isidentifier():
            place.append(step)  # a missing field
    return tuple(place)


_SENTENCES: dict[str, Sentence] = {
    "missing": {"ru": "поле не заполнено", "en": "the field is missing"},
    "extra_forbidden": {"ru": "такого поля нет", "en": "there is no such field"},
    "string_type": {
        "ru": "нужен текст (возьмите значение в кавычки)",
        "en": "must be a text (put the value in quotes)",
    },
    "string_too_short": {"ru": "текст пуст", "en": "the text is empty"},
    "string_too_long": {
        "ru": "текст длиннее {max_length} знаков",
        "en": "the text is longer than {max_length} characters",
    },
    "string_pattern_mismatch": {
        "ru": "недопустимое имя или значение",
        "en": "not a valid name or value",
    },
    "literal_error": {"ru": "нужно одно из: {expected}", "en": "must be one of: {expected}"},
    "union_tag_invalid": {
        "ru": "неизвестный вид шага «{tag}»; есть: {expected_tags}",
        "en": "unknown kind {tag!r}; there are: {expected_tags}",
    },
    "union_tag_not_found": {"ru": "не указан вид шага (kind)", "en": "the node's kind is missing"},
    "int_type": {"ru": "нужно целое число", "en": "must be a whole number"},
    "int_parsing": {"ru": "нужно целое число", "en": "must be a whole number"},
    "int_from_float": {"ru": "нужно целое число", "en": "must be a whole number"},
    "float_type": {"ru": "нужно число", "en": "must be a number"},
    "float_parsing": {"ru": "нужно число", "en": "must be a number"},
    "bool_type": {"ru": "нужно true или false", "en": "must be true or false"},
    "bool_parsing": {"ru": "нужно true или false", "en": "must be true or false"},
    "greater_than_equal": {"ru": "нужно не меньше {ge}", "en": "must be at least {ge}"},
    "less_than_equal": {"ru": "нужно не больше {le}", "en": "must be at most {le}"},
    "too_long": {
        "ru": "не больше {max_length}, а здесь {actual_length}",
        "en": "at most {max_length}, but there are {actual_length}",
    },
    "too_short": {"ru": "нужно хотя бы {min_length}", "en": "at least {min_length} needed"},
    "dict_type": {"ru": "нужны поля с именами", "en": "must be named fields"},
    "model_type": {"ru": "нужны поля с именами", "en": "must be named fields"},
    "model_attributes_type": {"ru": "нужны поля с именами", "en": "must be named fields"},
    **{
        key: {"ru": "нужна дата: ГГГГ-ММ-ДД", "en": "must be a date: YYYY-MM-DD"}
        for key in ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact")
    },
    "tuple_type": {"ru": "нужен список", "en": "must be a list"},
    "list_type": {"ru": "нужен список", "en": "must be a list"},
    "enum": {"ru": "нужно одно из: {expected}", "en": "must be one of: {expected}"},
}


_ADDRESS: Sentence = {
    "ru": "нужен адрес вида https://crm.example.com/путь, без имени пользователя и без {{ }} до пути",
    "en": "must be an address such as https://crm.example.com/path, without a user, and {{ }} in its path only",
}


def sentence(fault: Any) -> Sentence:
    """One of pydantic's faults (an item of its errors()) in words."""
    known = _SENTENCES.get(fault["type"])
    if known is None:
        return {"ru": "значение не годится", "en": fault["msg"]}
    context = {name: _shown(name, value) for name, value in fault.get("ctx", {}).items()}
    if fault["type"] == "string_pattern_mismatch" and fault["loc"] and fault["loc"][-1] == "[key]":
        return {"ru": f"недопустимое имя «{fault['input']}»", "en": f"not a valid name: {fault['input']!r}"}
    if fault["type"] == "string_pattern_mismatch" and context["pattern"].startswith("^https?"):
        return _ADDRESS
    return {language: text.format_map(_Lenient(context)) for language, text in known.items()}


def _shown(name: str, value: object) -> str:
    """30 for 30.0; the choices that pydantic lists in quotes, with “or” before the last, as a plain list."""
    if isinstance(value, float):
        return f"{value:.15g}"
    listed = re.findall(r"'([^']*)'", str(value)) if name.startswith("expected") else []
    return ", ".join(listed) or str(value)


class _Lenient(dict[str, str]):
    """Fills what is known and shows the rest as it stands."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
