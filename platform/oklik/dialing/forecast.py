"""How long a campaign will take: a sample of its people is called in thought, by the very gate and the very retry plan.

Each call of the sample stands for many; it takes its share of the lines, ends by chance as earlier calls ended, and
the retry plan says what follows.  Nothing is asked of the outside: who is in the sample, how calls end and how many
lines there are is handed in.  The same seed gives the same forecast.
"""

import datetime as dt
import heapq
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import msgspec

from oklik.dialing.gate import Allow, Past, Policy, Subject, judge
from oklik.dialing.retry import Retry, RetryPlan, Tried, next_call
from oklik.dialing.vocabulary import Disposition
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import certain_zone, tzinfo

HORIZON = dt.timedelta(days=62)
_MOST_CALLS = 60  # of one person of the sample


class Outcome(msgspec.Struct, frozen=True):
    """How calls end: the share of those that ended so.  talk, consumed: as in gate.Past."""

    disposition: Disposition
    share: float
    talk: bool = False
    consumed: bool = True


class Rates(msgspec.Struct, frozen=True):
    """What is taken for granted: how calls end, and for how long they ring and last (seconds, means).

    attempts: those it was measured on; 0: nothing was measured, these are assumptions of ours.
    """

    outcomes: tuple[Outcome, ...]
    ring_s: float
    talk_s: float
    attempts: int = 0

    @property
    def answered(self) -> float:
        """The share of calls that a human or a machine answers."""
        return sum(one.share for one in self.outcomes if one.talk or one.disposition in _ANSWERED)

    @property
    def hold_s(self) -> float:
        """For how long a call takes a line."""
        return self.ring_s + self.answered * self.talk_s


_ANSWERED = frozenset({Disposition.MACHINE, Disposition.WRONG_PERSON})
# Where nothing was measured: about half of the calls are not answered.
ASSUMED = Rates(
    (
        Outcome(Disposition.COMPLETED, 0.20, talk=True),
        Outcome(Disposition.PARTIAL, 0.05, talk=True),
        Outcome(Disposition.HUNG_UP, 0.12, talk=True),
        Outcome(Disposition.NO_INPUT, 0.03, talk=True),
        Outcome(Disposition.MACHINE, 0.10),
        Outcome(Disposition.NO_ANSWER, 0.30),
        Outcome(Disposition.BUSY, 0.08),
        Outcome(Disposition.UNREACHABLE, 0.08),
        Outcome(Disposition.REJECTED, 0.03),
        Outcome(Disposition.INVALID_NUMBER, 0.01),
    ),
    ring_s=20.0,
    talk_s=45.0,
)


class Lines(msgspec.Struct, frozen=True):
    """What the campaign may take of the outside: calls at a time, and calls begun in a second."""

    channels: int
    cps: float

    def rate(self, rates: Rates) -> float:
        """Give how many calls a second they take."""
        return max(min(self.cps, self.channels / max(rates.hold_s, 1.0)), 1e-9)


class Sampled(NamedTuple):
    """A person of the sample.  due: not called before; phones: how many numbers they have."""

    subject: Subject
    due: dt.datetime
    phones: int = 1


class Forecast(msgspec.Struct, frozen=True):
    """What is to be expected.

    attempts: calls by their number within the contact (first calls, second ones ...); talks: those in which a human
    was spoken to; talk_minutes: of answered calls.  ends_at: when the last call ends; None: not within two months.
    per_day: calls by local date of the campaign.  calls_per_hour: what the lines take at most.
    """

    attempts: list[int]
    talks: int
    talk_minutes: int
    ends_at: dt.datetime | None
    per_day: dict[dt.date, int]
    calls_per_hour: int
    rates: Rates


def forecast(  # noqa: PLR0917  a dozen values that belong to nobody in common
    sample: Sequence[Sampled],
    contacts: int,
    policy: Policy,
    plan: RetryPlan,
    rates: Rates,
    lines: Lines,
    now: dt.datetime,
    *,
    seed: int = 0,
) -> Forecast:
    """Foresee the calls to `contacts` people, of whom the sample is a fair one."""
    return _Rehearsal(sample, contacts, policy, plan, rates, lines, now, seed).play()


