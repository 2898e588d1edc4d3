"""What a trial of a draft leaves behind is forgotten after two days: its campaign of one, its list, its document.

The legs that were dialed, their verdicts and steps stay, as those of any test.
"""

import datetime as dt

from sqlalchemy import Connection

from oklik.campaigns.rows import run

TRIALS_KEPT_FOR = dt.timedelta(days=2)


def forget_trials(conn: Connection, *, before: dt.datetime | None = None, trunk_id: int | None = None) -> int:
    """Forget trials that were begun before a moment, or all of a trunk; gives how many.  One that is up stays."""
    rows = run(
        conn,
        """SELECT c.id, c.list_id, c.scenario_version_id FROM campaign c
           WHERE c.state = 'trial'
             AND (CAST(:before AS timestamptz) IS NULL OR c.created_at < :before)
             AND (CAST(:trunk AS bigint) IS NULL OR c.trunk_id = :trunk
                  OR EXISTS (SELECT FROM campaign_trunk x WHERE x.campaign_id = c.id AND x.trunk_id = :trunk))
             AND NOT EXISTS (
                 SELECT FROM call_order o LEFT JOIN call l ON l.uuid = o.call_uuid
                 WHERE o.campaign_id = c.id AND (o.state = 'asked' OR o.state = 'claimed'
                       AND l.state NOT IN ('final', 'not_sent', 'unknown')))
           ORDER BY c.id FOR UPDATE OF c SKIP LOCKED""",
        before=before,
        trunk=trunk_id,
    ).all()
    campaigns = [row.id for row in rows]
    lists = [row.list_id for row in rows]
    for table, column, ids in (
        ("call_order", "campaign_id", campaigns),
        ("target", "campaign_id", campaigns),
        ("campaign_trunk", "campaign_id", campaigns),
        ("campaign", "id", campaigns),
        ("contact", "list_id", lists),
        ("contact_list", "id", lists),
        ("scenario_version", "id", [row.scenario_version_id for row in rows]),
    ):
        if ids:
            run(conn, f"DELETE FROM {table} WHERE {column} = ANY(CAST(:ids AS bigint[]))", ids=ids)  # noqa: S608  names of ours
    return len(rows)
