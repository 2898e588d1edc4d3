"""A person wants no more calls: kept before anything else is said, and true for every campaign from then on."""

import datetime as dt
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.campaigns.stop_list import put

FROM_CALL = "call"  # the source of a wish that was said in a call


def opt_out(conn: Connection, attempt_uuid: UUID, number: str, now: dt.datetime) -> None:
    """Put the number and every other number of the person, of any list, on the stop list; end what waits for them.

    No lease is asked for: whoever hears the wish must be able to keep it.  A claim under way holds the targets that are
    ended here, so this waits for it: the call either was committed before, or finds the stop list.  Writing it twice
    changes nothing.
    """
    persons = run(
        conn,
        """WITH root AS (
               SELECT coalesce(p.same_as, p.id) AS id
               FROM attempt a JOIN person p ON p.id = a.person_id WHERE a.uuid = :attempt
           )
           SELECT id FROM root UNION SELECT person.id FROM root JOIN person ON person.same_as = root.id""",
        attempt=attempt_uuid,
    ).scalars()
    numbers = run(
        conn,
        """SELECT DISTINCT phone FROM contact, unnest(phones) AS phone
           WHERE person_id = ANY(CAST(:persons AS bigint[]))""",
        persons=persons,
    ).scalars()
    put(
        conn,
        [number, *numbers],
        source=FROM_CALL,
        recorded_by="",
        now=now,
        call_uuid=attempt_uuid,
        persons=persons,
    )
