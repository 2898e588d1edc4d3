"""Why those of a campaign whose time has come are not called: its dialers, and its lines that their breakers have shut.

For the ledger (why.py).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.reports.dialers import DialerSeen


class ShutLines(msgspec.Struct, frozen=True):
    """args: for the sentence of `breaker_open`; next_at: when the first of them is tried again, None: it is now.

    every: no line is left over which any dialer may call.
    """

    args: dict[str, Any]
    next_at: dt.datetime | None
    every: bool


def lines_of(conn: Connection, campaign_id: int) -> list[int]:
    """Give the trunks over which a campaign calls, its own first."""
    statement = f"{_LINES} SELECT id FROM line ORDER BY own DESC, id"  # noqa: S608  a constant
    return list(conn.execute(text(statement), {"id": campaign_id}).scalars())


def shut_lines(conn: Connection, campaign_id: int, nodes: Collection[str]) -> ShutLines | None:
    """Say which lines of a campaign are shut; None: none is.  nodes: dialers that are alive."""
    rows = conn.execute(
        text(
            f"""{_LINES}
                SELECT t.name, h.next_at, coalesce(h.calls, 0) AS calls, coalesce(h.faults, 0) AS faults,
                    h.node IS NOT NULL AS shut
                FROM line JOIN trunk t ON t.id = line.id
                CROSS JOIN unnest(CAST(:nodes AS text[])) AS dialer(node)
                LEFT JOIN trunk_health h ON h.trunk_id = t.id AND h.node = dialer.node
                    AND h.state IN ('open', 'half_open')
                ORDER BY t.name"""  # noqa: S608  a constant
        ),
        {"id": campaign_id, "nodes": list(nodes)},
    ).all()
    shut = [row for row in rows if row.shut]
    if not shut:
        return None
    moments = [row.next_at for row in shut if row.next_at is not None]
    args = {
        "trunk": ", ".join(dict.fromkeys(row.name for row in shut)),
        "faults": sum(row.faults for row in shut),
        "of": sum(row.calls for row in shut),
    }
    return ShutLines(args, min(moments, default=None), len(shut) == len(rows))


def without_line(reason: str | None, due: str, shut: ShutLines | None) -> str:
    """Why one whose time has come is not called: what holds all of them, else what holds the lines for this number."""
    if due != "turn" or reason is None:
        return due
    return due if reason == "breaker_open" and shut is None else reason


def why_due(head: Row[Any], alive: Sequence[DialerSeen], lines: Sequence[int], shut: ShutLines | None) -> str:
    """Why those whose time has come are not being called at this moment; one reason for all of them.

    alive: its dialers; lines: its trunks.
    """
    if head.state != "running":
        return "held" if head.state == "paused" and head.held else f"campaign_{head.state}"
    if not alive:
        return "no_dialer"
    # Whichever dialer could call, over whichever line, is enough: so the best of their states tells.
    states = [state for one in alive for state in _states(one, lines)]
    found = "turn" if "turn" in states else states[0]
    return "breaker_open" if shut is not None and shut.every and found in ("turn", "no_line", "cps") else found


def _states(dialer: DialerSeen, lines: Sequence[int]) -> list[str]:
    states = [dialer.state]
    if dialer.state in ("dialing", "idle"):
        states = [dialer.trunks.get(str(line), {}).get("state", "dialing") for line in lines]
    return ["turn" if state in ("dialing", "idle") else str(state) for state in states]


_LINES = """
    WITH line AS (
        SELECT trunk_id AS id, true AS own FROM campaign WHERE id = :id
        UNION ALL
        SELECT trunk_id, false FROM campaign_trunk WHERE campaign_id = :id
        UNION ALL
        SELECT t.id, false FROM campaign c JOIN trunk t ON t.shared
        WHERE c.id = :id AND c.all_trunks AND t.id <> c.trunk_id AND NOT EXISTS (
            SELECT FROM campaign_trunk x WHERE x.campaign_id = c.id AND x.trunk_id = t.id)
    )"""
