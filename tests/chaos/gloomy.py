"""A mutant: an open attempt is taken for one that was dialed, as by whom doubt alone is enough."""

from collections.abc import Mapping

from oklik.telephony.port import Fate
from oklik.worker.reconcile import Reconciler


def fear_the_worst(self: Reconciler, sent_under: Mapping[str, str]) -> dict[str, Fate]:
    """Ask nobody."""
    return dict.fromkeys(sent_under, Fate.UNKNOWN)


Reconciler.ask = fear_the_worst  # type: ignore[method-assign]
