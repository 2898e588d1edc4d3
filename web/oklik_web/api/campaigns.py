"""Campaigns: which there are, how they do, and what can be asked of them.

Pause, resume and stop are commands to the dialer, written as rows; it carries them out within a second and notes the
result, which is looked up by the command's id.
"""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.exc import NoResultFound

from oklik.campaigns import commands
from oklik.campaigns.commands import CommandKind
from oklik.campaigns.listing import all_campaigns
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.counted import progress_of
from oklik_web.kept import kept
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Moment
from oklik_web.whom import check_campaign
from oklik_web.words import language, said

blueprint = APIBlueprint("campaigns", __name__, url_prefix="/campaigns")


class CampaignOut(BaseModel):
    """A campaign.  targets: contacts in it; done: those for whom nothing more is planned."""

    id: int
    project: str
    name: str
    purpose: str
    state: str
    targets: int
    done: int


class CampaignsOut(BaseModel):
    """Campaigns, the newest first."""

    campaigns: list[CampaignOut]


class WaitingOut(BaseModel):
    """Why so many wait, and until when the first of them does."""

    reason: str
    count: int
    first_due: Moment


class CampaignStateOut(BaseModel):
    """How far a campaign is.  dispositions: of contacts that are done; "" for those never called."""

    id: int
    state: str
    contacts: int
    preparing: int
    waiting: int
    dialing: int
    done: int
    attempts: int
    dispositions: dict[str, int]
    next_due: Moment | None
    waiting_for: list[WaitingOut]


class CommandOut(BaseModel):
    """A command.  result: None until the dialer has seen it; then done, expired, or refused with the state."""

    id: int
    campaign_id: int
    kind: str
    result: str | None


@blueprint.get("")
@allowed(Scope.CAMPAIGNS_READ)
@blueprint.output(CampaignsOut)
def campaigns() -> CampaignsOut:
    """List all campaigns."""
    with running().engine.connect() as conn:
        return CampaignsOut(campaigns=[CampaignOut(**one.to_json()) for one in all_campaigns(conn)])


@blueprint.get("/<int:campaign_id>")
@allowed(Scope.CAMPAIGNS_READ)
@blueprint.output(CampaignStateOut)
def state(campaign_id: int) -> CampaignStateOut:
    """Say how far a campaign is and why what waits is waiting."""
    try:
        found = progress_of(running(), kept(), campaign_id, language())
    except NoResultFound:
        raise Problem(404, said("no_campaign", id=campaign_id)) from None
    told: dict[str, Any] = {name: getattr(found, name) for name in found.__struct_fields__}
    waiting = [WaitingOut(reason=one.reason, count=one.count, first_due=one.first_due) for one in found.waiting_for]
    return CampaignStateOut(id=campaign_id, **{**told, "waiting_for": waiting})


@blueprint.get("/commands/<int:command_id>")
@allowed(Scope.CAMPAIGNS_READ)
@blueprint.output(CommandOut)
def command(command_id: int) -> CommandOut:
    """Say what became of a command."""
    with running().engine.connect() as conn:
        found = commands.look(conn, command_id)
    if found is None:
        raise Problem(404, said("no_command", id=command_id))
    return CommandOut(id=found.id, campaign_id=found.campaign_id, kind=found.kind, result=found.result)


def _order(kind: CommandKind, told: str) -> None:
    """Make the route by which a command is given."""

    def order(change: Change, campaign_id: int) -> CommandOut:
        state = check_campaign(change.conn, campaign_id)
        if not commands.possible(kind, state):
            raise Problem(409, said("campaign_is", id=campaign_id, state=state, kind=kind))
        asked = commands.ask(change.conn, campaign_id, kind, change.now)
        change.note(f"campaigns.{kind}", str(campaign_id), {"state": state, "command": asked})
        return CommandOut(id=asked, campaign_id=campaign_id, kind=kind, result=None)

    order.__name__, order.__doc__ = str(kind), told
    view = allowed(Scope.CAMPAIGNS_WRITE)(blueprint.output(CommandOut)(changing(order)))
    blueprint.post(f"/<int:campaign_id>/{kind}")(view)


_order(CommandKind.PAUSE, "Make no new calls; talks that are up go on.  Everything stays as it is until a resume.")
_order(CommandKind.RESUME, "Go on after a pause.")
_order(CommandKind.STOP, "End a campaign for good: whoever was not called is done.")
