"""The limits of the dialer as a whole and of each trunk, together: a call goes out when both allow it.

A trunk's limits stand in the database and may be changed while calls are up; every campaign on the trunk shares them.
What an earlier process of this node sent is not known here, so every limit begins as if it had just been used up:
then no rolling window holds the calls of both.
"""

from oklik.campaigns.claim import Trunk
from oklik.dialing.limiter import Limiter


class Lines:
    """All times are campaign seconds of a clock that is never set back."""

    def __init__(self, *, channels: int, cps: float) -> None:
        """channels, cps: of all trunks together."""
        self._all = Limiter(cps=cps, channels=channels)
        self._trunks: dict[int, tuple[Trunk, Limiter]] = {}
        self._began = float("-inf")

    def begin(self, now: float) -> None:
        """No call of an earlier process was sent after this moment."""
        self._began = now
        self._all.assume_spent(now)

    def room(self, now: float) -> int:
        """How many calls of any trunk may be sent now."""
        return self._all.room(now)

    def room_of(self, trunk: Trunk, now: float) -> int:
        """How many calls of this one its own limits allow now."""
        return self._limiter(trunk).room(now)

    def grant(self, trunk: Trunk | None, now: float) -> bool:
        """May one call be sent now?  If so it is counted: release() it when it has ended."""
        own = self._limiter(trunk) if trunk is not None else None
        if own is not None and not own.room(now):
            return False
        if not self._all.grant(now, 1):
            return False
        if own is not None:
            own.grant(now, 1)
        return True

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
