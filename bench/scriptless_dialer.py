"""A dialer that behaves as if its switch had no guard script: `oklik.worker`, told so, for `real_switch.py`."""

import sys
from functools import partial

from gevent import monkey

if __name__ == "__main__":
    monkey.patch_all()

    from oklik.worker import main as program

    program.connect = partial(program.connect, script=False)  # type: ignore[attr-defined]
    sys.exit(program.main(sys.argv[1:]))
