"""An Excel file as an answer: written on our disk, sent from there piece by piece."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from flask import Response

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXCEL_FILE: dict[int | str, Any] = {200: {"description": "An Excel file", "content": {EXCEL: {}}}}
_PIECE = 1 << 16


def excel_answer(name: str, write: Callable[[Path], object]) -> Response:
    """Let `write` make the file, and answer with it.  name: what the browser calls it, in Latin letters."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        size = path.stat().st_size
        file = path.open("rb")  # read when the folder is gone
    answer = Response(_pieces(file), mimetype=EXCEL)
    answer.call_on_close(file.close)
    answer.content_length = size
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
