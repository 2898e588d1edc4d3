"""A list file as people to call: the table is opened, its layout found, and each row judged.

    with open_list(path) as contacts:
        for row in contacts.rows(): ...

Every row after the header comes out exactly once, as Contact, Rejected or Empty: nothing is dropped in silence.
Nothing here needs a database.
"""

import contextlib
import dataclasses
import hashlib
import itertools
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from oklik.campaigns.lists.cells import NumberCell, column_letter
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.headers import folded
from oklik.campaigns.lists.layout import HEAD_ROWS, Layout, Named, find_layout, speaks_of_phones, zone_of
from oklik.campaigns.lists.table import Row, Table, tables
from oklik.dialing.law.shapes import THEIRS, Role
from oklik.dialing.phones import BadNumber, read_phones
from oklik.dialing.rejections import Rejection

_TOTAL = re.compile(r"^(?:итог|всего|total|grand total)", re.IGNORECASE)
SHOWN_CHARACTERS = 60
PHONE_DIGITS = 10  # a number of so many digits may be a phone
# What a spreadsheet keeps to the last digit.
_EXACT = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?")
# What people write where they have no key.
_NO_KEY = frozenset({"0", "-", "--", "—", "–", "нет", "без номера", "б/н", "n/a", "na", "none", "null", "#н/д", "#n/a"})
KEY_MAX = 200  # characters


class Note(NamedTuple):
    """Something wrong in a row that can be called all the same."""

    row: int
    code: Rejection
    detail: str


class Contact(NamedTuple):
    """A row that can be called.  phones: E.164, in order, the person's own first; fields: cell text by column,
    a NumberCell, DateCell or TimeCell where the table had one; zone: as dialing.zones.where takes it, or None.
    roles: whose the phones are, () where all are the person's own.  key: the customer's key of the person, "" for
    none; contract: the cell of the column of contracts, None where there is no such column."""

    number: int
    phones: tuple[str, ...]
    fields: dict[str, str]
    zone: str | None
    notes: tuple[Note, ...]
    roles: tuple[Role, ...] = ()
    key: str = ""
    contract: str | None = None

    def own_phones(self) -> list[str]:
        """Those by which the person may be known."""
        if not self.roles:
            return list(self.phones)
        return [phone for phone, role in zip(self.phones, self.roles, strict=True) if role is Role.OWN]


class Rejected(NamedTuple):
    """A row that cannot be called.  detail: the offending text, or the row it doubles."""

    number: int
    code: Rejection
    detail: str
    fields: dict[str, str]


class Empty(NamedTuple):
    """A row without a single character, with others after it."""

    number: int


@dataclass(frozen=True)
class ListPreview:
    """How a list was understood, and its first rows.

    phone_columns: those at which the person is to be had; other_phones: all that are not simply the person's own.
    """

    source: str
    sheet: str | None
    header_row: int
    columns: tuple[str, ...]
    phone_columns: tuple[str, ...]
    zone_columns: tuple[str, ...]
    person_column: str | None
    contract_column: str | None
    other_phones: dict[str, Role]
    first_rows: tuple[Contact | Rejected | Empty, ...]


