"""What dialers think of their trunks: published when it changes, read by whoever asks why nothing is dialed."""

import datetime as dt
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run


class Health(msgspec.Struct, frozen=True):
    """A trunk as a dialer sees it.  state: dialing.breaker.State; next_at: campaign time of the next try.

    calls, faults: of the last ones that counted when the state began.
    """

    trunk_id: int
    state: str
    next_at: dt.datetime | None
    calls: int
    faults: int


def publish(conn: Connection, node: str, health: Sequence[Health], now: dt.datetime) -> None:
    """Write how a dialer sees these trunks."""
    run(
        conn,
        """INSERT INTO trunk_health (trunk_id, node, state, at, next_at, calls, faults)
           SELECT trunk_id, :node, state, :now, next_at, calls, faults
           FROM json_to_recordset(CAST(:rows AS json))
               AS r(trunk_id bigint, state text, next_at timestamptz, calls int, faults int)
           ON CONFLICT (trunk_id, node) DO UPDATE SET state = excluded.state, at = excluded.at,
               next_at = excluded.next_at, calls = excluded.calls, faults = excluded.faults""",
        [msgspec.structs.asdict(one) for one in health],
        node=node,
        now=now,
    )


def forget(conn: Connection, node: str) -> None:
    """Drop what this dialer has said: a fresh one begins with every trunk closed."""
    run(conn, "DELETE FROM trunk_health WHERE node = :node", node=node)


def shut(conn: Connection) -> list[tuple[str, Health]]:
    """Give (trunk's name, health) of the trunks over which a dialer calls nobody now, or only one to try them.

    The rule for people is `breaker_open` of dialing.sentences, with trunk, faults and of (the calls).
    """
    rows = run(
        conn,
        """SELECT t.name, h.trunk_id, h.state, h.next_at, h.calls, h.faults
           FROM trunk_health h JOIN trunk t ON t.id = h.trunk_id
           WHERE h.state IN ('open', 'half_open') ORDER BY t.name, h.node""",
    )
    return [(row.name, Health(row.trunk_id, row.state, row.next_at, row.calls, row.faults)) for row in rows]
