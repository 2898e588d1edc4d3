"""Cells of a list edited by hand, with their history, and columns added to a list.

Safe while a campaign runs.  A claim reads the whole row once (claim.py) and the call keeps what it has read, so a call
under way says and writes what it began with; the next call of this contact reads the new cell, and its speech is made
anew first (`target.prepared`).  A phone can be changed while no campaign has called the contact or judged a call to
them: then the queue follows to the new number's person, and the gate asks of that one.  Later it cannot, for attempts,
caps and the proof hang on the person whom the old number means.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from oklik.campaigns.list_layout import ListLayout, layout_of
from oklik.campaigns.list_words import put_words
from oklik.campaigns.lists.cells import CELL_MAX, clean
from oklik.campaigns.lists.headers import folded
from oklik.campaigns.lists.layout import zone_of
from oklik.campaigns.persons import know_numbers, put_persons
from oklik.campaigns.rows import run
from oklik.dialing.law.shapes import Role
from oklik.dialing.phones import read_phones
from oklik.dialing.rejections import Rejection, sentence

MOST_COLUMNS = 200
HEADER_MAX = 100
# What a cell that was a number, date or time must look like to remain one.
_KINDS = {
    "number": re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?"),
    "date": re.compile(r"\d\d\.\d\d\.\d{4}(?: \d\d:\d\d(?::\d\d)?)?"),
    "time": re.compile(r"\d{1,2}:\d\d(?::\d\d)?"),
}


class NoSuchContact(LookupError):
    """There is no contact of this id, or its list was deleted."""


class EditRefused(ValueError):
    """A cell or a column cannot be so.  text: one line in "ru" and "en"; now: the cell where it is another by now."""

    def __init__(self, ru: str, en: str, *, now: str | None = None) -> None:
        self.text, self.now = {"ru": ru, "en": en}, now
        super().__init__(en)


class Edited(msgspec.Struct, frozen=True):
    """A cell as it is now.  edit: for undo, None when nothing changed; phones: E.164, zone: as they follow from it."""

    edit: int | None
    header: str
    value: str
    phones: tuple[str, ...]
    zone: str | None


def edit_cell(
    conn: Connection,
    contact_id: int,
    header: str,
    value: str,
    *,
    by: str,
    now: dt.datetime,
    was: str | None = None,
    undone: int | None = None,
    kind: str | None = None,
) -> Edited:
    """Write a cell.  was: what the editor has seen there; kind: see store.schema.Contact.kinds.

    Raises NoSuchContact, EditRefused.
    """
    row, layout = _locked(conn, contact_id)
    if header not in layout.columns:
        raise EditRefused(f"столбца «{header[:60]}» в списке нет", f"the list has no column {header[:60]!r}")
    value = clean(value)
    if len(value) > CELL_MAX:
        raise EditRefused(f"в ячейке больше {CELL_MAX} знаков", f"more than {CELL_MAX} characters in a cell")
    present = row.fields.get(header)
    before = None if present is None else str(present)
    if was is not None and clean(was) != (before or ""):
        raise EditRefused(
            "ячейку тем временем изменили: сначала посмотрите, что в ней теперь",
            "the cell was changed meanwhile: look at what is there now",
            now=before or "",
        )
    if value == (before or ""):
        return Edited(None, header, value, tuple(row.phones), row.zone)
    fields = {**row.fields, header: value}
    phones, zone = tuple(row.phones), row.zone
    if header in layout.keys:
        raise EditRefused(
            f"по столбцу «{header}» различают людей: исправьте его в файле и загрузите список снова",
            f"people are told apart by {header!r}: mend it in the file and import the list again",
        )
    if header in layout.phones:
        phones = _new_phones(conn, row, layout, fields)
    if header in layout.zones:
        zone = next((read for name in layout.zones if (read := zone_of(str(fields.get(name) or "")))), None)
    old_kind = (row.kinds or {}).get(header)
    new_kind = kind or (old_kind if old_kind and _KINDS[old_kind].fullmatch(value) else None)
    edit = run(conn, _EDIT, **_told(contact_id, header, before, value), kind=old_kind, at=now, by=by, undone=undone)
    kinds = {name: one for name, one in (row.kinds or {}).items() if name != header}
    kinds |= {header: new_kind} if new_kind else {}
    run(
        conn,
        """UPDATE contact SET fields = fields || jsonb_build_object(CAST(:header AS text), CAST(:value AS text)),
               kinds = CAST(:kinds AS jsonb), zone = :zone WHERE id = :id""",
        id=contact_id,
        header=header,
        value=value,
        kinds=msgspec.json.encode(kinds).decode() if kinds else None,
        zone=zone,
    )
    run(conn, _UNPREPARED, id=contact_id, person=row.person_id)
    put_words(conn, contact_id)
    return Edited(int(edit.scalar_one()), header, value, phones, zone)


def undo_edit(conn: Connection, contact_id: int, edit_id: int, *, by: str, now: dt.datetime) -> Edited:
    """Take an edit back, while the cell is as it has left it.  Raises NoSuchContact, EditRefused."""
    edit = run(
        conn,
        "SELECT header, before, kind_before, after FROM contact_edit WHERE id = :id AND contact_id = :contact",
        id=edit_id,
        contact=contact_id,
    ).one_or_none()
    if edit is None:
        raise NoSuchContact(f"the contact {contact_id} has no edit {edit_id}")
    return edit_cell(
        conn,
        contact_id,
        edit.header,
        edit.before or "",
        by=by,
        now=now,
        was=edit.after,
        undone=edit_id,
        kind=edit.kind_before,
    )


def add_column(conn: Connection, list_id: int, header: str) -> str:
    """Add an empty column at the end; gives its header.  Raises NoSuchList, EditRefused."""
    layout = layout_of(conn, list_id, lock=True)
    header = re.sub(r"\s+", " ", clean(header))
    if not header or len(header) > HEADER_MAX:
        raise EditRefused(
            f"название столбца: от 1 до {HEADER_MAX} знаков", f"a column's name has 1 to {HEADER_MAX} characters"
        )
    if folded(header) in {folded(name) for name in layout.columns}:
        raise EditRefused(f"столбец «{header}» уже есть", f"there is a column {header!r} already")
    if len(layout.columns) >= MOST_COLUMNS:
        raise EditRefused(f"в списке уже {MOST_COLUMNS} столбцов", f"the list has {MOST_COLUMNS} columns already")
    run(
        conn,
        """UPDATE contact_list SET columns = columns || to_jsonb(CAST(:header AS text)),
               layout = jsonb_set(coalesce(layout, '{}'), '{added}',
                   coalesce(layout -> 'added', '[]') || to_jsonb(CAST(:header AS text)))
           WHERE id = :id""",
        id=list_id,
        header=header,
    )
    return header


def _locked(conn: Connection, contact_id: int) -> tuple[Any, ListLayout]:
    row = run(
        conn,
        """SELECT c.id, c.list_id, c.person_id, c.fields, c.kinds, c.phones, c.roles, c.zone, p.own_key
           FROM contact c JOIN contact_list l ON l.id = c.list_id JOIN person p ON p.id = c.person_id
           WHERE c.id = :id AND l.deleted_at IS NULL FOR UPDATE OF c""",
        id=contact_id,
    ).one_or_none()
    if row is None:
        raise NoSuchContact(f"there is no contact {contact_id}")
    return row, layout_of(conn, row.list_id)


def _new_phones(conn: Connection, row: Any, layout: ListLayout, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The phones as the row's cells now tell them; whoever is known by a phone is another person then."""
    waiting = _untouched(conn, row)
    whose: dict[str, Role] = {}
    for name, role in layout.phones.items():
        cell = read_phones(str(fields.get(name) or ""))
        if cell.bad:
            bad = cell.bad[0]
            raise EditRefused(*(sentence(bad.code, bad.text, language) for language in ("ru", "en")))
        for number in cell.numbers:
            whose.setdefault(number, role)
    if not whose:
        raise EditRefused(*(sentence(Rejection.NO_PHONE, "", language) for language in ("ru", "en")))
    phones = tuple(whose)
    roles = list(map(str, whose.values())) if any(role is not Role.OWN for role in whose.values()) else None
    person = row.person_id if row.own_key else _person(conn, phones, whose)
    savepoint = conn.begin_nested()
    try:
        run(
            conn,
            """UPDATE contact SET phones = CAST(:phones AS text[]), roles = CAST(:roles AS text[]),
                   person_id = :person WHERE id = :id""",
            phones=list(phones),
            roles=roles,
            person=person,
            id=row.id,
        )
    except IntegrityError:
        savepoint.rollback()
        raise EditRefused(
            f"человек с номером {phones[0]} в этом списке уже есть", f"{phones[0]} is in this list already"
        ) from None
    savepoint.commit()
    run(
        conn,
        """UPDATE target SET person_id = :person, phone_index = 0, prepared = NULL
           WHERE id = ANY(CAST(:ids AS bigint[]))""",
        person=person,
        ids=waiting,
    )
    return phones


