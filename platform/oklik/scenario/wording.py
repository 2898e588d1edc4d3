"""Values of a document in words, and two texts side by side cut down to where they differ.

For sentences about scenarios: what changed between two versions, what a replayed call says otherwise than it did.
"""

import re
from collections.abc import Mapping
from typing import Any

from oklik.scenario.errors import Sentence

LONGEST = 90
_AROUND = 3  # words left standing on either side of a difference
_WORD = re.compile(r"\S+")
_SWITCH = {True: {"ru": "да", "en": "yes"}, False: {"ru": "нет", "en": "no"}}


def apart(before: str, after: str) -> tuple[str, str]:
    """Both texts around the place where they differ, an ellipsis for what is left out; short texts are left whole."""
    if max(len(before), len(after)) <= LONGEST:
        return before, after
    old, new = _WORD.findall(before), _WORD.findall(after)
    least = min(len(old), len(new))
    same = next((place for place in range(least) if old[place] != new[place]), least)
    tail = next((place for place in range(least - same) if old[-1 - place] != new[-1 - place]), least - same)
    first, behind = max(0, same - _AROUND), max(0, tail - _AROUND)
    return _window(old, first, behind), _window(new, first, behind)


def short(text: str) -> str:
    """The text, or its beginning."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def shown(value: Any, choices: Mapping[str, Sentence] | None = None) -> Sentence:
    """A value of a field as an editor shows it: a choice by its label, a switch as yes or no, nothing as a dash."""
    if isinstance(value, bool):
        return _SWITCH[value]
    if value is None or value in ("", (), [], {}):
        return {"ru": "ничего", "en": "nothing"}
    if isinstance(value, str):
        if choices and value in choices:
            return quoted(choices[value])
        return quoted({"ru": short(value), "en": short(value)})
    if isinstance(value, list | tuple):
        parts = [shown(item, choices) for item in value]
        return {language: ", ".join(part[language] for part in parts) for language in ("ru", "en")}
    if isinstance(value, Mapping):
        named = [(key, shown(item, choices)) for key, item in value.items()]
        return {language: ", ".join(f"{key}: {part[language]}" for key, part in named) for language in ("ru", "en")}
    plain = f"{value:.15g}" if isinstance(value, float) else short(str(value))
    return {"ru": plain, "en": plain}


def quoted(sentence: Sentence) -> Sentence:
    """In the quotation marks of each language."""
    return {"ru": f"«{sentence['ru']}»", "en": f"“{sentence['en']}”"}


def _window(words: list[str], first: int, behind: int) -> str:
    middle = " ".join(words[first : len(words) - behind])
    if len(middle) > 2 * LONGEST:
        middle = middle[:LONGEST].rstrip() + " … " + middle[-LONGEST:].lstrip()
    return ("… " if first else "") + middle + (" …" if behind else "")
