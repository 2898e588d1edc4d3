"""A contact's card: cells and their history, calls in all campaigns with answers and recordings."""

from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request, send_file
from pydantic import BaseModel, Field

from oklik.campaigns import audit
from oklik.campaigns.list_cells import edit_cell, undo_edit
from oklik.campaigns.rows import run
from oklik.campaigns.tokens import Scope
from oklik.reports.contact_card import CardCall, calls_of, contact_card
from oklik.reports.words import outcome, reason
from oklik_web.access import allowed, asker
from oklik_web.api.lists import ContactLineOut, line_out
from oklik_web.changing import Change, changing
from oklik_web.list_problems import handle
from oklik_web.problems import Problem
from oklik_web.recorded import recorded_file
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Id, Moment, MomentIn
from oklik_web.words import language, said

blueprint = APIBlueprint("contacts", __name__)
handle(blueprint)

AUDIO: dict[int | str, Any] = {
    200: {"description": "The sound", "content": {"audio/mpeg": {}, "audio/wav": {}}},
    206: {"description": "A part of it", "content": {"audio/mpeg": {}, "audio/wav": {}}},
}
_TYPES = {".mp3": "audio/mpeg", ".wav": "audio/wav", ".ogg": "audio/ogg"}


class CellIn(Body):
    """A cell's new text.  was: what stood there when it was looked at; given, the cell is only changed if it is so."""

    column: Annotated[str, Field(min_length=1, max_length=500)]
    value: Annotated[str, Field(max_length=32_767)]
    was: Annotated[str | None, Field(max_length=32_767)] = None


class UndoIn(Body):
    """The edit that is to be taken back."""

    edit: Id


class CellOut(BaseModel):
    """A cell as it is now.  edit: for undo; None: nothing has changed.  phones, zone: as they follow from the row."""

    edit: int | None
    column: str
    value: str
    phones: list[E164]
    zone: str | None


class PlaceOut(BaseModel):
    """Where the person stands in a campaign, in words and codes.  due: of the next call."""

    campaign_id: int
    campaign: str
    campaign_state: str
    state: str
    disposition: str | None
    result: str
    reason: str | None
    attempts: int
    due: Moment


class EditOut(BaseModel):
    """A change of a cell.  by: "" of a call.  edit: its id, None of a call; undone: the edit that it took back."""

    edit: int | None
    column: str
    before: str | None
    after: str
    at: Moment
    by: str
    undone: int | None


class ElsewhereOut(BaseModel):
    """The same person in another list."""

    contact_id: int
    list_id: int
    list: str
    row: int


class CardOut(BaseModel):
    """A contact's card.  person_key: the customer's; stopped: its numbers on the stop list; zones: where it may be."""

    contact: ContactLineOut
    list_name: str
    columns: list[str]
    person_key: str | None
    zones: list[str]
    zone_rule: str
    stopped: list[E164]
    campaigns: list[PlaceOut]
    edits: list[EditOut]
    elsewhere: list[ElsewhereOut]


class CallsIn(Body):
    """before: calls begun earlier than this."""

    before: MomentIn | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CallAnswerOut(BaseModel):
    """An answer.  title: the question in words; voice: it was spoken, and can be listened to."""

    question: str
    title: str
    value: str
    label: str
    voice: bool


class CallRecordingOut(BaseModel):
    """A recording.  part: call or agent; state: raw, ready, lost, deleted."""

    id: int
    part: str
    n: int
    state: str
    seconds: float | None


class CardCallOut(BaseModel):
    """A call with the person.  direction: out, or in: they called us.  result: in words."""

    uuid: UUID
    campaign_id: int
    campaign: str
    zone: str
    virtual: bool
    at: Moment
    number: str
    direction: str
    role: str | None
    open: bool
    disposition: str | None
    result: str
    ring_s: float | None
    talk_s: float | None
    answers: list[CallAnswerOut]
    recordings: list[CallRecordingOut]


class CardCallsOut(BaseModel):
    """Calls, the latest first.  before: for the next page; None: that was all."""

    calls: list[CardCallOut]
    before: Moment | None


@blueprint.get("/contacts/<int:contact_id>")
@allowed(Scope.LISTS_READ)
@blueprint.output(CardOut)
def card(contact_id: int) -> CardOut:
    """Give a contact's card."""
    with running().engine.connect() as conn:
        found = contact_card(conn, contact_id)
    spoken = language()
    places = [
        PlaceOut(
            **{name: getattr(one, name) for name in _PLACE},
            result=outcome(one.disposition, one.state, spoken),
            reason=reason(one.reason, one.reason_args, spoken),
        )
        for one in found.places
    ]
    return CardOut(
        contact=line_out(found.contact),
        list_name=found.layout.name,
        columns=list(found.layout.columns),
        person_key=found.own_key,
        zones=list(found.zones),
        zone_rule=found.zone_rule,
        stopped=list(found.stopped),
        campaigns=places,
        edits=[EditOut(column=one.header, **{name: getattr(one, name) for name in _EDIT}) for one in found.edits],
        elsewhere=[ElsewhereOut(**{name: getattr(one, name) for name in _ELSEWHERE}) for one in found.elsewhere],
    )


