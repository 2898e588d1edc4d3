"""Imports of lists: a file is sent, looked into, its columns are named, and a job makes a list of it.

POST /list-imports               the file; the answer says what was found in it
POST /list-imports/ID/inspect    the same file with another sheet, header or columns
POST /list-imports/ID/start      make the list
GET  /list-imports/ID            how far it is;  /events: the same as a stream of server-sent events
"""

from collections.abc import Generator, Iterator
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import Response, json, stream_with_context
from pydantic import BaseModel, Field

from oklik.campaigns.list_imports import (
    OVER,
    ImportRefused,
    ImportState,
    cancel_import,
    import_state,
    inspect_upload,
    request_import,
)
from oklik.campaigns.list_inspect import Inspection, ListMapping
from oklik.campaigns.list_uploads import NoSuchImport, keep_upload
from oklik.campaigns.projects import name_for_list
from oklik.campaigns.tokens import Scope
from oklik.dialing.law.shapes import Role
from oklik.store.numbering import current_plan
from oklik_web.access import allowed
from oklik_web.aside import looked_into
from oklik_web.changing import Change, changing
from oklik_web.events import EVENT_STREAM, SILENCE, Hub, event, hub_of
from oklik_web.list_problems import handle
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment
from oklik_web.uploads import Sent, sent_file, takes_file
from oklik_web.while_in import while_in
from oklik_web.words import in_language, said

blueprint = APIBlueprint("list_imports", __name__, url_prefix="/list-imports")
handle(blueprint)

_STREAM: dict[int | str, Any] = {
    200: {
        "description": "Events `state`, each with an ImportOut as JSON, until the import is over",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    }
}


class MappingIn(Body):
    """What is in the file.  Whatever is left out is found.

    header_row: 0 where there is none.  phones: the columns of the person's own phones, in order; others: columns of
    other phones and whose they are.  person, contract: the columns that tell persons and contracts apart;
    settled: there are none where they are not said.  without: columns that are not taken into the list.
    """

    sheet: Annotated[str | None, Field(max_length=200)] = None
    header_row: Annotated[int | None, Field(ge=0, le=100_000)] = None
    phones: Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=20)] = Field([])
    others: Annotated[dict[str, Role], Field(max_length=20)] = Field({})
    person: Annotated[str, Field(max_length=500)] = ""
    contract: Annotated[str, Field(max_length=500)] = ""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "RU"
    settled: bool = False
    without: Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=200)] = Field([])

    def mapping(self) -> ListMapping:
        """As the use case takes it."""
        others = {name: str(role) for name, role in self.others.items()}
        return ListMapping(
            self.sheet,
            self.header_row,
            tuple(self.phones),
            others,
            self.person,
            self.contract,
            self.country,
            self.settled,
            tuple(self.without),
        )


