"""Any table of named columns, row by row: the header is found by the words it is made of.

For files that are no lists of people to call (contacts made elsewhere, who has paid).  What a file is, is found out as
for lists (table.py); what its cells mean is the business of whoever asks.
"""

import contextlib
import itertools
import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.headers import folded
from oklik.campaigns.lists.layout import HEADER_WITHIN
from oklik.campaigns.lists.table import Row, Table, tables

Words = Mapping[str, re.Pattern[str]]
"""A field's name -> what its header may be, folded; an earlier field gets the column first."""


class Record(NamedTuple):
    """A row.  row: its number in the sheet; cells: text by field, "" where nothing stands."""

    row: int
    cells: dict[str, str]


class OpenRecords:
    """A table being read.  columns: the header by field."""

    def __init__(self, source: str, columns: dict[str, str], places: dict[str, int], rows: Iterator[Row]) -> None:
        self.source, self.columns = source, columns
        self._places, self._rows = places, rows

    def rows(self) -> Iterator[Record]:
        """Give every row below the header that is not empty, once."""
        for number, cells in self._rows:
            found = {field: cells[at] if at < len(cells) else "" for field, at in self._places.items()}
            if any(found.values()):
                yield Record(number, found)


@contextlib.contextmanager
def open_records(
    path: Path | str, words: Words, *, needed: tuple[tuple[str, ...], ...], sheet: str | None = None
) -> Iterator[OpenRecords]:
    """Open the first table that has the columns.  needed: of each of these, one column at least.  Raises ListError."""
    path = Path(path)
    with contextlib.closing(_closeable(path, sheet)) as found:
        seen: list[str] = []
        for table in found:
            head = list(itertools.islice(table.rows, HEADER_WITHIN))
            for at, (_, cells) in enumerate(head):
                places = _places(cells, words)
                if all(any(field in places for field in choice) for choice in needed):
                    columns = {field: cells[place] for field, place in places.items()}
                    yield OpenRecords(table.source, columns, places, itertools.chain(head[at + 1 :], table.rows))
                    return
                if len(list(filter(None, cells))) > len(seen):
                    seen = list(filter(None, cells))
    raise _lacking(path, needed, seen)


def _closeable(path: Path, sheet: str | None) -> Generator[Table, None, None]:
    yield from tables(path, sheet)


def _places(cells: list[str], words: Words) -> dict[str, int]:
    flat = [folded(cell) for cell in cells]
    places: dict[str, int] = {}
    for field, pattern in words.items():
        for at, text in enumerate(flat):
            if text and at not in places.values() and pattern.fullmatch(text):
                places[field] = at
                break
    return places


def _lacking(path: Path, needed: tuple[tuple[str, ...], ...], seen: list[str]) -> ListError:
    ru = "; ".join(" или ".join(_TITLES[field][0] for field in choice) for choice in needed)
    en = "; ".join(" or ".join(_TITLES[field][1] for field in choice) for choice in needed)
    shown = ", ".join(f"«{name[:40]}»" for name in seen[:20]) or "—"
    return ListError(
        path.name,
        f"не найдена строка заголовков; нужны столбцы: {ru}; есть {shown}",
        f"no header row is found; columns are needed: {en}; there are {shown}",
    )


_TITLES = {
    "key": ("ключ человека", "person key"),
    "phone": ("телефон", "phone"),
    "contract": ("договор", "contract"),
    "date": ("дата", "date"),
}
