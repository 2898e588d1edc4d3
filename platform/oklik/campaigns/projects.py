"""Which project a person means: by its name, or the only one there is."""

from sqlalchemy import Connection

from oklik.campaigns.rows import run

DEFAULT = "oklik run"
"""The project of `oklik run`."""


class NoSuchProject(ValueError):
    """No project, or none for certain, is meant.  given: what was said, None for nothing; known: names."""

    def __init__(self, given: str | None, known: list[str]) -> None:
        self.given, self.known = given, known
        super().__init__(f"no project is meant for certain: {given!r} of {', '.join(known) or 'none'}")


def find_project(conn: Connection, given: str | None) -> int:
    """Give the id of the project of this name, or of the only one.  Raises NoSuchProject."""
    rows = run(conn, "SELECT id, name FROM project ORDER BY name").all()
    named = [row for row in rows if given is None or row.name == given]
    if len(named) != 1:
        raise NoSuchProject(given, [row.name for row in rows])
    return int(named[0].id)


def put_project(conn: Connection, given: str | None) -> int:
    """Do the same, but make a project that is named and not there; without any, that of `oklik run`."""
    if given is None and run(conn, "SELECT 1 FROM project LIMIT 1").first() is not None:
        return find_project(conn, None)
    run(conn, "INSERT INTO project (name) VALUES (:name) ON CONFLICT DO NOTHING", name=given or DEFAULT)
    return find_project(conn, given or DEFAULT)
