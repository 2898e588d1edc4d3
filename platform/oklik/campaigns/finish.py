"""Finish: what ended calls came to, in bulk: leg, attempt, the target's outcome and next step, the row for others.

An attempt is finished once: whoever comes second (a late event, the reconcile) finds it closed and changes nothing.
What a call's end means, and which attempt tells of a contact, is dialing.disposition's affair, what follows is
dialing.retry's; here both are applied.
"""

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns import lease
from oklik.campaigns.budget import UNSENT, settle
from oklik.campaigns.call_orders import note_faults
from oklik.campaigns.consents_held import ThirdPersons
from oklik.campaigns.lease import Holder
from oklik.campaigns.other_phones import role_at
from oklik.campaigns.own_days import DAYS_OFF
from oklik.campaigns.promises import keep_promises
from oklik.campaigns.recheck import give_back, refused_too_often
from oklik.campaigns.rows import run
from oklik.campaigns.running import machines_of, policy_of
from oklik.dialing.disposition import CallSummary, Judgement, judge_call, telling
from oklik.dialing.gate import Policy, refuses_phone
from oklik.dialing.law.shapes import OTHERS, Role
from oklik.dialing.line_faults import counts
from oklik.dialing.machines import NO_SIGNS, MachinePolicy
from oklik.dialing.numbering import NumberingPlan
from oklik.dialing.retry import Retry, RetryPlan, Stop, Tried, next_call
from oklik.dialing.vocabulary import Disposition
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import certain_zone, tzinfo, where
from oklik.store.numbering import PLAN_VERSION, plan_of

_book = WindowBook()


class Finished(msgspec.Struct, frozen=True):
    """An ended call.  ended_at: when the person's leg was over.

    stranger: of nobody in a campaign: somebody unknown who called us, or a test.
    """

    uuid: UUID
    ended_at: dt.datetime
    summary: CallSummary
    stranger: bool = False


def finish(conn: Connection, holder: Holder, calls: Sequence[Finished], now: dt.datetime) -> dict[UUID, Disposition]:
    """Close the attempts of these calls and say what follows for their targets.

    Gives the dispositions of those that were closed now; attempts closed before are not among them.  A call that the
    switch's guard refused (summary.sent False) is given back as not_sent.  Raises LeaseLost.
    """
    lease.check(conn, holder)
    return close(conn, calls, now)


def close(conn: Connection, calls: Sequence[Finished], now: dt.datetime) -> dict[UUID, Disposition]:
    """Do the same within a transaction that has checked the lease already."""
    _close_strangers(conn, [call for call in calls if call.stranger])
    judged = {call.uuid: (call, judge_call(call.summary)) for call in calls if not call.stranger}
    unsent = [uuid for uuid, (_, j) in judged.items() if j.disposition is Disposition.NOT_SENT]
    refused = {uuid: judged[uuid][0].summary for uuid in unsent if judged[uuid][0].summary.cause not in _NOT_OUR_WORD}
    worn = refused_too_often(conn, list(refused))
    for uuid in worn:  # it would be refused for ever: a fault of the line, which has its own small cap
        call, summary = judged[uuid][0], refused[uuid]
        told = Finished(uuid, call.ended_at, replace(summary, fault=summary.fault or _refusal(summary)))
        judged[uuid] = (told, Judgement(Disposition.LINE_FAULT, talk=False, consumed=False))
    unsent = [uuid for uuid in unsent if uuid not in worn]
    alone = {uuid: judged[uuid][0].summary for uuid in unsent if judged[uuid][0].summary.cause == NO_AGENT}
    note_faults(conn, {uuid: summary.fault for uuid, summary in alone.items() if summary.fault})
    give_back(conn, unsent, now, {uuid: one.fault or _refusal(one) for uuid, one in refused.items()})
    rows = _lock_open(conn, [uuid for uuid in judged if uuid not in set(unsent)])
    if not rows:
        return {}
    earlier = _earlier(conn, [row.target_id for row in rows if row.n > 1])
    campaigns = _campaigns(conn, {row.campaign_id for row in rows})
    consents = ThirdPersons(conn, rows, now)
    records = []
    for row in rows:
        call, judgement = judged[row.uuid]
        if row.uuid not in worn:
            judgement = judge_call(call.summary, campaigns[row.campaign_id].machines)
            judged[row.uuid] = call, judgement
        if row.direction == "in":
            judgement = replace(judgement, consumed=False)
        past = earlier.get(row.target_id, [])
        own = _own_fault(judgement, call, past)
        place = _Place(row, judgement, campaigns[row.campaign_id], call.summary, consents, own_fault=own)
        records.append(_record(place, call, _following(place, past, now), _best(past, place.judgement.disposition)))
    run(conn, _WRITE, records, now=now)
    keep_promises(conn, {uuid: call.summary.promised for uuid, (call, _) in judged.items()}, now)
    settle(conn, {row.uuid: _talked_s(judged[row.uuid][0].summary) for row in rows})
    return {row.uuid: judged[row.uuid][1].disposition for row in rows}


