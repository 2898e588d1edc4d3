"""Reports that people ask for in the browser: asked for as a row, written by a job, fetched as a file.

A file's name is the report's id and nothing that anybody typed.  Files live for a day.
"""

import contextlib
import datetime as dt
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Engine, text

from oklik.campaigns import outcome_names
from oklik.campaigns.segments import segment
from oklik.reports.calls_file import write_calls
from oklik.reports.excel import write_contacts, write_report
from oklik.reports.wanted import SavedSegment, Wanted, campaigns_of
from oklik.reports.words import named
from oklik.store.deferring import REPORT, defer

log = logging.getLogger(__name__)

KEPT_S = 24 * 3600.0
_STEP = 0.02

Kind = Literal["xlsx", "csv"]


class Asked(msgspec.Struct, frozen=True):
    """A report that was asked for.  state: waiting, running, done, failed; progress: 0 to 1; file: once it is done."""

    id: int
    campaign_id: int
    kind: str
    state: str
    progress: float
    file: str | None
    error: str | None


class NoSuchReport(LookupError):
    """There is no report of this id."""


def ask_report(  # noqa: PLR0917
    conn: Connection,
    campaign_id: int,
    kind: Kind,
    language: str,
    by: str,
    now: dt.datetime,
    wanted: Wanted | None = None,
) -> int:
    """Ask for a report; gives the id to look it up by.

    wanted: the calls that are to be in it; None: the report of all contacts.  Raises NoSuchVersion, NoSuchSegment.
    """
    if wanted is not None:
        campaigns_of(conn, campaign_id, wanted.version)
        if isinstance(wanted.segment, SavedSegment):
            segment(conn, wanted.segment.id)
    report = int(
        conn.execute(
            text(
                """INSERT INTO report_file (campaign_id, kind, language, state, progress, asked_at, asked_by, wanted)
                   VALUES (:campaign, :kind, :language, 'waiting', 0, :now, :by, CAST(:wanted AS jsonb))
                   RETURNING id"""
            ),
            {
                "campaign": campaign_id,
                "kind": kind,
                "language": language,
                "now": now,
                "by": by,
                "wanted": None if wanted is None else msgspec.json.encode(wanted).decode(),
            },
        ).scalar_one()
    )
    defer(conn, REPORT, report_id=report)
    return report


def look(conn: Connection, report_id: int) -> Asked:
    """Look how a report stands.  Raises NoSuchReport."""
    row = conn.execute(
        text("SELECT id, campaign_id, kind, state, progress, file, error FROM report_file WHERE id = :id"),
        {"id": report_id},
    ).first()
    if row is None:
        raise NoSuchReport(f"there is no report {report_id}")
    return Asked(*row)


def write_asked(engine: Engine, folder: Path, report_id: int, now: dt.datetime) -> None:
    """Write a report that was asked for, and delete old ones.  What goes wrong is told in its row, and raised."""
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(engine, folder, now)
    with engine.connect() as conn:
        asked = conn.execute(
            text("SELECT campaign_id, kind, language, wanted FROM report_file WHERE id = :id AND state <> 'done'"),
            {"id": report_id},
        ).first()
        own = outcome_names.pairs(conn)
    if asked is None:
        return
    _note(engine, report_id, {"state": "running"})
    name = f"{report_id}.{asked.kind}"
    seen = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal seen
        share = done / total if total else 1.0
        if share >= seen + _STEP:
            seen = share
            _note(engine, report_id, {"progress": min(share, 1.0)})

    try:
        if asked.wanted is not None:
            wanted = msgspec.convert(asked.wanted, Wanted)
            with named(own):
                write_calls(
                    engine, asked.campaign_id, wanted, folder / name, language=asked.language, progress=progress
                )
        else:
            write = write_report if asked.kind == "xlsx" else write_contacts
            write(engine, asked.campaign_id, folder / name, language=asked.language, progress=progress)
    except Exception as error:
        _note(engine, report_id, {"state": "failed", "error": type(error).__name__})
        raise
    _note(engine, report_id, {"state": "done", "progress": 1.0, "file": name})


def _sweep(engine: Engine, folder: Path, now: dt.datetime) -> None:
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            if path.is_file() and time.time() - path.stat().st_mtime > KEPT_S:
                path.unlink()
    with engine.begin() as conn:
        conn.execute(
            text("DELETE FROM report_file WHERE asked_at < :old AND state IN ('done', 'failed')"),
            {"old": now - dt.timedelta(seconds=KEPT_S)},
        )


_NOTE = """UPDATE report_file SET state = coalesce(:state, state), progress = coalesce(:progress, progress),
    file = coalesce(:file, file), error = coalesce(:error, error) WHERE id = :id"""


def _note(engine: Engine, report_id: int, values: Mapping[str, Any]) -> None:
    with engine.begin() as conn:
        empty = dict.fromkeys(("state", "progress", "file", "error"))
        conn.execute(text(_NOTE), {**empty, **values, "id": report_id})
