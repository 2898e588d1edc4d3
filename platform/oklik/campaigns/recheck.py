"""The last look before a call is sent, and what becomes of a claimed call that is not sent after all."""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns import call_orders, lease
from oklik.campaigns.budget import settle_unsent
from oklik.campaigns.consents_held import Consents
from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run
from oklik.dialing.destinations import nature
from oklik.dialing.law.in_force import rules_of
from oklik.store.deferring import PREPARE_PROMPTS, defer

MOST_REFUSALS = 3
"""So many times in a row a target is given back because of a refusal of ours; the next one is a fault of the line."""


def still_allowed(
    claimed: Claimed,
    now: dt.datetime,
    *,
    paused: Collection[int] = (),
    opted_out: Collection[str] = (),
    removed: Collection[int] = (),
) -> bool:
    """Say whether a claimed call may be sent at this very moment.

    paused: campaigns that were paused or stopped; opted_out: numbers that asked for peace since the claim; removed:
    targets whose people were taken out since.
    """
    return (
        now < claimed.legal_until
        and claimed.campaign_id not in paused
        and claimed.number not in opted_out
        and claimed.target_id not in removed
    )


def withdrawn(conn: Connection, uuids: Sequence[UUID], now: dt.datetime) -> set[UUID]:
    """Which of these intents must not be sent any more.

    Since the claim somebody asked for peace or took a consent back, or another dialer has carried out a pause or a stop
    of the campaign.  For intents that were not sent within a moment of their claim; a fresh one has been asked all this
    by the claim.
    """
    if not uuids:
        return set()
    rows = run(
        conn,
        """SELECT a.uuid, a.person_id, a.purpose, ARRAY[c.number] AS phones, coalesce(p.same_as, p.id) AS root,
               c.kind = 'person' AND k.state <> 'running' AS halted
           FROM attempt a JOIN call c ON c.uuid = a.uuid JOIN person p ON p.id = a.person_id
           JOIN campaign k ON k.id = a.campaign_id
           WHERE a.uuid = ANY(CAST(:uuids AS uuid[]))""",
        uuids=list(uuids),
    ).all()
    barred = set(
        run(
            conn,
            """SELECT c.uuid FROM call c
               LEFT JOIN call_order o ON o.call_uuid = c.uuid LEFT JOIN campaign k ON k.id = o.campaign_id
               WHERE c.uuid = ANY(CAST(:uuids AS uuid[])) AND c.kind = 'test'
                 AND (k.state = ANY(CAST(:not_tested AS text[]))
                   OR EXISTS (SELECT FROM suppression s WHERE s.number = c.number))""",
            uuids=list(uuids),
            not_tested=list(call_orders.NOT_TESTED),
        ).scalars()
    )
    silent = set(
        run(
            conn,
            """WITH one AS (
                   SELECT id, coalesce(same_as, id) AS root FROM person
                   WHERE id = ANY(CAST(:roots AS bigint[])) OR same_as = ANY(CAST(:roots AS bigint[]))
               )
               SELECT one.root FROM one JOIN person p ON p.id = one.id JOIN suppression s ON s.number = p.key
               UNION
               SELECT one.root FROM one JOIN person_phone f ON f.person_id = one.id
               JOIN suppression s ON s.number = f.number
               UNION
               SELECT p.root FROM json_to_recordset(CAST(:rows AS json)) AS p(root bigint, number text)
               JOIN suppression s ON s.number = p.number""",
            [{"root": row.root, "number": row.phones[0]} for row in rows],
            roots=[row.root for row in rows],
        ).scalars()
    )
    barred |= {row.uuid for row in rows if row.halted or row.root in silent}
    for purpose in {row.purpose for row in rows}:
        held = Consents(conn, purpose, rows, now)
        barred |= {
            row.uuid
            for row in rows
            if row.purpose == purpose
            and rules_of(purpose, nature(row.phones[0]).country, now.date()).consent
            and not held.cover(row.person_id, row.phones[0])
        }
    return barred


def not_sent(conn: Connection, holder: Holder, uuids: Sequence[UUID], now: dt.datetime) -> int:
    """Give back intents that were never sent: the attempt does not count, the target waits again at once.

    The caller must know that no command left for them (or that the switch's guard bars them).  Gives the number of
    attempts given back; those already closed are left alone.  Targets of a stopped campaign, and of people who were
    taken out of theirs, are done.
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
    given = run(
        conn,
        """WITH a AS (
               UPDATE attempt SET open = false, ended_at = :now, disposition = 'not_sent', consumed = false,
                   fault = CAST(:refused AS jsonb) ->> CAST(uuid AS text)
               WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND open
               RETURNING uuid, target_id, campaign_id
           ), c AS (
               UPDATE call SET state = 'not_sent', ended_at = :now FROM a WHERE call.uuid = a.uuid
           ), s AS (  -- of a stranger who called us: there is only the leg
               UPDATE call SET state = 'not_sent', ended_at = :now
               WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND kind = 'inbound' AND state = 'intent'
                 AND NOT EXISTS (SELECT FROM attempt WHERE attempt.uuid = call.uuid)
           ), k AS (
               SELECT id, state FROM campaign WHERE id IN (SELECT campaign_id FROM a)
               FOR KEY SHARE  -- see commands.halt
           )
           UPDATE target SET due = :now,
               state = CASE WHEN k.state = 'stopped' OR target.removed IS NOT NULL THEN 'done' ELSE 'waiting' END,
               reason = CASE WHEN k.state = 'stopped' THEN 'stopped' ELSE coalesce(target.removed, 'not_sent') END
           FROM a JOIN k ON k.id = a.campaign_id
           WHERE target.id = a.target_id AND target.state = 'dialing'""",
        uuids=list(uuids),
        now=now,
        refused=json.dumps({str(uuid): fault for uuid, fault in (refused or {}).items()}),
    ).rowcount
    call_orders.not_sent(conn, uuids, now, refused or {})
    return given


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
