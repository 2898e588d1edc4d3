"""A workbook with one look: formats, safe text cells, and tables that are streamed row by row.

Everything a customer typed is data here: it can become neither formula nor link nor markup, and nothing of it can make
the file unreadable.  XlsxWriter keeps one row a sheet in memory; rows must come in order.
"""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import xlsxwriter

from oklik.reports.half_up import half_up

ROWS_MAX = 1_048_576  # Excel's limit on rows of a sheet
LINKS_MAX = 65_530  # and on links of a sheet
DAY_S = 86_400
CELL_MAX = 32_767  # and on characters of a cell
LINE_POINTS = 13  # of a text of a table
SAMPLE = 2_000  # rows that decide a column's width

ACCENT = "#1F5FA8"
INK = "#1F2933"
GREY = "#6B7785"
LINE = "#D9DEE4"
PALE = "#F4F6F8"
SLATE = "#5B6775"  # headers of the customer's own columns
FONT = "Calibri"

Kind = Literal["text", "integer", "number", "money", "seconds", "length", "heard", "date", "datetime", "time"]
CLOCKS: tuple[Kind, ...] = ("date", "datetime", "time")  # stand at the left, as texts do
# What XML cannot hold, or no one can see.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPECIAL = frozenset('%#?" <>[]^`{}|')
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
# A plain number that survives the way through a float, thousands apart or not, kopecks after a dot or a comma; "007" is
# none, and neither is «1,234», which one office means as a thousand and another as one and a bit.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,10}|[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3}){1,3})(?:\.\d{1,4}|,\d{1,2})?")
_APART = str.maketrans({" ": "", "\u00a0": "", "\u202f": "", ",": "."})


class Sound(NamedTuple):
    """A recording's length, as a link to its file.  file: relative to the workbook's folder, "" for no link."""

    seconds: float
    file: str


class Column(NamedTuple):
    """A column of a table.  own: it is the customer's; width: characters, None to fit; most: the widest it gets.

    figures: mostly numbers stand in a column of texts, so its header stands as theirs do.  wrap: long texts take
    several lines, so that a wide table can be printed.
    """

    title: str
    kind: Kind = "text"
    own: bool = False
    width: int | None = None
    most: int = 42
    figures: bool = False
    wrap: bool = False


def as_number(text: str) -> float | None:
    """The number that a text is, as people write them; None for all that might be something else."""
    return float(text.translate(_APART)) if _NUMBER.fullmatch(text) else None


def distinct(columns: Sequence[Column], ours: str) -> list[Column]:
    """The columns with titles that differ: the customer's stay, one of ours that is called alike says whose it is.

    ours: the words for that, with {title}.
    """
    taken = {column.title.strip().casefold() for column in columns if column.own}
    told = []
    for column in columns:
        title, count = column.title, 1
        if not column.own:
            while title.strip().casefold() in taken:
                title = ours.format(title=column.title) + (f" {count}" if count > 1 else "")
                count += 1
            taken.add(title.strip().casefold())
        told.append(column._replace(title=title))
    return told


def safe_text(value: str, cut_mark: str) -> str:
    """The text as a cell can hold it: no illegal characters, line ends as Excel has them, cut with the mark at
    Excel's limit.
    """
    if not value.isprintable():
        value = _ILLEGAL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if len(value) > CELL_MAX // 2:
        value = _cut(value, cut_mark)
    if value.startswith("<r>") and value.endswith("</r>"):
        value = " " + value  # XlsxWriter would take it for markup of its own and put it into the file as it is
    return value


def _cut(value: str, mark: str) -> str:
    """Excel counts UTF-16 units, and ours may need two a character."""
    units = len(value.encode("utf-16-le", "ignore")) // 2
    if units <= CELL_MAX:
        return value
    room = (CELL_MAX - len(mark)) * 2
    return value.encode("utf-16-le", "ignore")[:room].decode("utf-16-le", "ignore") + mark


def _escaped(file: str) -> str:
    """The path as Excel writes it into a link; letters of any language stay."""
    return "".join(f"%{ord(sign):02X}" if sign in _SPECIAL else sign for sign in file)


