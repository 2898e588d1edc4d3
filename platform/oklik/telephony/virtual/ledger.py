"""The ledger: what was asked of the switch and what came of it, append only, one JSON object a line.

It is the oracle of "called twice" and "never called": it is written by the switch, which knows nothing of the
dialer's tables.  One line is one write, so that a kill of either process cannot tear or lose a line written before.
`t` is simulated, `real` is wall time; both seconds since 1970.
"""

import os
import time
from pathlib import Path

import msgspec

_encode = msgspec.json.Encoder().encode


class Ledger:
    """An open ledger; without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._fd = -1 if path is None else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)

    def write(self, event: str, now_us: int, uuid: str, **fields: object) -> None:
        """Append one line: event is dial, refused, ringing, answered, key, ended."""
        if self._fd >= 0:
            line = {"event": event, "uuid": uuid, "t": now_us / 1e6, "real": time.time(), **fields}
            os.write(self._fd, _encode(line) + b"\n")

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
