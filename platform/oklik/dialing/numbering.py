"""The numbering plan of Russia as its public register has it: which region a block of numbers was given to.

A row is a code of three digits, the first and the last number of the block (seven digits each) and the region; the
register has some 400,000.  Reading files is another room's.  A mobile number keeps its block when its owner moves or
changes the operator, so the region is where it was bought: better than nothing, worse than a column of the list.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping

import msgspec

from oklik.dialing.regions import zones_of_region

# Headings of the register's files by what they mean; letter case and blanks do not matter.  The first heading has
# been written with Cyrillic and with Latin letters.
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("авс/def", "abc/def", "аbс/def", "def", "код"),
    "first": ("от",),
    "last": ("до",),
    "region": ("регион",),
}


class BadPlan(ValueError):
    """A row or a heading of the register that cannot be used.  text: in "ru" and "en"."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


class Block(msgspec.Struct, frozen=True, order=True):
    """Numbers +7 `first` to `last`, both included, ten digits each, given to a region as the register calls it."""

    first: int
    last: int
    region: str


def columns_of(header: Iterable[str]) -> dict[str, int]:
    """Find the register's columns in a header row.  Raises BadPlan when one is missing."""
    places = {"".join(cell.lower().split()).lstrip("\ufeff"): place for place, cell in enumerate(header)}
    found = {name: places[key] for name, keys in COLUMNS.items() for key in keys if key in places}
    if missing := [keys[0] for name, keys in COLUMNS.items() if name not in found]:
        raise BadPlan(
            f"это не выписка из реестра нумерации: нет столбца «{missing[0]}»",
            f"this is no extract of the numbering register: column {missing[0]!r} is missing",
        )
    return found


def block_of(row: Mapping[str, str], line: int) -> Block:
    """Read a row by the names of COLUMNS.  line: for the message.  Raises BadPlan."""
    code, first, last = (row[name].strip() for name in ("code", "first", "last"))
    sound = len(code) == 3 and all(part.isascii() and part.isdecimal() for part in (code, first, last))
    if not sound or len(first) > 7 or len(last) > 7 or int(first) > int(last):
        raise BadPlan(
            f"строка {line}: «{code} {first}–{last}» — не диапазон номеров",
            f"line {line}: {code} {first}-{last} is no block of numbers",
        )
    base = int(code) * 10_000_000
    return Block(base + int(first), base + int(last), " ".join(row["region"].split()))


class NumberingPlan:
    """The blocks, ready to be asked."""

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        """Take the blocks in any order; of blocks that overlap the later start decides from there on."""
        ordered = sorted(blocks)
        regions: dict[str, int] = {}
        self._firsts = array("q", (block.first for block in ordered))
        self._lasts = array("q", (block.last for block in ordered))
        self._places = array("l", (regions.setdefault(block.region, len(regions)) for block in ordered))
        self._regions = tuple(regions)
        self._zones = tuple(zones_of_region(name) for name in regions)

    def __len__(self) -> int:
        """Count the blocks."""
        return len(self._firsts)

    def region(self, number: str) -> str | None:
        """Give the region of an E.164 number as the register calls it; None: it is in no block."""
        place = self._find(number)
        return None if place is None else self._regions[self._places[place]]

    def zones(self, number: str) -> frozenset[str]:
        """Give the zones of an E.164 number; empty when it is in no block, or its region is none that is known."""
        place = self._find(number)
        return frozenset() if place is None else self._zones[self._places[place]]

    def unknown_regions(self) -> tuple[str, ...]:
        """Give the regions whose zone nobody here knows."""
        return tuple(name for name, zones in zip(self._regions, self._zones, strict=True) if not zones)

    def _find(self, number: str) -> int | None:
        if not self._firsts or not number.startswith("+7") or len(number) != 12:
            return None
        wanted = int(number[2:])
        place = bisect_right(self._firsts, wanted) - 1
        return place if place >= 0 and wanted <= self._lasts[place] else None
