"""Scenarios: the list, drafts that several people may write, versions.

A draft is saved whole, with the number of the revision that was changed; whoever changed an old one gets both back.
Publishing makes a version that never changes; campaigns keep the version they were launched with.
"""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy import Connection

from oklik.campaigns import scenario_drafts, scenario_list
from oklik.campaigns.publish_draft import publish_draft
from oklik.campaigns.ready_scenarios import blank, ready_scenarios
from oklik.campaigns.scenario_drafts import Conflict, Draft, NameRefused
from oklik.campaigns.tokens import Scope
from oklik.scenario.diff import diff
from oklik.scenario.document import ScenarioError, from_json
from oklik.scenario.drafting import check_keepable, problems_of
from oklik.scenario.textfile import document_of as data_of
from oklik.scenario.textfile import written
from oklik_web.access import accepts, allowed
from oklik_web.changing import Change, changing
from oklik_web.judging import (
    JSON,
    SCENARIO_BYTES,
    document_of,
    hooks_of,
    issues_out,
    judge,
    judged_out,
    keepable,
    problems_out,
    recorded_names,
)
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.scenario_shapes import (
    DiffIn,
    DiffLineOut,
    DiffOut,
    DraftListedOut,
    DraftOut,
    ExportIn,
    ImportedOut,
    ImportIn,
    KeptOut,
    KeptRevisionsOut,
    MadeOut,
    NewScenarioIn,
    PublishedOut,
    PublishIn,
    SavedOut,
    SaveIn,
    ScenarioListedOut,
    ScenarioOut,
    ScenariosOut,
    VersionListedOut,
    VersionOut,
)
from oklik_web.whom import SNAPSHOT, project_of
from oklik_web.words import language, said

blueprint = APIBlueprint("scenarios", __name__, url_prefix="/scenarios")

_FILE: dict[int | str, Any] = {200: {"description": "The scenario as a file", "content": {"application/yaml": {}}}}


@blueprint.get("")
@allowed(Scope.SCENARIOS_READ)
@blueprint.output(ScenariosOut)
def show_all() -> ScenariosOut:
    """List all scenarios."""
    with running().engine.connect() as conn:
        found = scenario_list.all_scenarios(conn, language())
    return ScenariosOut(scenarios=[_listed(one) for one in found])


def _listed(one: scenario_list.Listed) -> ScenarioListedOut:
    draft = None
    if one.revision is not None and one.changed_at is not None:
        draft = DraftListedOut(
            revision=one.revision, changed_at=one.changed_at, by=one.by or "", published=one.published
        )
    same = {name: getattr(one, name) for name in ("id", "name", "title", "project", "version", "used_by")}
    return ScenarioListedOut(**same, draft=draft)


@blueprint.post("")
@allowed(Scope.SCENARIOS_WRITE)
@accepts(JSON, SCENARIO_BYTES)
@blueprint.input(NewScenarioIn)
@blueprint.output(MadeOut)
@changing
def make(change: Change, json_data: NewScenarioIn) -> MadeOut:
    """Make a scenario: an empty one, a copy of a ready one, or of a document."""
    wanted = json_data
    document = _begun(wanted)
    keepable(document)
    project = project_of(change.conn, wanted.project, make=True)
    try:
        made = scenario_drafts.make(change.conn, project, wanted.name, document, change.actor.who, change.now)
    except NameRefused as error:
        raise Problem(409 if error.taken else 422, error.text, field="name") from None
    change.note("scenarios.make", wanted.name, {"id": made, "template": wanted.template})
    return MadeOut(id=made)


def _begun(wanted: NewScenarioIn) -> dict[str, Any]:
    """The document that a scenario begins with.  Raises Problem."""
    if wanted.template is not None and wanted.document is not None:
        raise Problem(422, said("template_or_document"), field="template")
    spoken = wanted.language or language()
    if wanted.document is not None:
        return {**wanted.document, "title": wanted.document.get("title") or wanted.title}
    if wanted.template is None:
        return blank(wanted.name, wanted.title, spoken)
    known = ready_scenarios()
    if wanted.template not in known:
        told = said("no_template", code=wanted.template, known=", ".join(known))
        raise Problem(422, told, field="template")
    documents = known[wanted.template].documents
    return {**(documents.get(spoken) or next(iter(documents.values()))), "title": wanted.title}


