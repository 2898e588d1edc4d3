"""The journal of contacts with one person, for the regulator: as JSON, and as the file that is printed."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from oklik.campaigns.tokens import Scope
from oklik.reports.journal import Journal, read_journal
from oklik.reports.journal_sheets import write_journal
from oklik_web.access import allowed
from oklik_web.excel_answer import EXCEL_FILE, excel_answer
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import E164, DayIn, Moment
from oklik_web.whom import SNAPSHOT, PersonIn, person_of
from oklik_web.words import language, said

blueprint = APIBlueprint("journal", __name__, url_prefix="/people/journal")


class JournalIn(PersonIn):
    """Whose, and of which days, both included, by the person's own clock."""

    since: DayIn | None = None
    until: DayIn | None = None


class WhenOut(BaseModel):
    """A moment by the person's clock and in UTC."""

    local: Moment
    utc: Moment


class ContactOut(BaseModel):
    """A contact.  ours: made by us, else elsewhere; talk: they were spoken to; open: it is under way.

    allowed, allowed_until: the gate's yes to the call.  files: recordings, in the dialer's folder of them.
    """

    at: WhenOut
    kind: str
    ours: bool
    talk: bool
    purpose: str
    source: str
    number: str
    role: str
    caller_id: str
    contract: str
    disposition: str | None
    open: bool
    ring_s: float | None
    talk_s: float | None
    files: list[str]
    uuid: str
    note: str
    rehearsal: bool
    result: str
    allowed: WhenOut | None
    allowed_until: WhenOut | None


class DeniedOut(BaseModel):
    """A call that was not made, and why.  next_at: when it could be; None: never."""

    at: WhenOut
    campaign: str
    purpose: str
    rule: str
    args: dict[str, Any]
    next_at: WhenOut | None
    reason: str | None


class WishOut(BaseModel):
    """What the person wished, allowed or promised."""

    at: WhenOut
    kind: str
    about: str
    detail: str


class JournalOut(BaseModel):
    """All of it, each in the order of time.  numbers: every phone, and whose it is."""

    person: str
    numbers: dict[E164, str]
    zone: str
    zone_known: bool
    contacts: list[ContactOut]
    denied: list[DeniedOut]
    wishes: list[WishOut]


@blueprint.post("")
@allowed(Scope.JOURNAL_READ)
@blueprint.input(JournalIn)
@blueprint.output(JournalOut)
def journal(json_data: JournalIn) -> dict[str, Any]:
    """Give every contact with a person, every call that was denied, every wish.  Days keep it short."""
    return _read(json_data).to_json(language())


@blueprint.post("/file")
@allowed(Scope.JOURNAL_READ)
@blueprint.input(JournalIn)
@blueprint.doc(responses=EXCEL_FILE)
def file(json_data: JournalIn) -> Response:
    """Give the same as the file that is printed for the regulator."""
    found = _read(json_data)
    return excel_answer("journal.xlsx", lambda path: write_journal(found, path, language=language()))


def _read(wanted: JournalIn) -> Journal:
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise Problem(422, said("days_order"), field="since")
    app = running()
    with app.engine.connect().execution_options(**SNAPSHOT) as conn:
        person = person_of(conn, wanted)
        return read_journal(
            conn,
            person.people,
            asked=person.asked,
            number=person.number,
            days=(wanted.since, wanted.until),
            zone=app.settings.zone,
            now=app.clock.now(),
        )