class Book:
    """The workbook being written.  heard_whole and cut_mark: words of the report's language."""

    def __init__(self, path: Path, folder: Path, *, title: str, heard_whole: str, cut_mark: str, page: str) -> None:
        self._workbook = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": str(folder),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        self._workbook.use_zip64()
        self._workbook.set_properties({"title": title, "author": "Oklik"})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cut_mark = cut_mark
        self._page = page
        whole = heard_whole.replace('"', "")
        self.number_formats: dict[Kind, str] = {
            "text": "@",
            "integer": "#,##0",
            "number": "General",
            "money": "#,##0.00",
            "seconds": "#,##0",
            "length": "[m]:ss",
            "heard": f'[=1]"{whole}";0%',
            "date": "dd.mm.yyyy",
            "datetime": "dd.mm.yyyy hh:mm",
            "time": "hh:mm",
        }

    def format(self, **properties: Any) -> Any:
        """A cell format; equal ones are one."""
        wanted = {"font_name": FONT, "font_size": 11, "font_color": INK, "valign": "vcenter"} | properties
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(wanted)
        return self._formats[key]

    def sheet(self, name: str, *, print_scale: int | None = None) -> Any:
        """A new sheet set up for A4; Excel allows 31 characters of a name, and not all of them.

        print_scale: upright, at so many per cent; without it across, and one page wide.
        """
        name = re.sub(r"[\[\]:*?/\\]", " ", name)[:31]
        sheet = self._workbook.add_worksheet(name)
        sheet.set_paper(9)
        if print_scale is None:
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
        else:
            sheet.set_print_scale(print_scale)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L&8{name.replace('&', '&&')}&R&8{self._page}")
        return sheet

    def table(self, name: str, columns: Sequence[Column], *, zone: dt.tzinfo, freeze: int = 0) -> "Table":
        """A new table on a sheet of its own."""
        return Table(self, name, columns, zone=zone, freeze=freeze)

    def chart(self, kind: str) -> Any:
        """A new chart: bar or column."""
        return self._workbook.add_chart({"type": kind})

    def text(self, sheet: Any, row: int, column: int, value: str, **properties: Any) -> None:
        """Write a text; whatever it begins with, it stays a text, also when somebody edits the cell."""
        value = safe_text(value, self._cut_mark)
        if value.startswith(_DANGEROUS):
            properties["quote_prefix"] = True
        sheet.write_string(row, column, value, self.format(**properties))

    def close(self) -> None:
        """Put the file together."""
        self._workbook.close()

    def abandon(self) -> None:
        """Let go of the temporary files after an error; the workbook cannot be used any more."""
        for sheet in self._workbook.worksheets():
            sheet._opt_close()  # noqa: SLF001  there is no public way, and the destructor would complain
        self._workbook.fileclosed = True


