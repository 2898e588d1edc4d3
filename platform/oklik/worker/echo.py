"""The keys of a test call: one press for each time that somebody pressed, with all the ways in which it came.

A carrier that sends events and leaves the tone in the sound brings each key twice, some tenths of a second apart.
"""

from collections.abc import Sequence
from time import monotonic

from oklik.campaigns.trunk_tests import Press
from oklik.telephony.port import KeyWay

SAME_S = 1.0  # campaign seconds within which the same key in another way is the same press
MOST = 200  # presses that are kept


class Presses:
    """Of one call, from its answer on."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began = monotonic()
        self._presses: list[Press] = []
        self._told = 0

    @property
    def seconds(self) -> float:
        """Campaign seconds since the answer."""
        return (monotonic() - self._began) * self._speed

    @property
    def all(self) -> Sequence[Press]:
        """Every press up to now."""
        return tuple(self._presses)

    def heard(self, key: str, way: KeyWay) -> None:
        """The switch has told of a key."""
        at = self.seconds
        for place in range(len(self._presses) - 1, -1, -1):
            press = self._presses[place]
            if at - press.at_s > SAME_S:
                break
            if press.key == key and str(way) not in press.ways:
                self._presses[place] = Press(key, (*press.ways, str(way)), press.at_s)
                return
        if len(self._presses) < MOST:
            self._presses.append(Press(key, (str(way),), round(at, 2)))

    def fresh(self) -> Sequence[Press]:
        """Those that were not given before."""
        found = self._presses[self._told :]
        self._told = len(self._presses)
        return found

    def at_least(self, keys: str) -> None:
        """A question had these keys: if the switch has told of none of them, they came in a way nobody knows.

        What was told of since `fresh` was the question's; before it, only what is a moment old.
        """
        at = self.seconds
        told = enumerate(self._presses)
        if not any(press.key in keys and (n >= self._told or at - press.at_s <= SAME_S) for n, press in told):
            for key in keys:
                self.heard(key, KeyWay.OTHER)