class OpenList:
    """A list being read."""

    def __init__(self, table: Table, head: list[Row], layout: Layout, country: str) -> None:
        self.source = table.source
        self.sheet = table.sheet
        self.header_row = layout.header_row
        self._extras: dict[int, str] = {}
        names = dict(zip(layout.indexes, layout.columns, strict=True))
        whose = {names[index]: role for index, role in zip(layout.phones, layout.roles, strict=True)}
        self.other_phones: dict[str, Role] = {name: role for name, role in whose.items() if role is not Role.OWN}
        self.phone_columns = tuple(name for name, role in whose.items() if role in THEIRS)
        towns = () if layout.town is None else (layout.town,)
        self.zone_columns = tuple(names[index] for index in (*layout.zones, *towns))
        self.person_column = None if layout.person is None else names[layout.person]
        self.contract_column = None if layout.contract is None else names[layout.contract]
        self._rows = itertools.chain(head, table.rows)
        self._layout = layout
        self._country = country
        self._known = frozenset(layout.indexes) | {index for index, _ in layout.left_out}
        self._places = tuple(zip(layout.columns, layout.indexes, strict=True))
        self._phone_places = tuple(zip(layout.phones, layout.roles, strict=True))
        # So many of the first columns are all known: a row that is no wider has nothing besides.
        self._dense = next(index for index in itertools.count() if index not in self._known)
        self._phones = {*layout.phones, *(index for index, name in names.items() if speaks_of_phones(name))}

    @property
    def columns(self) -> tuple[str, ...]:
        """The customer's headers in their order; columns without one, found on the way, come last."""
        return (*self._layout.columns, *self._extras.values())

    @property
    def seen_columns(self) -> tuple[str, ...]:
        """All headers of the file in their order, those that are left out among them."""
        layout = self._layout
        own = zip(layout.indexes, layout.columns, strict=True)
        return (*(name for _, name in sorted([*own, *layout.left_out])), *self._extras.values())

    @property
    def late_columns(self) -> tuple[str, ...]:
        """Those of the columns that rows read before do not have among their fields."""
        return tuple(self._extras.values())

    def rows(self) -> Iterator[Contact | Rejected | Empty]:
        """Give every row after the header, once.  Raises ListError where the file turns out damaged."""
        first_row: dict[int | bytes, int] = {}
        empty: list[int] = []
        for number, cells in self._rows:
            if number <= self.header_row:
                continue
            if not any(cells):
                empty.append(number)  # given only when something follows: formatting below the data is no row
                continue
            yield from map(Empty, empty)
            empty.clear()
            row = self._judge(number, cells)
            if isinstance(row, Contact) and (earlier := first_row.setdefault(_sameness(row), number)) != number:
                row = Rejected(number, Rejection.DUPLICATE, str(earlier), row.fields)
            yield row

    def _judge(self, number: int, cells: list[str]) -> Contact | Rejected:
        layout = self._layout
        width = len(cells)
        fields = {name: cells[index] if index < width else "" for name, index in self._places}
        for name, index in self._places:
            if index < width and type(cells[index]) is not str:
                fields[name] = self._own(index, cells[index])
        if width > self._dense:
            fields |= self._extra(cells)
        whose: dict[str, Role] = {}
        bad: list[BadNumber] = []
        for index, role in self._phone_places:
            if index < width and cells[index]:
                found = read_phones(str(cells[index]), self._country)
                for phone in found.numbers:
                    whose.setdefault(phone, role)
                bad += found.bad
        if not whose:
            return self._rejected(number, cells, fields, bad)
        notes = [Note(number, problem.code, problem.text) for problem in bad]
        key = self._key(number, cells, notes)
        told = [cells[index] for index in layout.zones if index < width and cells[index]]
        zone = next((read for cell in told if (read := zone_of(str(cell)))), None)
        if told and zone is None:
            notes.append(Note(number, Rejection.BAD_ZONE, told[0][:SHOWN_CHARACTERS]))
        if zone is None and layout.town is not None and layout.town < width:
            zone = zone_of(str(cells[layout.town]))
        roles = tuple(whose.values())
        if roles.count(Role.OWN) == len(roles):
            roles = ()
        contract = str(cells[layout.contract]) if layout.contract is not None and layout.contract < width else None
        return Contact(number, tuple(whose), fields, zone, tuple(notes), roles, key, contract)

    def _key(self, number: int, cells: list[str], notes: list[Note]) -> str:
        """The customer's key of the person; a note where there is none to go by."""
        place = self._layout.person
        if place is None:
            return ""
        cell = cells[place] if place < len(cells) else ""
        rounded = isinstance(cell, NumberCell) and not _EXACT.fullmatch(cell)
        if folded(cell) in _NO_KEY or not cell or rounded or len(cell) > KEY_MAX:
            notes.append(Note(number, Rejection.NO_PERSON_KEY, str(cell)[:SHOWN_CHARACTERS]))
            return ""
        return str(cell)

    def _rejected(self, number: int, cells: list[str], fields: dict[str, str], bad: list[BadNumber]) -> Rejected:
        if bad:
            return Rejected(number, bad[0].code, bad[0].text, fields)
        texts = [cells[index] for index in self._layout.phones if index < len(cells) and cells[index]]
        if texts and folded(texts[0]) in {folded(name) for name in self.phone_columns}:
            return Rejected(number, Rejection.HEADER_AGAIN, "", fields)
        if not texts and any(_TOTAL.match(cell) for cell in cells if cell):
            return Rejected(number, Rejection.TOTAL_ROW, "", fields)
        return Rejected(number, Rejection.NO_PHONE, "; ".join(texts)[:SHOWN_CHARACTERS], fields)

    def _own(self, index: int, cell: str) -> str:
        """A cell that had a type; what is a phone, or would not survive as a number, is only text."""
        if index in self._phones:
            return str(cell)
        if isinstance(cell, NumberCell) and (
            not _EXACT.fullmatch(cell) or (len(cell) >= PHONE_DIGITS and read_phones(str(cell), self._country).numbers)
        ):
            return str(cell)
        return cell

    def _extra(self, cells: list[str]) -> dict[str, str]:
        """Cells under no header, first seen far below: they get a column of their own at the end."""
        found: dict[str, str] = {}
        for index, cell in enumerate(cells):
            if cell and index not in self._known:
                found[self._extras.setdefault(index, f"Столбец {column_letter(index)}")] = (
                    cell if type(cell) is str else self._own(index, cell)
                )
        return found


