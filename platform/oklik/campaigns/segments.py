"""Segments: contacts of a list that satisfy conditions, by the same comparisons as a scenario's conditions.

A condition is compiled to SQL that lets through every row that can satisfy it (values are bound, never part of the
statement), and scenario.conditions.Reading has the last word, so that «12 500,50 ₽» and «1 марта 2025» are what they
are in a call.  Rows are looked at chunk by chunk in the list's order: a page costs the same whatever the list's size.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.list_layout import layout_of
from oklik.campaigns.rows import run
from oklik.scenario.conditions import Reading, read

LOOK = 5_000  # rows looked at in one go
_MORE = 5_000
MOST_CONDITIONS = 20
VALUE_MAX = 300
NAME_MAX = 100

Op = Literal["equals", "not_equals", "contains", "less", "at_most", "more", "at_least", "filled", "empty"]
Type = Literal["text", "number", "money", "date", "time"]
Match = Literal["all", "any"]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition on a column's cell.  type: how the texts are read, as of a scenario's columns."""

    column: str
    op: Op
    value: str = ""
    type: Type = "text"


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a segment is.  match: all of the conditions, or any; language: decides what «1,234» is."""

    conditions: tuple[Condition, ...]
    match: Match = "all"
    language: str = "ru"

    def holds(self, fields: Mapping[str, Any]) -> bool:
        """Whether a contact's cells satisfy it."""
        found = (_holds(one, fields, self.language) for one in self.conditions)
        return all(found) if self.match == "all" else any(found)


class Saved(msgspec.Struct, frozen=True):
    """A saved segment."""

    id: int
    list_id: int
    name: str
    definition: Definition
    created_by: str
    created_at: dt.datetime


class Mark(NamedTuple):
    """A place in a list: the row and the contact that were looked at last."""

    row: int
    id: int


START = Mark(-1, 0)


class Looked(NamedTuple):
    """What a look has found: rows of `contact`; after: where to go on, None when the list is over; seen: rows."""

    rows: list[Any]
    after: Mark | None
    seen: int


class SegmentRefused(ValueError):
    """A segment cannot be so.  text: one line in "ru" and "en"."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


class NoSuchSegment(LookupError):
    """There is no segment of this id."""


def check_definition(definition: Definition, columns: Sequence[str]) -> None:
    """Refuse what can hold for nobody by mistake.  Raises SegmentRefused."""
    if not 1 <= len(definition.conditions) <= MOST_CONDITIONS:
        raise SegmentRefused(
            f"нужно от 1 до {MOST_CONDITIONS} условий", f"1 to {MOST_CONDITIONS} conditions are needed"
        )
    for one in definition.conditions:
        if one.column not in columns:
            raise SegmentRefused(f"столбца «{one.column[:60]}» в списке нет", f"there is no column {one.column[:60]!r}")
        reading = Reading({one.column: one.type}, definition.language)
        if len(one.value) > VALUE_MAX or not reading.readable(one.op, one.column, one.value):
            ru, en = _WANTED["text" if one.op == "contains" else one.type]
            raise SegmentRefused(f"«{one.column}»: нужно {ru}", f"{one.column!r}: {en} is needed")


_WANTED = {
    "text": (f"слово или текст до {VALUE_MAX} знаков", f"a text of up to {VALUE_MAX} characters"),
    "number": ("число", "a number"),
    "money": ("сумма", "an amount"),
    "date": ("дата, например 31.12.2025", "a date such as 2025-12-31"),
    "time": ("время, например 14:30", "a time such as 14:30"),
}


def look(
    conn: Connection,
    list_id: int,
    definition: Definition,
    *,
    after: Mark = START,
    most: int = 50,
    rows: int = LOOK,
) -> Looked:
    """Look at up to so many rows behind a mark, for at most so many contacts that satisfy the conditions."""
    end = run(
        conn,
        """SELECT row_number, id FROM contact WHERE list_id = :list AND (row_number, id) > (:row, :id)
           ORDER BY row_number, id OFFSET :skip LIMIT 1""",
        list=list_id,
        row=after.row,
        id=after.id,
        skip=rows - 1,
    ).first()
    prefilter, values = compiled(definition, proper_lower=_proper_lower(conn))
    last = Mark(end.row_number, end.id) if end is not None else None
    found: list[Any] = []
    mark, size = after, 4 * most
    while True:
        part = run(
            conn,
            f"""SELECT id, row_number, phones, roles, zone, fields, notes FROM contact
                WHERE list_id = :list AND (row_number, id) > (:row, :id)
                    AND (:end_row < 0 OR (row_number, id) <= (:end_row, :end_id)) AND {prefilter}
                ORDER BY row_number, id LIMIT :most""",  # noqa: S608  constants and numbers of parameters
            list=list_id,
            row=mark.row,
            id=mark.id,
            end_row=last.row if last else -1,
            end_id=last.id if last else 0,
            most=size,
            **values,
        ).all()
        for row in part:
            mark = Mark(row.row_number, row.id)
            if definition.holds(row.fields):
                found.append(row)
                if len(found) >= most:
                    return Looked(found, mark, rows)
        if len(part) < size:
            return Looked(found, last, rows)
        size = max(size, _MORE)


def contacts_of(conn: Connection, segment_id: int) -> Iterator[int]:
    """Give the ids of all contacts of a saved segment in the list's order, as they are now.  Raises NoSuchSegment."""
    saved = segment(conn, segment_id)
    after: Mark | None = START
    while after is not None:
        found = look(conn, saved.list_id, saved.definition, after=after, most=LOOK)
        yield from (int(row.id) for row in found.rows)
        after = found.after


