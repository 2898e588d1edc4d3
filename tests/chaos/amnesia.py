"""A mutant: an open attempt is taken for one that was never dialed, as job queues give back what was in flight."""

from collections.abc import Mapping

from oklik.telephony.port import Fate
from oklik.worker.reconcile import Reconciler


def believe_the_tables(self: Reconciler, sent_under: Mapping[str, str]) -> dict[str, Fate]:
    """Ask nobody."""
    return dict.fromkeys(sent_under, Fate.NEVER_DIALED)


Reconciler.ask = believe_the_tables  # type: ignore[method-assign]
