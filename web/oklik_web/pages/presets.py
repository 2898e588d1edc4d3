"""Presets in the settings: which there are, and one of them as a form.  Forms are sent to the API by their script."""

from flask import Blueprint, render_template

from oklik.campaigns.presets import NoSuchPreset, all_presets, get_preset
from oklik.campaigns.run_settings import RunSettings
from oklik.campaigns.tokens import Scope
from oklik_web.access import page
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.settings_choices import choices
from oklik_web.words import said

blueprint = Blueprint("pages_presets", __name__, url_prefix="/settings/presets")


@blueprint.get("/")
@page(Scope.PRESETS_READ)
def index() -> str:
    """All presets."""
    with running().engine.connect() as conn:
        return render_template("presets/index.html", presets=all_presets(conn))


@blueprint.get("/new")
@page(Scope.PRESETS_WRITE)
def new() -> str:
    """A new one."""
    with running().engine.connect() as conn:
        return render_template("presets/edit.html", preset=None, settings=RunSettings().to_json(), **choices(conn))


@blueprint.get("/<int:preset_id>")
@page(Scope.PRESETS_READ)
def edit(preset_id: int) -> str:
    """One of them."""
    with running().engine.connect() as conn:
        try:
            found = get_preset(conn, preset_id)
        except NoSuchPreset:
            raise Problem(404, said("no_preset", id=preset_id)) from None
        settings = RunSettings.model_validate(found.settings).to_json()
        return render_template("presets/edit.html", preset=found, settings=settings, **choices(conn))
