"""Lists: what there is, and one of them as a table with search, segments and cells edited in place."""

from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from oklik.campaigns import list_pages, segments
from oklik.campaigns.list_cells import EditRefused, add_column, edit_cell, undo_edit
from oklik.campaigns.list_imports import imports_under_way
from oklik.campaigns.list_layout import ListLayout, NoSuchList, layout_of
from oklik.campaigns.list_pages import ContactLine
from oklik.campaigns.list_removal import ListInUse, delete_list, restore_list
from oklik.campaigns.segments import START, Condition, Definition, Mark, NoSuchSegment, SegmentRefused
from oklik.campaigns.tokens import Scope
from oklik_web.access import page
from oklik_web.api.lists import line_out, mark_of, written
from oklik_web.changing import page_change
from oklik_web.list_problems import handle, problem_of
from oklik_web.list_titles import title_of
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.words import in_language, language

blueprint = Blueprint("pages_lists", __name__)
handle(blueprint)

PAGE = 50
OPS = ("equals", "not_equals", "contains", "more", "at_least", "less", "at_most", "filled", "empty")
TYPES = ("text", "number", "money", "date", "time")


class Rows(NamedTuple):
    """A piece of a table.  after: what goes back to get the next one, None at the end; partial: see list_pages."""

    contacts: list[Any]
    after: str | None
    partial: bool = False


@blueprint.get("/lists")
@page(Scope.LISTS_READ)
def index() -> str:
    """All lists."""
    with running().engine.connect() as conn:
        return render_template(
            "lists/index.html",
            lists=list_pages.all_lists(conn),
            deleted=list_pages.all_lists(conn, deleted=True),
            imports=imports_under_way(conn),
        )


@blueprint.post("/lists/search")
@page(Scope.LISTS_READ)
def search() -> str:
    """People of all lists, as a piece of the page."""
    asked = _text("text", 200)
    if not asked:
        return ""
    with running().engine.begin() as conn:
        found = list_pages.search(conn, asked, most=20)
        layouts = {one: layout_of(conn, one) for one in {line.list_id for line in found.contacts}}
    people = [(line, title_of(line, layouts[line.list_id]), layouts[line.list_id].name) for line in found.contacts]
    return render_template("lists/found.html", partial=found.partial, people=people)


@blueprint.get("/lists/<int:list_id>")
@page(Scope.LISTS_READ)
def one(list_id: int) -> str:
    """One list as a table."""
    with running().engine.connect() as conn:
        layout = layout_of(conn, list_id)
        chosen = _chosen(conn, list_id)
        rows = _rows(conn, list_id, "", chosen.definition if chosen else None, None)
        return render_template(
            "lists/list.html",
            line=list_pages.list_line(conn, list_id),
            layout=layout,
            segments=segments.segments_of(conn, list_id),
            chosen=chosen,
            rows=rows,
            ops=OPS,
            types=TYPES,
        )


@blueprint.post("/lists/<int:list_id>/rows")
@page(Scope.LISTS_READ)
def rows(list_id: int) -> str:
    """Rows that fit what is typed and chosen, as a piece of the table."""
    after = request.form.get("after") or None
    with running().engine.begin() as conn:
        layout = layout_of(conn, list_id)
        try:
            definition = _definition(layout)
        except SegmentRefused as error:
            return render_template("lists/fault.html", layout=layout, fault=in_language(error.text))
        found = _rows(conn, list_id, _text("text", 200), definition, after)
    return render_template("lists/rows.html", layout=layout, rows=found, first=after is None)


@blueprint.post("/lists/<int:list_id>/count")
@page(Scope.LISTS_READ)
def count(list_id: int) -> str:
    """How many fit the conditions: a piece of the list each time, until all of it is counted."""
    with running().engine.connect() as conn:
        layout = layout_of(conn, list_id)
        try:
            definition = _definition(layout)
        except SegmentRefused:
            return ""
        if definition is None:
            return ""
        after = request.form.get("after")
        found = segments.look(conn, list_id, definition, after=mark_of(after) if after else START, most=segments.LOOK)
    sofar = min(_number("sofar") + len(found.rows), 2**31)
    return render_template(
        "lists/count.html", list_id=list_id, sofar=sofar, after=None if found.after is None else written(found.after)
    )


