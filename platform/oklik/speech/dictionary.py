"""The pronunciation dictionary: how a word is to be read, put in place before any engine sees the text.

Two kinds of entries, one form: an abbreviation and its reading («руб.» → «рублей») or a word with its stress mark
(«договор» → «догово́р», U+0301 after the vowel).  An entry in lower case holds for every case of letters; one that
has a capital («ООО») holds exactly as written.  Only whole words are replaced, and a reading is not looked at again.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from oklik.speech.engines.base import ACUTE

_PART_OF_WORD = rf"[\w{ACUTE}]"


class DictionaryError(Exception):
    """A dictionary file that cannot be used: one line with the file and what is wrong with it."""


class Dictionary:
    """Entries by language: language -> word -> reading."""

    def __init__(self, entries: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._entries = {language: dict(words) for language, words in (entries or {}).items() if words}
        self._patterns = {language: _pattern(words) for language, words in self._entries.items()}

    def __bool__(self) -> bool:
        return bool(self._entries)

    def to_json(self) -> dict[str, dict[str, str]]:
        """The entries, as the constructor takes them."""
        return {language: dict(words) for language, words in self._entries.items()}

    def read(self, text: str, language: str) -> str:
        """The text as it is to be spoken."""
        pattern = self._patterns.get(language)
        if pattern is None:
            return text
        return pattern.sub(functools.partial(self._replace, self._entries[language]), text)

    def _replace(self, words: Mapping[str, str], match: re.Match[str]) -> str:
        found = match[0]
        if (reading := words.get(found)) is None:
            reading = words[found.lower()]
            if found[0].isupper():
                reading = reading[:1].upper() + reading[1:]
        before, after = match.string[: match.start()], match.string[match.end() :]
        if found.endswith(".") and not after.strip():
            reading += "."  # the full stop of the abbreviation ended the sentence too
        # «5%» and «№5» are written in one, but read as two words
        return " " * before[-1:].isalnum() + reading + " " * after[:1].isalnum()


def _pattern(words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(_choice(word) for word in sorted(words, key=len, reverse=True)))


def _choice(word: str) -> str:
    """One entry: a whole word where it begins and ends with letters (a sign like % may touch its neighbour)."""
    before = f"(?<!{_PART_OF_WORD})" if word[0].isalnum() else ""
    after = f"(?!{_PART_OF_WORD})" if word[-1].isalnum() else ""
    plain = re.escape(word)
    return f"{before}{plain if word != word.lower() else f'(?i:{plain})'}{after}"


def load_dictionary(*places: Path) -> Dictionary:
    """One dictionary from files; a folder stands for its dictionary.*.yaml.  Later files win over earlier ones.

    A file: `language: ru` and `words:` a mapping from the word to its reading; an empty reading takes an entry of an
    earlier file back.  Raises DictionaryError; a file that is named but not there is an error too.
    """
    entries: dict[str, dict[str, str]] = {}
    for file in _files(places):
        language, words = _load(file)
        held = entries.setdefault(language, {})
        held.update(words)
    return Dictionary({language: {k: v for k, v in words.items() if v} for language, words in entries.items()})


def _files(places: Iterable[Path]) -> Iterable[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted(place.glob("dictionary.*.yaml"))
        else:
            yield place


def _load(file: Path) -> tuple[str, dict[str, str]]:
    try:
        held: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DictionaryError(f"{file}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DictionaryError(f"{file}: {' '.join(str(error).split())}") from error
    if not isinstance(held, dict) or set(held) - {"language", "words"} or not isinstance(held.get("language"), str):
        raise DictionaryError(f"{file}: a dictionary has the keys language and words, nothing else")
    words = held.get("words") or {}
    if not isinstance(words, dict):
        raise DictionaryError(f"{file}: words: a mapping from the word to its reading is needed")
    for word, reading in words.items():
        if not isinstance(word, str) or not isinstance(reading, str) or not word.strip():
            raise DictionaryError(f"{file}: words: {word!r}: a word and its reading are texts (put them into quotes)")
    return held["language"], {word.strip(): reading.strip() for word, reading in words.items()}
