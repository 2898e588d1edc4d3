"""The report of the rows that were not taken: what a customer needs to mend the list and send it again.

CSV (for Excel: UTF-8 with a mark, semicolons) or xlsx, by the ending of its name: row number, reason in words, then
the customer's own columns as they stood.  Written beside its place and renamed: never half a file.
"""

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.reading import Note, Rejected
from oklik.dialing.rejections import sentence

_TITLES = {
    "ru": ("Строка", "Загружена", "Причина"),
    "en": ("Row", "Taken", "Reason"),
}
_TAKEN = {"ru": ("нет", "да, с замечанием"), "en": ("no", "yes, with a remark")}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_rejected_report(
    path: Path | str,
    columns: Sequence[str],
    rejected: Iterable[Rejected],
    notes: Iterable[Note] = (),
    *,
    language: str = "ru",
) -> int:
    """Write the rejected rows, then the remarks on rows that were taken; return the number of lines.

    Raises ListError for an ending other than .csv and .xlsx and when the file cannot be written.
    """
    path = Path(path)
    writer = {".csv": _write_csv, ".xlsx": _write_xlsx}.get(path.suffix.lower())
    if writer is None:
        raise ListError(path.name, "отчёт пишется в .csv или .xlsx", "the report is written as .csv or .xlsx")
    lines = _lines(columns, rejected, notes, language)
    try:
        handle, unfinished = tempfile.mkstemp(prefix=f".{path.name}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        try:
            count = writer(Path(unfinished), (*_TITLES[language], *columns), lines)
            Path(unfinished).chmod(0o644)
            Path(unfinished).replace(path)
        finally:
            Path(unfinished).unlink(missing_ok=True)
    except OSError as error:
        raise ListError(
            str(path), f"отчёт не записан: {error.strerror}", f"the report is not written: {error.strerror}"
        ) from error
    return count


def _lines(
    columns: Sequence[str], rejected: Iterable[Rejected], notes: Iterable[Note], language: str
) -> Iterator[tuple[int, list[str]]]:
    no, with_remark = _TAKEN[language]
    for row in rejected:
        cells = [row.fields.get(column, "") for column in columns]
        yield row.number, [no, sentence(row.code, row.detail, language), *cells]
    for note in notes:
        yield note.row, [with_remark, sentence(note.code, note.detail, language), *[""] * len(columns)]


def _write_csv(path: Path, titles: Sequence[str], lines: Iterable[tuple[int, list[str]]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(map(_harmless, titles))
        for number, cells in lines:
            writer.writerow([number, *map(_harmless, cells)])
            count += 1
    return count


def _write_xlsx(path: Path, titles: Sequence[str], lines: Iterable[tuple[int, list[str]]]) -> int:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("Не загружены" if titles[0] == _TITLES["ru"][0] else "Not taken")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 2, 60)
        sheet.set_column(3, max(3, len(titles) - 1), 20)
        for index, title in enumerate(titles):
            sheet.write_string(0, index, title, bold)
        for count, (number, cells) in enumerate(lines, 1):
            sheet.write_number(count, 0, number)
            for index, cell in enumerate(cells, 1):
                if cell:
                    sheet.write_string(count, index, cell)
        sheet.autofilter(0, 0, max(count, 1), len(titles) - 1)
    return count


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a customer's text, or a phone with its plus, as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
