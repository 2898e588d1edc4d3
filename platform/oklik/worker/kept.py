"""Database connections of helpers, who may be told to end in the middle of a statement.

A greenlet is killed by an exception wherever it waits, mostly for PostgreSQL.  The transaction around it then rolls
back on a connection that is in mid-statement, which fails, and that failure would take the order's place: a helper that
passes over errors of the database would go on for ever, and so would whoever waits for its end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import gevent
import psycopg
from gevent.lock import BoundedSemaphore
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError


class Kept:
    """A connection that is kept: no check-out, no ping, no roll-back of nothing, each time it is used.

    A connection that has seen an error is thrown away; the next use gets a new one.
    """

    def __init__(
        self, engine: Engine, *, reading: bool = False, first: Callable[[Connection], None] = lambda _: None
    ) -> None:
        """reading: only single statements that read; each is its own transaction.

        first: what a new connection does before anything else, in the transaction of its first use.
        """
        self._engine = engine
        self._reading = reading
        self._first = first
        self._conn: Connection | None = None
        self._turn = BoundedSemaphore(1)

    @contextmanager
    def use(self) -> Iterator[Connection]:
        """The connection, in a transaction that is committed at the end.  Others who want it wait for their turn."""
        with self._turn, self._used() as conn:
            yield conn

    def close(self) -> None:
        """Give the connection back; the next use gets a new one.  Nobody may be using it."""
        conn, self._conn = self._conn, None
        if conn is not None:
            conn.close()

    @contextmanager
    def _used(self) -> Iterator[Connection]:
        conn = self._conn
        new = conn is None
        if conn is None:
            conn = self._engine.connect()
            if self._reading:
                conn = conn.execution_options(isolation_level="AUTOCOMMIT")
            self._conn = conn
        transaction = conn.begin()
        try:
            if new:
                self._first(conn)
            yield conn
            transaction.commit()
        except BaseException:
            # Thrown away before anything else is tried on it: whoever is killed in mid-statement leaves it in a state
            # in which a roll-back fails, and that failure would take the place of the order to end.
            self._conn = None
            conn.invalidate()
            with suppress(SQLAlchemyError, psycopg.Error):
                conn.close()
            raise


def told_to_end(error: BaseException | None) -> bool:
    """Say whether an error came up only because its greenlet was killed."""
    while error is not None:
        if isinstance(error, gevent.GreenletExit):
            return True
        error = error.__cause__ or error.__context__
    return False
