"""The stop list: numbers nobody may call, in any campaign."""

import re
from typing import Annotated, Any

import msgspec
from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, Field

from oklik.campaigns import stop_list, stop_list_pages
from oklik.campaigns.stop_list import Look, NotListed
from oklik.campaigns.stop_list_pages import Mark
from oklik.campaigns.tokens import Scope
from oklik.reports.stop_list_sheet import Line, write_stop_list
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.excel_answer import EXCEL_FILE, excel_answer
from oklik_web.list_problems import handle
from oklik_web.marks import mark_text, moment_of, read_mark
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Moment, Number, OneNumber, Words, number_of
from oklik_web.uploads import Sent, sent_file, takes_file
from oklik_web.whom import SNAPSHOT
from oklik_web.words import in_language, language, said

blueprint = APIBlueprint("stop_list", __name__, url_prefix="/stop-list")
handle(blueprint)

MOST = 10_000  # numbers in a request


class NumbersIn(Body):
    """Numbers of people who want no calls.  All are taken or none."""

    numbers: Annotated[list[Number], Field(min_length=1, max_length=MOST)]
    source: Words = "api"
    reason: Annotated[str, Field(max_length=300)] = ""


class NumbersOut(BaseModel):
    """added: new on the list; known: there already; calls_ended: planned calls, of all campaigns."""

    added: list[E164]
    known: list[E164]
    calls_ended: int


class TakeOffIn(Body):
    """A number that may be called again, and why."""

    number: Number
    reason: Words
    source: Words = "api"


class StopEventOut(BaseModel):
    """kind: added, repeated, removed.  call_uuid: the call it was said in."""

    at: Moment
    kind: str
    source: str
    reason: str
    recorded_by: str
    call_uuid: str | None


class StopListOut(BaseModel):
    """silent: it is not called.  since: on the list since then; others: of the same person, on the list as well."""

    number: E164
    silent: bool
    since: Moment | None
    others: list[E164]
    history: list[StopEventOut]


@blueprint.post("/add")
@allowed(Scope.STOP_LIST_WRITE)
@blueprint.input(NumbersIn)
@blueprint.output(NumbersOut)
@changing
def add(change: Change, json_data: NumbersIn) -> NumbersOut:
    """Put numbers on the stop list.

    Within a second nobody calls their bearers, whichever campaign, phone or contract it is.
    """
    numbers = [number_of(text, f"numbers.{place}") for place, text in enumerate(json_data.numbers)]
    done = stop_list.put(
        change.conn,
        numbers,
        source=json_data.source,
        reason=json_data.reason,
        recorded_by=change.actor.who,
        now=change.now,
    )
    details = {"numbers": sorted(set(numbers)), "source": json_data.source, "reason": json_data.reason}
    change.note("stop_list.add", f"{len(set(numbers))} numbers", {**details, "calls_ended": done.targets})
    return NumbersOut(added=list(done.added), known=list(done.known), calls_ended=done.targets)


@blueprint.post("/remove")
@allowed(Scope.STOP_LIST_WRITE)
@blueprint.input(TakeOffIn)
@blueprint.output(StopListOut)
@changing
def remove(change: Change, json_data: TakeOffIn) -> StopListOut:
    """Take a number off the stop list.

    Who did it, when and why stays in its history; planned calls that it had ended go on in campaigns that are not over,
    unless another number still silences the person.
    """
    number = number_of(json_data.number, "number")
    told = {"source": json_data.source, "reason": json_data.reason}
    try:
        off = stop_list.take_off(change.conn, number, recorded_by=change.actor.who, now=change.now, **told)
    except NotListed:
        raise Problem(409, said("not_listed", number=number)) from None
    change.note("stop_list.remove", number, {**told, "returned": off.returned.back})
    return _told(off.look)


@blueprint.post("/check")
@allowed(Scope.STOP_LIST_READ)
@blueprint.input(OneNumber)
@blueprint.output(StopListOut)
def check(json_data: OneNumber) -> StopListOut:
    """Say whether a number is called, with its history.  POST, for numbers do not stand in addresses."""
    with running().engine.connect() as conn:
        return _told(stop_list.look(conn, number_of(json_data.number, "number")))