class StartIn(Body):
    """The list that is to be made.  existing: what if there is one of this name in the project.

    project: made where there is none of this name; None: the only one, or the usual one of several.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    project: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    existing: Literal["refuse", "update"] = "refuse"
    mapping: MappingIn = MappingIn()


class SheetOut(BaseModel):
    """A sheet of a workbook."""

    name: str
    visible: bool


class ListColumnOut(BaseModel):
    """A column.  use: phone, zone, person, contract, plain or skip; role: whose phones stand there."""

    name: str
    use: str
    role: str | None
    samples: list[str]


class ListPhoneOut(BaseModel):
    """A number that would be called, and whose it is."""

    number: str
    role: str


class PreviewRowOut(BaseModel):
    """A row.  taken: it becomes a contact; why: what is wrong in it.  zone_rule: what told the zones."""

    row: int
    taken: bool
    cells: dict[str, str]
    phones: list[ListPhoneOut]
    zones: list[str]
    zone_rule: str | None
    why: list[str]


class InspectionOut(BaseModel):
    """What a file holds.  encoding: of a text; rows: the first twenty.

    phones: a column of phones was found; else say which it is.
    """

    sheets: list[SheetOut]
    sheet: str | None
    encoding: str | None
    header_row: int
    columns: list[ListColumnOut]
    rows: list[PreviewRowOut]
    phones: bool


class ListUploadedOut(BaseModel):
    """A file that was sent, and what it holds."""

    id: int
    file: str
    bytes: int
    inspection: InspectionOut


class ImportOut(BaseModel):
    """An import.  state: uploaded, waiting, running, done, failed, cancelled; phase: reading, indexing.

    rows: read, or indexed, so far; result: what became of the rows, when they are read.
    """

    id: int
    file: str
    bytes: int
    state: str
    phase: str
    rows: int
    project: str
    name: str
    list_id: int | None
    result: dict[str, Any] | None
    error: str | None
    created_by: str
    created_at: Moment


@blueprint.post("")
@takes_file()
@allowed(Scope.LISTS_WRITE)
@blueprint.output(ListUploadedOut)
def upload() -> Any:
    """Send a list: xlsx, xls, ods, csv or text; what it is is found by its content.  Nothing is imported yet."""
    with sent_file() as sent:
        with running().engine.connect() as conn:
            plan = current_plan(conn)
        return _uploaded(sent=sent, inspection=looked_into(sent.path, sent.name, ListMapping(), plan))


@changing
def _uploaded(change: Change, sent: Sent, inspection: Inspection) -> ListUploadedOut:
    kept = keep_upload(change.conn, sent.path, sent.name, digest=sent.digest, by=change.actor.who, now=change.now)
    change.note("lists.upload", str(kept), {"file": sent.name, "bytes": sent.size, "sha256": sent.digest})
    return ListUploadedOut(id=kept, file=sent.name, bytes=sent.size, inspection=inspection_out(inspection))


@blueprint.post("/<int:import_id>/inspect")
@allowed(Scope.LISTS_WRITE)
@blueprint.input(MappingIn)
@blueprint.output(InspectionOut)
def inspect(import_id: int, json_data: MappingIn) -> InspectionOut:
    """Look into the file again, with what is said of it."""
    try:
        return inspection_out(inspect_upload(running().engine, import_id, json_data.mapping(), looked_into))
    except NoSuchImport:
        raise _no_import(import_id) from None


@blueprint.post("/<int:import_id>/start")
@allowed(Scope.LISTS_WRITE)
@blueprint.input(StartIn)
@blueprint.output(ImportOut)
@changing
def start(change: Change, import_id: int, json_data: StartIn) -> ImportOut:
    """Make a list of the file.  A job of `oklik up` does it; its state tells how far it is."""
    told = {"project": name_for_list(change.conn, json_data.project), "name": json_data.name}
    try:
        request_import(
            change.conn,
            import_id,
            **told,
            mapping=json_data.mapping.mapping(),
            update=json_data.existing == "update",
        )
    except NoSuchImport:
        raise _no_import(import_id) from None
    except ImportRefused as refused:
        key = "list_taken" if refused.code == "taken" else "import_begun"
        raise Problem(409, said(key, name=json_data.name), field="name" if refused.code == "taken" else "") from None
    change.note("lists.import", str(import_id), {**told, "existing": json_data.existing})
    return import_out(import_state(change.conn, import_id))


@blueprint.post("/<int:import_id>/cancel")
@allowed(Scope.LISTS_WRITE)
@blueprint.output(ImportOut)
@changing
def cancel(change: Change, import_id: int) -> ImportOut:
    """Leave an import; the list stays as it was."""
    try:
        left = cancel_import(change.conn, import_id)
    except NoSuchImport:
        raise _no_import(import_id) from None
    if not left:
        raise Problem(409, said("import_over"))
    change.note("lists.import_cancel", str(import_id), {})
    return import_out(import_state(change.conn, import_id))


@blueprint.get("/<int:import_id>")
@allowed(Scope.LISTS_READ)
@blueprint.output(ImportOut)
def show(import_id: int) -> ImportOut:
    """Say how far an import is."""
    return import_out(_state(import_id))


@blueprint.get("/<int:import_id>/events")
@allowed(Scope.LISTS_READ)
@blueprint.doc(responses=_STREAM)
def events(import_id: int) -> Response:
    """Tell how far an import is, again and again, until it is over."""
    _state(import_id)
    return Response(stream_with_context(while_in(_told(_hub().watch(import_id)))), mimetype=EVENT_STREAM)


def _told(states: Iterator[ImportState | None]) -> Generator[str]:
    for state in states:
        if state is None:
            yield SILENCE
            continue
        yield event(json.dumps(import_out(state).model_dump(mode="json"), ensure_ascii=False), "state")
        if state.state in OVER:
            return


def _hub() -> Hub[int, ImportState]:
    engine = running().engine

    def read(import_id: int) -> ImportState:
        with engine.connect() as conn:
            return import_state(conn, import_id)

    return hub_of("imports", lambda: Hub(read, gone=NoSuchImport))


def _state(import_id: int) -> ImportState:
    with running().engine.connect() as conn:
        try:
            return import_state(conn, import_id)
        except NoSuchImport:
            raise _no_import(import_id) from None


def _no_import(import_id: int) -> Problem:
    return Problem(404, said("no_import", id=import_id))


def inspection_out(found: Inspection) -> InspectionOut:
    """An inspection with its sentences in the language of the answer."""
    told = found.to_json()
    for row in told["rows"]:
        row["why"] = [in_language(one) for one in row["why"]]
    return InspectionOut(**told)


def import_out(state: ImportState) -> ImportOut:
    """An import with its error in the language of the answer."""
    told = {name: getattr(state, name) for name in state.__struct_fields__}
    return ImportOut(**told | {"error": in_language(state.error) if state.error else None})
