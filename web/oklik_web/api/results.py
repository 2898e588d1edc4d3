"""Results of a campaign: answers, the way through the scenario, calls and contacts page by page, reports as files.

All of them take the same filters (result_shapes.FilterIn).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, send_file
from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.rows import run
from oklik.campaigns.segments import segments_of
from oklik.campaigns.tokens import Scope
from oklik.reports import asked
from oklik.reports.asked import Asked, NoSuchReport
from oklik.reports.attempt_card import attempt_card
from oklik.reports.call_pages import calls
from oklik.reports.cause_words import cause_lines
from oklik.reports.contact_pages import contacts
from oklik.reports.result_spans import results
from oklik.reports.scenario_shape import shape_of, versions_run
from oklik.reports.wanted import NoSuchSegment, NoSuchVersion, Wanted
from oklik.reports.words import disposition_names, outcome, reason
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.marks import mark_text
from oklik_web.problems import Problem
from oklik_web.result_shapes import (
    FILE,
    TYPES,
    AttemptCardOut,
    AttemptOut,
    AttemptsOut,
    CallsIn,
    CampaignContactOut,
    CampaignContactsIn,
    CampaignContactsOut,
    FilterIn,
    ReportIn,
    ReportOut,
    ResultsOut,
    call_mark,
    contact_mark,
)
from oklik_web.running import running
from oklik_web.whom import SNAPSHOT, check_campaign
from oklik_web.words import language, said

blueprint = APIBlueprint("results", __name__, url_prefix="/campaigns")


@blueprint.get("/<int:campaign_id>/results")
@allowed(Scope.RESULTS_READ)
@blueprint.input(FilterIn, location="query")
@blueprint.output(ResultsOut)
def show(campaign_id: int, query_data: FilterIn) -> dict[str, Any]:
    """Count a campaign's calls: outcomes, answers, the way through the scenario."""
    with _reading(campaign_id, query_data) as conn:
        counts = results(conn, campaign_id, query_data.wanted())
        shape = shape_of(conn, campaign_id, query_data.version)
        versions = versions_run(conn, campaign_id)
        columns, segments = _list(conn, campaign_id)
    names = disposition_names(language())
    return {
        "campaign": campaign_id,
        "scenario": shape.name,
        "scenario_id": shape.scenario_id,
        "version": shape.version,
        "versions": [{"number": number, "campaigns": n} for number, n in versions],
        "attempts": counts.attempts,
        "returned": counts.returned,
        "answered": counts.answered,
        "talk_s": round(counts.talk_s, 1),
        "left": counts.left,
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
        "segments": segments,
    }


@blueprint.get("/<int:campaign_id>/attempts")
@allowed(Scope.RESULTS_READ)
@blueprint.input(CallsIn, location="query")
@blueprint.output(AttemptsOut)
def attempts(campaign_id: int, query_data: CallsIn) -> AttemptsOut:
    """List calls page by page, the latest first unless told otherwise; a short page may have one after it."""
    with _reading(campaign_id, query_data) as conn:
        after = call_mark(query_data.after, query_data.sort)
        page = calls(conn, campaign_id, query_data.limit, after, query_data.filter())
    names = disposition_names(language())
    told = [
        AttemptOut(
            uuid=row.uuid,
            at=row.started_at,
            campaign=row.campaign_id,
            contact=row.contact_id,
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
            recorded=row.recorded,
            answers=_answers(row.answers),
        )
        for row in page.calls
    ]
    return AttemptsOut(attempts=told, next=None if page.next is None else mark_text(*page.next))


@blueprint.get("/<int:campaign_id>/attempts/<uuid:uuid>")
@allowed(Scope.RESULTS_READ)
@blueprint.output(AttemptCardOut)
def attempt(campaign_id: int, uuid: UUID) -> dict[str, Any]:
    """Show a call: the way that it went through the scenario, its answers, its recordings."""
    with running().engine.connect() as conn:
        check_campaign(conn, campaign_id)
        found = attempt_card(conn, campaign_id, uuid, language())
    if found is None:
        raise Problem(404, said("no_attempt", id=uuid))
    return found


