"""How the dialers do, and what time it is for a campaign.  Read from what they tell of themselves (campaigns.pulse)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, text

SILENT_S = 10.0  # a dialer that has said nothing for so long (it does each second) is taken for gone


class DialerSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A dialer.  alive: it has spoken of late; seen_s: real seconds since then.  trunks: id -> {"legs", "state"}."""

    node: str
    alive: bool
    seen_s: float
    state: str
    legs: int
    channels: int
    cps: float
    trunks: dict[str, Any]
    now: dt.datetime

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        return msgspec.structs.asdict(self) | {"now": self.now.isoformat()}


def dialers(conn: Connection, campaign_id: int, wall: dt.datetime) -> list[DialerSeen]:
    """Give the dialers that call for a campaign, or did so last, the latest seen first.  wall: real time."""
    rows = conn.execute(
        text(
            """SELECT d.* FROM dialer_state d JOIN campaign c ON c.id = :id AND c.virtual = d.virtual
               WHERE d.campaign_id IS NULL OR d.campaign_id = c.id ORDER BY d.beat_at DESC, d.node"""
        ),
        {"id": campaign_id},
    )
    return [_seen(row, wall) for row in rows]


def general_dialers(conn: Connection, wall: dt.datetime, *, virtual: bool) -> list[DialerSeen]:
    """Give the dialers of this kind of switch that call for all campaigns, the latest seen first.  wall: real time."""
    rows = conn.execute(
        text(
            """SELECT * FROM dialer_state WHERE campaign_id IS NULL AND virtual = :virtual
               ORDER BY beat_at DESC, node"""
        ),
        {"virtual": virtual},
    )
    return [_seen(row, wall) for row in rows]


def _seen(row: Any, wall: dt.datetime) -> DialerSeen:
    ago = (wall - row.beat_at).total_seconds()
    # A beat that lies ahead comes from a machine whose clock differs a little.
    alive = abs(ago) <= SILENT_S and row.state != "gone"
    return DialerSeen(
        node=row.node,
        alive=alive,
        seen_s=round(max(0.0, ago), 1),
        state=row.state,
        legs=row.legs,
        channels=row.channels,
        cps=row.cps,
        trunks=row.trunks,
        now=row.campaign_now + dt.timedelta(seconds=max(0.0, ago) * row.speed if alive else 0.0),
    )


def campaign_time(conn: Connection, campaign_id: int, wall: dt.datetime) -> dt.datetime:
    """Give campaign time: the wall's on a real switch, else that of the virtual switch's dialer as it was told last.

    Raises NoResultFound when there is no such campaign.
    """
    virtual = conn.execute(text("SELECT virtual FROM campaign WHERE id = :id"), {"id": campaign_id}).scalar_one()
    if not virtual:
        return wall
    return _rehearsed(dialers(conn, campaign_id, wall)) or wall


def _rehearsed(seen: Sequence[DialerSeen]) -> dt.datetime | None:
    return seen[0].now if seen else None
