"""Rejected rows as an Excel file of their own: of a list, or of a file of numbers or consents.

The customer's own columns stand behind the reason, so the file can be mended and imported again as it is.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from oklik.campaigns.list_layout import ListLayout
from oklik.campaigns.number_files import Wrong
from oklik.dialing.zones import tzinfo
from oklik.reports.book import distinct
from oklik.reports.excel import new_book
from oklik.reports.rejected_sheet import RejectedRow, rejected_cells, rejected_columns, row_of_list
from oklik.reports.words import word

_CHUNK = 2_000

_ROWS = """
    SELECT row_number, false AS taken, jsonb_build_array(jsonb_build_array(code, detail)) AS notes, fields
    FROM rejected_row WHERE list_id = :id
    UNION ALL
    SELECT row_number, true, notes, fields FROM contact WHERE list_id = :id AND notes IS NOT NULL
    ORDER BY 1"""


def write_bad_rows(conn: Connection, layout: ListLayout, path: Path, *, language: str) -> int:
    """Write those of a list, those taken with a remark among them; gives how many there are.  Raises ReportError."""
    with conn.execute(text(_ROWS), {"id": layout.list_id}, execution_options={"yield_per": _CHUNK}) as found:
        rows = (row_of_list(row, language) for row in found)
        return _write(path, layout.columns, rows, language, taken=True)


def write_wrong(columns: Sequence[str], wrong: Sequence[Wrong], path: Path, *, language: str) -> int:
    """Write those of a file of numbers or consents; gives how many there are.  Raises ReportError."""
    rows = (RejectedRow(one.row, one.text[language], one.cells) for one in wrong)
    return _write(path, columns, rows, language, taken=False)


def _write(path: Path, headers: Sequence[str], rows: Iterable[RejectedRow], language: str, *, taken: bool) -> int:
    title, count = word("sheet_rejected", language), 0
    with new_book(path, title, language) as book:
        columns = distinct(rejected_columns(headers, language, taken=taken), word("ours", language))
        table = book.table(title, columns, zone=tzinfo("UTC"))
        for row in rows:
            count += 1
            table.add(rejected_cells(row, headers, language))
        table.finish()
    return count
