"""CSV and tab-separated text as rows: encoding and delimiter found, quotes watched.

A quotation mark that is opened and never closed would swallow the rest of the file as one cell: that is an error
with its row, not a short list.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from oklik.campaigns.lists.cells import CELL_MAX, clean, column_letter
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.table import Row, Table

DELIMITERS = ";,\t|"
SAMPLE = 64 << 10
CHUNK = 1 << 20
LINES_IN_ROW_MAX = 200
LINE_MAX = 4 << 20  # characters
COLUMNS_MAX = 1_000
# What Russian and Western offices really send; chardet chooses among them.
ENCODINGS = ("windows-1251", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5", "windows-1252")
_RUSSIAN = re.compile(r"[а-яё]")
_NOT_RUSSIAN = re.compile(r"[^\x00-\x7fА-Яа-яЁё«»№–—…“”„’‘\xa0°±·§]")
_MIXED_CASE = re.compile(r"[а-яё][А-ЯЁ]")
_BROKEN = re.compile(r"[\udc80-\udcff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def table(path: Path) -> Table:
    """Return the file as a table.  Raises ListError here and while rows are read."""
    encoding = find_encoding(path)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(SAMPLE)
    if _looks_binary(sample):
        raise ListError(
            path.name,
            "это не таблица и не текст: нужен файл xlsx, xls, ods или csv",
            "neither a spreadsheet nor text: xlsx, xls, ods or csv is needed",
        )
    declared = sample.split("\n", 1)[0].strip().lower()
    directive = declared.startswith("sep=") and len(declared) == 5
    delimiter = declared[4] if directive else find_delimiter(sample)
    return Table(path.name, None, _rows(path, encoding, delimiter, skip_line=directive))


def find_encoding(path: Path) -> str:
    """Return the codec: by the byte order mark, else UTF-8 when the whole file is that, else chardet's choice."""
    import chardet

    with path.open("rb") as file:
        head = file.read(SAMPLE)
        for bom, name in _BOMS:
            if head.startswith(bom):
                return name
        if wide := _wide(head):
            return wide
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        strange = b""
        while chunk := file.read(CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                strange = chunk[error.start :]
                break
        else:
            if not decoder.getstate()[0]:
                return "utf-8"
    # Judge by text of the place where UTF-8 failed: the start of the file may be plain ASCII.
    sample = (strange or head)[:SAMPLE]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    if _is_windows_russian(sample):
        return "windows-1251"
    found = chardet.detect(sample, include_encodings=ENCODINGS, no_match_encoding="windows-1251")
    return str(found["encoding"] or "windows-1251")


def _is_windows_russian(sample: bytes) -> bool:
    """Whether the sample reads as Russian in cp1251.  By far the usual case, and a few words are enough here."""
    try:
        text = sample.decode("windows-1251")
    except UnicodeDecodeError:
        return False
    if _NOT_RUSSIAN.search(text):
        return False
    letters = _RUSSIAN.findall(text.lower())
    frequent = sum(1 for letter in letters if letter in "оеаинтср")
    return frequent > 0.3 * len(letters) and len(_MIXED_CASE.findall(text)) <= len(letters) // 50


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ASCII characters is zero."""
    if len(head) < 4 or b"\0" not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    few = len(head) // 20
    if odd > few and even <= odd // 10:
        return "utf-16-le"
    if even > few and odd <= even // 10:
        return "utf-16-be"
    return None


def find_delimiter(sample: str) -> str:
    """Return the delimiter that gives the most rows of one width; a comma where nothing divides."""
    best = (0.0, ",")
    whole = sample[: sample.rfind("\n") + 1] or sample
    for delimiter in DELIMITERS:
        if delimiter not in whole:
            continue
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        if usual < 2:
            divided = [width for width in widths if width > 1]
            usual = max(set(divided), key=divided.count) if divided else 1
        share = widths.count(usual) / len(widths)
        score = share * min(usual, 10) if usual > 1 else 0.0
        if score > best[0]:
            best = (score, delimiter)
    return best[1]


def _looks_binary(sample: str) -> bool:
    strange = sum(1 for c in sample if ord(c) < 32 and c not in "\t\r\n\f\x1a")
    return "\0" in sample or strange > len(sample) // 50


def _rows(path: Path, encoding: str, delimiter: str, *, skip_line: bool) -> Iterator[Row]:
    number = 0
    with closing(path.open("r", encoding=encoding, errors="surrogateescape", newline="")) as file:
        lines = _Lines(file)
        if skip_line:
            next(lines, None)
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            while True:
                number += 1
                lines.begin_row()
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                if len(lines.of_row) > LINES_IN_ROW_MAX or (lines.at_end() and _is_open(lines.of_row, delimiter)):
                    raise _unclosed(path.name, number)
                if len(lines.of_row) == 1 and len(line := lines.of_row[0]) <= CELL_MAX and len(cells) <= COLUMNS_MAX:
                    # As nearly all rows are: no cell is too long, and where the line has nothing to clean no cell has.
                    printable = line.rstrip("\r\n").isprintable()
                    yield number, [cell.strip() if printable else clean(cell) for cell in cells]
                    continue
                _check(path.name, number, cells)
                yield number, [clean(cell) for cell in cells]
        except csv.Error:
            raise _unclosed(path.name, number) from None
        except UnicodeError:
            raise ListError(
                path.name,
                f"текст не читается в кодировке {encoding}: сохраните файл в UTF-8 или xlsx",
                f"the text is not {encoding}: save the file as UTF-8 or xlsx",
                row=number,
            ) from None


def _is_open(lines: list[str], delimiter: str) -> bool:
    """Whether the row ends inside quotes."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


class _Lines:
    """The lines of a file for csv.reader; keeps those of the row being read."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self._next = file.readline(LINE_MAX)
        self.of_row: list[str] = []

    def begin_row(self) -> None:
        self.of_row.clear()

    def at_end(self) -> bool:
        return not self._next

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._next
        if not line:
            raise StopIteration
        if len(line) == LINE_MAX:
            raise csv.Error("line too long")
        if _BROKEN.search(line):
            raise UnicodeError
        self._next = self._file.readline(LINE_MAX)
        self.of_row.append(line)
        return line


def _check(source: str, number: int, cells: list[str]) -> None:
    if len(cells) > COLUMNS_MAX:
        raise ListError(source, f"в строке {len(cells)} столбцов", f"{len(cells)} columns in the row", row=number)
    if max(map(len, cells), default=0) > CELL_MAX:
        raise ListError(
            source,
            f"в ячейке больше {CELL_MAX} знаков",
            f"more than {CELL_MAX} characters in a cell",
            row=number,
            column=column_letter(next(index for index, cell in enumerate(cells) if len(cell) > CELL_MAX)),
        )


def _unclosed(source: str, number: int) -> ListError:
    return ListError(
        source,
        "кавычка открыта и не закрыта, или ячейка слишком длинна",
        "a quotation mark is opened and not closed, or a cell is too long",
        row=number,
    )