class StopPageIn(Body):
    """A page.  after: what `next` of the page before was."""

    after: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class StopEntryOut(BaseModel):
    """A number on the list and the last word about why."""

    number: E164
    added_at: Moment
    source: str
    reason: str
    recorded_by: str


class StopPageOut(BaseModel):
    """Numbers, the latest first.  next: for `after`; None: that was all."""

    numbers: list[StopEntryOut]
    next: str | None


class WrongRowOut(BaseModel):
    """A row that was not taken, and why."""

    row: int
    why: str


class FileTakenOut(BaseModel):
    """added: new numbers; known: there already; calls_ended: planned calls; wrong: rows, the first thousand."""

    added: int
    known: int
    calls_ended: int
    wrong: list[WrongRowOut]


@blueprint.post("/list")
@allowed(Scope.STOP_LIST_READ)
@blueprint.input(StopPageIn)
@blueprint.output(StopPageOut)
def listed(json_data: StopPageIn) -> StopPageOut:
    """Give the list page by page.  POST, for the place to go on at holds a number."""
    with running().engine.connect() as conn:
        found, end = stop_list_pages.page(conn, after=stop_mark(json_data.after), most=json_data.limit)
    numbers = [StopEntryOut(**{name: getattr(one, name) for name in one.__struct_fields__}) for one in found]
    return StopPageOut(numbers=numbers, next=stop_mark_text(end))


@blueprint.post("/import")
@takes_file(reason="Why these numbers are not called")
@allowed(Scope.STOP_LIST_WRITE)
@blueprint.output(FileTakenOut)
def import_file() -> Any:
    """Put every number of a file on the list; rows that cannot be read are named, the others are taken."""
    with sent_file() as sent:
        return _imported(sent=sent)


@changing
def _imported(change: Change, sent: Sent) -> FileTakenOut:
    reason = " ".join(request.form.get("reason", "").replace("\0", "").split())[:300]
    done = stop_list_pages.put_file(
        change.conn, sent.path, sent.name, reason=reason, recorded_by=change.actor.who, now=change.now
    )
    counts = {"added": done.added, "known": done.known, "calls_ended": done.ended}
    change.note("stop_list.import", sent.name, {**counts, "reason": reason, "sha256": sent.digest})
    wrong = [WrongRowOut(row=one.row, why=in_language(one.text)) for one in done.wrong[:1000]]
    return FileTakenOut(**counts, wrong=wrong)


@blueprint.get("/export.xlsx")
@allowed(Scope.STOP_LIST_READ)
@blueprint.doc(responses=EXCEL_FILE)
def export() -> Response:
    """Give the whole list as an Excel file, which can be imported again."""
    app = running()
    with app.engine.connect().execution_options(**SNAPSHOT) as conn:
        lines = (Line(*msgspec.structs.astuple(one)) for one in stop_list.entries(conn))
        return excel_answer(
            "stop-list.xlsx", lambda path: write_stop_list(lines, path, zone=app.settings.zone, language=language())
        )


def stop_mark_text(mark: Mark | None) -> str | None:
    """A mark as text."""
    return None if mark is None else mark_text(mark.added_at, mark.number)


def stop_mark(text: str | None) -> Mark | None:
    """Read what stop_mark_text gave.  Raises Problem."""
    return None if text is None else read_mark(text, lambda at, number: Mark(moment_of(at), _number(number)))


def _number(text: str) -> str:
    if not re.fullmatch(r"\+[0-9]{1,15}", text):
        raise ValueError(text)
    return text


def _told(look: Look) -> StopListOut:
    history = [
        StopEventOut(
            at=one.at,
            kind=one.kind,
            source=one.source,
            reason=one.reason,
            recorded_by=one.recorded_by,
            call_uuid=str(one.call_uuid) if one.call_uuid else None,
        )
        for one in look.history
    ]
    return StopListOut(
        number=look.number, silent=look.silent, since=look.since, others=list(look.others), history=history
    )
