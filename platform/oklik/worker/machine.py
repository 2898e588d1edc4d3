"""Who is at the phone: the signs that a call gives of it, and the breaking off when a machine's beep was heard.

One object a call.  The switch listens for the beep from the answer on, until the first key, the end of its time, or
anything that only a human gets to (a transfer, a recording, a request).  What a beep means is the campaign's policy
(dialing.machines).
"""

from collections.abc import Callable
from time import monotonic

import gevent

from oklik.clock import Clock
from oklik.dialing.machines import MachinePolicy, OnBeep, Signs
from oklik.telephony.port import Call, Ringing, Ticket


class MachineAnswered(Exception):
    """A beep was heard, and the campaign goes by it: what was being said is broken off."""


class Watch:
    """The signs of one call."""

    def __init__(self, policy: MachinePolicy, clock: Clock, heard: Callable[[float, int], None]) -> None:
        """heard: told of a beep (campaign seconds after the answer, Hz) as it comes; must not wait."""
        self._policy, self._clock, self._tell = policy, clock, heard
        self._early = self._rang = self._asked = False
        self._key_s: float | None = None
        self._beep_s: float | None = None
        self._answered_at = 0.0
        self._call: Call | None = None
        self._ticket: Ticket | None = None
        self._timer: gevent.Greenlet | None = None
        self._told = False

    @property
    def signs(self) -> Signs:
        """What was seen so far."""
        return Signs(early=self._early, rang=self._rang, asked=self._asked, key_s=self._key_s, beep_s=self._beep_s)

    def rings(self, event: Ringing) -> None:
        """A sign of life before the answer."""
        if event.early:
            self._early = True
        else:
            self._rang = True

    def answers(self, call: Call) -> None:
        """The leg was answered just now."""
        self._answered_at = monotonic()
        if self._policy.listens:
            self._call = call
            call.hear_beeps(self._beeped)
            self._timer = gevent.spawn_later(self._clock.real_s(self._policy.listen_s), self.rest)

    def rest(self) -> None:
        """Listen no more."""
        call, self._call = self._call, None
        if call is not None:
            call.hear_beeps(None)
        timer, self._timer = self._timer, None
        if timer is not None and timer is not gevent.getcurrent():
            timer.kill(block=False)

    def asks(self) -> None:
        """The person is asked for keys."""
        self._asked = True

    def pressed(self) -> None:
        """Keys came: a human."""
        if self._key_s is None:
            self._key_s = self._since_answer()
        self.rest()

    def says(self, ticket: Ticket) -> None:
        """What is being said now, and is broken off at a beep."""
        self._ticket = ticket
        if self._acts:
            ticket.cancel()

    def look(self) -> None:
        """Raise MachineAnswered, once, if a beep was heard that the campaign goes by."""
        self._ticket = None
        if self._acts and not self._told:
            self._told = True
            raise MachineAnswered

    @property
    def _acts(self) -> bool:
        acting = self._policy.on_beep in {OnBeep.HANG_UP, OnBeep.LEAVE_MESSAGE}
        return acting and not self._told and self.signs.beeped

    def _beeped(self, hertz: float) -> None:
        if self._beep_s is not None or self._key_s is not None:
            return
        self._beep_s = self._since_answer()
        self.rest()
        self._tell(self._beep_s, round(hertz))
        if self._acts and self._ticket is not None:
            self._ticket.cancel()

    def _since_answer(self) -> float:
        return round((monotonic() - self._answered_at) * self._clock.speed, 2)
