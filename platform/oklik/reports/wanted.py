"""Which calls are asked for: of which campaigns, from when to when, of which contacts.

One value for charts, funnel, table and downloads, so that all of them show the same.  A segment is a condition on
contacts: one cell of the list, or the conditions of a saved segment.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from oklik.campaigns import segments
from oklik.campaigns.segments import NoSuchSegment

__all__ = ["ALL", "EVER", "Cell", "NoSuchSegment", "NoSuchVersion", "SavedSegment", "Wanted", "campaigns_of", "chosen"]

EVER = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 1, 1, tzinfo=dt.UTC))


class Cell(msgspec.Struct, frozen=True, tag="cell"):
    """Only contacts with this value in a column of the list."""

    header: str
    value: str


class SavedSegment(msgspec.Struct, frozen=True, tag="saved"):
    """Only contacts for which the conditions of a saved segment hold now."""

    id: int


Segment = Cell | SavedSegment


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Calls begun from `since` on and before `until`, of contacts of a segment.

    version: of the scenario, its number: calls of all campaigns of the project's scenario that ran it, and not only of
    the campaign that is looked at.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    segment: Segment | None = None
    version: int | None = None

    @property
    def begin(self) -> dt.datetime:
        """From when on."""
        return self.since or EVER[0]

    @property
    def end(self) -> dt.datetime:
        """Until when, excluded."""
        return self.until or EVER[1]


ALL = Wanted()


class NoSuchVersion(LookupError):
    """No campaign has run this version of the scenario."""


def campaigns_of(conn: Connection, campaign_id: int, version: int | None) -> list[int]:
    """Give the campaigns whose calls are meant, the newest first.  Raises NoSuchVersion."""
    if version is None:
        return [campaign_id]
    found = conn.execute(
        text(
            """SELECT other.id FROM campaign c JOIN scenario_version own ON own.id = c.scenario_version_id
               JOIN scenario_version v ON v.scenario_id = own.scenario_id AND v.number = :version
               JOIN campaign other ON other.scenario_version_id = v.id
               WHERE c.id = :id ORDER BY other.id DESC"""
        ),
        {"id": campaign_id, "version": version},
    )
    if not (ids := list(found.scalars())):
        raise NoSuchVersion(f"no campaign has run version {version}")
    return ids


def chosen(conn: Connection, campaigns: Sequence[int], segment: Segment) -> tuple[str, Mapping[str, Any]]:
    """Give a SELECT of the ids of a segment's contacts, and its values.  Raises NoSuchSegment."""
    lists = text("SELECT DISTINCT list_id FROM campaign WHERE id = ANY(:ids)")
    of = {"of_lists": list(conn.execute(lists, {"ids": list(campaigns)}).scalars())}
    if isinstance(segment, Cell):
        return _CELL, {**of, "header": segment.header, "value": segment.value}
    found = segments.segment(conn, segment.id)
    condition, values = segments.condition(conn, found.definition)
    rows = conn.execute(
        text(f"SELECT id, fields FROM contact WHERE list_id = ANY(:of_lists) AND {condition}"),  # noqa: S608
        {**of, **values},
    )
    ids = [row.id for row in rows if found.definition.holds(row.fields)]
    return "SELECT unnest(CAST(:of_contacts AS bigint[]))", {"of_contacts": ids}


_CELL = "SELECT k.id FROM contact k WHERE k.list_id = ANY(:of_lists) AND k.fields ->> :header = :value"
