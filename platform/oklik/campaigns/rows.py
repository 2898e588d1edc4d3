"""Many rows in one statement: records travel as one JSON text and are unfolded by json_to_recordset.

One parameter and one round trip for a whole batch, whatever its width; executemany or twenty arrays cost several
times as much on our side.  Only for statements of this package: their texts are constants.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, CursorResult, text
from sqlalchemy.sql.elements import TextClause

_encode = msgspec.json.Encoder(decimal_format="string").encode


@lru_cache(maxsize=256)
def sql(statement: str) -> TextClause:
    """Give a statement's compiled form; the same text gives the same object, so SQLAlchemy compiles it once."""
    return text(statement)


def run(
    conn: Connection, statement: str, records: Sequence[Mapping[str, Any]] | None = None, **values: Any
) -> CursorResult[Any]:
    """Execute a constant statement; `records` become its parameter :rows, JSON as json_to_recordset takes it."""
    if records is not None:
        values["rows"] = _encode(records).decode()
    return conn.execute(sql(statement), values)
