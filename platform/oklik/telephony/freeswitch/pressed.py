"""The keys of one leg in the order in which they were pressed, whatever the switch was doing then.

The switch takes a key out of the leg's queue wherever it can: a prompt eats it, a parked leg drops it, a question
keeps it.  Each time it tells so by an event.  So here every key is known, and a question that counts early keys can
have those that came before it.  What orders the keys is the switch's number of the event, not its coming: events may
overtake each other, or come twice.
"""

from bisect import insort
from collections.abc import Sequence
from typing import NamedTuple

from oklik.telephony.port import Gather, Keys

MOST = 64  # keys that nobody asked for; whoever presses more is not answering anything


class Taken(NamedTuple):
    """What a question makes of keys.  used: how many of them it took; over: it needs no more."""

    keys: str
    used: int
    over: bool


def taken(pressed: str, wanted: Gather) -> Taken:
    """The keys up to a terminator or to as many as are wanted."""
    for place, key in enumerate(pressed):
        if key in wanted.terminators:
            return Taken(pressed[:place], place + 1, over=True)
        if place + 1 == wanted.max_digits:
            return Taken(pressed[: place + 1], place + 1, over=True)
    return Taken(pressed, len(pressed), over=False)


class Pressed:
    """Keys that no question has had yet."""

    def __init__(self) -> None:
        self._keys: list[tuple[int, str]] = []  # with the numbers of their events, in their order
        self._known = 0  # what was pressed before the event of this number is settled

    def add(self, key: str, sequence: str) -> bool:
        """One more; False when it is settled already, or has been told before."""
        number = _number(sequence)
        if number < self._known or (number and any(number == other for other, _ in self._keys)):
            return False
        insort(self._keys, (number, key), key=lambda one: one[0])
        del self._keys[:-MOST]
        return True

    def forget(self) -> None:
        """What was pressed up to now counts for nothing."""
        self._settle(self._keys)
        self._keys = []

    def before(self, wanted: Gather) -> Taken:
        """What a question that begins now has already; if that is all it needs, it has had it."""
        if not wanted.early:
            self.forget()
        found = taken(self._text, wanted)
        if found.over:
            self._settle(self._keys[: found.used])
            self._keys = self._keys[found.used :]
        return found

    def answer(self, wanted: Gather, had: str, own: str, sequence: str) -> Keys:
        """A question's end.  had: what it had before it began; own: the keys the switch took for it."""
        self._known = max(self._known, _number(sequence))
        keys = own
        if wanted.early:
            # Between our command and its beginning the leg was parked, and may have dropped a key.
            every = self._text
            if not every.startswith(had) or own not in every[len(had) :]:
                every = had + own
                self._keys = [(self._known, key) for key in every]
            found = taken(every, wanted)
            keys, self._keys = found.keys, self._keys[found.used :]
        else:
            self.forget()
        return answered(keys, wanted)

    @property
    def _text(self) -> str:
        return "".join(key for _, key in self._keys)

    def _settle(self, keys: Sequence[tuple[int, str]]) -> None:
        """These are done with, should one of them be told again."""
        if keys and keys[-1][0]:
            self._known = max(self._known, keys[-1][0] + 1)


def answered(keys: str, wanted: Gather) -> Keys:
    """The result of a question."""
    return Keys(keys=keys, complete=len(keys) >= wanted.min_digits)


def _number(sequence: str) -> int:
    return int(sequence) if sequence.isdecimal() else 0
