"""What the editor asks that belongs to no scenario: the node kinds, ready scenarios, the check and the walk."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from oklik.campaigns.ready_scenarios import ready_scenarios
from oklik.campaigns.rows import run
from oklik.campaigns.tokens import Scope
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.drafting import Review
from oklik.scenario.palette import palette
from oklik_web.access import allowed
from oklik_web.bodies import takes
from oklik_web.judging import SCENARIO_BYTES, Document, IssueOut, JudgedOut, judge, judged_out, keepable, recorded_names
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Id
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
@takes(most=SCENARIO_BYTES)
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