@blueprint.get("/<int:scenario_id>")
@allowed(Scope.SCENARIOS_READ)
@blueprint.output(ScenarioOut)
def show(scenario_id: int) -> ScenarioOut:
    """Give a scenario with its draft."""
    with running().engine.connect().execution_options(**SNAPSHOT) as conn:
        name = _name(conn, scenario_id)
        draft = scenario_drafts.look(conn, scenario_id)
        known = scenario_list.versions(conn, scenario_id)
    if draft is None:
        raise Problem(404, said("no_draft", id=scenario_id))
    told = [VersionListedOut(**{field: getattr(one, field) for field in one.__struct_fields__}) for one in known]
    return ScenarioOut(id=scenario_id, name=name, draft=_draft(draft), versions=told)


def _draft(draft: Draft) -> DraftOut:
    return DraftOut(**{field: getattr(draft, field) for field in draft.__struct_fields__})


@blueprint.put("/<int:scenario_id>/draft")
@allowed(Scope.SCENARIOS_WRITE)
@accepts(JSON, SCENARIO_BYTES)
@blueprint.input(SaveIn)
@blueprint.output(SavedOut)
@changing
def save(change: Change, scenario_id: int, json_data: SaveIn) -> SavedOut:
    """Save a draft, whatever it holds.

    409 where somebody else has saved since `revision`: nothing is written, and the answer holds `mine` and `theirs`.
    """
    wanted = json_data
    _name(change.conn, scenario_id)
    keepable(wanted.document)
    revision = wanted.revision
    if wanted.overwrite and (newest := scenario_drafts.look(change.conn, scenario_id)) is not None:
        revision = newest.revision
    try:
        saved = scenario_drafts.save(change.conn, scenario_id, revision, wanted.document, change.actor.who, change.now)
    except Conflict as conflict:
        raise _conflict(wanted.document, conflict) from None
    # Revisions have their own history; an entry for each of a day's autosaved ones would only hide the rest.
    change.noted = True
    found = judge(wanted.document, recorded_names(change.conn))
    return SavedOut(revision=saved, **judged_out(found).model_dump())


def _conflict(mine: dict[str, Any], conflict: Conflict) -> Problem:
    theirs = _draft(conflict.theirs).model_dump(mode="json")
    who = conflict.theirs.by.partition(":")[2] or "—"
    return Problem(409, said("draft_changed", who=who), more={"mine": mine, "theirs": theirs})


@blueprint.get("/<int:scenario_id>/revisions")
@allowed(Scope.SCENARIOS_READ)
@blueprint.output(KeptRevisionsOut)
def revisions(scenario_id: int) -> KeptRevisionsOut:
    """List the saved revisions: all of a day are kept, then one an hour for a month."""
    with running().engine.connect() as conn:
        _name(conn, scenario_id)
        found = scenario_drafts.kept(conn, scenario_id)
    told = [KeptOut(revision=one.revision, changed_at=one.changed_at, by=one.by) for one in found]
    return KeptRevisionsOut(revisions=told)


@blueprint.get("/<int:scenario_id>/revisions/<int:revision>")
@allowed(Scope.SCENARIOS_READ)
@blueprint.output(DraftOut)
def revision(scenario_id: int, revision: int) -> DraftOut:
    """Give a saved revision."""
    with running().engine.connect() as conn:
        _name(conn, scenario_id)
        found = scenario_drafts.look(conn, scenario_id, revision) if 0 < revision < 2**31 else None
    if found is None:
        raise Problem(404, said("no_revision", id=scenario_id, revision=revision))
    return _draft(found)


