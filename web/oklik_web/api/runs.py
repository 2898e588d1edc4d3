"""Campaigns from draft to start: made of a scenario's version, lists and a preset; tried, piloted, started, copied."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import campaign_drafts, pilots, segments
from oklik.campaigns.campaign_drafts import NotADraft, Wanted
from oklik.campaigns.joined_lists import Chosen
from oklik.campaigns.launch import LaunchRefused
from oklik.campaigns.pilots import NoPilot
from oklik.campaigns.presets import NoSuchPreset
from oklik.campaigns.rows import run
from oklik.campaigns.run_settings import SettingsRefused
from oklik.campaigns.segments import NoSuchSegment
from oklik.campaigns.tokens import Scope
from oklik.campaigns.trunks import TrunkRefused
from oklik.campaigns.which_switch import on_virtual_switch
from oklik.config import load_settings
from oklik.dialing.call_recording import parse_days
from oklik.reports.dialers import campaign_time
from oklik_web.access import allowed
from oklik_web.api.segments import DefinitionIn, SegmentConditionOut
from oklik_web.changing import Change, changing
from oklik_web.faults import settings_problem
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Id, Words
from oklik_web.voices import voice_of
from oklik_web.whom import Project, check_campaign, project_of
from oklik_web.words import said

blueprint = APIBlueprint("runs", __name__, url_prefix="/campaigns")

Overrides = Annotated[
    dict[str, Any], Field(default_factory=dict, description="Settings of a preset, by name, that are to be otherwise")
]


class CampaignIn(Body):
    """A campaign to be.  lists: one or several, each person is called once.  preset: none is needed.

    scenario_version: the version's id; or scenario: the newest version of this one.  Only some people of the lists are
    called with segment, the id of a saved one (its list need not be named then), or only, conditions said at once;
    who they are is settled now.
    """

    name: Words
    project: Project = None
    scenario: Id | None = None
    scenario_version: Id | None = None
    lists: Annotated[list[Id], Field(default_factory=list, max_length=50)]
    segment: Id | None = None
    only: DefinitionIn | None = None
    preset: Id | None = None
    overrides: Overrides


class CampaignDraftOut(BaseModel):
    """A draft.  contacts: in it; never_open: how many of them have no legal hour, whatever the day."""

    id: int
    name: str
    contacts: int
    never_open: int
    virtual: bool


class PilotIn(Body):
    """How many are called first; the preset's number unless told."""

    size: Annotated[int, Field(ge=1, le=10_000)] | None = None


class StateOut(BaseModel):
    """A campaign's state after a change."""

    id: int
    state: str


class CopyIn(Body):
    """What is to be otherwise.  newest: the scenario's newest version, not the one that the campaign has."""

    name: Words | None = None
    lists: Annotated[list[Id], Field(min_length=1, max_length=50)] | None = None
    newest: bool = False


class ChosenOut(BaseModel):
    """Which people of the lists a campaign was made of.  name: of the saved segment; of: people of the lists then."""

    name: str | None
    conditions: list[SegmentConditionOut]
    match: str
    lists: list[str]
    of: int


class SettingsOut(BaseModel):
    """What a campaign was made with.  preset: its name and version; None: it was made without.

    segment: None where all people of its lists are called; contacts: those of the campaign.
    """

    settings: dict[str, Any]
    preset: str | None
    preset_version: int | None
    scenario: str
    scenario_version: int
    segment: ChosenOut | None
    contacts: int


@blueprint.post("")
@allowed(Scope.CAMPAIGNS_WRITE)
@blueprint.input(CampaignIn)
@blueprint.output(CampaignDraftOut)
@changing
def make(change: Change, json_data: CampaignIn) -> CampaignDraftOut:
    """Make a campaign as a draft: nobody is called before it is started."""
    wanted = json_data
    project = project_of(change.conn, wanted.project, make=True)
    version = _version(change, wanted, project)
    lists, chosen = _chosen(change, wanted)
    return _drafted(change, project, wanted.name, version, lists, wanted.preset, wanted.overrides, chosen)


