"""Who was at the phone, by the signs that were counted: what the campaign's way with machines is worth.

No estimate of how many machines there were: a machine without a beep, in a scenario without a question, leaves no
sign.  What can be counted is counted, with its interval.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection, text

from oklik.dialing.machines import MachinePolicy, Measured, OnBeep, measured


class MachineReport(msgspec.Struct, frozen=True, kw_only=True):
    """The signs of a campaign's calls.

    policy: the way with machines and its thresholds.  answered: calls that were.  keyed: of them, those in which a key
    was pressed, by a human.  beeped: a beep before any key.  silent: asked for a key, none came, and no beep.
    machines: calls taken for machines.  messages: machines that have the whole message.  false_answers: answers of the
    line and of nobody, shorter than the threshold.  announced: not answered, announced something and never rang.
    false_alarms: beeps among the calls with a key, which are the detector's mistakes; None where they cannot be
    counted, for the campaign breaks calls off at a beep, or does not listen.
    key_s: seconds from the answer to the first key: the first quarter, the middle, the third quarter.
    """

    policy: MachinePolicy
    answered: int
    keyed: int
    beeped: int
    silent: int
    machines: int
    messages: int
    false_answers: int
    announced: int
    false_alarms: Measured | None
    key_s: tuple[float, float, float] | None

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        values: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(self, policy=None))
        return {**values, "policy": self.policy.to_json()}


_COUNTS = """SELECT
    count(*) FILTER (WHERE answered) AS answered,
    count(*) FILTER (WHERE answered AND key_s IS NOT NULL) AS keyed,
    count(*) FILTER (WHERE answered AND beep_s IS NOT NULL) AS beeped,
    count(*) FILTER (WHERE answered AND beep_s IS NOT NULL AND key_s IS NOT NULL) AS both,
    count(*) FILTER (WHERE answered AND asked AND key_s IS NULL AND beep_s IS NULL) AS silent,
    count(*) FILTER (WHERE disposition = 'machine') AS machines,
    count(*) FILTER (WHERE disposition = 'machine' AND heard_percent = 100) AS messages,
    count(*) FILTER (WHERE answered AND disposition = 'hung_up' AND NOT talk) AS false_answers,
    count(*) FILTER (WHERE NOT answered AND early AND NOT rang) AS announced,
    percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY key_s) AS key_s
FROM (
    SELECT c.answered_at IS NOT NULL AS answered, a.disposition, a.talk, a.heard_percent,
        (a.signs ->> 'key_s')::double precision AS key_s, (a.signs ->> 'beep_s')::double precision AS beep_s,
        coalesce((a.signs ->> 'asked')::boolean, false) AS asked,
        coalesce((a.signs ->> 'early')::boolean, false) AS early,
        coalesce((a.signs ->> 'rang')::boolean, false) AS rang
    FROM attempt a JOIN call c ON c.uuid = a.uuid
    WHERE a.campaign_id = :campaign AND NOT a.open) AS one"""


def machine_report(conn: Connection, campaign_id: int) -> MachineReport:
    """Count the signs of a campaign's finished calls.  The campaign must be there."""
    kept = conn.execute(text("SELECT machines FROM campaign WHERE id = :id"), {"id": campaign_id}).scalar_one()
    policy = MachinePolicy.from_json(kept)
    row = conn.execute(text(_COUNTS), {"campaign": campaign_id}).one()
    return MachineReport(
        policy=policy,
        answered=row.answered,
        keyed=row.keyed,
        beeped=row.beeped,
        silent=row.silent,
        machines=row.machines,
        messages=row.messages,
        false_answers=row.false_answers,
        announced=row.announced,
        false_alarms=measured(row.both, row.keyed) if policy.on_beep is OnBeep.NOTE else None,
        key_s=tuple(round(value, 1) for value in row.key_s) if row.keyed else None,
    )
