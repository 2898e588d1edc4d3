"""Reading a list for the launch check: slim rows in one sweep, and the whole rows of those who need a closer look.

Nearly everybody on a list is nobody yet: never called, on no stop list, without a promise.  One query sweeps over the
list and says of each row only what differs from row to row, and whether the row is `plain`: that asking.Known could
find nothing about it.  What plain means here is coarser than the gate's own look on purpose: a row in any of the tables
that Known reads makes a person not plain, whatever it says.  No rule of calling is decided here.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any, cast

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.campaigns.rows import run
from oklik.dialing.gate import history_since
from oklik.dialing.law.in_force import wants_consent

BATCH = 5_000


class Kind(IntEnum):
    """What is known of a row without a closer look."""

    OVER = 0  # nothing more is planned for it
    PLAIN = 1  # there is nothing that the gate could be told but its numbers and its zone
    OTHER = 2


class Sweep(msgspec.Struct, frozen=True):
    """A list to be swept over for a campaign, as of a moment.

    launched: the campaign has targets; else all contacts of the list stand for them.  now: campaign time, UTC.
    """

    campaign_id: int
    list_id: int
    launched: bool
    virtual: bool
    purpose: str
    now: dt.datetime
    days: int


Span = tuple[int, int]
"""Ids of contacts, from the first up to the second, which is not among them."""
EVERYBODY: Span = (0, 2**63 - 1)

Slim = tuple[int, int, str | None, str, list[str] | None, dt.datetime | None, int]
"""Contact, its place in a fair draw, text of its zone, first number, all numbers if there are more, due if that lies
ahead, Kind."""

# Numbers that were called in the place of somebody else.
_STOOD_IN = """
    SELECT leg.number FROM attempt a JOIN call leg ON leg.uuid = a.uuid
    WHERE a.role IN ('guarantor', 'relative', 'third') AND a.started_at >= :since"""
# Who could have been heard of: a superset of what Known and its helpers find.
_HEARD_OF = """
    SELECT person_id FROM attempt WHERE open OR started_at >= :since
    UNION SELECT person_id FROM outside_contact WHERE at >= :since
    UNION SELECT person_id FROM promise WHERE state = 'open'
    UNION SELECT person_id FROM consent WHERE purpose = :consent AND person_id IS NOT NULL
    UNION SELECT id FROM person WHERE same_as IS NOT NULL
    UNION SELECT same_as FROM person WHERE same_as IS NOT NULL
    UNION SELECT person_id FROM exclusion WHERE taken_back_at IS NULL
    UNION SELECT p.id FROM person p JOIN stood_in s ON s.number = p.key
    UNION SELECT f.person_id FROM person_phone f JOIN stood_in s ON s.number = f.number
    UNION SELECT p.id FROM person p JOIN suppression s ON s.number = p.key
    UNION SELECT f.person_id FROM person_phone f JOIN suppression s ON s.number = f.number"""
_HEARD_OF_NUMBERS = """
    SELECT number FROM suppression
    UNION SELECT number FROM stood_in
    UNION SELECT number FROM outside_contact WHERE at >= :since AND number IS NOT NULL
    UNION SELECT number FROM consent WHERE purpose = :consent AND number IS NOT NULL"""
_SLIM = f"""
WITH stood_in AS ({_STOOD_IN}), heard AS ({_HEARD_OF}), numbers AS ({_HEARD_OF_NUMBERS}), marked AS (
    SELECT DISTINCT c.id FROM contact c CROSS JOIN LATERAL unnest(c.phones) AS one(number) JOIN numbers USING (number)
    WHERE c.id >= :first AND c.id < :after)
SELECT c.id, hashint8extended(c.id, :campaign) AS draw, c.zone, c.phones[1] AS phone,
    CASE WHEN cardinality(c.phones) > 1 THEN c.phones END AS phones,
    CASE WHEN t.due > :now THEN t.due END AS later,
    CASE WHEN t.state = 'done' THEN {Kind.OVER:d}
        WHEN t.fresh AND c.roles IS NULL AND heard.person_id IS NULL AND marked.id IS NULL THEN {Kind.PLAIN:d}
        ELSE {Kind.OTHER:d} END AS kind
FROM ({{targets}}) t JOIN contact c ON c.id = t.contact_id
    LEFT JOIN heard ON heard.person_id = t.person_id LEFT JOIN marked ON marked.id = c.id
