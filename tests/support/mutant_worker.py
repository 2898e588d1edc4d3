"""A dialer with its reconcile broken on purpose: an open attempt is taken for one that was never dialed.

This is the usual job-queue rule (give back what was in flight); run as a process to show that the tests notice.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from collections.abc import Mapping  # noqa: E402

from oklik.telephony.port import Fate  # noqa: E402
from oklik.worker.main import main  # noqa: E402
from oklik.worker.reconcile import Reconciler  # noqa: E402


def believe_the_tables(self: Reconciler, sent_under: Mapping[str, str]) -> dict[str, Fate]:
    return dict.fromkeys(sent_under, Fate.NEVER_DIALED)


Reconciler.ask = believe_the_tables  # type: ignore[method-assign]
sys.exit(main(sys.argv[1:]))
