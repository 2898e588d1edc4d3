"""A dialer with its reconcile broken on purpose (see chaos.amnesia), as a process: to show that the tests notice."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

import chaos.amnesia  # noqa: E402, F401
from oklik.worker.main import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