def _own_fault(judgement: Judgement, call: Finished, past: "Sequence[_Past]") -> bool | None:
    """Whether a fault of the line counts against the contact; None: there was none."""
    if judgement.disposition is not Disposition.LINE_FAULT:
        return None
    summary = call.summary
    if summary.fault is not None:
        return True  # something of ours broke, or refused this very call: no line
    return counts(summary.line_works, [one.at for one in past if one.own_fault], call.ended_at)


def _talked_s(summary: CallSummary) -> float:
    """Seconds that may have to be paid for; of a call whose end nobody saw, all that it may have lasted."""
    if summary.cause == "LOST":
        return math.inf
    if not (summary.sent and summary.channel):
        return UNSENT
    return summary.talk_s if summary.answered else 0.0


# A cut, or another dialer in our place: neither says that the same call would be refused again.
NO_AGENT = "OKLIK_NO_AGENT"  # the agent who was to be there first was not: the person was not called
_NOT_OUR_WORD = frozenset({"LOST", "OKLIK_STALE_EPOCH", "OKLIK_NOT_SENT", "OKLIK_NOT_TAKEN", NO_AGENT})


def _refusal(summary: CallSummary) -> str:
    return f"the call was refused before it was dialed: {summary.cause}"


def _lock_open(conn: Connection, uuids: Sequence[UUID]) -> Sequence[Row[Any]]:
    if not uuids:
        return []
    return run(
        conn,
        """SELECT a.uuid, a.target_id, a.campaign_id, a.person_id, a.n, a.direction, a.started_at, a.role, t.state,
               t.reason, t.reason_args, t.attempts, t.faults, t.last_hours, t.phone_index, t.removed, t.wish,
               p.phones, p.roles, p.zone AS own_zone, leg.number,
               CASE WHEN p.roles IS NOT NULL THEN
                   ARRAY(SELECT number FROM suppression WHERE number = ANY(p.phones)) END AS silent
           FROM attempt a
           JOIN target t ON t.id = a.target_id
           JOIN contact p ON p.id = t.contact_id
           JOIN call leg ON leg.uuid = a.uuid
           WHERE a.uuid = ANY(CAST(:uuids AS uuid[])) AND a.open
           ORDER BY a.uuid
           FOR UPDATE OF a, t""",
        uuids=list(uuids),
    ).all()


class _Past(NamedTuple):
    """A closed attempt.  wrong: nobody there knows the person; lost: its end was not seen; inbound: they called us.

    own_fault: see store.schema.Attempt; at: its end.
    """

    disposition: str
    number: str
    wrong: bool
    lost: bool
    inbound: bool
    own_fault: bool | None
    at: dt.datetime


