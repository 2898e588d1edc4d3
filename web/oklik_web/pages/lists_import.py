"""The import of a list, step by step: the file, its columns with a preview, the work with its progress, the result."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from oklik.campaigns.list_imports import (
    ImportRefused,
    ImportState,
    cancel_import,
    import_state,
    inspect_upload,
    request_import,
)
from oklik.campaigns.list_inspect import Inspection, ListMapping
from oklik.campaigns.list_pages import all_lists
from oklik.campaigns.list_uploads import NoSuchImport
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.projects import ProjectRefused, name_for_list, open_names
from oklik.campaigns.tokens import Scope
from oklik.dialing.law.shapes import Role
from oklik.reports.why_words import rejection_words
from oklik_web.access import page
from oklik_web.aside import looked_into
from oklik_web.changing import page_change
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.words import in_language, language, said

blueprint = Blueprint("pages_lists_import", __name__)

USES = ("plain", "own", "work", "relative", "guarantor", "third", "person", "contract", "skip")
NAME_MAX = 100


@blueprint.get("/lists/import")
@page(Scope.LISTS_WRITE)
def index() -> str:
    """The file is chosen; pages/lists_import.js sends it and goes on to the next step."""
    return render_template("lists/import_file.html")


@blueprint.get("/lists/import/<int:import_id>")
@page(Scope.LISTS_WRITE)
def step(import_id: int) -> str:
    """The step that an import is at."""
    with running().engine.connect() as conn:
        state = _state(conn, import_id)
    if state.state == "uploaded":
        return _columns(state, ListMapping())
    if state.state == "done":
        return render_template("lists/import_done.html", state=state, reasons=_reasons(state))
    return render_template("lists/import_progress.html", state=state, error=_error(state))


@blueprint.post("/lists/import/<int:import_id>/columns")
@page(Scope.LISTS_WRITE)
def columns(import_id: int) -> str:
    """The preview anew, with what was said of sheet, header and columns."""
    with running().engine.connect() as conn:
        state = _state(conn, import_id)
    return _columns(state, _mapping(), part=True)


@blueprint.post("/lists/import/<int:import_id>/start")
@page(Scope.LISTS_WRITE)
def start(import_id: int) -> Response | tuple[str, int]:
    """Let the work begin."""
    mapping, name = _mapping(), _text("name", NAME_MAX)
    project = _text("project", NAME_MAX)
    fault = "" if name else t("shell.form_required")
    if not fault:
        try:
            with page_change() as change:
                project = name_for_list(change.conn, project or None)
                request_import(
                    change.conn,
                    import_id,
                    project=project,
                    name=name,
                    mapping=mapping,
                    update=bool(request.form.get("update")),
                )
                told = {"project": project, "name": name, "existing": request.form.get("update", "")}
                change.note("lists.import", str(import_id), told)
        except NoSuchImport:
            raise NotFound from None
        except ImportRefused as refused:
            if refused.code == "begun":
                return redirect(url_for(".step", import_id=import_id), 303)
            fault = in_language(said("list_taken", name=name))
        except ProjectRefused as refused:
            fault = in_language(refused.text)
    if fault:
        with running().engine.connect() as conn:
            state = _state(conn, import_id)
        return _columns(state, mapping, fault=fault, name=name, project=project), 422
    return redirect(url_for(".step", import_id=import_id), 303)


@blueprint.post("/lists/import/<int:import_id>/cancel")
@page(Scope.LISTS_WRITE)
def cancel(import_id: int) -> Response:
    """Leave it."""
    with page_change() as change:
        try:
            cancel_import(change.conn, import_id)
        except NoSuchImport:
            raise NotFound from None
        change.note("lists.import_cancel", str(import_id), {})
    return redirect(url_for("pages_lists.index"), 303)


def _state(conn: Connection, import_id: int) -> ImportState:
    try:
        return import_state(conn, import_id)
    except NoSuchImport:
        raise NotFound from None


def _columns(
    state: ImportState,
    mapping: ListMapping,
    *,
    part: bool = False,
    fault: str = "",
    name: str | None = None,
    project: str = "",
) -> str:
    found: Inspection | None = None
    problem = ""
    try:
        found = inspect_upload(running().engine, state.id, mapping, looked_into)
    except NoSuchImport:
        raise NotFound from None
    except ListError as error:
        problem = error.text(language())
    with running().engine.connect() as conn:
        projects, usual = open_names(conn), name_for_list(conn, None)
        taken = [one.name for one in all_lists(conn)]
    stem = state.file.rpartition(".")[0] or state.file
    return render_template(
        "lists/import_preview.html" if part else "lists/import_columns.html",
        state=state,
        found=found,
        problem=problem,
        fault=fault,
        name=stem if name is None else name,
        project=project or usual,
        projects=projects,
        taken=taken,
        uses=USES,
        chosen={} if found is None else _chosen(found),
        language=language(),
    )


def _chosen(found: Inspection) -> dict[str, str]:
    """What each column is taken for, by the names of USES."""
    return {one.name: (one.role or "own") if one.use == "phone" else one.use for one in found.columns}


def _mapping() -> ListMapping:
    """What the form says of the file; nothing that the person has not touched is said."""
    header = request.form.get("header_row", "")
    sheet = _text("sheet", 200) or None
    told = {"sheet": sheet, "header_row": int(header) if header.isdecimal() and len(header) < 6 else None}
    if not request.form.get("touched") or request.form.get("afresh"):
        return ListMapping(**told)  # type: ignore[arg-type]
    pairs = list(zip(request.form.getlist("column"), request.form.getlist("use"), strict=False))
    own = tuple(column for column, use in pairs if use == Role.OWN)
    others = {column: use for column, use in pairs if use in set(Role) - {Role.OWN}}
    named: dict[str, Any] = {use: column for column, use in reversed(pairs) if use in ("person", "contract")}
    without = tuple(column for column, use in pairs if use == "skip")
    return ListMapping(**told, phones=own, others=others, settled=True, without=without, **named)  # type: ignore[arg-type]


def _reasons(state: ImportState) -> list[tuple[str, int]]:
    """Why rows were not taken, in words, the most frequent first."""
    reasons: dict[str, int] = (state.result or {}).get("reasons", {})
    return [(rejection_words(code, {}, language()), n) for code, n in sorted(reasons.items(), key=lambda one: -one[1])]


def _error(state: ImportState) -> str:
    return in_language(state.error) if state.error else ""


def _text(name: str, most: int) -> str:
    return " ".join(request.form.get(name, "").replace("\0", "").split())[:most]
