"""The switch nodes: which live, what they do, how many calls are up."""

from apiflask import APIBlueprint
from pydantic import BaseModel

from oklik.campaigns.tokens import Scope
from oklik.reports import nodes
from oklik_web.access import allowed
from oklik_web.running import running
from oklik_web.shapes import Moment

blueprint = APIBlueprint("nodes", __name__)


class NodeLineOut(BaseModel):
    """A trunk at a node: legs that are up over it, and what its limits say."""

    name: str
    legs: int
    state: str


class NodeOut(BaseModel):
    """A node.  alive: its dialer has spoken within ten seconds; beat_at: when it did last, seen_s: seconds ago.

    state: dialing, idle, no_line, cps, switch_away, writer_behind, leaving or gone.  legs of channels are in use.
    virtual: nobody real is called.  campaign_id: the only campaign it calls for, null: all that run.
    """

    node: str
    virtual: bool
    alive: bool
    beat_at: Moment
    seen_s: float
    state: str
    legs: int
    channels: int
    cps: float
    campaign_id: int | None
    owner: str
    lines: list[NodeLineOut]


class NodesOut(BaseModel):
    """Nodes by name."""

    nodes: list[NodeOut]


@blueprint.get("/nodes")
@allowed(Scope.TRUNKS_READ)
@blueprint.output(NodesOut)
def show() -> NodesOut:
    """List the switch nodes and how they do."""
    app = running()
    with app.engine.connect() as conn:
        found = nodes.nodes(conn, app.clock.now())
    return NodesOut.model_validate({"nodes": found}, from_attributes=True)
