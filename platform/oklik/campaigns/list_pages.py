"""Lists and their contacts for a page: what there is, a piece of a list in the file's order, a search.

Pages go on from a mark (row and contact), so each costs the same whatever the list's size.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.list_cells import NoSuchContact
from oklik.campaigns.list_layout import layout_of
from oklik.campaigns.list_words import ask_for_index, question
from oklik.campaigns.numbers import NotOneNumber, one_number
from oklik.campaigns.rows import run
from oklik.campaigns.segments import START, Mark

MOST = 200  # contacts on a page
MOST_FOUND = 1_000  # whoever finds more has to say more


class ListLine(msgspec.Struct, frozen=True, kw_only=True):
    """A list.  source: the file; contacts, rejected: rows; campaigns: how many were made of it."""

    id: int
    project: str
    name: str
    source: str
    sheet: str | None
    imported_at: dt.datetime
    contacts: int
    rejected: int
    campaigns: int
    searchable: bool
    deleted_at: dt.datetime | None


class ContactLine(msgspec.Struct, frozen=True, kw_only=True):
    """A contact.  row: in its file; roles: whose the phones are; notes: what was wrong, [code, detail]."""

    id: int
    list_id: int
    row: int
    phones: tuple[str, ...]
    roles: tuple[str, ...]
    zone: str | None
    fields: dict[str, str]
    notes: tuple[tuple[str, str], ...]


def contact_line(list_id: int, row: Any) -> ContactLine:
    """Give a row of `contact` for people."""
    fields: Mapping[str, Any] = row.fields
    return ContactLine(
        id=row.id,
        list_id=list_id,
        row=row.row_number,
        phones=tuple(row.phones),
        roles=tuple(row.roles or ()),
        zone=row.zone,
        fields={str(name): "" if cell is None else str(cell) for name, cell in fields.items()},
        notes=tuple((str(code), str(detail)) for code, detail in row.notes or ()),
    )


_LISTS = """
    SELECT l.id, p.name AS project, coalesce(l.deleted_name, l.name) AS name, l.source, l.sheet, l.imported_at,
        coalesce(CAST(l.layout ->> 'contacts' AS integer),
            (SELECT count(*) FROM contact WHERE list_id = l.id)) AS contacts,
        coalesce(CAST(l.layout ->> 'rejected' AS integer),
            (SELECT count(*) FROM rejected_row WHERE list_id = l.id)) AS rejected,
        (SELECT count(*) FROM campaign WHERE list_id = l.id) AS campaigns,
        l.indexed_at IS NOT NULL AS searchable, l.deleted_at
    FROM contact_list l JOIN project p ON p.id = l.project_id"""


def all_lists(conn: Connection, *, deleted: bool = False) -> list[ListLine]:
    """Give the lists, the latest first; deleted: those instead that can be brought back."""
    where = "l.deleted_name IS NOT NULL" if deleted else "l.deleted_at IS NULL"
    rows = run(conn, f"{_LISTS} WHERE {where} ORDER BY l.imported_at DESC, l.id DESC LIMIT 1000")
    return [ListLine(**row._asdict()) for row in rows]


def list_line(conn: Connection, list_id: int) -> ListLine:
    """Give one list.  Raises NoSuchList."""
    layout_of(conn, list_id)
    return ListLine(**run(conn, f"{_LISTS} WHERE l.id = :id", id=list_id).one()._asdict())


def page(
    conn: Connection, list_id: int, *, after: Mark = START, most: int = 50
) -> tuple[list[ContactLine], Mark | None]:
    """Give contacts in the file's order, and where to go on; None: that was all."""
    rows = run(
        conn,
        """SELECT id, row_number, phones, roles, zone, fields, notes FROM contact
           WHERE list_id = :list AND (row_number, id) > (:row, :id) ORDER BY row_number, id LIMIT :most""",
        list=list_id,
        row=after.row,
        id=after.id,
        most=most + 1,
    ).all()
    found = [contact_line(list_id, row) for row in rows[:most]]
    return found, Mark(found[-1].row, found[-1].id) if len(rows) > most else None


