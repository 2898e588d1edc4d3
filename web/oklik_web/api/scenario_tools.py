"""What the editor asks that belongs to no scenario: the node kinds, ready scenarios, the check and the walk."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import after_this_request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from oklik.campaigns.ready_scenarios import ready_scenarios
from oklik.campaigns.rows import run
from oklik.campaigns.tokens import Scope
from oklik.dialing.zones import tzinfo
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.drafting import Review
from oklik.scenario.exploring.report import Way
from oklik.scenario.palette import palette
from oklik_web.access import accepts, allowed
from oklik_web.built import gzipped
from oklik_web.judging import (
    JSON,
    SCENARIO_BYTES,
    Document,
    IssueOut,
    JudgedOut,
    judge,
    judged_out,
    keepable,
    problems_out,
    recorded_names,
)
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, DayIn, Id
from oklik_web.walking import WalkFailed, walk
from oklik_web.words import language, said

blueprint = APIBlueprint("scenario_tools", __name__)


class GroupOut(BaseModel):
    """A part of the palette, with its kinds in order."""

    code: str
    title: str
    kinds: list[str]


class ExitsRuleOut(BaseModel):
    """Which exits a node has: `fixed` ones, and one for each item of the field `from`.

    each: the item's own field that names its exit; "" where the item itself is the name.
    """

    model_config = {"populate_by_name": True}

    fixed: list[dict[str, str]]
    from_: Annotated[str | None, Field(alias="from")]
    each: str | None


class KindOut(BaseModel):
    """A node kind.  schema: JSON Schema of such a node, titles and helps in the language of the answer.

    In the schema `x-oklik` holds widget and choices of a field.  silent: the person hears nothing of it.
    """

    model_config = {"populate_by_name": True, "protected_namespaces": ()}

    title: str
    help: str
    icon: str
    group: str
    silent: bool
    example: dict[str, Any]
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    exits: ExitsRuleOut


class NodeKindsOut(BaseModel):
    """All kinds; scenario: JSON Schema of the whole document's own fields."""

    groups: list[GroupOut]
    kinds: dict[str, KindOut]
    scenario: dict[str, Any]


class TemplateOut(BaseModel):
    """A ready scenario."""

    code: str
    title: str
    description: str
    languages: list[str]
    nodes: int


class TemplatesOut(BaseModel):
    """All of them."""

    templates: list[TemplateOut]


class CheckIn(Body):
    """A document.  list: a contact list, whose columns it is to fit."""

    document: Document
    list: Id | None = None


class ExploreIn(Body):
    """A document.  today: of the calls, by default that of the office."""

    document: Document
    today: DayIn | None = None


class ExitOfOut(BaseModel):
    """An exit that no call takes."""

    node: str
    exit: str


class CallOut(BaseModel):
    """A call.  keys: what the person does, as `oklik scenario simulate --keys` takes it; nodes: in order."""

    contact: dict[str, str]
    language: str
    keys: str
    nodes: list[str]


class DeadEndOut(BaseModel):
    """Something wrong.  node: "" when it has no single place; call: the shortest that comes to it."""

    node: str
    code: str
    sentence: str
    call: CallOut | None


class ExploredOut(BaseModel):
    """What a walk through all calls has found.

    paths: different calls without circles; complete: nothing was left out; never_reached: nodes; not_taken: exits.
    longest_s: of the longest call.
    """

    paths: int
    complete: bool
    dead_ends: list[DeadEndOut]
    never_reached: list[str]
    not_taken: list[ExitOfOut]
    longest_s: float
    longest: CallOut | None
    endings: dict[str, int]


