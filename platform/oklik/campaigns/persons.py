"""Which rows of `person` are one human being: those that share a number, in whatever list it stood.

A person is known by the customer's key where the list has one, else by a row's first number; the other numbers are
kept beside it.  Lists name the same people by other numbers ("mobile, home" in one, "home, mobile" in the next), so
persons with a common number are taken for one: `same_as` leads to the oldest of them.  Caps and the stop list look at
all of them.  A number that more than MOST_HOLDERS people have is a switchboard's or a stopgap, and joins nobody.

Two keys of one customer are two people, whatever numbers they have in common: no number joins them, neither directly
nor through a third.  Who is known by such a number only belongs to the oldest who has it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from oklik.campaigns.rows import run

MOST_HOLDERS = 4

# Numbers among those at hand that persons have who are not one yet, and who they are.
_SHARED = """
WITH asked AS (
    SELECT DISTINCT unnest(own) AS number FROM incoming WHERE code IS NULL
), holder AS (
    SELECT number, person_id FROM asked JOIN person_phone USING (number)
    UNION
    SELECT number, person.id FROM asked JOIN person ON person.key = number
), shared AS (
    SELECT number, array_agg(DISTINCT coalesce(same_as, id)) AS roots
    FROM holder JOIN person ON person.id = person_id GROUP BY number
    HAVING count(*) <= :most AND min(coalesce(same_as, id)) < max(coalesce(same_as, id))
)
SELECT roots FROM shared ORDER BY roots, number"""


def person_key(project_id: int, own_key: str) -> str:
    """Give the key in `person` of whom a customer knows by a key of their own."""
    return f"{project_id}:{own_key}"


def put_persons(conn: Connection) -> None:
    """Make the persons of the rows in the temporary table `incoming` that are not there yet.

    Its columns: key, as in `person`; project_id and own_key of those who are known by one; own, the numbers by which
    they may be known; code, not null in rows that are not to be looked at.
    """
    run(
        conn,
        """INSERT INTO person (key, project_id, own_key)
           SELECT DISTINCT key, CASE WHEN own_key IS NOT NULL THEN project_id END, own_key
           FROM incoming WHERE code IS NULL ORDER BY key
           ON CONFLICT (key) DO NOTHING""",
    )


def know_numbers(conn: Connection) -> None:
    """Keep the numbers of the rows in `incoming`, and join persons by them.

    Their persons are there already.  Persons are locked in the order of their ids, and a claim waits for none, so
    nobody waits in a circle; a claim under way holds its persons, and this waits until it is committed.
    """
    run(conn, "SELECT pg_advisory_xact_lock(:key)", key=_ONE_AT_A_TIME)
    run(
        conn,
        """INSERT INTO person_phone (person_id, number)
           SELECT DISTINCT person.id, phone
           FROM incoming JOIN person USING (key), unnest(incoming.own) AS phone
           WHERE incoming.code IS NULL AND phone <> key
           ON CONFLICT DO NOTHING""",
    )
    shared = [row.roots for row in run(conn, _SHARED, most=MOST_HOLDERS)]
    moves = _moves(shared, _keys_of(conn, {root for roots in shared for root in roots}))
    if not moves:
        return
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


def _keys_of(conn: Connection, roots: set[int]) -> dict[int, dict[int, str]]:
    """Which keys the persons of each root have, by project."""
    if not roots:
        return {}
    found: dict[int, dict[int, str]] = {}
    for row in run(
        conn,
        """SELECT id AS root, project_id, own_key FROM person
           WHERE id = ANY(CAST(:roots AS bigint[])) AND own_key IS NOT NULL
           UNION ALL
           SELECT same_as, project_id, own_key FROM person
           WHERE same_as = ANY(CAST(:roots AS bigint[])) AND own_key IS NOT NULL""",
        roots=sorted(roots),
    ):
        found.setdefault(row.root, {})[row.project_id] = row.own_key
    return found


def _moves(shared: Iterable[list[int]], keys: Mapping[int, dict[int, str]]) -> list[dict[str, Any]]:
    """Join the oldest first, never two keys of one project.  Gives the roots that are roots no more."""
    eldest: dict[int, int] = {}
    of = {root: dict(own) for root, own in keys.items()}

    def top(person: int) -> int:
        while person in eldest:
            person = eldest[person]
        return person

    for roots in shared:
        for other, first in ((other, first) for place, other in enumerate(roots) for first in roots[:place]):
            old, new = sorted((top(other), top(first)), reverse=True)
            mine, yours = of.get(old, {}), of.get(new, {})
            if old != new and all(yours.get(project, key) == key for project, key in mine.items()):
                eldest[old] = new
                of[new] = {**yours, **mine}
    return [{"old": old, "new": top(old)} for old in eldest]


class People(NamedTuple):
    """One human being.  root: whom locks and caps hang on; ids: every row of `person` that is one with it."""

    root: int
    ids: list[int]


def find_people(
    conn: Connection, *, key: str | None = None, number: str | None = None, project_id: int | None = None
) -> list[People]:
    """Give those who go by the customer's key (in one project, or in all), or who have the number; [] for nobody."""
    if key is not None:
        found = run(
            conn,
            """SELECT DISTINCT coalesce(same_as, id) AS root FROM person
               WHERE own_key = :key AND (CAST(:project AS bigint) IS NULL OR project_id = :project)
               ORDER BY root""",
            key=key,
            project=project_id,
        )
    else:
        found = run(
            conn,
            """SELECT DISTINCT coalesce(same_as, id) AS root FROM person
               WHERE key = :number OR id IN (SELECT person_id FROM person_phone WHERE number = :number)
               ORDER BY root""",
            number=number,
        )
    return with_ids(conn, [row.root for row in found])


def seen_at(conn: Connection, number: str) -> list[People]:
    """Give somebody without any row, who only answers at a number (a relative, a guarantor); [] if nobody called it."""
    called = run(
        conn,
        """SELECT 1 FROM call WHERE number = :number
           UNION ALL SELECT 1 FROM outside_contact WHERE number = :number LIMIT 1""",
        number=number,
    ).first()
    return [] if called is None else [People(0, [])]


def with_ids(conn: Connection, roots: list[int]) -> list[People]:
    """Give the people of these roots, each with every row that is one with it."""
    ids: dict[int, list[int]] = {root: [root] for root in roots}
    for row in run(
        conn,
        "SELECT id, same_as FROM person WHERE same_as = ANY(CAST(:roots AS bigint[])) ORDER BY id",
        roots=roots,
    ):
        ids[row.same_as].append(row.id)
    return [People(root, own) for root, own in ids.items()]


def keys_of(conn: Connection, people: People) -> str:
    """Give what one human being is known by, for people: the customer's keys with their projects, else the phone."""
    rows = run(
        conn,
        """SELECT p.own_key, p.key, project.name FROM person p LEFT JOIN project ON project.id = p.project_id
           WHERE p.id = ANY(CAST(:ids AS bigint[])) ORDER BY p.own_key IS NULL, p.id""",
        ids=people.ids,
    ).all()
    named = [f"{row.own_key} ({row.name})" for row in rows if row.own_key is not None]
    return ", ".join(named) or str(rows[0].key)


_ONE_AT_A_TIME = 0x6F6B6C696B0001  # two imports that join persons come one after the other
