"""A mutant: others are told of a result in a transaction of its own, after the one that has written it."""

from uuid import UUID

from sqlalchemy import text

from oklik.campaigns import finish
from oklik.worker.book import StoreBook
from oklik.worker.dialer import Dialer
from oklik.worker.writer import Batch

_head, _, _rest = finish._WRITE.partition(", o AS (")
finish._WRITE = _head + _rest[_rest.index("\n    )\n") + len("\n    )\n") :]
_written = Dialer._written


def tell(self: Dialer, batch: Batch) -> None:
    """Now that it is committed."""
    assert isinstance(self._book, StoreBook)
    if batch.outcomes:
        with self._book._engine.begin() as conn:
            conn.execute(
                text(
                    """INSERT INTO outbox (attempt_uuid, kind, payload)
                       SELECT uuid, 'attempt_final', '{}' FROM attempt
                       WHERE uuid = ANY(CAST(:uuids AS uuid[])) AND disposition <> 'not_sent'
                       ON CONFLICT (attempt_uuid, kind) DO NOTHING"""
                ),
                {"uuids": [UUID(one.uuid) for one in batch.outcomes]},
            )
    _written(self, batch)


assert "outbox" not in finish._WRITE
Dialer._written = tell  # type: ignore[method-assign]
