"""Tables as CSV files: what a workbook of ours shows, as spreadsheets of that language read it.

UTF-8 with a mark, and in Russian semicolons, decimal commas and days before months, for so Excel is set there; times
are the office's.  None of the cells is one that a spreadsheet would carry out.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from oklik.reports.book import Column, Sound, as_number
from oklik.reports.half_up import half_up

_NUMBER = re.compile(r"[+-]?\d[\d .,]*")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula; numbers, phones among them, stay as they are."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) and not _NUMBER.fullmatch(cell) else cell


class CsvFile:
    """A file of one table.  language: ru or en."""

    def __init__(self, out: TextIO, language: str) -> None:
        self._russian = language == "ru"
        self._writer = csv.writer(out, delimiter=";" if self._russian else ",")

    def table(self, _name: str, columns: Sequence[Column], *, zone: dt.tzinfo, freeze: int = 0) -> "CsvTable":  # noqa: ARG002  as Book.table
        """The table; there is no second one."""
        self._writer.writerow([safe(column.title) for column in columns])
        return CsvTable(self._writer, columns, zone, russian=self._russian)


class CsvTable:
    """Rows of the values that book.Table takes."""

    def __init__(self, writer: Any, columns: Sequence[Column], zone: dt.tzinfo, *, russian: bool) -> None:
        self._writer, self._zone, self._russian = writer, zone, russian
        self._kinds = [column.kind for column in columns]

    def add(self, values: Sequence[object]) -> None:
        """Write a row."""
        self._writer.writerow([self._cell(value, kind) for value, kind in zip(values, self._kinds, strict=True)])

    def finish(self) -> None:
        """Nothing is left to be done."""

    def _cell(self, value: object, kind: str) -> str:
        if isinstance(value, dt.datetime):
            local = value.astimezone(self._zone) if value.tzinfo else value
            return f"{local:{self._day()} %H:%M:%S}"
        if isinstance(value, dt.date):
            return f"{value:{self._day()}}"
        if isinstance(value, dt.time):
            return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
        if isinstance(value, Sound):
            return str(half_up(value.seconds))
        if isinstance(value, str) and kind in {"number", "money", "integer"}:
            found = as_number(value)
            value = value if found is None else found
        if isinstance(value, float | int):
            return f"{half_up(value * 100)}%" if kind == "heard" else self._number(value)
        return "" if value is None else safe(str(value))

    def _day(self) -> str:
        return "%d.%m.%Y" if self._russian else "%Y-%m-%d"

    def _number(self, value: float) -> str:
        told = str(int(value)) if float(value).is_integer() else str(value)
        return told.replace(".", ",") if self._russian else told


@contextmanager
def csv_file(path: Path, language: str) -> Iterator[CsvFile]:
    """A file that is there when the block ends well; until then it is written beside."""
    part = path.with_suffix(".part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as out:
            yield CsvFile(out, language)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
