"""Keeps up a dialer's parts of the trunks' limits while it works, and finds a channel of them for a call to us."""

from collections.abc import Callable
from functools import partial

import gevent
from gevent.event import Event

from oklik.campaigns.running import Trunk
from oklik.worker.lines import Lines
from oklik.worker.parts import Parts

PARTS_S = 2.0  # real seconds between renewals
LACKING_S = 0.02  # real seconds between them at least
ADMIT_LOOKS = 15  # real tries, LOOK_S apart, to get the channels of our part for a call to us
LOOK_S = 0.2


class PartsKeeper:
    """Of one dialer.  Without parts no other dialer uses the trunks, and everything of them is ours."""

    def __init__(
        self,
        parts: Parts | None,
        lines: Lines,
        *,
        seconds: Callable[[float], float],
        checked: Callable[[Callable[[], object]], None],
        on_renewed: Callable[[], None],
    ) -> None:
        """seconds: from a moment of monotonic time to the lines'; checked: runs a task that may fail for a while."""
        self._parts, self._lines, self._seconds = parts, lines, seconds
        self._checked, self._on_renewed = checked, on_renewed
        self._keeping: gevent.Greenlet | None = None
        self._lacking = Event()  # a trunk is wanted of which we have no part

    def begin(self) -> None:
        """From now on nothing is sent without a part."""
        if self._parts is not None:
            self._lines.share()
            self._keeping = gevent.spawn(self._keep)

    def end(self, *, give_back: bool) -> None:
        """give_back: nothing of ours is up any more; else the parts are left to run out."""
        if self._keeping is not None:
            self._keeping.kill()
        if self._parts is not None and give_back:
            self._checked(self._parts.release)

    def look(self) -> None:
        """Renew at once where the lines have been asked for a trunk of which we have no part."""
        if self._lines.lacking:
            self._lacking.set()

    def let_in(self, trunk: Trunk | None, now: Callable[[], float], leaving: Event) -> bool:
        """Find a channel for a call to us: of those that are kept for such calls, else of those of our calls.

        now: the lines' time.  Blocks for some seconds at most, until the dialer leaves.
        """
        parts = self._parts
        if parts is not None and trunk is not None and self._lines.lacks_reserve(trunk):
            self._checked(partial(parts.take_reserved, self._lines, trunk.id))
        for _ in range(ADMIT_LOOKS):
            if self._lines.admit(trunk, now()):
                return True
            if trunk is None or not self._lines.entitled(trunk):
                break
            self._checked(self._renew)
            if self._lines.admit(trunk, now()):
                return True
            if leaving.wait(LOOK_S):
                break
        return False

    def _keep(self) -> None:
        while True:
            self._checked(self._renew)
            self._lacking.wait(PARTS_S)
            self._lacking.clear()
            gevent.sleep(LACKING_S)

    def _renew(self) -> None:
        if self._parts is not None:
            self._parts.renew(self._lines, self._seconds)
            self._on_renewed()
