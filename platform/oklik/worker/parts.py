"""This dialer's parts of the trunks' limits: renewed all the while, given back at the end.

What others hold is in the database (campaigns.line_lease); here its times are turned into the dialer's own seconds.
"""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from gevent.lock import BoundedSemaphore
from sqlalchemy import Engine

from oklik.campaigns import line_lease
from oklik.worker.kept import Kept
from oklik.worker.lines import Lines, Part

UNUSED_S = 30.0  # real seconds for which a trunk that nobody asks about stays ours
MARGIN_S = 3.0  # real seconds before the end of a part from which on nothing is sent on it


class Parts(Protocol):
    """Who renews."""

    def renew(self, lines: Lines, seconds: Callable[[float], float]) -> None:
        """Take or renew what is wanted, and tell the lines.  seconds: from a moment of monotonic time to the lines'."""

    def take_reserved(self, lines: Lines, trunk_id: int) -> bool:
        """Get one more of the channels that are kept for calls to us, and tell the lines; False: all are taken."""

    def release(self) -> None:
        """Give everything back."""


class StoredParts:
    """Parts on PostgreSQL.  May raise SQLAlchemy's errors."""

    def __init__(self, engine: Engine, node: str) -> None:
        self._kept, self._node = Kept(engine), node
        self._idle = False
        self._one = BoundedSemaphore(1)  # what is given back in one round is not taken in another at the same time

    def renew(self, lines: Lines, seconds: Callable[[float], float]) -> None:
        """As above.  The time of a part counts from before it was asked for."""
        with self._one:
            self._renew(lines, seconds)

    def _renew(self, lines: Lines, seconds: Callable[[float], float]) -> None:
        began = monotonic()
        floors = lines.floors(seconds(began - UNUSED_S), seconds(began))
        if self._idle and not floors:
            return
        wanted = {trunk: line_lease.Floor(*floor) for trunk, floor in floors.items()}
        with self._kept.use() as conn:
            parts = line_lease.renew(conn, self._node, wanted, line_lease.clock(conn))
        until = seconds(began + line_lease.LASTS.total_seconds() - MARGIN_S)
        own = {
            trunk: Part(
                part.channels.usable,
                part.slots.usable,
                until,
                part.reserved,
                part.channels.target - part.channels.usable,
            )
            for trunk, part in parts.items()
        }
        lines.lease(own, seconds(monotonic()))
        self._idle = not floors

    def take_reserved(self, lines: Lines, trunk_id: int) -> bool:
        """As above."""
        with self._one:
            with self._kept.use() as conn:
                found = line_lease.take_reserved(conn, self._node, trunk_id, line_lease.clock(conn))
            if found:
                lines.reserved(trunk_id)
                self._idle = False
        return found

    def release(self) -> None:
        """As above."""
        with self._one, self._kept.use() as conn:
            line_lease.release(conn, self._node)
