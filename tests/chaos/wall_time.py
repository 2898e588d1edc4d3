"""A mutant: what must be measured on a clock that nobody sets is measured on the wall's."""

import time

from oklik.worker import dialer, parts


def wall() -> float:
    """As it shows, right or false."""
    return time.time()


dialer.monotonic = wall
parts.monotonic = wall
