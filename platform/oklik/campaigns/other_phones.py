"""Phones on a person's row that are not their own: whose each is, and who else has called there.

Such a number says nothing of who the person is (persons.py joins nobody by it), and whoever answers it is a human
being of their own: what was said to them for another debtor counts, too.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from oklik.campaigns.rows import run
from oklik.dialing.elsewhere import past_of
from oklik.dialing.gate import Past, history_since
from oklik.dialing.law.shapes import THEIRS, Role


def role_at(roles: Sequence[str] | None, place: int) -> Role:
    """Whose the phone at a place of a contact's phones is.  roles: as of the contact."""
    return Role.OWN if roles is None or place >= len(roles) else Role(roles[place])


def role_of_number(phones: Sequence[str], roles: Sequence[str] | None, number: str) -> Role:
    """Whose a number of a contact is; one that the contact has no more counts as their own."""
    return role_at(roles, phones.index(number)) if number in phones else Role.OWN


def theirs(phones: Sequence[str], roles: Sequence[str] | None) -> list[str]:
    """Those of a contact's phones at which the person is to be had."""
    if roles is None:
        return list(phones)
    return [phone for place, phone in enumerate(phones) if role_at(roles, place) in THEIRS]


def calls_at(
    conn: Connection, number: str, now: dt.datetime, *, besides: Sequence[int]
) -> tuple[list[Past], bool, set[int]]:
    """Give what was said to whoever answers at a number, whether somebody is calling them now, and who they are.

    besides: persons whose calls are left out.  Those who have the number themselves, if any are known, are one human
    being with it: all calls to them count, and they are given by their roots.  Nobody else claims a call to the number
    or to them until our transaction ends; while another does, they count as busy.
    """
    alone = run(conn, "SELECT pg_try_advisory_xact_lock(:space, hashtext(:number))", space=_SPACE, number=number)
    if not alone.scalar_one():
        return [], True, set()
    owners = set(run(conn, _OWNERS, number=number).scalars())
    held = run(conn, _HOLD, roots=list(owners)).scalars() if owners else []
    if len(held) < len(owners):
        return [], True, owners
    rows = run(
        conn,
        _TO_WHOEVER_ANSWERS,
        number=number,
        roots=list(owners),
        besides=list(besides),
        since=history_since(now),
    ).all()
    ours = [Past(r.started_at, r.talk, r.consumed, r.purpose, r.ended_at, r.message) for r in rows if not r.open]
    elsewhere = run(
        conn,
        """SELECT at, kind, talk, purpose, seconds FROM outside_contact
           WHERE number = :number AND at >= :since AND NOT person_id = ANY(CAST(:besides AS bigint[]))""",
        number=number,
        besides=list(besides),
        since=history_since(now),
    )
    others = [past_of(o.kind, o.at, talk=o.talk, purpose=o.purpose, seconds=o.seconds) for o in elsewhere]
    return ours + others, any(row.open for row in rows), owners


_OWNERS = """
SELECT coalesce(same_as, id) AS root FROM person WHERE key = :number
UNION
SELECT coalesce(p.same_as, p.id) FROM person_phone f JOIN person p ON p.id = f.person_id WHERE f.number = :number"""

# A claim for their own sake holds the same row; nobody waits, so nobody waits in a circle.
_HOLD = "SELECT id FROM person WHERE id = ANY(CAST(:roots AS bigint[])) FOR UPDATE SKIP LOCKED"

_TO_WHOEVER_ANSWERS = """
WITH one AS (
    SELECT unnest(CAST(:roots AS bigint[])) AS id
    UNION
    SELECT id FROM person WHERE same_as = ANY(CAST(:roots AS bigint[]))
), phone AS (
    SELECT CAST(:number AS text) AS number
    UNION
    SELECT number FROM person_phone WHERE person_id IN (SELECT id FROM one)
    UNION
    SELECT key FROM person WHERE id IN (SELECT id FROM one) AND own_key IS NULL
), found AS (
    SELECT call.attempt_uuid AS uuid FROM phone JOIN call ON call.number = phone.number
    WHERE call.intent_at >= :since AND call.kind <> 'agent'
    UNION
    SELECT uuid FROM attempt WHERE person_id IN (SELECT id FROM one) AND started_at >= :since
    UNION
    SELECT uuid FROM attempt WHERE person_id IN (SELECT id FROM one) AND open
)
SELECT a.started_at, a.ended_at, a.talk, a.consumed, a.purpose, a.open, a.message
FROM found JOIN attempt a ON a.uuid = found.uuid
WHERE (a.open OR a.consumed OR a.talk) AND NOT a.person_id = ANY(CAST(:besides AS bigint[]))"""


