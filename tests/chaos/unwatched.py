"""A mutant: a link that is up is taken for one on which somebody is there."""

from oklik.telephony.freeswitch.connection import Link


def watch(self: Link) -> None:
    """Ask nothing, and wait for ever."""


Link._watch = watch  # type: ignore[method-assign]
