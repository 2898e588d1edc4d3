"""Phones on a person's row that are not their own: whose each is, and who else has called there.

Such a number says nothing of who the person is (persons.py joins nobody by it), and whoever answers it is a human
being of their own: what was said to them for another debtor counts, too.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection

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


def calls_at(conn: Connection, number: str, now: dt.datetime, *, besides: Sequence[int]) -> tuple[list[Past], bool]:
    """Give what was said at a number for others than these persons, and whether somebody is calling there now.

    Nobody else claims a call to it until our transaction ends; while another does, it counts as busy.
    """
    alone = run(conn, "SELECT pg_try_advisory_xact_lock(:space, hashtext(:number))", space=_SPACE, number=number)
    if not alone.scalar_one():
        return [], True
    rows = run(
        conn,
        """SELECT a.started_at, a.ended_at, a.talk, a.consumed, a.purpose, a.open, a.message
           FROM call JOIN attempt a ON a.uuid = call.uuid
           WHERE call.number = :number AND call.intent_at >= :since AND (a.open OR a.consumed OR a.talk)
             AND NOT a.person_id = ANY(CAST(:besides AS bigint[]))""",
        number=number,
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
    return ours + others, any(row.open for row in rows)


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
