"""The numbering register: what is here of it, and what it tells of a number."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel

from oklik.campaigns.numbering import look
from oklik.campaigns.numbering_state import register
from oklik.campaigns.tokens import Scope
from oklik.dialing.destinations import parse_destinations
from oklik.dialing.sentences import sentence
from oklik.dialing.zones import ZoneError, parse_base
from oklik.messages import say
from oklik_web.access import allowed
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Moment, Number, Words, number_of
from oklik_web.words import language, said

blueprint = APIBlueprint("numbering", __name__, url_prefix="/numbering")


class LookIn(Body):
    """A number.  zone: zone or region of the list, which decides where nothing surer tells."""

    number: Number
    zone: Words | None = None


class RefusedOut(BaseModel):
    """The rule against dialing it at all, whatever the campaign."""

    rule: str
    args: dict[str, Any]
    why: str


class LookOut(BaseModel):
    """What is known of a number.  rule: what decides its zones (plan, prefix, base, possible), and so in words.

    refused: the guard against toll fraud denies it; None: it does not.
    """

    number: E164
    country: str
    kind: str
    operator: str
    region: str
    zones: list[str]
    rule: str
    told: str
    refused: RefusedOut | None


class RegisterFileOut(BaseModel):
    """One of the register's files, and the file that it came from."""

    name: str
    source: str
    ranges: int
    imported_at: Moment


class RegisterOut(BaseModel):
    """What is here of the register.  version: of the plan by which calls are judged; None: there is none."""

    version: str | None
    ranges: int
    files: list[RegisterFileOut]


@blueprint.get("")
@allowed(Scope.NUMBERING_READ)
@blueprint.output(RegisterOut)
def state() -> RegisterOut:
    """Say which files of the register are here, and since when."""
    with running().engine.connect() as conn:
        return RegisterOut.model_validate(register(conn), from_attributes=True)


@blueprint.post("/look")
@allowed(Scope.NUMBERING_READ)
@blueprint.input(LookIn)
@blueprint.output(LookOut)
def look_up(json_data: LookIn) -> dict[str, Any]:
    """Say what is known of a number, and what decides its time zone.  POST, for numbers do not stand in addresses."""
    number = number_of(json_data.number, "number")
    try:
        base = None if json_data.zone is None else parse_base(json_data.zone)
    except ZoneError:
        raise Problem(422, said("bad_zone", given=json_data.zone), field="zone") from None
    app = running()
    with app.engine.connect() as conn:
        found = look(conn, number, base).to_json()
    denied = parse_destinations(app.settings.destinations).refuses(number)
    told = say(f"look_rule_{found['rule']}", language())
    refused = denied and {"rule": denied[0], "args": denied[1], "why": sentence(*denied, language())}
    return {**found, "told": told, "refused": refused}
