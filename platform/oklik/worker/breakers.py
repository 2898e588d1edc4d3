"""The breakers of one dialer's trunks: fed by its calls to persons, asked before each, told to the database on change.

What a breaker does is dialing.breaker's affair; which end of a call is a fault of the line is dialing.causes', and
whether such a fault counts against a contact dialing.line_faults'.  Legs to
agents go out whatever is thought of the trunk: somebody waits for them on the line.
"""

import datetime as dt
from collections.abc import Callable

from oklik.campaigns.line_health import Health
from oklik.campaigns.running import Trunk
from oklik.dialing.breaker import Breaker, State
from oklik.dialing.causes import unanswered
from oklik.dialing.line_faults import Witness
from oklik.dialing.vocabulary import Disposition
from oklik.telephony.port import CallEnded


class Breakers:
    """Times are campaign seconds of a clock that is never set back."""

    def __init__(self) -> None:
        self._of: dict[int, Breaker] = {}
        self._told: dict[int, tuple[State, float]] = {}
        self._seen: dict[int, tuple[int, int]] = {}  # calls and faults before the last change
        self._witness: dict[int, Witness] = {}

    def room(self, trunk: Trunk | None, now: float) -> int | None:
        """How many calls the trunk may be given now; None: any number."""
        breaker = self._of.get(trunk.id) if trunk is not None else None
        return None if breaker is None else breaker.room(now)

    def sent(self, trunk: Trunk | None, call: str, now: float) -> None:
        """A call to a person goes out."""
        if trunk is not None:
            self._of.setdefault(trunk.id, Breaker()).sent(call, now)

    def good(self, trunk: Trunk | None, call: str, now: float, contact: int) -> None:
        """It rings, or was answered."""
        if trunk is not None and trunk.id in self._of:
            self._of[trunk.id].good(call, now)
            self._saw(trunk, contact, now, fault=False)

    def ended(self, trunk: Trunk | None, call: str, now: float, ended: CallEnded | None, contact: int) -> None:
        """It is over; None: nobody knows how."""
        if trunk is None or trunk.id not in self._of:
            return
        breaker = self._of[trunk.id]
        fault = None if ended is None else _fault(ended)
        if fault is not None:
            self._saw(trunk, contact, now, fault=fault)
        (calls, faults), before = breaker.seen, breaker.changed
        breaker.ended(call, now, fault=fault)
        if breaker.changed != before:  # with the one that changed it
            self._seen[trunk.id] = (calls + 1, faults + bool(fault))

    def works(self, trunk: Trunk | None, contact: int, now: float) -> bool | None:
        """Does the trunk work for others than this contact?  None: nobody else was called of late."""
        witness = None if trunk is None else self._witness.get(trunk.id)
        return None if witness is None else witness.works(contact, now)

    def _saw(self, trunk: Trunk, contact: int, now: float, *, fault: bool) -> None:
        self._witness.setdefault(trunk.id, Witness()).saw(contact, now, fault=fault)

    def next_at(self, now: float) -> float | None:
        """The first moment at which time alone allows more calls."""
        moments = [at for one in self._of.values() if (at := one.next_at(now)) is not None and at > now]
        return min(moments, default=None)

    def changed(self, now: float, at: Callable[[float], dt.datetime]) -> list[Health]:
        """Give those whose state is not told yet; at: the campaign time of a moment."""
        found = []
        for trunk, breaker in self._of.items():
            breaker.room(now)
            state = (breaker.state, breaker.changed)
            if self._told.get(trunk, (State.CLOSED, 0.0)) != state:
                self._told[trunk] = state
                again = breaker.next_at(now)
                calls, faults = self._seen.get(trunk, (0, 0))
                found.append(Health(trunk, str(breaker.state), None if again is None else at(again), calls, faults))
        return found


def _fault(ended: CallEnded) -> bool | None:
    """Whether the end of a call speaks against the line; None: it says nothing."""
    if ended.answered:
        return False
    disposition = unanswered(
        ended.cause, q850=ended.q850, sip_status=ended.sip_status, channel=ended.channel, sent=ended.sent
    )
    if disposition in {Disposition.NOT_SENT, Disposition.UNKNOWN, Disposition.CANCELLED}:
        return None
    return disposition is Disposition.LINE_FAULT
