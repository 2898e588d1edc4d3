"""A person wants no more calls: kept before anything else is said, and true for every campaign from then on."""

import datetime as dt
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns.rows import run


def opt_out(conn: Connection, attempt_uuid: UUID, number: str, now: dt.datetime) -> None:
    """Put the number and every other number of the person on the stop list, and end what waits for the person.

    No lease is asked for: whoever hears the wish must be able to keep it.  A claim under way holds the targets that are
    ended here, so this waits for it: the call either was committed before, or finds the stop list.  Writing it twice
    changes nothing.
    """
    person = run(
        conn,
        "SELECT person_id FROM attempt WHERE uuid = :attempt",
        attempt=attempt_uuid,
    ).scalar()
    run(
        conn,
        """INSERT INTO suppression (number, source, call_uuid, added_at)
           SELECT :number, 'call', CAST(:attempt AS uuid), CAST(:now AS timestamptz)
           UNION
           SELECT DISTINCT phone, 'call', CAST(:attempt AS uuid), CAST(:now AS timestamptz)
           FROM contact, unnest(phones) AS phone WHERE person_id = :person
           ON CONFLICT (number) DO NOTHING""",
        number=number,
        attempt=attempt_uuid,
        now=now,
        person=person,
    )
    run(
        conn,
        """WITH t AS (
               UPDATE target SET state = 'done', reason = 'stop_list', reason_args = '{}'
               WHERE person_id = :person AND state IN ('waiting', 'preparing')
               RETURNING id
           )
           INSERT INTO verdict (target_id, at, allowed, rule, args)
           SELECT id, :now, false, 'stop_list', '{}' FROM t""",
        person=person,
        now=now,
    )
