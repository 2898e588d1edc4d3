"""How the call of a test goes and ended: which steps it has come to, what was keyed in, and the end in words.

A test has no attempt and so no disposition; it is judged here by the same table as every call, for whoever listens.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.facts import read_facts, summarise
from oklik.campaigns.rows import run
from oklik.dialing.disposition import judge_call
from oklik.reports.words import disposition_names, hangup_by


class Heard(msgspec.Struct, frozen=True):
    """What the person did.  node: where; title: what it means, "" where that is not said."""

    node: str
    value: str
    title: str


class TrialSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The call of an order.

    path: names of the steps that it came to, in order.  outcome: as of an attempt, None before the end; ended_by: who
    hung up, in words; cause: the line's own word, where it was not answered.  talk_s: seconds of the talk.
    """

    path: tuple[str, ...] = ()
    answers: tuple[Heard, ...] = ()
    outcome: str | None = None
    outcome_title: str | None = None
    ended_by: str | None = None
    cause: str | None = None
    talk_s: float | None = None


def trial_seen(conn: Connection, order_id: int, language: str) -> TrialSeen:
    """Look at the call of an order; nothing is known of one that was not dialed."""
    leg = run(
        conn,
        """SELECT c.uuid, c.state, c.answered_at, c.cause, c.q850, c.sip_status, c.hangup_by, c.talk_s, o.fault
           FROM call_order o JOIN call c ON c.uuid = o.call_uuid WHERE o.id = :id""",
        id=order_id,
    ).first()
    if leg is None:
        return TrialSeen()
    facts = [
        row.fact for row in run(conn, "SELECT fact FROM step WHERE attempt_uuid = :uuid ORDER BY seq", uuid=leg.uuid)
    ]
    seen = TrialSeen(
        path=tuple(fact["node"] for fact in facts if fact.get("type") == "entered"),
        answers=tuple(_heard(fact) for fact in facts if fact.get("type") == "answered"),
    )
    if leg.state not in {"final", "unknown"}:
        return seen
    judged = judge_call(
        summarise(
            read_facts(facts, leg.uuid),
            cause=leg.cause or "",
            q850=leg.q850 or 0,
            sip_status=leg.sip_status or 0,
            hangup_by=leg.hangup_by or "unknown",
            answered=leg.answered_at is not None,
            talk_s=leg.talk_s or 0.0,
            fault=leg.fault,
        )
    )
    outcome = str(judged.disposition)
    return msgspec.structs.replace(
        seen,
        outcome=outcome,
        outcome_title=disposition_names(language).get(outcome, outcome),
        ended_by=hangup_by(leg.hangup_by, language) if leg.answered_at is not None else None,
        cause=None if leg.answered_at is not None else leg.cause,
        talk_s=leg.talk_s,
    )


def _heard(fact: dict[str, Any]) -> Heard:
    return Heard(str(fact.get("node", "")), str(fact.get("value", "")), str(fact.get("label") or ""))
