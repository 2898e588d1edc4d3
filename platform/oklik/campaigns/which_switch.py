"""Whether campaigns that are made now call real people: as the dialers are that work here."""

import datetime as dt

from sqlalchemy import Connection

from oklik.campaigns.rows import run

_ALIVE_S = 60.0


def on_virtual_switch(conn: Connection, wall: dt.datetime) -> bool:
    """Say so.  A real dialer that lives decides, then the one that was seen last; without any nobody real is called."""
    found: bool | None = run(
        conn,
        """SELECT virtual FROM dialer_state
           ORDER BY (NOT virtual AND beat_at > :since AND state <> 'gone') DESC, beat_at DESC LIMIT 1""",
        since=wall - dt.timedelta(seconds=_ALIVE_S),
    ).scalar()
    return True if found is None else found
