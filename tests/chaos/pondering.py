"""A mutant: whoever starts asks after each open call by itself, and thinks about the answer."""

from collections.abc import Mapping

import gevent

from oklik.telephony.port import Fate
from oklik.worker.reconcile import Reconciler

A_CALL_S = 0.1
_ask = Reconciler.ask


def one_by_one(self: Reconciler, sent_under: Mapping[str, str]) -> dict[str, Fate]:
    """A tenth of a second each."""
    found: dict[str, Fate] = {}
    for uuid, core in sent_under.items():
        found |= _ask(self, {uuid: core})
        gevent.sleep(A_CALL_S)
    return found


Reconciler.ask = one_by_one  # type: ignore[method-assign]
