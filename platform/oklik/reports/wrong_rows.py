"""Rows of a file of numbers or consents that cannot be taken, as an Excel file: mend it and import it again."""

from collections.abc import Sequence
from pathlib import Path

from oklik.campaigns.number_files import Wrong
from oklik.dialing.zones import tzinfo
from oklik.reports.book import Book, Column, Table, distinct
from oklik.reports.excel import whole_file
from oklik.reports.words import word


def write_wrong(columns: Sequence[str], wrong: Sequence[Wrong], path: Path, *, language: str) -> None:
    """Write the rows with their reasons before the customer's own columns.  Raises excel.ReportError."""
    with whole_file(path) as part:
        title = word("sheet_rejected", language)
        said = {"heard_whole": "", "cut_mark": "…", "page": word("page", language)}
        book = Book(part, part.parent, title=title, **said)
        try:
            shown = [
                Column(word("row", language), "integer", width=9),
                Column(word("reason", language), most=90),
                *(Column(header, own=True) for header in columns),
            ]
            table = Table(book, title, distinct(shown, word("ours", language)), zone=tzinfo("UTC"))
            for one in wrong:
                table.add([one.row, one.text[language], *(one.cells.get(header) for header in columns)])
            table.finish()
            book.close()
        except BaseException:
            book.abandon()
            raise