def _untouched(conn: Connection, row: Any) -> list[int]:
    """The contact's places in queues, held until the transaction ends; nothing has come of any.  Raises EditRefused."""
    known = run(conn, _PLACES, id=row.id, person=row.person_id).all()
    held = run(conn, f"{_PLACES} FOR UPDATE OF t SKIP LOCKED", id=row.id, person=row.person_id).all()
    if len(held) < len(known) or any(one.state == "dialing" for one in held):
        raise EditRefused(
            "этому человеку сейчас звонят: исправьте номер, когда звонок закончится",
            "the person is being called: change the number when the call is over",
        )
    touched = next((one.name for one in held if one.touched), None)
    if touched is not None:
        raise EditRefused(
            f"по этому номеру кампания «{touched}» уже звонила или решала о звонке: на нём держатся пределы и "
            "доказательства. Добавьте человека новой строкой файла и загрузите список снова",
            f"the campaign {touched!r} has called this number or judged a call to it: caps and proofs hang on it. Add "
            "the person as a new row of the file and import it again",
        )
    return [int(one.id) for one in held]


def _person(conn: Connection, phones: tuple[str, ...], whose: Mapping[str, Role]) -> int:
    run(
        conn,
        """CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS
           SELECT CAST(:key AS text) AS key, CAST(NULL AS bigint) AS project_id, CAST(NULL AS text) AS own_key,
               CAST(:own AS text[]) AS own, CAST(NULL AS text) AS code""",
        key=phones[0],
        own=[phone for phone, role in whose.items() if role is Role.OWN],
    )
    put_persons(conn)
    know_numbers(conn)
    run(conn, "DROP TABLE incoming")
    return int(run(conn, "SELECT id FROM person WHERE key = :key", key=phones[0]).scalar_one())


def _told(contact_id: int, header: str, before: str | None, after: str) -> dict[str, Any]:
    return {"contact": contact_id, "header": header, "before": before, "after": after}


_EDIT = """
    INSERT INTO contact_edit (contact_id, header, before, kind_before, after, at, by, undone)
    VALUES (:contact, :header, :before, :kind, :after, :at, :by, :undone) RETURNING id"""

# Targets are found by the person, for whom there is an index.
_PLACES = """
    SELECT t.id, t.state, c.name, t.state NOT IN ('waiting', 'preparing', 'dialing') OR t.attempts + t.faults > 0
        OR EXISTS (SELECT FROM attempt a WHERE a.target_id = t.id)
        OR EXISTS (SELECT FROM verdict v WHERE v.target_id = t.id) AS touched
    FROM target t JOIN campaign c ON c.id = t.campaign_id
    WHERE t.person_id = :person AND t.contact_id = :id ORDER BY t.id"""

# The next call has to say the new value: its speech is to be looked for, and made where it is not there.
_UNPREPARED = """
    UPDATE target SET prepared = NULL
    WHERE id IN (SELECT id FROM target WHERE person_id = :person AND contact_id = :id AND prepared IS NOT NULL
                 ORDER BY id FOR UPDATE)"""
