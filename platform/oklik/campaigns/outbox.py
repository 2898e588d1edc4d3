"""The outbox: a row for each result, for systems beside us that read the tables.  Nothing of ours reads it.

It is written in the transaction of the result (finish.py), once an attempt, and never changed: what is here has
happened.  Ids are drawn before the commit, so a row may show behind one of a higher id.  Rows are deleted when they
are KEPT_FOR old.
"""

import datetime as dt

from sqlalchemy import Engine

from oklik.campaigns.rows import run

KEPT_FOR = dt.timedelta(days=90)
_AT_ONCE = 10_000


def purge_outbox(engine: Engine, now: dt.datetime) -> int:
    """Delete rows of attempts that ended long ago, or are not there any more; gives how many.

    Those at the beginning: rows of rehearsals, whose time may lie ahead, can hold the others back until it has come.
    """
    before = now - KEPT_FOR
    deleted = 0
    while True:
        with engine.begin() as conn:
            # First, for whoever looks whether results are missing (invariants.py) sees only what is committed.
            run(
                conn,
                """UPDATE installation SET outbox_from = :before
                   WHERE outbox_from IS NULL OR outbox_from < :before""",
                before=before,
            )
            gone = run(
                conn,
                """WITH first AS (SELECT id, attempt_uuid FROM outbox ORDER BY id LIMIT :most)
                   DELETE FROM outbox USING first LEFT JOIN attempt a ON a.uuid = first.attempt_uuid
                   WHERE outbox.id = first.id AND (a.uuid IS NULL OR a.ended_at < :before)""",
                before=before,
                most=_AT_ONCE,
            ).rowcount
        deleted += gone
        if gone < _AT_ONCE:
            return deleted
