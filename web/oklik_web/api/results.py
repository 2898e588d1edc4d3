"""Results of a campaign: answers, the way through the scenario, calls page by page, reports as files."""

import base64
import binascii
import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, send_file
from pydantic import BaseModel, Field

from oklik.campaigns.rows import run
from oklik.campaigns.tokens import Scope
from oklik.dialing.vocabulary import Disposition
from oklik.reports import asked
from oklik.reports.asked import Asked, NoSuchReport
from oklik.reports.attempt_pages import Mark, attempts
from oklik.reports.cause_words import cause_lines
from oklik.reports.result_spans import results
from oklik.reports.results import Segment
from oklik.reports.scenario_shape import shape_of
from oklik.reports.words import disposition_names
from oklik_web.access import allowed
from oklik_web.api.live import CauseOut, QuestionOut, TitledOut
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Moment, MomentIn
from oklik_web.whom import SNAPSHOT, check_campaign
from oklik_web.words import language, said

blueprint = APIBlueprint("results", __name__, url_prefix="/campaigns")

PAGE, MOST = 50, 500
_TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
_FILE: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "The file", "content": {kind: {} for kind in _TYPES.values()}}
}


class FilterIn(Body):
    """Which calls: begun from `since` on and before `until` (to five minutes); of contacts with a value in a column."""

    since: MomentIn | None = None
    until: MomentIn | None = None
    column: Annotated[str | None, Field(max_length=200)] = None
    value: Annotated[str | None, Field(max_length=1000)] = None


class CallsIn(FilterIn):
    """A page of calls.  after: what `next` of the page before was."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = PAGE
    after: Annotated[str | None, Field(max_length=200)] = None
    outcome: Disposition | None = None


class ExitOut(BaseModel):
    """An exit of a node: how many calls left by it, and to where."""

    exit: str
    to: str | None
    count: int


class SecondOut(BaseModel):
    """How many hung up in this second of the node."""

    second: int
    count: int


class StageOut(BaseModel):
    """A node of the scenario.  ended: calls that came to their end here; hung_up_second: by then half of them are gone.

    entered counts visits, so a menu that is heard again counts again.
    """

    node: str
    kind: str
    kind_title: str
    entered: int
    exits: list[ExitOut]
    ended: int
    hung_up: int
    hung_up_second: int | None
    seconds: list[SecondOut]


class HourOut(BaseModel):
    """Calls that were begun in an hour."""

    hour: Moment
    attempts: int
    answered: int


class ResultsOut(BaseModel):
    """What came of the calls.  attempts: of ours; returned: people who called us; columns: of the list, for filters."""

    campaign: int
    scenario: str
    version: int
    attempts: int
    returned: int
    answered: int
    talk_s: float
    outcomes: list[TitledOut]
    questions: list[QuestionOut]
    funnel: list[StageOut]
    causes: list[CauseOut]
    hours: list[HourOut]
    columns: list[str]


class AttemptOut(BaseModel):
    """A call.  row: of the list; direction: out, or in for a call to us; answers: question -> what was answered."""

    uuid: UUID
    at: Moment
    row: int
    number: E164
    caller_id: str
    n: int
    direction: str
    outcome: str | None
    outcome_title: str | None
    answered: bool
    ring_s: float | None
    talk_s: float | None
    hangup_by: str | None
    cause: str | None
    answers: dict[str, str]


class AttemptsOut(BaseModel):
    """Calls, the latest first.  next: for `after` of the next page; None: that was all."""

    attempts: list[AttemptOut]
    next: str | None


class ReportIn(Body):
    """Which file."""

    kind: Literal["xlsx", "csv"] = "xlsx"


class ReportOut(BaseModel):
    """A report that was asked for.  state: waiting, running, done, failed; ready: it can be fetched."""

    id: int
    campaign_id: int
    kind: str
    state: str
    progress: float
    ready: bool


@blueprint.get("/<int:campaign_id>/results")
@allowed(Scope.RESULTS_READ)
@blueprint.input(FilterIn, location="query")
@blueprint.output(ResultsOut)
def show(campaign_id: int, query_data: FilterIn) -> dict[str, Any]:
    """Count a campaign's calls: outcomes, answers, the way through the scenario."""
    wanted = query_data
    with running().engine.connect().execution_options(**SNAPSHOT) as conn, conn.begin():
        check_campaign(conn, campaign_id)
        counts = results(conn, campaign_id, wanted.since, wanted.until, _segment(wanted))
        shape = shape_of(conn, campaign_id)
        columns = _columns(conn, campaign_id)
    names = disposition_names(language())
    return {
        "campaign": campaign_id,
        "scenario": shape.name,
        "version": shape.version,
        "attempts": counts.attempts,
        "returned": counts.returned,
        "answered": counts.answered,
        "talk_s": round(counts.talk_s, 1),
        "outcomes": [
            {"code": code, "title": names[code], "count": n}
            for code, n in sorted(counts.outcomes.items(), key=lambda item: (-item[1], item[0]))
            if code
        ],
        "questions": shape.answers(counts.answers, language()),
        "funnel": shape.funnel(counts, language()),
        "causes": [one.to_json() for one in cause_lines(counts.causes, language())],
        "hours": [{"hour": hour, "attempts": n[0], "answered": n[1]} for hour, n in sorted(counts.hours.items())],
        "columns": columns,
    }


