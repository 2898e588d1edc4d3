"""How long speech takes, told by its length: for `check` before any person is known, and for `explore` call by call.

A stretch of speech, which is one sound to be played, takes PAUSE + PER_CHARACTER x characters, by language.  Both are a
least-squares fit over the 62 pieces of speech a language that the ready scenarios need, spoken by espeak-ng at the
house's rate of 145 words a minute (Russian 0.192 and 0.0766 s, English 0.249 and 0.0747 s; single pieces are up to
twice as long, where many figures are abbreviated).  Other voices and human recordings were not measured.  The sound
itself is made elsewhere.
"""

import re
from collections.abc import Iterable
from functools import cache

from oklik.scenario.flow import Say
from oklik.scenario.spoken import FILTERS, Slot, Template
from oklik.scenario.spoken.template import tidy

# People on the telephone hang up in longer prompts.
LONGEST_S = 30.0

PAUSE = {"ru": 0.2, "en": 0.25}
PER_CHARACTER = {"ru": 0.077, "en": 0.075}
_OTHER_PAUSE, _OTHER_PER_CHARACTER = max(PAUSE.values()), max(PER_CHARACTER.values())

# Keys and numbers in a text are spoken in words, which are never longer than this a sign.
_KEYS = re.compile(r"[0-9*#]")
_SPELLED = 12

# A name, a city: what a value without a filter is taken for.
_PLAIN = 12


def stretch_s(characters: float, language: str) -> float:
    """How long one sound of so many characters takes."""
    return PAUSE.get(language, _OTHER_PAUSE) + PER_CHARACTER.get(language, _OTHER_PER_CHARACTER) * characters


def speech_s(parts: Iterable[Say]) -> float:
    """How long it takes to say this."""
    return sum(stretch_s(len(part.text), part.language) for part in parts)


def seconds(template: Template, language: str) -> float:
    """About how long a text takes; values count as long as the examples of their filters."""
    total = 0.0
    for words, slot, _ in template.stretches:
        fixed = tidy("".join(word for word in words if isinstance(word, str)), language)
        characters = len(fixed) + sum(_length(word, language) for word in words if isinstance(word, Slot))
        total += stretch_s(characters, language) if characters else 0.0
        total += stretch_s(_length(slot, language), language) if slot is not None else 0.0
    return total


def longer_than(template: Template, language: str, limit: float) -> float | None:
    """How long a text takes if that is more than the limit; most are so short that they need not be taken apart."""
    characters = sum(
        len(part) + _SPELLED * len(_KEYS.findall(part)) if isinstance(part, str) else _length(part, language)
        for part in template.parts
    )
    stretches = len(template.parts)
    if stretch_s(characters, language) + (stretches - 1) * stretch_s(0, language) <= limit:
        return None
    takes = seconds(template, language)
    return takes if takes > limit else None


def _length(slot: Slot, language: str) -> float:
    return _example_length(slot.filter, language)


@cache
def _example_length(filter_: str | None, language: str) -> float:
    examples = FILTERS[filter_].examples if filter_ else ()
    lengths = [len(example.spoken) for example in examples if example.language == language]
    return sum(lengths) / len(lengths) if lengths else _PLAIN
