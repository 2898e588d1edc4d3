"""The recorded calls of a campaign, page by page in the order of time; their files are call_recordings.py's."""

import datetime as dt
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run

Mark = tuple[dt.datetime, int]
"""Where a page ended: the last one's time and id."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded call, or its part with an agent.  at: the beginning; number: the person's.

    state: raw (as the switch has written it), ready (compressed), lost, deleted; path: in the folder of recordings.
    seconds, bytes: of a ready one.
    """

    id: int
    call_uuid: UUID
    part: str
    n: int
    at: dt.datetime
    number: str
    state: str
    path: str
    seconds: float | None
    bytes: int | None


def page(
    conn: Connection,
    campaign_id: int,
    *,
    most: int,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    after: Mark | None = None,
) -> tuple[list[Recorded], Mark | None]:
    """Give at most so many, begun within these instants, and where to go on; None: that was all."""
    rows = run(
        conn,
        """SELECT r.id, r.call_uuid, r.part, r.n, r.at, c.number, r.state, r.path, r.seconds, r.bytes
           FROM call_recording r JOIN call c ON c.uuid = r.call_uuid
           WHERE r.campaign_id = :campaign
             AND (CAST(:since AS timestamptz) IS NULL OR r.at >= CAST(:since AS timestamptz))
             AND (CAST(:until AS timestamptz) IS NULL OR r.at < CAST(:until AS timestamptz))
             AND (CAST(:at AS timestamptz) IS NULL OR (r.at, r.id) > (CAST(:at AS timestamptz), CAST(:id AS bigint)))
           ORDER BY r.at, r.id LIMIT :most""",
        campaign=campaign_id,
        since=since,
        until=until,
        at=after[0] if after else None,
        id=after[1] if after else None,
        most=most + 1,
    ).all()
    found = [Recorded(**row._asdict()) for row in rows[:most]]
    return found, (found[-1].at, found[-1].id) if len(rows) > most else None
