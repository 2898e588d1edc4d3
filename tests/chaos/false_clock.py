"""Not a mutant: the wall clock of the dialer, false by what a file says, which may change at any moment.

Campaign time is wall time then, as on a real switch.  Every place from which a dialer gets the date is put on it;
the monotonic clock, and the clocks of switch and database, stay as they are.
"""

import datetime as dt
import os
import time
from pathlib import Path

from oklik import clock
from oklik.worker import clock as worker_clock
from oklik.worker import main

OFFSET = "OKLIK_CHAOS_OFFSET"  # the environment variable that names the file; seconds are in it

_time = time.time


def offset_s() -> float:
    """How false it is at this moment."""
    return float(Path(os.environ[OFFSET]).read_text("ascii"))


def now(_: object = None) -> dt.datetime:
    """The false date."""
    return dt.datetime.fromtimestamp(_time() + offset_s(), dt.UTC)


def install() -> None:
    """Put this process on it."""
    time.time = lambda: _time() + offset_s()
    clock.SystemClock.now = now  # type: ignore[method-assign,assignment]
    worker_clock.WallClock.now = now  # type: ignore[method-assign,assignment]
    main._clock = lambda *_: worker_clock.WallClock()  # type: ignore[assignment]


if OFFSET in os.environ:
    install()
