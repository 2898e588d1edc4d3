"""Brings a document of an earlier format up to the one this version knows, before its fields are judged.

A format is left behind only when a document that was right would be read wrongly or not at all; then a function goes
into UPGRADES that makes format N+1 of format N, and documents written until then keep working: those in files, and the
versions that campaigns of old refer to in the database.  What a document of today's format means is `document`'s
business.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from oklik.scenario import reading
from oklik.scenario.errors import ScenarioError, Sentence

FORMAT = 1

# Takes a document it may change, not yet validated, and gives it as the next format has it.  It need not set `format`.
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

# From format N to N+1.  Format 1 is the first.
UPGRADES: dict[int, Upgrade] = {}

# What a function trips over in a document that was not right in its own format either.
_MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError)


def upgraded(
    data: Mapping[str, Any], source: str, marks: reading.Marks, table: Mapping[int, Upgrade] = UPGRADES
) -> Mapping[str, Any]:
    """The document in today's format; one that is of today's format already is given back as it is.

    Raises ScenarioError for a format that this version does not know, and for a document that does not keep to its own.
    """
    given = data.get("format")
    if _is_whole(given) and given == FORMAT:
        return data
    if not _is_whole(given) or given > FORMAT or not all(step in table for step in range(given, FORMAT)):
        raise ScenarioError(source, "", "format", _refusal(given), line=reading.line_of(marks, ("format",)))
    document = copy.deepcopy(dict(data))
    for step in range(given, FORMAT):
        try:
            document = {**table[step](document), "format": step + 1}
        except _MALFORMED:
            ru = f"документ не следует своему формату {step}: перевести его в формат {step + 1} нельзя"
            en = f"the document does not keep to its format {step} and cannot be brought to format {step + 1}"
            raise ScenarioError(source, "", "", {"ru": ru, "en": en}) from None
    return document


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _refusal(given: Any) -> Sentence:
    if given is None:
        return {
            "ru": f"не указан формат сценария: нужна строка «format: {FORMAT}»",
            "en": f"the format of the scenario is missing: the line “format: {FORMAT}” is needed",
        }
    if _is_whole(given) and given > FORMAT:
        return {
            "ru": f"сценарий в формате {given}, а эта версия программы понимает формат {FORMAT}: обновите её",
            "en": f"the scenario is of format {given}, and this version knows format {FORMAT}: upgrade it",
        }
    shown = str(given)[:40]
    return {
        "ru": f"формата «{shown}» не бывает; нужен {FORMAT}",
        "en": f"there is no format {shown!r}; it must be {FORMAT}",
    }
