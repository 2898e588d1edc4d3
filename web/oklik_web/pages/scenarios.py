"""Scenarios: the list with the gallery of ready ones, and the editor.

Both pages are a frame only: what is in them is drawn in the browser out of web/editor, by the same API as programs use.
"""

from flask import Blueprint, abort, render_template

from oklik.campaigns import scenario_list
from oklik.campaigns.tokens import Scope
from oklik_web.access import page
from oklik_web.running import running

blueprint = Blueprint("pages_scenarios", __name__, url_prefix="/scenarios")


@blueprint.get("")
@page(Scope.SCENARIOS_READ)
def index() -> str:
    """All scenarios."""
    return render_template("scenarios/index.html")


@blueprint.get("/<int:scenario_id>")
@page(Scope.SCENARIOS_READ)
def edit(scenario_id: int) -> str:
    """The editor of one."""
    with running().engine.connect() as conn:
        name = scenario_list.scenario_name(conn, scenario_id) if scenario_id < 2**63 else None
    if name is None:
        abort(404)
    return render_template("scenarios/edit.html", scenario_id=scenario_id, name=name)
