"""What a sheet of rejected rows looks like: row number, whether it was taken, why, and the customer's own cells."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from oklik.reports.book import Column
from oklik.reports.words import rejection, word


class RejectedRow(NamedTuple):
    """A row.  why: in words; taken: it is in the list all the same; None: nothing of the kind can be."""

    row: int
    why: str
    fields: Mapping[str, str]
    taken: bool | None = None


def row_of_list(found: Any, language: str) -> RejectedRow:
    """A row as the database has it: row_number, notes (pairs of code and detail), fields, taken."""
    why = "; ".join(rejection(code, detail, language) for code, detail in found.notes)
    return RejectedRow(found.row_number, why, found.fields, found.taken)


def rejected_columns(headers: Sequence[str], language: str, *, taken: bool) -> list[Column]:
    """The columns.  headers: the customer's; taken: rows say whether they were."""
    return [
        Column(word("row", language), "integer", width=9),
        *([Column(word("taken", language), width=18)] if taken else []),
        Column(word("reason", language), most=90),
        *(Column(header, own=True) for header in headers),
    ]


def rejected_cells(row: RejectedRow, headers: Sequence[str], language: str) -> list[object]:
    """A row's cells, by the same columns."""
    told = [] if row.taken is None else [word("taken_noted" if row.taken else "taken_not", language)]
    return [row.row, *told, row.why, *(row.fields.get(header) for header in headers)]