def contact(conn: Connection, contact_id: int) -> ContactLine:
    """Give one contact.  Raises NoSuchContact."""
    row = run(
        conn,
        """SELECT c.id, c.list_id, c.row_number, c.phones, c.roles, c.zone, c.fields, c.notes
           FROM contact c JOIN contact_list l ON l.id = c.list_id AND l.deleted_at IS NULL WHERE c.id = :id""",
        id=contact_id,
    ).one_or_none()
    if row is None:
        raise NoSuchContact(f"there is no contact {contact_id}")
    return contact_line(row.list_id, row)


class Found(msgspec.Struct, frozen=True):
    """Contacts that were found.  after: the last one's id, to go on; partial: some lists know only their phones yet."""

    contacts: list[ContactLine]
    after: int | None
    partial: bool


def search(conn: Connection, asked: str, *, list_id: int | None = None, after: int = 0, most: int = 50) -> Found:
    """Find contacts by words and numbers, in one list or in all.  Lists without words are found by a whole phone.

    Wants a transaction.  No more than MOST_FOUND are ever found.
    """
    partial = _unsearchable(conn, list_id)
    query = question(asked).tsquery
    ids: list[int] = []
    if query is not None:
        run(conn, _BY_INDEX, on="off")
        told: dict[str, Any] = {"query": query, "list": list_id, "after": after, "most": most, "found": MOST_FOUND}
        ids = run(conn, _BY_WORDS, **told).scalars()
        run(conn, _BY_INDEX, on="on")
    if partial:
        try:
            number = one_number(asked)
        except NotOneNumber:
            pass
        else:
            more = run(conn, _BY_NUMBER, number=number, list=list_id, after=after, most=most).scalars()
            ids = sorted({*ids, *more})[:most]
    rows = {row.id: row for row in run(conn, _CONTACTS, ids=ids)}
    found = [contact_line(rows[one].list_id, rows[one]) for one in ids if one in rows]
    return Found(found, ids[-1] if len(ids) >= most else None, partial)


def _unsearchable(conn: Connection, list_id: int | None) -> bool:
    """Whether a list has no words yet; they are asked for."""
    lists = run(
        conn,
        """SELECT id FROM contact_list
           WHERE indexed_at IS NULL AND deleted_at IS NULL AND (CAST(:list AS bigint) IS NULL OR id = :list)
           ORDER BY id LIMIT 20""",
        list=list_id,
    ).scalars()
    for one in lists:
        ask_for_index(conn, one)
    return bool(lists)


# PostgreSQL takes the beginning of a word for a frequent one and would rather read a million contacts in their order
# than ask the index: for this statement it may not.  The bitmap of a frequent word is cheap, its contacts are not, so
# no more than MOST_FOUND of them are read.
_BY_INDEX = """
    SELECT set_config(name, :on, true)
    FROM unnest(ARRAY['enable_seqscan', 'enable_indexscan', 'enable_indexonlyscan']) AS name"""

_BY_WORDS = """
    WITH hit AS MATERIALIZED (
        SELECT contact_id, list_id FROM contact_words
        WHERE words @@ CAST(:query AS tsquery) AND (CAST(:list AS bigint) IS NULL OR list_id = :list)
            AND list_id <> ALL (ARRAY(SELECT id FROM contact_list WHERE deleted_at IS NOT NULL))
        LIMIT :found
    )
    SELECT contact_id FROM hit WHERE contact_id > :after ORDER BY contact_id LIMIT :most"""

_BY_NUMBER = """
    SELECT c.id FROM contact c JOIN contact_list l ON l.id = c.list_id AND l.deleted_at IS NULL
    WHERE c.person_id IN (SELECT id FROM person WHERE key = :number
                          UNION SELECT person_id FROM person_phone WHERE number = :number)
        AND (CAST(:list AS bigint) IS NULL OR c.list_id = :list) AND c.id > :after
    ORDER BY c.id LIMIT :most"""

_CONTACTS = """
    SELECT id, list_id, row_number, phones, roles, zone, fields, notes FROM contact
    WHERE id = ANY(CAST(:ids AS bigint[]))"""
