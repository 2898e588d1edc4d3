"""A list file into the database: contacts, persons, rejected rows, in one transaction.

Importing a list again under the same name brings the file's changes in and makes no duplicates: a contact is known by
its person (the customer's key, else the row's first number; persons.py tells which persons are one) and, where a
person has several rows, by its contract.  Contacts that the new file lacks stay,
for they may have been called; the summary counts them.  What calls and people have written into cells stays too, unless
the file says something else there since.  How a file is read is told in `lists`.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.dialects.postgresql import insert

from oklik.campaigns.lists.cells import DateCell, NumberCell, TimeCell
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.layout import Named
from oklik.campaigns.lists.reading import Contact, Empty, OpenList, Rejected, open_list
from oklik.campaigns.persons import know_numbers, person_key, put_persons
from oklik.store.schema import ContactList, Project

PROGRESS_ROWS = 1_000
_as_json = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder for each row
_KINDS: dict[type, str] = {NumberCell: "number", DateCell: "date", TimeCell: "time"}

_INCOMING = """
CREATE TEMPORARY TABLE incoming (
    row_number integer NOT NULL, code text, detail text, key text, phones text[], fields jsonb NOT NULL, zone text,
    kinds jsonb, notes jsonb, roles text[], own text[], own_key text, project_id bigint, contract text,
    part text NOT NULL
) ON COMMIT DROP"""

MOST_ROWS = 50  # so many rows of a list may have one key; more have a stopgap

# A key of very many is nobody's: those rows are known by their phones.
_STOPGAPS = """
UPDATE incoming SET key = incoming.phones[1], own_key = NULL,
    notes = coalesce(notes, '[]') || jsonb_build_array(jsonb_build_array('key_of_many', own_key))
WHERE own_key IN (SELECT own_key FROM incoming WHERE own_key IS NOT NULL GROUP BY 1 HAVING count(*) > :most)"""

# Which of the person's rows it is: its contract, and where that does not tell them apart, their order.
_PARTS = """
WITH told AS (
    SELECT row_number, CASE WHEN own_key IS NULL THEN '' ELSE coalesce(contract, '') END AS contract,
        row_number() OVER (PARTITION BY key, CASE WHEN own_key IS NULL THEN '' ELSE coalesce(contract, '') END
                           ORDER BY row_number) AS n
    FROM incoming WHERE code IS NULL
)
UPDATE incoming SET part = told.contract || CASE WHEN told.n > 1 THEN ' #' || told.n ELSE '' END
FROM told WHERE incoming.row_number = told.row_number AND (told.n > 1 OR told.contract <> '')"""

# What a call or a person has written into a cell stays while the file still says there what it said before.
_WRITTEN = """
WITH cell AS (
    SELECT person.key, contact.part, contact.id, change.header
    FROM (SELECT contact_id, header, before FROM contact_change WHERE kept
          UNION ALL SELECT contact_id, header, before FROM contact_edit) change
    JOIN contact ON contact.id = change.contact_id AND contact.list_id = :list_id
    JOIN person ON person.id = contact.person_id
    JOIN incoming ON incoming.key = person.key AND incoming.part = contact.part AND incoming.code IS NULL
    WHERE coalesce(change.before, '') = coalesce(incoming.fields ->> change.header, '')
    GROUP BY 1, 2, 3, 4
), written AS (
    SELECT cell.key, cell.part, jsonb_object_agg(cell.header, contact.fields -> cell.header) AS cells,
        array_agg(cell.header) AS headers
    FROM cell JOIN contact ON contact.id = cell.id GROUP BY 1, 2
)
UPDATE incoming SET fields = incoming.fields || written.cells, kinds = incoming.kinds - written.headers
FROM written WHERE incoming.key = written.key AND incoming.part = written.part AND incoming.code IS NULL"""

_CHANGES = """
WITH pair AS (
    SELECT contact.id, incoming.*,
           (contact.phones, contact.fields, contact.zone, contact.roles)
               IS DISTINCT FROM (incoming.phones, incoming.fields, incoming.zone, incoming.roles) AS changed
    FROM incoming JOIN person USING (key)
    JOIN contact ON contact.person_id = person.id AND contact.list_id = :list_id AND contact.part = incoming.part
    WHERE incoming.code IS NULL
), written AS (
    UPDATE contact SET phones = pair.phones, fields = pair.fields, zone = pair.zone, row_number = pair.row_number,
        kinds = pair.kinds, notes = pair.notes, roles = pair.roles, contract = pair.contract
    FROM pair WHERE contact.id = pair.id
        AND (pair.changed OR (contact.row_number, contact.kinds, contact.notes, contact.contract)
            IS DISTINCT FROM (pair.row_number, pair.kinds, pair.notes, pair.contract))
)
SELECT count(*) AS known, count(*) FILTER (WHERE changed) AS updated FROM pair"""

_ABSENT = """
SELECT count(*) FROM contact WHERE list_id = :list_id AND NOT EXISTS (
    SELECT FROM incoming JOIN person USING (key)
    WHERE person.id = contact.person_id AND incoming.part = contact.part AND incoming.code IS NULL)"""

# Remarks are about the file that was read last.
_FORGET = """
UPDATE contact SET notes = NULL WHERE list_id = :list_id AND notes IS NOT NULL AND NOT EXISTS (
    SELECT FROM incoming JOIN person USING (key)
    WHERE person.id = contact.person_id AND incoming.part = contact.part AND incoming.code IS NULL)"""

_CONTACTS = """
INSERT INTO contact (list_id, person_id, part, row_number, phones, fields, zone, kinds, notes, roles, contract)
SELECT :list_id, person.id, part, row_number, phones, fields, zone, kinds, notes, roles, contract
FROM incoming JOIN person USING (key)
WHERE code IS NULL ORDER BY row_number
ON CONFLICT (list_id, person_id, part) DO NOTHING"""

# So that pages need not count; old words for the search say nothing of new cells.
_COUNTED = """
UPDATE contact_list SET indexed_at = NULL, layout = layout || jsonb_build_object(
    'contacts', CAST(:contacts AS integer), 'rejected', CAST(:rejected AS integer))
