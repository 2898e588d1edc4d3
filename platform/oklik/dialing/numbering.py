"""The numbering plan of Russia as its public register has it: to whom and to which region a block of numbers was given.

A row is a code of three digits, the first and the last number of the block (seven digits each), the operator, the
region and mostly the territory by the state's register of addresses; the register has some 400,000.  Reading files
and keeping them is another room's.  A mobile number keeps its block when its owner moves or changes the operator, so
the region is where it was bought: better than nothing, worse than a column of the list.
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
    "operator": ("оператор",),
    "region": ("регион",),
    "territory": ("территориягар",),
}
_OPTIONAL = frozenset({"operator", "territory"})
_DASHES = frozenset({"-", "–", "—"})


class BadPlan(ValueError):
    """A row or a heading of the register that cannot be used.  text: in "ru" and "en"."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


class Block(msgspec.Struct, frozen=True, order=True):
    """Numbers +7 `first` to `last`, both included, ten digits each, as the register tells of them.

    territory: the region once more, by the register of addresses; it is there where the region is left out.
    """

    first: int
    last: int
    region: str
    operator: str = ""
    territory: str = ""

    @property
    def place(self) -> str:
        """The region, or the territory where that is all there is."""
        return self.region or self.territory

    def zones(self) -> frozenset[str]:
        """Give the zones of the region, else of the territory; empty when neither is known."""
        return zones_of_region(self.region) or zones_of_region(self.territory)


def columns_of(header: Iterable[str]) -> dict[str, int]:
    """Find the register's columns in a header row.  Raises BadPlan when one is missing that is needed."""
    places = {"".join(cell.lower().split()).lstrip("\ufeff"): place for place, cell in enumerate(header)}
    found = {name: places[key] for name, keys in COLUMNS.items() for key in keys if key in places}
    if missing := [keys[0] for name, keys in COLUMNS.items() if name not in found and name not in _OPTIONAL]:
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
    told = (_told(row.get(name, "")) for name in ("region", "operator", "territory"))
    return Block(base + int(first), base + int(last), *told)


def _told(text: str) -> str:
    """A text with single blanks; a dash says nothing."""
    flat = " ".join(text.split())
    return "" if flat in _DASHES else flat


class Packed(msgspec.Struct, frozen=True):
    """A plan as it is kept between processes: numbers and places of the stretches as raw arrays, zones by place."""

    firsts: bytes
    lasts: bytes
    places: bytes
    zones: list[list[str]]


class NumberingPlan:
    """Stretches of numbers with their zones, ready to be asked.  Blocks of the same zones that touch are one."""

    def __init__(self, blocks: Iterable[tuple[int, int, frozenset[str]]] = ()) -> None:
        """Take (first, last, zones) in any order; of blocks that overlap the later start decides from there on."""
        known: dict[frozenset[str], int] = {}
        self._firsts, self._lasts, self._places = array("q"), array("q"), array("H")
        for first, last, zones in sorted(blocks, key=lambda block: block[:2]):
            place = known.setdefault(zones, len(known))
            if self._lasts and self._places[-1] == place and self._lasts[-1] + 1 == first:
                self._lasts[-1] = last
            else:
                self._firsts.append(first)
                self._lasts.append(last)
                self._places.append(place)
        self._zones = tuple(known)

    def __len__(self) -> int:
        """Count the stretches."""
        return len(self._firsts)

    def zones(self, number: str) -> frozenset[str]:
        """Give the zones of an E.164 number; empty when it is in no block, or its region is none that is known."""
        wanted = national(number) if self._firsts else None
        if wanted is None:
            return _NOWHERE
        place = bisect_right(self._firsts, wanted) - 1
        return self._zones[self._places[place]] if place >= 0 and wanted <= self._lasts[place] else _NOWHERE

    def pack(self) -> bytes:
        """Give the plan as bytes; equal plans give equal bytes on machines of one kind."""
        columns = (self._firsts.tobytes(), self._lasts.tobytes(), self._places.tobytes())
        return msgspec.msgpack.encode(Packed(*columns, [sorted(zones) for zones in self._zones]))

    @classmethod
    def unpack(cls, packed: bytes) -> "NumberingPlan":
        """Give the plan of some bytes.  Raises ValueError for what is none."""
        told = msgspec.msgpack.decode(packed, type=Packed)
        plan = cls()
        plan._firsts.frombytes(told.firsts)
        plan._lasts.frombytes(told.lasts)
        plan._places.frombytes(told.places)
        plan._zones = tuple(frozenset(zones) for zones in told.zones)
        return plan


_NOWHERE: frozenset[str] = frozenset()
NO_PLAN = NumberingPlan()


def national(number: str) -> int | None:
    """Give the ten digits by which the register knows an E.164 number; None: it is none of its numbers."""
    return int(number[2:]) if len(number) == 12 and number.startswith("+7") and number[2:].isdecimal() else None
