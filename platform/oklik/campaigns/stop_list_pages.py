"""The stop list page by page, the latest first, and files of numbers put on it."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from oklik.campaigns import stop_list
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.number_files import Wrong, read_numbers
from oklik.campaigns.rows import run
from oklik.campaigns.stop_list import Entry

MOST_NUMBERS = 200_000  # of one file: all of them are put in one transaction, which claims wait for


class Mark(NamedTuple):
    """Where a page ended."""

    added_at: dt.datetime
    number: str


class FileTaken(msgspec.Struct, frozen=True):
    """What came of a file.  added: new numbers; known: those that were there; ended: planned calls; wrong: rows."""

    added: int
    known: int
    ended: int
    wrong: tuple[Wrong, ...]


def page(conn: Connection, *, after: Mark | None = None, most: int = 50) -> tuple[list[Entry], Mark | None]:
    """Give numbers on the list, the latest first, and where to go on; None: that was all."""
    rows = run(
        conn,
        f"""SELECT s.number, s.added_at, coalesce(e.source, s.source) AS source,
                coalesce(e.reason, '') AS reason, coalesce(e.recorded_by, '') AS recorded_by
            FROM (SELECT number, added_at, source FROM suppression
                  {"WHERE (added_at, number) < (:at, :number)" if after else ""}
                  ORDER BY added_at DESC, number DESC LIMIT :most) s
            LEFT JOIN LATERAL (
                SELECT source, reason, recorded_by FROM stop_event
                WHERE number = s.number AND kind <> 'removed' ORDER BY id DESC LIMIT 1) e ON true
            ORDER BY s.added_at DESC, s.number DESC""",  # noqa: S608  constants
        at=after.added_at if after else None,
        number=after.number if after else None,
        most=most + 1,
    ).all()
    found = [Entry(*row) for row in rows[:most]]
    return found, Mark(found[-1].added_at, found[-1].number) if len(rows) > most else None


def count(conn: Connection) -> int:
    """Give how many numbers are on the list."""
    return int(run(conn, "SELECT count(*) FROM suppression").scalar_one())


def put_file(
    conn: Connection, path: Path, shown_name: str, *, reason: str, recorded_by: str, now: dt.datetime
) -> FileTaken:
    """Put every number of a file on the list; rows that cannot be read are named, the others taken.

    Raises ListError when the file cannot be used at all.
    """
    try:
        read = read_numbers(path)
    except ListError as error:
        error.source = shown_name
        raise
    if len(read.numbers) > MOST_NUMBERS:
        raise ListError(
            shown_name,
            f"в файле {len(read.numbers)} номеров, а за один раз можно {MOST_NUMBERS}: разделите его",
            f"{len(read.numbers)} numbers in the file, {MOST_NUMBERS} are possible at a time: divide it",
        )
    if not read.numbers:
        return FileTaken(0, 0, 0, tuple(read.wrong))
    done = stop_list.put(
        conn, read.numbers, source="import", reason=reason, recorded_by=recorded_by, now=now, repeats=False
    )
    return FileTaken(len(done.added), len(done.known), done.targets, tuple(read.wrong))
