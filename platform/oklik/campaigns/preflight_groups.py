"""When the people of a list can be called, for a million of them: alike ones are judged once.

The gate's word depends on little: on the number only by its country and by what is refused of it, on the person by
zones, consent, stop list and attempts.  People who are alike in all of that and have no history are one group, for
which the gate is asked moment by moment over the coming days.  Whoever has a history is judged alone, for the moment
from which on it no longer stands in the way; from there on the stretches are those of the group, as caps only loosen
while nobody calls.  Where the law changes within these days, even that is asked of the gate.  A test compares all of
it with the gate asked of everybody.
"""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import fields, replace
from itertools import accumulate
from operator import attrgetter

from oklik.dialing.destinations import RUSSIAN_MOBILE, nature
from oklik.dialing.gate import Allow, Deny, Policy, Subject, judge, plausible
from oklik.dialing.outlook import HOUR, Stretch, hour_start, open_slots, stretches
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import certain_zone, tzinfo

_DAY = dt.timedelta(days=1)
_MOBILE = "+79000000000"
_WEEK_HOURS = 7 * 24
# All that a subject has but for the number, of which a group knows only the nature, and what is judged alone.
_alike = attrgetter(*(one.name for one in fields(Subject) if one.name not in {"number", "history", "busy"}))


class _Group:
    """People alike.  open: their stretches; people: how many begin at a place (hour, local hour, stretch)."""

    __slots__ = ("answer", "at_once", "local_start", "open", "people", "steady", "subject")

    def __init__(self, subject: Subject, outlook: "Outlook", *, steady: bool) -> None:
        self.subject, self.steady = subject, steady
        self.answer = judge(subject, outlook.policy, outlook.now, outlook.book)
        self.open = stretches(lambda moment: _ask(subject, outlook, moment), outlook.now, outlook.until)
        self.local_start = hour_start(outlook.now, outlook.clock(subject))
        self.people: Counter[tuple[int, int, int]] = Counter()
        self.at_once = self.place(outlook.now, outlook.start)

    def place(self, moment: dt.datetime, start: dt.datetime) -> tuple[int, int, int] | None:
        """Give where the first open moment from a moment on lies; None: there is none in these days."""
        stretch = bisect_right(self.open, moment, key=_end)
        if stretch >= len(self.open):
            return None
        begin = max(moment, self.open[stretch][0])
        return (begin - start) // HOUR, (begin - self.local_start) // HOUR, stretch


def _end(stretch: Stretch) -> dt.datetime:
    return stretch[1]


def _ask(subject: Subject, outlook: "Outlook", moment: dt.datetime) -> tuple[dt.datetime | None, dt.datetime]:
    answer = judge(subject, outlook.policy, moment, outlook.book)
    return (moment, answer.until) if isinstance(answer, Allow) else (answer.next_at, moment)


