"""Lists of contacts: what there is, their rows page by page, search, columns, deletion, rows that were not taken."""

from typing import Annotated

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from oklik.campaigns import list_pages, segments
from oklik.campaigns.list_cells import add_column
from oklik.campaigns.list_layout import layout_of
from oklik.campaigns.list_pages import MOST, ContactLine, ListLine
from oklik.campaigns.list_removal import delete_list, restore_list
from oklik.campaigns.segments import START, Mark
from oklik.campaigns.tokens import Scope
from oklik.dialing.rejections import sentence
from oklik.reports.rejected_rows import write_bad_rows
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.excel_answer import EXCEL_FILE, excel_answer
from oklik_web.list_problems import handle
from oklik_web.marks import mark_text, read_mark, whole
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Id, Moment
from oklik_web.whom import SNAPSHOT
from oklik_web.words import language

blueprint = APIBlueprint("lists", __name__, url_prefix="/lists")
handle(blueprint)

PAGE = 50


class ListOut(BaseModel):
    """A list.  source, sheet: where it came from; rejected: rows of the file that were not taken.

    searchable: its contacts are found by words, not only by a whole phone.  deleted_at: it can be brought back.
    """

    id: int
    project: str
    name: str
    source: str
    sheet: str | None
    imported_at: Moment
    contacts: int
    rejected: int
    campaigns: int
    searchable: bool
    deleted_at: Moment | None


class ListsOut(BaseModel):
    """Lists, the latest first."""

    lists: list[ListOut]


class ColumnOut(BaseModel):
    """A column.  use: phone, zone, key or plain; role: whose phones stand there; added: here, not in the file."""

    name: str
    use: str
    role: str | None
    added: bool


class OneListOut(ListOut):
    """A list with its columns in order."""

    columns: list[ColumnOut]


class ListsIn(Body):
    """deleted: those instead that can be brought back."""

    deleted: bool = False


class ContactsIn(Body):
    """A page of contacts.  after: what `next` of the page before was; row: begin with this row of the file.

    segment: only those of a saved segment.
    """

    after: Annotated[str | None, Field(max_length=100)] = None
    row: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = PAGE
    segment: Id | None = None


class SearchIn(Body):
    """What is looked for: words by their beginnings, a phone in any spelling, or its last four digits."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    list: Id | None = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST)] = PAGE


class ContactLineOut(BaseModel):
    """A row of a list.  roles: whose the phones are, [] when all are the person's own; notes: what was wrong in it."""

    id: int
    list_id: int
    row: int
    phones: list[E164]
    roles: list[str]
    zone: str | None
    fields: dict[str, str]
    notes: list[str]


class ContactsOut(BaseModel):
    """Contacts in the file's order.  next: for `after`; None: that was all.

    Of a segment a page may hold fewer than were asked for and yet not be the last one.
    """

    contacts: list[ContactLineOut]
    next: str | None


class FoundOut(BaseModel):
    """Contacts.  next: for `after`; partial: some list can be searched by whole phones only, words are being made."""

    contacts: list[ContactLineOut]
    next: int | None
    partial: bool


class ListColumnIn(Body):
    """A column that is to be added."""

    name: Annotated[str, Field(min_length=1, max_length=100)]


@blueprint.get("")
@allowed(Scope.LISTS_READ)
@blueprint.input(ListsIn, location="query")
@blueprint.output(ListsOut)
def lists(query_data: ListsIn) -> ListsOut:
    """Give the lists."""
    with running().engine.connect() as conn:
        return ListsOut(lists=[_list_out(one) for one in list_pages.all_lists(conn, deleted=query_data.deleted)])


@blueprint.get("/<int:list_id>")
@allowed(Scope.LISTS_READ)
@blueprint.output(OneListOut)
def one(list_id: int) -> OneListOut:
    """Give a list and its columns."""
    with running().engine.connect() as conn:
        layout, line = layout_of(conn, list_id), list_pages.list_line(conn, list_id)
    columns = [
        ColumnOut(
            name=name,
            use=layout.use_of(name),
            role=str(layout.phones[name]) if name in layout.phones else None,
            added=name in layout.added,
        )
        for name in layout.columns
    ]
    return OneListOut(**_list_out(line).model_dump(), columns=columns)


