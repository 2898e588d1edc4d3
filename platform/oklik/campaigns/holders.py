"""Whose a number is: the persons who hold it, with all that are one with them, locked so that no claim passes by."""

from collections.abc import Sequence

from sqlalchemy import Connection

from oklik.campaigns.rows import run

_ROOTS = """
WITH holder AS (
    SELECT id, same_as FROM person WHERE key = ANY(CAST(:numbers AS text[]))
    UNION
    SELECT p.id, p.same_as FROM person_phone f JOIN person p ON p.id = f.person_id
    WHERE f.number = ANY(CAST(:numbers AS text[]))
), root AS (
    SELECT DISTINCT coalesce(same_as, id) AS id FROM holder
)"""

_ALL = f"""{_ROOTS}
SELECT id FROM root UNION SELECT person.id FROM root JOIN person ON person.same_as = root.id"""  # noqa: S608  ours

_LOCK = f"""{_ROOTS}
SELECT person.id FROM person JOIN root ON person.id = root.id ORDER BY person.id FOR NO KEY UPDATE OF person"""  # noqa: S608  ours


def holders(conn: Connection, numbers: Sequence[str]) -> list[int]:
    """Give all persons who have one of these numbers, and all that are one with them."""
    return run(conn, _ALL, numbers=list(numbers)).scalars()


def lock_holders(conn: Connection, numbers: Sequence[str]) -> list[int]:
    """Do the same, and hold them: a claim under way is waited for, and none begins until we commit.

    In the order of their ids, as imports do it, so nobody waits in a circle.
    """
    run(conn, _LOCK, numbers=list(numbers))
    return holders(conn, numbers)
