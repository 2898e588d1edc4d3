"""Spreadsheets (xlsx, xlsm, xlsb, xls, ods) as rows of text, each with the sheet's own row number.

What can be told from outside is checked before anything is opened: sizes of a zip, passwords, other formats.  The
parsing itself is done by a process of its own under limits (`workbook_child`).
"""

import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from oklik.campaigns.lists.cells import CELL_MAX, TYPED, column_letter
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.table import Row, Table

UNPACKED_MAX = 1 << 30  # bytes
RATIO_MAX = 200
RATIO_FROM = 50 << 20  # below this size a high ratio is harmless
MEMBERS_MAX = 10_000
MEMORY = 3 << 30  # bytes of address space for the parser at most
# What it needs grows with what is inside; a small file that asks for more was made to do harm.
MEMORY_FROM = 256 << 20
MEMORY_TIMES = 16
CPU_SECONDS = 300
CPU_FROM = 4  # seconds, and one more for so many bytes
CPU_BYTES = 1 << 20
HEAD_OF_PART = 16 << 10  # a document type stands before the first element
CHILD = "oklik.campaigns.lists.workbook_child"
PACKAGE_ROOT = Path(__file__).parents[3]

_KIND = re.compile(r"\S")
_decoder = msgspec.msgpack.Decoder()


def check_zip(path: Path) -> None:
    """Refuse archives that unpack to more than a spreadsheet can be, and those that hold none.  Raises ListError."""
    source = path.name
    damaged = ListError(source, "файл повреждён и не открывается", "the file is damaged and does not open")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise damaged from None
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if (
        len(members) > MEMBERS_MAX
        or unpacked > UNPACKED_MAX
        or (unpacked > RATIO_FROM and unpacked / packed > RATIO_MAX)
    ):
        size = f"{unpacked / (1 << 20):.0f}"
        raise ListError(
            source,
            f"файл в распакованном виде занимает {size} МБ: это не похоже на список, не открываем",
            f"the file unpacks to {size} MB: it does not look like a list and is not opened",
        )
    if any(member.flag_bits & 1 for member in members):
        raise _locked(source)
    names = {member.filename for member in members}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} and not any(
        name.startswith("xl/") for name in names
    ):
        raise ListError(
            source,
            "это архив или документ, а не таблица: нужен файл xlsx, xls, ods или csv",
            "an archive or a document, not a spreadsheet: xlsx, xls, ods or csv is needed",
        )
    try:
        foreign = _has_entities(path)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError):
        raise damaged from None
    if foreign:
        raise ListError(
            source,
            "внутри файла ссылки на посторонние данные (DOCTYPE): так таблицы не сохраняют, не открываем",
            "the file refers to foreign data (DOCTYPE): no spreadsheet is saved so, it is not opened",
        )


def _has_entities(path: Path) -> bool:
    """Whether a part of the workbook declares a document type: the only use of one is to do harm."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    head = part.read(HEAD_OF_PART)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                    return True
    return False


def _limits(path: Path) -> tuple[int, int]:
    """Bytes of address space and seconds of processor time that a workbook may take to be read."""
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = max(size, sum(member.file_size for member in archive.infolist()))
    return min(MEMORY, MEMORY_FROM + MEMORY_TIMES * size), min(CPU_SECONDS, CPU_FROM + size // CPU_BYTES)


def check_ole(path: Path) -> None:
    """Refuse old-format files that are encrypted.  Raises ListError."""
    with path.open("rb") as file:
        start = file.read(1 << 20)
    if "EncryptedPackage".encode("utf-16-le") in start:
        raise _locked(path.name)


def tables(path: Path, sheet: str | None) -> Iterator[Table]:
    """Give the wanted sheet, or each visible one in order; the rows of one must be read before the next.

    sheet: its name or its number from 1.  Raises ListError.
    """
    if sheet is not None:
        sheet = _real_name(path, sheet)
    with _Child(path, sheet) as child:
        child.sheets()
        frame = child.frame()
        while frame is not None:
            name = frame["sheet"]
            rows = child.rows(name)
            yield Table(path.name, name, rows)
            for _ in rows:  # what the caller left unread
                pass
            frame = child.pending


def _real_name(path: Path, sheet: str) -> str:
    with _Child(path, "\0") as child:
        names = [name for name, _ in child.sheets()]
    for name in names:
        if name.strip().casefold() == sheet.strip().casefold():
            return name
    if sheet.isdecimal() and 1 <= int(sheet) <= len(names):
        return names[int(sheet) - 1]
    listed = ", ".join(f"«{name}»" for name in names)
    raise ListError(
        path.name, f"нет листа «{sheet}»; есть {listed}", f"there is no sheet “{sheet}”; there are {listed}"
    )


def sheets(path: Path) -> list[tuple[str, bool]]:
    """Give the workbook's sheets in order, and whether each is visible.  Raises ListError."""
    with _Child(path, "\0") as child:
        return child.sheets()