def _earlier(conn: Connection, targets: Sequence[int]) -> dict[int, list[_Past]]:
    """Closed attempts of these targets in order."""
    known: dict[int, list[_Past]] = {}
    if not targets:
        return known
    for row in run(
        conn,
        """SELECT a.target_id, a.disposition, leg.number, a.direction = 'in' AS inbound,
               coalesce(leg.cause = 'LOST', false) OR a.fault IS NOT NULL AS lost, a.role, a.own_fault,
               coalesce(a.ended_at, a.started_at) AS at,
               a.disposition = 'wrong_person' AND EXISTS (
                   SELECT 1 FROM step s WHERE s.attempt_uuid = a.uuid
                     AND s.fact ->> 'type' = 'right_party' AND s.fact ->> 'result' = 'wrong_number') AS wrong
           FROM attempt a JOIN call leg ON leg.uuid = a.uuid
           WHERE a.target_id = ANY(CAST(:targets AS bigint[])) AND NOT a.open
           ORDER BY a.target_id, a.n""",
        targets=list(targets),
    ):
        said, wrong = _of_the_person(row.disposition, row.role, wrong=row.wrong)
        past = _Past(said, row.number, wrong, row.lost, row.inbound, row.own_fault, row.at)
        known.setdefault(row.target_id, []).append(past)
    return known


def tried_before(conn: Connection, target_id: int, phones: Sequence[str]) -> list[Tried]:
    """Give the closed attempts of a target, oldest first, as the retry plan sees them."""
    return _tried(_earlier(conn, [target_id]).get(target_id, []), phones)


def _tried(earlier: Sequence[_Past], phones: Sequence[str]) -> list[Tried]:
    return [
        Tried(
            Disposition(one.disposition),
            _index(phones, one.number),
            one.wrong,
            one.lost,
            line_down=one.own_fault is False,
        )
        for one in earlier
        if not one.inbound
    ]


def _index(phones: Sequence[str], number: str) -> int:
    return phones.index(number) if number in phones else -1


def _of_the_person(disposition: str, role: str | None, *, wrong: bool) -> tuple[str, bool]:
    """What an attempt says of the person: somebody else's wish not to be called is about that phone only."""
    if disposition == Disposition.OPTED_OUT and role is not None and Role(role) in OTHERS:
        return Disposition.WRONG_PERSON, True
    return disposition, wrong


class _Campaign(msgspec.Struct):
    state: str
    zone: str
    base_zone: str | None
    plan: RetryPlan
    policy: Policy
    machines: MachinePolicy
    numbering: NumberingPlan


def _campaigns(conn: Connection, ids: Collection[int]) -> dict[int, _Campaign]:
    rows = run(
        conn,
        f"""SELECT id, state, purpose, retry, "window", zone, base_zone, as_messages, third_persons, machines,
               {PLAN_VERSION} AS numbering, {DAYS_OFF}
           FROM campaign c
           WHERE id = ANY(CAST(:ids AS bigint[]))
           FOR KEY SHARE""",  # noqa: S608  constants; whoever stops a campaign waits for those who have read it as running (commands.halt)
        ids=list(ids),
    )
    return {
        row.id: _Campaign(
            row.state,
            row.zone,
            row.base_zone,
            RetryPlan.from_json(row.retry),
            policy_of(row),
            machines_of(row.machines),
            plan_of(conn, row.numbering),
        )
        for row in rows
    }