@blueprint.get("/node-kinds")
@allowed(Scope.SCENARIOS_READ)
@blueprint.output(NodeKindsOut)
def node_kinds() -> dict[str, Any]:
    """Give all node kinds, for palettes and forms."""
    found = palette(language())
    kinds = {
        name: KindOut(
            **{field: one[field] for field in ("title", "help", "icon", "group", "silent", "example")},
            schema_=one["schema"],
            exits=ExitsRuleOut(fixed=one["fixed"], from_=one["from"], each=one["each"]),
        )
        for name, one in found["kinds"].items()
    }
    after_this_request(gzipped)  # the same for everybody, and a third of the editor's first load
    made = NodeKindsOut(groups=found["groups"], kinds=kinds, scenario=found["scenario"])
    return made.model_dump(mode="json", by_alias=True)


@blueprint.get("/scenario-templates")
@allowed(Scope.SCENARIOS_READ)
@blueprint.output(TemplatesOut)
def templates() -> TemplatesOut:
    """List the ready scenarios that a new one may begin as."""
    spoken = language()
    return TemplatesOut(
        templates=[
            TemplateOut(
                code=one.code,
                title=one.title[spoken],
                description=one.description[spoken],
                languages=list(one.documents),
                nodes=one.nodes,
            )
            for one in ready_scenarios().values()
        ]
    )


@blueprint.post("/scenarios/check")
@allowed(Scope.SCENARIOS_READ)
@accepts(JSON, SCENARIO_BYTES)
@blueprint.input(CheckIn)
@blueprint.output(JudgedOut)
def check(json_data: CheckIn) -> JudgedOut:
    """Check a document.  Keeps nothing."""
    keepable(json_data.document)
    with running().engine.connect() as conn:
        headers = None if json_data.list is None else _headers(conn, json_data.list)
        recorded = recorded_names(conn)
    found = judge(json_data.document, recorded)
    told = judged_out(found)
    if headers is not None:
        told.issues += _columns(found, headers)
    return told


@blueprint.post("/scenarios/explore")
@allowed(Scope.SCENARIOS_READ)
@accepts(JSON, SCENARIO_BYTES)
@blueprint.input(ExploreIn)
@blueprint.output(ExploredOut)
def explore(json_data: ExploreIn) -> ExploredOut:
    """Walk through all calls of a document, for some seconds at most.  422 with `problems` where it does not read."""
    keepable(json_data.document)
    app = running()
    today = json_data.today or app.clock.now().astimezone(tzinfo(app.settings.zone)).date()
    try:
        found = walk(json_data.document, today)
    except WalkFailed:
        raise Problem(422, said("walk_failed"), field="document") from None
    if isinstance(found, list):
        told = [one.model_dump() for one in problems_out(found)]
        raise Problem(422, found[0].text, field="document", more={"problems": told})
    spoken = language()
    ends = [
        DeadEndOut(node=one.node, code=one.code, sentence=one.text[spoken], call=_call(one.way))
        for one in found.findings
    ]
    return ExploredOut(
        paths=found.ways,
        complete=found.complete,
        dead_ends=ends,
        never_reached=list(found.never_reached),
        not_taken=[ExitOfOut(node=node, exit=name) for node, name in found.not_taken],
        longest_s=found.longest_s,
        longest=_call(found.longest),
        endings=found.endings,
    )


def _call(way: Way | None) -> CallOut | None:
    if way is None:
        return None
    return CallOut(contact=way.contact, language=way.language, keys=way.keys, nodes=list(way.nodes))


def _headers(conn: Connection, list_id: int) -> list[str]:
    """The columns of a list.  Raises Problem."""
    row = run(conn, "SELECT columns FROM contact_list WHERE id = :id", id=list_id).first()
    if row is None:
        raise Problem(422, said("no_list", id=list_id), field="list")
    return [str(one) for one in row.columns]


def _columns(found: Review, headers: list[str]) -> list[IssueOut]:
    if found.scenario is None:
        return []
    try:
        match(found.scenario, headers)
    except ColumnsMissing as error:
        told = {"code": "columns_missing", "severity": "error", "sentence": error.text[language()]}
        return [IssueOut(node=None, field="columns", **told)]
    return []
