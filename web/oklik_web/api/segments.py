"""Segments of lists: conditions on columns, tried, saved, counted."""

from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import segments
from oklik.campaigns.list_layout import layout_of
from oklik.campaigns.list_pages import contact_line
from oklik.campaigns.segments import LOOK, MOST_CONDITIONS, NAME_MAX, START, VALUE_MAX, Condition, Definition, Saved
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.api.lists import PAGE, ContactLineOut, line_out, mark_of, written
from oklik_web.changing import Change, changing
from oklik_web.list_problems import handle
from oklik_web.running import running
from oklik_web.shapes import Body, Moment

blueprint = APIBlueprint("segments", __name__)
handle(blueprint)

Op = Literal["equals", "not_equals", "contains", "less", "at_most", "more", "at_least", "filled", "empty"]
Type = Literal["text", "number", "money", "date", "time"]


class SegmentConditionIn(Body):
    """A condition on a column.  type: how its cells and the value are read, as in a scenario's columns."""

    column: Annotated[str, Field(min_length=1, max_length=500)]
    op: Op
    value: Annotated[str, Field(max_length=VALUE_MAX)] = ""
    type: Type = "text"


class DefinitionIn(Body):
    """Conditions.  match: all of them, or any; language: decides what «1,234» is."""

    conditions: Annotated[list[SegmentConditionIn], Field(min_length=1, max_length=MOST_CONDITIONS)]
    match: Literal["all", "any"] = "all"
    language: Literal["ru", "en"] = "ru"

    def definition(self) -> Definition:
        """As the use case takes it."""
        conditions = tuple(Condition(one.column, one.op, one.value, one.type) for one in self.conditions)
        return Definition(conditions, self.match, self.language)


class SegmentIn(DefinitionIn):
    """A segment to be saved; one of this name is replaced."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]


class SegmentLookIn(DefinitionIn):
    """Where to go on.  after: what `next` before was."""

    after: Annotated[str | None, Field(max_length=100)] = None


class SegmentConditionOut(BaseModel):
    """A condition on a column."""

    column: str
    op: str
    value: str
    type: str


class SegmentOut(BaseModel):
    """A saved segment."""

    id: int
    list_id: int
    name: str
    conditions: list[SegmentConditionOut]
    match: str
    language: str
    created_by: str
    created_at: Moment


class SegmentsOut(BaseModel):
    """Segments by name."""

    segments: list[SegmentOut]


class LookedOut(BaseModel):
    """Contacts that satisfy the conditions, of the next rows.  next: for `after`; None: the list is over."""

    contacts: list[ContactLineOut]
    next: str | None


class CountedOut(BaseModel):
    """How many of the next rows satisfy the conditions; add them up until next is None."""

    count: int
    next: str | None


@blueprint.get("/lists/<int:list_id>/segments")
@allowed(Scope.LISTS_READ)
@blueprint.output(SegmentsOut)
def saved(list_id: int) -> SegmentsOut:
    """Give the saved segments of a list."""
    with running().engine.connect() as conn:
        layout_of(conn, list_id)
        return SegmentsOut(segments=[_out(one) for one in segments.segments_of(conn, list_id)])


@blueprint.post("/lists/<int:list_id>/segments")
@allowed(Scope.LISTS_WRITE)
@blueprint.input(SegmentIn)
@blueprint.output(SegmentOut)
@changing
def save(change: Change, list_id: int, json_data: SegmentIn) -> SegmentOut:
    """Save a segment.  It is not a copy: whoever satisfies it is found anew each time."""
    segment_id = segments.save_segment(
        change.conn, list_id, json_data.name, json_data.definition(), by=change.actor.who, now=change.now
    )
    change.note("segments.save", str(segment_id), {"list": list_id, **json_data.model_dump()})
    return _out(segments.segment(change.conn, segment_id))


@blueprint.post("/segments/<int:segment_id>/delete")
@allowed(Scope.LISTS_WRITE)
@blueprint.output(SegmentOut)
@changing
def delete(change: Change, segment_id: int) -> SegmentOut:
    """Forget a segment."""
    gone = segments.delete_segment(change.conn, segment_id)
    change.note("segments.delete", str(segment_id), {"list": gone.list_id, "name": gone.name})
    return _out(gone)


@blueprint.post("/lists/<int:list_id>/segments/try")
@allowed(Scope.LISTS_READ)
@blueprint.input(SegmentLookIn)
@blueprint.output(LookedOut)
def attempt(list_id: int, json_data: SegmentLookIn) -> LookedOut:
    """Show contacts that satisfy conditions, a piece of the list at a time."""
    found = _looked(list_id, json_data, PAGE)
    lines = [line_out(contact_line(list_id, row)) for row in found.rows]
    return LookedOut(contacts=lines, next=None if found.after is None else written(found.after))


@blueprint.post("/lists/<int:list_id>/segments/count")
@allowed(Scope.LISTS_READ)
@blueprint.input(SegmentLookIn)
@blueprint.output(CountedOut)
def count(list_id: int, json_data: SegmentLookIn) -> CountedOut:
    """Count, a piece of the list at a time."""
    found = _looked(list_id, json_data, LOOK)
    return CountedOut(count=len(found.rows), next=None if found.after is None else written(found.after))


def _looked(list_id: int, wanted: SegmentLookIn, most: int) -> segments.Looked:
    with running().engine.connect() as conn:
        definition = wanted.definition()
        segments.check_definition(definition, layout_of(conn, list_id).columns)
        after = mark_of(wanted.after) if wanted.after else START
        return segments.look(conn, list_id, definition, after=after, most=most)


def _out(one: Saved) -> SegmentOut:
    conditions = [
        SegmentConditionOut(column=c.column, op=c.op, value=c.value, type=c.type) for c in one.definition.conditions
    ]
    return SegmentOut(
        id=one.id,
        list_id=one.list_id,
        name=one.name,
        conditions=conditions,
        match=one.definition.match,
        language=one.definition.language,
        created_by=one.created_by,
        created_at=one.created_at,
    )
