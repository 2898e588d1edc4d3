"""`python -m oklik_web`: the web process.  Settings come as a line of JSON on standard input.

The monkey patch is the first thing that happens here: a driver imported before it would block all requests.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

from oklik_web.server import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
