"""Static files: sent packed to browsers that take it so, kept for good where the name says.

The front-end build writes each of its files a second time as gzip; our own small ones are packed here, once.  The parts
of the editor carry a digest in their names.
"""

import gzip
import mimetypes
import re
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from flask import Response, current_app, request, send_from_directory
from werkzeug.security import safe_join

_PART = re.compile(r"built/editor-[A-Za-z0-9_.-]+-[A-Za-z0-9_-]{8}\.js")
_TEXT = {".css", ".js", ".svg"}


def static_file(filename: str) -> Response:
    """Give a static file."""
    folder = current_app.static_folder or ""
    if not request.accept_encodings["gzip"]:
        return current_app.send_static_file(filename)
    twin = safe_join(folder, f"{filename}.gz") if filename.startswith("built/") else None
    if twin is not None and Path(twin).is_file():
        answer = send_from_directory(folder, f"{filename}.gz", mimetype=mimetypes.guess_type(filename)[0])
    else:
        answer = current_app.send_static_file(filename)
        own = safe_join(folder, filename)
        if answer.status_code != HTTPStatus.OK or own is None or Path(own).suffix not in _TEXT:
            return answer
        answer.close()  # the file that would have been sent as it is
        answer.direct_passthrough = False
        answer.set_data(_packed(own, Path(own).stat().st_mtime_ns))
    answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


@lru_cache(maxsize=200)
def _packed(path: str, changed: int) -> bytes:  # noqa: ARG001  a file that was changed is another one
    return gzip.compress(Path(path).read_bytes(), mtime=0)


def gzipped(answer: Response) -> Response:
    """Pack an answer that holds nothing secret, or its length would tell of it; where the browser takes it so."""
    if request.accept_encodings["gzip"]:
        answer.set_data(gzip.compress(answer.get_data(), compresslevel=6, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


def is_part(filename: str) -> bool:
    """Whether a file never changes under its name."""
    return _PART.fullmatch(filename) is not None
