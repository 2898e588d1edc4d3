"""Projects: what campaigns, lists and scenarios belong to; which one a person means, by its name or the only one.

One of them is the usual one: `oklik run` puts its campaigns there, and so does whoever says nothing.  It is known by
its mark, so it may be renamed like any other.  An archived project takes nothing new and is not offered; what is in it
stays.
"""

import datetime as dt

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run

DEFAULT = "Основной"
"""What the usual project is called when it is made."""
NAME_MAX = 100


class Project(msgspec.Struct, frozen=True):
    """A project and how much is in it.  usual: `oklik run` works in it; calling: campaigns that are not over."""

    id: int
    name: str
    usual: bool
    archived_at: dt.datetime | None
    campaigns: int
    calling: int
    lists: int
    scenarios: int


class NoSuchProject(ValueError):
    """No project, or none for certain, is meant.  given: what was said, None for nothing; known: names."""

    def __init__(self, given: str | None, known: list[str]) -> None:
        self.given, self.known = given, known
        super().__init__(f"no project is meant for certain: {given!r} of {', '.join(known) or 'none'}")


class ProjectRefused(ValueError):
    """It cannot be so.  text: one line in "ru" and "en"; field: the one to blame; busy: it can, but not now."""

    def __init__(self, ru: str, en: str, *, field: str = "", busy: bool = False) -> None:
        self.text, self.field, self.busy = {"ru": ru, "en": en}, field, busy
        super().__init__(en)


def all_projects(conn: Connection) -> list[Project]:
    """Give the projects by name, those in use first."""
    return [Project(*row) for row in run(conn, f"{_PROJECTS} ORDER BY archived_at IS NOT NULL, lower(name), id")]


def open_names(conn: Connection) -> list[str]:
    """Give the names of those that are not archived, the usual one first."""
    found = run(conn, "SELECT name FROM project WHERE archived_at IS NULL ORDER BY NOT usual, lower(name), id")
    return [str(name) for name in found.scalars()]


def get_project(conn: Connection, project_id: int) -> Project:
    """Give one.  Raises NoSuchProject."""
    row = run(conn, f"{_PROJECTS} WHERE project.id = :id", id=project_id).one_or_none()
    if row is None:
        raise NoSuchProject(str(project_id), open_names(conn))
    return Project(*row)


def find_project(conn: Connection, given: str | None) -> int:
    """Give the id of the project of this name, or of the only one that is not archived.  Raises NoSuchProject."""
    rows = run(conn, "SELECT id, name, archived_at FROM project ORDER BY name").all()
    named = [row for row in rows if (row.archived_at is None if given is None else row.name == given)]
    if len(named) != 1:
        raise NoSuchProject(given, [row.name for row in rows])
    return int(named[0].id)


def put_project(conn: Connection, given: str | None) -> int:
    """Do the same, but make a project that is named and not there; without any, the usual one."""
    if given is None:
        if run(conn, "SELECT 1 FROM project WHERE archived_at IS NULL LIMIT 1").first() is not None:
            return find_project(conn, None)
        return usual_project(conn).id
    run(conn, "INSERT INTO project (name) VALUES (:name) ON CONFLICT DO NOTHING", name=given)
    return find_project(conn, given)


def usual_project(conn: Connection) -> Project:
    """Give the usual one; made where there is none yet."""
    run(conn, "INSERT INTO project (name, usual) VALUES (:name, true) ON CONFLICT DO NOTHING", name=DEFAULT)
    run(
        conn,
        "UPDATE project SET usual = true WHERE name = :name AND NOT EXISTS (SELECT FROM project WHERE usual)",
        name=DEFAULT,
    )
    return Project(*run(conn, f"{_PROJECTS} WHERE usual").one())


def usual_name(conn: Connection) -> str:
    """Give what the usual one is called, or will be."""
    return run(conn, "SELECT name FROM project WHERE usual").scalar() or DEFAULT


