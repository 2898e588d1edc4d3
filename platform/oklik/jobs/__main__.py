"""`python -m oklik.jobs`: the job worker, see `oklik.jobs.worker`."""

import sys

from oklik.jobs.worker import main

if __name__ == "__main__":
    sys.exit(main())
