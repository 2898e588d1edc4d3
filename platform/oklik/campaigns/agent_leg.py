"""Legs to agents: their rows, committed before they are dialed, and the agents of a group.  They are no attempts."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.agents.groups import Group
from oklik.campaigns import lease
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run


class AgentLeg(msgspec.Struct, frozen=True):
    """A leg that is about to be dialed.  attempt_uuid: the call it serves; endpoint: the agent's dial string."""

    uuid: UUID
    attempt_uuid: UUID
    endpoint: str
    caller_id: str
    at: dt.datetime


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


def intend(conn: Connection, holder: Holder, legs: Sequence[AgentLeg]) -> None:
    """Write legs as intents; dial them only after the commit.  Raises LeaseLost."""
    lease.check(conn, holder)
    if legs:
        run(
            conn,
            """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
               SELECT uuid, 'agent', attempt_uuid, :node, :epoch, :core, 'intent', endpoint, caller_id, at
               FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, attempt_uuid uuid, endpoint text, caller_id text, at timestamptz)
               ON CONFLICT (uuid) DO NOTHING""",
            [msgspec.structs.asdict(leg) for leg in legs],
            node=holder.node,
            epoch=holder.epoch,
            core=holder.core_uuid,
        )


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
        """SELECT m.endpoint FROM campaign c
           JOIN agent_group g ON g.project_id = c.project_id AND g.name = :name
           JOIN membership m ON m.group_id = g.id
           WHERE c.id = :campaign ORDER BY m.position""",
        campaign=campaign_id,
        name=name,
    )
    return Group(name, tuple(row.endpoint for row in rows))