class _Called:
    """A person of the sample, and what has been tried in thought."""

    __slots__ = ("hours", "phone", "sampled", "subject", "tried")

    def __init__(self, sampled: Sampled) -> None:
        self.sampled, self.subject = sampled, replace(sampled.subject, busy=False)
        self.tried: list[Tried] = []
        self.hours: list[int] = []
        self.phone = 0


class _Rehearsal:
    def __init__(  # noqa: PLR0917
        self,
        sample: Sequence[Sampled],
        contacts: int,
        policy: Policy,
        plan: RetryPlan,
        rates: Rates,
        lines: Lines,
        now: dt.datetime,
        seed: int,
    ) -> None:
        self._people = [_Called(one) for one in sample]
        self._weight = contacts / len(sample) if sample else 0.0
        self._policy, self._plan, self._rates = policy, plan, rates
        self._rate = lines.rate(rates)
        self._now, self._end = now, now
        self._book = WindowBook()
        self._chance = random.Random(seed)  # noqa: S311  no secret
        self._shares = [one.share for one in rates.outcomes]
        self._talks = self._answered = 0
        self._attempts: list[int] = []
        self._per_day: dict[dt.date, int] = {}
        self._over = True

    def play(self) -> Forecast:
        """Call everyone until nothing follows any more."""
        queue = [(max(called.sampled.due, self._now), place) for place, called in enumerate(self._people)]
        heapq.heapify(queue)
        free, taken = self._now, dt.timedelta(seconds=self._weight / self._rate)
        while queue:
            due, place = heapq.heappop(queue)
            moment = max(due, free)
            if moment > self._now + HORIZON:
                self._over = False
                break
            called = self._people[place]
            answer = judge(called.subject, self._policy, moment, self._book)
            if isinstance(answer, Allow):
                free = moment + taken
                following = self._call(called, moment)
                if following is not None:
                    heapq.heappush(queue, (following, place))
            elif answer.next_at is not None:
                heapq.heappush(queue, (answer.next_at, place))
        return self._told()

    def _call(self, called: _Called, moment: dt.datetime) -> dt.datetime | None:
        """Make a call in thought; gives when the next one is due."""
        (outcome,) = self._chance.choices(self._rates.outcomes, self._shares)
        answered = outcome.talk or outcome.disposition in _ANSWERED
        over = moment + dt.timedelta(seconds=self._rates.ring_s + (self._rates.talk_s if answered else 0.0))
        self._end = max(self._end, over)
        self._count(called, moment, outcome, answered=answered)
        zone = tzinfo(certain_zone(called.subject.zones, self._policy.zone))
        called.tried.append(Tried(outcome.disposition, called.phone))
        if outcome.consumed:
            called.hours.append(moment.astimezone(zone).hour)
        past = Past(moment, outcome.talk, outcome.consumed, self._policy.purpose, over)
        called.subject = replace(
            called.subject,
            history=(*called.subject.history, past),
            attempts=called.subject.attempts + outcome.consumed,
        )
        if len(called.tried) >= _MOST_CALLS:
            return None
        following = next_call(
            self._plan,
            called.tried,
            phones=called.sampled.phones,
            now=over,
            opens=lambda at: self._policy.ask(called.subject.number, called.subject.zones, at, self._book)[0],
            hours=called.hours,
            zone=zone,
        )
        if not isinstance(following, Retry):
            return None
        called.phone = following.phone
        return following.due

    def _count(self, called: _Called, moment: dt.datetime, outcome: Outcome, *, answered: bool) -> None:
        n = len(called.tried)
        while len(self._attempts) <= n:
            self._attempts.append(0)
        self._attempts[n] += 1
        self._talks += outcome.talk
        self._answered += answered
        day = moment.astimezone(tzinfo(self._policy.zone)).date()
        self._per_day[day] = self._per_day.get(day, 0) + 1

    def _told(self) -> Forecast:
        weight = self._weight
        return Forecast(
            attempts=[round(n * weight) for n in self._attempts],
            talks=round(self._talks * weight),
            talk_minutes=round(self._answered * weight * self._rates.talk_s / 60),
            ends_at=self._end if self._over and self._attempts else None,
            per_day={day: round(n * weight) for day, n in sorted(self._per_day.items())},
            calls_per_hour=round(self._rate * 3600),
            rates=self._rates,
        )
