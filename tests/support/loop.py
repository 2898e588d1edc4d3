"""Waiting for one another in one process, where a sleep of a fixed time would be a guess."""

from collections.abc import Callable

import gevent

from support.patience import LONG_S


def until_soon(holds: Callable[[], object]) -> None:
    """Wait until it holds, and let the other greenlets run meanwhile."""
    with gevent.Timeout(LONG_S):
        while not holds():
            gevent.sleep(0.002)


def when(holds: Callable[[], object], act: Callable[[], object]) -> None:
    """Do something as soon as it holds."""

    def wait() -> None:
        until_soon(holds)
        act()

    gevent.spawn(wait)
