"""Which rows of `person` are one human being: those that share a number, in whatever list it stood.

A person is known by a row's first number; the further ones are kept beside it.  Lists name the same people by other
numbers ("mobile, home" in one, "home, mobile" in the next), so persons with a common number are taken for one:
`same_as` leads to the oldest of them.  Caps and the stop list look at all of them.  A number that more than
MOST_HOLDERS people have is a switchboard's or a stopgap, and joins nobody.
"""

from sqlalchemy import Connection

from oklik.campaigns.rows import run

MOST_HOLDERS = 4

# Who holds a number: the person whose first it is, and those who have it as a further one.
_LINKS = """
WITH shared AS (
    SELECT DISTINCT f.number FROM person_phone f
    WHERE f.number IN (SELECT unnest(phones) FROM incoming WHERE code IS NULL)
), holder AS (
    SELECT number, person_id FROM shared JOIN person_phone USING (number)
    UNION
    SELECT number, person.id FROM shared JOIN person ON person.key = number
), link AS (
    SELECT number, min(coalesce(same_as, id)) AS eldest FROM holder JOIN person ON person.id = person_id
    GROUP BY number
    HAVING count(*) <= :most AND min(coalesce(same_as, id)) < max(coalesce(same_as, id))
)
SELECT coalesce(same_as, id) AS old, min(eldest) AS new
FROM link JOIN holder USING (number) JOIN person ON person.id = person_id
GROUP BY 1 HAVING min(eldest) < coalesce(same_as, id) ORDER BY 1"""


def know_numbers(conn: Connection) -> None:
    """Keep the further numbers of the rows in the temporary table `incoming`, and join persons by them.

    Their persons are there already.  Persons are locked in the order of their ids, and a claim waits for none, so
    nobody waits in a circle; a claim under way holds its persons, and this waits until it is committed.
    """
    run(conn, "SELECT pg_advisory_xact_lock(:key)", key=_ONE_AT_A_TIME)
    run(
        conn,
        """INSERT INTO person_phone (person_id, number)
           SELECT DISTINCT person.id, phone
           FROM incoming JOIN person USING (key), unnest(incoming.phones) AS phone
           WHERE incoming.code IS NULL AND phone <> key
           ON CONFLICT DO NOTHING""",
    )
    while links := run(conn, _LINKS, most=MOST_HOLDERS).all():
        moves = [{"old": link.old, "new": link.new} for link in links]
        run(
            conn,
            """SELECT id FROM person JOIN json_to_recordset(CAST(:rows AS json)) AS r(old bigint)
                   ON person.id = r.old OR person.same_as = r.old
               ORDER BY id FOR NO KEY UPDATE OF person""",
            moves,
        )
        run(
            conn,
            """UPDATE person SET same_as = r.new
               FROM json_to_recordset(CAST(:rows AS json)) AS r(old bigint, new bigint)
               WHERE person.id = r.old OR person.same_as = r.old""",
            moves,
        )


_ONE_AT_A_TIME = 0x6F6B6C696B0001  # two imports that join persons come one after the other