@blueprint.get("/<int:list_id>/contacts")
@allowed(Scope.LISTS_READ)
@blueprint.input(ContactsIn, location="query")
@blueprint.output(ContactsOut)
def contacts(list_id: int, query_data: ContactsIn) -> ContactsOut:
    """Give contacts of a list, page by page."""
    wanted = query_data
    after = mark_of(wanted.after) if wanted.after else (Mark(wanted.row - 1, 2**62) if wanted.row else START)
    with running().engine.connect() as conn:
        layout_of(conn, list_id)
        if wanted.segment is None:
            found, end = list_pages.page(conn, list_id, after=after, most=wanted.limit)
        else:
            saved = segments.segment(conn, wanted.segment)
            if saved.list_id != list_id:
                raise segments.NoSuchSegment
            looked = segments.look(conn, list_id, saved.definition, after=after, most=wanted.limit)
            found, end = [list_pages.contact_line(list_id, row) for row in looked.rows], looked.after
    return ContactsOut(contacts=[line_out(line) for line in found], next=None if end is None else written(end))


@blueprint.post("/search")
@allowed(Scope.LISTS_READ)
@blueprint.input(SearchIn)
@blueprint.output(FoundOut)
def search(json_data: SearchIn) -> FoundOut:
    """Find people in one list or in all.  POST, for numbers do not stand in addresses."""
    wanted = json_data
    with running().engine.begin() as conn:
        if wanted.list is not None:
            layout_of(conn, wanted.list)
        found = list_pages.search(conn, wanted.text, list_id=wanted.list, after=wanted.after, most=wanted.limit)
    return FoundOut(contacts=[line_out(line) for line in found.contacts], next=found.after, partial=found.partial)


@blueprint.post("/<int:list_id>/columns")
@allowed(Scope.LISTS_WRITE)
@blueprint.input(ListColumnIn)
@blueprint.output(ColumnOut)
@changing
def column(change: Change, list_id: int, json_data: ListColumnIn) -> ColumnOut:
    """Add an empty column; importing the file again keeps it."""
    name = add_column(change.conn, list_id, json_data.name)
    change.note("lists.add_column", str(list_id), {"column": name})
    return ColumnOut(name=name, use="plain", role=None, added=True)


@blueprint.post("/<int:list_id>/delete")
@allowed(Scope.LISTS_WRITE)
@blueprint.output(ListOut)
@changing
def delete(change: Change, list_id: int) -> ListOut:
    """Delete a list that no campaign was made of; for a month it can be brought back."""
    name = delete_list(change.conn, list_id, change.now)
    change.note("lists.delete", str(list_id), {"name": name})
    found = list_pages.all_lists(change.conn, deleted=True)
    return _list_out(next(line for line in found if line.id == list_id))


@blueprint.post("/<int:list_id>/restore")
@allowed(Scope.LISTS_WRITE)
@blueprint.output(ListOut)
@changing
def restore(change: Change, list_id: int) -> ListOut:
    """Bring a deleted list back."""
    name = restore_list(change.conn, list_id)
    change.note("lists.restore", str(list_id), {"name": name})
    return _list_out(list_pages.list_line(change.conn, list_id))


@blueprint.get("/<int:list_id>/bad-rows.xlsx")
@allowed(Scope.LISTS_READ)
@blueprint.doc(responses=EXCEL_FILE)
def bad_rows(list_id: int) -> Response:
    """Give the rows of the file that were not taken, or with something wrong in them, and why, as an Excel file."""
    with running().engine.connect().execution_options(**SNAPSHOT) as conn:
        layout = layout_of(conn, list_id)
        return excel_answer(
            f"bad-rows-{list_id}.xlsx", lambda path: write_bad_rows(conn, layout, path, language=language())
        )


def _list_out(line: ListLine) -> ListOut:
    return ListOut(**{name: getattr(line, name) for name in line.__struct_fields__})


def line_out(line: ContactLine) -> ContactLineOut:
    """A contact with its remarks in the language of the answer."""
    spoken = language()
    told = {name: getattr(line, name) for name in line.__struct_fields__ if name != "notes"}
    return ContactLineOut(**told, notes=[sentence(code, detail, spoken) for code, detail in line.notes])


def written(mark: Mark) -> str:
    """A mark as text."""
    return mark_text(mark.row, mark.id)


def mark_of(text: str) -> Mark:
    """Read what `written` gave.  Raises Problem."""
    return read_mark(text, lambda row, contact: Mark(whole(row, -1, 2**31), whole(contact)))
