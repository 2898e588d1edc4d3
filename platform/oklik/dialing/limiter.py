"""How fast and how many: the limit of channels and of calls per second, true in every rolling second.

Pure: the time is passed in, in seconds of any clock that does not run backwards (campaign time).  Not evened out:
a second's worth may go at once, and then nothing for a second.

What counts is when a call reaches the switch.  If a call's second began when it was granted, a dialer or a switch that
stands still for a moment would bring two seconds' worth at once.  So it begins when the switch has taken the call in,
and until then the call takes its place in every second (depart, arrive).
"""

from collections import deque
from itertools import takewhile

# The switch says that it has taken a call in before it sends it on, and does not send all of them equally soon.  A
# slightly longer second keeps the limit true on the line as well, at 1 % of the speed.
MARGIN_S = 0.01


class Limiter:
    """Grants calls within `cps` a second and `channels` at a time.

    cps: 50.0 means at most 50 in any second; a fraction is rounded down (2.5 -> 2), and below 1 it means one
    call in 1/cps seconds.  Raises ValueError for a limit that lets nothing through.
    """

    def __init__(self, *, cps: float, channels: int, margin_s: float = MARGIN_S) -> None:
        if cps <= 0 or channels < 1:
            raise ValueError(f"limits must let something through: {cps} calls a second, {channels} channels")
        self._burst = max(1, int(cps))
        self._window = (1.0 if cps >= 1 else 1.0 / cps) + margin_s
        self._channels = channels
        self._sent: deque[float] = deque()
        self._away = 0  # granted, and nobody knows yet when the switch takes them in
        self._active = 0

    @property
    def active(self) -> int:
        """Channels in use."""
        return self._active

    def grant(self, now: float, wanted: int) -> int:
        """Grant up to `wanted` calls at `now` and count them as sent and active.  release() each when it has ended."""
        self._forget(now)
        n = max(0, min(wanted, self._burst - self._counted, self._channels - self._active))
        self._sent.extend([now] * n)
        self._active += n
        return n

    def depart(self) -> None:
        """The call that was granted last is on its way to the switch.  arrive() once, whatever became of it."""
        self._sent.pop()
        self._away += 1

    def arrive(self, now: float) -> None:
        """A call that was on its way has come, or will never come: its second begins at `now`."""
        self._away -= 1
        self._sent.append(now)

    def spent(self, now: float) -> int:
        """Say how many calls the window that ends at `now` holds, those on their way counted."""
        self._forget(now)
        return self._counted

    def room(self, now: float, kept: int = 0, ahead_s: float = 0.0) -> int:
        """Say how many would be granted now, without granting them; or within so many seconds from now.

        kept: so many channels must stay free, though never all of them.
        """
        self._forget(now)
        channels = max(1, self._channels - kept)
        soon = sum(1 for _ in takewhile(lambda at: at + self._window <= now + ahead_s, self._sent)) if ahead_s else 0
        return max(0, min(self._burst - self._counted + soon, channels - self._active))

    def share(self, seconds: float) -> float:
        """Say how many calls come free in so long when the limit is used up evenly; all of a window at most."""
        return min(float(self._burst), self._burst * seconds / self._window)

    def next_at(self, now: float, calls: int = 1) -> float | None:
        """Give the first moment >= now at which time alone allows so many calls, or all of a window if that is fewer.

        None: while all channels are in use, or too many of a window are on their way.
        """
        if self._active >= self._channels:
            return None
        self._forget(now)
        over = self._counted + min(calls, self._burst) - self._burst
        if over <= 0:
            return now
        return self._sent[over - 1] + self._window if over <= len(self._sent) else None

    def full_by(self, now: float) -> str | None:
        """Say what lets nothing through now: no_line (all channels are in use), cps (the second is), or None."""
        if self._active >= self._channels:
            return "no_line"
        self._forget(now)
        return "cps" if self._counted >= self._burst else None

    def release(self, n: int = 1) -> None:
        """Give back channels of calls that have ended.  Raises ValueError for more than are in use."""
        if n > self._active:
            raise ValueError(f"{n} channels given back, {self._active} in use")
        self._active -= n

    def assume_spent(self, at: float) -> None:
        """Count a full window's calls at a moment: what an earlier process sent before it is not known here."""
        self._sent.clear()
        self._sent.extend([at] * self._burst)

    def spend(self, at: float, n: int) -> None:
        """Count n calls at a moment that somebody else may have sent: they take no channel of ours."""
        self._sent.extend([at] * n)

    def follow(self, former: "Limiter") -> None:
        """Take over what went through one with other limits.  release() for its calls comes here from now on."""
        self._sent, self._away = deque(former._sent), former._away  # noqa: SLF001  another of this class
        self._active = former._active  # noqa: SLF001

    def adopt(self, n: int) -> None:
        """Count calls that live already (after a restart); may go over the limit, then nothing is granted."""
        self._active += n

    @property
    def _counted(self) -> int:
        return len(self._sent) + self._away

    def _forget(self, now: float) -> None:
        sent, window = self._sent, self._window
        while sent and sent[0] + window <= now:  # the same sum as in next_at(), so that both agree to the bit
            sent.popleft()
