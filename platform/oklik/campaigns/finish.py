"""Finish: what ended calls came to, in bulk: leg, attempt, the target's outcome and next step, the row for others.

An attempt is finished once: whoever comes second (a late event, the reconcile) finds it closed and changes nothing.
What a call's end means, and which attempt tells of a contact, is dialing.disposition's affair, what follows is
dialing.retry's; here both are applied.
"""

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns import lease
from oklik.campaigns.budget import settle
from oklik.campaigns.lease import Holder
from oklik.campaigns.recheck import give_back, refused_too_often
from oklik.campaigns.rows import run
from oklik.campaigns.running import policy_of
from oklik.dialing.disposition import CallSummary, Judgement, judge_call, telling
from oklik.dialing.gate import Policy
from oklik.dialing.retry import Retry, RetryPlan, Stop, Tried, next_call
from oklik.dialing.vocabulary import Disposition
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import certain_zone, tzinfo, where

_book = WindowBook()


class Finished(msgspec.Struct, frozen=True):
    """An ended call.  ended_at: when the person's leg was over."""

    uuid: UUID
    ended_at: dt.datetime
    summary: CallSummary


def finish(conn: Connection, holder: Holder, calls: Sequence[Finished], now: dt.datetime) -> dict[UUID, Disposition]:
    """Close the attempts of these calls and say what follows for their targets.

    Gives the dispositions of those that were closed now; attempts closed before are not among them.  A call that the
    switch's guard refused (summary.sent False) is given back as not_sent.  Raises LeaseLost.
    """
    lease.check(conn, holder)
    return close(conn, calls, now)


def close(conn: Connection, calls: Sequence[Finished], now: dt.datetime) -> dict[UUID, Disposition]:
    """Do the same within a transaction that has checked the lease already."""
    judged = {call.uuid: (call, judge_call(call.summary)) for call in calls}
    unsent = [uuid for uuid, (_, j) in judged.items() if j.disposition is Disposition.NOT_SENT]
    refused = {uuid: judged[uuid][0].summary for uuid in unsent if judged[uuid][0].summary.cause not in _NOT_OUR_WORD}
    worn = refused_too_often(conn, list(refused))
    for uuid in worn:  # it would be refused for ever: a fault of the line, which has its own small cap
        call, summary = judged[uuid][0], refused[uuid]
        told = Finished(uuid, call.ended_at, replace(summary, fault=summary.fault or _refusal(summary)))
        judged[uuid] = (told, Judgement(Disposition.LINE_FAULT, talk=False, consumed=False))
    unsent = [uuid for uuid in unsent if uuid not in worn]
    give_back(conn, unsent, now, {uuid: one.fault or _refusal(one) for uuid, one in refused.items()})
    rows = _lock_open(conn, [uuid for uuid in judged if uuid not in set(unsent)])
    if not rows:
        return {}
    earlier = _earlier(conn, [row.target_id for row in rows if row.n > 1])
    campaigns = _campaigns(conn, {row.campaign_id for row in rows})
    records = []
    for row in rows:
        call, judgement = judged[row.uuid]
        place = _Place(row, judgement, campaigns[row.campaign_id], call.summary)
        past = earlier.get(row.target_id, [])
        records.append(_record(place, call, _following(place, past, now), _best(past, judgement.disposition)))
    run(conn, _WRITE, records, now=now)
    settle(conn, {row.uuid: _talked_s(judged[row.uuid][0].summary) for row in rows})
    return {row.uuid: judged[row.uuid][1].disposition for row in rows}


def _talked_s(summary: CallSummary) -> float:
    """Seconds that may have to be paid for; of a call whose end nobody saw, all that it may have lasted."""
    if summary.cause == "LOST":
        return math.inf
    return summary.talk_s if summary.answered else 0.0


# A cut, or another dialer in our place: neither says that the same call would be refused again.
_NOT_OUR_WORD = frozenset({"LOST", "OKLIK_STALE_EPOCH", "OKLIK_NOT_SENT"})


def _refusal(summary: CallSummary) -> str:
    return f"the call was refused before it was dialed: {summary.cause}"


