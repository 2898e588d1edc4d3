"""A mutant: a dialer that keeps every event it has ever heard, as caches without a bound do."""

from oklik.esl.framing import Frame
from oklik.telephony.freeswitch.connection import Link

_heard: list[bytes] = []
_handle = Link._handle


def keep(self: Link, frame: Frame) -> None:
    """Handle it, and never let go of it."""
    _heard.append(bytes(bytearray(frame.body)))
    _handle(self, frame)


Link._handle = keep  # type: ignore[method-assign]
