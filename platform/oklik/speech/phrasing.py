"""How a text is phrased: which words it has, and how long one pauses at its marks.

Clips of a sentence's parts are played one after the other, so the pause that a full stop or a comma asks for is put
into the clip itself; a voice's own silence at the edges is cut off before (audio.trim), for each does it differently.
"""

import re
from typing import NamedTuple

JOIN_MS = 40
"""Before and after a clip: parts of a sentence meet with twice this between them."""
_WORD_GAP_MS = 35
_PAUSES_MS = {",": 160, ";": 220, ":": 220, "—": 180, "–": 180, ".": 320, "!": 320, "?": 320, "…": 380}
_QUIET = "\"'«»“”()[] \t\n"
_WORD = re.compile(r"([\w\u0301]+(?:-[\w\u0301]+)*)\s*([,;:.]?)")
_DIGITS = {
    "ru": frozenset({"ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"}),
    "en": frozenset({"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}),
}


class Word(NamedTuple):
    """A word and the pause that follows it inside a phrase, ms."""

    text: str
    pause_ms: int

    @property
    def is_plain(self) -> bool:
        """Letters only: a word of the language, not somebody's number or code."""
        return not any(sign.isdigit() or sign == "_" for sign in self.text)


def words(text: str) -> list[Word]:
    """The words of a text, in order."""
    return [Word(word, _PAUSES_MS.get(mark, _WORD_GAP_MS)) for word, mark in _WORD.findall(text)]


def has_words(text: str) -> bool:
    """There is something to pronounce, not just marks."""
    return any(sign.isalnum() for sign in text)


def without_lead(text: str) -> str:
    """The text without the mark it begins with: that is a pause (`pauses`), and some voices read a lone mark out."""
    return text.lstrip(" " + "".join(_PAUSES_MS))


def is_spelled(text: str, language: str) -> bool:
    """The text is digits one by one, and nothing else."""
    digits = _DIGITS.get(language, frozenset())
    return all(word.text.lower() in digits for word in words(text))


def pauses(text: str) -> tuple[int, int]:
    """Milliseconds of silence before and after a text, by the marks that it begins and ends with."""
    bare = text.strip(_QUIET)
    if not has_words(text):
        return 0, max([JOIN_MS, *(_PAUSES_MS.get(sign, 0) for sign in bare)])
    return _PAUSES_MS.get(bare[0], JOIN_MS), _PAUSES_MS.get(bare[-1], JOIN_MS)