@blueprint.get("/<int:campaign_id>/contacts")
@allowed(Scope.RESULTS_READ)
@blueprint.input(CampaignContactsIn, location="query")
@blueprint.output(CampaignContactsOut)
def people(campaign_id: int, query_data: CampaignContactsIn) -> CampaignContactsOut:
    """List contacts with what came of each, page by page in the list's order; a short page may have one after it."""
    wanted = query_data
    with _reading(campaign_id, wanted) as conn:
        page = contacts(conn, campaign_id, wanted.limit, contact_mark(wanted.after), wanted.filter())
    spoken = language()
    told = [
        CampaignContactOut(
            contact=row.contact_id,
            row=row.row_number,
            number=row.phones[0] if row.phones else "",
            fields={name: str(value or "") for name, value in row.fields.items()},
            state=row.state,
            outcome=row.disposition,
            outcome_title=outcome(row.disposition, row.state, spoken),
            why=reason(row.reason, row.reason_args, spoken) or None,
            attempts=row.attempts,
            last_at=row.last_at,
            talk_s=row.talk_s,
            answers=_answers(row.answers),
        )
        for row in page.contacts
    ]
    return CampaignContactsOut(contacts=told, next=None if page.next is None else mark_text(*page.next))


@blueprint.post("/<int:campaign_id>/reports")
@allowed(Scope.RESULTS_READ)
@blueprint.input(ReportIn)
@blueprint.output(ReportOut)
@changing
def ask(change: Change, campaign_id: int, json_data: ReportIn) -> ReportOut:
    """Ask for a report as a file; a job writes it, and it can be fetched for a day.

    Without a filter it is the report of all contacts; with one, the calls that it lets through, counted and one by one.
    """
    check_campaign(change.conn, campaign_id)
    wanted = json_data.wanted()
    with _known(json_data):
        report = asked.ask_report(
            change.conn,
            campaign_id,
            json_data.kind,
            language(),
            change.actor.who,
            change.now,
            None if wanted == Wanted() else wanted,
        )
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
@blueprint.doc(responses=FILE)
def file(report_id: int) -> Response:
    """Give a report that was written."""
    found, folder = _look(report_id), running().settings.reports
    path = Path(folder) / found.file if folder and found.file else None
    if path is None or not path.is_file():
        raise Problem(404, said("no_report", id=report_id))
    name = f"oklik-{found.campaign_id}-{report_id}.{found.kind}"
    return send_file(path.resolve(), mimetype=TYPES[found.kind], as_attachment=True, download_name=name)


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


@contextmanager
def _reading(campaign_id: int, wanted: FilterIn) -> Iterator[Connection]:
    """A connection that sees one moment; campaign and filters are there.  Raises Problem."""
    with running().engine.connect().execution_options(**SNAPSHOT) as conn, conn.begin(), _known(wanted):
        check_campaign(conn, campaign_id)
        yield conn


@contextmanager
def _known(wanted: FilterIn) -> Iterator[None]:
    """What the filters name must be there.  Raises Problem."""
    try:
        yield
    except NoSuchSegment:
        raise Problem(422, said("no_segment_here", id=wanted.segment), field="segment") from None
    except (NoSuchVersion, NoResultFound):
        raise Problem(422, said("no_version_run", number=wanted.version), field="version") from None


def _answers(found: Any) -> dict[str, str]:
    return {name: label or value for name, (value, label) in (found or {}).items()}


def _list(conn: Connection, campaign_id: int) -> tuple[list[str], list[dict[str, Any]]]:
    """The columns and the saved segments of a campaign's list, for filters."""
    row = run(
        conn,
        "SELECT l.id, l.columns FROM campaign c JOIN contact_list l ON l.id = c.list_id WHERE c.id = :id",
        id=campaign_id,
    ).one()
    return [str(one) for one in row.columns], [{"id": one.id, "name": one.name} for one in segments_of(conn, row.id)]
