"""Many rows in one statement: records travel as one JSON text and are unfolded by json_to_recordset.

One parameter and one round trip for a whole batch, whatever its width; executemany or twenty arrays cost several
times as much on our side.  Only for statements of this package: their texts are constants.

Within a transaction the statement goes to psycopg itself: SQLAlchemy's bookkeeping of one execution (compiled cache,
contexts, result metadata) costs as much as psycopg and the server's answer together.  Transactions, connections and
errors stay SQLAlchemy's.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
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
    """What a statement gave back: all its rows (named tuples), and how many it gave or changed."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """All rows."""
        return self._rows

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The only row.  Raises NoResultFound, MultipleResultsFound."""
        if not self._rows:
            raise NoResultFound("no row was found where one is required")
        return self.one_or_none()

    def one_or_none(self) -> Any:
        """The only row; None if there is none.  Raises MultipleResultsFound."""
        if len(self._rows) > 1:
            raise MultipleResultsFound("several rows were found where at most one may be")
        return self.first()

    def scalar(self) -> Any | None:
        """The first row's first value, or None."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The only row's first value.  Raises NoResultFound, MultipleResultsFound."""
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """Each row's first value."""
        return [row[0] for row in self._rows]


@lru_cache(maxsize=256)
def sql(statement: str) -> TextClause:
    """Give a statement's compiled form; the same text gives the same object, so SQLAlchemy compiles it once."""
    return text(statement)


@lru_cache(maxsize=256)
def _native(statement: str) -> str:
    """The statement with psycopg's placeholders."""
    return str(sql(statement).compile(dialect=_DIALECT))


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
        return Rows(cursor.fetchall() if cursor.description else (), cursor.rowcount)
    except psycopg.Error as error:
        raise _translated(conn, error, statement) from error
    finally:
        cursor.close()


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
