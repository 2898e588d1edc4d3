"""The dead-man: a timer at the switch that hangs up all calls of a node unless it is put off again and again.

When the dialer dies or cannot reach the switch, nobody leads its calls any more; parked ones would stay for ever.  Two
slots by turns: the new timer is armed before the old one is taken back, so that at no moment there is none.
"""

from gevent.lock import RLock

from oklik.esl import commands
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.port import SwitchRefused

DEADMAN_S = 60
DEADMAN_EVERY_S = 15.0


class DeadMan:
    """The timer of one node."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._slot = 0
        self._lock = RLock()

    def arm(self, link: Link) -> None:
        """Put it off by DEADMAN_S.  Raises SwitchLost, WaitTimeout, SwitchRefused."""
        with self._lock:
            old, new = self._slot, 1 - self._slot
            # What a dialer before us may have left in the new slot goes in the packet in which ours comes.
            steps = [commands.disarm(self._node, new), commands.arm(self._node, new, DEADMAN_S)]
            for begun in [link.begin(step) for step in steps]:
                reply = link.collect(begun)
            if not reply.ok:
                raise SwitchRefused(f"the dead-man timer could not be armed at {link.where}: {reply.line}")
            link.ask(commands.disarm(self._node, old))
            self._slot = new

    def disarm(self, link: Link) -> None:
        """Take it back: the calls are left to their own limits.  Raises SwitchLost, WaitTimeout."""
        for begun in [link.begin(commands.disarm(self._node, slot)) for slot in (0, 1)]:
            link.collect(begun, 2.0)
