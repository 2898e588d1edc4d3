"""A campaign's way with answering machines, changed while it runs.

It holds from the next claim on; a call that is up goes on by what it was claimed with, and is judged by the new
thresholds when it ends.  Whether a switch hears beeps is asked by the dialer, which holds the campaign if it does not.
"""

import json

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.rows import run
from oklik.campaigns.running import machines_of
from oklik.campaigns.versions import read_version
from oklik.dialing.machines import DEFAULT, MachinePolicy, OnBeep
from oklik.scenario.left_message import message_node


def policy_of_campaign(conn: Connection, campaign_id: int) -> MachinePolicy:
    """Give the policy of a campaign.  Raises NoResultFound."""
    return machines_of(
        run(conn, "SELECT machines FROM campaign WHERE id = :id AND state <> 'trial'", id=campaign_id).one().machines
    )


def put_policy(conn: Connection, campaign_id: int, policy: MachinePolicy) -> None:
    """Give a campaign this policy.

    Raises NoResultFound, VersionUnreadable, and MessageError where a message is to be left and the scenario has none
    for machines.
    """
    row = run(
        conn,
        "SELECT scenario_version_id FROM campaign WHERE id = :id FOR NO KEY UPDATE",
        id=campaign_id,
    ).one_or_none()
    if row is None:
        raise NoResultFound(f"there is no campaign {campaign_id}")
    if policy.on_beep is OnBeep.LEAVE_MESSAGE:
        message_node(read_version(conn, row.scenario_version_id))
    run(
        conn,
        "UPDATE campaign SET machines = CAST(:policy AS jsonb) WHERE id = :id",
        policy=None if policy == DEFAULT else json.dumps(policy.to_json()),
        id=campaign_id,
    )
