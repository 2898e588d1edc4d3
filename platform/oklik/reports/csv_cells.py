"""Cells of CSV files: none of them is one that a spreadsheet would carry out."""

import re

_NUMBER = re.compile(r"[+-]?\d[\d .,]*")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: object) -> object:
    """Give a cell that no spreadsheet takes for a formula; numbers, phones among them, stay as they are."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return "" if cell is None else cell