_PLACE = ("campaign_id", "campaign", "campaign_state", "state", "disposition", "attempts", "due")
_EDIT = ("edit", "before", "after", "at", "by", "undone")
_ELSEWHERE = ("contact_id", "list_id", "list", "row")


@blueprint.get("/contacts/<int:contact_id>/calls")
@allowed(Scope.LISTS_READ)
@blueprint.input(CallsIn, location="query")
@blueprint.output(CardCallsOut)
def calls(contact_id: int, query_data: CallsIn) -> CardCallsOut:
    """Give the calls with a person, of all campaigns, lists and numbers."""
    most = query_data.limit
    with running().engine.connect() as conn:
        found = calls_of(conn, contact_id, before=query_data.before, most=most)
    return CardCallsOut(calls=[call_out(one) for one in found], before=found[-1].at if len(found) == most else None)


def call_out(call: CardCall) -> CardCallOut:
    """A call with its result in words."""
    told = {name: getattr(call, name) for name in call.__struct_fields__ if name not in ("answers", "recordings")}
    state = "dialing" if call.open else "done"
    return CardCallOut(
        **told,
        result=outcome(call.disposition, state, language()),
        answers=[
            CallAnswerOut(
                **{n: getattr(one, n) for n in one.__struct_fields__ if n != "title"}, title=one.asked(language())
            )
            for one in call.answers
        ],
        recordings=[CallRecordingOut(**{n: getattr(one, n) for n in one.__struct_fields__}) for one in call.recordings],
    )


@blueprint.post("/contacts/<int:contact_id>/cells")
@allowed(Scope.LISTS_WRITE)
@blueprint.input(CellIn)
@blueprint.output(CellOut)
@changing
def edit(change: Change, contact_id: int, json_data: CellIn) -> CellOut:
    """Change a cell.  A call under way keeps the value it began with; the next one says the new one."""
    done = edit_cell(
        change.conn,
        contact_id,
        json_data.column,
        json_data.value,
        was=json_data.was,
        by=change.actor.who,
        now=change.now,
    )
    change.note("contacts.edit", str(contact_id), {"column": done.header, "edit": done.edit})
    return CellOut(edit=done.edit, column=done.header, value=done.value, phones=list(done.phones), zone=done.zone)


@blueprint.post("/contacts/<int:contact_id>/cells/undo")
@allowed(Scope.LISTS_WRITE)
@blueprint.input(UndoIn)
@blueprint.output(CellOut)
@changing
def undo(change: Change, contact_id: int, json_data: UndoIn) -> CellOut:
    """Take an edit back, as long as nobody has changed the cell since."""
    done = undo_edit(change.conn, contact_id, json_data.edit, by=change.actor.who, now=change.now)
    change.note("contacts.undo", str(contact_id), {"column": done.header, "undone": json_data.edit})
    return CellOut(edit=done.edit, column=done.header, value=done.value, phones=list(done.phones), zone=done.zone)


@blueprint.get("/recordings/<int:recording_id>/audio")
@allowed(Scope.RECORDINGS_READ)
@blueprint.doc(responses=AUDIO)
def recording(recording_id: int) -> Response:
    """Play a recorded call; takes ranges, so that a player can jump.  Who has listened is noted in the audit."""
    with running().engine.connect() as conn:
        path = run(
            conn,
            "SELECT path FROM call_recording WHERE id = :id AND state IN ('raw', 'ready')",
            id=recording_id,
        ).scalar()
    return _played(path, f"recording {recording_id}")


class AnswerIn(Body):
    """The call, and the question that was answered by voice in it."""

    call: UUID
    question: Annotated[str, Field(min_length=1, max_length=200)]


@blueprint.get("/answers/audio")
@allowed(Scope.RECORDINGS_READ)
@blueprint.input(AnswerIn, location="query")
@blueprint.doc(responses=AUDIO)
def answer(query_data: AnswerIn) -> Response:
    """Play an answer by voice."""
    with running().engine.connect() as conn:
        path = run(
            conn,
            "SELECT path FROM recording WHERE attempt_uuid = :uuid AND question = :question",
            uuid=query_data.call,
            question=query_data.question,
        ).scalar()
    return _played(path, f"answer {query_data.call}")


def _played(path: str | None, subject: str) -> Response:
    file = None if path is None else recorded_file(path)
    if file is None:
        raise Problem(404, said("no_recording"))
    wanted, size = request.range, file.stat().st_size
    if wanted is not None and wanted.range_for_length(size) is None:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    if wanted is None or wanted.ranges[0][0] == 0:  # a player asks for the rest bit by bit
        app = running()
        with app.engine.begin() as conn:
            audit.note(conn, asker().actor(), "recordings.listen", subject, {}, app.clock.now())
    given = send_file(file, mimetype=_TYPES.get(file.suffix, "application/octet-stream"), conditional=True)
    given.headers["Accept-Ranges"] = "bytes"
    return given
