"""The people of several lists as one list: everybody once, by who they are, in the order in which lists are named.

A campaign has one list, so that its reports add up row by row.  One list alone is taken as it is; several are copied
into a new one: whoever stands in two of them is kept from the first, and refused with the reason from the other.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import Connection

from oklik.campaigns.launch import LaunchRefused
from oklik.campaigns.rows import run


def joined(conn: Connection, project_id: int, name: str, list_ids: Sequence[int], now: dt.datetime) -> int:
    """Give the id of the one list, or of the new one under this name.  Raises LaunchRefused."""
    wanted = list(dict.fromkeys(list_ids))
    rows = run(
        conn,
        """SELECT id, name, digest, columns FROM contact_list
           WHERE id = ANY(CAST(:ids AS bigint[])) AND project_id = :project""",
        ids=wanted,
        project=project_id,
    ).all()
    known = {row.id: row for row in rows}
    for one in wanted:
        if one not in known:
            raise LaunchRefused(f"нет списка {one}", f"there is no list {one}")
    if len(wanted) == 1:
        return int(wanted[0])
    lists = [known[one] for one in wanted]
    columns = list(dict.fromkeys(str(header) for row in lists for header in row.columns))
    digest = hashlib.sha256("\n".join(row.digest for row in lists).encode()).hexdigest()
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
        before = _copy(conn, one, int(made.id), before)
    return int(made.id)


def _copy(conn: Connection, from_id: int, to_id: int, before: int) -> int:
    """Copy a list behind what is there; gives how many rows there are now."""
    run(
        conn,
        """WITH made AS (
               INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone, kinds, notes, roles,
                   contract, part)
               SELECT :to, person_id, row_number + :before, phones, fields, zone, kinds, notes, roles, contract, part
               FROM contact WHERE list_id = :one ORDER BY row_number
               ON CONFLICT (list_id, person_id, part) DO NOTHING RETURNING row_number
           )
           INSERT INTO rejected_row (list_id, row_number, code, detail, fields)
           SELECT :to, c.row_number + :before, 'duplicate', coalesce(c.phones[1], ''), c.fields FROM contact c
           WHERE c.list_id = :one AND NOT EXISTS (SELECT FROM made WHERE made.row_number = c.row_number + :before)
           UNION ALL
           SELECT :to, row_number + :before, code, detail, fields FROM rejected_row WHERE list_id = :one""",
        to=to_id,
        one=from_id,
        before=before,
    )
    return int(
        run(
            conn,
            """SELECT greatest(:before, coalesce((SELECT max(row_number) FROM contact WHERE list_id = :to), 0),
                   coalesce((SELECT max(row_number) FROM rejected_row WHERE list_id = :to), 0))""",
            to=to_id,
            before=before,
        ).scalar_one()
    )
