"""When a campaign is over, and when there will be something to do again."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection

from oklik.campaigns.rows import run


def close_finished(conn: Connection, now: dt.datetime) -> list[int]:
    """Mark running campaigns done in which every target is done; gives their ids.

    Looked at twice: whoever brings targets back (coming_back.py) holds the campaign, and what they have committed by
    the time it is ours only a second look sees.
    """
    held = run(conn, f"SELECT id FROM campaign WHERE {_FINISHED} ORDER BY id FOR NO KEY UPDATE").scalars()  # noqa: S608
    if not held:
        return []
    rows = run(
        conn,
        f"""UPDATE campaign SET state = 'done', ended_at = :now
            WHERE id = ANY(CAST(:ids AS bigint[])) AND {_FINISHED} RETURNING id""",  # noqa: S608  a constant
        ids=held,
        now=now,
    )
    return [row.id for row in rows]


_FINISHED = """state = 'running'
    AND NOT EXISTS (SELECT 1 FROM target t WHERE t.campaign_id = campaign.id AND t.state = 'waiting')
    AND NOT EXISTS (SELECT 1 FROM target t WHERE t.campaign_id = campaign.id AND t.state = 'dialing')
    AND NOT EXISTS (SELECT 1 FROM target t WHERE t.campaign_id = campaign.id AND t.state = 'preparing')"""


def any_open(conn: Connection, *, virtual: bool) -> bool:
    """Say whether a campaign for this kind of switch is running or paused, or still has a call under way."""
    return bool(
        run(
            conn,
            """SELECT EXISTS (SELECT 1 FROM campaign WHERE state IN ('running', 'paused') AND virtual = :virtual)
                   OR EXISTS (SELECT 1 FROM attempt a JOIN campaign c ON c.id = a.campaign_id
                              WHERE a.open AND c.virtual = :virtual)""",
            virtual=virtual,
        ).scalar_one()
    )


def preparing(conn: Connection, *, virtual: bool) -> bool:
    """Say whether prompts are still being made for a running campaign."""
    return bool(
        run(
            conn,
            """SELECT EXISTS (SELECT 1 FROM campaign c JOIN target t ON t.campaign_id = c.id
                              WHERE c.state = 'running' AND c.virtual = :virtual AND t.state = 'preparing'
                                AND t.reason IS DISTINCT FROM 'pilot')""",
            virtual=virtual,
        ).scalar_one()
    )


def next_due(conn: Connection, *, virtual: bool, campaign_ids: Sequence[int] | None = None) -> dt.datetime | None:
    """Give when the first waiting target of a running campaign is due; None if none waits."""
    due: dt.datetime | None = run(
        conn,
        """SELECT min(first.due) FROM campaign c
           CROSS JOIN LATERAL (SELECT due FROM target t WHERE t.campaign_id = c.id AND t.state = 'waiting'
                               ORDER BY due, id LIMIT 1) first
           WHERE c.state = 'running' AND c.virtual = :virtual
             AND (CAST(:ids AS bigint[]) IS NULL OR c.id = ANY(CAST(:ids AS bigint[])))""",
        virtual=virtual,
        ids=None if campaign_ids is None else list(campaign_ids),
    ).scalar()
    return due
