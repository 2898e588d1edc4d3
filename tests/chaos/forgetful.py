"""A mutant: after a cut the calls that were up are given back as if they had never been dialed, as job queues do."""

from collections.abc import Sequence

from oklik.telephony.freeswitch import outcome, recovery
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.freeswitch.guards import Guard
from oklik.telephony.port import CallEnded


def settle(link: Link, guard: Guard, calls: Sequence[FsCall], core_uuid: str) -> None:
    """Ask nobody."""
    for call in calls:
        call.finish(CallEnded(cause=outcome.NOT_SENT, channel=False, sent=False))


recovery.settle = settle