@blueprint.get("/lists/<int:list_id>/condition")
@page(Scope.LISTS_READ)
def condition(list_id: int) -> str:
    """One more condition, as a piece of the form."""
    with running().engine.connect() as conn:
        layout = layout_of(conn, list_id)
    return render_template("lists/condition.html", layout=layout, ops=OPS, types=TYPES, one=None)


@blueprint.post("/lists/<int:list_id>/segments")
@page(Scope.LISTS_WRITE)
def save(list_id: int) -> Response | str:
    """Save the conditions as a segment."""
    try:
        with page_change() as change:
            definition = _definition(layout_of(change.conn, list_id))
            if definition is None:
                raise SegmentRefused(*_NONE)
            saved = segments.save_segment(
                change.conn, list_id, _text("name", 200), definition, by=change.actor.who, now=change.now
            )
            change.note("segments.save", str(saved), {"list": list_id, "name": _text("name", 200)})
    except SegmentRefused as error:
        return render_template("lists/refused.html", fault=in_language(error.text))
    flash(t("lists.segment_saved"), "success")
    return _gone_to(url_for(".one", list_id=list_id, segment=saved))


_NONE = ("нужно хотя бы одно условие", "one condition at least is needed")


@blueprint.post("/segments/<int:segment_id>/delete")
@page(Scope.LISTS_WRITE)
def forget(segment_id: int) -> Response:
    """Forget a segment."""
    with page_change() as change:
        gone = segments.delete_segment(change.conn, segment_id)
        change.note("segments.delete", str(segment_id), {"list": gone.list_id, "name": gone.name})
    flash(t("lists.segment_gone", name=gone.name))
    return redirect(url_for(".one", list_id=gone.list_id), 303)


@blueprint.post("/lists/<int:list_id>/columns")
@page(Scope.LISTS_WRITE)
def column(list_id: int) -> Response:
    """Add a column."""
    try:
        with page_change() as change:
            name = add_column(change.conn, list_id, _text("name", 200))
            change.note("lists.add_column", str(list_id), {"column": name})
    except EditRefused as error:
        flash(in_language(error.text), "danger")
    else:
        flash(t("lists.column_added", name=name), "success")
    return redirect(url_for(".one", list_id=list_id), 303)


@blueprint.post("/lists/<int:list_id>/delete")
@page(Scope.LISTS_WRITE)
def delete(list_id: int) -> Response:
    """Delete a list; it can be brought back."""
    try:
        with page_change() as change:
            name = delete_list(change.conn, list_id, change.now)
            change.note("lists.delete", str(list_id), {"name": name})
    except ListInUse as error:
        flash(in_language(problem_of(error).text), "danger")
        return redirect(url_for(".one", list_id=list_id), 303)
    flash(t("lists.deleted", name=name))
    return redirect(url_for(".index"), 303)


@blueprint.post("/lists/<int:list_id>/restore")
@page(Scope.LISTS_WRITE)
def restore(list_id: int) -> Response:
    """Bring a deleted list back."""
    with page_change() as change:
        name = restore_list(change.conn, list_id)
        change.note("lists.restore", str(list_id), {"name": name})
    flash(t("lists.restored", name=name), "success")
    return redirect(url_for(".one", list_id=list_id), 303)


# -- cells ----------------------------------------------------------------------------------------------------


@blueprint.post("/contacts/<int:contact_id>/cell")
@page(Scope.LISTS_READ)
def cell(contact_id: int) -> str:
    """A cell to be edited, or as it is when one has thought better of it."""
    name, editing = _text("column", 500), bool(request.form.get("edit"))
    with running().engine.connect() as conn:
        line = list_pages.contact(conn, contact_id)
        layout = layout_of(conn, line.list_id)
    template = "lists/cell_form.html" if editing else "lists/cell.html"
    value = line.fields.get(name, "")
    return render_template(template, layout=layout, contact=line, column=name, value=value, was=value, fault="")


