"""The people of several lists, or some of the people, as one list: everybody once, in the order of the lists.

A campaign has one list, so that its reports add up row by row.  One list alone is taken as it is.  Several, or those
who satisfy conditions, are copied into a new one: whoever stands in two lists is kept from the first, and refused with
the reason from the other.  Whoever does not satisfy the conditions now is not in it, whatever is written of them later.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.launch import LaunchRefused
from oklik.campaigns.rows import run
from oklik.campaigns.segments import LOOK, START, Definition, Mark, SegmentRefused, check_definition, look


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Some people of lists.  name: of the saved segment, None for conditions that were said at once."""

    definition: Definition
    name: str | None = None


def joined(  # noqa: PLR0917  what it is made of, and when
    conn: Connection,
    project_id: int,
    name: str,
    list_ids: Sequence[int],
    now: dt.datetime,
    chosen: Chosen | None = None,
) -> int:
    """Give the id of the one list, or of the new one under this name.  Raises LaunchRefused."""
    wanted = list(dict.fromkeys(list_ids))
    rows = run(
        conn,
        """SELECT id, name, digest, columns FROM contact_list
           WHERE id = ANY(CAST(:ids AS bigint[])) AND project_id = :project AND deleted_at IS NULL""",
        ids=wanted,
        project=project_id,
    ).all()
    known = {row.id: row for row in rows}
    for one in wanted:
        if one not in known:
            raise LaunchRefused(f"нет списка {one}", f"there is no list {one}")
    if len(wanted) == 1 and chosen is None:
        return int(wanted[0])
    lists = [known[one] for one in wanted]
    if chosen is not None:
        _check(chosen, lists)
    columns = list(dict.fromkeys(str(header) for row in lists for header in row.columns))
    told = "" if chosen is None else msgspec.json.encode(chosen.definition).decode()
    digest = hashlib.sha256("\n".join([*(row.digest for row in lists), told]).encode()).hexdigest()
    made = run(
        conn,
        """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
           VALUES (:project, :name, :source, :digest, CAST(:columns AS jsonb), :now)
           ON CONFLICT (project_id, name) DO NOTHING RETURNING id""",
        project=project_id,
        name=name,
        source=" + ".join(row.name for row in lists),
        digest=digest,
        columns=json.dumps(columns, ensure_ascii=False),
        now=now,
    ).first()
    if made is None:
        raise LaunchRefused(f"список «{name}» уже есть", f"there is a list {name!r} already")
    before = 0
    for one in wanted:
        if chosen is None:
            _copy(conn, one, int(made.id), before)
        else:
            for some in _who(conn, one, chosen.definition):
                _copy(conn, one, int(made.id), before, some)
        before = _rows(conn, int(made.id), before)
    return int(made.id)


def _check(chosen: Chosen, lists: Sequence[Any]) -> None:
    for row in lists:
        try:
            check_definition(chosen.definition, [str(header) for header in row.columns])
        except SegmentRefused as error:
            raise LaunchRefused(
                f"список «{row.name}»: {error.text['ru']}", f"the list {row.name!r}: {error.text['en']}"
            ) from None


def _who(conn: Connection, list_id: int, definition: Definition) -> Iterator[list[int]]:
    """Give the contacts of a list for whom it holds, a piece of the list at a time."""
    after: Mark | None = START
    while after is not None:
        found = look(conn, list_id, definition, after=after, most=LOOK)
        yield [int(row.id) for row in found.rows]
        after = found.after


def _copy(conn: Connection, from_id: int, to_id: int, before: int, some: Sequence[int] | None = None) -> None:
    """Copy a list behind what is there; of some contacts only those, without the list's refused rows."""
    run(
        conn,
        """WITH made AS (
               INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone, kinds, notes, roles,
                   contract, part)
               SELECT :to, person_id, row_number + :before, phones, fields, zone, kinds, notes, roles, contract, part
               FROM contact WHERE list_id = :one AND (CAST(:some AS bigint[]) IS NULL OR id = ANY(:some))
               ORDER BY row_number
               ON CONFLICT (list_id, person_id, part) DO NOTHING RETURNING row_number
           )
           INSERT INTO rejected_row (list_id, row_number, code, detail, fields)
           SELECT :to, c.row_number + :before, 'duplicate', coalesce(c.phones[1], ''), c.fields FROM contact c
           WHERE c.list_id = :one AND (CAST(:some AS bigint[]) IS NULL OR c.id = ANY(:some))
             AND NOT EXISTS (SELECT FROM made WHERE made.row_number = c.row_number + :before)
           UNION ALL
           SELECT :to, row_number + :before, code, detail, fields FROM rejected_row
           WHERE list_id = :one AND CAST(:some AS bigint[]) IS NULL""",
        to=to_id,
        one=from_id,
        before=before,
        some=None if some is None else list(some),
    )


def _rows(conn: Connection, list_id: int, before: int) -> int:
    """How many rows there are now."""
    return int(
        run(
            conn,
            """SELECT greatest(:before, coalesce((SELECT max(row_number) FROM contact WHERE list_id = :to), 0),
                   coalesce((SELECT max(row_number) FROM rejected_row WHERE list_id = :to), 0))""",
            to=list_id,
            before=before,
        ).scalar_one()
    )
