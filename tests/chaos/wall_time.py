"""A mutant: what must be measured on a clock that nobody sets is measured on the wall's."""

import time

from oklik.worker import dialer, main


def wall() -> float:
    """As it shows, right or false."""
    return time.time()


dialer.monotonic = wall
main.StoredParts = lambda *_: None  # what dialers share counts every new part as used up, and would hide it