@blueprint.post("/contacts/<int:contact_id>/cell/save")
@page(Scope.LISTS_WRITE)
def save_cell(contact_id: int) -> str:
    """Write a cell; gives it as it is now, or the form with what is wrong."""
    name, value, was = _text("column", 500), _text("value", 32_767), _text("was", 32_767)
    try:
        with page_change() as change:
            done = edit_cell(change.conn, contact_id, name, value, was=was, by=change.actor.who, now=change.now)
            change.note("contacts.edit", str(contact_id), {"column": name, "edit": done.edit})
            line = list_pages.contact(change.conn, contact_id)
            layout = layout_of(change.conn, line.list_id)
    except EditRefused as error:
        with running().engine.connect() as conn:
            line = list_pages.contact(conn, contact_id)
            layout = layout_of(conn, line.list_id)
        told = {"fault": in_language(error.text), "was": was if error.now is None else error.now}
        return render_template("lists/cell_form.html", layout=layout, contact=line, column=name, value=value, **told)
    return render_template(
        "lists/cell.html", layout=layout, contact=line, column=name, value=done.value, edit=done.edit, saved=True
    )


@blueprint.post("/contacts/<int:contact_id>/cell/undo/<int:edit_id>")
@page(Scope.LISTS_WRITE)
def undo(contact_id: int, edit_id: int) -> str:
    """Take an edit back."""
    try:
        with page_change() as change:
            done = undo_edit(change.conn, contact_id, edit_id, by=change.actor.who, now=change.now)
            change.note("contacts.undo", str(contact_id), {"column": done.header, "undone": edit_id})
            line = list_pages.contact(change.conn, contact_id)
            layout = layout_of(change.conn, line.list_id)
    except EditRefused as error:
        return render_template("lists/refused.html", fault=in_language(error.text))
    return render_template("lists/cell.html", layout=layout, contact=line, column=done.header, value=done.value)


# -- what was typed and chosen --------------------------------------------------------------------------------


def _rows(conn: Connection, list_id: int, asked: str, definition: Definition | None, after: str | None) -> Rows:
    if asked:
        found = list_pages.search(conn, asked, list_id=list_id, after=_mark_number(after), most=PAGE)
        contacts = found.contacts
        if definition is not None:
            contacts = [line for line in contacts if definition.holds(line.fields)]
        return Rows(_lines(contacts), None if found.after is None else str(found.after), found.partial)
    mark = mark_of(after) if after else START
    if definition is None:
        contacts, end = list_pages.page(conn, list_id, after=mark, most=PAGE)
    else:
        looked = segments.look(conn, list_id, definition, after=mark, most=PAGE)
        contacts, end = [list_pages.contact_line(list_id, row) for row in looked.rows], looked.after
    return Rows(_lines(contacts), None if end is None else written(Mark(*end)))


def _lines(contacts: list[ContactLine]) -> list[Any]:
    return [line_out(line) for line in contacts]


def _mark_number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _definition(layout: ListLayout) -> Definition | None:
    """The conditions of the form; None where there are none.  Raises SegmentRefused."""
    parts = zip(
        request.form.getlist("c_column"),
        request.form.getlist("c_op"),
        request.form.getlist("c_type"),
        request.form.getlist("c_value"),
        strict=False,
    )
    conditions = tuple(
        Condition(column, op, value.replace("\0", "").strip(), type_)  # type: ignore[arg-type]  # checked below
        for column, op, type_, value in parts
        if column and op in OPS and type_ in TYPES and (value.strip() or op in {"filled", "empty"})
    )
    if not conditions:
        return None
    spoken = "en" if language() == "en" else "ru"
    match = "any" if request.form.get("match") == "any" else "all"
    definition = Definition(conditions, match, spoken)  # type: ignore[arg-type]
    segments.check_definition(definition, layout.columns)
    return definition


def _chosen(conn: Connection, list_id: int) -> segments.Saved | None:
    """The saved segment that the address names."""
    given = request.args.get("segment", "")
    if not given.isdecimal() or len(given) > 18:
        return None
    try:
        saved = segments.segment(conn, int(given))
    except NoSuchSegment:
        return None
    if saved.list_id != list_id:
        raise NoSuchList
    return saved


def _text(name: str, most: int) -> str:
    return request.form.get(name, "").replace("\0", "").strip()[:most]


def _number(name: str) -> int:
    given = request.form.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _gone_to(address: str) -> Response:
    """Where to go after a form, whether htmx has sent it or the browser."""
    if request.headers.get("HX-Request"):
        answer = Response(status=204)
        answer.headers["HX-Redirect"] = address
        return answer
    return redirect(address, 303)
