"""Imports of uploaded files in the background: asked for, carried out by a job, looked at while they work.

All of a file is imported or nothing.  The contacts' words for the search are made by the same job, after the list is
there.
"""

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine

from oklik.campaigns.import_contacts import ImportSummary, import_contacts
from oklik.campaigns.list_inspect import Inspection, ListMapping, inspect_list
from oklik.campaigns.list_uploads import NoSuchImport, fetch_upload, forget_file
from oklik.campaigns.list_words import index_list
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.projects import archived
from oklik.campaigns.rows import run
from oklik.dialing.numbering import NumberingPlan
from oklik.store.deferring import IMPORT_LIST, defer
from oklik.store.numbering import current_plan

Look = Callable[[Path, str, ListMapping, NumberingPlan], Inspection]
_EVERY_S = 0.3  # progress is written so often at most
OVER = ("done", "failed", "cancelled")
_GUARD = 0x4F4B_494D  # our advisory locks among those that others may take in the same database


class ImportAborted(Exception):
    """The work was broken off because it was told to stop; the request waits for another worker."""


class ImportCancelled(Exception):
    """Whoever has asked for the import has thought better of it."""


class ImportRefused(ValueError):
    """An import cannot be begun.  code: taken (a list has this name already), begun (it was asked for before)."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class ImportState(msgspec.Struct, frozen=True, kw_only=True):
    """An import.  See store.schema.ListImport; result: an ImportSummary as JSON."""

    id: int
    file: str
    bytes: int
    state: str
    phase: str
    rows: int
    project: str
    name: str
    result: dict[str, Any] | None
    error: dict[str, str] | None
    list_id: int | None
    created_by: str
    created_at: dt.datetime


_COLUMNS = "id, file, bytes, state, phase, rows, project, name, result, error, list_id, created_by, created_at"


def import_state(conn: Connection, import_id: int) -> ImportState:
    """Look how far an import is.  Raises NoSuchImport."""
    row = run(conn, f"SELECT {_COLUMNS} FROM list_import WHERE id = :id", id=import_id).one_or_none()  # noqa: S608
    if row is None:
        raise NoSuchImport(f"there is no import {import_id}")
    return ImportState(**row._asdict())


def imports_under_way(conn: Connection) -> list[ImportState]:
    """Give the imports that wait or work."""
    rows = run(conn, f"SELECT {_COLUMNS} FROM list_import WHERE state IN ('waiting', 'running') ORDER BY id")  # noqa: S608
    return [ImportState(**row._asdict()) for row in rows]


def inspect_upload(engine: Engine, import_id: int, mapping: ListMapping, look: Look = inspect_list) -> Inspection:
    """Look into an uploaded file; no transaction stays open while it is read.  Raises ListError, NoSuchImport.

    look: does what inspect_list does, where the caller wants it done.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        with engine.connect() as conn:
            state = import_state(conn, import_id)
            fetch_upload(conn, import_id, path)
            plan = current_plan(conn)
        return look(path, state.file, mapping, plan)


def request_import(
    conn: Connection, import_id: int, *, project: str, name: str, mapping: ListMapping, update: bool
) -> None:
    """Let an uploaded file become the list `name` of a project.

    update: a list of this name is brought up to date.  Raises NoSuchImport, ImportRefused, ProjectRefused.
    """
    state = run(conn, "SELECT state FROM list_import WHERE id = :id FOR UPDATE", id=import_id).scalar()
    if state is None:
        raise NoSuchImport(f"there is no import {import_id}")
    if state not in ("uploaded", "failed"):
        raise ImportRefused("begun")
    # One after the other: two new files under one name would become one list of both.
    run(conn, "SELECT pg_advisory_xact_lock(hashtextextended(:place, :ours))", place=f"{project}/{name}", ours=_GUARD)
    if run(conn, "SELECT 1 FROM project WHERE name = :name AND archived_at IS NOT NULL", name=project).first():
        raise archived(project)
    known = run(
        conn,
        """SELECT 1 FROM contact_list l JOIN project p ON p.id = l.project_id
           WHERE p.name = :project AND l.name = :name
           UNION ALL
           SELECT 1 FROM list_import
           WHERE project = :project AND name = :name AND state IN ('waiting', 'running') AND id <> :id""",
        project=project,
        name=name,
        id=import_id,
    ).first()
    if known is not None and not update:
        raise ImportRefused("taken")
    run(
        conn,
        """UPDATE list_import SET state = 'waiting', phase = '', rows = 0, project = :project, name = :name,
               options = CAST(:options AS jsonb), error = NULL WHERE id = :id""",
        id=import_id,
        project=project,
        name=name,
        options=msgspec.json.encode(mapping).decode(),
    )
    defer(conn, IMPORT_LIST, import_id=import_id)