def _lock_open(conn: Connection, uuids: Sequence[UUID]) -> Sequence[Row[Any]]:
    if not uuids:
        return []
    return run(
        conn,
        """SELECT a.uuid, a.target_id, a.campaign_id, a.n, a.started_at, t.attempts, t.faults, t.last_hours,
               t.phone_index, p.phones, p.zone AS own_zone, leg.number
           FROM attempt a
           JOIN target t ON t.id = a.target_id
           JOIN contact p ON p.id = t.contact_id
           JOIN call leg ON leg.uuid = a.uuid
           WHERE a.uuid = ANY(CAST(:uuids AS uuid[])) AND a.open
           ORDER BY a.uuid
           FOR UPDATE OF a, t""",
        uuids=list(uuids),
    ).all()


_Past = tuple[str, str, bool, bool]


def _earlier(conn: Connection, targets: Sequence[int]) -> dict[int, list[_Past]]:
    """Closed attempts of these targets in order: (disposition, number, nobody there knows the person, end unseen)."""
    known: dict[int, list[_Past]] = {}
    if not targets:
        return known
    for row in run(
        conn,
        """SELECT a.target_id, a.disposition, leg.number,
               coalesce(leg.cause = 'LOST', false) OR a.fault IS NOT NULL AS lost,
               a.disposition = 'wrong_person' AND EXISTS (
                   SELECT 1 FROM step s WHERE s.attempt_uuid = a.uuid
                     AND s.fact ->> 'type' = 'right_party' AND s.fact ->> 'result' = 'wrong_number') AS wrong
           FROM attempt a JOIN call leg ON leg.uuid = a.uuid
           WHERE a.target_id = ANY(CAST(:targets AS bigint[])) AND NOT a.open
           ORDER BY a.target_id, a.n""",
        targets=list(targets),
    ):
        known.setdefault(row.target_id, []).append((row.disposition, row.number, row.wrong, row.lost))
    return known


class _Campaign(msgspec.Struct):
    stopped: bool
    zone: str
    base_zone: str | None
    plan: RetryPlan
    policy: Policy


def _campaigns(conn: Connection, ids: Collection[int]) -> dict[int, _Campaign]:
    rows = run(
        conn,
        """SELECT id, state, purpose, retry, "window", zone, base_zone FROM campaign
           WHERE id = ANY(CAST(:ids AS bigint[]))
           FOR KEY SHARE""",  # whoever stops a campaign waits for those who have read it as running (commands.halt)
        ids=list(ids),
    )
    return {
        row.id: _Campaign(
            row.state == "stopped",
            row.zone,
            row.base_zone,
            RetryPlan.from_json(row.retry),
            policy_of(row.purpose, row.retry, row.window, row.zone),
        )
        for row in rows
    }


class _Place:
    """An ended attempt among its circumstances: where the contact may be, and in which local hours it was tried."""

    def __init__(self, row: Row[Any], judgement: Judgement, campaign: _Campaign, summary: CallSummary) -> None:
        self.row, self.judgement, self.campaign = row, judgement, campaign
        self.lost, self.later_s = _ours(summary), summary.call_later_s
        self.zones = where(row.own_zone, row.number, campaign.base_zone).zones
        self.zone = tzinfo(certain_zone(self.zones, campaign.zone))
        self.hours: list[int] = row.last_hours
        if judgement.consumed:
            self.hours = [*self.hours, row.started_at.astimezone(self.zone).hour]

    def opens(self, moment: dt.datetime) -> dt.datetime | None:
        """Give the first legal moment from a moment on."""
        return self.campaign.policy.ask(self.row.number, self.zones, moment, _book)[0]


def _following(place: _Place, earlier: Sequence[_Past], now: dt.datetime) -> Retry | Stop:
    row, judgement = place.row, place.judgement
    if place.campaign.stopped and judgement.disposition not in _REACHED:
        return Stop("stopped")
    phones: list[str] = row.phones

    def index(number: str) -> int:
        return phones.index(number) if number in phones else -1

    tried = [Tried(Disposition(d), index(number), wrong, lost) for d, number, wrong, lost in earlier]
    tried.append(Tried(judgement.disposition, index(row.number), judgement.wrong_number, place.lost, place.later_s))
    return next_call(
        place.campaign.plan,
        tried,
        phones=len(phones),
        now=now,
        opens=place.opens,
        hours=place.hours,
        zone=place.zone,
    )


