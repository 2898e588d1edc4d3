"""The rows of ordered calls: the target as the gate is asked for it, the committed intent, a denial."""

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run
from oklik.dialing.gate import Deny, Policy
from oklik.dialing.law.shapes import Role
from oklik.dialing.orders import OrderKind


class Ordered(Claimed, frozen=True, kw_only=True):
    """A committed intent that a person has ordered.  agent, group: whose phone is rung first; "": nobody's."""

    kind: OrderKind
    agent: str = ""
    group: str = ""


def intend(  # noqa: PLR0917  what a row is made of
    conn: Connection, holder: Holder, call: Ordered, policy: Policy, order: Row[Any], due: dt.datetime, now: dt.datetime
) -> None:
    """Commit the intent of an order with the gate's word: a test's leg is nobody's attempt.

    due: when the target's turn was.
    """
    run(
        conn,
        """WITH v AS (
               INSERT INTO verdict (target_id, call_uuid, at, allowed, rule, args, next_at)
               VALUES (CASE WHEN :test THEN NULL ELSE CAST(:target AS bigint) END, CAST(:uuid AS uuid),
                   CAST(:now AS timestamptz), true, 'allowed', '{}', :until) RETURNING id
           ), c AS (
               INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id,
                   intent_at, trunk_id)
               VALUES (CAST(:uuid AS uuid), CASE WHEN :test THEN 'test' ELSE 'person' END, CAST(:uuid AS uuid),
                   :node, :epoch, :core, 'intent', :number, :caller_id, CAST(:now AS timestamptz), :trunk)
           ), t AS (
               UPDATE target SET state = 'dialing', reason = NULL, reason_args = NULL
               WHERE id = :target AND NOT :test
           ), a AS (
               INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, started_at, message, role)
               SELECT CAST(:uuid AS uuid), :campaign, CAST(:target AS bigint), :person, :purpose, :n,
                   CAST(:now AS timestamptz), :message, CAST(:role AS text)
               WHERE NOT :test
           )
           UPDATE call_order SET state = 'claimed', rule = 'allowed', args = '{}', next_at = NULL,
               call_uuid = CAST(:uuid AS uuid), due = :due, verdict_id = v.id
           FROM v WHERE call_order.id = :order""",
        test=call.kind is OrderKind.TEST,
        target=call.target_id,
        uuid=call.uuid,
        now=now,
        until=call.legal_until,
        node=holder.node,
        epoch=holder.epoch,
        core=holder.core_uuid,
        number=call.number,
        caller_id=call.caller_id,
        trunk=call.trunk.id,
        campaign=call.campaign_id,
        person=call.person_id,
        purpose=policy.purpose,
        n=call.n,
        message=policy.as_messages,
        role=None if call.role is Role.OWN else str(call.role),
        due=due,
        order=order.id,
    )


def write_denial(conn: Connection, order: Row[Any], deny: Deny, now: dt.datetime) -> None:
    """Keep the gate's word, and with the order what it was."""
    run(
        conn,
        """WITH v AS (
               INSERT INTO verdict (target_id, at, allowed, rule, args, next_at)
               VALUES (CAST(:target AS bigint), :now, false, :rule, CAST(:args AS jsonb), :next_at) RETURNING id
           )
           UPDATE call_order SET rule = :rule, args = CAST(:args AS jsonb), next_at = :next_at, verdict_id = v.id
           FROM v WHERE call_order.id = :order""",
        target=None if order.kind == OrderKind.TEST else order.target_id,
        now=now,
        rule=deny.rule,
        args=msgspec.json.encode(deny.args).decode(),
        next_at=deny.next_at,
        order=order.id,
    )


TARGET = """SELECT t.id, t.contact_id, t.person_id, p.id AS root, coalesce(p.own_key, p.key) AS key,
       t.attempts, t.faults, t.prepared, t.phone_index, t.last_hours, t.wish,
       c.phones, c.roles, c.fields, c.zone, t.state, t.due, t.removed,
       1 + (SELECT coalesce(max(a.n), 0) FROM attempt a WHERE a.target_id = t.id) AS n
   FROM target t
   JOIN person own ON own.id = t.person_id
   JOIN person p ON p.id = coalesce(own.same_as, own.id)
   JOIN contact c ON c.id = t.contact_id
   WHERE t.id = :target"""
"""The row of a target as the gate is asked for it; like that of the claim's query, with state, due, removed and n."""