@contextlib.contextmanager
def open_list(
    path: Path | str,
    *,
    sheet: str | None = None,
    phone_column: str | Sequence[str] | None = None,
    named: Named | None = None,
    country: str = "RU",
) -> Iterator[OpenList]:
    """Open a list: the wanted sheet, or the first visible one with phones.  Raises ListError.

    phone_column: a header, a column's letter, or several in order; None: found by header and content.
    named: the same, and more, for all columns; phone_column goes before it.
    country: whose numbers are written without a country code.
    """
    path = Path(path)
    with contextlib.closing(_closeable(tables(path, sheet))) as found:
        try:
            opened = _first_usable(found, path.name, _said(phone_column, named), country)
        except OSError as error:
            raise ListError(str(path), f"файл не читается: {error}", f"cannot read: {error}") from error
        yield opened


def _said(phone_column: str | Sequence[str] | None, named: Named | None) -> Named:
    words = (phone_column,) if isinstance(phone_column, str) else tuple(phone_column or ())
    return dataclasses.replace(named or Named(), phones=words or (named.phones if named else ()))


def _sameness(row: Contact) -> int | bytes:
    """What two rows have in common when one says nothing that the other has not said.

    Without a key a person is known by the first phone; with one, other phones or another contract are news.
    """
    if not row.key:
        return int(row.phones[0][1:])
    told = "\0".join((row.key, row.contract or "", *row.phones))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def read_list(
    path: Path | str,
    *,
    sheet: str | None = None,
    phone_column: str | Sequence[str] | None = None,
    named: Named | None = None,
    country: str = "RU",
    rows: int = 20,
) -> ListPreview:
    """Say how a list is understood, with its first rows; the file is closed again.  Raises ListError."""
    with open_list(path, sheet=sheet, phone_column=phone_column, named=named, country=country) as opened:
        return ListPreview(
            opened.source,
            opened.sheet,
            opened.header_row,
            opened.columns,
            opened.phone_columns,
            opened.zone_columns,
            opened.person_column,
            opened.contract_column,
            opened.other_phones,
            tuple(itertools.islice(opened.rows(), rows)),
        )


def _closeable(found: Iterator[Table]) -> Generator[Table, None, None]:
    yield from found


def _first_usable(found: Iterator[Table], source: str, named: Named, country: str) -> OpenList:
    """The first table with phones; the complaint about the first that is not empty where none has them."""
    complaint: ListError | None = None
    for table in found:
        head = list(itertools.islice(table.rows, HEAD_ROWS))
        if not any(any(cells) for _, cells in head):
            continue
        try:
            layout = find_layout(head, source=table.source, sheet=table.sheet, named=named, country=country)
        except ListError as error:
            complaint = complaint or error
            continue
        return OpenList(table, head, layout, country)
    raise complaint or ListError(source, "в файле нет ни одной строки", "there is not a single row in the file")