WHERE c.id >= :first AND c.id < :after"""  # noqa: S608  constants of this module
_TARGETS = """
    SELECT contact_id, person_id, state, due,
        attempts = 0 AND phone_index = 0 AND NOT wish AND last_hours = '[]' AS fresh
    FROM target WHERE campaign_id = :campaign AND contact_id >= :first AND contact_id < :after"""
_LISTED = """
    SELECT id AS contact_id, person_id, 'preparing' AS state, CAST(NULL AS timestamptz) AS due, true AS fresh
    FROM contact WHERE list_id = :list AND id >= :first AND id < :after"""

# As claim's query gives them.
_HOURS = "CAST(translate(CAST(t.last_hours AS text), '[]', '{}') AS int[]) AS last_hours"
_WHOLE_TARGETS = f"""
SELECT t.id, t.contact_id, t.person_id, coalesce(own.same_as, own.id) AS root, t.attempts, t.phone_index, t.state,
    t.due, t.reason, {_HOURS}, t.wish, c.phones, c.roles, c.zone
FROM target t JOIN contact c ON c.id = t.contact_id JOIN person own ON own.id = t.person_id
WHERE t.campaign_id = :campaign AND t.contact_id = ANY(CAST(:contacts AS bigint[]))"""  # noqa: S608  as above
_WHOLE_LISTED = """
SELECT c.id, c.id AS contact_id, c.person_id, coalesce(own.same_as, own.id) AS root, 0 AS attempts, 0 AS phone_index,
    'preparing' AS state, CAST(:now AS timestamptz) AS due, NULL AS reason, CAST('{}' AS int[]) AS last_hours,
    false AS wish, c.phones, c.roles, c.zone
FROM contact c JOIN person own ON own.id = c.person_id
WHERE c.id = ANY(CAST(:contacts AS bigint[]))"""


def slim_rows(conn: Connection, sweep: Sweep, span: Span = EVERYBODY) -> Iterator[Sequence[Slim]]:
    """Sweep over a span of the list by a cursor of the server's; batches in no order."""
    # It is read to its end: a plan that is quick with the first rows would be slow with all of them, and a list that
    # was imported a moment ago has no statistics yet, by which the planner takes it for a handful of rows.
    _plan(conn, fraction="1", loops="off")
    statement = _SLIM.replace("{targets}", _TARGETS if sweep.launched else _LISTED)
    told: dict[str, Any] = {
        "campaign": sweep.campaign_id,
        "now": sweep.now,
        "since": history_since(sweep.now),
        "consent": sweep.purpose if wants_consent(sweep.purpose) else None,
        "first": span[0],
        "after": span[1],
    }
    if not sweep.launched:
        told["list"] = sweep.list_id
    with conn.execute(text(statement), told, execution_options={"yield_per": BATCH}) as result:
        _plan(conn, fraction="0.1", loops="on")  # for what is asked meanwhile
        yield from cast("Iterator[Sequence[Slim]]", result.partitions(BATCH))


def _plan(conn: Connection, *, fraction: str, loops: str) -> None:
    run(
        conn,
        """SELECT set_config('cursor_tuple_fraction', :fraction, true) AS fraction,
               set_config('enable_nestloop', :loops, true) AS loops""",
        fraction=fraction,
        loops=loops,
    )


def whole_rows(conn: Connection, sweep: Sweep, contacts: Sequence[int]) -> Sequence[Row[Any]]:
    """Give the rows of some contacts as claim's query gives them, in no order."""
    told = {"campaign": sweep.campaign_id} if sweep.launched else {"now": sweep.now}
    return run(conn, _WHOLE_TARGETS if sweep.launched else _WHOLE_LISTED, contacts=list(contacts), **told).all()


def cut(conn: Connection, sweep: Sweep, parts: int) -> list[Span]:
    """Cut the list into so many spans of about the same length."""
    listed = "target WHERE campaign_id = :id" if sweep.launched else "contact WHERE list_id = :id"
    column = "contact_id" if sweep.launched else "id"
    ends = run(
        conn,
        f"""SELECT max(contact) AS until FROM (
                SELECT {column} AS contact, ntile(:parts) OVER (ORDER BY {column}) AS part FROM {listed}) cut
            GROUP BY part ORDER BY part""",  # noqa: S608  constants of this module
        parts=parts,
        id=sweep.campaign_id if sweep.launched else sweep.list_id,
    ).scalars()
    inner = [end + 1 for end in ends[:-1]]
    return list(zip([EVERYBODY[0], *inner], [*inner, EVERYBODY[1]], strict=True))
