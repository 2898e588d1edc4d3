"""Presets: what the organisation has agreed on for its campaigns, under names, every version kept."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import presets
from oklik.campaigns.presets import NoSuchPreset, Preset, PresetRefused
from oklik.campaigns.run_settings import RunSettings, SettingsRefused, purpose_of, read_settings
from oklik.campaigns.tokens import Scope
from oklik.dialing.law.in_force import rules_of
from oklik.dialing.law.shapes import TITLES
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.faults import settings_problem
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment, Version, Words
from oklik_web.words import language, said

blueprint = APIBlueprint("presets", __name__, url_prefix="/presets")


class PresetIn(Body):
    """A preset.  settings: what is left out is as usual; the document's RunSettings tells the fields."""

    name: Words
    settings: Annotated[dict[str, Any], Field(default_factory=dict, description="Fields of RunSettings")]


class PresetSaveIn(PresetIn):
    """A preset that was changed.  version: of what it was changed from; null: whatever there is by now."""

    version: Version = None


class PresetOut(BaseModel):
    """A preset in one version.  used_by: campaigns made of any version of it; version: to be given back on saving."""

    id: int
    name: str
    number: int
    settings: RunSettings
    saved_at: Moment
    saved_by: str
    used_by: int
    version: str


class PresetsOut(BaseModel):
    """Presets by name, or versions of one, the newest first."""

    presets: list[PresetOut]


class PresetGoneOut(BaseModel):
    """A preset that is offered no more."""

    id: int


class PurposeIn(Body):
    """Plain questions.  debt: a reminder of a debt; sells: an offer; asks: opinions; booked: a visit."""

    debt: bool = False
    sells: bool = False
    asks: bool = False
    booked: bool = False


class PurposeOut(BaseModel):
    """What the law calls it.  caps: rule -> at most so many; consent: the person's own is needed before."""

    purpose: str
    title: str
    consent: bool
    human: bool
    caps: dict[str, int]


@blueprint.get("")
@allowed(Scope.PRESETS_READ)
@blueprint.output(PresetsOut)
def show_all() -> PresetsOut:
    """List presets."""
    with running().engine.connect() as conn:
        return PresetsOut(presets=[_told(one) for one in presets.all_presets(conn)])


@blueprint.post("")
@allowed(Scope.PRESETS_WRITE)
@blueprint.input(PresetIn)
@blueprint.output(PresetOut)
@changing
def add(change: Change, json_data: PresetIn) -> PresetOut:
    """Make a preset."""
    settings = _read(json_data.settings)
    try:
        made = presets.add_preset(change.conn, json_data.name, settings, change.actor.who, change.now)
    except PresetRefused as error:
        raise Problem(422, error.text, field=error.field) from None
    change.note("presets.add", json_data.name, {"settings": settings.to_json()})
    return _told(presets.get_preset(change.conn, made))


@blueprint.get("/<int:preset_id>")
@allowed(Scope.PRESETS_READ)
@blueprint.output(PresetsOut)
def show(preset_id: int) -> PresetsOut:
    """Show all versions of a preset."""
    with running().engine.connect() as conn:
        try:
            return PresetsOut(presets=[_told(one) for one in presets.versions_of(conn, preset_id)])
        except NoSuchPreset:
            raise Problem(404, said("no_preset", id=preset_id)) from None


@blueprint.put("/<int:preset_id>")
@allowed(Scope.PRESETS_WRITE)
@blueprint.input(PresetSaveIn)
@blueprint.output(PresetOut)
@changing
def save(change: Change, preset_id: int, json_data: PresetSaveIn) -> PresetOut:
    """Save a preset as a new version; campaigns keep the one they were made of.

    409 where somebody else has saved since `version`: nothing is written, and the answer holds the present `version`.
    """
    settings = _read(json_data.settings)
    by, version = change.actor.who, json_data.version
    try:
        saved = presets.save_preset(change.conn, preset_id, json_data.name, settings, by, change.now, version)
    except NoSuchPreset:
        raise Problem(404, said("no_preset", id=preset_id)) from None
    except PresetRefused as error:
        raise Problem(422, error.text, field=error.field) from None
    change.note("presets.save", json_data.name, {"number": saved.number, "settings": settings.to_json()})
    return _told(saved)


@blueprint.post("/<int:preset_id>/remove")
@allowed(Scope.PRESETS_WRITE)
@blueprint.output(PresetGoneOut)
@changing
def remove(change: Change, preset_id: int) -> PresetGoneOut:
    """Offer a preset no more; its campaigns stay as they are."""
    try:
        presets.remove_preset(change.conn, preset_id, change.now)
    except NoSuchPreset:
        raise Problem(404, said("no_preset", id=preset_id)) from None
    except PresetRefused as error:
        raise Problem(409, error.text) from None
    change.note("presets.remove", str(preset_id), {})
    return PresetGoneOut(id=preset_id)


@blueprint.get("/purpose")
@allowed(Scope.PRESETS_READ)
@blueprint.input(PurposeIn, location="query")
@blueprint.output(PurposeOut)
def purpose(query_data: PurposeIn) -> PurposeOut:
    """Say what the law calls calls of this kind, and what it allows at home; abroad the law of the number holds."""
    found = purpose_of(**query_data.model_dump())
    rules = rules_of(found)
    return PurposeOut(
        purpose=str(found),
        title=TITLES[found][language()],
        consent=rules.consent,
        human=rules.human,
        caps={cap.rule: cap.limit for cap in rules.caps},
    )


def _read(given: dict[str, Any]) -> RunSettings:
    try:
        return read_settings(given)
    except SettingsRefused as error:
        raise settings_problem(error, "settings") from None


def _told(one: Preset) -> PresetOut:
    return PresetOut(
        id=one.id,
        name=one.name,
        number=one.number,
        settings=read_settings(one.settings),
        saved_at=one.saved_at,
        saved_by=one.saved_by,
        used_by=one.used_by,
        version=one.version,
    )
