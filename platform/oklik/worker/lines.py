"""The limits of the dialer as a whole and of each trunk, together: a leg goes out when both allow it.

Every leg counts, a person's and an agent's; an agent's leg takes a line of a trunk only when it goes through it.  Who
asked for an agent and waits on the line comes before those who are not called yet: while an agent's leg waits, so
much less room is left to persons' calls.

A trunk's limits stand in the database and may be changed while calls are up; every campaign on the trunk shares them.
What an earlier process of this node sent is not known here, so every limit begins as if it had just been used up:
then no rolling window holds the calls of both.
"""

from collections.abc import Callable

from oklik.campaigns.running import Trunk
from oklik.dialing.limiter import Limiter


class AgentLine:
    """A line for an agent's leg: waited for in turn, given back when the leg has ended."""

    def __init__(
        self, lines: "Lines", trunk: Trunk | None, seconds: Callable[[], float], freed: Callable[[], None]
    ) -> None:
        """seconds: now, as Lines counts it; freed: called when others may get the line."""
        self._lines = lines
        self._trunk = trunk
        self._seconds = seconds
        self._freed = freed
        self._taken = False
        lines.waiting.append(self)

    @property
    def trunk(self) -> Trunk | None:
        """The trunk that the leg goes through, if any."""
        return self._trunk

    def take(self) -> bool:
        """May the leg be sent now?  If so it is counted."""
        if not self._taken:
            self._taken = self._lines.grant_agent(self, self._seconds())
        return self._taken

    def give_back(self) -> None:
        """The leg has ended, or is not to be dialed any more; a second time does nothing."""
        if self._taken:
            self._lines.release(self._trunk)
            self._taken = False
        elif self in self._lines.waiting:
            self._lines.waiting.remove(self)
        self._freed()


class Lines:
    """All times are campaign seconds of a clock that is never set back."""

    def __init__(self, *, channels: int, cps: float) -> None:
        """channels, cps: of all trunks together."""
        self._all = Limiter(cps=cps, channels=channels)
        self._trunks: dict[int, tuple[Trunk, Limiter]] = {}
        self._began = float("-inf")
        self.waiting: list[AgentLine] = []  # agents' legs that wait for a line, in order of their coming

    def begin(self, now: float) -> None:
        """No call of an earlier process was sent after this moment."""
        self._began = now
        self._all.assume_spent(now)

    def room(self, now: float, trunk: Trunk | None = None, kept: int = 0) -> int:
        """How many calls to persons the limits of this trunk (None: those of all together) allow now.

        kept: so many lines must be left to agents' legs.
        """
        limiter = self._all if trunk is None else self._limiter(trunk)
        waiting = sum(trunk is None or trunk == line.trunk for line in self.waiting)
        return max(0, min(limiter.room(now) - waiting, limiter.room(now, kept)))

    def grant(self, trunk: Trunk | None, now: float) -> bool:
        """May one call to a person be sent now?  If so it is counted: release() it when it has ended."""
        if self.room(now) and (trunk is None or self.room(now, trunk)):
            self._count(trunk, now)
            return True
        return False

    def grant_agent(self, line: AgentLine, now: float) -> bool:
        """May this agent's leg be sent now?  The first whose limits allow it goes first."""
        free = (one for one in self.waiting if one.trunk is None or self._limiter(one.trunk).room(now))
        if self._all.room(now) and next(free, None) is line:
            self.waiting.remove(line)
            self._count(line.trunk, now)
            return True
        return False

    def _count(self, trunk: Trunk | None, now: float) -> None:
        self._all.grant(now, 1)
        if trunk is not None:
            self._limiter(trunk).grant(now, 1)

    def release(self, trunk: Trunk | None) -> None:
        """A call has ended."""
        self._all.release()
        if trunk is not None:
            self._trunks[trunk.id][1].release()

    def next_at(self, now: float) -> float | None:
        """The first moment at which time alone allows more than now; None: when a call ends, or at any time."""
        moments = [at for at in (one.next_at(now) for one in self._limiters()) if at is not None and at > now]
        return min(moments, default=None)

    def _limiters(self) -> list[Limiter]:
        return [self._all, *(limiter for _, limiter in self._trunks.values())]

    def _limiter(self, trunk: Trunk) -> Limiter:
        known = self._trunks.get(trunk.id)
        if known is not None and known[0] == trunk:
            return known[1]
        limiter = Limiter(cps=trunk.cps, channels=trunk.channels)
        if known is None:
            limiter.assume_spent(self._began)
        else:
            limiter.follow(known[1])
        self._trunks[trunk.id] = trunk, limiter
        return limiter
