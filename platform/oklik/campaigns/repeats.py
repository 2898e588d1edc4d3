"""Requests that come again: whoever did not hear the answer asks with the same key, and nothing is done twice.

The answer is kept in the transaction of the change, so there is either both or neither.  Two at once: the second waits
for the first and gets its answer.
"""

import datetime as dt
import json
from typing import Any, NamedTuple

from sqlalchemy import Connection

from oklik.campaigns.rows import run

KEPT = dt.timedelta(days=1)


class Answered(NamedTuple):
    """The answer that was given."""

    status: int
    body: dict[str, Any]


class KeyReused(ValueError):
    """The key came before with another request."""


def begin(conn: Connection, owner: str, key: str, request: str, now: dt.datetime) -> Answered | None:
    """Take a key for a request, or give the answer that it got already.

    owner: whose key it is; request: a digest of method, path and body.  Raises KeyReused.  To be ended by
    `end` in the same transaction.
    """
    run(conn, "DELETE FROM idempotency_key WHERE created_at < :old", old=now - KEPT)
    taken = run(
        conn,
        """INSERT INTO idempotency_key (owner, key, request, status, body, created_at)
           VALUES (:owner, :key, :request, 0, '{}', :now) ON CONFLICT DO NOTHING RETURNING 1""",
        owner=owner,
        key=key,
        request=request,
        now=now,
    ).first()
    if taken is not None:
        return None
    row = run(
        conn,
        "SELECT request, status, body FROM idempotency_key WHERE owner = :owner AND key = :key",
        owner=owner,
        key=key,
    ).one()
    if row.request != request:
        raise KeyReused(key)
    return Answered(row.status, row.body)


def end(conn: Connection, owner: str, key: str, answer: Answered) -> None:
    """Keep the answer with the key."""
    run(
        conn,
        """UPDATE idempotency_key SET status = :status, body = CAST(:body AS jsonb)
           WHERE owner = :owner AND key = :key""",
        owner=owner,
        key=key,
        status=answer.status,
        body=json.dumps(answer.body, ensure_ascii=False),
    )
