"""Legs to agents: the gate's word on them and their rows, committed before they are dialed.  They are no attempts."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row

from oklik.agents.groups import Group
from oklik.campaigns import lease
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run
from oklik.campaigns.running import Trunk
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.endpoint import EndpointError, endpoint, goes_through, number_through
from oklik.dialing.gate import Deny, Handover, judge_agent


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
    conn: Connection, holder: Holder, legs: Sequence[AgentLeg], destinations: Destinations = HOME
) -> dict[UUID, Trunk | None]:
    """Ask the gate for each leg and write those it allows as intents, with its word.

    destinations: what this installation may dial.
    Gives the legs that may be dialed once this is committed, each with the trunk whose lines it takes (None: an
    extension of the switch takes none).  The same legs may be brought again after a commit of which nobody knows.
    Raises LeaseLost.
    """
    lease.check(conn, holder)
    if not legs:
        return {}
    trunks = run(
        conn,
        """SELECT t.id, t.dial_string, t.channels, t.cps,
               EXISTS (SELECT FROM campaign c WHERE c.trunk_id = t.id AND c.state = 'running') AS used
           FROM trunk t""",
    ).all()
    own = _judged(conn, legs, trunks, destinations)
    allowed = {leg.uuid: _trunk_of(leg, own[leg.uuid], trunks) for leg in legs if leg.uuid in own}
    run(
        conn,
        """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
           SELECT uuid, 'agent', attempt_uuid, :node, :epoch, :core, 'intent', endpoint, caller_id, at
           FROM json_to_recordset(CAST(:rows AS json))
               AS r(uuid uuid, attempt_uuid uuid, endpoint text, caller_id text, at timestamptz)
           ON CONFLICT (uuid) DO NOTHING""",
        [msgspec.structs.asdict(leg) for leg in legs if leg.uuid in allowed],
        node=holder.node,
        epoch=holder.epoch,
        core=holder.core_uuid,
    )
    return allowed


def _judged(
    conn: Connection, legs: Sequence[AgentLeg], trunks: Sequence[Row[Any]], destinations: Destinations
) -> dict[UUID, int]:
    """Ask the gate and write its word down; gives those it allows, each with the trunk of its person's call."""
    facts = {
        row.uuid: row
        for row in run(
            conn,
            """SELECT r.uuid, a.target_id, a.open, c.trunk_id, t.dial_string, EXISTS (
                   SELECT FROM agent_group g JOIN membership m ON m.group_id = g.id
                   WHERE g.project_id = c.project_id AND g.name = r."group" AND m.endpoint = r.endpoint) AS member,
                   EXISTS (SELECT FROM suppression s WHERE s.number = r.number) AS suppressed
               FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, attempt_uuid uuid, "group" text, endpoint text, number text)
               JOIN attempt a ON a.uuid = r.attempt_uuid
               JOIN campaign c ON c.id = a.campaign_id
               JOIN trunk t ON t.id = c.trunk_id
               FOR SHARE OF a""",
            [msgspec.structs.asdict(leg) for leg in legs],
        )
    }
    judged: list[tuple[AgentLeg, Deny | None]] = [
        (leg, judge_agent(_handover(leg, facts[leg.uuid], trunks), destinations)) for leg in legs if leg.uuid in facts
    ]
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
                "uuid": leg.uuid,
                "target_id": facts[leg.uuid].target_id,
                "at": leg.at,
                "rule": None if denied is None else denied.rule,
                "args": {} if denied is None else denied.args,
            }
            for leg, denied in judged
        ],
    )
    return {row.call_uuid: facts[row.call_uuid].trunk_id for row in kept if row.allowed}


def _handover(leg: AgentLeg, facts: Row[Any], trunks: Sequence[Row[Any]]) -> Handover:
    if not leg.number:
        outside = next(filter(None, (number_through(row.dial_string, leg.endpoint) for row in trunks)), "")
        return Handover(live=facts.open, member=facts.member, outside=outside)
    try:
        through = endpoint(facts.dial_string, leg.number) == leg.endpoint
    except EndpointError:
        through = False
    return Handover(live=facts.open, member=through, number=leg.number, suppressed=facts.suppressed)


def _trunk_of(leg: AgentLeg, own: int, trunks: Sequence[Row[Any]]) -> Trunk | None:
    """The trunk whose lines the leg takes.

    Several may have the dial string, for each of earlier runs has left its own: the person's comes first, then those
    in use, then the one that says most of the leg, then the newest.
    """
    if leg.number:
        through = [row for row in trunks if row.id == own]
    else:
        through = [row for row in trunks if goes_through(row.dial_string, leg.endpoint)]
    if not through:
        return None
    row = max(through, key=lambda one: (one.id == own, one.used, len(one.dial_string), one.id))
    return Trunk(row.id, row.channels, row.cps)


def ended(conn: Connection, holder: Holder, ends: Sequence[AgentLegEnd]) -> None:
    """Write how legs ended; a leg that is final already stays as it is.  Raises LeaseLost."""
    lease.check(conn, holder)
    if ends:
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
    """Give one phone (E.164) through the line of the campaign.  Those who wait for it are in a line of their own."""
    dial_string = run(
        conn, "SELECT t.dial_string FROM campaign c JOIN trunk t ON t.id = c.trunk_id WHERE c.id = :id", id=campaign_id
    ).scalar_one()
    return Group("", (endpoint(dial_string, number),), number, number)
