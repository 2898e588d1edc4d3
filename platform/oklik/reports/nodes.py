"""The switch nodes: which dialers drive them, what they do now, when they were heard of last.

Read from what dialers tell of themselves (campaigns.pulse, campaigns.lease); nothing is judged here.
"""

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from oklik.reports.dialers import SILENT_S


class NodeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk at a node: legs up over it, and what its limits say (a code of campaigns.pulse)."""

    name: str
    legs: int
    state: str


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A node.  alive: its dialer has spoken of late; beat_at: when it did last, wall time; seen_s: seconds since then.

    state: a code of campaigns.pulse; legs, channels, cps: in use and at most.  virtual: nobody real is called.
    campaign_id: the only campaign it calls for, None: all that run.  owner: HOST:PID of the dialer, "" for none.
    """

    node: str
    virtual: bool
    alive: bool
    beat_at: dt.datetime
    seen_s: float
    state: str
    legs: int
    channels: int
    cps: float
    campaign_id: int | None
    owner: str
    lines: list[NodeLine]


def nodes(conn: Connection, wall: dt.datetime) -> list[Node]:
    """Give all nodes by name.  wall: real time, by which dialers live."""
    names = {str(row.id): row.name for row in conn.execute(text("SELECT id, name FROM trunk"))}
    rows = conn.execute(
        text("SELECT d.*, l.owner FROM dialer_state d LEFT JOIN node_lease l ON l.node = d.node ORDER BY d.node")
    )
    return [_node(row, names, wall) for row in rows]


def _node(row: Any, names: dict[str, str], wall: dt.datetime) -> Node:
    ago = (wall - row.beat_at).total_seconds()
    lines = [
        NodeLine(name=names[one], legs=int(seen.get("legs", 0)), state=str(seen.get("state", "")))
        for one, seen in row.trunks.items()
        if one in names
    ]
    return Node(
        node=row.node,
        virtual=row.virtual,
        alive=abs(ago) <= SILENT_S and row.state != "gone",
        beat_at=row.beat_at,
        seen_s=round(max(0.0, ago), 1),
        state=row.state,
        legs=row.legs,
        channels=row.channels,
        cps=row.cps,
        campaign_id=row.campaign_id,
        owner=row.owner or "",
        lines=sorted(lines, key=lambda one: one.name),
    )
