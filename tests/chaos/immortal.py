"""A mutant: no dead-man's timer is ever set at the switch."""

from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.freeswitch.deadman import DeadMan


def arm(self: DeadMan, link: Link) -> None:
    """Trust in one's own long life."""


DeadMan.arm = arm  # type: ignore[method-assign]