class _Child:
    """The parsing process; leaving the context ends it."""

    def __init__(self, path: Path, sheet: str | None) -> None:
        self._path = path
        self._sheet = sheet
        self.pending: dict[str, Any] | None = None

    def __enter__(self) -> "_Child":
        memory, seconds = _limits(self._path)
        told = [str(self._path.absolute()), json.dumps(self._sheet), str(memory), str(seconds)]
        self._process = subprocess.Popen(
            # -P: a module lying beside the list must not be imported.
            [sys.executable, "-P", "-m", CHILD, *told],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)},
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.kill()
        self._process.wait()

    def sheets(self) -> list[tuple[str, bool]]:
        frame = self.frame()
        return [(name, visible) for name, visible in frame["sheets"]] if frame else []

    def frame(self, sheet: str | None = None) -> Any:
        """The next frame, None after the last.  Raises ListError for the child's complaints and its death."""
        assert self._process.stdout is not None
        head = _exactly(self._process.stdout, 4)
        data = _exactly(self._process.stdout, struct.unpack(">I", head)[0]) if head is not None else None
        if data is None:
            if self._process.wait() != 0:
                raise self._complaint("memory", "", sheet)
            return None
        frame = _decoder.decode(data)
        if isinstance(frame, dict) and "error" in frame:
            raise self._complaint(frame["error"], frame["detail"], sheet)
        return frame

    def rows(self, sheet: str) -> Iterator[Row]:
        while True:
            frame = self.frame(sheet)
            if not isinstance(frame, list):
                self.pending = frame
                return
            for number, cells, kinds in frame:
                if max(map(len, cells), default=0) > CELL_MAX:
                    column = next(column_letter(i) for i, cell in enumerate(cells) if len(cell) > CELL_MAX)
                    raise ListError(
                        self._path.name,
                        f"в ячейке больше {CELL_MAX} знаков",
                        f"more than {CELL_MAX} characters in a cell",
                        sheet=sheet,
                        row=number,
                        column=column,
                    )
                for found in _KIND.finditer(kinds):
                    index = found.start()
                    cells[index] = TYPED[kinds[index]](cells[index])
                yield number, cells

    def _complaint(self, code: str, detail: str, sheet: str | None) -> ListError:
        source = self._path.name
        match code:
            case "password":
                return _locked(source)
            case "columns":
                return ListError(
                    source,
                    f"в листе {detail} столбцов: удалите лишние",
                    f"{detail} columns in the sheet: remove those not needed",
                    sheet=sheet,
                )
            case "memory":
                return ListError(
                    source,
                    "таблица слишком велика или испорчена: удалите пустые строки и столбцы или сохраните список в csv",
                    "the table is too big or damaged: remove empty rows and columns or save the list as csv",
                    sheet=sheet,
                )
        return ListError(
            source,
            f"файл повреждён и не открывается ({detail})",
            f"the file is damaged and does not open ({detail})",
            sheet=sheet,
        )


def _locked(source: str) -> ListError:
    return ListError(
        source,
        "файл закрыт паролем: снимите пароль и сохраните заново",
        "the file is protected by a password: remove it and save again",
    )


def _exactly(source: IO[bytes], count: int) -> bytes | None:
    data = source.read(count)
    return data if len(data) == count else None
