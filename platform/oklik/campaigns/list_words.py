"""Finding contacts by words and numbers: each contact's words lie beside it in `contact_words`.

The words are cut here and not by PostgreSQL, whose idea of a word and of small letters hangs on the server's locale.
They are made in the background, never in a call's way: a list that has none yet is searched by its phones, and the
work is asked for.  A number is found by its first six digits or more (with or without the country code) and by its
last four.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, text

from oklik.campaigns.rows import run
from oklik.dialing.phones import read_phones
from oklik.store.deferring import INDEX_LIST, defer

MOST_WORDS = 200  # of a contact; the first ones
WORD_MAX = 60  # characters
ASKED_MAX = 8  # words of a question
_CHUNK = 5_000
_WORD = re.compile(r"\w+(?:[.@+-]\w+)*")
_INSIDE = re.compile(r"\w+")
_LAST = 4
_BEGINNING = 6  # digits; fewer begin too many numbers


class Query(NamedTuple):
    """A question cut into what is looked for.  tsquery: None when there is nothing to look for."""

    tsquery: str | None


def words_of(fields: Mapping[str, Any], phones: Sequence[str]) -> list[str]:
    """Give the words of a contact, sorted, without repeats."""
    found: dict[str, None] = {}
    for phone in phones:
        digits = phone.lstrip("+")
        found[digits] = None
        if digits.startswith("7") and len(digits) == 11:
            found[digits[1:]] = None
        found[f"~{digits[-_LAST:]}"] = None
    for cell in fields.values():
        for word in _words(str(cell)):
            found[word] = None
            if len(found) >= MOST_WORDS:
                return sorted(found)
    return sorted(found)


def question(asked: str) -> Query:
    """Cut what somebody has typed: every word must begin a word of the contact; a phone in any spelling is one."""
    numbers = read_phones(asked).numbers
    if numbers:
        return Query(" & ".join(_term(number.lstrip("+")) for number in numbers[:1]))
    digits = re.sub(r"\D", "", asked)
    if digits and not re.search(r"[^\d\s()+.-]", asked):
        if len(digits) < _BEGINNING:
            terms = [_term(digits)]
        else:
            begins = [digits, digits[1:]] if digits[0] in "78" else [digits]
            terms = [f"{_term(one)}:*" for one in begins]
        if len(digits) == _LAST:
            terms.append(_term(f"~{digits}"))
        return Query(" | ".join(terms))
    # A double word is asked for as a whole: its parts are words of their own, and one of them may be in every row.
    words = [match[0][:WORD_MAX] for match in _WORD.finditer(_flat(asked))][:ASKED_MAX]
    return Query(" & ".join(_term(word) + (":*" if len(word) > 1 else "") for word in words) or None)


def _words(text_: str) -> list[str]:
    found: list[str] = []
    for match in _WORD.finditer(_flat(text_)):
        word = match[0][:WORD_MAX]
        found.append(word)
        if not word.isalnum():  # an address or a double name is found by its parts as well
            found += [part[:WORD_MAX] for part in _INSIDE.findall(word)]
    return found


def _flat(text_: str) -> str:
    return text_.casefold().replace("ё", "е")


def _term(word: str) -> str:
    """A word as tsquery and tsvector take it, whatever is in it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(words: Iterable[str]) -> str:
    """The text of a tsvector."""
    return " ".join(map(_term, words))


def put_words(conn: Connection, contact_id: int) -> None:
    """Make the words of one contact anew, where its list has been made searchable."""
    row = run(
        conn,
        """SELECT c.list_id, c.fields, c.phones FROM contact c JOIN contact_list l ON l.id = c.list_id
           WHERE c.id = :id AND l.indexed_at IS NOT NULL""",
        id=contact_id,
    ).one_or_none()
    if row is not None:
        run(
            conn,
            """INSERT INTO contact_words (contact_id, list_id, words)
               VALUES (:id, :list, CAST(:words AS tsvector))
               ON CONFLICT (contact_id) DO UPDATE SET words = excluded.words""",
            id=contact_id,
            list=row.list_id,
            words=vector(words_of(row.fields, row.phones)),
        )


def index_list(
    engine: Engine, list_id: int, *, now: dt.datetime, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Make the words of all contacts of a list anew; gives how many contacts.  progress: contacts so far.

    Chunk by chunk, each of its own transaction: nothing waits for long, and what is broken off is begun anew.
    """
    done, after = 0, 0
    while True:
        with engine.begin() as conn:
            rows = run(
                conn,
                """SELECT id, fields, phones FROM contact
                   WHERE list_id = :list AND id > :after ORDER BY id LIMIT :most""",
                list=list_id,
                after=after,
                most=_CHUNK,
            ).all()
            if not rows:
                run(conn, "UPDATE contact_list SET indexed_at = :now WHERE id = :id", now=now, id=list_id)
                break
            after = rows[-1].id
            _replace(conn, list_id, rows)
        done += len(rows)
        progress(done)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("ANALYZE contact_words"))
    return done


def _replace(conn: Connection, list_id: int, rows: Sequence[Any]) -> None:
    run(conn, "DELETE FROM contact_words WHERE contact_id = ANY(CAST(:ids AS bigint[]))", ids=[row.id for row in rows])
    driver: Any = conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("COPY contact_words (contact_id, list_id, words) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((row.id, list_id, vector(words_of(row.fields, row.phones))))


def ask_for_index(conn: Connection, list_id: int) -> None:
    """Let a list be made searchable in the background, unless that waits already."""
    defer(conn, INDEX_LIST, only_one=f"{INDEX_LIST} {list_id}", list_id=list_id)
