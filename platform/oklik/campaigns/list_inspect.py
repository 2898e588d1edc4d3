"""Look into a file before it becomes a list: sheets, header, what each column is taken for, and its first rows.

Nothing is written.  The reading is the import's own (`lists`), so what is shown here is what the import will do.
"""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from oklik.campaigns.lists.errors import ListError, NoPhones
from oklik.campaigns.lists.layout import HEAD_ROWS, Named, outline
from oklik.campaigns.lists.reading import Contact, Empty, Rejected, open_list
from oklik.campaigns.lists.table import sheets_of, tables
from oklik.campaigns.lists.text_file import find_encoding
from oklik.dialing.law.shapes import Role
from oklik.dialing.numbering import NumberingPlan
from oklik.dialing.rejections import sentence
from oklik.dialing.zones import where

PREVIEW_ROWS = 20
SAMPLES = 3
LOOKED_AT = 400  # rows read for the preview at most: a list may begin with hundreds of empty ones
SAMPLE_CHARACTERS = 60

PHONE, ZONE, PERSON, CONTRACT, PLAIN, SKIP = "phone", "zone", "person", "contract", "plain", "skip"


class ListMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person has said of a file; nothing said: it is found.

    sheet: its name.  header_row: its number, 0: there is none.  phones: columns of the person's own phones, in order;
    others: columns of other phones and whose they are (dialing.law.shapes.Role).  person, contract: the columns of the
    customer's keys.  country: whose numbers are written without a code.
    settled: where person and contract are not said there are none.  without: columns that are not taken into the list.
    """

    sheet: str | None = None
    header_row: int | None = None
    phones: tuple[str, ...] = ()
    others: dict[str, str] = {}
    person: str = ""
    contract: str = ""
    country: str = "RU"
    settled: bool = False
    without: tuple[str, ...] = ()

    def named(self) -> Named:
        """The same for the reader of lists."""
        roles = {name: Role(role) for name, role in self.others.items()}
        return Named(self.phones, roles, self.person, self.contract, self.header_row, self.settled, self.without)


class Sheet(msgspec.Struct, frozen=True):
    """A sheet of a workbook."""

    name: str
    visible: bool


class Guess(msgspec.Struct, frozen=True):
    """A column.  use: phone, zone, person, contract, plain or skip; role: whose phones; samples: its first cells."""

    name: str
    use: str
    role: str | None
    samples: tuple[str, ...]


class Phone(msgspec.Struct, frozen=True):
    """A number that will be called.  number: E.164; role: whose it is."""

    number: str
    role: str


class PreviewRow(msgspec.Struct, frozen=True):
    """A row.  taken: it becomes a contact; else why says what is wrong with it, which it may as well of one taken.

    zones: where the person may be; zone_rule: what told it (dialing.zones.ZoneRule).
    """

    row: int
    taken: bool
    cells: dict[str, str]
    phones: tuple[Phone, ...]
    zones: tuple[str, ...]
    zone_rule: str | None
    why: tuple[dict[str, str], ...]


class Inspection(msgspec.Struct, frozen=True):
    """What a file holds, as far as its first rows tell.  phones: a column of them was found."""

    sheets: tuple[Sheet, ...]
    sheet: str | None
    encoding: str | None
    header_row: int
    columns: tuple[Guess, ...]
    rows: tuple[PreviewRow, ...]
    phones: bool

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told


def inspect_list(path: Path, shown_name: str, mapping: ListMapping, plan: NumberingPlan) -> Inspection:
    """Look into a file.  shown_name: what it is called in sentences; plan: the register of numbers.

    Where no column of phones is found, none of the rows is taken and phones is False.  Raises ListError.
    """
    try:
        sheets = tuple(Sheet(name, visible) for name, visible in sheets_of(path))
        encoding = None if sheets else find_encoding(path).removesuffix("-sig")
        try:
            return _inspected(path, mapping, plan, sheets, encoding)
        except NoPhones:
            return _outlined(path, mapping, sheets, encoding)
    except ListError as error:
        error.source = shown_name
        raise


def _inspected(
    path: Path, mapping: ListMapping, plan: NumberingPlan, sheets: tuple[Sheet, ...], encoding: str | None
) -> Inspection:
    with open_list(path, sheet=mapping.sheet, named=mapping.named(), country=mapping.country) as opened:
        seen = list(itertools.islice(opened.rows(), LOOKED_AT))
        first = [row for row in seen if not isinstance(row, Empty)][:PREVIEW_ROWS]
        others = {name: str(role) for name, role in opened.other_phones.items()}
        own = [name for name in opened.phone_columns if name not in others]
        uses = {
            **dict.fromkeys(opened.zone_columns, ZONE),
            **dict.fromkeys([*own, *others], PHONE),
            **({opened.person_column: PERSON} if opened.person_column else {}),
            **({opened.contract_column: CONTRACT} if opened.contract_column else {}),
        }
        taken = set(opened.columns)
        uses |= {name: SKIP for name in opened.seen_columns if name not in taken}
        columns = tuple(
            Guess(
                name,
                uses.get(name, PLAIN),
                others.get(name, str(Role.OWN)) if uses.get(name) == PHONE else None,
                _samples(name, seen),
            )
            for name in opened.seen_columns
        )
        rows = tuple(_row(row, plan) for row in first)
        return Inspection(sheets, opened.sheet, encoding, opened.header_row, columns, rows, True)


def _outlined(path: Path, mapping: ListMapping, sheets: tuple[Sheet, ...], encoding: str | None) -> Inspection:
    """A table without phones, so that somebody can say which column they are in."""
    for table in tables(path, mapping.sheet):
        head = list(itertools.islice(table.rows, HEAD_ROWS))
        if any(any(cells) for _, cells in head):
            break
    header_row, names, indexes = outline(head, country=mapping.country, header_row=mapping.header_row)
    body = [(row, cells) for row, cells in head if row > header_row and any(cells)]
    shown = [
        (row, {name: str(cells[at]) if at < len(cells) else "" for name, at in zip(names, indexes, strict=True)})
        for row, cells in body[:PREVIEW_ROWS]
    ]
    columns = tuple(
        Guess(name, PLAIN, None, tuple(cells[name][:SAMPLE_CHARACTERS] for _, cells in shown if cells[name])[:SAMPLES])
        for name in names
    )
    rows = tuple(PreviewRow(row, False, cells, (), (), None, ()) for row, cells in shown)
    return Inspection(sheets, table.sheet, encoding, header_row, columns, rows, False)


def _samples(name: str, rows: Sequence[Contact | Rejected | Empty]) -> tuple[str, ...]:
    cells = (str(row.fields.get(name, "")) for row in rows if not isinstance(row, Empty))
    return tuple(itertools.islice((cell[:SAMPLE_CHARACTERS] for cell in cells if cell), SAMPLES))


def _row(row: Contact | Rejected, plan: NumberingPlan) -> PreviewRow:
    cells = _plain(row.fields)
    if isinstance(row, Rejected):
        return PreviewRow(row.number, False, cells, (), (), None, (_why(row.code, row.detail),))
    roles = row.roles or (Role.OWN,) * len(row.phones)
    zones, rule = where(row.zone, row.phones[0], None, plan)
    return PreviewRow(
        row.number,
        True,
        cells,
        tuple(Phone(number, str(role)) for number, role in zip(row.phones, roles, strict=True)),
        tuple(sorted(zones)),
        str(rule),
        tuple(_why(note.code, note.detail) for note in row.notes),
    )


def _why(code: str, detail: str) -> dict[str, str]:
    return {language: sentence(code, detail, language) for language in ("ru", "en")}


def _plain(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: str(cell) for name, cell in fields.items()}
