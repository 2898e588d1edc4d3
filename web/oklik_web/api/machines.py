"""A campaign's way with answering machines: its thresholds, the signs that were counted, and their change."""

from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns.machine_policy import policy_of_campaign, put_policy
from oklik.campaigns.tokens import Scope
from oklik.commands.machines import lines
from oklik.dialing.machines import MachinePolicy, OnBeep
from oklik.scenario.left_message import MessageError
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.counted import machines_of
from oklik_web.kept import kept
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body
from oklik_web.whom import check_campaign
from oklik_web.words import language

blueprint = APIBlueprint("machines", __name__, url_prefix="/campaigns")


class PolicyIn(Body):
    """The whole policy; what is left out is the default.

    on_beep: what is done at a machine's beep; listen_s: how long the switch listens.  key_gate: who was asked for a key
    and pressed none is a machine.  false_answer_s: a shorter answer without a sign is the line's.  early_unreachable:
    who never rang but was announced something was unreachable.
    """

    on_beep: OnBeep = OnBeep.IGNORE
    listen_s: Annotated[int, Field(ge=3, le=120)] = 45
    key_gate: bool = False
    false_answer_s: Annotated[float, Field(ge=0, le=5)] = 1.0
    early_unreachable: bool = False


class PolicyOut(BaseModel):
    """A policy, with its thresholds."""

    on_beep: str
    listen_s: int
    key_gate: bool
    false_answer_s: float
    early_unreachable: bool


class MeasuredOut(BaseModel):
    """A share that was counted, with its 95 % interval as fractions."""

    found: int
    all: int
    low: float
    high: float


class MachinesOut(BaseModel):
    """The policy and the signs.  false_alarms: beeps among calls in which a human pressed a key: the detector's error.

    key_s: seconds to the first key: the first quarter, the middle, the third quarter.  told: all of it in words.
    """

    policy: PolicyOut
    answered: int
    keyed: int
    beeped: int
    silent: int
    machines: int
    messages: int
    false_answers: int
    announced: int
    false_alarms: MeasuredOut | None
    key_s: list[float] | None
    told: list[str]


@blueprint.get("/<int:campaign_id>/machines")
@allowed(Scope.MACHINES_READ)
@blueprint.output(MachinesOut)
def show(campaign_id: int) -> MachinesOut:
    """Say who was at the phone, by the signs that were counted, and the measured error."""
    with running().engine.connect() as conn:
        check_campaign(conn, campaign_id)
        policy = policy_of_campaign(conn, campaign_id)
    report = machines_of(running(), kept(), campaign_id, policy)
    return MachinesOut(**report.to_json(), told=list(lines(report, language())))


@blueprint.put("/<int:campaign_id>/machines")
@allowed(Scope.MACHINES_WRITE)
@blueprint.input(PolicyIn)
@blueprint.output(PolicyOut)
@changing
def put(change: Change, campaign_id: int, json_data: PolicyIn) -> PolicyOut:
    """Give a campaign another policy: it holds from the next call on."""
    check_campaign(change.conn, campaign_id)
    before = policy_of_campaign(change.conn, campaign_id).to_json()
    policy = MachinePolicy.from_json(json_data.model_dump())
    try:
        put_policy(change.conn, campaign_id, policy)
    except MessageError as error:
        raise Problem(422, error.text, field="on_beep") from None
    change.note("campaigns.machines", str(campaign_id), {"before": before, "after": policy.to_json()})
    return PolicyOut(**policy.to_json())
