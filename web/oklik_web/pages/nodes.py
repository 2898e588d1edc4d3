"""Settings: the switch nodes, as their dialers tell of them; refreshed while one looks."""

from flask import Blueprint, render_template, request

from oklik.campaigns.tokens import Scope
from oklik.reports import nodes
from oklik_web.access import page
from oklik_web.running import running

blueprint = Blueprint("pages_nodes", __name__, url_prefix="/settings/nodes")
COLOURS = {"dialing": "green", "idle": "green", "switch_away": "red", "writer_behind": "yellow", "gone": "secondary"}


@blueprint.get("")
@page(Scope.TRUNKS_READ)
def index() -> str:
    """All nodes; only what changes, where the page itself asks."""
    app = running()
    with app.engine.connect() as conn:
        found = nodes.nodes(conn, app.clock.now())
    template = "nodes/list.html" if request.headers.get("HX-Request") else "nodes/index.html"
    return render_template(template, nodes=found, colours=COLOURS, virtual_only=all(one.virtual for one in found))
