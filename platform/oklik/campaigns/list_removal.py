"""Deleting a list that no campaign uses; for a month it can be brought back, then its rows are gone for good."""

import datetime as dt

from sqlalchemy import Connection, Engine

from oklik.campaigns.list_layout import NoSuchList, layout_of
from oklik.campaigns.rows import run

KEPT_FOR = dt.timedelta(days=30)
_CHUNK = 10_000


class ListInUse(ValueError):
    """A list that campaigns have been made of stays: their results hang on it.  campaigns: the first of them."""

    def __init__(self, campaigns: list[str], *, importing: bool = False) -> None:
        self.campaigns, self.importing = campaigns, importing
        super().__init__(f"used by {', '.join(campaigns) or 'an import'}")


def delete_list(conn: Connection, list_id: int, now: dt.datetime) -> str:
    """Delete a list; gives its name, which is free again.  Raises NoSuchList, ListInUse."""
    layout = layout_of(conn, list_id, lock=True)
    users = run(conn, "SELECT name FROM campaign WHERE list_id = :id ORDER BY id LIMIT 5", id=list_id).scalars()
    if users:
        raise ListInUse([str(name) for name in users])
    if run(
        conn,
        """SELECT 1 FROM list_import i JOIN project p ON p.id = :project AND p.name = i.project
           WHERE i.name = :name AND i.state IN ('waiting', 'running')""",
        project=layout.project_id,
        name=layout.name,
    ).first():
        raise ListInUse([], importing=True)
    run(
        conn,
        """UPDATE contact_list SET deleted_at = :now, deleted_name = name, name = name || ' #' || id
           WHERE id = :id""",
        now=now,
        id=list_id,
    )
    return layout.name


def restore_list(conn: Connection, list_id: int) -> str:
    """Bring a deleted list back; where its name is taken it gets a number behind it.  Raises NoSuchList."""
    found = run(
        conn,
        "SELECT project_id, deleted_name FROM contact_list WHERE id = :id AND deleted_name IS NOT NULL FOR UPDATE",
        id=list_id,
    ).one_or_none()
    if found is None:
        raise NoSuchList(f"there is no deleted list {list_id}")
    taken = run(
        conn,
        "SELECT 1 FROM contact_list WHERE project_id = :project AND name = :name",
        project=found.project_id,
        name=found.deleted_name,
    ).first()
    name = f"{found.deleted_name} ({list_id})" if taken else str(found.deleted_name)
    run(
        conn,
        "UPDATE contact_list SET deleted_at = NULL, deleted_name = NULL, name = :name WHERE id = :id",
        name=name,
        id=list_id,
    )
    return name


def purge_lists(engine: Engine, now: dt.datetime) -> int:
    """Drop the rows of lists that were deleted a month ago, chunk by chunk; gives how many lists are gone."""
    with engine.connect() as conn:
        lists = run(
            conn,
            "SELECT id FROM contact_list WHERE deleted_at < :before AND deleted_name IS NOT NULL ORDER BY id",
            before=now - KEPT_FOR,
        ).scalars()
    for list_id in lists:
        while True:
            with engine.begin() as conn:
                gone = run(
                    conn,
                    """DELETE FROM contact WHERE id IN (SELECT id FROM contact WHERE list_id = :id LIMIT :most)""",
                    id=list_id,
                    most=_CHUNK,
                ).rowcount
            if not gone:
                break
        with engine.begin() as conn:
            run(conn, "DELETE FROM segment WHERE list_id = :id", id=list_id)
            run(conn, "DELETE FROM rejected_row WHERE list_id = :id", id=list_id)
            run(conn, "DELETE FROM contact_list WHERE id = :id", id=list_id)
    return len(lists)
