"""Gateways of trunks: what a carrier's letter says, filled in; the switch's file made of it; how the gateway is.

A password goes into the file and is kept nowhere else: no answer and no entry of the audit has it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, SecretStr

from oklik.campaigns import gateways, trunks
from oklik.campaigns.gateways import Filled, GatewayFault, Kept, NodeSeen
from oklik.campaigns.tokens import Scope
from oklik.campaigns.trunks import TrunkRefused
from oklik.dialing.gateways import CallerIdRule, Condition, Dtmf, Login, NumberForm, condition, name_of
from oklik.reports.dialers import SILENT_S
from oklik.telephony import gateway_file
from oklik_web import gateway_files
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment, Version

blueprint = APIBlueprint("gateways", __name__)

Name = Annotated[str, Field(min_length=1, max_length=100)]
Money = Annotated[Decimal | None, Field(ge=0, max_digits=18, decimal_places=4)]
Password = Annotated[SecretStr, Field(max_length=200)]


class GatewayIn(Body):
    """A trunk and its gateway.  What is left out has its default: this is the whole, and no change of parts.

    login: registration (user and password) or address (the carrier knows ours).  password: "" keeps the one there is.
    numbers: plus (+7...), digits (7...) or national (8...).  dtmf: rfc2833, info or inband.  caller_id: the header that
    shows our number: from, pai or rpid.  nat_address: the address the carrier sees.  ping: seconds between OPTIONS, 0:
    none.  caller_ids: numbers to show, which whoever sends this vouches for.
    version: of the trunk that was changed (of GET /trunks); "": it is a new one; null: whatever there is by now.
    """

    name: Name
    version: Version = None
    login: Login
    host: Annotated[str, Field(min_length=1, max_length=300, examples=["sip.carrier.example"])]
    user: Annotated[str, Field(max_length=200)] = ""
    password: Password = SecretStr("")
    numbers: NumberForm = NumberForm.DIGITS
    codecs: Annotated[tuple[Annotated[str, Field(max_length=20)], ...], Field(min_length=1, max_length=10)] = (
        "PCMA",
        "PCMU",
    )
    dtmf: Dtmf = Dtmf.RFC2833
    caller_id: CallerIdRule = CallerIdRule.FROM
    nat_address: Annotated[str, Field(max_length=100)] = ""
    ping: Annotated[int, Field(ge=0, le=3600)] = 0
    channels: Annotated[int, Field(ge=1, le=5_000)]
    cps: Annotated[float, Field(gt=0, le=500)]
    attempt_price: Money = None
    minute_price: Money = None
    caller_ids: Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(max_length=1_000)] = ()


class GatewayNameIn(Body):
    """A trunk by its name."""

    name: Name


class GatewayFileIn(Body):
    """A trunk, and the password of its account at the carrier, which is kept nowhere."""

    name: Name
    password: Password = SecretStr("")


class GatewayStateOut(BaseModel):
    """How the gateway is at one node.

    condition: registered, ready (nothing to register), trying, wrong_login, unknown_user, refused, no_answer, missing
    (the switch has no such gateway: its file is not there), applying (the change has not reached it), or unknown (no
    dialer lives there).  state, sip_status: the switch's own words.
    """

    node: str
    condition: Condition
    state: str
    sip_status: int
    at: Moment
    seen_at: Moment


class GatewayOut(BaseModel):
    """A trunk's gateway; never its password.  written: its file lies in the switch's folder; null: on another machine.

    numbers: null where the dial string was changed by hand.
    """

    name: str
    gateway: str
    login: Login
    host: str
    user: str
    numbers: NumberForm | None
    codecs: list[str]
    dtmf: Dtmf
    caller_id: CallerIdRule
    nat_address: str
    ping: int
    changed_at: Moment
    written: bool | None
    states: list[GatewayStateOut]


class GatewaysOut(BaseModel):
    """Gateways by the trunk's name."""

    gateways: list[GatewayOut]


class GatewayFileOut(BaseModel):
    """A file for the switch's configuration: local/NAME in its folder, readable by FreeSWITCH's user alone."""

    name: str
    xml: str


class GatewayGoneOut(BaseModel):
    """It is there no more."""

    name: str


@blueprint.get("/trunks/gateways")
@allowed(Scope.TRUNKS_READ)
@blueprint.output(GatewaysOut)
def show() -> GatewaysOut:
    """List the gateways that were filled in, and how they are."""
    with running().engine.connect() as conn:
        seen = gateways.states(conn)
        return GatewaysOut(gateways=[_told(one, seen.get(one.trunk_id, ())) for one in gateways.every(conn).values()])


