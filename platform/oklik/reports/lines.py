"""How the trunks do: what their limits are, how much of them is in use, and which dialer's breaker has opened.

Read from what dialers tell of themselves (campaigns.pulse, campaigns.line_health); nothing is judged here.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from oklik.reports.dialers import SILENT_S


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk's breaker as one dialer has it.  state: dialing.breaker.State, since `at`; next_at: of the next try.

    calls, faults: of the last ones that counted when the state began.  All times are campaign time.
    """

    node: str
    state: str
    at: dt.datetime
    next_at: dt.datetime | None
    calls: int
    faults: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk.  in_use: legs that are up over it, of dialers that live; waits_for: what their limits say, by node.

    breakers: only of dialers that ever had one open; without any, all of it is closed.
    """

    name: str
    channels: int
    reserved_inbound: int
    cps: float
    in_use: int
    waits_for: dict[str, str]
    breakers: list[Breaker]


def lines(conn: Connection, wall: dt.datetime) -> list[Line]:
    """Give all trunks by name.  wall: real time, by which dialers live."""
    alive = conn.execute(
        text("SELECT node, trunks FROM dialer_state WHERE state <> 'gone' AND beat_at BETWEEN :from AND :to"),
        {"from": wall - dt.timedelta(seconds=SILENT_S), "to": wall + dt.timedelta(seconds=SILENT_S)},
    ).all()
    breakers: dict[int, list[Breaker]] = {}
    for row in conn.execute(
        text("SELECT trunk_id, node, state, at, next_at, calls, faults FROM trunk_health ORDER BY trunk_id, node")
    ):
        breakers.setdefault(row.trunk_id, []).append(
            Breaker(
                node=row.node,
                state=row.state,
                at=row.at,
                next_at=row.next_at,
                calls=row.calls,
                faults=row.faults,
            )
        )
    return [
        Line(
            name=row.name,
            channels=row.channels,
            reserved_inbound=row.reserved_inbound,
            cps=row.cps,
            in_use=sum(int(seen.get("legs", 0)) for _, seen in _of(row.id, alive)),
            waits_for={node: str(seen.get("state", "")) for node, seen in _of(row.id, alive)},
            breakers=breakers.get(row.id, []),
        )
        for row in conn.execute(text("SELECT id, name, channels, reserved_inbound, cps FROM trunk ORDER BY name"))
    ]


def _of(trunk: int, alive: Iterable[Any]) -> list[tuple[str, dict[str, Any]]]:
    """What living dialers say of a trunk, by their nodes."""
    return [(row.node, row.trunks[str(trunk)]) for row in alive if str(trunk) in row.trunks]
