"""Stress marks for espeak-ng in Russian, which has no sign for them in its input.

Written with U+0301 a word is only read worse: espeak then no longer finds it among its words.  But a word may be
given as phonemes in [[ ]].  So espeak is asked for the phonemes of the plain word, the stress is moved to the
marked vowel, the vowels are changed as Russian changes them (о away from the stress is V), and the word goes in as
phonemes.  A word that does not come out vowel for vowel, and any other language, is spoken plain.
"""

import functools
import re
import subprocess

from oklik.speech.engines.base import ACUTE

_WORD = re.compile(rf"[\w{ACUTE}]*{ACUTE}[\w{ACUTE}]*")
_VOWELS = "аеёиоуыэюя"
_PHONEME = re.compile(r"'?[AaVeEiIouy8][#\"]?")
_STRESSED = {"а": "A", "е": "e", "ё": "8", "и": "i", "о": "o", "у": "u", "ы": "y", "э": "E", "ю": "u", "я": "A"}
_UNSTRESSED = {"а": "a", "е": "i", "ё": "8", "и": "i", "о": "V", "у": "u", "ы": "y", "э": "i", "ю": "u", "я": "i"}


class StressWriter:
    """Texts with U+0301 as espeak-ng can speak them."""

    def __init__(self, program: str) -> None:
        self._program = program

    def write(self, text: str, voice: str) -> str:
        """The text without marks; Russian words that had one as phonemes where that changes anything."""
        if ACUTE not in text:
            return text
        if voice.partition("+")[0] != "ru":
            return text.replace(ACUTE, "")
        return _WORD.sub(lambda match: _spoken(self._program, match[0]), text)


@functools.lru_cache(maxsize=4096)
def _spoken(program: str, word: str) -> str:
    plain = word.replace(ACUTE, "")
    letters = [(at, letter) for at, letter in enumerate(plain.lower()) if letter in _VOWELS]
    marked = word.index(ACUTE) - 1  # the index of the marked vowel among the plain letters
    wanted = next((n for n, (at, _) in enumerate(letters) if at == marked), None)
    heard = _phonemes(program, plain)
    vowels = list(_PHONEME.finditer(heard))
    if wanted is None or word.count(ACUTE) != 1 or len(vowels) != len(letters) or heard.count("'") != 1:
        return plain
    if vowels[wanted][0].startswith("'"):
        return plain  # espeak is right already
    return f"[[{_moved(heard, vowels, [letter for _, letter in letters], wanted)}]]"


def _moved(heard: str, vowels: "list[re.Match[str]]", letters: list[str], wanted: int) -> str:
    out, at = "", 0
    for n, vowel in enumerate(vowels):
        out += heard[at : vowel.start()]
        if n == wanted:
            out += "'" + _STRESSED[letters[n]]
        elif vowel[0].startswith("'"):
            out += _UNSTRESSED[letters[n]]
        else:
            out += vowel[0]
        at = vowel.end()
    return out + heard[at:]


def _phonemes(program: str, word: str) -> str:
    """What espeak would say, in its own letters; empty when it fails (then the word is spoken plain)."""
    try:
        done = subprocess.run(
            [program, "-v", "ru", "-q", "-x", "-b", "1", "--stdin"],
            input=word.encode(),
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace").strip().rstrip("_")