class _Place:
    """An ended attempt among its circumstances: where the contact may be, and in which local hours it was tried."""

    def __init__(
        self,
        row: Row[Any],
        judgement: Judgement,
        campaign: _Campaign,
        summary: CallSummary,
        consents: ThirdPersons,
        *,
        own_fault: bool | None,
    ) -> None:
        self.row, self.said, self.campaign, self._consents = row, judgement, campaign, consents
        self.own_fault = own_fault
        told, wrong = _of_the_person(judgement.disposition, row.role, wrong=judgement.wrong_number)
        self.judgement = replace(judgement, disposition=Disposition(told), wrong_number=wrong)
        self.lost, self.later_s = _ours(summary), summary.call_later_s
        self.left_message = judgement.disposition is Disposition.MACHINE and summary.heard_percent == _ALL
        other = row.role is not None and Role(row.role) in OTHERS
        own_zone = None if other else row.own_zone
        self.zones = where(own_zone, row.number, campaign.base_zone, campaign.numbering).zones
        self.zone = tzinfo(certain_zone(self.zones, campaign.zone))
        self.hours: list[int] = row.last_hours
        # A number that does not exist or is a stranger's says nothing of the hour in which the person can be had.
        if judgement.consumed and not (judgement.wrong_number or judgement.disposition is Disposition.INVALID_NUMBER):
            self.hours = [*self.hours, row.started_at.astimezone(self.zone).hour]

    def phones_of_others(self) -> tuple[set[int], set[int]]:
        """The places of phones of others, and of those among them that must not be called."""
        row, policy = self.row, self.campaign.policy
        others = {place for place in range(len(row.phones)) if role_at(row.roles, place) in OTHERS}
        day = row.started_at.date()

        def refused(place: int) -> bool:
            phone = row.phones[place]
            consent = policy.third_persons or self._consents.cover(row, phone)
            return refuses_phone(role_at(row.roles, place), policy.rules(phone, day), consent=consent)

        barred = {place for place in others if row.phones[place] in (row.silent or ()) or refused(place)}
        return others, barred

    def opens(self, moment: dt.datetime) -> dt.datetime | None:
        """Give the first legal moment from a moment on."""
        return self.campaign.policy.ask(self.row.number, self.zones, moment, _book)[0]


def _following(place: _Place, earlier: Sequence[_Past], now: dt.datetime) -> Retry | Stop | None:
    """What follows; None: what was to follow before."""
    row, judgement = place.row, place.judgement
    if row.direction == "in" and (place.lost or judgement.disposition not in _SETTLES):
        return None
    if judgement.disposition is Disposition.CALL_LATER and place.campaign.state == "done":
        return None  # they called back when it was over, and nobody is there to call them
    if judgement.disposition not in _REACHED:
        if place.campaign.state == "stopped":
            return Stop("stopped")
        if row.removed is not None:
            return Stop(row.removed)
    phones: list[str] = row.phones
    others, barred = place.phones_of_others() if row.roles is not None else (set(), set())
    tried = _tried(earlier, phones)
    tried.append(
        Tried(
            judgement.disposition,
            _index(phones, row.number),
            judgement.wrong_number,
            place.lost,
            place.later_s,
            place.left_message,
            line_down=place.own_fault is False,
        )
    )
    return next_call(
        place.campaign.plan,
        tried,
        phones=len(phones),
        now=now,
        opens=place.opens,
        hours=place.hours,
        zone=place.zone,
        others=others,
        barred=barred,
    )


_ALL = 100  # percent
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


# What a person who called back has said or heard; after anything else the plan goes on as if they had not.
_SETTLES = _REACHED | {Disposition.PARTIAL, Disposition.CALL_LATER}


def _best(earlier: Sequence[_Past], last: Disposition) -> Disposition:
    """What the contact's attempts came to in all."""
    all_of_them = [*(Disposition(one.disposition) for one in earlier), last]
    return all_of_them[telling(all_of_them)]


def _record(place: _Place, call: Finished, following: Retry | Stop | None, best: Disposition) -> dict[str, Any]:
    row, judgement, summary = place.row, place.said, call.summary
    unknown = judgement.disposition is Disposition.UNKNOWN
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
        "signs": None if summary.signs == NO_SIGNS else summary.signs,
        "fault": summary.fault or (_CANCELLED if summary.cancelled else None),
        "own_fault": place.own_fault,
        "best": best,
        "phone_index": row.phone_index,
        "due": None,
        "attempts": row.attempts + judgement.consumed,
        "faults": row.faults + (judgement.disposition is Disposition.LINE_FAULT),
        "last_hours": place.hours,
        **_next_state(row, judgement.disposition, following),
    }