@blueprint.post("/trunks/gateways/save")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(GatewayIn)
@blueprint.output(GatewayOut)
@changing(keep=False)
def save(change: Change, json_data: GatewayIn) -> GatewayOut:
    """Make a trunk with its gateway, or change it; the switch takes it up by itself, calls go on.

    409 where somebody else has changed it since `version`: nothing is written, the answer holds the present `version`.
    """
    told = json_data.model_dump(exclude={"name", "password", "version"})
    kept = saved(change, json_data.name, Filled(**told), json_data.password.get_secret_value(), json_data.version)
    return _told(kept, gateways.states(change.conn).get(kept.trunk_id, ()))


@blueprint.post("/trunks/gateways/rescan")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(GatewayNameIn)
@blueprint.output(GatewayOut)
@changing
def rescan(change: Change, json_data: GatewayNameIn) -> GatewayOut:
    """Have the switches read the gateway's file again."""
    kept = asked_again(change, json_data.name)
    return _told(kept, gateways.states(change.conn).get(kept.trunk_id, ()))


@blueprint.post("/trunks/gateways/file")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(GatewayFileIn)
@blueprint.output(GatewayFileOut)
@changing(keep=False)
def file(change: Change, json_data: GatewayFileIn) -> GatewayFileOut:
    """Give the gateway's file, to be laid into the configuration of a switch on another machine."""
    try:
        name, xml = made_file(change, json_data.name, json_data.password.get_secret_value())
    except GatewayFault as error:
        raise Problem(422, error.text, field=error.field) from None
    return GatewayFileOut(name=name, xml=xml.decode())


@blueprint.post("/trunks/gateways/remove")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(GatewayNameIn)
@blueprint.output(GatewayGoneOut)
@changing
def remove(change: Change, json_data: GatewayNameIn) -> GatewayGoneOut:
    """Take a trunk with its gateway away, which no campaign uses."""
    removed(change, json_data.name)
    return GatewayGoneOut(name=json_data.name)


# -- what pages do, too -----------------------------------------------------------------------------------------


def saved(change: Change, name: str, filled: Filled, password: str, version: str | None) -> Kept:
    """Keep it, write its file, note it.  Raises Problem, ChangedMeanwhile."""
    try:
        kept = gateways.save(change.conn, name, filled, change.now, change.actor.who, version)
        details = {field: getattr(filled, field) for field in Filled.__struct_fields__}
        change.note("trunks.gateway", name, details | {"password_given": bool(password)})
        gateway_files.put(kept, password)  # last: what fails before leaves the file as it was
    except GatewayFault as error:
        raise Problem(422, error.text, field=error.field) from None
    except TrunkRefused as error:
        raise Problem(409 if isinstance(error, trunks.TrunkBusy) else 422, error.text, field=error.field) from None
    return kept


def asked_again(change: Change, name: str) -> Kept:
    """Have it read again.  Raises NoSuchTrunk."""
    kept = gateways.ask_again(change.conn, name, change.now)
    change.note("trunks.rescan", name, {})
    return kept


def made_file(change: Change, name: str, password: str) -> tuple[str, bytes]:
    """Give the file's name and content.  Raises NoSuchTrunk, GatewayFault."""
    kept = gateways.get(change.conn, name)
    content = gateway_file.to_xml(kept.gateway, password)
    change.note("trunks.gateway_file", name, {})
    return gateway_file.file_name(kept.gateway.name), content


def removed(change: Change, name: str) -> None:
    """Take it away.  Raises TrunkRefused, Problem."""
    kept = gateways.get(change.conn, name)
    trunks.remove_trunk(change.conn, name)
    change.note("trunks.remove", name, {})
    gateway_files.take_away(name_of(kept.trunk_id))  # last: nothing else has the password


def condition_of(kept: Kept, seen: NodeSeen, *, now: Moment) -> Condition:
    """Say how a gateway is at a node."""
    if abs((now - seen.seen_at).total_seconds()) > 3 * SILENT_S:
        return Condition.UNKNOWN
    if seen.applied < kept.revision:
        return Condition.APPLYING
    return condition(seen.state, seen.sip_status, up=seen.up)


def _told(kept: Kept, seen: Sequence[NodeSeen]) -> GatewayOut:
    now = running().clock.now()
    gateway = kept.gateway
    return GatewayOut(
        name=kept.trunk,
        gateway=gateway.name,
        login=gateway.login,
        host=gateway.host,
        user=gateway.user,
        numbers=kept.numbers,
        codecs=list(gateway.codecs),
        dtmf=gateway.dtmf,
        caller_id=gateway.caller_id,
        nat_address=gateway.nat_address,
        ping=gateway.ping,
        changed_at=kept.changed_at,
        written=gateway_files.written(kept),
        states=[
            GatewayStateOut(
                node=one.node,
                condition=condition_of(kept, one, now=now),
                state=one.state,
                sip_status=one.sip_status,
                at=one.at,
                seen_at=one.seen_at,
            )
            for one in seen
        ],
    )
