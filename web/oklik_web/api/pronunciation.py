"""The pronunciation dictionary: how words are to be read aloud in campaigns that are launched from now on."""

from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import pronunciation
from oklik.campaigns.pronunciation import Reading, ReadingRefused
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment

blueprint = APIBlueprint("pronunciation", __name__)

Language = Literal["ru", "en"]
Word = Annotated[str, Field(min_length=1, max_length=pronunciation.MOST_WORD)]


class ReadingIn(Body):
    """A word and its reading.  In lower case it holds for every case, with a capital exactly as written.

    reading: what is said instead, or the word with a stress mark (U+0301) after the vowel.
    """

    language: Language
    word: Word
    reading: Annotated[str, Field(min_length=1, max_length=pronunciation.MOST_READING)]


class WordIn(Body):
    """A word."""

    language: Language
    word: Word


class ReadingOut(BaseModel):
    """A word, its reading, and who changed it last."""

    language: str
    word: str
    reading: str
    changed_by: str
    changed_at: Moment


class ReadingsOut(BaseModel):
    """The dictionary."""

    words: list[ReadingOut]


class WordGoneOut(BaseModel):
    """removed: false where it was not there."""

    removed: bool


@blueprint.get("/pronunciation")
@allowed(Scope.DICTIONARY_READ)
@blueprint.output(ReadingsOut)
def show() -> ReadingsOut:
    """List the words."""
    with running().engine.connect() as conn:
        found = pronunciation.every(conn)
    return ReadingsOut.model_validate({"words": list(found)}, from_attributes=True)


@blueprint.post("/pronunciation/set")
@allowed(Scope.DICTIONARY_WRITE)
@blueprint.input(ReadingIn)
@blueprint.output(ReadingOut)
@changing
def set_(change: Change, json_data: ReadingIn) -> ReadingOut:
    """Say how a word is to be read."""
    try:
        return ReadingOut.model_validate(kept(change, **json_data.model_dump()), from_attributes=True)
    except ReadingRefused as error:
        raise Problem(422, error.text, field=error.field) from None


@blueprint.post("/pronunciation/remove")
@allowed(Scope.DICTIONARY_WRITE)
@blueprint.input(WordIn)
@blueprint.output(WordGoneOut)
@changing
def remove(change: Change, json_data: WordIn) -> WordGoneOut:
    """Take a word out."""
    return WordGoneOut(removed=taken_out(change, json_data.language, json_data.word))


def kept(change: Change, language: str, word: str, reading: str) -> Reading:
    """Keep it and note it.  Raises ReadingRefused."""
    made = Reading(language, word, reading, change.actor.who, change.now)
    pronunciation.put(change.conn, made)
    change.note("pronunciation.set", word, {"language": language, "reading": reading})
    return made


def taken_out(change: Change, language: str, word: str) -> bool:
    """Take it out and note it."""
    found = pronunciation.remove(change.conn, language, word)
    change.note("pronunciation.remove", word, {"language": language})
    return found
