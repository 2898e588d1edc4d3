"""The proof of a number: all that was allowed, refused and done, as it was written at the time."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from oklik.campaigns.tokens import Scope
from oklik.dialing.sentences import sentence
from oklik.reports.proof import Proof, read_proof
from oklik.reports.proof_sheet import write_proof
from oklik_web.access import allowed
from oklik_web.excel_answer import EXCEL_FILE, excel_answer
from oklik_web.running import running
from oklik_web.shapes import E164, Moment, OneNumber, number_of
from oklik_web.whom import SNAPSHOT
from oklik_web.words import language

blueprint = APIBlueprint("proof", __name__, url_prefix="/proof")


class ConsentFactOut(BaseModel):
    """A consent with its text."""

    purpose: str
    source: str
    given_at: Moment
    text_version: str
    text_digest: str | None
    text: str | None
    person_key: str | None
    recorded_by: str
    recorded_at: Moment | None
    revoked_at: Moment | None
    revoked_source: str | None
    revoked_by: str | None
    revoke_recorded_at: Moment | None


class StopFactOut(BaseModel):
    """Something that happened to the number on the stop list: added, repeated, removed."""

    at: Moment
    kind: str
    source: str
    reason: str
    recorded_by: str
    call_uuid: str | None


class CallFactOut(BaseModel):
    """A call to the number.  legal_until: the gate's yes held until then; virtual: a rehearsal, nobody was called."""

    at: Moment
    campaign: str
    purpose: str
    caller_id: str
    disposition: str | None
    talk_s: float | None
    hangup_by: str | None
    legal_until: Moment | None
    virtual: bool
    uuid: str


class RefusalOut(BaseModel):
    """A time when the gate said no.  why: the rule as a sentence; next_at: None for never in that campaign."""

    at: Moment
    campaign: str
    purpose: str
    rule: str
    args: dict[str, Any]
    why: str
    next_at: Moment | None
    virtual: bool


class ExclusionOut(BaseModel):
    """A mark of bankruptcy: nobody calls them.  project: None for all; taken_back_*: None while it holds."""

    at: Moment
    reason: str
    project: str | None
    recorded_by: str
    taken_back_at: Moment | None
    taken_back_by: str | None
    taken_back_why: str | None


class ProofOut(BaseModel):
    """All of it, oldest first."""

    number: E164
    at: Moment
    listed_since: Moment | None
    others_listed: list[E164]
    consents: list[ConsentFactOut]
    stop_list: list[StopFactOut]
    calls: list[CallFactOut]
    refusals: list[RefusalOut]
    exclusions: list[ExclusionOut]


@blueprint.post("")
@allowed(Scope.PROOF_READ)
@blueprint.input(OneNumber)
@blueprint.output(ProofOut)
def proof(json_data: OneNumber) -> dict[str, Any]:
    """Give consents with texts, the history on the stop list, every call and every refusal of one number."""
    told = _read(json_data).to_json()
    for one in told["refusals"]:
        one["why"] = sentence(one["rule"], one["args"], language())
    return told


@blueprint.post("/file")
@allowed(Scope.PROOF_READ)
@blueprint.input(OneNumber)
@blueprint.doc(responses=EXCEL_FILE)
def proof_file(json_data: OneNumber) -> Response:
    """Give the same as the Excel file that is printed and handed to a regulator."""
    found, zone = _read(json_data), running().settings.zone
    return excel_answer("proof.xlsx", lambda path: write_proof(found, path, zone=zone, language=language()))


def _read(wanted: OneNumber) -> Proof:
    app = running()
    number = number_of(wanted.number, "number")
    with app.engine.connect().execution_options(**SNAPSHOT) as conn:
        return read_proof(conn, number, app.clock.now())
