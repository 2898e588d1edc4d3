"""A mutant: nobody settles what a dead dialer of another node has left open."""

from oklik.worker.heir import Heir


def look_away(self: Heir) -> None:
    """See nobody's silence."""


Heir.look = look_away  # type: ignore[method-assign]
