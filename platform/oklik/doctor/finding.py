"""What a look finds: one line for people, how bad it is, and how it is mended."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec

from oklik.messages import both


class Level(StrEnum):
    """How bad it is.  BAD: calls fail, or what was promised is not kept; then the command ends with 1."""

    GOOD = "good"
    NOTE = "note"  # nothing is wrong: it was not looked at, and why, or it is worth knowing
    WARN = "warn"
    BAD = "bad"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding.  place: where it was looked (a code); told, mend: sentences in "ru" and "en"; mend may be empty."""

    place: str
    code: str
    level: Level
    told: dict[str, str]
    mend: dict[str, str]

    def to_json(self, language: str) -> dict[str, Any]:
        """Give values for programs."""
        told, mend = self.told[language], self.mend.get(language, "")
        return {"place": self.place, "code": self.code, "level": str(self.level), "told": told, "mend": mend}


def good(place: str, code: str, **values: object) -> Finding:
    """Something that is as it should be."""
    return _make(place, code, Level.GOOD, values, mended=False)


def note(place: str, code: str, **values: object) -> Finding:
    """Something that could not be looked at, or is worth knowing."""
    return _make(place, code, Level.NOTE, values, mended=False)


def warn(place: str, code: str, **values: object) -> Finding:
    """Something that will bring trouble.  Its message has a twin, doctor_<code>_mend."""
    return _make(place, code, Level.WARN, values, mended=True)


def bad(place: str, code: str, **values: object) -> Finding:
    """Something that is broken.  Its message has a twin, doctor_<code>_mend."""
    return _make(place, code, Level.BAD, values, mended=True)


def worst(findings: Iterable[Finding]) -> Level:
    """Give the worst of the levels; GOOD when there are no findings."""
    order = list(Level)
    return max((one.level for one in findings), key=order.index, default=Level.GOOD)


def _make(place: str, code: str, level: Level, values: dict[str, object], *, mended: bool) -> Finding:
    told = both(f"doctor_{code}", **values)
    mend = both(f"doctor_{code}_mend", **values) if mended else {}
    return Finding(place=place, code=code, level=level, told=dict(told), mend=dict(mend))