WHERE id = :list_id"""

_REJECTED = """
INSERT INTO rejected_row (list_id, row_number, code, detail, fields)
SELECT :list_id, row_number, code, detail, fields FROM incoming WHERE code IS NOT NULL ORDER BY row_number"""


@dataclass(frozen=True)
class ImportSummary:
    """What became of a file: rows = contacts + rejected + empty, contacts = added + updated + unchanged.

    rows: those below the header, to the last that is not empty.  absent: contacts of an earlier import of this list
    that the file no longer has.  reasons: rejected rows by code (dialing.rejections).  remarks: rows that were taken
    though something in them was wrong; what it was is kept with the contact.  person_column, contract_column: those
    that tell persons and contracts apart, None for none; other_phones: columns of phones that are not simply the
    person's own, and whose (dialing.law.shapes.Role); persons: how many people the contacts are.
    """

    project_id: int
    list_id: int
    name: str
    source: str
    sheet: str | None
    header_row: int
    columns: tuple[str, ...]
    phone_columns: tuple[str, ...]
    zone_columns: tuple[str, ...]
    rows: int
    contacts: int
    rejected: int
    empty: int
    added: int
    updated: int
    unchanged: int
    absent: int
    reasons: dict[str, int] = field(default_factory=dict)
    remarks: int = 0
    person_column: str | None = None
    contract_column: str | None = None
    other_phones: dict[str, str] = field(default_factory=dict)
    persons: int = 0


def import_contacts(
    engine: Engine,
    project: str,
    name: str,
    path: Path | str,
    *,
    now: dt.datetime,
    sheet: str | None = None,
    phone_column: str | Sequence[str] | None = None,
    named: Named | None = None,
    country: str = "RU",
    progress: Callable[[int], None] | None = None,
    source: str | None = None,
) -> ImportSummary:
    """Import a file as the list `name` of a project (made when missing); all of it or nothing.

    now: campaign time.  progress: called with the number of rows read so far.  source: what the file is called where
    that is not its name on disk.  The rest as in `open_list`.
    Raises ListError when the file cannot be used.
    """
    path = Path(path)
    with open_list(path, sheet=sheet, phone_column=phone_column, named=named, country=country) as opened:
        opened.source = source or opened.source
        digest = _digest(path)
        with engine.begin() as connection:
            project_id = _project(connection, project)
            tally = _Tally(progress)
            connection.execute(text(_INCOMING))
            _copy(connection, project_id, tally.watch(opened.rows()))
            if opened.person_column is not None:
                connection.execute(text(_STOPGAPS), {"most": MOST_ROWS})
                connection.execute(text(_PARTS))
            told = {"project_id": project_id, "name": name, "digest": digest, "imported_at": now}
            told["id"] = _list(connection, opened, told)
            connection.execute(text("ANALYZE incoming"))
            return _merge(connection, opened, tally, told)


class _Tally:
    """Counts what passes by."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self.rows = self.contacts = self.empty = 0
        self.reasons: Counter[str] = Counter()
        self.remarks = 0
        self._progress = progress or (lambda _: None)

    def watch(self, rows: Iterator[Contact | Rejected | Empty]) -> Iterator[Contact | Rejected]:
        for row in rows:
            self.rows += 1
            if self.rows % PROGRESS_ROWS == 0:
                self._progress(self.rows)
            if isinstance(row, Empty):
                self.empty += 1
                continue
            if isinstance(row, Contact):
                self.contacts += 1
                self.remarks += bool(row.notes)
            else:
                self.reasons[row.code.value] += 1
            yield row
        self._progress(self.rows)


