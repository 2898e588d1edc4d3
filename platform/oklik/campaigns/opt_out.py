"""A person wants no more calls: kept before anything else is said, and true for every campaign from then on."""

import datetime as dt
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.campaigns.stop_list import put
from oklik.dialing.law.shapes import OTHERS, THEIRS, Role

FROM_CALL = "call"  # the source of a wish that was said in a call


def opt_out(conn: Connection, attempt_uuid: UUID, number: str, now: dt.datetime) -> None:
    """Put the number and every other number of the person, of any list, on the stop list; end what waits for them.

    No lease is asked for: whoever hears the wish must be able to keep it.  A claim under way holds the targets that are
    ended here, so this waits for it: the call either was committed before, or finds the stop list.  Writing it twice
    changes nothing.

    Who answers at somebody else's phone (a relative's, a guarantor's) speaks for that number only.
    """
    role = run(conn, "SELECT role FROM attempt WHERE uuid = :attempt", attempt=attempt_uuid).scalar()
    persons: list[int] = []
    numbers: list[str] = []
    if role is None or Role(role) not in OTHERS:
        persons = _persons(conn, attempt_uuid)
        numbers = _numbers(conn, persons)
    put(
        conn,
        [number, *numbers],
        source=FROM_CALL,
        recorded_by="",
        now=now,
        call_uuid=attempt_uuid,
        persons=persons,
    )


def _persons(conn: Connection, attempt_uuid: UUID) -> list[int]:
    """The person of the call, and everybody who is one with them."""
    return list(
        run(
            conn,
            """WITH root AS (
                   SELECT coalesce(p.same_as, p.id) AS id
                   FROM attempt a JOIN person p ON p.id = a.person_id WHERE a.uuid = :attempt
               )
               SELECT id FROM root UNION SELECT person.id FROM root JOIN person ON person.same_as = root.id""",
            attempt=attempt_uuid,
        ).scalars()
    )


def _numbers(conn: Connection, persons: list[int]) -> list[str]:
    """Their own numbers, in any list."""
    return list(
        run(
            conn,
            """SELECT DISTINCT phone FROM contact, unnest(phones, roles) AS whose(phone, role)
               WHERE person_id = ANY(CAST(:persons AS bigint[]))
                 AND (role IS NULL OR role = ANY(CAST(:theirs AS text[])))""",
            persons=persons,
            theirs=sorted(THEIRS),
        ).scalars()
    )
