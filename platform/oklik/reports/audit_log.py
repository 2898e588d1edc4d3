"""The audit as it is read: who changed what, the latest first, page by page."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run


class Entry(msgspec.Struct, frozen=True):
    """A change.  who: token:NAME or user:NAME; via: api, web or command; details: as they were noted."""

    id: int
    at: dt.datetime
    who: str
    via: str
    address: str | None
    action: str
    subject: str
    details: dict[str, Any]


def entries(
    conn: Connection,
    *,
    who: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    before: int | None = None,
    most: int = 50,
) -> Sequence[Entry]:
    """Give at most so many entries.

    who: with or without token: or user:; action: a whole one (stop_list.add) or its topic (stop_list); subject: a part
    of it; since, until: the second excluded; before: only those with a smaller id, for the next page.
    """
    rows = run(
        conn,
        r"""SELECT id, at, who, via, address, action, subject, details FROM audit_entry
           WHERE (CAST(:before AS bigint) IS NULL OR id < :before)
             AND (CAST(:who AS text) IS NULL OR who = :who OR who IN ('user:' || :who, 'token:' || :who))
             AND (CAST(:action AS text) IS NULL OR action = :action OR starts_with(action, :action || '.'))
             AND (CAST(:subject AS text) IS NULL OR strpos(lower(subject), lower(:subject)) > 0)
             AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
             AND (CAST(:until AS timestamptz) IS NULL OR at < :until)
           ORDER BY id DESC LIMIT :most""",
        who=who or None,
        action=action or None,
        subject=subject or None,
        since=since,
        until=until,
        before=before,
        most=most,
    )
    return [Entry(*row) for row in rows]


def actions(conn: Connection) -> list[str]:
    """Give every action that was ever noted."""
    # A step through the values costs the same with a hundred entries and with a million where there is an index; here
    # there is none, as the page asks for it once and rows come at people's pace.
    return [str(row[0]) for row in run(conn, "SELECT DISTINCT action FROM audit_entry ORDER BY action")]
