"""Legs to agents: the gate's word on them and their rows, committed before they are dialed.  They are no attempts."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row

from oklik.agents.groups import Group
from oklik.campaigns import lease
from oklik.campaigns.budget import UNSENT, Answer, Limited, Purse, Spending, settle
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run
from oklik.campaigns.ways import LIMITS, Trunk, Way, Ways, read_ways, ways_of
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.endpoint import EndpointError, endpoint, goes_through, number_through, outside_number
from oklik.dialing.extensions import Outside, short
from oklik.dialing.gate import Deny, Handover, judge_agent

_UNLIMITED = Spending()


class AgentLeg(msgspec.Struct, frozen=True):
    """A leg that is about to be dialed.

    attempt_uuid: the call it serves; group: the agents' group by its name; endpoint: the agent's dial string; number:
    E.164 of a phone that was named instead of a group, which goes through the line of the person's campaign.
    """

    uuid: UUID
    attempt_uuid: UUID
    group: str
    endpoint: str
    caller_id: str
    at: dt.datetime
    number: str = ""


class AgentLegEnd(msgspec.Struct, frozen=True):
    """How a leg to an agent ended; fields as in telephony.port.CallEnded."""

    uuid: UUID
    at: dt.datetime
    cause: str
    q850: int = 0
    sip_status: int = 0
    hangup_by: str = "unknown"
    ring_s: float = 0.0
    talk_s: float = 0.0
    sent: bool = True


def intend(
    conn: Connection,
    holder: Holder,
    legs: Sequence[AgentLeg],
    destinations: Destinations = HOME,
    spending: Spending = _UNLIMITED,
) -> dict[UUID, Trunk | None]:
    """Ask the gate for each leg and write those it allows as intents, with its word.

    destinations: what this installation may dial; spending: what it may cost.
    Gives the legs that may be dialed once this is committed, each with the trunk whose lines it takes (None: an
    extension of the switch takes none).  The same legs may be brought again after a commit of which nobody knows.
    Raises LeaseLost.
    """
    lease.check(conn, holder)
    if not legs:
        return {}
    trunks = run(
        conn,
        f"""SELECT t.id, t.dial_string, {LIMITS}, t.extensions,
               EXISTS (SELECT FROM campaign c WHERE c.trunk_id = t.id AND c.state = 'running') AS used
           FROM trunk t""",  # noqa: S608  constants of ways
    ).all()
    allowed = _judged(conn, legs, trunks, destinations, spending)
    run(
        conn,
        """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at,
               trunk_id)
           SELECT uuid, 'agent', attempt_uuid, :node, :epoch, :core, 'intent', endpoint, caller_id, at, trunk
           FROM json_to_recordset(CAST(:rows AS json))
               AS r(uuid uuid, attempt_uuid uuid, endpoint text, caller_id text, at timestamptz, trunk bigint)
           ON CONFLICT (uuid) DO NOTHING""",
        [
            {**msgspec.structs.asdict(leg), "trunk": trunk.id if (trunk := allowed[leg.uuid]) else None}
            for leg in legs
            if leg.uuid in allowed
        ],
        node=holder.node,
        epoch=holder.epoch,
        core=holder.core_uuid,
    )
    return allowed


class _Asked(NamedTuple):
    """A leg, the person's call and the line it would take: by the campaign's ways or any trunk's dial string."""

    leg: AgentLeg
    facts: Row[Any]
    trunk: Trunk | None
    handover: Handover


