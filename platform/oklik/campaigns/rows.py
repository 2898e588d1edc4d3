"""Many rows in one statement: records travel as one JSON text and are unfolded by json_to_recordset.

One parameter and one round trip for a whole batch, whatever its width; executemany or twenty arrays cost several
times as much on our side.  Only for statements of this package: their texts are constants.

Within a transaction the statement goes to psycopg itself: SQLAlchemy's bookkeeping of one execution (compiled cache,
contexts, result metadata) costs as much as psycopg and the server's answer together.  Transactions, connections and
errors stay SQLAlchemy's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import msgspec
import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.sql.elements import TextClause

_encode = msgspec.json.Encoder(decimal_format="string").encode


class Rows:
    """What a statement gave back: all its rows (named tuples), and how many it gave or changed.

    On a pipelined connection the server is waited for at the first look, and errors of statements come then or at
    the commit.
    """

    __slots__ = ("_come", "_later")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._come: tuple[Sequence[Any], int] | None = (rows, rowcount)
        self._later: Callable[[], tuple[Sequence[Any], int]] | None = None

    @classmethod
    def later(cls, load: Callable[[], tuple[Sequence[Any], int]]) -> "Rows":
        """Rows that are still under way."""
        rows = cls((), 0)
        rows._come, rows._later = None, load
        return rows

    def _both(self) -> tuple[Sequence[Any], int]:
        if self._come is None:
            assert self._later is not None
            self._come = self._later()
        return self._come

    def __iter__(self) -> Iterator[Any]:
        return iter(self.all())

    @property
    def rowcount(self) -> int:
        """How many rows were given or changed."""
        return self._both()[1]

    def all(self) -> Sequence[Any]:
        """All rows."""
        return self._both()[0]

    def first(self) -> Any:
        """The first row, or None."""
        rows = self.all()
        return rows[0] if rows else None

    def one(self) -> Any:
        """The only row.  Raises NoResultFound, MultipleResultsFound."""
        if not self.all():
            raise NoResultFound("no row was found where one is required")
        return self.one_or_none()

    def one_or_none(self) -> Any:
        """The only row; None if there is none.  Raises MultipleResultsFound."""
        if len(self.all()) > 1:
            raise MultipleResultsFound("several rows were found where at most one may be")
        return self.first()

    def scalar(self) -> Any | None:
        """The first row's first value, or None."""
        first = self.first()
        return None if first is None else first[0]

    def scalar_one(self) -> Any:
        """The only row's first value.  Raises NoResultFound, MultipleResultsFound."""
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """Each row's first value."""
        return [row[0] for row in self.all()]


@lru_cache(maxsize=256)
def sql(statement: str) -> TextClause:
    """Give a statement's compiled form; the same text gives the same object, so SQLAlchemy compiles it once."""
    return text(statement)


@lru_cache(maxsize=256)
def _native(statement: str) -> str:
    """The statement with psycopg's placeholders."""
    return str(sql(statement).compile(dialect=_DIALECT))


_PIPELINE = "oklik.pipeline"
_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types there


def run(conn: Connection, statement: str, records: Sequence[Mapping[str, Any]] | None = None, **values: Any) -> Rows:
    """Execute a constant statement; `records` become its parameter :rows, JSON as json_to_recordset takes it.

    Raises SQLAlchemy's errors.
    """
    if records is not None:
        values["rows"] = _encode(records).decode()
    for name, value in values.items():
        if type(value) is list:
            values[name] = _array(value)
    driver = conn.connection.dbapi_connection if conn.in_transaction() else None
    if not isinstance(driver, psycopg.Connection):
        # It begins a transaction, or says what is wrong with the one there is.
        result = conn.execute(sql(statement), values)
        return Rows(result.all() if result.returns_rows else (), result.rowcount)
    cursor = driver.cursor(row_factory=namedtuple_row)
    try:
        cursor.execute(_native(statement), values)
        if conn.info.get(_PIPELINE) is not None:
            return Rows.later(partial(_load, conn, cursor, statement))
        return Rows(cursor.fetchall() if cursor.description else (), cursor.rowcount)
    except psycopg.Error as error:
        raise _translated(conn, error, statement) from error


def _array(values: list[Any]) -> str:
    """An array's text, for a parameter that the statement casts.

    psycopg's own way, which looks at each element's type, costs more than the statement's round trip.
    """
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _load(conn: Connection, cursor: psycopg.Cursor[Any], statement: str) -> tuple[Sequence[Any], int]:
    """Wait for what a pipelined statement gives."""
    rows: Sequence[Any] = ()
    try:
        rows = cursor.fetchall()
    except psycopg.Error as error:
        if cursor.rowcount < 0 or cursor.description is not None:
            raise _translated(conn, error, statement) from error
        # It has been carried out and gives no rows: only asking tells.
    return rows, cursor.rowcount


def pipelined(conn: Connection) -> Connection:
    """Have the connection send statements without waiting for each one's answer, from now on to its end.

    A transaction of six statements waits for the server once or twice instead of eight times.
    """
    driver = conn.connection.dbapi_connection
    assert isinstance(driver, psycopg.Connection)
    pipeline = driver.pipeline()
    pipeline.__enter__()  # left only with the connection itself
    conn.info[_PIPELINE] = pipeline
    return conn


def _translated(conn: Connection, error: psycopg.Error, statement: str) -> BaseException:
    """SQLAlchemy's error for psycopg's; a connection that is gone is marked so.  Parameters hold people's data."""
    gone = conn.dialect.is_disconnect(error, conn.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if gone:
        conn.invalidate(error)
    return DBAPIError.instance(
        statement,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=conn.dialect,
    )
