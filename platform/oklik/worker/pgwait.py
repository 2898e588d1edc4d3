"""How psycopg waits for PostgreSQL inside gevent: on the hub's own watcher of the socket.

psycopg picks `select.poll`, which the monkey patch emulates with new objects at every round trip; that was a fifth of
what the dialer spends on the database.  psycopg has no hook for another wait, so its function is replaced, once, by
whoever starts a patched process.
"""

from collections.abc import Generator
from time import monotonic
from typing import Any

import psycopg
import psycopg.errors
import psycopg.waiting
from gevent import socket
from psycopg.waiting import Ready, Wait


def install() -> None:
    """From now on every connection of this process waits so."""
    psycopg.waiting.wait = wait_gevent


def wait_gevent(gen: Generator[int, int, Any], fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """Run psycopg's generator to its end; other greenlets run meanwhile.

    interval is not needed here (it lets Ctrl-C through).  Raises psycopg's wait timeout after `timeout` real seconds.
    """
    del interval
    deadline = None if timeout is None else monotonic() + timeout
    try:
        state = next(gen)
        while True:
            left = None if deadline is None else max(0.0, deadline - monotonic())
            try:
                if state == Wait.R:
                    socket.wait_read(fileno, left)
                    ready = Ready.R
                elif state == Wait.W:
                    socket.wait_write(fileno, left)
                    ready = Ready.W
                else:
                    socket.wait_readwrite(fileno, left)
                    ready = Ready.RW  # both are tried, neither blocks
            except TimeoutError:
                raise psycopg.errors._WaitTimeout("wait timeout expired") from None  # noqa: SLF001  its own name
            state = gen.send(ready)
    except StopIteration as end:
        return end.value
