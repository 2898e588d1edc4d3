"""The far end of a leg: rings, answers or refuses, listens, presses keys, talks, leaves.

It sees only what a telephone would: sound begins and ends, a question is asked, somebody else is on the line.  It
acts on the leg through Line.  All chance comes from one generator per call, so a call that is led the same way goes
the same way.
"""

import random
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from oklik.telephony.virtual.clock import Clock, Timer
from oklik.telephony.virtual.population import KEYS, Answers, Fate, Population, Rule

KEY_S = 0.12  # a key is held so long, and heard by the switch when it is let go
BETWEEN_KEYS_S = 0.25


class Line(Protocol):
    """What a far end can do to its leg."""

    def far_rings(self, early: bool) -> None:
        """180, or 183 with sound."""

    def far_answers(self) -> None:
        """200."""

    def far_refuses(self, status: int, q850: int) -> None:
        """A final answer above 299."""

    def far_presses(self, key: str, by: str = "rfc2833") -> None:
        """A key was pressed and let go.  by: as population.Plan.keys_by."""

    def far_leaves(self) -> None:
        """BYE."""

    def far_beeps(self, hertz: int) -> None:
        """A tone like that of an answering machine begins."""


class FarEnd(Protocol):
    """What the leg tells its far end.  stuck_s: how long the switch takes to end the leg when it is told to."""

    stuck_s: float

    def called(self, line: Line) -> None:
        """The call has come in."""

    def calls(self, line: Line) -> None:
        """He calls us."""

    def picked_up(self) -> None:
        """We have answered."""

    def sound(self, seconds: float) -> None:
        """A prompt begins that wants no keys."""

    def question(self, seconds: float, regexp: str, least: int, most: int, ends: str) -> None:
        """A prompt of so many seconds begins that wants keys (regexp, min, max digits, terminators)."""

    def recorded(self, ends: str) -> float:
        """A recording begins that keys of `ends` can end: gives the seconds of speech from now."""

    def quiet(self, *, broken: bool = False) -> None:
        """The prompt or question is over.  broken: a prompt was broken off before its end."""

    def joined(self, other: "FarEnd") -> None:
        """Another leg is bridged to this one."""

    def alone(self) -> None:
        """The other leg has gone."""

    def gone(self) -> None:
        """The leg is over."""


@lru_cache(maxsize=1024)
def allowed_keys(regexp: str, least: int) -> frozenset[str]:
    """The keys a question of this regexp accepts, tried one by one."""
    try:
        pattern = re.compile(regexp or ".")
    except re.error:
        return frozenset()
    return frozenset(key for key in KEYS if pattern.search(key * max(least, 1)))


@lru_cache(maxsize=1024)
def _rule(text: str) -> Rule:
    return Rule.parse(text)


def find_answers(tables: tuple[Answers, ...], regexp: str, least: int, most: int) -> dict[str, float] | None:
    """The weights for a question: same keys and same count of digits, else same keys."""
    keys = allowed_keys(regexp, least)
    digits = keys - {"*", "#"}
    loose: dict[str, float] | None = None
    for table in tables:
        for text, weights in table.items():
            rule = _rule(text)
            if rule.keys not in (keys, digits):
                continue
            if (rule.least, rule.most) == (least, most) or (rule.most == 0 and most > 1):
                return weights
            if loose is None and rule.most == most:
                loose = weights
    return loose


