"""Consents page by page, the latest first, and files of consents kept whole."""

import datetime as dt
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from oklik.campaigns import consents
from oklik.campaigns.coming_back import Returned
from oklik.campaigns.consents import ConsentRefused, Kept
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.number_files import Defaults, Looked, Wrong, look_at_consents, purpose_code, read_consents
from oklik.campaigns.rows import run
from oklik.dialing.law.shapes import CONSENT_TITLES

MOST_CONSENTS = 200_000  # of one file: all of them are put in one transaction


class FileKept(msgspec.Struct, frozen=True):
    """What came of a file.  added: new consents; known: kept already; returned: who may be called now; wrong: rows."""

    added: int
    known: int
    returned: Returned
    wrong: tuple[Wrong, ...]


def page(conn: Connection, *, after: int | None = None, most: int = 50) -> tuple[list[Kept], int | None]:
    """Give consents, those written down last first, and where to go on; None: that was all."""
    rows = run(
        conn,
        """SELECT c.id, c.number, p.key AS person_key, c.purpose, c.source, c.text_version, c.text_digest, NULL AS text,
               c.given_at,
               c.recorded_by, c.recorded_at, c.revoked_at, c.revoked_source, c.revoked_by, c.revoke_recorded_at
           FROM consent c LEFT JOIN person p ON p.id = c.person_id
           WHERE CAST(:after AS bigint) IS NULL OR c.id < :after ORDER BY c.id DESC LIMIT :most""",
        after=after,
        most=most + 1,
    ).all()
    found = [Kept(*row) for row in rows[:most]]
    return found, found[-1].id if len(rows) > most else None


def count(conn: Connection) -> int:
    """Give how many there are, those taken back among them."""
    return int(run(conn, "SELECT count(*) FROM consent").scalar_one())


def defaults_of(*, purpose: str, source: str, version: str, text: str, given_at: dt.datetime | None = None) -> Defaults:
    """Read what is said of a file's rows; what is empty is not said.  Raises ConsentRefused."""
    code = purpose_code(purpose) if purpose else None
    if code is not None and code not in CONSENT_TITLES:
        known = ", ".join(CONSENT_TITLES)
        raise ConsentRefused(f"цели «{purpose[:60]}» нет; есть: {known}", f"no purpose {purpose[:60]!r}; {known}")
    return Defaults(code, source or None, version or None, text or None, given_at)


def look_at_file(path: Path, shown_name: str, defaults: Defaults, *, zone: str, now: dt.datetime) -> Looked:
    """Tell what would come of a file.  Raises ListError."""
    try:
        return look_at_consents(path, defaults, zone=zone, now=now)
    except ListError as error:
        error.source = shown_name
        raise


def put_file(
    conn: Connection, path: Path, shown_name: str, defaults: Defaults, recorded_by: str, *, zone: str, now: dt.datetime
) -> FileKept:
    """Keep every consent of a file; rows that cannot be read are named, the others kept.

    Raises ListError when the file cannot be used at all, ConsentRefused.
    """
    try:
        given, wrong = read_consents(path, defaults, zone=zone, now=now)
    except ListError as error:
        error.source = shown_name
        raise
    if len(given) > MOST_CONSENTS:
        raise ListError(
            shown_name,
            f"в файле {len(given)} согласий, а за один раз можно {MOST_CONSENTS}: разделите его",
            f"{len(given)} consents in the file, {MOST_CONSENTS} are possible at a time: divide it",
        )
    done = consents.add(conn, given, recorded_by=recorded_by, now=now)
    return FileKept(done.added, done.known, done.returned, tuple(wrong))
