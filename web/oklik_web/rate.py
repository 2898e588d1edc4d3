"""At most so many requests of one asker in any few seconds, in this process."""

import time
from collections import deque
from collections.abc import Callable, Hashable


class Rate:
    """A rolling window for each key."""

    def __init__(self, most: int, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.per_s = most, per_s
        self._clock = clock
        self._seen: dict[Hashable, deque[float]] = {}

    def wait_s(self, key: Hashable) -> float:
        """Note a request: 0.0 if it may go on, else seconds until the next may (and this one does not count)."""
        now = self._clock()
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0] <= now - self.per_s:
            seen.popleft()
        if len(seen) >= self.most:
            return seen[0] + self.per_s - now
        seen.append(now)
        return 0.0
