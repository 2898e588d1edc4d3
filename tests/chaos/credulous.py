"""A mutant: a dialer that takes events as they come, once each and in order, and never asks what it was not told."""

from typing import Any

from msgspec.structs import replace

from oklik.esl.events import Event
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.pressed import Pressed
from oklik.telephony.freeswitch.ticket import FsTicket
from oklik.telephony.port import CallEnded


def nothing(*_: Any, **__: Any) -> None:
    """Do not ask, do not infer."""


def every(*_: Any, **__: Any) -> bool:
    """It is all news."""
    return True


def add(self: Pressed, key: str, sequence: str) -> bool:
    """Keys count in the order in which they are told, and as often."""
    self._keys.append((0, key))
    return True


def on_executed(self: FsCall, event: Event, body: bytes) -> None:
    """An execution has ended: that of what runs, and that is all that is known."""
    running = next(iter(self._running), None)
    if running is not None:
        self._running.pop(running).completed(running, event, body)


def on_park(self: FsCall, event: Event) -> None:
    """Answered the first time, alone again after a bridge each other time; that was told before, if it was up."""
    if event.answer_state != "answered":
        return
    self.dialed = True
    if not self.answered:
        self.on_answer()
    elif self.peer is not None:
        self.leave_bridge()


def finish(self: FsCall, end: CallEnded) -> None:
    """Who was not heard to answer has not answered."""
    _finish(self, replace(end, answered=end.answered and self.answered))


_finish = FsCall.finish
FsTicket.ask = nothing  # type: ignore[method-assign]
FsCall.look = nothing  # type: ignore[method-assign]
FsCall.show_end = nothing  # type: ignore[method-assign]
FsCall.miss = nothing  # type: ignore[method-assign]
FsCall.lose_agent = nothing  # type: ignore[method-assign]
FsCall._new = every  # type: ignore[method-assign]
FsCall.finish = finish  # type: ignore[method-assign]
FsCall.on_park = on_park  # type: ignore[method-assign]
FsCall.on_executed = on_executed  # type: ignore[method-assign]
Pressed.add = add  # type: ignore[method-assign]
