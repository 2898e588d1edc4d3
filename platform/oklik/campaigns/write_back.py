"""Put the values that calls have written into columns into the contacts' rows, and keep what stood there before.

In the transaction that writes the steps, once for each of them however often it is written.  Whether a value fits its
column was judged in the call (scenario.limits).  The customer's file is not touched: it is only the row that changes,
and the next call to this contact and the report read it there.
"""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.scenario.flow import ColumnSet, Fact


class Recorded(Protocol):
    """A fact of an attempt (record.StepRecord)."""

    @property
    def attempt_uuid(self) -> UUID:
        """The attempt."""

    @property
    def seq(self) -> int:
        """Its place in the call."""

    @property
    def at(self) -> Any:
        """When."""

    @property
    def fact(self) -> Fact:
        """What happened."""


def write_back(conn: Connection, steps: Sequence[Recorded]) -> None:
    """Write those of the steps that set a column."""
    wanted = [(step, step.fact) for step in steps if isinstance(step.fact, ColumnSet)]
    if not wanted:
        return
    uuids = list({step.attempt_uuid for step, _ in wanted})
    rows = {row.uuid: row for row in run(conn, _ROWS, uuids=uuids)}
    known = {(row.attempt_uuid, row.seq) for row in run(conn, _KNOWN, uuids=uuids)}
    cells: dict[int, dict[str, Any]] = {}
    changes: list[dict[str, Any]] = []
    changed: dict[int, dict[str, str]] = {}
    for step, fact in sorted(wanted, key=lambda one: (one[0].at, one[0].attempt_uuid, one[0].seq)):
        row = rows.get(step.attempt_uuid)
        header = None if row is None else row.columns.get(fact.column)
        if row is None or header is None or (step.attempt_uuid, step.seq) in known:
            continue
        cell = cells.setdefault(row.contact_id, dict(row.fields))
        before = cell.get(header)
        changes.append(
            {
                "attempt_uuid": step.attempt_uuid,
                "seq": step.seq,
                "contact_id": row.contact_id,
                "header": header,
                "before": None if before is None else str(before),
                "after": fact.value,
                "kept": fact.kept,
                "at": step.at,
            }
        )
        if fact.kept:
            cell[header] = fact.value
            changed.setdefault(row.contact_id, {})[header] = fact.value
    if changes:
        run(conn, _CHANGES, changes)
    if changed:
        run(conn, _CELLS, [{"id": contact, "cells": new, "headers": list(new)} for contact, new in changed.items()])
        run(conn, _UNPREPARED, ids=list(changed))


# The contact is locked, always in the same order: two calls of one batch may have written to one contact.
_ROWS = """
    SELECT a.uuid, c.id AS contact_id, c.fields, g.columns
    FROM attempt a
    JOIN target t ON t.id = a.target_id
    JOIN contact c ON c.id = t.contact_id
    JOIN campaign g ON g.id = a.campaign_id
    WHERE a.uuid = ANY(CAST(:uuids AS uuid[]))
    ORDER BY c.id, a.uuid
    FOR UPDATE OF c"""

_KNOWN = "SELECT attempt_uuid, seq FROM contact_change WHERE attempt_uuid = ANY(CAST(:uuids AS uuid[]))"

_CHANGES = """
    INSERT INTO contact_change (attempt_uuid, seq, contact_id, header, before, after, kept, at)
    SELECT * FROM json_to_recordset(CAST(:rows AS json))
        AS r(attempt_uuid uuid, seq smallint, contact_id bigint, header text, before text, after text, kept boolean,
             at timestamptz)"""

# What is written is a text, whatever kind of cell stood there in the customer's table.
_CELLS = """
    UPDATE contact SET fields = contact.fields || r.cells, kinds = contact.kinds - r.headers
    FROM (SELECT id, cells, ARRAY(SELECT json_array_elements_text(headers)) AS headers
          FROM json_to_recordset(CAST(:rows AS json)) AS w(id bigint, cells jsonb, headers json)) AS r
    WHERE contact.id = r.id"""

# Another call may have to say the new value: its speech is to be looked for, and made where it is not there.
_UNPREPARED = """
    UPDATE target SET prepared = NULL
    WHERE id IN (
        SELECT t.id FROM target t JOIN contact c ON c.id = t.contact_id AND c.person_id = t.person_id
        WHERE c.id = ANY(CAST(:ids AS bigint[])) AND t.prepared IS NOT NULL
        ORDER BY t.id FOR UPDATE OF t)"""
