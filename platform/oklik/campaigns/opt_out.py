"""A person wants no more calls: kept before anything else is said, and true for every campaign from then on."""

import datetime as dt
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.law.shapes import OTHERS, THEIRS, Role


def opt_out(conn: Connection, attempt_uuid: UUID, number: str, now: dt.datetime) -> None:
    """Put the number and every other number of the person, of any list, on the stop list; end what waits for them.

    No lease is asked for: whoever hears the wish must be able to keep it.  A claim under way holds the targets that are
    ended here, so this waits for it: the call either was committed before, or finds the stop list.  Writing it twice
    changes nothing.

    Who answers at somebody else's phone (a relative's, a guarantor's) speaks for that number only.
    """
    role = run(conn, "SELECT role FROM attempt WHERE uuid = :attempt", attempt=attempt_uuid).scalar()
    if role is not None and Role(role) in OTHERS:
        run(
            conn,
            """INSERT INTO suppression (number, source, call_uuid, added_at)
               VALUES (:number, 'call', CAST(:attempt AS uuid), CAST(:now AS timestamptz))
               ON CONFLICT (number) DO NOTHING""",
            number=number,
            attempt=attempt_uuid,
            now=now,
        )
        return
    persons = [
        person
        for (person,) in run(
            conn,
            """WITH root AS (
                   SELECT coalesce(p.same_as, p.id) AS id
                   FROM attempt a JOIN person p ON p.id = a.person_id WHERE a.uuid = :attempt
               )
               SELECT id FROM root UNION SELECT person.id FROM root JOIN person ON person.same_as = root.id""",
            attempt=attempt_uuid,
        )
    ]
    run(
        conn,
        """INSERT INTO suppression (number, source, call_uuid, added_at)
           SELECT :number, 'call', CAST(:attempt AS uuid), CAST(:now AS timestamptz)
           UNION
           SELECT DISTINCT phone, 'call', CAST(:attempt AS uuid), CAST(:now AS timestamptz)
           FROM contact, unnest(phones, roles) AS whose(phone, role)
           WHERE person_id = ANY(CAST(:persons AS bigint[])) AND (role IS NULL OR role = ANY(CAST(:theirs AS text[])))
           ON CONFLICT (number) DO NOTHING""",
        number=number,
        attempt=attempt_uuid,
        now=now,
        persons=persons,
        theirs=sorted(THEIRS),
    )
    run(
        conn,
        """WITH t AS (
               UPDATE target SET state = 'done', reason = 'stop_list', reason_args = '{}'
               WHERE person_id = ANY(CAST(:persons AS bigint[])) AND state IN ('waiting', 'preparing')
               RETURNING id
           )
           INSERT INTO verdict (target_id, at, allowed, rule, args)
           SELECT id, :now, false, 'stop_list', '{}' FROM t""",
        persons=persons,
        now=now,
    )
