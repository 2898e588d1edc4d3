"""Where the report of `oklik run` is to go: looked at before anybody is called.

Whoever finds at the end of a day of calls that the report cannot be written has found out too late; and the file that
it would replace may be all that somebody has.
"""

import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from oklik.failures import BadInput
from oklik.messages import why

_PROBE_BYTES = 256 * 1024  # of the report's disk: an empty file would fit on a full one
_PROPERTIES_MAX = 64 * 1024
# Who made the file, and who wrote it last: a report in which somebody has made notes is no longer ours alone.
_OURS = (re.compile(rb"<dc:creator>Oklik</dc:creator>"), re.compile(rb"<cp:lastModifiedBy>Oklik</cp:lastModifiedBy>"))


def check_report(report: Path, inputs: Iterable[Path]) -> None:
    """Make sure that the report can be written there, and that nothing is lost by it.  Raises BadInput.

    inputs: the files that the command reads.
    """
    for given in inputs:
        if _same(report, given):
            raise BadInput("report_is_input", path=report, given=given)
    if report.suffix.lower() != ".xlsx":
        raise BadInput("report_name", path=report)
    if report.is_dir():
        raise BadInput("report_is_folder", path=report)
    folder = report.absolute().parent
    if not folder.is_dir():
        raise BadInput("report_no_folder", path=report, folder=folder)
    if report.exists() and not os.access(report, os.W_OK):
        raise BadInput("report_read_only", path=report)
    if report.exists() and not may_replace(report):
        raise BadInput("report_foreign", path=report)
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
    except OSError as error:
        raise BadInput("report_refused", path=report, why=why(error)) from None


def may_replace(file: Path) -> bool:
    """Whether nothing is lost with a file: it is empty, or a report as Oklik has written it."""
    try:
        if file.is_file() and not file.stat().st_size:
            return True
        with zipfile.ZipFile(file) as book, book.open("docProps/core.xml") as part:
            properties = part.read(_PROPERTIES_MAX)
    except (OSError, EOFError, KeyError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error):
        return False
    return all(sign.search(properties) for sign in _OURS)


def _same(report: Path, given: Path) -> bool:
    """Also by another name: a link of either kind, a path with dots."""
    try:
        return report.samefile(given)
    except OSError:  # there is no report yet
        return False
