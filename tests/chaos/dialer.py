"""A dialer as a process of its own, as it is started in earnest, with something broken in it on purpose.

`python -m chaos.dialer MUTANT ...` reads its settings from standard input.
"""

from gevent import monkey

monkey.patch_all()

import importlib  # noqa: E402
import sys  # noqa: E402

from oklik.worker.main import main  # noqa: E402

for name in sys.argv[1:]:
    importlib.import_module(name)
sys.exit(main([]))
