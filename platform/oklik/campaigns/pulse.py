"""The pulse of a dialer: what it writes about itself each second, so that people can see why nothing is dialed.

Nobody's right to dial hangs on it (lease.py sees to that), and a lost beat costs nothing.  Read by reports.dialers.
"""

import datetime as dt
from enum import StrEnum

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run

STALL_S = 2.0  # a dialer's loop that stands still for longer is told of: so long a silence is taken for a dead line


class PulseState(StrEnum):
    """What a dialer, or one of its trunks, is doing or waits for."""

    DIALING = "dialing"
    IDLE = "idle"  # nothing is due
    NO_LINE = "no_line"  # every channel is in use
    CPS = "cps"  # as many calls as a second may have were begun
    SWITCH_AWAY = "switch_away"
    WRITER_BEHIND = "writer_behind"  # results are not written fast enough, or the database is away
    LEAVING = "leaving"  # was told to go; live calls finish
    GONE = "gone"  # has left in order


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """One beat.  at: campaign time, running on at `speed`; campaign_id: the only one it calls for, None: all.

    legs: up now; channels, cps: limits of the dialer as a whole.  trunks: by trunk, (legs up, state).
    stalled_s: the longest that its loop stood still in the last minutes, real seconds.  unled: calls that it found at
    the switch since its start with nobody to lead them, and hung up.
    """

    at: dt.datetime
    speed: float
    state: PulseState
    legs: int
    channels: int
    cps: float
    trunks: dict[int, tuple[int, str]] = {}
    stalled_s: float = 0.0
    unled: int = 0


def beat(
    conn: Connection, node: str, pulse: Pulse, wall: dt.datetime, *, virtual: bool, campaign_id: int | None = None
) -> None:
    """Write a beat of a switch node's dialer.  wall: real time, by which the reader knows that it lives."""
    trunks = {str(trunk): {"legs": legs, "state": state} for trunk, (legs, state) in pulse.trunks.items()}
    run(
        conn,
        """INSERT INTO dialer_state (node, virtual, campaign_id, beat_at, campaign_now, speed, state, legs, channels,
               cps, trunks, stalled_s, unled)
           VALUES (:node, :virtual, :campaign, :wall, :now, :speed, :state, :legs, :channels, :cps,
               CAST(:trunks AS jsonb), :stalled, :unled)
           ON CONFLICT (node) DO UPDATE SET virtual = excluded.virtual, campaign_id = excluded.campaign_id,
               beat_at = excluded.beat_at, campaign_now = excluded.campaign_now, speed = excluded.speed,
               state = excluded.state, legs = excluded.legs, channels = excluded.channels, cps = excluded.cps,
               trunks = excluded.trunks, stalled_s = excluded.stalled_s, unled = excluded.unled""",
        node=node,
        virtual=virtual,
        campaign=campaign_id,
        wall=wall,
        now=pulse.at,
        speed=pulse.speed,
        state=str(pulse.state),
        legs=pulse.legs,
        channels=pulse.channels,
        cps=pulse.cps,
        trunks=msgspec.json.encode(trunks).decode(),
        stalled=pulse.stalled_s,
        unled=pulse.unled,
    )
