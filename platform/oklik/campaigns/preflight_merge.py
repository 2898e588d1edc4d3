"""What going through a part of a list has found, and how parts become the whole.

Everything in a Part is a sum, a least one, or a fair draw by lots that hang on the contact alone; so it does not matter
where a list is cut, who goes through which part, and in which order the parts come in.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from heapq import nsmallest
from typing import Any, TypeVar

import msgspec

from oklik.dialing.forecast import Sampled
from oklik.dialing.zones import ZoneRule

SAMPLE = 1_000  # people of the forecast


class Barred(msgspec.Struct, frozen=True):
    """Contacts denied by a rule with the same args.  next_at: the first moment at which one of them can be called."""

    rule: str
    args: dict[str, Any]
    contacts: int
    next_at: dt.datetime | None

    @property
    def kind(self) -> tuple[Hashable, ...]:
        """What makes such contacts alike."""
        return self.rule, *sorted(self.args.items())


class Unsure(msgspec.Struct, frozen=True):
    """Contacts who may be in any of several zones.  country: whose law holds for them; number: one of theirs."""

    zones: tuple[str, ...]
    country: str
    number: str
    contacts: int


class Drawn(msgspec.Struct, frozen=True):
    """Somebody of the sample.  lot: (draw, contact); the lowest lots are the sample."""

    lot: tuple[int, int]
    one: Sampled


class Part(msgspec.Struct, frozen=True):
    """What was found in a part of a list; counts are of contacts.

    over, allowed, reachable: as in Preflight.  rules: how many zones each rule told.  hours, local_hours: as
    Outlook.by_hour and by_local_hour give them; ends: how many must stop when.  sample: those of SAMPLE lowest lots.
    """

    contacts: int
    over: int
    allowed: int
    reachable: int
    rules: dict[ZoneRule, int]
    unsure: list[Unsure]
    barred: list[Barred]
    hours: list[int]
    local_hours: list[list[int]]
    ends: dict[dt.datetime, int]
    sample: list[Drawn]

    def pack(self) -> bytes:
        """Give it as bytes, for another process."""
        told = {name: getattr(self, name) for name in self.__struct_fields__} | {"ends": list(self.ends.items())}
        return msgspec.msgpack.encode(told)

    @classmethod
    def unpack(cls, packed: bytes) -> "Part":
        """Read what pack gave.  Raises msgspec.DecodeError."""
        told = msgspec.msgpack.decode(packed)
        ends = msgspec.convert(told.pop("ends"), list[tuple[dt.datetime, int]])
        return msgspec.convert(told | {"ends": {}}, cls, strict=False).with_ends(dict(ends))

    def with_ends(self, ends: dict[dt.datetime, int]) -> "Part":
        """Give the same with other ends."""
        return msgspec.structs.replace(self, ends=ends)


def merge(parts: Sequence[Part]) -> Part:
    """Make one of the parts of a list; at least one.  What is alike stands once, the most contacts first."""
    return Part(
        contacts=sum(part.contacts for part in parts),
        over=sum(part.over for part in parts),
        allowed=sum(part.allowed for part in parts),
        reachable=sum(part.reachable for part in parts),
        rules=dict(_added(part.rules for part in parts)),
        unsure=_together((one for part in parts for one in part.unsure), _where, _unsure),
        barred=_together((one for part in parts for one in part.barred), lambda one: one.kind, _barred),
        hours=_sums([part.hours for part in parts]),
        local_hours=[_sums(days) for days in zip(*(part.local_hours for part in parts), strict=True)],
        ends=dict(_added(part.ends for part in parts)),
        sample=nsmallest(SAMPLE, (one for part in parts for one in part.sample), key=lambda one: one.lot),
    )


Key = TypeVar("Key", bound=Hashable)
Alike = TypeVar("Alike", Unsure, Barred)


def _added(counts: Iterable[dict[Key, int]]) -> Counter[Key]:
    total: Counter[Key] = Counter()
    for one in counts:
        total.update(one)
    return total


def _sums(rows: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)]


def _together(
    ones: Iterable[Alike], kind: Callable[[Alike], tuple[Hashable, ...]], both: Callable[[Alike, Alike], Alike]
) -> list[Alike]:
    found: dict[tuple[Hashable, ...], Alike] = {}
    for one in ones:
        found[kind(one)] = both(found[kind(one)], one) if kind(one) in found else one
    return [found[key] for key in sorted(found, key=lambda key: (-found[key].contacts, repr(key)))]


def _where(one: Unsure) -> tuple[Hashable, ...]:
    return one.zones, one.country


def _unsure(one: Unsure, other: Unsure) -> Unsure:
    return Unsure(one.zones, one.country, min(one.number, other.number), one.contacts + other.contacts)


def _barred(one: Barred, other: Barred) -> Barred:
    first = min((at for at in (one.next_at, other.next_at) if at is not None), default=None)
    return Barred(one.rule, one.args, one.contacts + other.contacts, first)
