"""Results of a campaign of any size at once: spans that cannot change any more are counted once and kept.

A span is five minutes: long enough that a campaign of days is a few hundred of them, short enough that little is left
to be counted while calls go on.  They are kept in their order, so everything from the first one that is not kept is
counted when it is asked for.
"""

import datetime as dt
from collections.abc import Callable

import msgspec
from sqlalchemy import Connection, Engine, text

from oklik.reports.dialers import campaign_time
from oklik.reports.results import Counts, Segment, count_span, together

SPAN = dt.timedelta(minutes=5)
SETTLED = dt.timedelta(minutes=2)  # after a span until whatever began in it is written
EVER = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 1, 1, tzinfo=dt.UTC))

_NEXT = """
SELECT c.id, first.started_at FROM campaign c
CROSS JOIN LATERAL (SELECT max(since) AS since FROM result_span WHERE campaign_id = c.id) kept
CROSS JOIN LATERAL (
    SELECT started_at FROM attempt WHERE campaign_id = c.id
        AND started_at >= coalesce(kept.since + interval '5 minutes', '-infinity')
    ORDER BY started_at LIMIT 1) first
WHERE CAST(:only AS bigint) IS NULL OR c.id = :only ORDER BY c.id"""

_OPEN = "SELECT EXISTS (SELECT FROM attempt WHERE campaign_id = :id AND open AND started_at < :until)"

_KEEP = """INSERT INTO result_span (campaign_id, since, counts) VALUES (:id, :since, CAST(:counts AS jsonb))
ON CONFLICT DO NOTHING"""


def keep_spans(engine: Engine, wall: dt.datetime, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Count and keep every span that is over, of all campaigns; gives how many.  wall: real time."""
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
        since = _begin(first.started_at)
        over = since + SPAN
        if campaign_time(conn, campaign_id, wall) < over + SETTLED:
            return False
        if conn.execute(text(_OPEN), {"id": campaign_id, "until": over}).scalar_one():
            return False
        counts = msgspec.json.encode(count_span(conn, campaign_id, since, over)).decode()
        conn.execute(text(_KEEP), {"id": campaign_id, "since": since, "counts": counts})
        return True


def results(
    conn: Connection,
    campaign_id: int,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    segment: Segment | None = None,
) -> Counts:
    """Count a campaign's calls, or those begun from `since` on and before `until`, both to five minutes.

    A segment is counted call by call, however many there are.
    """
    begin, end = _begin(since) if since else EVER[0], _begin(until) if until else EVER[1]
    if segment is not None:
        return count_span(conn, campaign_id, begin, end, segment)
    rows = conn.execute(
        text("SELECT since, counts FROM result_span WHERE campaign_id = :id ORDER BY since"), {"id": campaign_id}
    ).all()
    kept = [msgspec.convert(row.counts, Counts) for row in rows if begin <= row.since < end]
    left = max(begin, rows[-1].since + SPAN) if rows else begin
    if left < end:
        kept.append(count_span(conn, campaign_id, left, end))
    return together(kept)


def _begin(moment: dt.datetime) -> dt.datetime:
    """The beginning of the span that a moment is in."""
    utc = moment.astimezone(dt.UTC)
    return utc.replace(minute=utc.minute // 5 * 5, second=0, microsecond=0)
