"""Nouns written as fixed words beside a number: «{{ n }} дней» is right for some values and wrong for others.

Only tells which noun it is; whether that is a fault is judged by `check_nouns`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from oklik.scenario.spoken import english
from oklik.scenario.spoken.grammar import Case
from oklik.scenario.spoken.nouns import NotCountable, countable, morphology

_WORD = re.compile(r"\s+([^\W\d_]+(?:-[^\W\d_]+)?)")
# Words that end like an English plural and are none.
# fmt: off
_NO_PLURALS = frozenset({
    "always", "besides", "does", "ends", "expires", "has", "includes", "its", "less", "means", "minus", "needs",
    "perhaps", "plus", "remains", "sometimes", "starts", "this", "thus", "times", "towards", "unless", "was", "yes",
})
# fmt: on
_LONG_PLURALS = ("xes", "ches", "shes", "sses", "zes")
_LIKELY = 0.3  # how sure the dictionary must be that the word is a noun in this form


class Counted(NamedTuple):
    """written: the words as they stand; noun: in the nominative singular, as the count filter wants it."""

    written: str
    noun: str


def after(text: str, language: str) -> Counted | None:
    """The noun with which a fixed text begins, in a form that only a number before it explains; None for others."""
    if language == "en":
        return _english(text)
    return _russian(text) if language == "ru" else None


def fits(counted: Counted, number: int, language: str, cases: Iterable[Case] = Case) -> bool:
    """Whether the words are right after this number, in one of these cases."""
    if language == "en":
        return (number == 1) == (counted.written.casefold() == counted.noun)
    try:
        forms = countable(counted.noun)
    except NotCountable:
        return True  # nothing better can be offered
    return counted.written.casefold() in {forms.after(abs(number), case) for case in cases}


def _english(text: str) -> Counted | None:
    found = _WORD.match(text)
    word = found[1].casefold() if found else ""
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss") or word in _NO_PLURALS:
        return None
    singulars = [word[:-1]]
    if word.endswith("ies"):
        singulars.insert(0, word[:-3] + "y")
    elif word.endswith(_LONG_PLURALS):
        singulars.insert(0, word[:-2])
    noun = next((one for one in singulars if english.plural(one) == word), None)
    return Counted(word, noun) if noun else None


def _russian(text: str) -> Counted | None:
    first = _WORD.match(text)
    if first is None:
        return None
    noun = _noun(first[1].casefold())
    if noun is not None:
        return Counted(first[1].casefold(), noun)
    second = _WORD.match(text, first.end())
    if second is None or not (adjective := _adjective(first[1].casefold())):
        return None
    noun = _noun(second[1].casefold())
    if noun is None:
        return None
    return Counted(f"{first[1]} {second[1]}".casefold(), _described(adjective, noun))


@lru_cache(maxsize=1024)
def _noun(word: str) -> str | None:
    """The nominative singular of a noun in the plural or the genitive."""
    for parse in morphology().parse(word):
        tag = parse.tag
        counted = "plur" in tag or {"sing", "gent"} in tag
        if parse.is_known and parse.score >= _LIKELY and "NOUN" in tag and counted and "Fixd" not in tag:
            return str(parse.normal_form)
    return None


@lru_cache(maxsize=1024)
def _adjective(word: str) -> str | None:
    parses = (parse for parse in morphology().parse(word) if "ADJF" in parse.tag and parse.is_known)
    return next((str(parse.normal_form) for parse in parses), None)


def _described(adjective: str, noun: str) -> str:
    """«рабочая неделя» of «рабочий» and «неделя»."""
    gender = next((parse.tag.gender for parse in morphology().parse(noun) if {"NOUN", "nomn"} in parse.tag), None)
    for parse in morphology().parse(adjective):
        inflected = parse.inflect({"ADJF", "sing", "nomn", gender}) if "ADJF" in parse.tag and gender else None
        if inflected is not None:
            return f"{inflected.word} {noun}"
    return f"{adjective} {noun}"
