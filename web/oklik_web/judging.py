"""Drafts as the API takes and judges them: kept or refused, issues and problems in the language of the request."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from oklik.campaigns import prompt_library, scenario_drafts, scenario_list
from oklik.hooks.installed import installed
from oklik.scenario.check import Issue
from oklik.scenario.document import Scenario, from_json
from oklik.scenario.drafting import Problem as Unreadable
from oklik.scenario.drafting import Review, check_keepable, problems_of, review
from oklik.scenario.errors import ScenarioError
from oklik.scenario.needs import HookShape
from oklik.speech.recordings import Recordings
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.words import language, said

JSON = "application/json"
SCENARIO_BYTES = 12 << 20  # of a request with a scenario: what is too large is told so instead of being cut off

Document = Annotated[dict[str, Any], Field(description="A scenario as JSON; a draft may hold what does not read yet")]


class IssueOut(BaseModel):
    """A finding of the check.  node, field: where; severity: error, warning."""

    node: str | None
    field: str | None
    code: str
    severity: str
    sentence: str


class ProblemPlaceOut(BaseModel):
    """Why the document does not read as a scenario.  node, field: where."""

    node: str | None
    field: str | None
    sentence: str


class ExitOut(BaseModel):
    """A way out of a node."""

    name: str
    title: str


class JudgedOut(BaseModel):
    """What is known of a document.  Where parts do not read, issues and exits are those of the rest."""

    issues: list[IssueOut]
    problems: list[ProblemPlaceOut]
    exits: dict[str, list[ExitOut]]


def keepable(document: Mapping[str, Any]) -> None:
    """Make sure that a document can be kept.  Raises Problem."""
    try:
        check_keepable(document)
    except ScenarioError as error:
        raise Problem(422, error.text, field="document") from None


def judge(document: Mapping[str, Any], recorded: Collection[str] | None) -> Review:
    """Read and check it.  recorded: the recordings that there are, as "language/key"."""
    return review(document, hooks=hooks_of(document), recorded=recorded)


def hooks_of(document: Mapping[str, Any]) -> Mapping[str, HookShape] | None:
    """The plug-ins' functions, asked only for a document that wants one."""
    nodes = document.get("nodes")
    listed = nodes.values() if isinstance(nodes, Mapping) else ()
    wants = any(isinstance(node, Mapping) and node.get("kind") == "hook" for node in listed)
    return installed().hooks if wants else None


def judged_out(found: Review) -> JudgedOut:
    """For the answer."""
    spoken = language()
    exits = {
        node: [ExitOut(name=name, title=title[spoken]) for name, title in ways] for node, ways in found.exits.items()
    }
    return JudgedOut(issues=issues_out(found.issues), problems=problems_out(found.problems), exits=exits)


def issues_out(issues: Iterable[Issue]) -> list[IssueOut]:
    """For the answer."""
    spoken = language()
    return [
        IssueOut(node=one.node, field=one.field, code=one.code, severity=one.severity, sentence=one.text[spoken])
        for one in issues
    ]


def problems_out(problems: Iterable[Unreadable]) -> list[ProblemPlaceOut]:
    """For the answer."""
    spoken = language()
    return [ProblemPlaceOut(node=one.node, field=one.field, sentence=one.text[spoken]) for one in problems]


def recorded_names(conn: Connection) -> Collection[str] | None:
    """The recordings that there are, as "language/key"; None where none are kept."""
    folder = running().settings.recorded
    return prompt_library.recorded_names(conn, Recordings(Path(folder)) if folder else None)


def document_of(conn: Connection, scenario_id: int, which: str) -> dict[str, Any]:
    """The draft or a version.  Raises Problem."""
    if scenario_list.scenario_name(conn, scenario_id) is None:
        raise Problem(404, said("no_scenario", id=scenario_id))
    if which != "draft":
        found = scenario_list.version_document(conn, scenario_id, int(which)) if len(which) < 10 else None
        if found is None:
            raise Problem(404, said("no_version", id=scenario_id, number=which))
        return found
    draft = scenario_drafts.look(conn, scenario_id)
    if draft is None:
        raise Problem(404, said("no_draft", id=scenario_id))
    return draft.document


def read(document: Mapping[str, Any]) -> Scenario:
    """The scenario; 422 with `problems` where it does not read.  Raises Problem."""
    try:
        return from_json(document, "")
    except ScenarioError as error:
        told = [one.model_dump() for one in problems_out(problems_of(error))]
        raise Problem(422, error.text, field="document", more={"problems": told}) from None
