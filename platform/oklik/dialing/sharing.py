"""Whose turn it is on a trunk that several campaigns share: by weight, and nobody is forgotten.

Stride scheduling: every call moves a campaign on by 1/weight, and the one that has come the least far is next.  Who had
nothing to call comes back at the place of the others and not behind them, so that nobody saves turns up.  A campaign
that has work and got nothing for STARVE_S, while others had many turns, gets the next one whatever its weight.  Each
trunk counts for itself; what the dialer as a whole can take is divided in the same way.

Pure; the time is passed in, in seconds that never run backwards.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heapreplace
from typing import NamedTuple

STARVE_S = 6.0
"""The promise is ten seconds; the rest is for a line to be free and for the claim itself.

Where a light campaign's own share would come round less often than this, the promise goes before the weights."""
STARVE_TURNS = 20
"""Others must have had so many turns meanwhile: on a slow trunk everybody waits long, and the weights are to hold."""

Slots = dict[int, int]
"""How many calls over each trunk."""


class Turns(NamedTuple):
    """What a campaign may send now: n calls in all, over each trunk no more than its slots."""

    n: int
    slots: Slots


@dataclass(frozen=True, slots=True)
class Sharer:
    """A campaign: its weight (above 0) and the trunks it may use."""

    id: int
    weight: float
    trunks: tuple[int, ...]


@dataclass(slots=True)
class _Place:
    """How far a campaign has come; since when it has work and got nothing, and how many turns there were till then."""

    reached: float
    hungry: float | None = None
    turns: int = 0


@dataclass(slots=True)
class _Queue:
    """One thing that is shared."""

    now: float = 0.0  # how far all have come who have work
    turns: int = 0
    places: dict[int, _Place] = field(default_factory=dict)

    def enter(self, present: Collection[int], at: float) -> None:
        """Let those in who are here now; who is gone is forgotten, unless others are to catch up first."""
        for who in [one for one in self.places if one not in present]:
            self.places[who].hungry = None
            if self.places[who].reached <= self.now:
                del self.places[who]
        for who in present:
            place = self.places.get(who)
            if place is None:
                place = self.places[who] = _Place(self.now)
            elif place.hungry is None:
                place.reached = max(place.reached, self.now)
            if place.hungry is None:
                place.hungry, place.turns = at, self.turns

    def divide(self, n: int, steps: Mapping[int, float], most: Mapping[int, int], at: float) -> dict[int, int]:
        """Say who gets how many of n turns, without counting them.  steps: who is there, and how far a turn moves them.

        most: no more than so many to each.
        """
        given: dict[int, int] = {}
        queue = [(self.places[who].reached, who) for who in steps if most[who] > 0]
        for who in sorted((who for _, who in queue if self._starved(who, at)), key=lambda who: self.places[who].turns):
            if n > 0:
                given[who] = 1
                n -= 1
        queue = [(reached + steps[who] * given.get(who, 0), who) for reached, who in queue]
        queue = [(reached, who) for reached, who in queue if given.get(who, 0) < most[who]]
        heapify(queue)
        while n > 0 and queue:
            reached, who = queue[0]
            got = given.get(who, 0)
            more = min(n, most[who] - got) if len(queue) == 1 else 1
            given[who] = got + more
            n -= more
            if got + more < most[who]:
                heapreplace(queue, (reached + steps[who] * more, who))
            else:
                heappop(queue)
        return given

    def _starved(self, who: int, at: float) -> bool:
        place = self.places[who]
        return place.hungry is not None and at - place.hungry >= STARVE_S and self.turns - place.turns >= STARVE_TURNS

    def serve(self, who: int, step: float, n: int, at: float) -> None:
        """Count turns that were used."""
        place = self.places[who]
        self.turns += n
        place.reached += step * n
        place.hungry, place.turns = at, self.turns
        self._follow()

    def idle(self, who: int) -> None:
        """It has nothing more to call now."""
        self.places[who].hungry = None
        self._follow()

    def _follow(self) -> None:
        working = [one.reached for one in self.places.values() if one.hungry is not None]
        if working:
            self.now = max(self.now, min(working))


class Sharing:
    """The turns of one dialer, kept from claim to claim."""

    def __init__(self) -> None:
        self._trunks: dict[int, _Queue] = {}
        self._all = _Queue()

    def plan(self, at: float, limit: int, sharers: Sequence[Sharer], free: Mapping[int, int]) -> dict[int, Turns]:
        """Divide `limit` calls between campaigns; those that get none are not named.  free: what each trunk takes now.

        Nothing is counted: say by served() what was used, and by idle() who had no use for its turns.
        """
        slots: dict[int, Slots] = {}
        for trunk, room in free.items():
            using = {one.id: one for one in sharers if trunk in one.trunks}
            if room <= 0 or limit <= 0 or not using:
                continue
            queue = self._trunks.setdefault(trunk, _Queue())
            queue.enter(using, at)
            n = min(limit, room)
            given = queue.divide(n, {who: 1 / one.weight for who, one in using.items()}, dict.fromkeys(using, n), at)
            for who, turns in given.items():
                slots.setdefault(who, {})[trunk] = turns
        most = {who: sum(of.values()) for who, of in slots.items()}
        if sum(most.values()) > limit:
            self._all.enter({one.id for one in sharers}, at)
            steps = {one.id: 1 / one.weight for one in sharers if one.id in slots}
            most = self._all.divide(limit, steps, most, at)
        return {who: Turns(n, slots[who]) for who, n in most.items()}

    def served(self, sharer: Sharer, used: Mapping[int, int], at: float) -> None:
        """Count calls that a campaign has sent over each trunk."""
        step = 1 / sharer.weight
        for trunk, n in used.items():
            if n:
                self._trunks[trunk].serve(sharer.id, step, n, at)
        if sharer.id in self._all.places and any(used.values()):
            self._all.serve(sharer.id, step, sum(used.values()), at)

    def idle(self, sharer: Sharer, trunks: Collection[int]) -> None:
        """Note that a campaign has nobody more to call over these trunks now."""
        for trunk in trunks:
            self._trunks[trunk].idle(sharer.id)
        if sharer.id in self._all.places:
            self._all.idle(sharer.id)
