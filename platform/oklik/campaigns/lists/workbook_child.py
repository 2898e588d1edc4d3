"""The process that opens a workbook: python-calamine under limits of memory and time.

A spreadsheet comes from a stranger, and the parser takes all memory for two cells at opposite corners of a sheet and
aborts when it gets none; here it can only take itself down.  Rows go out on stdout as frames: 4 bytes of length, then
msgpack.  The first frame is {"sheets": [[name, visible], ...]}; then, for each sheet in the order read,
{"sheet": name} and frames [[row number, [cells], kinds], ...], where kinds is a letter a cell (cells.kind_letters); a
failure is {"error": code, "detail": text}.  `workbook` starts it and reads the frames.
"""

import contextlib
import itertools
import resource
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from oklik.campaigns.lists.cells import kind_letters, shown

ROWS_IN_FRAME = 500
COLUMNS_MAX = 1_000

_encoder = msgspec.msgpack.Encoder()


def main(path: str, wanted: str, memory: int, seconds: int) -> None:
    """Write the sheets named by wanted (JSON: a name, or null for all visible ones) to stdout.

    memory: bytes of address space this process may have; seconds: of processor time.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        # Where memory is short, it is this process that goes.
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    out = sys.stdout.buffer
    try:
        _send_workbook(out, path, msgspec.json.decode(wanted))
    except BrokenPipeError:
        sys.exit(0)  # the reader has seen enough
    except MemoryError:
        _send(out, {"error": "memory", "detail": ""})
    except Exception as error:  # noqa: BLE001  whatever a parser says about a stranger's file
        code = "password" if type(error).__name__ == "PasswordError" else "broken"
        _send(out, {"error": code, "detail": str(error)[:300]})


def _send_workbook(out: BinaryIO, path: str, wanted: str | None) -> None:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_path(path)
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    seen = [(sheet.name, sheet.visible == SheetVisibleEnum.Visible) for sheet in sheets]
    _send(out, {"sheets": seen})
    for name, visible in seen:
        if wanted is None and not visible:
            continue
        if wanted is not None and name != wanted:
            continue
        _send(out, {"sheet": name})
        _send_rows(out, workbook.get_sheet_by_name(name))


def _send_rows(out: BinaryIO, sheet: Any) -> None:
    if sheet.start is None:
        return
    width = sheet.end[1] + 1
    if width > COLUMNS_MAX:
        _send(out, {"error": "columns", "detail": str(width)})
        return
    left = [""] * sheet.start[1]  # rows come without the empty columns before the first used one
    blank = " " * len(left)
    rows = enumerate(sheet.iter_rows(), 1)
    while part := list(itertools.islice(rows, ROWS_IN_FRAME)):
        _send(out, [[number, [*left, *map(shown, row)], blank + kind_letters(row)] for number, row in part])


def _send(out: BinaryIO, frame: object) -> None:
    data = _encoder.encode(frame)
    out.write(struct.pack(">I", len(data)))
    out.write(data)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