def cancel_import(conn: Connection, import_id: int) -> bool:
    """Leave an import that is not over; False when it is.  A list that is being read stays as it was before.

    Raises NoSuchImport.
    """
    import_state(conn, import_id)
    done = run(
        conn,
        """UPDATE list_import SET state = 'cancelled'
           WHERE id = :id AND state IN ('uploaded', 'waiting', 'running', 'failed') AND phase <> 'indexing'""",
        id=import_id,
    )
    if done.rowcount:
        forget_file(conn, import_id)
    return bool(done.rowcount)


def carry_out_import(
    engine: Engine, import_id: int, *, now: dt.datetime, should_stop: Callable[[], bool] = lambda: False
) -> None:
    """Make a list of an uploaded file.  Raises ImportAborted when told to stop; a bad file only ends its import."""
    with engine.begin() as conn:
        row = run(
            conn,
            """UPDATE list_import SET state = 'running', phase = 'reading', rows = 0, error = NULL
               WHERE id = :id AND state IN ('waiting', 'running')
               RETURNING project, name, file, options, list_id""",
            id=import_id,
        ).one_or_none()
    if row is None:
        return
    progress = _Progress(engine, import_id, should_stop)
    try:
        summary = _read(engine, import_id, row, now, progress)
        with engine.begin() as conn:
            run(  # whoever left it in the last moment is told that the list is there all the same
                conn,
                """UPDATE list_import SET state = 'running', phase = 'indexing', rows = 0, list_id = :list,
                       result = CAST(:result AS jsonb) WHERE id = :id""",
                id=import_id,
                list=summary.list_id,
                result=msgspec.json.encode(summary).decode(),
            )
        index_list(engine, summary.list_id, now=now, progress=progress)
        _end(engine, import_id, "done")
    except ImportCancelled:
        return
    except ImportAborted:
        with engine.begin() as conn:
            run(
                conn,
                "UPDATE list_import SET state = 'waiting', phase = '' WHERE id = :id AND state = 'running'",
                id=import_id,
            )
        raise
    except ListError as error:
        _end(engine, import_id, "failed", {language: error.text(language) for language in ("ru", "en")})
    except NoSuchImport:
        _end(engine, import_id, "failed", {"ru": "файл уже удалён: загрузите его снова", "en": "the file is gone"})
    except Exception as error:
        line = " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())[:300]
        told = {"ru": f"сбой при загрузке: {line}", "en": f"the import failed: {line}"}
        _end(engine, import_id, "failed", told)
        raise


def _read(engine: Engine, import_id: int, row: Any, now: dt.datetime, progress: Callable[[int], None]) -> ImportSummary:
    mapping = msgspec.convert(row.options, ListMapping)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        with engine.connect() as conn:
            fetch_upload(conn, import_id, path)
        try:
            return import_contacts(
                engine,
                row.project,
                row.name,
                path,
                now=now,
                sheet=mapping.sheet,
                named=mapping.named(),
                country=mapping.country,
                progress=progress,
                source=row.file,
            )
        except ListError as error:
            error.source = row.file
            raise


class _Progress:
    """Writes how far the work is, and breaks it off when somebody wants it to end."""

    def __init__(self, engine: Engine, import_id: int, should_stop: Callable[[], bool]) -> None:
        self._engine, self._id, self._should_stop = engine, import_id, should_stop
        self._next = 0.0

    def __call__(self, rows: int) -> None:
        if self._should_stop():
            raise ImportAborted
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY_S
        with self._engine.begin() as conn:
            state = run(
                conn, "UPDATE list_import SET rows = :rows WHERE id = :id RETURNING state", rows=rows, id=self._id
            ).scalar()
        if state in {None, "cancelled"}:
            raise ImportCancelled


def _end(engine: Engine, import_id: int, state: str, error: dict[str, str] | None = None) -> None:
    with engine.begin() as conn:
        run(
            conn,
            """UPDATE list_import SET state = :state, phase = '', error = CAST(:error AS jsonb)
               WHERE id = :id AND state = 'running'""",
            id=import_id,
            state=state,
            error=None if error is None else msgspec.json.encode(error).decode(),
        )
        if state == "done":
            forget_file(conn, import_id)
