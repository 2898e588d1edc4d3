"""A mutant: a COMMIT that broke off is believed, as by whom an error of the network does not matter to."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from oklik.worker.kept import Kept

_used = Kept._used


@contextmanager
def believing(self: Kept) -> Iterator[Connection]:
    """As if it had been committed."""
    over = False
    try:
        with _used(self) as conn:
            yield conn
            over = True
    except OperationalError:
        if not over:
            raise


Kept._used = believing  # type: ignore[method-assign]
