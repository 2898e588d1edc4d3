"""`python -m oklik.worker`: the dialer process.  Settings come as a line of JSON on standard input, or in a named file.

The monkey patch is the first thing that happens here: a driver imported before it would block all calls.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

from oklik.worker.main import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
