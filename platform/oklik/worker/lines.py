"""The limits of the dialer as a whole and of each trunk, together: a leg goes out when both allow it.

Every leg counts, a person's and an agent's; an agent's leg takes a line of a trunk only when it goes through it.  Who
asked for an agent and waits on the line comes before those who are not called yet: while an agent's leg waits for a
line that it could have, so much less room is left to persons' calls.

A trunk's limits stand in the database and may be changed while calls are up; every campaign on the trunk shares them.
What an earlier process of this node sent is not known here, so every limit begins as if it had just been used up:
then no rolling window holds the calls of both.  A call takes its place in a second from its grant until a second after
the switch has taken it in (Way), so that neither a late dialer nor a late switch brings two seconds' calls together.

Where dialers share trunks (share()), each has a part of their limits and no more; a trunk of which it has none takes no
call.  What is added to a part counts as just used up, for another dialer may have used it.

Calls to us take the channels that are kept for them first, and then those of our calls; where neither is left they find
no line (admit).  So both together never take more than the trunk has.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from math import ceil
from typing import NamedTuple

from oklik.campaigns.running import Trunk
from oklik.dialing.dividing import slots
from oklik.dialing.limiter import Limiter


class Part(NamedTuple):
    """This dialer's part of a trunk: channels, calls of the trunk's window, and up to when (campaign seconds).

    reserved: channels that are kept for calls to us, and that this dialer holds.  due: channels that the others are to
    give back to it.
    """

    channels: int
    slots: int
    until: float
    reserved: int = 0
    due: int = 0


class Way:
    """A call that was granted is on its way to the switch."""

    def __init__(self, lines: "Lines", trunk_id: int | None, seconds: Callable[[], float]) -> None:
        self._lines, self._trunk_id, self._seconds = lines, trunk_id, seconds
        self._over = False
        lines.depart(trunk_id)

    def __call__(self) -> None:
        """It has come, or never will; a second time does nothing."""
        if not self._over:
            self._over = True
            self._lines.arrive(self._trunk_id, self._seconds())


class AgentLine:
    """A line for an agent's leg: waited for in turn, given back when the leg has ended."""

    def __init__(
        self,
        lines: "Lines",
        trunk: Trunk | None,
        seconds: Callable[[], float],
        freed: Callable[[], None],
        *,
        fresh: bool = True,
    ) -> None:
        """trunk: as it is now in the database; None: the leg takes no line of any.

        fresh: False where the trunk was read a while ago: what has been read of it since holds.
        seconds: now, as Lines counts it; freed: called when others may get the line.
        """
        self.trunk_id = None if trunk is None else trunk.id
        self.taken = False
        self._way: Way | None = None
        self._lines = lines
        self._seconds = seconds
        self._freed = freed
        lines.queue(self, trunk, fresh=fresh)

    def take(self) -> bool:
        """May the leg be sent now?  If so it is counted."""
        if not self.taken and self._lines.grant_agent(self, self._seconds()):
            self.taken = True
            self._way = Way(self._lines, self.trunk_id, self._seconds)
        return self.taken

    def arrived(self) -> None:
        """The switch has taken the leg in; a second time does nothing."""
        if self._way is not None:
            self._way()

    def give_back(self) -> None:
        """The leg has ended, or is not to be dialed any more; a second time does nothing."""
        self.arrived()
        self._lines.leave(self)
        self._freed()


class Pace(NamedTuple):
    """How claims follow one another, in campaign seconds: with how much between, and how long before the turn.

    gather_s 0: as they come, each takes all that is free.
    """

    gather_s: float = 0.0
    ahead_s: float = 0.0


AS_IT_COMES = Pace()


