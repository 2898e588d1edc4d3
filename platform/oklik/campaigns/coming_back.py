"""Targets that come back to the queue because what stood against them is gone: a late consent, a wish taken back.

Only what was ended for that very reason, in campaigns that are not over: a stopped campaign stays stopped, and one
that is done stays done (its contacts are for a new one), which is said.  The time at which they were due is kept, so
they are called at once, or when their retry was to come; the gate is asked anew.  Speech that was never made is made.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.law.shapes import THIRD_PERSONS
from oklik.store.deferring import PREPARE_PROMPTS, defer


class Returned(msgspec.Struct, frozen=True):
    """What came of it.  back: targets that are called again; over: those left alone, for their campaign is done."""

    back: int = 0
    over: int = 0


# Whoever closes a campaign waits until we have committed (done.close_finished), so none is closed over what came back.
# Who was denied by the gate had waited, so their speech was made; others may have been ended before it was.  While a
# pilot goes on, whoever was not called yet waits for its end: nobody knows any more whether they were among the first.
_BACK = """
, k AS (
    SELECT id, state, pilot FROM campaign WHERE id IN (SELECT campaign_id FROM meant) AND state <> 'stopped'
    ORDER BY id FOR SHARE
), t AS (
    SELECT target.id, min(meant.phone) AS phone, max(meant.since) AS since
    FROM meant JOIN target ON target.id = meant.id GROUP BY target.id
), b AS (
    UPDATE target SET state = CASE WHEN k.pilot IS NOT NULL AND target.attempts + target.faults = 0 THEN 'preparing'
            WHEN target.prepared IS NULL AND target.attempts + target.faults = 0
            AND target.reason IN ('stop_list', 'removed_bankrupt') THEN 'preparing' ELSE 'waiting' END,
        due = greatest(target.due, t.since), phone_index = least(target.phone_index, t.phone),
        reason = CASE WHEN k.pilot IS NOT NULL AND target.attempts + target.faults = 0 THEN 'pilot' END,
        reason_args = NULL, removed = NULL
    FROM t, k
    WHERE target.id = t.id AND k.id = target.campaign_id AND k.state <> 'done' AND target.state = 'done'
    RETURNING target.campaign_id, target.state
)
SELECT (SELECT count(*) FROM b) AS back,
    (SELECT count(*) FROM t JOIN target ON target.id = t.id JOIN k ON k.id = target.campaign_id
     WHERE k.state = 'done') AS over,
    ARRAY(SELECT DISTINCT campaign_id FROM b WHERE state = 'preparing' ORDER BY 1) AS speechless"""

_OF_PEOPLE = """
WITH meant AS (
    SELECT t.id, t.campaign_id, CAST(NULL AS smallint) AS phone, CAST(NULL AS timestamptz) AS since
    FROM target t JOIN campaign c ON c.id = t.campaign_id
    WHERE t.person_id = ANY(CAST(:persons AS bigint[])) AND t.state = 'done'
      AND t.reason = ANY(CAST(:reasons AS text[]))
      AND (CAST(:project AS bigint) IS NULL OR c.project_id = CAST(:project AS bigint))
)"""

# A number is found with its holder; one of somebody else or of an office only in the rows that have such.  Each by
# itself, by the indexes, however many the planner takes them for.
_CONSENTED = """
WITH g AS (
    SELECT DISTINCT * FROM json_to_recordset(CAST(:rows AS json))
        AS r(number text, person_id bigint, purpose text, given_at timestamptz)
    WHERE EXISTS (SELECT FROM consent c WHERE c.number = r.number AND c.person_id IS NOT DISTINCT FROM r.person_id
        AND c.purpose = r.purpose AND c.revoked_at IS NULL)
), found AS (
    SELECT g.*, c.* FROM g CROSS JOIN LATERAL (
        SELECT c.id AS contact_id, c.person_id AS whose, c.phones FROM person p JOIN contact c ON c.person_id = p.id
        WHERE p.key = g.number
        UNION
        SELECT c.id, c.person_id, c.phones FROM person_phone f JOIN contact c ON c.person_id = f.person_id
        WHERE f.number = g.number
        UNION
        SELECT c.id, c.person_id, c.phones FROM contact c WHERE c.phones @> ARRAY[g.number] AND c.roles IS NOT NULL
        OFFSET 0) c
    WHERE g.number = ANY(c.phones)
), meant AS (
    SELECT t.id, t.campaign_id, f.given_at AS since,
        CASE WHEN t.reason = 'no_consent' THEN CAST(array_position(f.phones, f.number) - 1 AS smallint) END AS phone
    FROM found f CROSS JOIN LATERAL (
        SELECT id, campaign_id, reason FROM target
        WHERE target.person_id = f.whose AND target.contact_id = f.contact_id AND state = 'done' AND removed IS NULL
        OFFSET 0) t
    JOIN campaign k ON k.id = t.campaign_id
    WHERE (f.person_id IS NULL OR f.person_id = f.whose)
      AND (t.reason = 'no_consent' AND k.purpose = f.purpose OR t.reason = 'phone_role' AND f.purpose = :others)
)"""


def consented(conn: Connection, given: Sequence[Mapping[str, Any]]) -> Returned:
    """Bring back whom consents now let be called.  given: number, person_id (or None), purpose, given_at."""
    return _done(conn, run(conn, _CONSENTED + _BACK, given, others=THIRD_PERSONS).one())


def bring_back(
    conn: Connection, persons: Sequence[int], reasons: Sequence[str], *, project_id: int | None = None
) -> Returned:
    """Bring back what was ended for one of these reasons.  persons: with all that are one with them."""
    told = run(conn, _OF_PEOPLE + _BACK, persons=list(persons), reasons=list(reasons), project=project_id).one()
    return _done(conn, told)


def _done(conn: Connection, told: Any) -> Returned:
    for campaign in told.speechless:
        defer(conn, PREPARE_PROMPTS, only_one=f"{PREPARE_PROMPTS} {campaign}", campaign_id=campaign)
    return Returned(told.back, told.over)
