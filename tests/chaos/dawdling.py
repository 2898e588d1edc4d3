"""A mutant: every event is read with all its fields, and slowly, before it is looked at whose it is."""

import time

from oklik.telephony.freeswitch.driver import FreeSwitch

quick = FreeSwitch._on_event


def slow(self: FreeSwitch, body: bytes) -> None:
    """A fifth of a millisecond more."""
    until = time.perf_counter() + 0.0002
    while time.perf_counter() < until:
        pass
    quick(self, body)


FreeSwitch._on_event = slow  # type: ignore[method-assign]