class Lines:
    """All times are campaign seconds of a clock that is never set back."""

    def __init__(self, *, channels: int, cps: float, look_s: float = 0.0, pace: Pace = AS_IT_COMES) -> None:
        """channels, cps: of all trunks together.  look_s: the queue of agents' legs is looked through no oftener."""
        self._pace = pace
        self._all = Limiter(cps=cps, channels=channels)
        self._trunks: dict[int, tuple[Trunk, Limiter]] = {}
        self._began = float("-inf")
        self._kept: dict[int | None, int] = {}  # lines that persons must leave free, as the last claim knew
        self._waiting: list[AgentLine] = []  # agents' legs that wait for a line, in order of their coming
        self._next: set[AgentLine] = set()  # whose turn it was at the last look
        self._look_s = look_s
        self._looked = float("-inf")
        self._parts: dict[int, Part] | None = None  # None: all trunks are ours alone
        self._whole: dict[int, Trunk] = {}  # trunks with parts, as the database has them
        self._met: dict[int, float] = {}  # when a trunk was asked about last
        self._inbound = Counter[int]()  # calls to us that are up, by trunk
        self._spilled = Counter[int]()  # those of them that take channels of our calls
        self._reserve = Counter[int]()  # channels kept for them that we hold, where dialers share trunks

    def share(self) -> None:
        """From now on only what lease() brings of a trunk may be used."""
        self._parts = {}

    def lease(self, parts: Mapping[int, "Part"], now: float) -> None:
        """Use these parts of the trunks' limits from now on, and no others."""
        self._parts = dict(parts)
        self._reserve = Counter({trunk_id: part.reserved for trunk_id, part in parts.items()})
        for trunk_id in parts:
            if trunk_id in self._whole:
                self._limiter(self._whole[trunk_id], now)
                self._spill(trunk_id)

    def reserved(self, trunk_id: int) -> None:
        """One more of the channels that are kept for calls to us is ours."""
        self._reserve[trunk_id] += 1

    def floors(self, since: float, now: float) -> dict[int, tuple[int, int, int]]:
        """Give the trunks that were asked about since then or are in use, each with what cannot be given back now.

        That is (channels, calls of its window, channels kept for calls to us).  The others are forgotten.
        """
        parts = self._parts or {}
        found = {}
        for trunk_id, met in self._met.items():
            limiter = self._trunks[trunk_id][1] if trunk_id in self._trunks else None
            active, spent = (0, 0) if limiter is None else (limiter.active, limiter.spent(now))
            if active or self._inbound[trunk_id] or met >= since:
                part = parts.get(trunk_id)
                # From here on no more calls may be let in on what is given back.
                kept = self._reserve[trunk_id] = min(self._reserve[trunk_id], self._inbound[trunk_id])
                mine = (active, spent) if part is None else (max(active, part.channels), max(spent, part.slots))
                found[trunk_id] = (*mine, kept)
        self._met = {trunk_id: self._met[trunk_id] for trunk_id in found}
        return found

    @property
    def lacking(self) -> bool:
        """Is a trunk wanted of which we have no part yet?"""
        return self._parts is not None and any(trunk_id not in self._parts for trunk_id in self._met)

    def begin(self, now: float) -> None:
        """No call of an earlier process was sent after this moment."""
        self._began = now
        self._all.assume_spent(now)

    # -- calls to persons ---------------------------------------------------------------------------------------

    def room(self, now: float, trunk: Trunk | None = None) -> int:
        """How many calls to persons the limits of this trunk (None: those of all together) allow now."""
        return self._room(now, trunk, 0.0)

    def claimable(self, now: float, trunk: Trunk | None = None, kept: int | None = None) -> int:
        """How many calls to persons are worth a claim now: those whose turn() is there, or soon.

        Of a second that is all free not all at once, so that calls do not go in a heap each second: half of what is
        free, or half as much again as comes free from one claim to the next.
        kept: so many lines must be left to agents' legs; it is remembered (None: as it was said last).
        """
        if kept is not None:
            self._kept[None if trunk is None else trunk.id] = kept
        room = self._room(now, trunk, self._pace.ahead_s)
        if not self._pace.gather_s:
            return room
        limiter = self._all if trunk is None else self._limiter(trunk, now)
        return min(room, max(ceil(1.5 * limiter.share(self._pace.gather_s)), ceil(room / 2)))

    def _room(self, now: float, trunk: Trunk | None, ahead_s: float) -> int:
        if trunk is None:
            limiter, own = self._all, None
            waiting = self._could_go(now)
        else:
            limiter, own = self._limiter(trunk, now), trunk.id
            self._met[trunk.id] = now
            if self._shut(trunk.id, now):
                return 0
            waiting = sum(line.trunk_id == own for line in self._waiting)
        kept = self._kept.get(own, 0)
        return max(0, min(limiter.room(now, 0, ahead_s) - waiting, limiter.room(now, kept, ahead_s)))

    def turn(self, trunk: Trunk | None, now: float) -> float | None:
        """The first moment >= now at which time alone allows a call of this trunk; None: time is not what is short."""
        limiters = [self._all] if trunk is None else [self._all, self._limiter(trunk, now)]
        moments = [one.next_at(now) for one in limiters]
        return None if None in moments else max(at for at in moments if at is not None)

    def grant(self, trunk: Trunk | None, now: float) -> bool:
        """May one call to a person be sent now?  If so it is counted: release() it when it has ended."""
        if not self.room(now) or (trunk is not None and not self.room(now, trunk)):
            return False
        self._count(None if trunk is None else trunk.id, now)
        return True

    # -- calls to us --------------------------------------------------------------------------------------------

    def admit(self, trunk: Trunk | None, now: float) -> bool:
        """Has the trunk a channel for somebody who calls us?  If so it is taken until leave_inbound().

        The dialer's own limit does not hold them up; it counts them.
        """
        if trunk is not None:
            limiter = self._limiter(trunk, now)
            self._met[trunk.id] = now
            kept, ours = self._kept_for_us(trunk.id), self._channels(trunk, now)
            if self._inbound[trunk.id] >= kept and limiter.active >= ours:
                return False
            if self._parts is None and limiter.active + self._beside(trunk.id) >= ours + kept:
                return False  # more was kept since our calls began
            self._inbound[trunk.id] += 1
            self._spill(trunk.id)
        self._all.adopt(1)
        return True

    def leave_inbound(self, trunk: Trunk | None) -> None:
        """A call to us has ended."""
        self._all.release()
        if trunk is not None:
            self._inbound[trunk.id] -= 1
            self._spill(trunk.id)

    def lacks_reserve(self, trunk: Trunk) -> bool:
        """Are channels kept for calls to us of which this dialer would have to ask for one?"""
        return self._parts is not None and bool(trunk.reserved) and self._inbound[trunk.id] >= self._reserve[trunk.id]

    def entitled(self, trunk: Trunk) -> bool:
        """Is our part not all ours yet?"""
        part = None if self._parts is None else self._parts.get(trunk.id)
        return self._parts is not None and (part is None or part.due > 0)

    def _channels(self, trunk: Trunk, now: float) -> int:
        """How many channels for calls of ours we have now."""
        if self._parts is None:
            return trunk.channels
        part = self._parts.get(trunk.id)
        return 0 if part is None or now >= part.until else min(trunk.channels, part.channels)

    def _kept_for_us(self, trunk_id: int) -> int:
        return self._whole[trunk_id].reserved if self._parts is None else self._reserve[trunk_id]

    def _beside(self, trunk_id: int) -> int:
        """Calls to us that take none of the channels of our calls."""
        return self._inbound[trunk_id] - self._spilled[trunk_id]

    def _spill(self, trunk_id: int) -> None:
        """Let the calls to us for which none is kept take channels of our calls, and no others."""
        limiter = self._trunks[trunk_id][1]
        wanted = max(0, self._inbound[trunk_id] - self._kept_for_us(trunk_id))
        more = wanted - self._spilled[trunk_id]
        if more > 0:
            limiter.adopt(more)
        elif more < 0:
            limiter.release(-more)
        self._spilled[trunk_id] = wanted

    def release(self, trunk: Trunk | None) -> None:
        """A person's call has ended."""
        self._release(None if trunk is None else trunk.id)

    def next_at(self, now: float) -> float | None:
        """The first moment at which time alone makes a claim worth while; None: when a call ends, or at any time."""
        moments = [one.next_at(now, max(1, int(one.share(self._pace.gather_s)))) for one in self._limiters()]
        return min((at - self._pace.ahead_s for at in moments if at is not None and at > now), default=None)

    # -- agents' legs: for AgentLine ----------------------------------------------------------------------------

    def queue(self, line: AgentLine, trunk: Trunk | None, *, fresh: bool = True) -> None:
        """One more waits.  fresh: as for AgentLine."""
        if trunk is not None:
            self._limiter(trunk if fresh else self._whole.get(trunk.id, trunk), self._looked)
            self._met[trunk.id] = max(self._met.get(trunk.id, float("-inf")), self._looked)
        self._waiting.append(line)

    def grant_agent(self, line: AgentLine, now: float) -> bool:
        """May this agent's leg be sent now?  In order, but nobody waits for one whose own trunk is full."""
        if now >= self._looked + self._look_s:
            self._looked = now
            self._next = self._whose_turn(now)
        own = None if line.trunk_id is None else self._trunks[line.trunk_id][1]
        if line.trunk_id is not None:
            self._met[line.trunk_id] = now
            if self._shut(line.trunk_id, now):
                return False
        if line not in self._next or not self._all.room(now) or (own is not None and not own.room(now)):
            return False
        self._waiting.remove(line)
        self._next.discard(line)
        self._count(line.trunk_id, now)
        return True

    def _whose_turn(self, now: float) -> set[AgentLine]:
        free = self._all.room(now)
        own = {
            trunk_id: 0 if self._shut(trunk_id, now) else limiter.room(now)
            for trunk_id, (_, limiter) in self._trunks.items()
        }
        turn: set[AgentLine] = set()
        for line in self._waiting:
            if len(turn) == free:
                break
            if line.trunk_id is not None:
                if own[line.trunk_id] <= 0:
                    continue
                own[line.trunk_id] -= 1
            turn.add(line)
        return turn

    def leave(self, line: AgentLine) -> None:
        """It has had its line, or wants none any more."""
        if line.taken:
            line.taken = False
            self._release(line.trunk_id)
        elif line in self._waiting:
            self._waiting.remove(line)
            self._next.discard(line)

    @property
    def idle(self) -> bool:
        """Nobody waits for a line."""
        return not self._waiting

    def _could_go(self, now: float) -> int:
        """How many of those who wait their own trunks would let go now."""
        waiting = Counter(line.trunk_id for line in self._waiting)
        return sum(n if one is None else min(n, self._trunks[one][1].room(now)) for one, n in waiting.items())

    # -- for people -----------------------------------------------------------------------------------------------

    def pulse(self, now: float) -> dict[int | None, tuple[int, str | None]]:
        """Legs up, and what lets nothing through now, by trunk; None: of all together."""
        found: dict[int | None, tuple[int, str | None]] = {None: (self._all.active, self._all.full_by(now))}
        return found | {
            one: (limit.active + self._beside(one), limit.full_by(now)) for one, (_, limit) in self._trunks.items()
        }

    # -- the limiters -------------------------------------------------------------------------------------------

    def depart(self, trunk_id: int | None) -> None:
        """What was granted last is on its way: for Way."""
        self._all.depart()
        if trunk_id is not None:
            self._trunks[trunk_id][1].depart()

    def arrive(self, trunk_id: int | None, now: float) -> None:
        """It has come: for Way."""
        self._all.arrive(now)
        if trunk_id is not None:
            self._trunks[trunk_id][1].arrive(now)

    def _count(self, trunk_id: int | None, now: float) -> None:
        self._all.grant(now, 1)
        if trunk_id is not None:
            self._trunks[trunk_id][1].grant(now, 1)

    def _release(self, trunk_id: int | None) -> None:
        self._all.release()
        if trunk_id is not None:
            self._trunks[trunk_id][1].release()

    def _limiters(self) -> list[Limiter]:
        return [self._all, *(limiter for _, limiter in self._trunks.values())]

    def _shut(self, trunk_id: int, now: float) -> bool:
        """Has the trunk no channel or no call a second for us?"""
        if trunk_id in self._trunks and self._trunks[trunk_id][0].channels < 1:
            return True
        part = None if self._parts is None else self._parts.get(trunk_id)
        return self._parts is not None and (part is None or now >= part.until)

    def _limiter(self, trunk: Trunk, now: float = float("-inf")) -> Limiter:
        """The trunk's, by the limits that are brought here last and our part of them."""
        self._whole[trunk.id] = trunk
        trunk = self._ours(trunk)
        known = self._trunks.get(trunk.id)
        if known is not None and known[0] == trunk:
            return known[1]
        limiter = Limiter(cps=trunk.cps, channels=max(1, trunk.channels))
        if known is None:
            limiter.assume_spent(self._began if self._parts is None else max(self._began, now))
        else:
            limiter.follow(known[1])
            if self._parts is not None and (grown := slots(trunk.cps) - slots(known[0].cps)) > 0:
                limiter.spend(now, grown)
            elif self._parts is not None and known[0].channels < 1 <= trunk.channels:
                limiter.spend(now, slots(trunk.cps))
        self._trunks[trunk.id] = trunk, limiter
        self._spill(trunk.id)
        return limiter

    def _ours(self, trunk: Trunk) -> Trunk:
        if self._parts is None:
            return trunk
        part = self._parts.get(trunk.id)
        if part is None or not part.slots:
            return Trunk(trunk.id, 0, trunk.cps, trunk.reserved)
        cps = trunk.cps if part.slots >= slots(trunk.cps) else float(part.slots)
        return Trunk(trunk.id, min(trunk.channels, part.channels), cps, trunk.reserved)
