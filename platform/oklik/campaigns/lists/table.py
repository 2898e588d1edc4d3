"""Any list file as tables of text: finds out by its content what a file is.

Extensions lie: banks send HTML named .xls and tab-separated text named .xlsx.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from oklik.campaigns.lists.errors import ListError

Row = tuple[int, list[str]]  # the sheet's own row number from 1, cells as text (see cells for those with a type)


class Table(NamedTuple):
    """One sheet.  rows can be read once; sheet is None where the format has no sheets."""

    source: str
    sheet: str | None
    rows: Iterator[Row]


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_NOT_LISTS = {
    b"%PDF": ("документ PDF", "a PDF document"),
    b"\x89PNG": ("картинка", "a picture"),
    b"\xff\xd8\xff": ("картинка", "a picture"),
    b"GIF8": ("картинка", "a picture"),
    b"Rar!": ("архив", "an archive"),
    b"7z\xbc\xaf": ("архив", "an archive"),
    b"\x1f\x8b": ("архив", "an archive"),
    b"{\\rtf": ("документ RTF", "an RTF document"),
}
HEAD = 4096


def tables(path: Path, sheet: str | None = None) -> Iterator[Table]:
    """Give the tables of a file: the wanted sheet, else every visible one in order.  Raises ListError."""
    from oklik.campaigns.lists import text_file, workbook

    head = _head(path)
    if head.startswith(_ZIP):
        workbook.check_zip(path)
        return workbook.tables(path, sheet)
    if head.startswith(_OLE):
        workbook.check_ole(path)
        return workbook.tables(path, sheet)
    _refuse_others(path.name, head)
    if sheet is not None:
        raise ListError(path.name, "в текстовом файле нет листов", "a text file has no sheets", sheet=sheet)
    return iter([text_file.table(path)])


def sheets_of(path: Path) -> list[tuple[str, bool]]:
    """Give a workbook's sheets and whether each is visible; [] of a text file.  Raises ListError."""
    from oklik.campaigns.lists import workbook

    head = _head(path)
    if head.startswith(_ZIP):
        workbook.check_zip(path)
    elif head.startswith(_OLE):
        workbook.check_ole(path)
    else:
        _refuse_others(path.name, head)
        return []
    return workbook.sheets(path)


def is_workbook(path: Path) -> bool:
    """Whether it is read as one, by its first bytes; what cannot be read is none."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD).startswith((*_ZIP, _OLE))
    except OSError:
        return False


def refuse_no_text(path: Path) -> None:
    """Raise ListError for a file that cannot be read, or is anything but text."""
    head = _head(path)
    if head.startswith((*_ZIP, _OLE)):
        raise ListError(
            path.name,
            "это книга Excel: сохраните её как CSV (разделители — точка с запятой)",
            "a workbook: save it as CSV with semicolons",
        )
    _refuse_others(path.name, head)


def _head(path: Path) -> bytes:
    source = path.name or str(path)
    try:
        if path.is_dir():
            raise ListError(str(path), "это папка, а не файл", "a folder, not a file")
        if path.exists() and not path.is_file():
            raise ListError(str(path), "это не обычный файл", "not an ordinary file")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        raise ListError(str(path), "нет такого файла", "there is no such file") from None
    except OSError as error:
        raise ListError(str(path), f"файл не читается: {error.strerror}", f"cannot read: {error.strerror}") from None
    if not head.strip():
        raise ListError(source, "файл пуст", "the file is empty")
    return head


def _refuse_others(source: str, head: bytes) -> None:
    """Raise ListError for files that are neither spreadsheet nor text."""
    needed = ("нужен файл xlsx, xls, ods или csv", "xlsx, xls, ods or csv is needed")
    for magic, (ru, en) in _NOT_LISTS.items():
        if head.startswith(magic):
            raise ListError(source, f"это {ru}: {needed[0]}", f"{en}: {needed[1]}")
    if head.startswith(_OLD_EXCEL):
        raise ListError(
            source,
            "таблица сохранена в формате Excel 4 или старше: сохраните её как xlsx",
            "a table of Excel 4 or older: save it as xlsx",
        )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head")):
        raise ListError(
            source,
            "внутри веб-страница или XML: откройте файл в Excel и сохраните как xlsx",
            "a web page or XML inside: open the file in Excel and save it as xlsx",
        )
