"""Uploaded list files: kept in the database in pieces until they are imported, for web and jobs meet only there.

What a file is called is a text for people: nothing here ever makes a path of it.
"""

import datetime as dt
import hashlib
import re
import unicodedata
from pathlib import Path
from typing import IO

from sqlalchemy import Connection

from oklik.campaigns.rows import run

PART = 1 << 20  # bytes
MOST_BYTES = 100 << 20
KEPT_FOR = dt.timedelta(days=1)  # of a file that nobody has made a list of
NAME_MAX = 120
_STRANGE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff/\\]+")


class TooLarge(ValueError):
    """A file has more bytes than may be uploaded."""


class NoSuchImport(LookupError):
    """There is no import of this id, or its file is gone."""


def shown_name(given: str | None) -> str:
    """Give what a file may be called in sentences: its last part, without controls and marks of direction."""
    last = re.split(r"[/\\]", given or "")[-1]
    flat = _STRANGE.sub(" ", unicodedata.normalize("NFC", last)).strip()
    if len(flat) > NAME_MAX:
        stem, dot, ending = flat.rpartition(".")
        flat = f"{stem[: NAME_MAX - 12]}….{ending}" if dot and len(ending) < 8 else f"{flat[: NAME_MAX - 1]}…"
    return flat or "—"


def store_upload(source: IO[bytes], target: Path) -> tuple[int, str]:
    """Write an upload to a file of ours; gives its size and sha256.  Raises TooLarge."""
    size, digest = 0, hashlib.sha256()
    with target.open("wb") as file:
        while piece := source.read(PART):
            size += len(piece)
            if size > MOST_BYTES:
                raise TooLarge(f"more than {MOST_BYTES} bytes")
            digest.update(piece)
            file.write(piece)
    return size, digest.hexdigest()


def keep_upload(conn: Connection, path: Path, name: str, *, digest: str, by: str, now: dt.datetime) -> int:
    """Keep a file that is to become a list; gives the import's id."""
    import_id = int(
        run(
            conn,
            """INSERT INTO list_import (file, bytes, digest, created_by, created_at)
               VALUES (:file, :bytes, :digest, :by, :now) RETURNING id""",
            file=name,
            bytes=path.stat().st_size,
            digest=digest,
            by=by,
            now=now,
        ).scalar_one()
    )
    with path.open("rb") as file:
        n = 0
        while piece := file.read(PART):
            run(
                conn,
                "INSERT INTO list_upload_part (import_id, n, data) VALUES (:id, :n, :data)",
                id=import_id,
                n=n,
                data=piece,
            )
            n += 1
    return import_id


def fetch_upload(conn: Connection, import_id: int, target: Path) -> None:
    """Write the file of an import where it can be read.  Raises NoSuchImport."""
    n = 0
    with target.open("wb") as file:
        while True:
            piece = run(
                conn, "SELECT data FROM list_upload_part WHERE import_id = :id AND n = :n", id=import_id, n=n
            ).scalar()
            if piece is None:
                break
            file.write(piece)
            n += 1
    if n == 0:
        raise NoSuchImport(f"the file of the import {import_id} is not there")


def forget_file(conn: Connection, import_id: int) -> None:
    """Drop the file of an import that is over."""
    run(conn, "DELETE FROM list_upload_part WHERE import_id = :id", id=import_id)


def forget_old_uploads(conn: Connection, now: dt.datetime) -> int:
    """Drop files that were uploaded and left, or that nobody has mended; gives how many."""
    return run(
        conn,
        "DELETE FROM list_import WHERE state IN ('uploaded', 'cancelled', 'failed') AND created_at < :before",
        before=now - KEPT_FOR,
    ).rowcount
