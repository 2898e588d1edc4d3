"""Standing campaigns: every list that comes, by a watched folder or by a request, is a campaign of its own."""

from pathlib import Path
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import standing
from oklik.campaigns.presets import NoSuchPreset
from oklik.campaigns.rows import run
from oklik.campaigns.run_settings import SettingsRefused
from oklik.campaigns.standing import Came, NoSuchStanding, Standing, StandingRefused
from oklik.campaigns.tokens import Scope
from oklik.campaigns.which_switch import on_virtual_switch
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.faults import settings_problem
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Id, Moment, Words
from oklik_web.voices import voice_of
from oklik_web.whom import Project, project_of
from oklik_web.words import language, said

blueprint = APIBlueprint("standing", __name__, url_prefix="/standing")


class StandingIn(Body):
    """A standing campaign: each list is called by the newest version of the scenario and of the preset."""

    name: Words
    project: Project = None
    scenario: Id
    preset: Id | None = None
    overrides: Annotated[
        dict[str, Any], Field(default_factory=dict, description="Settings of a preset that are to be otherwise")
    ]


class StandingOut(BaseModel):
    """A standing campaign.  folder: where files are put for it; taken, refused: lists that came."""

    id: int
    project: str
    name: str
    scenario: str
    preset: int | None
    active: bool
    folder: str
    taken: int
    refused: int
    last_at: Moment | None


class StandingsOut(BaseModel):
    """Standing campaigns by name."""

    standing: list[StandingOut]


class CameOut(BaseModel):
    """A list that came.  state: taken, refused; before: it had come already, and nothing was done."""

    source: str
    at: Moment
    state: str
    campaign: int | None
    reason: str | None
    before: bool


class StandingListsOut(BaseModel):
    """A standing campaign with the lists that came, the latest first."""

    standing: StandingOut
    lists: list[CameOut]


class TakeIn(Body):
    """A list of the project, as it was imported."""

    list: Id


@blueprint.get("")
@allowed(Scope.CAMPAIGNS_READ)
@blueprint.output(StandingsOut)
def show_all() -> StandingsOut:
    """List standing campaigns."""
    with running().engine.connect() as conn:
        return StandingsOut(standing=[standing_out(one) for one in standing.all_standing(conn)])


@blueprint.post("")
@allowed(Scope.CAMPAIGNS_WRITE)
@blueprint.input(StandingIn)
@blueprint.output(StandingOut)
@changing
def add(change: Change, json_data: StandingIn) -> StandingOut:
    """Make a standing campaign."""
    wanted = json_data
    project = project_of(change.conn, wanted.project)
    version = run(
        change.conn,
        "SELECT id FROM scenario_version WHERE scenario_id = :id ORDER BY number DESC LIMIT 1",
        id=wanted.scenario,
    ).scalar()
    if version is None:
        raise Problem(422, said("no_published"), field="scenario")
    try:
        made = standing.add_standing(
            change.conn,
            project,
            wanted.name,
            wanted.scenario,
            wanted.preset,
            wanted.overrides,
            voice_of(change.conn, version),
            change.actor.who,
            change.now,
        )
    except StandingRefused as error:
        raise Problem(422, error.text, field=error.field) from None
    except NoSuchPreset:
        raise Problem(422, said("no_preset", id=wanted.preset), field="preset") from None
    except SettingsRefused as error:
        raise settings_problem(error, "overrides") from None
    change.note("standing.add", str(made), {"scenario": wanted.scenario, "preset": wanted.preset})
    return standing_out(standing.get_standing(change.conn, made))


@blueprint.get("/<int:standing_id>")
@allowed(Scope.CAMPAIGNS_READ)
@blueprint.output(StandingListsOut)
def show(standing_id: int) -> StandingListsOut:
    """Show a standing campaign with the lists that came."""
    with running().engine.connect() as conn:
        found = _find(conn, standing_id)
        came = standing.lists_of(conn, standing_id)
    return StandingListsOut(standing=standing_out(found), lists=[came_out(one) for one in came])


@blueprint.post("/<int:standing_id>/lists")
@allowed(Scope.CAMPAIGNS_WRITE)
@blueprint.input(TakeIn)
@blueprint.output(CameOut)
@changing
def take(change: Change, standing_id: int, json_data: TakeIn) -> CameOut:
    """Start a campaign over a list.  The same content again does nothing and tells what came of it first."""
    found = _find(change.conn, standing_id)
    if not found.active:
        raise Problem(409, said("standing_stopped", id=standing_id))
    virtual = on_virtual_switch(change.conn, change.now)
    try:
        came = standing.take_list(
            change.conn, found, json_data.list, change.now, virtual=virtual, zone=running().settings.zone
        )
    except NoSuchStanding:
        raise Problem(422, said("no_list", id=json_data.list), field="list") from None
    change.note("standing.take", str(standing_id), {"list": json_data.list, "state": came.state})
    return came_out(came)


def _switch(kind: str, told: str, *, active: bool) -> None:
    def switch(change: Change, standing_id: int) -> StandingOut:
        _find(change.conn, standing_id)
        standing.switch(change.conn, standing_id, active=active)
        change.note(f"standing.{kind}", str(standing_id), {})
        return standing_out(standing.get_standing(change.conn, standing_id))

    switch.__name__, switch.__doc__ = kind, told
    view = allowed(Scope.CAMPAIGNS_WRITE)(blueprint.output(StandingOut)(changing(switch)))
    blueprint.post(f"/<int:standing_id>/{kind}")(view)


_switch("stop", "Take no more lists; campaigns that run already go on.", active=False)
_switch("resume", "Take lists again.", active=True)


def _find(conn: Any, standing_id: int) -> Standing:
    try:
        return standing.get_standing(conn, standing_id)
    except NoSuchStanding:
        raise Problem(404, said("no_standing", id=standing_id)) from None


def standing_out(one: Standing) -> StandingOut:
    """Tell of a standing campaign."""
    root = running().settings.incoming
    return StandingOut(
        id=one.id,
        project=one.project,
        name=one.name,
        scenario=one.scenario,
        preset=one.preset_id,
        active=one.active,
        folder=str(Path(root) / str(one.id)) if root else "",
        taken=one.taken,
        refused=one.refused,
        last_at=one.last_at,
    )


def came_out(one: Came) -> CameOut:
    """Tell of a list that came."""
    return CameOut(
        source=one.source,
        at=one.at,
        state=one.state,
        campaign=one.campaign_id,
        reason=None if one.reason is None else one.reason[language()],
        before=one.before,
    )
