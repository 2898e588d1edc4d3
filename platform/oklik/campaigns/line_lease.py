"""The limits of a trunk that several dialers use: each holds a part of them, for a while, and renews it.

Written by each dialer for itself, with the trunk's row locked, so that all parts together are never more than the trunk
has (dialing.dividing).  A dialer that is gone gives its part back when its time is over, but for the channels of its
calls that nobody has seen the end of.  Times are real ones, of the database's clock: by those of the machines, one that
jumps would take the parts of all others for over.
"""

import datetime as dt
from collections.abc import Collection, Mapping

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.dividing import Share, divide, slots

LASTS = dt.timedelta(seconds=15)
SKEW = dt.timedelta(seconds=5)  # more than the time of a part: its dialer may only be slow


class Floor(msgspec.Struct, frozen=True):
    """What a dialer cannot give back now: channels (in use, or about to be), and calls of the trunk's window.

    reserved: channels of those kept for inbound calls that such calls take here.
    """

    channels: int = 0
    slots: int = 0
    reserved: int = 0


class Part(msgspec.Struct, frozen=True):
    """A dialer's part of a trunk.  whole: slots of the trunk; until: nothing may be sent on it from then on.

    reserved: as of Floor.
    """

    channels: Share
    slots: Share
    whole: int
    until: dt.datetime
    reserved: int = 0


def clock(conn: Connection) -> dt.datetime:
    """Give the database's clock at this moment, which is the same for all dialers."""
    at: dt.datetime = run(conn, "SELECT clock_timestamp()").scalar_one()
    return at


def renew(conn: Connection, node: str, floors: Mapping[int, Floor], now: dt.datetime) -> dict[int, Part]:
    """Take or renew this dialer's parts of these trunks, and give back all others; trunk -> part.

    now: as clock().
    """
    wanted = sorted(floors)
    trunks = run(
        conn,
        """SELECT id, greatest(channels - reserved_inbound, 0) AS channels, cps FROM trunk
           WHERE id = ANY(CAST(:trunks AS bigint[])) ORDER BY id FOR NO KEY UPDATE""",
        trunks=wanted,
    ).all()
    leases = run(
        conn,
        """SELECT trunk_id, node, channels, slots, until FROM trunk_lease
           WHERE trunk_id = ANY(CAST(:trunks AS bigint[]))""",
        trunks=wanted,
    ).all()
    held = {(row.trunk_id, row.node): row for row in leases}
    gone = {key for key, row in held.items() if row.until + SKEW <= now and key[1] != node}
    left = _open_legs(conn, {key[1] for key in gone})
    parts = {}
    for trunk in trunks:
        others = {key[1]: row for key, row in held.items() if key[0] == trunk.id and key[1] != node}
        live = {one for one in others if (trunk.id, one) not in gone}
        channels = {one: row.channels if one in live else left.get((trunk.id, one), 0) for one, row in others.items()}
        floor = floors[trunk.id] if (trunk.id, node) in held else Floor()
        parts[trunk.id] = Part(
            divide(trunk.channels, node, channels, live, floor.channels),
            divide(slots(trunk.cps), node, {one: others[one].slots for one in live}, live, floor.slots),
            slots(trunk.cps),
            now + LASTS,
            floor.reserved,
        )
    _write(conn, node, parts, [key for key in gone if not left.get(key)])
    return parts


def take_reserved(conn: Connection, node: str, trunk: int, now: dt.datetime) -> bool:
    """Take one more of the channels that the trunk keeps for inbound calls; False: calls to us take them all.

    They are given back by renew(), whose floor says how many are still in use.  now: as clock().
    """
    limits = run(
        conn, "SELECT reserved_inbound, channels FROM trunk WHERE id = :trunk FOR NO KEY UPDATE", trunk=trunk
    ).first()
    taken = run(
        conn,
        """SELECT coalesce(sum(reserved), 0) AS reserved, coalesce(sum(channels + reserved), 0) AS channels
           FROM trunk_lease WHERE trunk_id = :trunk""",
        trunk=trunk,
    ).one()
    # More may have been kept since our calls began: then these take what is not theirs any more.
    if limits is None or taken.reserved >= limits.reserved_inbound or taken.channels >= limits.channels:
        return False
    run(
        conn,
        """INSERT INTO trunk_lease (trunk_id, node, channels, slots, reserved, until)
           VALUES (:trunk, :node, 0, 0, 1, :until)
           ON CONFLICT (trunk_id, node) DO UPDATE SET reserved = trunk_lease.reserved + 1""",
        trunk=trunk,
        node=node,
        until=now + LASTS,
    )
    return True


def release(conn: Connection, node: str) -> None:
    """Give all of it back: this dialer is leaving and has no call up."""
    run(conn, "DELETE FROM trunk_lease WHERE node = :node", node=node)


def _open_legs(conn: Connection, nodes: Collection[str]) -> dict[tuple[int, str], int]:
    """How many legs of dialers that are gone may still be up: (trunk, node) -> legs."""
    if not nodes:
        return {}
    rows = run(
        conn,
        """SELECT trunk_id, node, count(*) AS legs FROM call
           WHERE node = ANY(CAST(:nodes AS text[])) AND state NOT IN ('final', 'not_sent', 'unknown')
             AND trunk_id IS NOT NULL
           GROUP BY trunk_id, node""",
        nodes=sorted(nodes),
    )
    return {(row.trunk_id, row.node): row.legs for row in rows}


def _write(conn: Connection, node: str, parts: Mapping[int, Part], over: Collection[tuple[int, str]]) -> None:
    run(
        conn,
        "DELETE FROM trunk_lease WHERE node = :node AND NOT trunk_id = ANY(CAST(:kept AS bigint[]))",
        node=node,
        kept=list(parts),
    )
    for trunk, other in over:
        run(conn, "DELETE FROM trunk_lease WHERE trunk_id = :trunk AND node = :node", trunk=trunk, node=other)
    run(
        conn,
        """INSERT INTO trunk_lease (trunk_id, node, channels, slots, reserved, until)
           SELECT trunk, :node, channels, slots, reserved, until FROM json_to_recordset(CAST(:rows AS json))
               AS r(trunk bigint, channels int, slots int, reserved int, until timestamptz)
           ON CONFLICT (trunk_id, node) DO UPDATE SET channels = excluded.channels, slots = excluded.slots,
               reserved = excluded.reserved, until = excluded.until""",
        [
            {
                "trunk": trunk,
                "channels": part.channels.held,
                "slots": part.slots.held,
                "reserved": part.reserved,
                "until": part.until,
            }
            for trunk, part in parts.items()
        ],
        node=node,
    )
