"""Styles and scripts on their way: kept by browsers for good where the address names the version, and packed small."""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, request

_KEPT = "public, max-age=31536000, immutable"
_PACKED = {".css", ".js", ".svg"}
_LEAST = 1024  # smaller files gain nothing


def finish(response: Response) -> Response:
    """Give the answer for a static file as it goes out."""
    if response.status_code != 200:
        return response
    if "v" in request.args:
        response.headers["Cache-Control"] = _KEPT
    path = Path(current_app.static_folder or "") / (request.view_args or {})["filename"]
    if path.suffix in _PACKED:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] > 0 and path.stat().st_size >= _LEAST:
            found = path.stat()
            response.direct_passthrough = False
            response.response.close()  # type: ignore[union-attr]  # the file that Flask has opened
            response.set_data(_gzipped(path, found.st_mtime_ns, found.st_size))
            response.headers["Content-Encoding"] = "gzip"
            response.headers.pop("ETag", None)  # of the plain file; the address has the version
            response.headers.pop("Accept-Ranges", None)
    return response


@lru_cache(maxsize=64)
def _gzipped(path: Path, _mtime: int, _size: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
