"""A mutant: a call in whose midst something of ours broke is given back as if it had never been sent."""

from oklik.telephony.freeswitch import outcome
from oklik.telephony.port import CallEnded
from oklik.worker.call import PersonCall


def lost(self: PersonCall) -> CallEnded:
    """Let somebody else try."""
    return CallEnded(cause=outcome.NOT_SENT, channel=False, sent=False)


PersonCall._lost = lost  # type: ignore[method-assign]