def add_calls_for_others(  # noqa: PLR0917  what the claim knows by now
    conn: Connection,
    history: dict[int, list[Past]],
    busy: set[int],
    root_of: Mapping[int, int],
    rows: Sequence[Row[Any]],
    now: dt.datetime,
) -> None:
    """Add to what is known of the locked persons the calls that were made to their own numbers for somebody else.

    Whoever is a guarantor of one debt and owes another is one human being: both kinds of calls are theirs.
    history, busy: by root; root_of: person -> root; rows: of claim's query.
    """
    on_rows = {
        (row.root, phone)
        for row in rows
        for place, phone in enumerate(row.phones)
        if role_at(row.roles, place) is Role.OWN
    }
    told = run(
        conn,
        _FOR_OTHERS,
        [{"root": root, "number": number} for root, number in sorted(on_rows)],
        persons=list(root_of),
        since=history_since(now),
    )
    seen: set[tuple[int, Any]] = set()
    for call in told:
        root = root_of.get(call.owner, call.owner)
        if root_of.get(call.person_id) == root or (root, call.uuid) in seen:
            continue  # it is among their own calls already
        seen.add((root, call.uuid))
        if call.open:
            busy.add(root)
        else:
            past = Past(call.started_at, call.talk, call.consumed, call.purpose, call.ended_at, call.message)
            history.setdefault(root, []).append(past)


# Where nobody was called in the place of somebody else it costs a look into an empty index; else each number is looked
# up by itself, however few or many of them the planner takes the calls to be.
_IN_THEIR_PLACE = "role IN ('guarantor', 'relative', 'third')"
_FOR_OTHERS = f"""
WITH own AS MATERIALIZED (
    SELECT root AS owner, number FROM json_to_recordset(CAST(:rows AS json)) AS r(root bigint, number text)
    UNION
    SELECT person_id, number FROM person_phone WHERE person_id = ANY(CAST(:persons AS bigint[]))
    UNION
    SELECT id, key FROM person WHERE id = ANY(CAST(:persons AS bigint[])) AND own_key IS NULL
)
SELECT own.owner, a.* FROM own CROSS JOIN LATERAL (
    SELECT a.uuid, a.person_id, a.started_at, a.ended_at, a.talk, a.consumed, a.purpose, a.open, a.message
    FROM call leg JOIN attempt a ON a.uuid = leg.uuid
    WHERE leg.number = own.number AND leg.intent_at >= :since
      AND a.{_IN_THEIR_PLACE} AND (a.open OR a.consumed OR a.talk)
    OFFSET 0) a
WHERE (SELECT max(started_at) FROM attempt WHERE {_IN_THEIR_PLACE}) >= :since"""  # noqa: S608  constants


def dead_numbers(conn: Connection, target_id: int) -> set[str]:
    """Give the numbers that calls of a target have found invalid as often as is believed, or a stranger's."""
    return set(
        run(
            conn,
            """SELECT call.number
               FROM attempt a JOIN call ON call.uuid = a.uuid JOIN campaign c ON c.id = a.campaign_id
               WHERE a.target_id = :target AND a.disposition IN ('invalid_number', 'wrong_person')
               GROUP BY call.number, c.retry
               HAVING count(*) FILTER (WHERE a.disposition = 'invalid_number')
                       >= coalesce(CAST(c.retry ->> 'confirm_invalid' AS int), 1)
                   OR bool_or(EXISTS (
                       SELECT 1 FROM step s WHERE s.attempt_uuid = a.uuid
                         AND s.fact ->> 'type' = 'right_party' AND s.fact ->> 'result' = 'wrong_number'))""",
            target=target_id,
        ).scalars()
    )


_SPACE = 0x6F6B6C69  # our locks of numbers among all advisory locks of two keys
