"""Results of a campaign of any size at once: spans that cannot change any more are counted once and kept.

A span is five minutes: long enough that a campaign of days is a few hundred of them, short enough that little is left
to be counted while calls go on.  They are kept in their order, so everything from the first one that is not kept is
counted when it is asked for; where that is too much for one page, it waits for the job, and the counts say so.  With
a span the rows of its calls are kept (call_rows.py), from which segments are counted.
"""

import datetime as dt
from collections.abc import Callable

import msgspec
from sqlalchemy import Connection, Engine, text

from oklik.campaigns.segments import segment as saved_segment
from oklik.reports.call_rows import keep_rows
from oklik.reports.dialers import campaign_time
from oklik.reports.results import Counts, count_span, together
from oklik.reports.wanted import ALL, EVER, SavedSegment, Segment, Wanted, campaigns_of

SPAN = dt.timedelta(minutes=5)
SETTLED = dt.timedelta(minutes=2)  # after a span until whatever began in it is written
MOST_FRESH = 60_000
"""So many calls that are not kept yet are counted while somebody waits."""

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
        keep_rows(conn, campaign_id, since, over)
        counts = msgspec.json.encode(count_span(conn, campaign_id, since, over, kept=True)).decode()
        conn.execute(text(_KEEP), {"id": campaign_id, "since": since, "counts": counts})
        return True


_FRESH = """SELECT count(*) FROM (SELECT FROM attempt WHERE campaign_id = :id AND started_at >= :since
    AND started_at < :until LIMIT CAST(:most AS bigint)) few"""


def results(conn: Connection, campaign_id: int, wanted: Wanted = ALL) -> Counts:
    """Count the calls that are wanted, their times to five minutes.  Raises NoSuchVersion, NoSuchSegment.

    Exact in a REPEATABLE READ transaction.
    """
    campaigns = campaigns_of(conn, campaign_id, wanted.version)
    if isinstance(wanted.segment, SavedSegment):
        saved_segment(conn, wanted.segment.id)
    return together(_of_campaign(conn, one, wanted) for one in campaigns)


def _of_campaign(conn: Connection, campaign_id: int, wanted: Wanted) -> Counts:
    begin = _begin(wanted.since) if wanted.since else wanted.begin
    end = _begin(wanted.until) if wanted.until else wanted.end
    kept_until = kept(conn, campaign_id)
    found = []
    if wanted.segment is not None:
        if begin < min(end, kept_until):
            found.append(count_span(conn, campaign_id, begin, min(end, kept_until), wanted.segment, kept=True))
    else:
        rows = conn.execute(
            text(
                """SELECT counts FROM result_span WHERE campaign_id = :id AND since >= :begin AND since < :end
                   ORDER BY since"""
            ),
            {"id": campaign_id, "begin": begin, "end": end},
        )
        found += [msgspec.convert(row.counts, Counts) for row in rows]
    if (left := max(begin, kept_until)) < end:
        found.append(_tail(conn, campaign_id, left, end, wanted.segment))
    return together(found)


def _tail(
    conn: Connection, campaign_id: int, since: dt.datetime, until: dt.datetime, segment: Segment | None
) -> Counts:
    """Count what is not kept yet, or only say how much it is."""
    given = {"id": campaign_id, "since": since, "until": until}
    few = conn.execute(text(_FRESH), {**given, "most": MOST_FRESH + 1}).scalar_one()
    if few == 0:
        return Counts()
    if few <= MOST_FRESH:
        return count_span(conn, campaign_id, since, until, segment)
    return Counts(left=conn.execute(text(_FRESH), {**given, "most": None}).scalar_one())


def kept(conn: Connection, campaign_id: int) -> dt.datetime:
    """Until when everything is kept."""
    last = conn.execute(
        text("SELECT max(since) FROM result_span WHERE campaign_id = :id"), {"id": campaign_id}
    ).scalar()
    return EVER[0] if last is None else last + SPAN


def _begin(moment: dt.datetime) -> dt.datetime:
    """The beginning of the span that a moment is in."""
    utc = moment.astimezone(dt.UTC)
    return utc.replace(minute=utc.minute // 5 * 5, second=0, microsecond=0)