def _next_state(row: Row[Any], last: Disposition, following: Retry | Stop | None) -> dict[str, Any]:
    if following is None:
        return {"target_state": row.state, "reason": row.reason, "reason_args": row.reason_args, "wish": row.wish}
    if isinstance(following, Stop):
        return {"target_state": "done", "reason": following.reason, "reason_args": following.args, "wish": False}
    again = {"target_state": "waiting", "due": following.due, "phone_index": following.phone, "wish": following.wish}
    return again | {"reason": "retry", "reason_args": {"attempt": row.n, "outcome": last}}


def _close_strangers(conn: Connection, calls: Sequence[Finished]) -> None:
    """Legs of people who called us and are in no campaign, and of tests: there is only the leg."""
    if not calls:
        return
    settle(conn, {call.uuid: _talked_s(call.summary) for call in calls})
    run(
        conn,
        """UPDATE call SET state = r.state, cause = r.cause, q850 = r.q850, sip_status = r.sip_status,
               hangup_by = r.hangup_by, talk_s = r.talk_s, ended_at = coalesce(call.ended_at, r.ended_at)
           FROM json_to_recordset(CAST(:rows AS json))
               AS r(uuid uuid, state text, cause text, q850 smallint, sip_status smallint, hangup_by text,
                    talk_s double precision, ended_at timestamptz)
           WHERE call.uuid = r.uuid AND call.state NOT IN ('final', 'not_sent', 'unknown')""",
        [
            {
                "uuid": call.uuid,
                "state": "final" if call.summary.sent else "not_sent",
                "cause": call.summary.cause,
                "q850": call.summary.q850 or None,
                "sip_status": call.summary.sip_status or None,
                "hangup_by": call.summary.hangup_by,
                "talk_s": call.summary.talk_s if call.summary.answered else None,
                "ended_at": call.ended_at,
            }
            for call in calls
        ],
    )


_WRITE = """
    WITH r AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json))
            AS r(uuid uuid, target_id bigint, campaign_id bigint, ended_at timestamptz, call_state text, cause text,
                 q850 smallint, sip_status smallint, hangup_by text, ring_s double precision,
                 talk_s double precision, answered boolean, disposition text, talk boolean, consumed boolean,
                 heard_percent smallint, signs jsonb, fault text, own_fault boolean, best text, target_state text,
                 due timestamptz, phone_index smallint, attempts smallint, faults smallint, last_hours jsonb,
                 reason text, reason_args jsonb, wish boolean)
    ), c AS (
        UPDATE call SET state = r.call_state, cause = r.cause, q850 = r.q850, sip_status = r.sip_status,
            hangup_by = r.hangup_by, ring_s = r.ring_s, talk_s = r.talk_s,
            ended_at = coalesce(call.ended_at, r.ended_at),
            answered_at = CASE WHEN r.answered THEN
                coalesce(call.answered_at, r.ended_at - make_interval(secs => coalesce(r.talk_s, 0))) END
        FROM r WHERE call.uuid = r.uuid
    ), a AS (
        UPDATE attempt SET open = false, ended_at = r.ended_at, disposition = r.disposition, talk = r.talk,
            consumed = r.consumed, heard_percent = r.heard_percent, signs = r.signs, fault = r.fault,
            own_fault = r.own_fault
        FROM r WHERE attempt.uuid = r.uuid
    ), o AS (
        INSERT INTO outbox (attempt_uuid, kind, payload)
        SELECT uuid, 'attempt_final', json_build_object('campaign_id', campaign_id, 'target_id', target_id,
            'disposition', disposition) FROM r
        ON CONFLICT (attempt_uuid, kind) DO NOTHING
    )
    UPDATE target SET state = r.target_state, due = coalesce(r.due, target.due), phone_index = r.phone_index,
        attempts = r.attempts, faults = r.faults, last_hours = r.last_hours, disposition = r.best,
        reason = r.reason, reason_args = r.reason_args, wish = r.wish
    FROM r WHERE target.id = r.target_id"""
