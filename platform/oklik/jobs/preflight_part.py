"""`python -m oklik.jobs.preflight_part`: goes through a part of a list for a launch check, in a process of its own.

Started by preflight_parts, with one line of JSON on standard input: what is to be done.  On standard output, lines of
JSON: {"done": n} after every batch, then {"part": ...}, or {"error": ...}.  It sees the very snapshot of whoever
started it, changes nothing, and ends at once when its standard input does: whoever waited for it is gone.
"""

import base64
import json
import os
import sys
import threading
from typing import Any

import msgspec

from oklik.campaigns.preflight_scan import Span, Sweep


class PartTask(msgspec.Struct, frozen=True):
    """What is to be done.  snapshot: as pg_export_snapshot gave it; destinations: what may be dialed, as JSON."""

    database_url: str
    snapshot: str
    sweep: Sweep
    span: Span
    destinations: dict[str, Any]


def main() -> int:
    """Read the task, do it, tell; returns the exit code."""
    try:
        task = msgspec.json.decode(sys.stdin.buffer.readline(), type=PartTask)
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
        part = _carry_out(task)
    except Exception as error:  # noqa: BLE001  whatever it is, whoever waits is told
        lines = str(error).strip().splitlines() or [type(error).__name__]
        _tell({"error": lines[0]})
        return 1
    _tell({"part": base64.b64encode(part).decode()})
    return 0


def _carry_out(task: PartTask) -> bytes:
    from psycopg import sql

    from oklik.campaigns.preflight_part import go_through
    from oklik.dialing.destinations import Destinations
    from oklik.store.engine import make_engine

    destinations = Destinations.model_validate(task.destinations)
    engine = make_engine(task.database_url, pool_size=1, application="oklik launch check")
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as conn, conn.begin():
        conn.exec_driver_sql(f"SET TRANSACTION SNAPSHOT {sql.Literal(task.snapshot).as_string()}")
        part = go_through(conn, task.sweep, task.span, destinations=destinations, done=lambda n: _tell({"done": n}))
    engine.dispose()
    return part.pack()


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)  # noqa: T201  the promised line


def _end_with_parent() -> None:
    """Nothing is held that would have to be put in order; the server rolls back what there is."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