@blueprint.post("/<int:campaign_id>/start")
@allowed(Scope.CAMPAIGNS_WRITE)
@blueprint.output(StateOut)
@changing
def start(change: Change, campaign_id: int) -> StateOut:
    """Start a draft with its whole list."""
    check_campaign(change.conn, campaign_id)
    with _beginning(campaign_id, "start"):
        campaign_drafts.start(change.conn, campaign_id, campaign_time(change.conn, campaign_id, change.now))
    change.note("campaigns.start", str(campaign_id), {})
    return StateOut(id=campaign_id, state="running")


@blueprint.post("/<int:campaign_id>/pilot")
@allowed(Scope.CAMPAIGNS_WRITE)
@blueprint.input(PilotIn)
@blueprint.output(StateOut)
@changing
def pilot(change: Change, campaign_id: int, json_data: PilotIn) -> StateOut:
    """Start a draft with the first people of its list; then it pauses by itself."""
    check_campaign(change.conn, campaign_id)
    size = json_data.size or campaign_drafts.settings_of(change.conn, campaign_id).pilot
    now = campaign_time(change.conn, campaign_id, change.now)
    with _beginning(campaign_id, "pilot"):
        pilots.begin_pilot(change.conn, campaign_id, size, now)
    change.note("campaigns.pilot", str(campaign_id), {"size": size})
    return StateOut(id=campaign_id, state="running")


@blueprint.post("/<int:campaign_id>/go-on")
@allowed(Scope.CAMPAIGNS_WRITE)
@blueprint.output(StateOut)
@changing
def go_on(change: Change, campaign_id: int) -> StateOut:
    """End the pilot and call all the others."""
    check_campaign(change.conn, campaign_id)
    try:
        left = pilots.go_on(change.conn, campaign_id)
    except NoPilot as error:
        raise _not_now(campaign_id, error.state, "go-on") from None
    change.note("campaigns.go_on", str(campaign_id), {"left": left})
    return StateOut(id=campaign_id, state="running")


@blueprint.post("/<int:campaign_id>/copy")
@allowed(Scope.CAMPAIGNS_WRITE)
@blueprint.input(CopyIn)
@blueprint.output(CampaignDraftOut)
@changing
def copy(change: Change, campaign_id: int, json_data: CopyIn) -> CampaignDraftOut:
    """Make a draft like another campaign, over the same list unless told."""
    check_campaign(change.conn, campaign_id)
    settings = campaign_drafts.settings_to_copy(change.conn, campaign_id)
    row = run(
        change.conn,
        """SELECT c.project_id, c.name, c.list_id, c.segment, c.scenario_version_id, w.preset_id,
               (SELECT n.id FROM scenario_version n WHERE n.scenario_id = v.scenario_id
                ORDER BY n.number DESC LIMIT 1) AS newest
           FROM campaign c JOIN scenario_version v ON v.id = c.scenario_version_id
           LEFT JOIN preset_version w ON w.id = c.preset_version_id WHERE c.id = :id""",
        id=campaign_id,
    ).one()
    name = json_data.name or campaign_drafts.free_name(change.conn, row.project_id, row.name)
    version = row.newest if json_data.newest else row.scenario_version_id
    lists = json_data.lists or [row.list_id]
    made = _drafted(change, row.project_id, name, version, lists, row.preset_id, settings.to_json())
    if row.segment is not None and lists == [row.list_id]:
        campaign_drafts.keep_chosen(change.conn, made.id, row.segment)
    return made


@blueprint.get("/<int:campaign_id>/settings")
@allowed(Scope.CAMPAIGNS_READ)
@blueprint.output(SettingsOut)
def settings(campaign_id: int) -> SettingsOut:
    """Say what a campaign was made with."""
    with running().engine.connect() as conn:
        check_campaign(conn, campaign_id)
        found = campaign_drafts.settings_of(conn, campaign_id)
        row = run(
            conn,
            """SELECT p.name AS preset, w.number AS preset_version, s.name AS scenario, v.number AS scenario_version,
                   c.segment, (SELECT count(*) FROM contact n WHERE n.list_id = c.list_id) AS contacts
               FROM campaign c JOIN scenario_version v ON v.id = c.scenario_version_id
               JOIN scenario s ON s.id = v.scenario_id LEFT JOIN preset_version w ON w.id = c.preset_version_id
               LEFT JOIN preset p ON p.id = w.preset_id WHERE c.id = :id""",
            id=campaign_id,
        ).one()
    told = row._asdict()
    return SettingsOut(settings=found.to_json(), **told | {"segment": chosen_out(told["segment"])})


