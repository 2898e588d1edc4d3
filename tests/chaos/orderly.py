"""A mutant: credulous, and whatever comes behind a younger event is thrown away as old news.

Out of order alone does a credulous dialer no harm: a leg's events come one by one, each behind a command of ours.
"""

from chaos import credulous
from oklik.esl import events
from oklik.telephony.freeswitch.driver import FreeSwitch

_seen = [0]
_on_event = FreeSwitch._on_event


def in_order(self: FreeSwitch, body: bytes) -> None:
    """Let it through if it is the youngest of all."""
    sequence = events.decode(body).sequence
    number = int(sequence) if sequence.isdecimal() else _seen[0]
    if number >= _seen[0]:
        _seen[0] = number
        _on_event(self, body)


FreeSwitch._on_event = in_order  # type: ignore[method-assign]

__all__ = ["credulous"]
