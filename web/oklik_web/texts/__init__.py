"""Texts of the pages and the editor, in Russian and English: a module a topic with TEXTS, key -> (ru, en).

In a template `t('accounts.sign_in')`: the module's name, a dot, the key.  Values go in by name:

    "{name}"                                  as it is; a whole number with its thousands parted
    "{n} {n:контакт|контакта|контактов}"      the form that the number asks for; in English "{n:contact|contacts}"

A test fails on a key that is used and not here, is here and not used, or lacks a language.
"""

import importlib
import pkgutil
import string
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from oklik_web.words import LANGUAGES, language

NARROW = "\N{NO-BREAK SPACE}"


@cache
def topics() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """All texts by topic."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").TEXTS for name in names}


def t(key: str, **values: object) -> str:
    """Give a text in the language of this request.  Raises KeyError for one that is not there."""
    return text_in(language(), key, **values)


def text_in(code: str, key: str, **values: object) -> str:
    """Give a text in that language."""
    topic, _, name = key.partition(".")
    return _FORMS[code].vformat(topics()[topic][name][LANGUAGES.index(code)], (), values)


def number(value: object, code: str) -> str:
    """Give a number with its thousands parted."""
    shown = f"{value:,}"
    return shown if code == "en" else shown.replace(",", NARROW).replace(".", ",")


class _Forms(string.Formatter):
    """str.format with plurals and parted thousands."""

    def __init__(self, code: str) -> None:
        self._code = code

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            return format_spec.split("|")[_form(value, self._code)]
        if not format_spec and isinstance(value, int) and not isinstance(value, bool):
            return number(value, self._code)
        return str(format(value, format_spec))


def _form(value: Any, code: str) -> int:
    """Which of the forms: one, few, many in Russian (a part of one takes the second); one, many in English."""
    whole = abs(value)
    if code == "en":
        return 0 if whole == 1 else 1
    if whole != int(whole):
        return 1
    tens, ones = int(whole) % 100, int(whole) % 10
    if ones == 1 and tens != 11:
        return 0
    return 1 if ones in {2, 3, 4} and tens not in {12, 13, 14} else 2


_FORMS = {code: _Forms(code) for code in LANGUAGES}
