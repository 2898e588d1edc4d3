"""A callee who does what is written down for him, input by input, instead of what the dice say.

The script is written as the string that `oklik scenario simulate` takes, so that one and the same call can be thought
through and then really be played: keys as they are pressed at one question, "-" for silence, "x" or "hangup" for
leaving in the middle of what is being said, "." for a text heard to its end, "~7" for seconds of speech where he is
recorded ("~7x": and then he leaves), "!..." for the wait for an agent, which the agents end in their own way. What
differs: he ends that wait himself by "!*" (or another key) in its music, and what comes from other systems is none of
his. At the end of the script the person says nothing more. When he presses within his time, and whether he lets a
question be finished, is still his persona's (think_s, barge_in).
"""

import random
from collections import deque

from oklik.telephony.virtual.callee import BETWEEN_KEYS_S, KEY_S, Person
from oklik.telephony.virtual.clock import Clock
from oklik.telephony.virtual.population import KEYS, LEAVES, Fate, Population

_LEAVES_WAITING = tuple(f"!{key}" for key in KEYS)
AT_MOST_S = 5.0  # of a text are heard by one who leaves in its middle


class Scripted(Person):
    """A callee with a script (Fate.script)."""

    def __init__(self, fate: Fate, population: Population, clock: Clock, rng: random.Random) -> None:
        super().__init__(fate, population, clock, rng)
        self._inputs = deque(fate.script or ())

    def sound(self, seconds: float) -> None:
        """Leave in the middle of it, or listen."""
        self._pressing = None  # it is a new question that follows
        if self._next() in LEAVES:
            self._leave_within(seconds)
        elif self._next() == ".":
            self._inputs.popleft()
        elif seconds > AT_MOST_S and self._next() in _LEAVES_WAITING:  # that is music
            self._later(self._plans, _middle(seconds), self._press_to_leave)

    def _press_to_leave(self) -> None:
        key, self._inputs[0] = self._inputs[0][1:], "!left"
        self._press(key, "")

    def question(self, seconds: float, regexp: str, least: int, most: int, ends: str) -> None:  # noqa: ARG002
        """Do what comes next."""
        if not seconds and self._pressing is not None:
            self._press_all(self._pressing, BETWEEN_KEYS_S)  # nothing new was asked: the rest of the entry
            return
        self._pressing = None
        while self._next() == ".":  # a pause that is over: here keys are wanted
            self._inputs.popleft()
        item = self._next()
        if item in LEAVES:
            self._leave_within(seconds)
        elif item and not item.startswith(("!", "~")):
            self._inputs.popleft()
            self._press_all(item.strip("-"), self._when(seconds))

    def recorded(self, ends: str) -> float:
        """Speak, and press the key that ends it where there is one, or leave; or say nothing."""
        item = self._next()
        if item in LEAVES:
            self._leave_within(AT_MOST_S)
            return 0.0
        if not item.startswith("~"):
            if item == "-":
                self._inputs.popleft()
            return 0.0
        self._inputs.popleft()
        seconds = float(item.strip("~x"))
        if item.endswith("x"):
            self._later(self._plans, seconds + KEY_S, self._leave)
        elif ends:
            self._later(self._plans, seconds + self._think() + KEY_S, self._press, ends[:1], "")
        return seconds

    def quiet(self, *, broken: bool = False) -> None:
        """Only the music of those who wait for an agent is broken off: the wait is over."""
        super().quiet(broken=broken)
        if self.fate.persona.hasty and self._pressing and self._line is not None:
            for key in self._pressing:
                # nobody can ask anything in between
                self._later(self._timers, 0.0, self._line.far_presses, key, self.fate.plan.keys_by)
            self._pressing = ""
        if broken and self._next().startswith("!") and self._next() not in _LEAVES_WAITING:
            self._inputs.popleft()

    def _next(self) -> str:
        return self._inputs[0] if self._inputs else ""

    def _leave_within(self, seconds: float) -> None:
        self._later(self._plans, _middle(seconds), self._leave)


def _middle(seconds: float) -> float:
    """Of a sound, or soon if it is long."""
    return min(seconds, 2 * AT_MOST_S) / 2
