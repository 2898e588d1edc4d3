"""The audit: who changed what."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns.tokens import Scope
from oklik.reports import audit_log
from oklik_web.access import allowed
from oklik_web.running import running
from oklik_web.shapes import Body, Id, Moment, MomentIn

blueprint = APIBlueprint("audit", __name__, url_prefix="/audit")

PAGE, MOST = 50, 500
Part = Annotated[str | None, Field(max_length=200)]


class AuditIn(Body):
    """Which changes.  who: with or without user: or token:; action: whole or its topic; subject: a part of it.

    before: what `next` of the page before was.
    """

    who: Part = None
    action: Part = None
    subject: Part = None
    since: MomentIn | None = None
    until: MomentIn | None = None
    before: Id | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = PAGE


class AuditEntryOut(BaseModel):
    """A change.  via: api, web or command; details: what was asked for and what came of it."""

    id: int
    at: Moment
    who: str
    via: str
    address: str | None
    action: str
    subject: str
    details: dict[str, Any]


class AuditOut(BaseModel):
    """Changes, the latest first.  next: for `before` of the next page; null: that was all."""

    entries: list[AuditEntryOut]
    next: int | None


@blueprint.post("/list")
@allowed(Scope.AUDIT_READ)
@blueprint.input(AuditIn)
@blueprint.output(AuditOut)
def show(json_data: AuditIn) -> AuditOut:
    """List changes, page by page; a subject may be a number, which never stands in an address."""
    wanted = json_data
    with running().engine.connect() as conn:
        found = audit_log.entries(
            conn,
            who=wanted.who,
            action=wanted.action,
            subject=wanted.subject,
            since=wanted.since,
            until=wanted.until,
            before=wanted.before,
            most=wanted.limit + 1,
        )
    shown = found[: wanted.limit]
    told = [AuditEntryOut(**{name: getattr(one, name) for name in AuditEntryOut.model_fields}) for one in shown]
    return AuditOut(entries=told, next=shown[-1].id if len(found) > wanted.limit else None)
