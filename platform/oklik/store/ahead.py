"""Indexes of large tables, made before their migration and without stopping those who write.

An index made within the migrations' transaction keeps every call and every cell from being written until all of them
are through.  PostgreSQL makes it beside the writers only outside of a transaction (CREATE INDEX CONCURRENTLY), so a
migration names such indexes in AHEAD, `build_ahead` makes them first, and the migration then finds them there
(`add_indexes`).  Where the table or a column is not there yet, the migration makes the index itself.
"""

from collections.abc import Iterable

import msgspec
from alembic import op
from sqlalchemy import Connection, text


class AheadIndex(msgspec.Struct, frozen=True):
    """An index of a migration, over plain columns.  where: a condition on the rows that are in it; empty: all are."""

    name: str
    table: str
    columns: tuple[str, ...]
    where: str = ""


def add_indexes(indexes: Iterable[AheadIndex]) -> None:
    """Within a migration: make those of its indexes that were not made ahead."""
    for one in indexes:
        condition = text(one.where) if one.where else None
        op.create_index(one.name, one.table, list(one.columns), postgresql_where=condition, if_not_exists=True)


def build_ahead(connection: Connection, indexes: Iterable[AheadIndex]) -> list[str]:
    """Make what can be made already; gives the names of those made.

    connection: in autocommit.  What a process that was killed in the midst has left invalid is made anew.
    """
    made = []
    for one in indexes:
        if not _possible(connection, one):
            continue
        valid = connection.execute(
            text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"), {"name": _quoted(one.name)}
        ).scalar_one_or_none()
        if valid:
            continue
        if valid is False:
            connection.execute(text(f"DROP INDEX CONCURRENTLY {_quoted(one.name)}"))
        columns = ", ".join(map(_quoted, one.columns))
        rows = f" WHERE {one.where}" if one.where else ""
        on = f"{_quoted(one.table)} ({columns}){rows}"
        connection.execute(text(f"CREATE INDEX CONCURRENTLY {_quoted(one.name)} ON {on}"))
        made.append(one.name)
    return made


def _possible(connection: Connection, index: AheadIndex) -> bool:
    there = connection.execute(
        text(
            """SELECT count(*) FROM pg_attribute
               WHERE attrelid = to_regclass(:table) AND attname = ANY(:columns) AND NOT attisdropped"""
        ),
        {"table": _quoted(index.table), "columns": list(index.columns)},
    ).scalar_one()
    return int(there) == len(index.columns)


def _quoted(name: str) -> str:
    return f'"{name}"'