class Person:
    """A callee or agent after his Fate."""

    def __init__(self, fate: Fate, population: Population, clock: Clock, rng: random.Random) -> None:
        self.fate = fate
        self.stuck_s = fate.stuck_s
        self._tables = (fate.persona.answers, population.answers)
        self._clock = clock
        self._rng = rng
        self._agents = population.agents
        self._line: Line | None = None
        self._plans: list[Timer] = []  # what he means to do about the prompt he hears
        self._timers: list[Timer] = []  # what he will do anyhow
        self._asked = 0
        self._talks = False
        self._pressing: str | None = None  # keys he has in mind and has not pressed yet; None: he pressed nothing
        self._accepts = rng.random() < population.agents.accepts

    def _later(self, into: list[Timer], seconds: float, call: Callable[..., None], *args: object) -> None:
        into.append(self._clock.later(seconds, call, *args))

    def called(self, line: Line) -> None:
        """Ring, then answer, refuse or neither."""
        self._line = line
        fate = self.fate
        if fate.sip and not fate.early:
            self._later(self._timers, fate.ring_s, line.far_refuses, fate.sip, fate.q850)
            if fate.sip in {486, 480, 603}:
                self._later(self._timers, min(0.3, fate.ring_s / 2), line.far_rings, False)
            return
        self._later(self._timers, min(0.2, fate.ring_s / 2), line.far_rings, fate.early)
        if fate.sip:
            self._later(self._timers, fate.ring_s, line.far_refuses, fate.sip, fate.q850)
        elif fate.outcome != "no_answer":
            self._later(self._timers, fate.ring_s, self._answer)

    def calls(self, line: Line) -> None:
        """Wait to be answered, not for ever if it is in the plan."""
        self._line = line
        if (patience := self.fate.plan.returns_patience_s) is not None:
            self._later(self._timers, patience, self._give_up)

    def _give_up(self) -> None:
        if not self._talks:
            self._leave()

    def _answer(self) -> None:
        assert self._line is not None
        self.picked_up()
        self._line.far_answers()

    def picked_up(self) -> None:
        """The talk begins."""
        assert self._line is not None
        self._talks = True
        if self.fate.leaves_s is not None:
            self._later(self._timers, self.fate.leaves_s, self._leave)
        if self.fate.beep_s is not None:
            self._later(self._timers, self.fate.beep_s, self._line.far_beeps, self.fate.beep_hz)
        for press in self.fate.plan.presses:
            self._later(self._timers, press.at_s + KEY_S, self._line.far_presses, press.key, self.fate.plan.keys_by)

    def _leave(self) -> None:
        if self._line is not None:
            self._line.far_leaves()

    def _may_leave_within(self, seconds: float) -> bool:
        if self._rng.random() >= self.fate.persona.leaves_in_prompt:
            return False
        self._later(self._plans, min(seconds, 30.0) * self._rng.uniform(0.2, 0.8), self._leave)
        return True

    def sound(self, seconds: float) -> None:
        """Listen, or not."""
        if self.fate.outcome != "machine" and not self.fate.agent and seconds >= 0.5:
            self._may_leave_within(seconds)

    def question(self, seconds: float, regexp: str, least: int, most: int, ends: str) -> None:
        """Think and press."""
        if self.fate.outcome == "machine":
            return
        if not seconds and self._pressing is not None and not self.fate.agent:
            self._press_all(self._pressing, BETWEEN_KEYS_S)  # he hears no new question, and finishes what he began
            return
        self._asked, self._pressing = self._asked + 1, None
        if seconds >= 0.5 and not self.fate.agent and self._may_leave_within(seconds):
            return
        keys = self._choose(regexp, least, most)
        if not keys:
            return
        enders = [key for key in ends if key in KEYS]  # "none" is four characters that are no keys
        if len(keys) < most and enders and keys[-1] not in enders:
            keys += enders[0]
        self._press_all(keys, self._when(seconds))

    def _when(self, seconds: float) -> float:
        """When he reaches for the keys, from the beginning of a question of so many seconds."""
        think = self._think()
        if self._rng.random() < self.fate.persona.barge_in:
            return seconds * self._rng.uniform(0.35, 0.9) + 0.1
        return seconds + think

    def _think(self) -> float:
        return self._rng.uniform(*self.fate.persona.think_s)

    def _press_all(self, keys: str, at: float) -> None:
        for place, key in enumerate(keys, start=1):
            at += KEY_S
            self._later(self._plans, at, self._press, key, keys[place:])
            at += BETWEEN_KEYS_S

    def _choose(self, regexp: str, least: int, most: int) -> str:
        plan, persona, rng = self.fate.plan, self.fate.persona, self._rng
        if plan.keys:
            return plan.keys[min(self._asked, len(plan.keys)) - 1].strip("-")
        if plan.presses or rng.random() < persona.silent:
            return ""
        keys = sorted(allowed_keys(regexp, least) - {"*", "#"}) or ["1"]
        if self.fate.agent:
            return rng.choice(keys) * max(least, 1) if self._accepts else ""
        if self._asked == 1 and rng.random() < persona.wrong_first:
            wrong = [k for k in "9876543210" if k not in keys]
            if wrong:
                return rng.choice(wrong) * max(least, 1)
        weights = find_answers(self._tables, regexp, least, most)
        if weights is not None:
            return rng.choices(list(weights), list(weights.values()))[0].strip("-")
        return "".join(rng.choices(keys, k=rng.randint(max(least, 1), max(least, min(most, 4)))))

    def recorded(self, ends: str) -> float:
        """Speak, then press a key that ends it, if there is one."""
        plan, persona, rng = self.fate.plan, self.fate.persona, self._rng
        if self.fate.outcome == "machine" or plan.presses or plan.keys == ("-",) or rng.random() < persona.silent:
            return 0.0
        seconds = rng.uniform(*persona.speaks_s)
        if ends:
            self._later(self._plans, seconds + self._think() + KEY_S, self._press, ends[0], "")
        return seconds

    def _press(self, key: str, rest: str) -> None:
        self._pressing = rest
        if self._line is not None:
            self._line.far_presses(key, self.fate.plan.keys_by)

    def quiet(self, *, broken: bool = False) -> None:  # noqa: ARG002 - he does not care why
        """The keys he had in mind for that prompt are not pressed any more."""
        for timer in self._plans:
            timer.cancel()
        self._plans.clear()

    def joined(self, other: FarEnd) -> None:
        """Talk; one of the two ends it."""
        if self.fate.agent:
            leaver = self if self.fate.agent_ends or not isinstance(other, Person) else other
            leaver.talk(self.fate.talk_s)
        elif isinstance(other, Person) and not other.fate.agent:
            self.talk(self.fate.talk_s)  # two people, one of them rung by number: whoever has had enough first

    def talk(self, seconds: float) -> None:
        """Leave after so many seconds of talk."""
        self._later(self._plans, seconds, self._leave)

    def alone(self) -> None:
        """The other one has gone."""
        self.quiet()

    def gone(self) -> None:
        """Forget all plans."""
        self.quiet()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._line = None
