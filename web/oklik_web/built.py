"""Files that the front-end build has made: sent packed where there is a packed twin, kept for good where the name says.

The build writes each file a second time as gzip.  The parts of the editor carry a digest in their names.
"""

import mimetypes
import re
from pathlib import Path

from flask import Response, current_app, request, send_from_directory
from werkzeug.security import safe_join

_PART = re.compile(r"built/editor-[A-Za-z0-9_.-]+-[A-Za-z0-9_-]{8}\.js")


def static_file(filename: str) -> Response:
    """Give a static file."""
    folder = current_app.static_folder or ""
    packed = safe_join(folder, f"{filename}.gz") if filename.startswith("built/") else None
    if packed is None or not request.accept_encodings["gzip"] or not Path(packed).is_file():
        return current_app.send_static_file(filename)
    answer = send_from_directory(folder, f"{filename}.gz", mimetype=mimetypes.guess_type(filename)[0])
    answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


def is_part(filename: str) -> bool:
    """Whether a file never changes under its name."""
    return _PART.fullmatch(filename) is not None
