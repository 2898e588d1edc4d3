"""A list file as people to call: the table is opened, its layout found, and each row judged.

    with open_list(path) as contacts:
        for row in contacts.rows(): ...

Every row after the header comes out exactly once, as Contact, Rejected or Empty: nothing is dropped in silence.
Nothing here needs a database.
"""

import contextlib
import itertools
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from oklik.campaigns.lists.cells import NumberCell, column_letter
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.layout import HEAD_ROWS, Layout, find_layout, folded, speaks_of_phones, zone_of
from oklik.campaigns.lists.table import Row, Table, tables
from oklik.dialing.phones import BadNumber, read_phones
from oklik.dialing.rejections import Rejection

_TOTAL = re.compile(r"^(?:итог|всего|total|grand total)", re.IGNORECASE)
SHOWN_CHARACTERS = 60
PHONE_DIGITS = 10  # a number of so many digits may be a phone
# What a spreadsheet keeps to the last digit.
_EXACT = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?")


class Note(NamedTuple):
    """Something wrong in a row that can be called all the same."""

    row: int
    code: Rejection
    detail: str


class Contact(NamedTuple):
    """A row that can be called.  phones: E.164, in order, the first is the person's key; fields: cell text by column,
    a NumberCell, DateCell or TimeCell where the table had one; zone: as dialing.zones.where takes it, or None."""

    number: int
    phones: tuple[str, ...]
    fields: dict[str, str]
    zone: str | None
    notes: tuple[Note, ...]


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
    """How a list was understood, and its first rows."""

    source: str
    sheet: str | None
    header_row: int
    columns: tuple[str, ...]
    phone_columns: tuple[str, ...]
    zone_columns: tuple[str, ...]
    first_rows: tuple[Contact | Rejected | Empty, ...]


class OpenList:
    """A list being read."""

    def __init__(self, table: Table, head: list[Row], layout: Layout, country: str) -> None:
        self.source = table.source
        self.sheet = table.sheet
        self.header_row = layout.header_row
        self._extras: dict[int, str] = {}
        names = dict(zip(layout.indexes, layout.columns, strict=True))
        self.phone_columns = tuple(names[index] for index in layout.phones)
        towns = () if layout.town is None else (layout.town,)
        self.zone_columns = tuple(names[index] for index in (*layout.zones, *towns))
        self._rows = itertools.chain(head, table.rows)
        self._layout = layout
        self._country = country
        self._known = frozenset(layout.indexes)
        self._phones = {*layout.phones, *(index for index, name in names.items() if speaks_of_phones(name))}

    @property
    def columns(self) -> tuple[str, ...]:
        """The customer's headers in their order; columns without one, found on the way, come last."""
        return (*self._layout.columns, *self._extras.values())

    @property
    def late_columns(self) -> tuple[str, ...]:
        """Those of the columns that rows read before do not have among their fields."""
        return tuple(self._extras.values())

    def rows(self) -> Iterator[Contact | Rejected | Empty]:
        """Give every row after the header, once.  Raises ListError where the file turns out damaged."""
        first_row: dict[int, int] = {}
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
            if isinstance(row, Contact):
                key = int(row.phones[0][1:])
                if (earlier := first_row.setdefault(key, number)) != number:
                    row = Rejected(number, Rejection.DUPLICATE, str(earlier), row.fields)
            yield row

    def _judge(self, number: int, cells: list[str]) -> Contact | Rejected:
        layout = self._layout
        width = len(cells)
        fields = {
            name: cells[index] if index < width else ""
            for name, index in zip(layout.columns, layout.indexes, strict=True)
        }
        for name, index in zip(layout.columns, layout.indexes, strict=True):
            if index < width and type(cells[index]) is not str:
                fields[name] = self._own(index, cells[index])
        fields |= self._extra(cells)
        phones: list[str] = []
        bad: list[BadNumber] = []
        for index in layout.phones:
            if index < width and cells[index]:
                found = read_phones(str(cells[index]), self._country)
                phones += [phone for phone in found.numbers if phone not in phones]
                bad += found.bad
        if not phones:
            return self._rejected(number, cells, fields, bad)
        notes = [Note(number, problem.code, problem.text) for problem in bad]
        told = [cells[index] for index in layout.zones if index < width and cells[index]]
        zone = next((read for cell in told if (read := zone_of(str(cell)))), None)
        if told and zone is None:
            notes.append(Note(number, Rejection.BAD_ZONE, told[0][:SHOWN_CHARACTERS]))
        if zone is None and layout.town is not None and layout.town < width:
            zone = zone_of(str(cells[layout.town]))
        return Contact(number, tuple(phones), fields, zone, tuple(notes))

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
    country: str = "RU",
) -> Iterator[OpenList]:
    """Open a list: the wanted sheet, or the first visible one with phones.  Raises ListError.

    phone_column: a header, a column's letter, or several in order; None: found by header and content.
    country: whose numbers are written without a country code.
    """
    path = Path(path)
    with contextlib.closing(_closeable(tables(path, sheet))) as found:
        try:
            opened = _first_usable(found, path.name, phone_column, country)
        except OSError as error:
            raise ListError(str(path), f"файл не читается: {error}", f"cannot read: {error}") from error
        yield opened


def read_list(
    path: Path | str,
    *,
    sheet: str | None = None,
    phone_column: str | Sequence[str] | None = None,
    country: str = "RU",
    rows: int = 20,
) -> ListPreview:
    """Say how a list is understood, with its first rows; the file is closed again.  Raises ListError."""
    with open_list(path, sheet=sheet, phone_column=phone_column, country=country) as opened:
        return ListPreview(
            opened.source,
            opened.sheet,
            opened.header_row,
            opened.columns,
            opened.phone_columns,
            opened.zone_columns,
            tuple(itertools.islice(opened.rows(), rows)),
        )


def _closeable(found: Iterator[Table]) -> Generator[Table, None, None]:
    yield from found


def _first_usable(
    found: Iterator[Table], source: str, phone_column: str | Sequence[str] | None, country: str
) -> OpenList:
    """The first table with phones; the complaint about the first that is not empty where none has them."""
    complaint: ListError | None = None
    for table in found:
        head = list(itertools.islice(table.rows, HEAD_ROWS))
        if not any(any(cells) for _, cells in head):
            continue
        try:
            layout = find_layout(
                head, source=table.source, sheet=table.sheet, phone_column=phone_column, country=country
            )
        except ListError as error:
            complaint = complaint or error
            continue
        return OpenList(table, head, layout, country)
    raise complaint or ListError(source, "в файле нет ни одной строки", "there is not a single row in the file")
