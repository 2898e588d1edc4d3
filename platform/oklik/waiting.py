"""Waiting until somebody says stop: SIGINT and SIGTERM as an event."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set."""
    leaving = threading.Event()

    def handler(_number: int, _frame: FrameType | None) -> None:
        leaving.set()

    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield leaving
    finally:
        for number, old in before.items():
            signal.signal(number, old)
