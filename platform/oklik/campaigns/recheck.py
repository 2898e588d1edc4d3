"""The last look before a call is sent, and what becomes of a claimed call that is not sent after all."""

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns import lease
from oklik.campaigns.claim import Claimed
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run


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


def give_back(conn: Connection, uuids: Sequence[UUID], now: dt.datetime) -> int:
    """Do the same within a transaction that has checked the lease already."""
    if not uuids:
        return 0
    return run(
        conn,
        """WITH a AS (
               UPDATE attempt SET open = false, ended_at = :now, disposition = 'not_sent', consumed = false
               WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND open
               RETURNING uuid, target_id, campaign_id
           ), c AS (
               UPDATE call SET state = 'not_sent', ended_at = :now FROM a WHERE call.uuid = a.uuid
           )
           UPDATE target SET due = :now,
               state = CASE WHEN k.state = 'stopped' THEN 'done' ELSE 'waiting' END,
               reason = CASE WHEN k.state = 'stopped' THEN 'stopped' ELSE 'not_sent' END
           FROM a JOIN campaign k ON k.id = a.campaign_id
           WHERE target.id = a.target_id AND target.state = 'dialing'""",
        uuids=list(uuids),
        now=now,
    ).rowcount
