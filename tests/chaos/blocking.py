"""A mutant: whoever waits for the database stops all others, as a driver does that knows nothing of the loop."""

from collections.abc import Generator
from typing import Any

import psycopg.waiting
from gevent import monkey
from psycopg.waiting import Ready, Wait

from oklik.worker import pgwait

_select = monkey.get_original("select", "select")


def wait(gen: Generator[int, int, Any], fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """As pgwait.wait_gevent, without letting anybody run."""
    del interval
    try:
        state = next(gen)
        while True:
            reads, writes = [fileno] * bool(state & Wait.R), [fileno] * bool(state & Wait.W)
            can_read, can_write, _ = _select(reads, writes, [], timeout)
            state = gen.send((Ready.R if can_read else 0) | (Ready.W if can_write else 0))
    except StopIteration as end:
        return end.value


def install(*, answer_s: float | None = None) -> None:
    """Instead of pgwait's."""
    del answer_s
    psycopg.waiting.wait = wait


pgwait.install = install
