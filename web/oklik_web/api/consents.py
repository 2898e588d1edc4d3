"""Consents to calls: given, taken back, shown."""

from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import consent_pages, consents
from oklik.campaigns.consents import Given, Kept
from oklik.campaigns.tokens import Scope
from oklik.dialing.law.shapes import Purpose
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Id, Moment, MomentIn, Number, OneNumber, Words, number_of

blueprint = APIBlueprint("consents", __name__, url_prefix="/consents")

ConsentPurpose = Purpose | Literal["third_persons"]
MOST = 1_000  # consents in a request
TEXT_CHARACTERS = 20_000


class ConsentIn(Body):
    """A consent.  given_at: when the person gave it, not when it is sent.  text or text_version must be there.

    purpose third_persons: to calls at phones of relatives and others; number: the person's own (then all such phones
    on their rows) or one of those phones.

    person_key: the customer's key, where the consent is that person's alone and not of whoever bears the number.
    """

    number: Number
    purpose: ConsentPurpose
    source: Words
    given_at: MomentIn
    text_version: Annotated[str, Field(max_length=100)] = ""
    text: Annotated[str | None, Field(min_length=1, max_length=TEXT_CHARACTERS)] = None
    person_key: Words | None = None


class ConsentsIn(Body):
    """Consents; all are kept or none."""

    consents: Annotated[list[ConsentIn], Field(min_length=1, max_length=MOST)]


class ConsentsKeptOut(BaseModel):
    """added: new ones; known: kept already.

    returned: contacts that were not called for want of these consents and are now; over: those that are not, for their
    campaign is over.
    """

    added: int
    known: int
    returned: int
    over: int


class RevokeIn(Body):
    """What is taken back: all consents of a number, or those of one purpose or one person.  at: when; None: now."""

    number: Number
    source: Words
    purpose: ConsentPurpose | None = None
    person_key: Words | None = None
    at: MomentIn | None = None


class ConsentOut(BaseModel):
    """A consent as it stands.  holds: it counts now."""

    id: int
    holds: bool
    number: E164 | None
    person_key: str | None
    purpose: str
    source: str
    text_version: str
    text_digest: str | None
    text: str | None
    given_at: Moment
    recorded_by: str
    recorded_at: Moment | None
    revoked_at: Moment | None
    revoked_source: str | None
    revoked_by: str | None
    revoke_recorded_at: Moment | None


class ConsentsOut(BaseModel):
    """Consents, oldest first."""

    consents: list[ConsentOut]


class ConsentPageIn(Body):
    """A page.  after: what `next` of the page before was."""

    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class ConsentPageOut(BaseModel):
    """Consents, the latest first.  next: for `after`; None: that was all."""

    consents: list[ConsentOut]
    next: int | None


@blueprint.post("/add")
@allowed(Scope.CONSENTS_WRITE)
@blueprint.input(ConsentsIn)
@blueprint.output(ConsentsKeptOut)
@changing
def add(change: Change, json_data: ConsentsIn) -> ConsentsKeptOut:
    """Keep consents.  The same consent again is known and changes nothing.

    Contacts that were not called for want of them are called within a second, in campaigns that are not over.
    """
    given = [
        Given(
            number=number_of(one.number, f"consents.{place}.number"),
            purpose=str(one.purpose),
            source=one.source,
            given_at=one.given_at,
            text_version=one.text_version,
            text=one.text,
            person_key=one.person_key,
        )
        for place, one in enumerate(json_data.consents)
    ]
    done = consents.add(change.conn, given, recorded_by=change.actor.who, now=change.now)
    numbers = sorted({one.number for one in given})
    counts = {"added": done.added, "known": done.known}
    change.note("consents.add", f"{len(numbers)} numbers", {"numbers": numbers, **counts})
    return ConsentsKeptOut(**counts, returned=done.returned.back, over=done.returned.over)


@blueprint.post("/revoke")
@allowed(Scope.CONSENTS_WRITE)
@blueprint.input(RevokeIn)
@blueprint.output(ConsentsOut)
@changing
def revoke(change: Change, json_data: RevokeIn) -> ConsentsOut:
    """Take consents back.  Within a second nobody calls the number for a purpose that needs consent."""
    number = number_of(json_data.number, "number")
    gone = consents.revoke(
        change.conn,
        number,
        source=json_data.source,
        recorded_by=change.actor.who,
        now=change.now,
        purpose=str(json_data.purpose) if json_data.purpose else None,
        person_key=json_data.person_key,
        at=json_data.at,
    )
    change.note("consents.revoke", number, {"source": json_data.source, "ids": [one.id for one in gone]})
    return ConsentsOut(consents=[_told(one, holds=False) for one in gone])


@blueprint.get("")
@allowed(Scope.CONSENTS_READ)
@blueprint.input(ConsentPageIn, location="query")
@blueprint.output(ConsentPageOut)
def latest(query_data: ConsentPageIn) -> ConsentPageOut:
    """Give consents page by page, those written down last first; their texts are told by /list."""
    app = running()
    with app.engine.connect() as conn:
        found, end = consent_pages.page(conn, after=query_data.after, most=query_data.limit)
    return ConsentPageOut(consents=[_told(one, holds=one.holds(app.clock.now())) for one in found], next=end)


@blueprint.post("/list")
@allowed(Scope.CONSENTS_READ)
@blueprint.input(OneNumber)
@blueprint.output(ConsentsOut)
def show(json_data: OneNumber) -> ConsentsOut:
    """Show the consents of a number, also those taken back.  POST, for numbers do not stand in addresses."""
    app = running()
    with app.engine.connect() as conn:
        found = consents.of_number(conn, number_of(json_data.number, "number"))
    return ConsentsOut(consents=[_told(one, holds=one.holds(app.clock.now())) for one in found])


def _told(one: Kept, *, holds: bool) -> ConsentOut:
    return ConsentOut(holds=holds, **{name: getattr(one, name) for name in one.__struct_fields__})
