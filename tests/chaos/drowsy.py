"""A mutant: where nothing is due the dialer looks again after three seconds."""

from oklik.worker.dialer import Dialer

_nothing_due = Dialer._nothing_due


def sleep(self: Dialer) -> None:
    """And does not let itself be woken."""
    _nothing_due(self)
    self._leaving.wait(3.0)


Dialer._nothing_due = sleep  # type: ignore[method-assign]
