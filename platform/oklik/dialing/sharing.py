"""Whose turn it is on a trunk that several campaigns share: by weight, and nobody is forgotten.

Stride scheduling: every call moves a campaign on by 1/weight, and the one that has come the least far is next.  Who had
nothing to call comes back at the place of the others and not behind them, so that nobody saves turns up.  A campaign
that has work and got nothing for STARVE_S, while others had many turns, gets the next one whatever its weight.  Each trunk counts for itself; the
trunks divide what the dialer as a whole can take in the same way, each by the weights of its campaigns.

Pure; the time is passed in, in seconds that never run backwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

STARVE_S = 6.0
"""The promise is ten seconds; the rest is for a line to be free and for the claim itself."""
STARVE_TURNS = 20
"""Others must have had so many turns meanwhile: on a slow trunk everybody waits long, and the weights are to hold."""

Slots = dict[int, int]
"""How many calls over each trunk."""


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

    now: float = 0.0  # how far the last one had come whose turn it was
    turns: int = 0
    places: dict[int, _Place] = field(default_factory=dict)

    def keep(self, present: set[int], at: float) -> None:
        """Let those in who are here now; who is gone is forgotten, unless others are to catch up first."""
        for who in [one for one in self.places if one not in present]:
            self.places[who].hungry = None
            if self.places[who].reached <= self.now:
                del self.places[who]
        for who in present:
            place = self.places.setdefault(who, _Place(self.now))
            place.reached = max(place.reached, self.now)
            if place.hungry is None:
                place.hungry, place.turns = at, self.turns

    def next(self, among: Sequence[int], at: float | None) -> int:
        """Give whose turn it is.  at: now, where hunger counts."""
        if at is not None and (starved := [who for who in among if self._starved(who, at)]):
            return min(starved, key=lambda who: (self.places[who].turns, who))
        who = min(among, key=lambda one: (self.places[one].reached, one))
        self.now = max(self.now, self.places[who].reached)
        return who

    def _starved(self, who: int, at: float) -> bool:
        place = self.places[who]
        return place.hungry is not None and at - place.hungry >= STARVE_S and self.turns - place.turns >= STARVE_TURNS

    def serve(self, who: int, step: float, at: float, n: int = 1) -> None:
        """Count turns of one that has come 1/weight further with each."""
        place = self.places[who]
        self.turns += n
        place.reached += step * n
        place.hungry, place.turns = at, self.turns


class Sharing:
    """The turns of one dialer, kept from claim to claim."""

    def __init__(self) -> None:
        self._trunks: dict[int, _Queue] = {}
        self._all = _Queue()

    def plan(self, at: float, limit: int, sharers: Sequence[Sharer], free: Mapping[int, int]) -> dict[int, Slots]:
        """Divide `limit` calls: campaign -> how many over which trunk.  free: how many each trunk takes now.

        All of it is counted as used; say by unused() what was not.
        """
        users = {
            trunk: using
            for trunk, room in free.items()
            if room > 0 and (using := [one for one in sharers if trunk in one.trunks])
        }
        if not users:
            return {}
        if len(users) == 1:
            ((trunk, using),) = users.items()
            return self._divide(at, trunk, using, min(limit, free[trunk]))
        total: dict[int, Slots] = {}
        for trunk, n in self._of_each(at, limit, users, free).items():
            for who, slots in self._divide(at, trunk, users[trunk], n).items():
                total.setdefault(who, {}).update(slots)
        return total

    def _of_each(
        self, at: float, limit: int, users: Mapping[int, Sequence[Sharer]], free: Mapping[int, int]
    ) -> dict[int, int]:
        """How many of the whole go to each trunk."""
        if sum(free[trunk] for trunk in users) <= limit:
            return {trunk: free[trunk] for trunk in users}
        given = dict.fromkeys(users, 0)
        weight = {trunk: sum(one.weight for one in using) for trunk, using in users.items()}
        self._all.keep(set(users), at)
        for _ in range(limit):
            trunk = self._all.next([one for one in users if given[one] < free[one]], None)
            self._all.serve(trunk, 1.0 / weight[trunk], at)
            given[trunk] += 1
        return given

    def _divide(self, at: float, trunk: int, using: Sequence[Sharer], n: int) -> dict[int, Slots]:
        queue = self._trunks.setdefault(trunk, _Queue())
        weight = {one.id: one.weight for one in using}
        queue.keep(set(weight), at)
        given: dict[int, Slots] = {}
        if len(using) == 1 and n > 0:
            who = using[0].id
            queue.serve(who, 1.0 / weight[who], at, n)
            queue.now = queue.places[who].reached
            return {who: {trunk: n}}
        among = list(weight)
        for _ in range(n):
            who = queue.next(among, at)
            queue.serve(who, 1.0 / weight[who], at)
            slots = given.setdefault(who, {trunk: 0})
            slots[trunk] += 1
        return given

    def unused(self, sharer: Sharer, slots: Mapping[int, int]) -> None:
        """Take back turns that a campaign had no use for: it has nothing more to call now."""
        for trunk, n in slots.items():
            place = self._trunks[trunk].places[sharer.id]
            place.reached -= n / sharer.weight
            place.hungry = None