_CANCELLED = "we hung up before the end"


def _ours(summary: CallSummary) -> bool:
    """Whether the call ended as it did for our side: broken down, or told to leave.  The person has not left it."""
    return summary.cause == "LOST" or summary.fault is not None or summary.cancelled


_REACHED = frozenset(
    {
        Disposition.COMPLETED,
        Disposition.DELIVERED,
        Disposition.TRANSFERRED,
        Disposition.DECLINED,
        Disposition.OPTED_OUT,
    }
)


def _best(earlier: Sequence[_Past], last: Disposition) -> Disposition:
    """What the contact's attempts came to in all."""
    all_of_them = [*(Disposition(disposition) for disposition, *_ in earlier), last]
    return all_of_them[telling(all_of_them)]


def _record(place: _Place, call: Finished, following: Retry | Stop, best: Disposition) -> dict[str, Any]:
    row, judgement, summary = place.row, place.judgement, call.summary
    unknown = judgement.disposition is Disposition.UNKNOWN
    again = isinstance(following, Retry)
    return {
        "uuid": row.uuid,
        "target_id": row.target_id,
        "campaign_id": row.campaign_id,
        "ended_at": call.ended_at,
        "call_state": "unknown" if unknown else "final",
        "cause": summary.cause,
        "q850": summary.q850 or None,
        "sip_status": summary.sip_status or None,
        "hangup_by": summary.hangup_by,
        "ring_s": summary.ring_s,
        "talk_s": summary.talk_s if summary.answered else None,
        "answered": summary.answered,
        "disposition": judgement.disposition,
        "talk": judgement.talk,
        "consumed": judgement.consumed,
        "heard_percent": summary.heard_percent,
        "fault": summary.fault or (_CANCELLED if summary.cancelled else None),
        "best": best,
        "target_state": "waiting" if again else "done",
        "due": following.due if isinstance(following, Retry) else None,
        "phone_index": following.phone if isinstance(following, Retry) else row.phone_index,
        "attempts": row.attempts + judgement.consumed,
        "faults": row.faults + (judgement.disposition is Disposition.LINE_FAULT),
        "last_hours": place.hours,
        "reason": following.reason if isinstance(following, Stop) else "retry",
        "reason_args": following.args if isinstance(following, Stop) else {"attempt": row.n},
    }


_WRITE = """
    WITH r AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json))
            AS r(uuid uuid, target_id bigint, campaign_id bigint, ended_at timestamptz, call_state text, cause text,
                 q850 smallint, sip_status smallint, hangup_by text, ring_s double precision,
                 talk_s double precision, answered boolean, disposition text, talk boolean, consumed boolean,
                 heard_percent smallint, fault text, best text, target_state text, due timestamptz,
                 phone_index smallint, attempts smallint, faults smallint, last_hours jsonb, reason text,
                 reason_args jsonb)
    ), c AS (
        UPDATE call SET state = r.call_state, cause = r.cause, q850 = r.q850, sip_status = r.sip_status,
            hangup_by = r.hangup_by, ring_s = r.ring_s, talk_s = r.talk_s,
            ended_at = coalesce(call.ended_at, r.ended_at),
            answered_at = CASE WHEN r.answered THEN
                coalesce(call.answered_at, r.ended_at - make_interval(secs => coalesce(r.talk_s, 0))) END
        FROM r WHERE call.uuid = r.uuid
    ), a AS (
        UPDATE attempt SET open = false, ended_at = r.ended_at, disposition = r.disposition, talk = r.talk,
            consumed = r.consumed, heard_percent = r.heard_percent, fault = r.fault
        FROM r WHERE attempt.uuid = r.uuid
    ), o AS (
        INSERT INTO outbox (attempt_uuid, kind, payload)
        SELECT uuid, 'attempt_final', json_build_object('campaign_id', campaign_id, 'target_id', target_id,
            'disposition', disposition) FROM r
        ON CONFLICT (attempt_uuid, kind) DO NOTHING
    )
    UPDATE target SET state = r.target_state, due = coalesce(r.due, target.due), phone_index = r.phone_index,
        attempts = r.attempts, faults = r.faults, last_hours = r.last_hours, disposition = r.best,
        reason = r.reason, reason_args = r.reason_args
    FROM r WHERE target.id = r.target_id"""