def _judged(
    conn: Connection,
    legs: Sequence[AgentLeg],
    trunks: Sequence[Row[Any]],
    destinations: Destinations,
    spending: Spending,
) -> dict[UUID, Trunk | None]:
    """Ask the gate and write its word down; gives those it allows, each with its trunk."""
    facts = {
        row.uuid: row
        for row in run(
            conn,
            """SELECT r.uuid, a.target_id, a.open, a.campaign_id, coalesce(leg.trunk_id, c.trunk_id) AS trunk_id,
                   c.virtual, EXISTS (
                   SELECT FROM agent_group g JOIN membership m ON m.group_id = g.id
                   WHERE g.project_id = c.project_id AND g.name = r."group" AND m.endpoint = r.endpoint) AS member,
                   EXISTS (SELECT FROM suppression s WHERE s.number = r.number) AS suppressed
               FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, attempt_uuid uuid, "group" text, endpoint text, number text)
               JOIN attempt a ON a.uuid = r.attempt_uuid
               JOIN call leg ON leg.uuid = a.uuid
               JOIN campaign c ON c.id = a.campaign_id
               FOR SHARE OF a""",
            [msgspec.structs.asdict(leg) for leg in legs],
        )
    }
    facts |= _of_tests(conn, [leg for leg in legs if leg.uuid not in facts])
    asked = [_asked(conn, leg, facts[leg.uuid], trunks) for leg in legs if leg.uuid in facts]
    denied = {one.leg.uuid: judge_agent(one.handover, destinations) for one in asked}
    denied |= _too_dear(conn, [one for one in asked if denied[one.leg.uuid] is None], spending)
    # A leg that was judged before keeps its first word: nobody can say which of two was acted on.
    kept = run(
        conn,
        """INSERT INTO verdict (target_id, call_uuid, at, allowed, rule, args)
           SELECT target_id, uuid, at, rule IS NULL, coalesce(rule, 'allowed'), args
           FROM json_to_recordset(CAST(:rows AS json))
               AS r(uuid uuid, target_id bigint, at timestamptz, rule text, args jsonb)
           ON CONFLICT (call_uuid) DO UPDATE SET at = verdict.at
           RETURNING call_uuid, allowed""",
        [
            {
                "uuid": one.leg.uuid,
                "target_id": one.facts.target_id,
                "at": one.leg.at,
                "rule": None if (no := denied[one.leg.uuid]) is None else no.rule,
                "args": {} if no is None else no.args,
            }
            for one in asked
        ],
    )
    lines = {one.leg.uuid: one.trunk for one in asked}
    return {row.call_uuid: lines[row.call_uuid] for row in kept if row.allowed}


def _of_tests(conn: Connection, legs: Sequence[AgentLeg]) -> dict[UUID, Row[Any]]:
    """The same facts of legs that serve a test call, of which there is no attempt."""
    if not legs:
        return {}
    rows = run(
        conn,
        """SELECT r.uuid, CAST(NULL AS bigint) AS target_id, leg.state NOT IN ('final', 'not_sent', 'unknown') AS open,
               o.campaign_id, coalesce(leg.trunk_id, c.trunk_id) AS trunk_id, c.virtual, EXISTS (
               SELECT FROM agent_group g JOIN membership m ON m.group_id = g.id
               WHERE g.project_id = c.project_id AND g.name = r."group" AND m.endpoint = r.endpoint) AS member,
               EXISTS (SELECT FROM suppression s WHERE s.number = r.number) AS suppressed
           FROM json_to_recordset(CAST(:rows AS json))
               AS r(uuid uuid, attempt_uuid uuid, "group" text, endpoint text, number text)
           JOIN call leg ON leg.uuid = r.attempt_uuid AND leg.kind = 'test'
           JOIN call_order o ON o.call_uuid = leg.uuid
           JOIN campaign c ON c.id = o.campaign_id
           FOR SHARE OF leg""",
        [msgspec.structs.asdict(leg) for leg in legs],
    )
    return {row.uuid: row for row in rows}


def _asked(conn: Connection, leg: AgentLeg, facts: Row[Any], trunks: Sequence[Row[Any]]) -> _Asked:
    if not leg.number:
        outside = next(filter(None, (number_through(row.dial_string, leg.endpoint) for row in trunks)), "")
        outside = outside or outside_number(leg.endpoint)
        code = "" if outside else short(leg.endpoint)
        barred = bool(code and Outside((row.dial_string, row.extensions) for row in trunks).bars(leg.endpoint))
        handover = Handover(live=facts.open, member=facts.member, outside=outside, code=code, barred=barred)
        return _Asked(leg, facts, _trunk_of(leg, facts.trunk_id, trunks), handover)
    ways = campaign_ways(conn, facts.campaign_id)
    through = [way for way, _ in ways.of(leg.number) if _rings(way, leg)]
    handover = Handover(
        live=facts.open,
        member=bool(through) or any(_rings(way, leg) for way in ways),
        number=leg.number,
        suppressed=facts.suppressed,
        routed=ways.take(leg.number),
    )
    return _Asked(leg, facts, through[0].trunk if through else None, handover)


def _rings(way: Way, leg: AgentLeg) -> bool:
    try:
        return endpoint(way.dial_string, leg.number) == leg.endpoint
    except EndpointError:
        return False


