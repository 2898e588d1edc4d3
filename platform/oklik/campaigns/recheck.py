"""The last look before a call is sent, and what becomes of a claimed call that is not sent after all."""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns import lease
from oklik.campaigns.budget import settle_unsent
from oklik.campaigns.claim import Claimed
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run
from oklik.store.deferring import PREPARE_PROMPTS, defer

MOST_REFUSALS = 3
"""So many times in a row a target is given back because of a refusal of ours; the next one is a fault of the line."""


def still_allowed(
    claimed: Claimed,
    now: dt.datetime,
    *,
    paused: Collection[int] = (),
    opted_out: Collection[str] = (),
) -> bool:
    """Say whether a claimed call may be sent at this very moment.

    paused: campaigns that were paused or stopped; opted_out: numbers that asked for peace since the claim.
    """
    return now < claimed.legal_until and claimed.campaign_id not in paused and claimed.number not in opted_out


def not_sent(conn: Connection, holder: Holder, uuids: Sequence[UUID], now: dt.datetime) -> int:
    """Give back intents that were never sent: the attempt does not count, the target waits again at once.

    The caller must know that no command left for them (or that the switch's guard bars them).  Gives the number of
    attempts given back; those already closed are left alone.  Targets of a stopped campaign are done.
    Raises LeaseLost.
    """
    lease.check(conn, holder)
    return give_back(conn, uuids, now)


def give_back(
    conn: Connection, uuids: Sequence[UUID], now: dt.datetime, refused: Mapping[UUID, str] | None = None
) -> int:
    """Do the same within a transaction that has checked the lease already.

    refused: what our side had against some of them; that is counted, see refused_too_often.
    """
    if not uuids:
        return 0
    settle_unsent(conn, uuids)
    return run(
        conn,
        """WITH a AS (
               UPDATE attempt SET open = false, ended_at = :now, disposition = 'not_sent', consumed = false,
                   fault = CAST(:refused AS jsonb) ->> CAST(uuid AS text)
               WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND open
               RETURNING uuid, target_id, campaign_id
           ), c AS (
               UPDATE call SET state = 'not_sent', ended_at = :now FROM a WHERE call.uuid = a.uuid
           ), k AS (
               SELECT id, state FROM campaign WHERE id IN (SELECT campaign_id FROM a)
               FOR KEY SHARE  -- see commands.halt
           )
           UPDATE target SET due = :now,
               state = CASE WHEN k.state = 'stopped' THEN 'done' ELSE 'waiting' END,
               reason = CASE WHEN k.state = 'stopped' THEN 'stopped' ELSE 'not_sent' END
           FROM a JOIN k ON k.id = a.campaign_id
           WHERE target.id = a.target_id AND target.state = 'dialing'""",
        uuids=list(uuids),
        now=now,
        refused=json.dumps({str(uuid): fault for uuid, fault in (refused or {}).items()}),
    ).rowcount


def refused_too_often(conn: Connection, uuids: Sequence[UUID]) -> set[UUID]:
    """Which of these open attempts must not be given back again: our side has refused MOST_REFUSALS in a row."""
    if not uuids:
        return set()
    return set(
        run(
            conn,
            """SELECT a.uuid FROM attempt a
               WHERE a.uuid = ANY(CAST(:uuids AS uuid[])) AND a.n > :most AND (
                   SELECT count(*) FROM (
                       SELECT p.disposition, p.fault FROM attempt p
                       WHERE p.target_id = a.target_id AND NOT p.open ORDER BY p.n DESC LIMIT :most) AS last
                   WHERE last.disposition = 'not_sent' AND last.fault IS NOT NULL) = :most""",
            uuids=list(uuids),
            most=MOST_REFUSALS,
        ).scalars()
    )


def speechless(
    conn: Connection, holder: Holder, attempts: Mapping[UUID, int], now: dt.datetime, fault: str
) -> set[UUID]:
    """Give back intents whose speech is gone, and have it made again before they are claimed again.

    attempts: attempt -> campaign.  Gives those that were given back too often: they are left as they are.
    Raises LeaseLost.
    """
    lease.check(conn, holder)
    worn = refused_too_often(conn, list(attempts))
    back = {uuid: fault for uuid in attempts if uuid not in worn}
    give_back(conn, list(back), now, back)
    run(
        conn,
        """UPDATE target SET state = 'preparing', prepared = NULL, reason = NULL
           FROM attempt a
           WHERE a.uuid = ANY(CAST(:uuids AS uuid[])) AND target.id = a.target_id AND target.state = 'waiting'""",
        uuids=list(back),
    )
    for campaign in sorted({attempts[uuid] for uuid in back}):
        defer(conn, PREPARE_PROMPTS, only_one=f"{PREPARE_PROMPTS} {campaign}", campaign_id=campaign)
    return worn
