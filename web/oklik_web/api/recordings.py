"""Recorded calls of a campaign: which there are, and all of them as one ZIP."""

from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from oklik.campaigns import audit
from oklik.campaigns.call_recordings import call_names, template_of
from oklik.campaigns.recordings_list import Mark, page
from oklik.campaigns.tokens import Scope
from oklik.dialing.call_recording import NAME, BadTemplate, check_name
from oklik_web.access import allowed, asker
from oklik_web.marks import mark_text, moment_of, read_mark, whole
from oklik_web.problems import Problem
from oklik_web.recorded import recorded_file
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Moment, MomentIn
from oklik_web.whom import check_campaign
from oklik_web.words import said
from oklik_web.zipping import zipped

blueprint = APIBlueprint("recordings", __name__, url_prefix="/campaigns")

ZIP = "application/zip"
PAGE, MOST = 100, 1_000
_FILE: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "The recordings, sent while they are read", "content": {ZIP: {}}}
}


class SpanIn(Body):
    """Recordings that were begun within these instants, the second one excluded."""

    since: MomentIn | None = None
    until: MomentIn | None = None


class PageIn(SpanIn):
    """A page of them.  after: what `next` of the page before was."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = PAGE
    after: Annotated[str | None, Field(max_length=100)] = None


class ZipIn(SpanIn):
    """name: a template of the files' names with {campaign}, {date}, {time}, {phone} and {id}; else the campaign's."""

    name: Annotated[str | None, Field(max_length=200)] = None


class RecordingOut(BaseModel):
    """A recorded call.  part: call, or agent: the talk with one, the n-th of it.  here: the file is on this machine.

    state: raw (as it was written), ready (compressed), lost, deleted.
    """

    call_uuid: UUID
    part: str
    n: int
    at: Moment
    number: E164
    state: str
    path: str
    seconds: float | None
    bytes: int | None
    here: bool


class RecordingsOut(BaseModel):
    """Recordings in the order of time.  next: for `after` of the next page; None: that was all."""

    recordings: list[RecordingOut]
    next: str | None


@blueprint.get("/<int:campaign_id>/recordings")
@allowed(Scope.RECORDINGS_READ)
@blueprint.input(PageIn, location="query")
@blueprint.output(RecordingsOut)
def show(campaign_id: int, query_data: PageIn) -> RecordingsOut:
    """List recorded calls, page by page."""
    app, wanted = running(), query_data
    after = _mark(wanted.after)
    with app.engine.connect() as conn:
        check_campaign(conn, campaign_id)
        found, end = page(conn, campaign_id, most=wanted.limit, since=wanted.since, until=wanted.until, after=after)
    told = [{name: getattr(one, name) for name in one.__struct_fields__ if name != "id"} for one in found]
    return RecordingsOut(
        recordings=[RecordingOut(**one, here=recorded_file(one["path"]) is not None) for one in told],
        next=None if end is None else mark_text(*end),
    )


@blueprint.get("/<int:campaign_id>/recordings.zip")
@allowed(Scope.RECORDINGS_READ)
@blueprint.input(ZipIn, location="query")
@blueprint.doc(responses=_FILE)
def download(campaign_id: int, query_data: ZipIn) -> Response:
    """Give all recordings that are on this machine as one ZIP.  Who took which is noted in the audit."""
    app, wanted = running(), query_data
    try:
        given = None if wanted.name is None else check_name(wanted.name)
    except BadTemplate:
        raise Problem(422, said("bad_name"), field="name") from None
    with app.engine.begin() as conn:
        check_campaign(conn, campaign_id)
        template = given or template_of(conn, campaign_id) or NAME
        names = call_names(conn, campaign_id, template, wanted.since, wanted.until)
        files = [(path, name) for one, name in names.items() if (path := recorded_file(one)) is not None]
        if not files:
            raise Problem(404, said("no_recordings"))
        told = {"files": len(files), "since": wanted.since, "until": wanted.until}
        actor = asker().actor()
        audit.note(conn, actor, "recordings.download", str(campaign_id), told, app.clock.now())
    answer = Response(zipped(files), mimetype=ZIP)
    answer.headers["Content-Disposition"] = f'attachment; filename="recordings-{campaign_id}.zip"'
    return answer


def _mark(text: str | None) -> Mark | None:
    """Read the mark of a page.  Raises Problem."""
    return None if text is None else read_mark(text, lambda at, place: (moment_of(at), whole(place, 1)))
