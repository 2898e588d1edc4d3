"""How words are to be read aloud, as people say on a page; stands above the dictionaries in files.

A campaign takes the words with its voice when it is launched (`added`), so what is changed later is heard in later
campaigns, and never in the middle of one.
"""

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run

LANGUAGES = ("ru", "en")
Words = Mapping[str, Mapping[str, str]]

MOST_WORD, MOST_READING, MOST_WORDS = 60, 200, 5_000


class Reading(msgspec.Struct, frozen=True):
    """A word and its reading; see speech.dictionary for capitals and stress marks."""

    language: str
    word: str
    reading: str
    changed_by: str
    changed_at: dt.datetime


class ReadingRefused(ValueError):
    """It cannot be kept.  field: language, word or reading; text: one line in "ru" and "en"."""

    def __init__(self, field: str, ru: str, en: str) -> None:
        self.field, self.text = field, {"ru": ru, "en": en}
        super().__init__(en)


def put(conn: Connection, reading: Reading) -> None:
    """Keep a word's reading; the same word again gets the new one.  Raises ReadingRefused."""
    if reading.language not in LANGUAGES:
        raise ReadingRefused("language", "язык — ru или en", "a language is ru or en")
    for field, most in (("word", MOST_WORD), ("reading", MOST_READING)):
        text = getattr(reading, field)
        if not 1 <= len(text) <= most or text != text.strip() or not _plain(text):
            raise ReadingRefused(
                field, f"нужна одна строка, от 1 до {most} знаков", f"one line of 1 to {most} characters is needed"
            )
    if not any(letter.isalnum() or letter in "№%$€₽" for letter in reading.word):
        raise ReadingRefused(
            "word",
            "в слове должна быть буква, цифра или знак валюты",
            "a word has a letter, digit or currency sign",
        )
    if not any(letter.isalnum() for letter in reading.reading):
        raise ReadingRefused("reading", "такое не прочесть вслух", "this cannot be read aloud")
    kept = run(
        conn,
        "SELECT count(*) FROM pronunciation WHERE (language, word) <> (:language, :word)",
        language=reading.language,
        word=reading.word,
    ).scalar_one()
    if kept >= MOST_WORDS:
        raise ReadingRefused("word", f"в словаре уже {MOST_WORDS} слов", f"the dictionary has {MOST_WORDS} words")
    run(
        conn,
        """INSERT INTO pronunciation (language, word, reading, changed_by, changed_at)
           VALUES (:language, :word, :reading, :changed_by, :changed_at)
           ON CONFLICT (language, word) DO UPDATE SET reading = excluded.reading, changed_by = excluded.changed_by,
               changed_at = excluded.changed_at""",
        **msgspec.structs.asdict(reading),
    )


def remove(conn: Connection, language: str, word: str) -> bool:
    """Take a word out; False: it was not there."""
    return bool(
        run(
            conn,
            "DELETE FROM pronunciation WHERE language = :language AND word = :word",
            language=language,
            word=word,
        ).rowcount
    )


def every(conn: Connection) -> Sequence[Reading]:
    """Give all words by language."""
    rows = run(
        conn,
        """SELECT language, word, reading, changed_by, changed_at FROM pronunciation
           ORDER BY language DESC, lower(word), word""",
    )
    return [Reading(*row) for row in rows]


def entries(conn: Connection) -> dict[str, dict[str, str]]:
    """Give language -> word -> reading, as speech.dictionary.Dictionary takes them."""
    found: dict[str, dict[str, str]] = {}
    for one in every(conn):
        found.setdefault(one.language, {})[one.word] = one.reading
    return found


def added(conn: Connection, voice: Mapping[str, Any]) -> dict[str, Any]:
    """Give a campaign's voice (speech.voices.Voice.to_json) with these words above its own."""
    return {**voice, "dictionary": above(voice["dictionary"], entries(conn))}


def above(words: Words, more: Words) -> dict[str, dict[str, str]]:
    """Give these words by language, with others that are read in their own way instead."""
    return {language: {**words.get(language, {}), **more.get(language, {})} for language in {**words, **more}}


def _plain(text: str) -> bool:
    """No control characters, and none that turn the direction of writing or break a line."""
    return all(unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in text)