class Table:
    """A table on a sheet of its own: frozen header, filter, widths by what came first, more sheets when one is full.

    zone: datetimes are written as its local time.  freeze: columns that stay when one scrolls to the right.
    """

    def __init__(
        self,
        book: Book,
        name: str,
        columns: Sequence[Column],
        *,
        zone: dt.tzinfo,
        freeze: int = 0,
        limit: int = ROWS_MAX,
    ) -> None:
        self._book = book
        self._name = name
        self._columns = columns
        self._zone = zone
        self._freeze = freeze
        self._limit = limit
        self._sheets = 0
        self._widths = [len(column.title) + 4 for column in columns]
        self._sampled = 0
        self._plain = [self._cell_format(column, quoted=False) for column in columns]
        self._quoted = [self._cell_format(column, quoted=True) for column in columns]
        # Of cells that have a type of their own in a column of texts.
        kinds: tuple[Kind, ...] = ("number", *CLOCKS)
        self._typed = {kind: self._cell_format(Column("", kind), quoted=False) for kind in kinds}
        self._long = self._cell_format(Column("", "number"), quoted=False, num_format="0")
        self._exact = self._cell_format(Column("", "time"), quoted=False, num_format="hh:mm:ss")
        self._open()

    def _cell_format(self, column: Column, *, quoted: bool, **more: Any) -> Any:
        properties: dict[str, Any] = {"bottom": 4, "bottom_color": LINE, "font_size": 10}
        if quoted or column.kind == "text":
            properties |= {"num_format": "@", "align": "left", "indent": 1}
        else:
            at = {"align": "left", "indent": 1} if column.kind in CLOCKS else {"align": "right", "indent": 1}
            properties |= {"num_format": self._book.number_formats[column.kind]} | at
        if quoted:
            properties["quote_prefix"] = True
        if column.wrap:
            properties["text_wrap"] = True
        return self._book.format(**properties | more)

    def _open(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet = self._book.sheet(name)
        self._row = 0
        self._sheet.set_row(0, 32)
        for at, column in enumerate(self._columns):
            look = {"bg_color": SLATE if column.own else ACCENT, "right": 1, "right_color": "white", "indent": 1}
            look |= {"bold": True, "text_wrap": True, "font_size": 10, "font_color": "white"}
            if column.figures or column.kind not in ("text", *CLOCKS):
                look |= {"align": "right"}
            self._book.text(self._sheet, 0, at, column.title, **look)
        self._sheet.freeze_panes(1, self._freeze)
        self._sheet.repeat_rows(0)

    def add(self, values: Sequence[object]) -> None:
        """Write a row: None is an empty cell, numbers, dates, datetimes and times keep their type, all else is text.

        A datetime of a zone is shown in the table's; one without is what a customer's clock showed, and stays.
        """
        if self._row + 1 >= self._limit:
            self._finish_sheet()
            self._open()
        self._row += 1
        if (lines := self._lines(values)) > 1:
            self._sheet.set_row(self._row, 3 + LINE_POINTS * lines)
        sampling = self._sampled < SAMPLE
        self._sampled += 1
        for at, value in enumerate(values):
            if value is None or value == "":
                self._sheet.write_blank(self._row, at, None, self._plain[at])
                continue
            shown = self._write(at, value)
            if sampling:
                self._widths[at] = max(self._widths[at], shown)

    def _lines(self, values: Sequence[object]) -> int:
        """How many lines the row takes; office programs do not look for themselves in a file they have not written."""
        return max(
            (
                sum(max(1, -(-len(line) // (column.width - 3))) for line in str(value).split("\n"))
                for column, value in zip(self._columns, values, strict=True)
                if column.wrap and column.width and value
            ),
            default=1,
        )

    def _write(self, at: int, value: object) -> int:
        """Write one cell; gives how wide it is in characters."""
        sheet, row, plain = self._sheet, self._row, self._plain[at]
        kind = self._columns[at].kind
        if isinstance(value, dt.datetime):
            local = value.astimezone(self._zone) if value.tzinfo else value
            look = plain if kind == "datetime" else self._typed["datetime"]
            sheet.write_datetime(row, at, local.replace(tzinfo=None, microsecond=0), look)
            return 16
        if isinstance(value, dt.date):
            sheet.write_datetime(row, at, value, plain if kind == "date" else self._typed["date"])
            return 10
        if isinstance(value, dt.time):
            look = plain if kind == "time" else self._typed["time"]
            if value.second:
                look = self._exact
            sheet.write_datetime(row, at, value, look)
            return 8
        if isinstance(value, Sound):
            return self._sound(at, value)
        if isinstance(value, (int, float)):
            if kind in ("text", "date", "time"):  # a general format would show twelve digits as a power of ten
                plain = self._long if float(value).is_integer() else self._typed["number"]
            sheet.write_number(row, at, value, plain)
            return len(str(value)) if kind == "text" else len(f"{value:,.2f}") if kind == "money" else len(f"{value:,}")
        text = str(value)
        if kind in ("number", "money", "integer") and (number := as_number(text)) is not None:
            sheet.write_number(row, at, number, plain)
            return len(text) + 5
        text = safe_text(text, self._book._cut_mark)  # noqa: SLF001
        look = self._quoted[at] if text.startswith(_DANGEROUS) or kind != "text" else plain
        sheet.write_string(row, at, text, look)
        return min(len(text.partition("\n")[0]), 200)

    def _sound(self, at: int, sound: Sound) -> int:
        look = self._plain[at]
        if sound.file and self._sheet.hlink_count < LINKS_MAX:
            look = self._cell_format(self._columns[at], quoted=False, font_color=ACCENT, underline=1)
            self._sheet.write_url(self._row, at, f"external:{_escaped(sound.file)}", look)
        # In place of the link's text: the link stays, and lengths can be sorted and added up.
        self._sheet.write_number(self._row, at, half_up(sound.seconds) / DAY_S, look)
        return 6

    def _finish_sheet(self) -> None:
        last = max(self._row, 1)
        for at, column in enumerate(self._columns):
            width = column.width or min(max(self._widths[at] + 3, 9), column.most)
            self._sheet.set_column(at, at, width)
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})

    def finish(self) -> None:
        """Set widths and filter; nothing can be added any more."""
        self._finish_sheet()
