"""Rows of a list file that were not taken, or were taken though something in them was wrong, as an Excel file.

The customer's own columns stand behind the reason, so the file can be mended and imported again as it is.
"""

from pathlib import Path

from sqlalchemy import Connection, text

from oklik.campaigns.list_layout import ListLayout
from oklik.dialing.zones import tzinfo
from oklik.reports.book import Book, Column, Table, distinct
from oklik.reports.excel import whole_file
from oklik.reports.words import rejection, word

_CHUNK = 2_000

_ROWS = """
    SELECT row_number, false AS taken, jsonb_build_array(jsonb_build_array(code, detail)) AS notes, fields
    FROM rejected_row WHERE list_id = :id
    UNION ALL
    SELECT row_number, true, notes, fields FROM contact WHERE list_id = :id AND notes IS NOT NULL
    ORDER BY 1"""


def write_bad_rows(conn: Connection, layout: ListLayout, path: Path, *, language: str) -> int:
    """Write the rows and give how many there are.  Raises excel.ReportError."""
    count = 0
    with whole_file(path) as part:
        title = word("sheet_rejected", language)
        said = {"heard_whole": "", "cut_mark": "…", "page": word("page", language)}
        book = Book(part, part.parent, title=title, **said)
        try:
            columns = [
                Column(word("row", language), "integer", width=9),
                Column(word("taken", language), width=18),
                Column(word("reason", language), most=90),
                *(Column(header, own=True) for header in layout.columns),
            ]
            table = Table(book, title, distinct(columns, word("ours", language)), zone=tzinfo("UTC"))
            with conn.execute(text(_ROWS), {"id": layout.list_id}, execution_options={"yield_per": _CHUNK}) as rows:
                for row in rows:
                    count += 1
                    why = "; ".join(rejection(code, detail, language) for code, detail in row.notes)
                    taken = word("taken_noted" if row.taken else "taken_not", language)
                    cells = (row.fields.get(header) for header in layout.columns)
                    table.add([row.row_number, taken, why, *cells])
            table.finish()
            book.close()
        except BaseException:
            book.abandon()
            raise
    return count
