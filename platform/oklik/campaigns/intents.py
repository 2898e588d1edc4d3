"""Intents: what the claim has decided, written down before anything is sent: calls and denials.

One statement for all of a batch, whichever campaigns its calls are of.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.asking import Denied
from oklik.campaigns.budget import Purse
from oklik.campaigns.lease import Holder
from oklik.campaigns.placing import Placed
from oklik.campaigns.rows import run
from oklik.campaigns.running import Running, Trunk
from oklik.dialing.endpoint import endpoint, pick_caller_id
from oklik.dialing.law.shapes import Role
from oklik.dialing.machines import DEFAULT, MachinePolicy
from oklik.dialing.routing import Price
from oklik.dialing.zones import certain_zone, tzinfo


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A committed intent: one call to be sent.

    uuid: of channel, call and attempt.  number: E.164; endpoint: the trunk's dial string with it; caller_id: "" for
    none.  role: whose the number is.  person_key: that of the oldest record of the same person, which is the same in
    another database; the customer's own key where the person is known by one.
    fields: the contact's cells by the customer's headers; columns: scenario column -> header.  n: 1, 2, ... of the
    target.  legal_until: the gate's yes holds before this moment.  zone: the contact's where it is certain, else
    the campaign's; local: the moment there.  prepared: see store.schema.Target; faults: line faults so far.
    machines: the campaign's way with answering machines.  record: what of the call is recorded.
    """

    uuid: UUID
    trunk: Trunk
    campaign_id: int
    scenario_version_id: int
    target_id: int
    contact_id: int
    person_id: int
    person_key: str
    n: int
    number: str
    caller_id: str
    endpoint: str
    fields: dict[str, Any]
    columns: dict[str, str]
    legal_until: dt.datetime
    zone: str
    local: dt.datetime
    prepared: str | None = None
    faults: int = 0
    machines: MachinePolicy = DEFAULT
    role: Role = Role.OWN
    record: str = "off"


Shape = TypeVar("Shape", bound=Claimed)
Drawn = tuple[Claimed, Running, Price]
"""A call that is to be intended, its campaign, and what it costs."""


def intend(conn: Connection, holder: Holder, now: dt.datetime, purse: Purse, claims: Sequence[Drawn]) -> list[Claimed]:
    """Write the intents of these calls, in their order, and what each holds of the budgets."""
    if purse.bound:
        purse.keep([(c.uuid, c.campaign_id, c.trunk.id, price) for c, _, price in claims])
    numbers = run(
        conn,
        """WITH r AS (
               SELECT * FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, campaign_id bigint, purpose text, message boolean, target_id bigint,
                        person_id bigint, number text, caller_id text, trunk_id bigint, role text, until timestamptz)
           ), v AS (
               INSERT INTO verdict (target_id, call_uuid, at, allowed, rule, args, next_at)
               SELECT target_id, uuid, :now, true, 'allowed', '{}', until FROM r
           ), c AS (
               INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at,
                   trunk_id)
               SELECT uuid, 'person', uuid, :node, :epoch, :core, 'intent', number, caller_id, :now, trunk_id FROM r
           ), t AS (
               UPDATE target SET state = 'dialing', reason = NULL, reason_args = NULL
               FROM r WHERE target.id = r.target_id
           )
           INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, started_at, message, role)
           SELECT uuid, campaign_id, target_id, person_id, purpose,
               1 + (SELECT coalesce(max(a.n), 0) FROM attempt a WHERE a.target_id = r.target_id), :now, message, role
           FROM r
           RETURNING uuid, n""",
        [
            {
                "uuid": c.uuid,
                "campaign_id": c.campaign_id,
                "purpose": campaign.policy.purpose,
                "message": campaign.policy.as_messages,
                "target_id": c.target_id,
                "person_id": c.person_id,
                "number": c.number,
                "caller_id": c.caller_id,
                "role": None if c.role is Role.OWN else c.role,
                "trunk_id": c.trunk.id,
                "until": c.legal_until,
            }
            for c, campaign, _ in claims
        ],
        now=now,
        node=holder.node,
        epoch=holder.epoch,
        core=holder.core_uuid,
    )
    n_of = {row.uuid: row.n for row in numbers}
    return [msgspec.structs.replace(c, n=n_of[c.uuid]) if n_of[c.uuid] != 1 else c for c, *_ in claims]


def describe(shape: type[Shape], campaign: Running, placed: Placed, now: dt.datetime, **own: Any) -> Shape:
    """Everything that a call is known by under a new UUID; own: what the shape has besides, or has otherwise."""
    (row, number, role, zones, until), way = placed.allowed, placed.way
    zone = certain_zone(zones, campaign.zone)
    common = {
        "uuid": uuid4(),
        "trunk": way.trunk,
        "campaign_id": campaign.id,
        "scenario_version_id": campaign.scenario_version_id,
        "target_id": row.id,
        "contact_id": row.contact_id,
        "person_id": row.person_id,
        "person_key": row.key,
        "n": 1,
        "number": number,
        "caller_id": pick_caller_id(way.caller_ids, row.root),
        "endpoint": endpoint(way.dial_string, number),
        "fields": row.fields,
        "columns": campaign.columns,
        "legal_until": until,
        "zone": zone,
        "local": now.astimezone(tzinfo(zone)),
        "prepared": row.prepared,
        "faults": row.faults,
        "machines": campaign.machines,
        "role": role,
        "record": campaign.record,
    }
    return shape(**common | own)


def put_off(conn: Connection, denied: Iterable[Denied], now: dt.datetime) -> None:
    """Let those whom the gate denies wait for their next legal moment, or end them where there is none."""
    run(
        conn,
        """WITH r AS (
               SELECT * FROM json_to_recordset(CAST(:rows AS json))
                   AS r(target_id bigint, rule text, args jsonb, next_at timestamptz)
           ), v AS (
               INSERT INTO verdict (target_id, at, allowed, rule, args, next_at)
               SELECT target_id, :now, false, rule, args, next_at FROM r
           )
           UPDATE target SET due = coalesce(r.next_at, due), reason = r.rule, reason_args = r.args,
               state = CASE WHEN r.next_at IS NULL THEN 'done' ELSE 'waiting' END
           FROM r WHERE target.id = r.target_id""",
        [
            {"target_id": target, "rule": deny.rule, "args": deny.args, "next_at": deny.next_at}
            for target, deny in denied
        ],
        now=now,
    )
