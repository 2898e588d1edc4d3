"""Instructions that should be over though nobody says so: what they have left is looked for at the leg.

Executions come one after another.  So the leg is told to set a mark behind the instruction: once the mark is there the
instruction is over, and its answer or its recording stands in the leg's variables beside it.
"""

from typing import TYPE_CHECKING

import gevent

from oklik.esl import commands
from oklik.esl.events import Event
from oklik.telephony.freeswitch.connection import Reply
from oklik.telephony.freeswitch.ticket import FsTicket
from oklik.telephony.port import SwitchError

if TYPE_CHECKING:
    from oklik.telephony.freeswitch.call import FsCall
    from oklik.telephony.freeswitch.driver import FreeSwitch

LOOK_S, LOOK_MOST_S = 0.5, 5.0  # between looks for a mark, doubled each time


class Marks:
    """Those of one leg that are waited for."""

    def __init__(self, call: "FsCall", switch: "FreeSwitch") -> None:
        self._call, self._switch = call, switch
        self._wanted: dict[str, FsTicket] = {}  # name of the execution that sets it -> what it stands behind

    def set_behind(self, ticket: FsTicket) -> None:
        """Set one and look for it; one is enough."""
        if self._call.ended is not None or not ticket.executions or ticket in self._wanted.values():
            return

        def replied(reply: Reply | SwitchError) -> None:
            if isinstance(reply, Reply) and not reply.ok:
                self._call.miss()

        mark = self._call.next_execution()
        self._wanted[mark] = ticket
        self._switch.tell(commands.mark(self._call.uuid, mark), replied)
        gevent.spawn_later(LOOK_S, self._look, mark, LOOK_S)

    def _look(self, mark: str, again_s: float) -> None:
        ticket = self._wanted.get(mark)
        if ticket is None or ticket.done or self._call.ended is not None:
            self._wanted.pop(mark, None)
            return

        def found(reply: Reply | SwitchError) -> None:
            event = self._call.dumped(reply)
            if event is not None and event.mark == mark and isinstance(reply, Reply):
                self.reached(mark, event, reply.text.encode())

        self._switch.tell(commands.dump(self._call.uuid), found)
        gevent.spawn_later(again_s, self._look, mark, min(2 * again_s, LOOK_MOST_S))

    def reached(self, mark: str, event: Event, body: bytes) -> bool:
        """The leg has come to this execution, as event and body tell; False if it is no mark."""
        ticket = self._wanted.pop(mark, None)
        if ticket is not None and not ticket.done:
            self._call.over(ticket)
            ticket.passed(event, body)
        return ticket is not None

    def clear(self) -> list[FsTicket]:
        """Wait for none any more; gives what they stood behind."""
        tickets = list(self._wanted.values())
        self._wanted.clear()
        return tickets
