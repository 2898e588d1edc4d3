"""What will become of a contact: every call that is still to come, when and why then, if nobody answers.

The future is played through with the very functions that the dialer uses, gate.judge before each call and
retry.next_call after it, so the plan cannot disagree with it.  What it cannot know is what others do: calls of other
campaigns, a line that is not free, and of course an answer.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from oklik.dialing.gate import Allow, Deny, Past, Policy, Subject, judge
from oklik.dialing.law.shapes import OTHERS
from oklik.dialing.retry import Retry, RetryPlan, Stop, Tried, dead_phones, next_call
from oklik.dialing.vocabulary import Disposition
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import certain_zone, tzinfo

RING_S = 30.0  # how long a call that nobody answers is taken to last
_MOST_CALLS = 60
_PATIENCE = 60  # denials in a row until a call is allowed

# What stands for ever against a number, and nothing against the person's next one.
_OF_THE_NUMBER = frozenset({"bad_number", "never_open", "phone_role", "no_consent", "no_route"})
_OF_THE_DESTINATION = "destination_"

Answer = tuple[str, Subject, Allow | Deny]
Asked = TypeVar("Asked")


def ask_in_turn(numbers: Sequence[str], first: int, ask: Callable[[str], Answer], dead: Collection[int] = ()) -> Answer:
    """Give what the gate says to the present number, or to the next one that can be called at all.

    Earlier ones come last, but those that are dead (their places).
    """
    first = first if first < len(numbers) else 0
    earlier = (number for place, number in enumerate(numbers[:first]) if place not in dead)
    return first_callable(map(ask, chain(numbers[first:], earlier)), lambda answer: answer[1:])


def first_callable(asked: Iterable[Asked], answer_of: Callable[[Asked], tuple[Subject, Allow | Deny]]) -> Asked:
    """Give the first that is allowed, or denied for the person's sake; else the very first.

    Takes no more of them than it needs.  Raises ValueError when there is none at all.
    """
    first: Asked | None = None
    for one in asked:
        if not closed_number(*answer_of(one)):
            return one
        first = one if first is None else first
    if first is None:
        raise ValueError("a contact without a number")
    return first


def closed_number(subject: Subject, answer: Allow | Deny) -> bool:
    """Say whether the answer stands for ever against this number, and nothing against the person's next one."""
    if isinstance(answer, Allow):
        return False
    of_theirs = answer.rule in _OF_THE_NUMBER or answer.rule.startswith(_OF_THE_DESTINATION)
    return of_theirs or (subject.role in OTHERS and answer.rule in {"stop_list", "bankrupt"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contact stands now.

    numbers: its own, in order; subject: what is known of the person behind one of them; due: not before this; phone:
    index of the number whose turn it is; tried: closed attempts, oldest first.
    steps: how `due` came about, as far as that is known.  calling: the call that is up.
    """

    numbers: Sequence[str]
    subject: Callable[[str], Subject]
    due: dt.datetime
    phone: int = 0
    tried: Sequence[Tried] = ()
    steps: Sequence["Why"] = ()
    calling: "Foreseen | None" = None


@dataclass(frozen=True, slots=True)
class Why:
    """A step on the way to a moment: a rule of the gate, or plan, wish, at_once, hours, other_hour (retry.Step)."""

    code: str
    at: dt.datetime
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A call to come.  legal_until: the gate's yes holds before this."""

    at: dt.datetime
    number: str
    zones: frozenset[str]
    legal_until: dt.datetime
    steps: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Future:
    """The calls to come, in order, and why there is none after them.  reason: a rule of the gate or of retry.Stop."""

    calls: tuple[Foreseen, ...]
    reason: str
    args: dict[str, Any] = field(default_factory=dict)


def foresee(standing: Standing, policy: Policy, plan: RetryPlan, now: dt.datetime, book: WindowBook) -> Future:
    """Play the future of a contact through to its end, taking it that nobody answers any of the calls."""
    play = _Play(standing, policy, book)
    moment, phone, steps = max(standing.due, now), standing.phone, list(standing.steps)
    calls: list[Foreseen] = []
    if standing.calling is not None:
        following = play.unanswered(standing.calling, plan)
        if isinstance(following, Stop):
            return Future((), following.reason, following.args)
        moment, phone, steps = max(following.due, now), following.phone, why(following)
    while len(calls) < _MOST_CALLS:
        call = play.until_allowed(moment, phone, steps, plan)
        if isinstance(call, Stop):
            return Future(tuple(calls), call.reason, call.args)
        calls.append(call)
        following = play.unanswered(call, plan)
        if isinstance(following, Stop):
            return Future(tuple(calls), following.reason, following.args)
        moment, phone, steps = following.due, following.phone, why(following)
    return Future(tuple(calls), "max_attempts", {"attempts": len(calls)})


def why(retry: Retry) -> list[Why]:
    """Give the steps of a planned retry."""
    return [Why(code, at) for code, at in retry.steps]


class _Play:
    """The contact in the course of its future: what is known of it now, and what was done since."""

    def __init__(self, standing: Standing, policy: Policy, book: WindowBook) -> None:
        self._standing, self._policy, self._book = standing, policy, book
        self._tried = list(standing.tried)
        self._past: list[Past] = []
        self._hours: list[int] = []
        self._wish: bool | None = None  # as it stands
        self._busy = True  # if it is now

    def until_allowed(self, moment: dt.datetime, phone: int, steps: list[Why], plan: RetryPlan) -> Foreseen | Stop:
        """Ask at the moment, and as often again as a denial names another one."""
        dead = dead_phones(plan, self._tried)
        for _ in range(_PATIENCE):
            number, subject, answer = ask_in_turn(self._standing.numbers, phone, partial(self._ask, moment), dead)
            if isinstance(answer, Allow):
                return Foreseen(moment, number, subject.zones, answer.until, tuple(steps))
            if answer.next_at is None:
                return Stop(answer.rule, answer.args)
            steps.append(Why(answer.rule, answer.next_at, answer.args))
            moment = answer.next_at
            self._busy = False  # the other call is taken to be over by then
        return Stop("never_open")

    def unanswered(self, call: Foreseen, plan: RetryPlan) -> Retry | Stop:
        """Let nobody answer a call, and say what follows."""
        ended = call.at + dt.timedelta(seconds=RING_S)
        zone = tzinfo(certain_zone(call.zones, self._policy.zone))
        self._busy = False
        self._past.append(Past(call.at, talk=False, consumed=True, purpose=self._policy.purpose, ended=ended))
        self._hours.append(call.at.astimezone(zone).hour)
        self._tried.append(Tried(Disposition.NO_ANSWER, self._standing.numbers.index(call.number)))
        following = next_call(
            plan,
            self._tried,
            phones=len(self._standing.numbers),
            now=ended,
            opens=lambda moment: self._policy.ask(call.number, call.zones, moment, self._book)[0],
            hours=self._subject(call.number).hours,
            zone=zone,
        )
        self._wish = isinstance(following, Retry) and following.wish
        return following

    def _ask(self, at: dt.datetime, number: str) -> Answer:
        subject = self._subject(number)
        return number, subject, judge(subject, self._policy, at, self._book)

    def _subject(self, number: str) -> Subject:
        known = self._standing.subject(number)
        return replace(
            known,
            history=[*known.history, *self._past],
            attempts=known.attempts + len(self._past),
            hours=[*known.hours, *self._hours],
            wish=known.wish if self._wish is None else self._wish,
            busy=known.busy and self._busy,
        )
