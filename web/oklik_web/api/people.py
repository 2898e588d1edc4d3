"""People in running campaigns: who has paid is taken out, contacts made elsewhere are told and count."""

from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns.exclusions import NotExcluded, take_back
from oklik.campaigns.outside_contacts import BadContact, OutsideContact, check, put_contacts
from oklik.campaigns.removal import Reason, Who, remove
from oklik.campaigns.tokens import Scope
from oklik.dialing.elsewhere import OutsideKind
from oklik.dialing.law.shapes import Purpose
from oklik.messages import both
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.shapes import Body, Id, MomentIn, Number, Words, number_of
from oklik_web.whom import PersonIn, Project, check_campaign, exactly_one, person_of, project_of
from oklik_web.words import said

blueprint = APIBlueprint("people", __name__, url_prefix="/people")

MOST = 1_000  # people, or contacts, in a request
LONGEST_S = 86_400


class WhoIn(Body):
    """Somebody by exactly one of: the customer's key, a phone, the number of a contract."""

    key: Words | None = None
    number: Number | None = None
    contract: Words | None = None


class RemoveIn(Body):
    """Who is taken out, and of what: one campaign, those of a project, or everywhere; else of the only project."""

    people: Annotated[list[WhoIn], Field(min_length=1, max_length=MOST)]
    reason: Reason = Reason.PAID
    campaign: Id | None = None
    project: Project = None
    everywhere: bool = False


class ReadmitIn(PersonIn):
    """Somebody who was taken out as bankrupt.  project: where they are to be called again; without it, everywhere."""

    reason: Words


class ReadmittedOut(BaseModel):
    """returned: planned calls that come back; over: contacts of campaigns that are over, which stay as they are."""

    returned: int
    over: int


class NobodyOut(BaseModel):
    """One of whom nothing is known.  place: in the request, from 0."""

    place: int
    who: str


class RemovedOut(BaseModel):
    """people: found; ended: planned calls that are no more; up: calls that go on to their end, and nothing follows."""

    people: int
    ended: int
    up: int
    nobody: list[NobodyOut]


class ContactIn(Body):
    """A contact made elsewhere: with a key, a number, or both.  talk: they were spoken to, or the message reached them.

    seconds: how long it took.  external_id: the source's own number of it, by which it is kept once.
    """

    at: MomentIn
    kind: OutsideKind
    talk: bool
    purpose: Purpose
    key: Words | None = None
    number: Number | None = None
    seconds: Annotated[int | None, Field(ge=0, le=LONGEST_S)] = None
    note: Annotated[str, Field(max_length=1_000)] = ""
    source: Words = "api"
    external_id: Annotated[str, Field(max_length=200)] = ""


class ContactsIn(Body):
    """Contacts; all are kept or none.  project: whose keys they name."""

    contacts: Annotated[list[ContactIn], Field(min_length=1, max_length=MOST)]
    project: Project = None


class ContactsKeptOut(BaseModel):
    """added: new ones; known: kept already."""

    added: int
    known: int


@blueprint.post("/remove")
@allowed(Scope.PEOPLE_WRITE)
@blueprint.input(RemoveIn)
@blueprint.output(RemovedOut)
@changing
def take_out(change: Change, json_data: RemoveIn) -> RemovedOut:
    """Take people out of running campaigns with all their phones and contracts: they have paid, dispute, are bankrupt.

    Within a second nobody calls them any more.  Somebody unknown is told, and the others are taken out.
    """
    whos = [_who(one, place) for place, one in enumerate(json_data.people)]
    project, campaign = _where(change, json_data)
    where = {"project_id": project, "campaign_id": campaign}
    done = remove(change.conn, whos, json_data.reason, change.now, by=change.actor.who, **where)
    named = [one.key or one.number or one.contract for one in whos]
    told = {"people": named, "reason": str(json_data.reason), "campaign": campaign, "project": project}
    change.note("people.remove", f"{len(whos)} people", {**told, "ended": done.ended, "up": done.up})
    return RemovedOut(
        people=done.people,
        ended=done.ended,
        up=done.up,
        nobody=[NobodyOut(place=one.row, who=one.key or one.number or one.contract) for one in done.nobody],
    )


@blueprint.post("/readmit")
@allowed(Scope.PEOPLE_WRITE)
@blueprint.input(ReadmitIn)
@blueprint.output(ReadmittedOut)
@changing
def readmit(change: Change, json_data: ReadmitIn) -> ReadmittedOut:
    """Let somebody be called again who was taken out as bankrupt; who did it, when and why is kept."""
    person = person_of(change.conn, json_data)
    project = None if json_data.project is None else project_of(change.conn, json_data.project)
    who = {"by": change.actor.who, "why": json_data.reason}
    try:
        back = take_back(change.conn, person.people, change.now, project_id=project, **who)
    except NotExcluded:
        raise Problem(409, said("not_excluded", who=person.asked)) from None
    change.note("people.readmit", person.asked, {"reason": json_data.reason, "returned": back.back})
    return ReadmittedOut(returned=back.back, over=back.over)


@blueprint.post("/contacts/add")
@allowed(Scope.PEOPLE_WRITE)
@blueprint.input(ContactsIn)
@blueprint.output(ContactsKeptOut)
@changing
def add_contacts(change: Change, json_data: ContactsIn) -> ContactsKeptOut:
    """Tell of contacts made elsewhere (1C, mobiles, SMS, visits, another dialer).

    From the next call on they count for the person's limits.  The same contact again is known and changes nothing.
    """
    contacts = [_contact(change, one, f"contacts.{place}") for place, one in enumerate(json_data.contacts)]
    project = project_of(change.conn, json_data.project, make=True)
    kept = put_contacts(change.conn, project, contacts, change.now)
    people = sorted({one.key or one.number for one in contacts})
    told = {"people": people, "added": kept.added, "known": kept.known, "project": project}
    change.note("people.contacts.add", f"{len(contacts)} contacts", told)
    return ContactsKeptOut(added=kept.added, known=kept.known)


def _who(one: WhoIn, place: int) -> Who:
    exactly_one({"key": one.key, "number": one.number, "contract": one.contract}, f"people.{place}")
    number = number_of(one.number, f"people.{place}.number") if one.number else ""
    return Who(key=one.key or "", number=number, contract=one.contract or "", row=place)


def _where(change: Change, wanted: RemoveIn) -> tuple[int | None, int | None]:
    """The project and the campaign that are meant; None: all."""
    if (wanted.campaign is not None) + (wanted.project is not None) + wanted.everywhere > 1:
        raise Problem(422, said("two_places"), field="everywhere" if wanted.everywhere else "project")
    if wanted.everywhere:
        return None, None
    if wanted.campaign is not None:
        check_campaign(change.conn, wanted.campaign, field="campaign")
        return None, wanted.campaign
    return project_of(change.conn, wanted.project), None


def _contact(change: Change, one: ContactIn, field: str) -> OutsideContact:
    contact = OutsideContact(
        at=one.at,
        kind=one.kind,
        talk=one.talk,
        purpose=one.purpose,
        key=one.key or "",
        number=number_of(one.number, f"{field}.number") if one.number else "",
        seconds=one.seconds,
        note=one.note,
        source=one.source,
        external_id=one.external_id,
    )
    try:
        check(contact, change.now)
    except BadContact as error:
        name = {"no_person": "key", "future": "at"}.get(error.code, "number")
        detail = one.at.isoformat() if name == "at" else one.number or ""
        raise Problem(422, both(f"contact_{error.code}", detail=detail), field=f"{field}.{name}") from None
    return contact
