"""Claim: take due targets out of the queue, ask the gate for each, and commit the intent to call those it allows.

All in the caller's one transaction, with target and person locked, so that two dialers never call one person and no
cap is passed by a race.  What the gate denies moves to its next legal moment, with the rule kept in a verdict.
Nothing is sent here; the UUIDs are sent after the commit, and recheck.py looks at the clock once more then.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns import lease
from oklik.campaigns.asking import Denied, judge_all
from oklik.campaigns.budget import Limited, Purse, Spending
from oklik.campaigns.lease import Holder
from oklik.campaigns.placing import MOST_ASIDE, Placed, place, put_aside
from oklik.campaigns.rows import run
from oklik.campaigns.running import Running, Trunk, running, trunks_of_agents
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.endpoint import endpoint, pick_caller_id
from oklik.dialing.law.shapes import Role
from oklik.dialing.machines import DEFAULT, MachinePolicy
from oklik.dialing.sharing import Sharer, Sharing, Slots
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import certain_zone, tzinfo

# Denials cost little and must not starve the claim: so many targets are looked at in one transaction at most.
MOST_LOOKED_AT = 2_000
MOST_IN_ONE_LOOK = 500
_WIDER = 4

# With all lines taken by persons who wait for an agent nobody could ever be connected: so many stay free of them.
KEPT = 1

Room = Callable[[Trunk | None, int], int]
"""(trunk, or None for all together; lines that must stay free) -> how many calls may be sent now."""

_UNLIMITED = Spending()
_book = WindowBook()  # answers of a pure function: every claim of a process may share them


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


def claim(
    conn: Connection,
    holder: Holder,
    now: dt.datetime,
    limit: int,
    *,
    virtual: bool,
    campaign_ids: Sequence[int] | None = None,
    book: WindowBook | None = None,
    room: Room | None = None,
    destinations: Destinations = HOME,
    sharing: Sharing | None = None,
    spending: Spending = _UNLIMITED,
) -> list[Claimed]:
    """Claim up to `limit` calls of running campaigns (of these, or of all) and write their intents.

    limit: no more than half a second's sending, so that pause and opt-out hold soon.  virtual: the kind of switch at
    hand; a campaign of the other kind is never touched.  Campaigns share the trunks by their weights; sharing: whose
    turn it is, kept by the caller from claim to claim.  room: what the lines take now (None: any number).
    destinations: what this installation may dial; spending: what it may cost.  Raises LeaseLost.
    """
    lease.check(conn, holder)
    campaigns = {one.id: one for one in running(conn, virtual, campaign_ids, book or _book, destinations)}
    every = list(campaigns.values())
    ways = {way.trunk.id: way for one in every for way in one.ways}
    if room is None:
        free = dict.fromkeys(ways, limit)
    else:
        limit = min(limit, room(None, KEPT if any(one.agents or one.numbers for one in every) else 0))
        through = trunks_of_agents(every)
        free = {trunk: room(way.trunk, KEPT if trunk in through else 0) for trunk, way in ways.items()}
    limits = (Limited(one.id, one.minutes_day, one.money_day) for one in every)
    hand = _Hand(conn, holder, now, Purse(conn, spending, limits, ways.values(), now))
    sharing = sharing or Sharing()
    claimed: list[Claimed] = []
    while campaigns and len(claimed) < limit:
        sharers = [Sharer(one.id, one.weight, tuple(way.trunk.id for way in one.ways)) for one in campaigns.values()]
        plan = sharing.plan(now.timestamp(), limit - len(claimed), sharers, free)
        if not plan:
            break
        for who, turns in plan.items():
            sharer = next(one for one in sharers if one.id == who)
            left = dict(turns.slots)
            got = _claim_of(hand, campaigns[who], turns.n, left)
            used = {trunk: n - left[trunk] for trunk, n in turns.slots.items()}
            free = {trunk: room - used.get(trunk, 0) for trunk, room in free.items()}
            sharing.served(sharer, used, now.timestamp())
            claimed += got
            if len(got) < turns.n:  # it has nobody more to call: the others may
                sharing.idle(sharer, [trunk for trunk, n in left.items() if n])
                del campaigns[who]
    return claimed


class _Hand(NamedTuple):
    """What all claims of one transaction have in common."""

    conn: Connection
    holder: Holder
    now: dt.datetime
    purse: Purse


def _claim_of(hand: _Hand, campaign: Running, limit: int, slots: Slots) -> list[Claimed]:
    """Claim for one campaign.  slots: how many at most over each trunk; those that are used are taken off."""
    conn, _, now, purse = hand
    claimed: list[Claimed] = []
    looked_at, aside, size = 0, 0, limit
    while len(claimed) < limit and looked_at < MOST_LOOKED_AT and aside < MOST_ASIDE:
        rows = _lock_due(conn, campaign.id, now, size)
        allowed, denied = judge_all(conn, campaign, rows, now, limit - len(claimed))
        places = place(campaign.id, campaign.ways, allowed, slots, purse)
        if places.placed:
            claimed += _intend(hand, campaign, places.placed)
        if denied or places.denied:
            _put_off(conn, [*denied, *places.denied], now)
        if places.aside:
            put_aside(conn, places.aside, now, hand.holder.node)
        looked_at, aside = looked_at + len(rows), aside + len(places.aside)
        if len(rows) < size and not places.aside:
            break
        size = _look_next(size, limit - len(claimed), len(allowed), len(denied))
    return claimed


def _look_next(size: int, wanted: int, allowed: int, denied: int) -> int:
    """How many targets to look at next, for so many calls that are still wanted.

    Where nobody was allowed (a list whose hours are over), look further at once instead of in a thousand small claims;
    else as many as it takes if the next ones are like these, for every target that is looked at costs its locks.
    """
    likely = size * _WIDER if not allowed else -(-wanted * (allowed + denied) // allowed)
    return min(max(likely, wanted), MOST_IN_ONE_LOOK)


def _lock_due(conn: Connection, campaign_id: int, now: dt.datetime, limit: int) -> Sequence[Row[Any]]:
    return run(
        conn,
        """SELECT t.id, t.contact_id, t.person_id, p.id AS root, coalesce(p.own_key, p.key) AS key,
               t.attempts, t.faults, t.prepared, t.phone_index, t.last_hours, t.wish,
               c.phones, c.roles, c.fields, c.zone
           FROM target t
           JOIN person own ON own.id = t.person_id
           JOIN person p ON p.id = coalesce(own.same_as, own.id)
           JOIN contact c ON c.id = t.contact_id
           WHERE t.campaign_id = :campaign AND t.state = 'waiting' AND t.due <= :now
           ORDER BY t.due, t.id
           LIMIT :limit
           FOR UPDATE OF t, p SKIP LOCKED""",
        campaign=campaign_id,
        now=now,
        limit=limit,
    ).all()


def _intend(hand: _Hand, campaign: Running, placed: Sequence[Placed]) -> list[Claimed]:
    conn, holder, now, purse = hand
    claims = [_claimed(campaign, one, now) for one in placed]
    if purse.bound:
        purse.keep([(c.uuid, campaign.id, c.trunk.id, one.price) for c, one in zip(claims, placed, strict=True)])
    numbers = run(
        conn,
        """WITH r AS (
               SELECT * FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, target_id bigint, person_id bigint, number text, caller_id text,
                        trunk_id bigint, role text, until timestamptz)
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
           SELECT uuid, :campaign, target_id, person_id, :purpose,
               1 + (SELECT coalesce(max(a.n), 0) FROM attempt a WHERE a.target_id = r.target_id), :now, :message, role
           FROM r
           RETURNING uuid, n""",
        [
            {
                "uuid": c.uuid,
                "target_id": c.target_id,
                "person_id": c.person_id,
                "number": c.number,
                "caller_id": c.caller_id,
                "role": None if c.role is Role.OWN else c.role,
                "trunk_id": c.trunk.id,
                "until": c.legal_until,
            }
            for c in claims
        ],
        now=now,
        node=holder.node,
        epoch=holder.epoch,
        core=holder.core_uuid,
        campaign=campaign.id,
        purpose=campaign.policy.purpose,
        message=campaign.policy.as_messages,
    )
    n_of = {row.uuid: row.n for row in numbers}
    return [msgspec.structs.replace(c, n=n_of[c.uuid]) if n_of[c.uuid] != 1 else c for c in claims]


def _claimed(campaign: Running, placed: Placed, now: dt.datetime) -> Claimed:
    (row, number, role, zones, until), way = placed.allowed, placed.way
    zone = certain_zone(zones, campaign.zone)
    return Claimed(
        uuid=uuid4(),
        trunk=way.trunk,
        campaign_id=campaign.id,
        scenario_version_id=campaign.scenario_version_id,
        target_id=row.id,
        contact_id=row.contact_id,
        person_id=row.person_id,
        person_key=row.key,
        n=1,
        number=number,
        caller_id=pick_caller_id(way.caller_ids, row.root),
        endpoint=endpoint(way.dial_string, number),
        fields=row.fields,
        columns=campaign.columns,
        legal_until=until,
        zone=zone,
        local=now.astimezone(tzinfo(zone)),
        prepared=row.prepared,
        faults=row.faults,
        machines=campaign.machines,
        role=role,
        record=campaign.record,
    )


def _put_off(conn: Connection, denied: Sequence[Denied], now: dt.datetime) -> None:
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
