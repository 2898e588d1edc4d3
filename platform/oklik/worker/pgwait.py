"""How psycopg waits for PostgreSQL inside gevent: on the hub's own watcher of the socket.

psycopg picks `select.poll`, which the monkey patch emulates with new objects at every round trip; that was a fifth of
what the dialer spends on the database.  psycopg has no hook for another wait, so its function is replaced, once, by
whoever starts a patched process.

A server, or a proxy before it, that takes statements and answers none would hold its callers for ever, and TCP sees
nothing wrong.  So a process may say for how long an answer is waited for; then the connection is cut, which its users
know how to deal with.
"""

import os
from collections.abc import Generator
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any

import psycopg
import psycopg.errors
import psycopg.waiting
from gevent import socket
from psycopg.waiting import Ready, Wait


def install(*, answer_s: float | None = None) -> None:
    """From now on every connection of this process waits so; for no answer longer than answer_s real seconds."""
    psycopg.waiting.wait = wait_gevent if answer_s is None else partial(wait_gevent, answer_s=answer_s)


def wait_gevent(
    gen: Generator[int, int, Any],
    fileno: int,
    interval: float = 0.0,
    timeout: float | None = None,
    *,
    answer_s: float | None = None,
) -> Any:
    """Run psycopg's generator to its end; other greenlets run meanwhile.

    interval is not needed here (it lets Ctrl-C through).  Raises psycopg's wait timeout after `timeout` real seconds.
    answer_s: after so many the connection is cut instead, and psycopg raises what it raises for one that broke.
    """
    del interval
    limit = answer_s if timeout is None else timeout
    deadline = None if limit is None else monotonic() + limit
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
                if timeout is None:
                    _cut(fileno)
                    deadline, ready = None, Ready.RW
                    state = gen.send(ready)
                    continue
                raise psycopg.errors._WaitTimeout("wait timeout expired") from None  # noqa: SLF001  its own name
            state = gen.send(ready)
    except StopIteration as end:
        return end.value


def _cut(fileno: int) -> None:
    """Break the connection under libpq's hands, as a network would."""
    with socket.socket(fileno=os.dup(fileno)) as sock, suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
