"""A mutant: a dialer that takes events as they come, once each and in order, and never asks what it was not told."""

from typing import Any

from oklik.esl.events import Event
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.pressed import Pressed
from oklik.telephony.freeswitch.ticket import FsTicket


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
    """An execution has ended, and that is all that is known."""
    ticket = self._running.pop(event.application_uuid, None)
    if ticket is not None:
        ticket.completed(event.application_uuid, event, body)


FsTicket.ask = nothing  # type: ignore[method-assign]
FsCall.look = nothing  # type: ignore[method-assign]
FsCall.show_end = nothing  # type: ignore[method-assign]
FsCall.miss = nothing  # type: ignore[method-assign]
FsCall.lose_agent = nothing  # type: ignore[method-assign]
FsCall._new = every  # type: ignore[method-assign]
FsCall.on_executed = on_executed  # type: ignore[method-assign]
Pressed.add = add  # type: ignore[method-assign]