class Outlook:
    """The coming days of a list.  policy: the campaign's; now: when they begin (UTC)."""

    def __init__(self, policy: Policy, now: dt.datetime, days: int) -> None:
        self.policy, self.now, self.until = policy, now, now + days * _DAY
        self.book = WindowBook()
        self.start = hour_start(now, tzinfo(policy.zone))
        self.hours = days * 24
        self._groups: dict[Hashable, _Group] = {}
        self._alone: list[_Group] = []
        opened = policy.destinations
        # Mobiles of Russia are all alike to the gate, unless only some of their prefixes are opened.
        self._mobile: Hashable = None
        if "RU" in {opened.home, *opened.countries}:
            self._mobile = self.nature(_MOBILE)
        self._last: tuple[Subject, _Group] | None = None  # asked twice for each: for the answer, and to be counted

    def clock(self, subject: Subject) -> dt.tzinfo:
        """Give the clock of a person where their zone is certain, else the campaign's."""
        return tzinfo(certain_zone(subject.zones, self.policy.zone))

    def answer(self, subject: Subject) -> Allow | Deny:
        """Give the gate's word on a person now."""
        if subject.history or subject.busy:
            return judge(subject, self.policy, self.now, self.book)
        return self._group(subject).answer

    def take(self, subject: Subject, answer: Allow | Deny, due: dt.datetime, people: int = 1) -> bool:
        """Count a person, or several who are alike, not to be called before `due`.  answer: that of `answer`.

        Gives whether they can be called in these days at all.
        """
        if isinstance(answer, Deny) and answer.next_at is None:
            return False
        if not subject.history and not subject.busy:
            group = self._group(subject)
            place = group.at_once if due <= self.now else group.place(due, self.start)
        else:
            group, since = self._of_history(subject, answer)
            place = None if since is None else group.place(max(since, due), self.start)
        if place is None:
            return False
        group.people[place] += people
        return True

    def _of_history(self, subject: Subject, answer: Allow | Deny) -> tuple[_Group, dt.datetime | None]:
        """The group, and from when on the history stands no longer in the way (a call that is under way ends soon)."""
        group = self._group(subject)
        free = replace(subject, busy=False) if subject.busy else subject
        if not group.steady or any(past.at > self.now for past in subject.history):
            group = _Group(free, self, steady=False)
            self._alone.append(group)
            return group, self.now
        if subject.busy:
            answer = judge(free, self.policy, self.now, self.book)
        return group, self.now if isinstance(answer, Allow) else answer.next_at

    def _group(self, subject: Subject) -> _Group:
        if self._last is not None and self._last[0] is subject:
            return self._last[1]
        key = (_alike(subject), self.nature(subject.number))
        group = self._groups.get(key)
        if group is None:
            bare = replace(subject, history=(), busy=False)
            group = self._groups[key] = _Group(bare, self, steady=self._steady(bare))
        self._last = subject, group
        return group

    def nature(self, number: str) -> Hashable:
        """Give all that the gate sees of a number; equal for numbers that are alike to it."""
        if self._mobile is not None and nature(number) is RUSSIAN_MOBILE:
            return self._mobile
        if not plausible(number):
            return None
        refused = self.policy.destinations.refuses(number)
        if refused:
            rule, args = refused
            return rule, *(value for name, value in args.items() if name != "number")
        return self.policy.country(number)

    def _steady(self, subject: Subject) -> bool:
        """Whether one law holds from before these days until after them, in every zone."""
        first, last = (self.now - _DAY).date(), (self.until + _DAY).date()
        return self.policy.rules(subject.number, first) is self.policy.rules(subject.number, last)

    # -- what came of it --

    def groups(self) -> Iterator[_Group]:
        """Give all groups that hold anybody."""
        yield from (group for group in (*self._groups.values(), *self._alone) if group.people)

    def by_hour(self) -> list[int]:
        """Give how many can be called in each hour of the campaign's clock, from `start` on."""
        counts = [0] * self.hours
        for group in self.groups():
            begun = _begun((hour, n) for (hour, _, _), n in group.people.items())
            for slot in open_slots(group.open, self.start, self.hours):
                counts[slot] += begun(slot)
        return counts

    def by_local_hour(self) -> list[list[int]]:
        """Give how many can be called by weekday (0 Monday) and hour of their own clock, in the coming week."""
        counts = [[0] * 24 for _ in range(7)]
        for group in self.groups():
            begun = _begun((local, n) for (_, local, _), n in group.people.items())
            clock = self.clock(group.subject)
            for slot in open_slots(group.open, group.local_start, min(self.hours, _WEEK_HOURS)):
                local = (group.local_start + slot * HOUR).astimezone(clock)
                counts[local.weekday()][local.hour] += begun(slot)
        return counts

    def ends(self) -> Counter[dt.datetime]:
        """Give how many of those who can be called at some moment may be called no longer from when on.

        Only of the first stretch of each of them, and only ends within these days.
        """
        ends: Counter[dt.datetime] = Counter()
        for group in self.groups():
            for (_, _, stretch), n in group.people.items():
                if (end := group.open[stretch][1]) < self.until:
                    ends[end] += n
        return ends


def _begun(counts: Iterable[tuple[int, int]]) -> Callable[[int], int]:
    """Give how many have begun by a slot.  counts: (slot, how many begin there)."""
    by_slot: Counter[int] = Counter()
    for slot, n in counts:
        by_slot[slot] += n
    slots = sorted(by_slot)
    sums = [0, *accumulate(by_slot[slot] for slot in slots)]
    return lambda slot: sums[bisect_right(slots, slot)]
