"""Short rows of digits: the extension of an office telephone, or a premium or emergency number of the carrier?

It depends on what is behind the gateway or host that a leg goes through.  Behind one that a trunk uses is the world: a
short row there is refused, unless the trunk says that it is a telephone of ours.  Behind any other (an office PBX), and
at the switch itself (user/1001), it is an extension.  Pure.
"""

import re
from collections.abc import Iterable, Sequence

from oklik.dialing.endpoint import outside_number, rung

MOST = 6
"""Digits of an extension; more are a number."""
_EXTENSION = re.compile(rf"[0-9X]{{1,{MOST}}}")
_GATE = re.compile(r"sofia/gateway/([^/]+)/.*|sofia/[^/]+/[^@]*@([^:;/]+).*")
_BETWEEN = re.compile(r"[-._]")  # what people put between digits, and carriers drop


def is_extension(text: str) -> bool:
    """Say whether a text names extensions: 105, or 1XX with X for any digit."""
    return _EXTENSION.fullmatch(text) is not None


def gate(leg: str) -> str:
    """Give the gateway or host that a leg, or the legs of a dial string, go through; "" for none."""
    found = _GATE.fullmatch(leg)
    if not found:
        return ""
    return f"gateway {found[1].lower()}" if found[1] else f"host {found[2].lower()}"


def short(leg: str) -> str:
    """Give what a leg rings that leaves the switch and is no number; "" where it is one, or rings at the switch."""
    said = rung(leg)
    return "" if not said or outside_number(leg) else _BETWEEN.sub("", said).removeprefix("+")


class Outside:
    """The gateways and hosts behind which the world is, with the telephones of ours that are there none the less."""

    def __init__(self, trunks: Iterable[tuple[str, Sequence[str]]]) -> None:
        """trunks: dial string and extensions of each."""
        self._ours: dict[str, set[str]] = {}
        for dial_string, extensions in trunks:
            if through := gate(dial_string):
                self._ours.setdefault(through, set()).update(extensions)

    def bars(self, leg: str) -> str:
        """Give the short row of digits that a leg rings and must not, "" for a leg that is no such thing."""
        code, ours = short(leg), self._ours.get(gate(leg))
        if not code or ours is None or any(_fits(code, one) for one in ours):
            return ""
        return code


def _fits(code: str, extension: str) -> bool:
    return len(code) == len(extension) and all(
        a == b or (b == "X" and a.isdecimal()) for a, b in zip(code, extension, strict=True)
    )
