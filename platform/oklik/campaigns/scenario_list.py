"""Which scenarios there are: with their drafts, versions and who uses them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.campaigns.versions import plain_document


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario in the list.  title: as its newest document has it; revision, changed_at, by: of its draft, if any.

    version: the newest; published: the draft is that version; used_by: campaigns; archived: its project is.
    """

    id: int
    name: str
    project: str
    archived: bool
    title: str
    revision: int | None
    changed_at: dt.datetime | None
    by: str | None
    version: int | None
    published: bool
    used_by: int


class VersionListed(msgspec.Struct, frozen=True, kw_only=True):
    """A published version.  used_by: campaigns; revision: of the draft it was made of."""

    number: int
    published_at: dt.datetime
    by: str | None
    note: str | None
    used_by: int
    revision: int | None


def all_scenarios(conn: Connection, language: str) -> list[Listed]:
    """Give all, those that were changed last first."""
    rows = run(
        conn,
        """SELECT s.id, s.name, p.name AS project, p.archived_at IS NOT NULL AS archived,
               d.revision, d.saved_at AS changed_at, d.saved_by AS by,
               v.number AS version, coalesce(d.title, v.title) AS title,
               coalesce(v.draft_revision = d.revision, false) AS published, u.n AS used_by
           FROM scenario s JOIN project p ON p.id = s.project_id
           LEFT JOIN LATERAL (SELECT revision, saved_at, saved_by, document -> 'title' AS title FROM scenario_draft
                              WHERE scenario_id = s.id ORDER BY revision DESC LIMIT 1) d ON true
           LEFT JOIN LATERAL (SELECT number, published_at, draft_revision, document -> 'title' AS title
                              FROM scenario_version
                              WHERE scenario_id = s.id ORDER BY number DESC LIMIT 1) v ON true
           CROSS JOIN LATERAL (SELECT count(*) AS n FROM scenario_version sv
                               JOIN campaign c ON c.scenario_version_id = sv.id
                               WHERE sv.scenario_id = s.id) u
           ORDER BY greatest(d.saved_at, v.published_at) DESC NULLS LAST, s.id DESC""",
    )
    return [
        Listed(**{**row._asdict(), "title": title_in(row.title, language) or row.name, "used_by": int(row.used_by)})
        for row in rows
    ]


def versions(conn: Connection, scenario_id: int) -> list[VersionListed]:
    """Give those of a scenario, the newest first."""
    rows = run(
        conn,
        """SELECT v.number, v.published_at, v.published_by AS by, v.note, v.draft_revision AS revision,
               (SELECT count(*) FROM campaign c WHERE c.scenario_version_id = v.id) AS used_by
           FROM scenario_version v WHERE v.scenario_id = :id ORDER BY v.number DESC""",
        id=scenario_id,
    )
    return [VersionListed(**row._asdict()) for row in rows]


def version_document(conn: Connection, scenario_id: int, number: int) -> dict[str, Any] | None:
    """Give the document of a version; None: there is none of that number."""
    found = run(
        conn,
        "SELECT document FROM scenario_version WHERE scenario_id = :id AND number = :number",
        id=scenario_id,
        number=number,
    ).first()
    return None if found is None else plain_document(found.document)


def scenario_name(conn: Connection, scenario_id: int) -> str | None:
    """Give its name; None: there is no such scenario."""
    found = run(conn, "SELECT name FROM scenario WHERE id = :id", id=scenario_id).scalar()
    return None if found is None else str(found)


def title_in(title: Any, language: str) -> str:
    """A document's title, whatever stands there, in a language or any other it has; "" for none."""
    if isinstance(title, Mapping):
        title = title.get(language) or next((text for text in title.values() if text), "")
    return title if isinstance(title, str) else ""