def _too_dear(conn: Connection, asked: Sequence[_Asked], spending: Spending) -> dict[UUID, Deny]:
    """Reserve the minutes of those that take a line; gives those for whom none are left."""
    through = [one for one in asked if one.trunk is not None]
    if not through:
        return {}
    campaigns = run(
        conn,
        "SELECT id, minutes_day, money_day FROM campaign WHERE id = ANY(CAST(:ids AS bigint[]))",
        ids=sorted({one.facts.campaign_id for one in through}),
    )
    ways = read_ways(conn, [one.trunk.id for one in through if one.trunk], virtual=True)
    limits = [Limited(*row) for row in campaigns]
    purse = Purse(conn, spending, limits, ways.values(), max(one.leg.at for one in through))
    if not purse.bound:
        return {}
    legs = [one.leg.uuid for one in through]
    before = set(run(conn, "SELECT call_uuid FROM verdict WHERE call_uuid = ANY(CAST(:l AS uuid[]))", l=legs).scalars())
    denied, calls = {}, []
    for one in through:
        if one.trunk is None or one.leg.uuid in before:
            continue
        routed = ways[one.trunk.id].routed
        price = routed.price(routed.best(one.leg.number or one.handover.outside))
        if purse.take(one.facts.campaign_id, one.trunk.id, price) is Answer.YES:
            calls.append((one.leg.uuid, one.facts.campaign_id, one.trunk.id, price))
        else:
            denied[one.leg.uuid] = purse.denial()
    purse.keep(calls)
    return denied


def _trunk_of(leg: AgentLeg, own: int, trunks: Sequence[Row[Any]]) -> Trunk | None:
    """The trunk whose lines the leg of a group's agent takes.

    Several may have the dial string, for each of earlier runs has left its own: the person's comes first, then those
    in use, then the one that says most of the leg, then the newest.
    """
    through = [row for row in trunks if goes_through(row.dial_string, leg.endpoint)]
    if not through:
        return None
    row = max(through, key=lambda one: (one.id == own, one.used, len(one.dial_string), one.id))
    return Trunk(row.id, row.channels, row.cps, row.reserved)


def ended(conn: Connection, holder: Holder, ends: Sequence[AgentLegEnd]) -> None:
    """Write how legs ended; a leg that is final already stays as it is.  Raises LeaseLost."""
    lease.check(conn, holder)
    if ends:
        settle(conn, {end.uuid: _talked_s(end) for end in ends})
        run(
            conn,
            """UPDATE call SET state = CASE WHEN r.sent THEN 'final' ELSE 'not_sent' END, cause = r.cause,
                   q850 = nullif(r.q850, 0), sip_status = nullif(r.sip_status, 0), hangup_by = r.hangup_by,
                   ring_s = r.ring_s, talk_s = r.talk_s, ended_at = coalesce(call.ended_at, r.at)
               FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, at timestamptz, cause text, q850 smallint, sip_status smallint, hangup_by text,
                        ring_s double precision, talk_s double precision, sent boolean)
               WHERE call.uuid = r.uuid AND call.kind = 'agent'
                 AND call.state NOT IN ('final', 'not_sent', 'unknown')""",
            [msgspec.structs.asdict(end) for end in ends],
        )


def _talked_s(end: AgentLegEnd) -> float:
    if not end.sent:
        return UNSENT
    return math.inf if end.cause == "LOST" else end.talk_s


def group(conn: Connection, campaign_id: int, name: str) -> Group:
    """Give the agents of a group by its name in the campaign's project; a group nobody made has no agents."""
    rows = run(
        conn,
        """SELECT m.endpoint, c.project_id FROM campaign c
           JOIN agent_group g ON g.project_id = c.project_id AND g.name = :name
           JOIN membership m ON m.group_id = g.id
           WHERE c.id = :campaign ORDER BY m.position""",
        campaign=campaign_id,
        name=name,
    )
    found = rows.all()
    line = f"{found[0].project_id}/{name}" if found else ""
    return Group(name, tuple(row.endpoint for row in found), line)


def phone(conn: Connection, campaign_id: int, number: str) -> Group:
    """Give one phone (E.164) through the line of the campaign that takes it best.

    Those who wait for it are in a line of their own.  Where no line takes it, the first one stands for it, and the gate
    refuses the leg.
    """
    ways = campaign_ways(conn, campaign_id)
    way = next((way for way, _ in ways.of(number)), ways[0])
    return Group("", (endpoint(way.dial_string, number),), number, number)


def campaign_ways(conn: Connection, campaign_id: int) -> Ways:
    """Give the ways of one campaign, whatever its state."""
    row = run(
        conn,
        """SELECT trunk_id, all_trunks, virtual,
               ARRAY(SELECT trunk_id FROM campaign_trunk WHERE campaign_id = :id ORDER BY 1) AS further
           FROM campaign WHERE id = :id""",
        id=campaign_id,
    ).one()
    known = read_ways(conn, [row.trunk_id, *row.further], virtual=row.virtual, shared=row.all_trunks)
    return ways_of(row.trunk_id, row.further, row.all_trunks, known)
