"""Test calls of trunks: a phone of ours rings through exactly that one, keys are said back, their way is told."""

from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import gateways, trunk_tests
from oklik.campaigns.gateways import GatewayFault, Kept
from oklik.campaigns.tokens import Scope
from oklik.campaigns.trunk_tests import Seen, TrialRefused
from oklik.campaigns.trunks import NoSuchTrunk
from oklik.dialing.gateways import Dtmf
from oklik.reports.cause_words import cause_lines
from oklik.speech.voices import VoicesError
from oklik.store.deferring import SPEAK_TRUNK_TEST, defer
from oklik_web import gateway_files
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Moment, Number, number_of
from oklik_web.speaking import NoSpeech, speaker
from oklik_web.texts import text_in
from oklik_web.words import language, said

blueprint = APIBlueprint("trunk_tests", __name__)

Name = Annotated[str, Field(min_length=1, max_length=100)]


class TrunkTestIn(Body):
    """A test call.  phone: that rings, one of the confirmed phones for tests; language: in which keys are said back."""

    trunk: Name
    phone: Number
    language: Literal["ru", "en"] | None = None


class KeyHeardOut(BaseModel):
    """A key.  ways: how it came: rfc2833, info, inband, other; at_s: seconds after the answer."""

    key: str
    ways: list[str]
    at_s: float


class TrunkTestOut(BaseModel):
    """How a test call stands.

    state: preparing (what it says is being spoken), asked (a dialer will take it), dialing, ringing, answered, done,
    denied, failed, expired.  sentence: the gate's denial.  keys: in order.  ways: in which keys came; works: the way
    the trunk should be set to, null while no key has told; configured: as it was set then, "" where it is not ours to
    set.  virtual: the virtual switch served it.  cause, q850, sip_status: the end as the switch tells it; explained,
    advice: in words.
    """

    id: int
    trunk: str
    phone: E164
    by: str
    at: Moment
    state: str
    over: bool
    node: str | None
    virtual: bool | None
    sentence: str | None
    keys: list[KeyHeardOut]
    ways: list[str]
    works: Dtmf | None
    configured: str
    answered_at: Moment | None
    ended_at: Moment | None
    cause: str | None
    q850: int | None
    sip_status: int | None
    hangup_by: str | None
    explained: str | None
    advice: str | None
    fault: str | None


class KeysModeIn(Body):
    """How keys travel on a trunk whose gateway was filled in here."""

    name: Name
    dtmf: Dtmf


class KeysModeOut(BaseModel):
    """How they travel from now on."""

    name: str
    dtmf: Dtmf


@blueprint.post("/trunks/tests")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(TrunkTestIn)
@blueprint.output(TrunkTestOut)
@changing
def begin(change: Change, json_data: TrunkTestIn) -> TrunkTestOut:
    """Order a test call.  409 while another one of this trunk is under way.

    A dialer asks the gate within a moment; what nobody serves in two minutes is never made.
    """
    spoken = json_data.language or language()
    number = begun(change, json_data.trunk, number_of(json_data.phone, "phone"), spoken)
    return told(_seen(trunk_tests.look(change.conn, number, change.now), number))


@blueprint.get("/trunks/tests/<int:test_id>")
@allowed(Scope.TRUNKS_READ)
@blueprint.output(TrunkTestOut)
def state(test_id: int) -> TrunkTestOut:
    """Say how a test call stands."""
    app = running()
    with app.engine.connect() as conn:
        found = trunk_tests.look(conn, test_id, app.clock.now()) if test_id < 2**63 else None
    return told(_seen(found, test_id))


@blueprint.post("/trunks/gateways/keys")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(KeysModeIn)
@blueprint.output(KeysModeOut)
@changing
def set_keys(change: Change, json_data: KeysModeIn) -> KeysModeOut:
    """Set how keys travel on a trunk, and leave all else; the switch takes it up by itself, calls go on."""
    kept = keys_set(change, json_data.name, json_data.dtmf)
    return KeysModeOut(name=kept.trunk, dtmf=kept.gateway.dtmf)


# -- what pages do, too -----------------------------------------------------------------------------------------


def begun(change: Change, trunk: str, number: str, spoken: str) -> int:
    """Order a test call and give its number.  number: E.164.  Raises Problem."""
    try:
        voice = speaker().chosen(spoken)
        found = trunk_tests.order(change.conn, trunk, number, spoken, voice.to_json(), change.actor.who, change.now)
    except TrialRefused as error:
        raise Problem(409 if error.busy else 422, error.text, field="trunk") from None
    except (NoSpeech, VoicesError) as error:
        text = error.text if isinstance(error, NoSpeech) else {"ru": str(error), "en": str(error)}
        raise Problem(409, text) from None
    defer(change.conn, SPEAK_TRUNK_TEST, test_id=found)
    change.note("trunks.test", trunk, {"test": found, "number": number})
    return found


def keys_set(change: Change, name: str, dtmf: Dtmf) -> Kept:
    """Set how keys travel.  Raises Problem."""
    try:
        kept = gateways.set_dtmf(change.conn, name, dtmf, change.now)
        gateway_files.put(kept, "")
    except (NoSuchTrunk, GatewayFault) as error:
        raise Problem(422, error.text, field="name") from None
    change.note("trunks.keys", name, {"dtmf": str(dtmf)})
    return kept


def told(seen: Seen) -> TrunkTestOut:
    """Give a test in words of the language of this request."""
    spoken = language()
    explained, advice = _explained(seen, spoken)
    same = ("id", "trunk", "by", "at", "state", "over", "node", "virtual", "works", "answered_at", "ended_at")
    return TrunkTestOut(
        **{name: getattr(seen, name) for name in (*same, "cause", "q850", "sip_status", "hangup_by", "fault")},
        phone=seen.number,
        sentence=seen.sentence(spoken),
        keys=[KeyHeardOut(key=one.key, ways=list(one.ways), at_s=one.at_s) for one in seen.keys],
        ways=list(seen.ways),
        configured=seen.dtmf,
        explained=explained,
        advice=advice,
    )


def _explained(seen: Seen, spoken: str) -> tuple[str | None, str | None]:
    """Why it ended, and what can be done."""
    if seen.state == "failed":
        fault = (seen.fault or "lost").partition(":")[0]
        key = f"fault_{fault}" if fault in {"no_line", "no_speech", "lost"} else "fault_other"
        return text_in(spoken, f"trunk_tests.{key}", why=seen.fault or ""), None
    if seen.state != "done" or seen.cause is None:
        return None, None
    if seen.cause == "OKLIK_BAD_ARGUMENT":
        return text_in(spoken, "trunk_tests.old_guard"), text_in(spoken, "trunk_tests.old_guard_advice")
    if seen.answered_at is not None:
        who = seen.hangup_by if seen.hangup_by in {"us", "person"} else "other"
        return text_in(spoken, f"trunk_tests.ended_{who}"), None
    code = f"{seen.cause} {seen.sip_status}" if seen.sip_status else seen.cause
    line = cause_lines({code: 1}, spoken)[0]
    return line.title, line.advice if line.trouble else None  # other advice is about lists


def _seen(found: Seen | None, test_id: int) -> Seen:
    if found is None:
        raise Problem(404, said("no_trunk_test", id=test_id))
    return found
