"""What the gate is told of a person's past beside our own calls: contacts made elsewhere, promises to pay.

Read under the locks that the claim holds, like everything that the gate is told (asking.py).
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from oklik.campaigns.other_phones import theirs
from oklik.campaigns.rows import run
from oklik.dialing.elsewhere import past_of
from oklik.dialing.gate import Past, history_since

# A contact told by a number only is that of everybody who has the number; one told by a key is the debtor's alone.
_ELSEWHERE = """
SELECT id, person_id, NULL AS number, at, kind, talk, purpose, seconds FROM outside_contact
WHERE person_id = ANY(CAST(:persons AS bigint[])) AND at >= :since
UNION ALL
SELECT o.id, NULL, o.number, o.at, o.kind, o.talk, o.purpose, o.seconds
FROM outside_contact o JOIN person p ON p.id = o.person_id
WHERE o.number = ANY(CAST(:numbers AS text[])) AND o.at >= :since AND p.own_key IS NULL"""


def add_elsewhere(
    conn: Connection,
    history: dict[int, list[Past]],
    root_of: Mapping[int, int],
    rows: Sequence[Row[Any]],
    now: dt.datetime,
) -> None:
    """Add to the history (by root) the contacts made elsewhere.  root_of: person -> root; rows: of claim's query."""
    told: set[tuple[int, int]] = set()
    holders: dict[str, set[int]] = {}
    for row in rows:
        for number in theirs(row.phones, row.roles):
            holders.setdefault(number, set()).add(row.root)
    for one in run(conn, _ELSEWHERE, persons=list(root_of), numbers=list(holders), since=history_since(now)):
        past = past_of(one.kind, one.at, talk=one.talk, purpose=one.purpose, seconds=one.seconds)
        for root in holders[one.number] if one.number else {root_of[one.person_id]}:
            if (one.id, root) not in told:
                told.add((one.id, root))
                history.setdefault(root, []).append(past)


def promises(
    conn: Connection, projects: Collection[int], root_of: Mapping[int, int], now: dt.datetime
) -> dict[tuple[int, int], list[tuple[int, dt.date]]]:
    """Give the open promises to pay, by project and root: the target in whose call each was given, and its day."""
    found: dict[tuple[int, int], list[tuple[int, dt.date]]] = {}
    if not projects:
        return found
    for row in run(
        conn,
        """SELECT project_id, person_id, target_id, date FROM promise
           WHERE person_id = ANY(CAST(:persons AS bigint[])) AND project_id = ANY(CAST(:projects AS bigint[]))
             AND state = 'open' AND date >= :since""",
        persons=list(root_of),
        projects=list(projects),
        since=(now - dt.timedelta(days=2)).date(),  # the day after is over in every zone
    ):
        found.setdefault((row.project_id, root_of[row.person_id]), []).append((row.target_id, row.date))
    return found