def _copy(connection: Connection, project_id: int, rows: Iterator[Contact | Rejected]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("COPY incoming FROM STDIN") as copy:
        for row in rows:
            fields = _as_json(row.fields)
            if isinstance(row, Contact):
                key = person_key(project_id, row.key) if row.key else row.phones[0]
                known = (key, list(row.phones), fields, row.zone, _kinds(row.fields), _notes(row))
                whose = (list(row.roles) or None, row.own_phones(), row.key or None, project_id, row.contract)
                copy.write_row((row.number, None, None, *known, *whose, ""))
            else:
                copy.write_row((row.number, row.code.value, row.detail, None, None, fields, *(None,) * 8, ""))


def _kinds(fields: Mapping[str, str]) -> str | None:
    kinds = tuple((header, type(cell)) for header, cell in fields.items() if type(cell) is not str)
    return _kinds_json(kinds) if kinds else None


@lru_cache  # most rows of a list are alike
def _kinds_json(kinds: tuple[tuple[str, type], ...]) -> str:
    return json.dumps({header: _KINDS[of] for header, of in kinds}, ensure_ascii=False)


def _notes(row: Contact) -> str | None:
    notes = [[note.code.value, note.detail] for note in row.notes]
    return json.dumps(notes, ensure_ascii=False) if notes else None


def _project(connection: Connection, name: str) -> int:
    connection.execute(insert(Project).values(name=name).on_conflict_do_nothing())
    return connection.execute(select(Project.id).where(Project.name == name)).scalar_one()


def _list(connection: Connection, opened: OpenList, told: dict[str, Any]) -> int:
    """Write the list's row; it stays locked till the end, so two imports of one list come one after the other."""
    layout: dict[str, Any] = {
        "phones": list(opened.phone_columns),
        "others": {name: str(role) for name, role in opened.other_phones.items()},
        "zones": list(opened.zone_columns),
        "person": opened.person_column,
        "contract": opened.contract_column,
    }
    told = {**told, "source": opened.source, "sheet": opened.sheet, "columns": list(opened.columns), "layout": layout}
    added = [name for name in _added(connection, told) if name not in opened.columns]
    told["columns"] += added
    layout["added"] = added
    statement = insert(ContactList).values(**told)
    statement = statement.on_conflict_do_update(index_elements=["project_id", "name"], set_=told)
    return connection.execute(statement.returning(ContactList.id)).scalar_one()


def _added(connection: Connection, told: Mapping[str, Any]) -> list[str]:
    """The columns that people have added to the list: they are not in the file and stay."""
    found = connection.execute(
        text(  # locked: a column that is being added now would be overwritten
            "SELECT layout -> 'added' FROM contact_list WHERE project_id = :project_id AND name = :name FOR UPDATE"
        ),
        {"project_id": told["project_id"], "name": told["name"]},
    ).scalar()
    return list(found or ())


def _merge(connection: Connection, opened: OpenList, tally: _Tally, told: dict[str, Any]) -> ImportSummary:
    """Bring the temporary table into the lasting ones and sum up."""
    where = {"list_id": told["id"]}
    if opened.late_columns:
        # Every row gets the columns that only later rows brought to light.
        blank = json.dumps(dict.fromkeys(opened.late_columns, ""), ensure_ascii=False)
        connection.execute(text("UPDATE incoming SET fields = CAST(:blank AS jsonb) || fields"), {"blank": blank})
    put_persons(connection)
    know_numbers(connection)
    connection.execute(text(_WRITTEN), where)
    known = connection.execute(text(_CHANGES), where).one()
    absent = connection.execute(text(_ABSENT), where).scalar_one()
    connection.execute(text(_FORGET), where)
    added = connection.execute(text(_CONTACTS), where).rowcount
    connection.execute(text("DELETE FROM rejected_row WHERE list_id = :list_id"), where)
    rejected = connection.execute(text(_REJECTED), where).rowcount
    counted = {**where, "contacts": added + known.known + absent, "rejected": rejected}
    connection.execute(text(_COUNTED), counted)
    if tally.rows != tally.contacts + rejected + tally.empty or tally.contacts != added + known.known:
        raise ListError(
            opened.source,
            f"строки не сошлись: прочитано {tally.rows}, записано {added + known.known} + {rejected}",
            f"rows do not add up: {tally.rows} read, {added + known.known} + {rejected} written",
        )
    return ImportSummary(
        project_id=told["project_id"],
        list_id=told["id"],
        name=told["name"],
        source=opened.source,
        sheet=opened.sheet,
        header_row=opened.header_row,
        columns=opened.columns,
        phone_columns=opened.phone_columns,
        zone_columns=opened.zone_columns,
        rows=tally.rows,
        contacts=tally.contacts,
        rejected=rejected,
        empty=tally.empty,
        added=added,
        updated=known.updated,
        unchanged=known.known - known.updated,
        absent=absent,
        reasons=dict(tally.reasons.most_common()),
        remarks=tally.remarks,
        person_column=opened.person_column,
        contract_column=opened.contract_column,
        other_phones={name: str(role) for name, role in opened.other_phones.items()},
        persons=connection.execute(text("SELECT count(DISTINCT key) FROM incoming WHERE code IS NULL")).scalar_one(),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