def save_segment(
    conn: Connection, list_id: int, name: str, definition: Definition, *, by: str, now: dt.datetime
) -> int:
    """Keep a segment; one of this name is replaced.  Raises NoSuchList, SegmentRefused."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_MAX:
        raise SegmentRefused(f"название: от 1 до {NAME_MAX} знаков", f"a name has 1 to {NAME_MAX} characters")
    check_definition(definition, layout_of(conn, list_id).columns)
    saved = run(
        conn,
        """INSERT INTO segment (list_id, name, definition, created_by, created_at)
           VALUES (:list, :name, CAST(:definition AS jsonb), :by, :now)
           ON CONFLICT (list_id, name) DO UPDATE SET definition = excluded.definition,
               created_by = excluded.created_by, created_at = excluded.created_at
           RETURNING id""",
        list=list_id,
        name=name,
        definition=msgspec.json.encode(definition).decode(),
        by=by,
        now=now,
    )
    return int(saved.scalar_one())


def segment(conn: Connection, segment_id: int) -> Saved:
    """Give a saved segment.  Raises NoSuchSegment."""
    row = run(conn, f"{_SAVED} AND s.id = :id", id=segment_id).one_or_none()
    if row is None:
        raise NoSuchSegment(f"there is no segment {segment_id}")
    return _saved(row)


def segments_of(conn: Connection, list_id: int) -> list[Saved]:
    """Give the segments of a list by name."""
    return [_saved(row) for row in run(conn, f"{_SAVED} AND s.list_id = :list ORDER BY s.name", list=list_id)]


def delete_segment(conn: Connection, segment_id: int) -> Saved:
    """Forget a segment; gives what it was.  Raises NoSuchSegment."""
    saved = segment(conn, segment_id)
    run(conn, "DELETE FROM segment WHERE id = :id", id=segment_id)
    return saved


_SAVED = """SELECT s.id, s.list_id, s.name, s.definition, s.created_by, s.created_at
    FROM segment s JOIN contact_list l ON l.id = s.list_id WHERE l.deleted_at IS NULL"""


def _saved(row: Any) -> Saved:
    return Saved(
        row.id, row.list_id, row.name, msgspec.convert(row.definition, Definition), row.created_by, row.created_at
    )


def _holds(one: Condition, fields: Mapping[str, Any], language: str) -> bool:
    reading = Reading({one.column: one.type}, language)
    return reading.holds(one.op, one.column, str(fields.get(one.column) or ""), one.value)


# -- SQL ------------------------------------------------------------------------------------------------------


def condition(conn: Connection, definition: Definition) -> tuple[str, dict[str, Any]]:
    """Give what `compiled` gives, for the server of this connection."""
    return compiled(definition, proper_lower=_proper_lower(conn))


def compiled(definition: Definition, *, proper_lower: bool) -> tuple[str, dict[str, Any]]:
    """A condition for SQL that every row satisfies for which the definition holds, and its values.

    proper_lower: the server knows small letters of other alphabets.
    """
    parts: list[str] = []
    values: dict[str, Any] = {}
    for n, one in enumerate(definition.conditions):
        values[f"column_{n}"] = one.column
        cell = f"coalesce(fields ->> CAST(:column_{n} AS text), '')"
        if one.op == "not_equals":
            parts.append("true")
        elif one.op == "empty":
            parts.append(f"{cell} !~ '[0-9A-Za-zА-Яа-яЁё]'")
        elif (told := _measured(one, definition.language, n, cell)) is not None:
            values[f"value_{n}"], part = told
            parts.append(part)
        elif proper_lower and (word := _sure_word(one)) is not None:
            values[f"value_{n}"] = word
            parts.append(f"strpos(replace(lower({cell}), 'ё', 'е'), CAST(:value_{n} AS text)) > 0")
        else:  # whatever is left is true of no empty cell
            parts.append(f"{cell} <> ''")
    joined = (" AND " if definition.match == "all" else " OR ").join(parts)
    return f"({joined})", {name: values[name] for name in sorted(values) if f":{name} " in joined}


_SIGNS = {"equals": "=", "less": "<", "at_most": "<=", "more": ">", "at_least": ">="}
_NUMBER, _DAY = "^[0-9]{1,9}$", r"^[0-9][0-9]\.[0-9][0-9]\.[0-9]{4}$"


def _measured(one: Condition, language: str, n: int, cell: str) -> tuple[str, str] | None:
    """Amounts and days that are written plainly are compared at once; other spellings are let through."""
    sign = _SIGNS.get(one.op)
    if sign is None or one.type not in ("number", "money", "date"):
        return None
    value = read(one.value, one.type, language)
    if isinstance(value, Decimal):
        return str(value), (
            f"CASE WHEN {cell} ~ '{_NUMBER}' THEN CAST({cell} AS bigint) {sign} CAST(:value_{n} AS numeric)"
            f" ELSE {cell} <> '' END"
        )
    if isinstance(value, dt.date):
        day = f"substr({cell}, 7, 4) || substr({cell}, 4, 2) || substr({cell}, 1, 2)"
        return value.strftime("%Y%m%d"), (
            f"CASE WHEN {cell} ~ '{_DAY}' THEN {day} {sign} CAST(:value_{n} AS text) ELSE {cell} <> '' END"
        )
    return None


def _sure_word(one: Condition) -> str | None:
    """What surely stands in every cell for which the condition holds: its longest plain word."""
    if not (one.op == "contains" or (one.op == "equals" and one.type == "text")):
        return None
    words = one.value.casefold().replace("ё", "е").split()
    return max((word for word in words if _plain(word)), key=len, default=None)


def _plain(word: str) -> bool:
    """Letters whose small form is the same for Python and PostgreSQL, digits, and signs of ASCII."""
    return all(c.isascii() or "а" <= c <= "я" for c in word)


def _proper_lower(conn: Connection) -> bool:
    return bool(run(conn, "SELECT lower('ИЁ') = 'иё' AS proper").scalar())
