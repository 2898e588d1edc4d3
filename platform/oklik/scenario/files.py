"""Scenario files on the disk: their text, and the files beside one that hold what it calls.

The only module of this room that opens a file; what a text means is the business of `reading` and `document`.
"""

import re
from pathlib import Path

from oklik.scenario import reading
from oklik.scenario.errors import ScenarioError
from oklik.scenario.linking import Found, Lookup

MAX_BYTES_BESIDE = 4 * reading.MAX_BYTES  # of all files that one scenario calls
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def text_of(path: Path) -> str:
    """The text of a file.  Raises ScenarioError."""
    source = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(reading.MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        sentence = {"ru": f"файл не читается: {reason}", "en": f"cannot read the file: {reason}"}
        raise ScenarioError(source, "", "", sentence) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(raw) > reading.MAX_BYTES:
            return raw.decode("utf-8", "replace")  # cut in mid-letter; refused for its size
        line = raw.count(b"\n", 0, error.start) + 1
        sentence = {"ru": "файл не в кодировке UTF-8", "en": "the file is not UTF-8"}
        raise ScenarioError(source, "", "", sentence, line=line) from None


def beside(path: Path) -> Lookup:
    """What the scenario in this file calls: NAME.yaml or NAME/scenario.yaml in its folder, and nowhere else.

    A file that a link leads to outside the folder is as good as not there.  The lookup raises ScenarioError for one
    that cannot be read.
    """
    folder = path.parent.resolve()
    left = MAX_BYTES_BESIDE

    def lookup(name: str) -> Found | None:
        nonlocal left
        if not _NAME.fullmatch(name):
            return None
        for way in (f"{name}.yaml", f"{name}/scenario.yaml"):
            file = folder / way
            if not _inside(file, folder):
                continue
            text = text_of(file)
            left -= len(text)
            if left < 0:
                ru, en = "подсценарии вместе слишком велики", "the subscenarios are too large together"
                raise ScenarioError(str(path), "", "", {"ru": ru, "en": en})
            shown = str(path.parent / way)
            data, marks = reading.read(text, shown)
            return Found(data, shown, marks)
        return None

    return lookup


def _inside(file: Path, folder: Path) -> bool:
    """Whether there is such a file, and in the folder itself."""
    try:
        return file.is_file() and file.resolve().is_relative_to(folder)
    except OSError:  # in a folder that may not be looked into
        return False