def name_for_list(conn: Connection, given: str | None) -> str:
    """Give the project's name that a new list goes to: as said, else the only open one, else the usual one."""
    known = open_names(conn)
    return given or (known[0] if len(known) == 1 else usual_name(conn))


def check_open(conn: Connection, project_id: int) -> None:
    """Something new is to be put there.  Raises ProjectRefused when it is archived."""
    name = run(
        conn, "SELECT name FROM project WHERE id = :id AND archived_at IS NOT NULL FOR SHARE", id=project_id
    ).scalar()
    if name is not None:
        raise archived(str(name))


def archived(name: str) -> ProjectRefused:
    """Why nothing new goes to the project of this name."""
    return ProjectRefused(
        f"проект «{name}» в архиве: верните его или выберите другой",
        f"the project {name!r} is archived: bring it back or choose another",
        field="project",
        busy=True,
    )


def add_project(conn: Connection, name: str) -> int:
    """Make one; gives its id.  Raises ProjectRefused."""
    name = _checked(name)
    made = run(
        conn, "INSERT INTO project (name) VALUES (:name) ON CONFLICT DO NOTHING RETURNING id", name=name
    ).scalar()
    if made is None:
        raise _taken(name)
    return int(made)


def rename_project(conn: Connection, project_id: int, name: str) -> None:
    """Call it otherwise; imports that are under way go where they were going.  Raises NoSuchProject, ProjectRefused."""
    name, before = _checked(name), get_project(conn, project_id).name
    if run(conn, "SELECT 1 FROM project WHERE name = :name AND id <> :id", name=name, id=project_id).first():
        raise _taken(name)
    run(conn, "UPDATE project SET name = :name WHERE id = :id", name=name, id=project_id)
    run(conn, "UPDATE list_import SET project = :name WHERE project = :before", name=name, before=before)


def archive_project(conn: Connection, project_id: int, now: dt.datetime) -> None:
    """Offer it no more and put nothing new there.  Raises NoSuchProject, ProjectRefused."""
    run(conn, "SELECT 1 FROM project WHERE id = :id FOR UPDATE", id=project_id)
    found = get_project(conn, project_id)
    if found.usual:
        raise ProjectRefused(
            f"«{found.name}» — основной проект, его в архив не убрать",
            f"{found.name!r} is the usual project, it cannot be archived",
            busy=True,
        )
    waits = run(
        conn, "SELECT count(*) FROM standing_campaign WHERE project_id = :id AND active", id=project_id
    ).scalar_one()
    if found.calling or waits:
        raise ProjectRefused(
            f"в проекте «{found.name}» ещё идут кампании: сначала завершите или остановите их",
            f"campaigns of the project {found.name!r} still run: end or stop them first",
            busy=True,
        )
    run(conn, "UPDATE project SET archived_at = coalesce(archived_at, :now) WHERE id = :id", now=now, id=project_id)


def restore_project(conn: Connection, project_id: int) -> None:
    """Offer it again.  Raises NoSuchProject."""
    get_project(conn, project_id)
    run(conn, "UPDATE project SET archived_at = NULL WHERE id = :id", id=project_id)


_PROJECTS = """SELECT id, name, usual, archived_at,
    (SELECT count(*) FROM campaign c WHERE c.project_id = project.id) AS campaigns,
    (SELECT count(*) FROM campaign c
     WHERE c.project_id = project.id AND c.state IN ('running', 'paused')) AS calling,
    (SELECT count(*) FROM contact_list l WHERE l.project_id = project.id AND l.deleted_at IS NULL) AS lists,
    (SELECT count(*) FROM scenario s WHERE s.project_id = project.id) AS scenarios
FROM project"""


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_MAX or not name.isprintable():
        raise ProjectRefused(
            f"название проекта: от 1 до {NAME_MAX} знаков",
            f"a project's name has 1 to {NAME_MAX} characters",
            field="name",
        )
    return name


def _taken(name: str) -> ProjectRefused:
    return ProjectRefused(f"проект «{name}» уже есть", f"there is a project {name!r} already", field="name", busy=True)
