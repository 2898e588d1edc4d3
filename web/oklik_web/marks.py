"""Where a page of a list ended, as a text that callers give back to get the next one."""

import base64
import binascii
import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from oklik_web.problems import Problem
from oklik_web.words import said

Mark = TypeVar("Mark")


def mark_text(key: dt.datetime | float, end: object) -> str:
    """Give a mark as text: what the list is in the order of, and which of those that have it alike."""
    told = key.astimezone(dt.UTC).isoformat() if isinstance(key, dt.datetime) else repr(key)
    return base64.urlsafe_b64encode(f"{told} {end}".encode()).decode()


def read_mark(text: str, read: Callable[[str, str], Mark]) -> Mark:
    """Read what mark_text gave.  read: makes the mark of both parts, ValueError where one is none.  Raises Problem."""
    try:
        key, _, end = base64.urlsafe_b64decode(text.encode()).decode().partition(" ")
        return read(key, end)
    except (ValueError, binascii.Error):
        raise Problem(422, said("bad_mark"), field="after") from None


def moment_of(text: str) -> dt.datetime:
    """A moment of our time, with its zone: PostgreSQL reckons with no other.  Raises ValueError."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1900 < moment.year < 2200:
        raise ValueError(text)
    return moment


def whole(text: str, least: int = 0, below: int = 2**63) -> int:
    """A whole number of a column.  Raises ValueError."""
    number = int(text)
    if not least <= number < below:
        raise ValueError(text)
    return number
