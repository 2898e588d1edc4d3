"""Results of a campaign of any size at once: hours that cannot change any more are counted once and kept.

Hours are kept in their order, so everything from the first one that is not kept is counted when it is asked for.
"""

import datetime as dt
from collections.abc import Callable

import msgspec
from sqlalchemy import Connection, Engine, text

from oklik.reports.dialers import campaign_time
from oklik.reports.results import Counts, Segment, count_span, together

HOUR = dt.timedelta(hours=1)
SETTLED = dt.timedelta(minutes=10)  # after an hour until whatever began in it is written
EVER = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 1, 1, tzinfo=dt.UTC))

_NEXT = """
SELECT c.id, first.started_at FROM campaign c
CROSS JOIN LATERAL (SELECT max(hour) AS hour FROM result_hour WHERE campaign_id = c.id) kept
CROSS JOIN LATERAL (
    SELECT started_at FROM attempt WHERE campaign_id = c.id
        AND started_at >= coalesce(kept.hour + interval '1 hour', '-infinity')
    ORDER BY started_at LIMIT 1) first
WHERE CAST(:only AS bigint) IS NULL OR c.id = :only ORDER BY c.id"""

_OPEN = "SELECT EXISTS (SELECT FROM attempt WHERE campaign_id = :id AND open AND started_at < :until)"

_KEEP = """INSERT INTO result_hour (campaign_id, hour, counts) VALUES (:id, :hour, CAST(:counts AS jsonb))
ON CONFLICT DO NOTHING"""


def keep_hours(engine: Engine, wall: dt.datetime, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Count and keep every hour that is over, of all campaigns; gives how many.  wall: real time."""
    with engine.connect() as conn:
        waiting = [row.id for row in conn.execute(text(_NEXT), {"only": None})]
    kept = 0
    for campaign in waiting:
        while not should_stop() and _keep_next(engine, campaign, wall):
            kept += 1
    return kept


def _keep_next(engine: Engine, campaign_id: int, wall: dt.datetime) -> bool:
    with engine.begin() as conn:
        first = conn.execute(text(_NEXT), {"only": campaign_id}).first()
        if first is None:
            return False
        hour = first.started_at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
        over = hour + HOUR
        if campaign_time(conn, campaign_id, wall) < over + SETTLED:
            return False
        if conn.execute(text(_OPEN), {"id": campaign_id, "until": over}).scalar_one():
            return False
        counts = msgspec.json.encode(count_span(conn, campaign_id, hour, over)).decode()
        conn.execute(text(_KEEP), {"id": campaign_id, "hour": hour, "counts": counts})
        return True


def results(
    conn: Connection,
    campaign_id: int,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    segment: Segment | None = None,
) -> Counts:
    """Count a campaign's calls, or those begun from the hour of `since` on and before the hour of `until`.

    A segment is counted call by call, however many there are.
    """
    begin, end = _hour(since) if since else EVER[0], _hour(until) if until else EVER[1]
    if segment is not None:
        return count_span(conn, campaign_id, begin, end, segment)
    rows = conn.execute(
        text("SELECT hour, counts FROM result_hour WHERE campaign_id = :id ORDER BY hour"), {"id": campaign_id}
    ).all()
    kept = [msgspec.convert(row.counts, Counts) for row in rows if begin <= row.hour < end]
    left = max(begin, rows[-1].hour + HOUR) if rows else begin
    if left < end:
        kept.append(count_span(conn, campaign_id, left, end))
    return together(kept)


def _hour(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