@blueprint.post("/<int:scenario_id>/publish")
@allowed(Scope.SCENARIOS_PUBLISH)
@blueprint.input(PublishIn)
@blueprint.output(PublishedOut)
@changing
def publish(change: Change, scenario_id: int, json_data: PublishIn) -> PublishedOut:
    """Publish the draft.  422 with `issues` and `problems` where it has errors; campaigns keep their versions."""
    wanted = json_data
    _name(change.conn, scenario_id)
    draft = scenario_drafts.look(change.conn, scenario_id)
    if draft is None:
        raise Problem(404, said("no_draft", id=scenario_id))
    hooks, recorded = hooks_of(draft.document), recorded_names(change.conn)
    try:
        done = publish_draft(
            change.conn,
            scenario_id,
            wanted.revision,
            wanted.note,
            change.actor.who,
            change.now,
            hooks=hooks,
            recorded=recorded,
        )
    except Conflict as conflict:
        raise _conflict({}, conflict) from None
    if done.version is None:
        issues, problems = issues_out(done.issues), problems_out(done.problems)
        n = len(problems) + sum(one.severity == "error" for one in issues)
        more = {"issues": [one.model_dump() for one in issues], "problems": [one.model_dump() for one in problems]}
        raise Problem(422, said("draft_errors", n=n), more=more)
    change.note(
        "scenarios.publish", str(scenario_id), {"number": done.version.number, "note": wanted.note, "new": done.new}
    )
    return PublishedOut(number=done.version.number, new=done.new)


@blueprint.get("/<int:scenario_id>/versions/<int:number>")
@allowed(Scope.SCENARIOS_READ)
@blueprint.output(VersionOut)
def version(scenario_id: int, number: int) -> VersionOut:
    """Give a version."""
    with running().engine.connect() as conn:
        _name(conn, scenario_id)
        return VersionOut(number=number, document=document_of(conn, scenario_id, str(number)))


@blueprint.get("/<int:scenario_id>/diff")
@allowed(Scope.SCENARIOS_READ)
@blueprint.input(DiffIn, location="query")
@blueprint.output(DiffOut)
def difference(scenario_id: int, query_data: DiffIn) -> DiffOut:
    """Say in sentences what has changed between two versions, or a version and the draft."""
    with running().engine.connect().execution_options(**SNAPSHOT) as conn:
        _name(conn, scenario_id)
        documents = [document_of(conn, scenario_id, which) for which in (query_data.from_, query_data.to)]
    read = []
    for document, field in zip(documents, ("from", "to"), strict=True):
        try:
            read.append(from_json(document, ""))
        except ScenarioError as error:
            problems = [one.model_dump() for one in problems_out(problems_of(error))]
            raise Problem(422, error.text, field=field, more={"problems": problems}) from None
    spoken = language()
    lines = [
        DiffLineOut(node=one.node, field=one.field, code=one.code, sentence=one.text[spoken]) for one in diff(*read)
    ]
    return DiffOut(lines=lines)


@blueprint.get("/<int:scenario_id>/export")
@allowed(Scope.SCENARIOS_READ)
@blueprint.input(ExportIn, location="query")
@blueprint.doc(responses=_FILE)
def export(scenario_id: int, query_data: ExportIn) -> Response:
    """Give a scenario as a file."""
    wanted = query_data
    with running().engine.connect() as conn:
        name = _name(conn, scenario_id)
        document = document_of(conn, scenario_id, wanted.version)
    answer = Response(written(document, wanted.format), mimetype=f"application/{wanted.format}")
    end = "" if wanted.version == "draft" else f"-{wanted.version}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}{end}.{wanted.format}"'
    return answer


@blueprint.post("/import")
@allowed(Scope.SCENARIOS_READ)
@accepts(JSON, SCENARIO_BYTES)
@blueprint.input(ImportIn)
@blueprint.output(ImportedOut)
def read_file(json_data: ImportIn) -> ImportedOut:
    """Read a file.  Keeps nothing: what comes out may be saved as a draft."""
    try:
        document = data_of(json_data.text)
        check_keepable(document)
    except ScenarioError as error:
        return ImportedOut(document=None, problems=problems_out(problems_of(error)))
    return ImportedOut(document=document, problems=problems_out(judge(document, None).problems))


def _name(conn: Connection, scenario_id: int) -> str:
    """The scenario's name.  Raises Problem."""
    name = scenario_list.scenario_name(conn, scenario_id)
    if name is None:
        raise Problem(404, said("no_scenario", id=scenario_id))
    return name
