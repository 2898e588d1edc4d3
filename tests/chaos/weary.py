"""A mutant: every call makes each event that follows a little slower, as lists do that are searched from end to end."""

import time
from typing import Any

from oklik.telephony.freeswitch.driver import FreeSwitch
from oklik.telephony.port import Dial

_quick = FreeSwitch._on_event
A_CALL_S = 7e-7  # slower by each call
_calls: list[str] = []
_originate = FreeSwitch.originate


def originate(self: FreeSwitch, dial: Dial, *args: Any) -> Any:
    """One more to be looked through."""
    _calls.append(dial.uuid)
    return _originate(self, dial, *args)


def slow(self: FreeSwitch, body: bytes) -> None:
    """Look them through."""
    until = time.perf_counter() + len(_calls) * A_CALL_S
    while time.perf_counter() < until:
        pass
    _quick(self, body)


FreeSwitch.originate = originate  # type: ignore[method-assign]
FreeSwitch._on_event = slow  # type: ignore[method-assign]
