"""The stop list as an Excel file, which can be imported again."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from oklik.dialing.zones import tzinfo
from oklik.reports.book import Column
from oklik.reports.excel import new_book
from oklik.reports.proof_words import proof_word


class Line(NamedTuple):
    """A number on the list."""

    number: str
    since: dt.datetime
    source: str
    reason: str
    recorded_by: str


def write_stop_list(lines: Iterable[Line], path: Path, *, zone: str, language: str) -> int:
    """Write the list and give how many numbers it has; a file of this name is replaced.  Raises excel.ReportError."""
    title = proof_word("list_title", language)
    count = 0
    with new_book(path, title, language) as book:
        columns = [
            Column(proof_word("list_phone", language)),
            Column(proof_word("list_since", language), "datetime"),
            *(Column(proof_word(key, language)) for key in ("event_source", "reason", "by")),
        ]
        table = book.table(title, columns, zone=tzinfo(zone))
        for line in lines:
            count += 1
            table.add([line.number, line.since, source_name(line.source, language), *line[3:]])
        table.finish()
    return count


def source_name(source: str, language: str) -> str:
    """A source in words: our own codes are told, what a person has named stays."""
    return proof_word(source, language) if source in ("call", "import", "command", "api") else source