def _drafted(  # noqa: PLR0917
    change: Change,
    project: int,
    name: str,
    version: int,
    lists: list[int],
    preset: int | None,
    overrides: dict[str, Any],
    chosen: Chosen | None = None,
) -> CampaignDraftOut:
    virtual = on_virtual_switch(change.conn, change.now)
    wanted = Wanted(
        project_id=project,
        name=name,
        scenario_version_id=version,
        list_ids=lists,
        preset_id=preset,
        overrides=overrides,
        voice=voice_of(change.conn, version),
        zone=running().settings.zone,
        virtual=virtual,
        record_days=parse_days(load_settings().recording_days),
        chosen=chosen,
    )
    try:
        made = campaign_drafts.draft(change.conn, wanted, change.now)
    except LaunchRefused as error:
        raise Problem(422, error.text) from None
    except TrunkRefused as error:
        raise Problem(422, error.text, field="overrides.trunks") from None
    except NoSuchPreset:
        raise Problem(422, said("no_preset", id=preset), field="preset") from None
    except SettingsRefused as error:
        raise settings_problem(error, "overrides") from None
    told = {"scenario_version": version, "lists": lists, "preset": preset, "contacts": made.contacts}
    if chosen is not None:
        told["segment"] = msgspec.to_builtins(chosen)
    change.note("campaigns.make", str(made.campaign_id), told)
    return CampaignDraftOut(
        id=made.campaign_id, name=name, contacts=made.contacts, never_open=made.never_open, virtual=virtual
    )


def chosen_out(kept: dict[str, Any] | None) -> ChosenOut | None:
    """Tell what a campaign keeps of who was chosen."""
    if kept is None:
        return None
    definition = kept["definition"]
    named = {name: kept[name] for name in ("name", "lists", "of")}
    return ChosenOut(conditions=definition["conditions"], match=definition.get("match", "all"), **named)


def _chosen(change: Change, wanted: CampaignIn) -> tuple[list[int], Chosen | None]:
    """The lists, and which of their people are meant.  Raises Problem."""
    if wanted.segment is not None and wanted.only is not None:
        raise Problem(422, said("one_of", names="segment, only"), field="segment")
    if wanted.segment is not None:
        try:
            found = segments.segment(change.conn, wanted.segment)
        except NoSuchSegment:
            raise Problem(422, said("no_segment"), field="segment") from None
        if wanted.lists not in ([], [found.list_id]):
            raise Problem(422, said("other_list"), field="lists")
        return [found.list_id], Chosen(definition=found.definition, name=found.name)
    return wanted.lists, None if wanted.only is None else Chosen(definition=wanted.only.definition())


def _version(change: Change, wanted: CampaignIn, project: int) -> int:
    """The version that is meant, of this project.  Raises Problem."""
    if (wanted.scenario is None) == (wanted.scenario_version is None):
        raise Problem(422, said("one_of", names="scenario, scenario_version"), field="scenario")
    found = run(
        change.conn,
        """SELECT v.id FROM scenario_version v JOIN scenario s ON s.id = v.scenario_id
           WHERE s.project_id = :project AND (v.id = :version OR s.id = :scenario) ORDER BY v.number DESC LIMIT 1""",
        project=project,
        version=wanted.scenario_version,
        scenario=wanted.scenario,
    ).scalar()
    if found is None:
        raise Problem(422, said("no_published"), field="scenario")
    return int(found)


@contextmanager
def _beginning(campaign_id: int, action: str) -> Iterator[None]:
    """What a draft cannot begin for.  Raises Problem."""
    try:
        yield
    except NotADraft as error:
        raise _not_now(campaign_id, error.state, action) from None
    except LaunchRefused as error:
        raise Problem(409, error.text) from None


def _not_now(campaign_id: int, state: str, kind: str) -> Problem:
    return Problem(409, said("campaign_is", id=campaign_id, state=state, kind=kind))
