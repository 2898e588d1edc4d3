"""Plain substitution of `{{ name }}` in texts that are stored or shown and never spoken: a value of `set`, a label.

Spoken texts, with filters and grammar, are the business of `oklik.scenario.spoken`.
"""

import re
from collections.abc import Mapping

# A variable may be put into itself, in a circle: without a limit it would fill the memory in thirty rounds.
MAX_LENGTH = 1000
_SLOT = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")


def names(text: str) -> tuple[str, ...]:
    """The names a text refers to, each once, in order."""
    return tuple(dict.fromkeys(_SLOT.findall(text)))


def malformed(text: str) -> int | None:
    """Where (0-based) braces stand that are not a plain `{{ name }}`; None when there are none."""
    rest = _SLOT.sub(lambda match: "." * len(match.group()), text)
    found = _BRACES.search(rest)
    return found.start() if found else None


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every `{{ name }}` replaced by its value; an unknown name gives nothing.

    Cut at MAX_LENGTH characters.
    """
    if "{{" not in text:
        return text
    return _SLOT.sub(lambda match: values.get(match.group(1), "")[:MAX_LENGTH], text)[:MAX_LENGTH]
