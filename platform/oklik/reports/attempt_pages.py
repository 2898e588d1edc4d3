"""Attempts of a campaign page by page, the latest first: a page costs the same wherever it is."""

import datetime as dt
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, text

from oklik.reports.results import Segment


class Mark(NamedTuple):
    """Where a page ends."""

    at: dt.datetime
    uuid: UUID


_PAGE = """
SELECT a.uuid, a.started_at, a.n, a.direction, a.disposition, a.open, a.target_id, k.row_number, leg.number,
    leg.caller_id, leg.ring_s, leg.talk_s, leg.answered_at IS NOT NULL AS answered, leg.hangup_by, leg.cause,
    leg.sip_status,
    (SELECT jsonb_object_agg(w.question, jsonb_build_array(w.value, w.label)) FROM answer w
     WHERE w.attempt_uuid = a.uuid) AS answers
FROM attempt a JOIN call leg ON leg.uuid = a.uuid
JOIN target t ON t.id = a.target_id JOIN contact k ON k.id = t.contact_id
WHERE a.campaign_id = :id AND a.disposition IS DISTINCT FROM 'not_sent' {where}
ORDER BY a.started_at DESC, a.uuid DESC LIMIT :limit"""


def attempts(  # noqa: PLR0917  what is filtered by
    conn: Connection,
    campaign_id: int,
    limit: int,
    after: Mark | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    outcome: str | None = None,
    segment: Segment | None = None,
) -> list[Row[Any]]:
    """Give a page of attempts.  after: the last one of the page before; until: excluded; outcome: a disposition."""
    where: list[str] = []
    given: dict[str, Any] = {"id": campaign_id, "limit": limit}
    if after is not None:
        where.append("AND (a.started_at, a.uuid) < (:at, :uuid)")
        given |= {"at": after.at, "uuid": after.uuid}
    if since is not None:
        where.append("AND a.started_at >= :since")
        given["since"] = since
    if until is not None:
        where.append("AND a.started_at < :until")
        given["until"] = until
    if outcome is not None:
        where.append("AND a.disposition = :outcome")
        given["outcome"] = outcome
    if segment is not None:
        where.append("AND k.fields ->> :header = :value")
        given |= {"header": segment.header, "value": segment.value}
    return list(conn.execute(text(_PAGE.format(where=" ".join(where))), given).all())