@blueprint.get("/<int:campaign_id>/attempts")
@allowed(Scope.RESULTS_READ)
@blueprint.input(CallsIn, location="query")
@blueprint.output(AttemptsOut)
def calls(campaign_id: int, query_data: CallsIn) -> AttemptsOut:
    """List calls, the latest first, page by page."""
    wanted = query_data
    with running().engine.connect() as conn:
        check_campaign(conn, campaign_id)
        found = attempts(
            conn,
            campaign_id,
            wanted.limit + 1,
            _mark(wanted.after),
            wanted.since,
            wanted.until,
            None if wanted.outcome is None else str(wanted.outcome),
            _segment(wanted),
        )
    names, page = disposition_names(language()), found[: wanted.limit]
    told = [
        AttemptOut(
            uuid=row.uuid,
            at=row.started_at,
            row=row.row_number,
            number=row.number,
            caller_id=row.caller_id,
            n=row.n,
            direction=row.direction,
            outcome=row.disposition,
            outcome_title=names.get(row.disposition or "?"),
            answered=row.answered,
            ring_s=row.ring_s,
            talk_s=row.talk_s,
            hangup_by=row.hangup_by,
            cause=row.cause,
            answers={name: label or value for name, (value, label) in (row.answers or {}).items()},
        )
        for row in page
    ]
    more = len(found) > wanted.limit
    return AttemptsOut(attempts=told, next=_written(Mark(page[-1].started_at, page[-1].uuid)) if more else None)


@blueprint.post("/<int:campaign_id>/reports")
@allowed(Scope.RESULTS_READ)
@blueprint.input(ReportIn)
@blueprint.output(ReportOut)
@changing
def ask(change: Change, campaign_id: int, json_data: ReportIn) -> ReportOut:
    """Ask for a report as a file; a job writes it, and it can be fetched for a day."""
    check_campaign(change.conn, campaign_id)
    report = asked.ask_report(change.conn, campaign_id, json_data.kind, language(), change.actor.who, change.now)
    change.note("results.report", str(campaign_id), {"report": report, "kind": json_data.kind})
    return _told(asked.look(change.conn, report))


@blueprint.get("/reports/<int:report_id>")
@allowed(Scope.RESULTS_READ)
@blueprint.output(ReportOut)
def report(report_id: int) -> ReportOut:
    """Say how a report stands."""
    return _told(_look(report_id))


@blueprint.get("/reports/<int:report_id>/file")
@allowed(Scope.RESULTS_READ)
@blueprint.doc(responses=_FILE)
def file(report_id: int) -> Response:
    """Give a report that was written."""
    found, folder = _look(report_id), running().settings.reports
    path = Path(folder) / found.file if folder and found.file else None
    if path is None or not path.is_file():
        raise Problem(404, said("no_report", id=report_id))
    name = f"oklik-{found.campaign_id}-{report_id}.{found.kind}"
    return send_file(path.resolve(), mimetype=_TYPES[found.kind], as_attachment=True, download_name=name)


def _look(report_id: int) -> Asked:
    with running().engine.connect() as conn:
        try:
            return asked.look(conn, report_id)
        except NoSuchReport:
            raise Problem(404, said("no_report", id=report_id)) from None


def _told(found: Asked) -> ReportOut:
    return ReportOut(
        id=found.id,
        campaign_id=found.campaign_id,
        kind=found.kind,
        state=found.state,
        progress=found.progress,
        ready=found.state == "done",
    )


def _segment(wanted: FilterIn) -> Segment | None:
    return None if not wanted.column else Segment(wanted.column, wanted.value or "")


def _columns(conn: Any, campaign_id: int) -> list[str]:
    found = run(
        conn,
        "SELECT l.columns FROM campaign c JOIN contact_list l ON l.id = c.list_id WHERE c.id = :id",
        id=campaign_id,
    ).scalar_one()
    return [str(one) for one in found]


def _written(mark: Mark) -> str:
    return base64.urlsafe_b64encode(f"{mark.at.astimezone(dt.UTC).isoformat()} {mark.uuid}".encode()).decode()


def _mark(text: str | None) -> Mark | None:
    """Read what _written gave.  Raises Problem."""
    if text is None:
        return None
    try:
        at, _, uuid = base64.urlsafe_b64decode(text.encode()).decode().partition(" ")
        mark = Mark(dt.datetime.fromisoformat(at), UUID(uuid))
    except (ValueError, binascii.Error):
        raise Problem(422, said("bad_mark"), field="after") from None
    if mark.at.tzinfo is None or not 1900 < mark.at.year < 2200:
        raise Problem(422, said("bad_mark"), field="after")
    return mark
