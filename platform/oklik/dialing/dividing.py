"""How dialers divide the limits of one trunk among themselves: evenly, and never more in all than there is.

Whoever has more than their even part keeps what is in use and gives back the rest; whoever has less takes what is free.
So nothing is ever promised twice, at any moment between two rounds.  Pure.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """Of one trunk.  held: what is a dialer's now; target: its even part, to which it goes back when calls end."""

    held: int
    target: int

    @property
    def usable(self) -> int:
        """No new call is to bring what is in use above this."""
        return min(self.held, self.target)


def divide(total: int, me: str, others: Mapping[str, int], live: Collection[str], floor: int) -> Share:
    """Give a dialer's share.

    others: what the others hold, those included that are gone and whose calls may still be up.  live: those of them
    that take part.  floor: what this one cannot give back now; it holds that already.
    """
    nodes = sorted({me, *live})
    target = total // len(nodes) + (nodes.index(me) < total % len(nodes))
    free = max(0, total - sum(others.values()))
    return Share(max(min(target, free), min(floor, free)), target)


def slots(cps: float) -> int:
    """Give how many calls a trunk takes in its window: a second, or below one call a second the time of one call."""
    return max(1, int(cps))
