"""Projects: what campaigns, lists and scenarios belong to; made, renamed, archived and brought back."""

from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import projects
from oklik.campaigns.projects import NAME_MAX, NoSuchProject
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment
from oklik_web.words import said

blueprint = APIBlueprint("projects", __name__, url_prefix="/projects")


class ProjectIn(Body):
    """A project's name; no other has it."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]


class ProjectOut(BaseModel):
    """A project and how much is in it.  usual: what commands make goes there; calling: campaigns that are not over.

    archived_at: since when nothing new is put there; None: it is in use.
    """

    id: int
    name: str
    usual: bool
    archived_at: Moment | None
    campaigns: int
    calling: int
    lists: int
    scenarios: int


class ProjectsOut(BaseModel):
    """Projects by name, those in use first."""

    projects: list[ProjectOut]


@blueprint.get("")
@allowed(Scope.PROJECTS_READ)
@blueprint.output(ProjectsOut)
def show() -> ProjectsOut:
    """List projects."""
    with running().engine.connect() as conn:
        found = projects.all_projects(conn)
    return ProjectsOut.model_validate({"projects": found}, from_attributes=True)


@blueprint.post("")
@allowed(Scope.PROJECTS_WRITE)
@blueprint.input(ProjectIn)
@blueprint.output(ProjectOut)
@changing
def add(change: Change, json_data: ProjectIn) -> ProjectOut:
    """Make a project."""
    return _told(change, made(change, json_data.name))


@blueprint.post("/<int:project_id>/rename")
@allowed(Scope.PROJECTS_WRITE)
@blueprint.input(ProjectIn)
@blueprint.output(ProjectOut)
@changing
def rename(change: Change, project_id: int, json_data: ProjectIn) -> ProjectOut:
    """Call a project otherwise; programs that name it say the new name from then on."""
    renamed(change, project_id, json_data.name)
    return _told(change, project_id)


@blueprint.post("/<int:project_id>/archive")
@allowed(Scope.PROJECTS_WRITE)
@blueprint.output(ProjectOut)
@changing
def archive(change: Change, project_id: int) -> ProjectOut:
    """Put nothing new there and offer it no more; its results stay.  Refused while its campaigns run."""
    archived(change, project_id)
    return _told(change, project_id)


@blueprint.post("/<int:project_id>/restore")
@allowed(Scope.PROJECTS_WRITE)
@blueprint.output(ProjectOut)
@changing
def restore(change: Change, project_id: int) -> ProjectOut:
    """Use an archived project again."""
    restored(change, project_id)
    return _told(change, project_id)


def made(change: Change, name: str) -> int:
    """Make one and note it.  Raises ProjectRefused."""
    project = projects.add_project(change.conn, name)
    change.note("projects.add", str(project), {"name": name})
    return project


def renamed(change: Change, project_id: int, name: str) -> None:
    """Rename one and note it.  Raises Problem, ProjectRefused."""
    before = _find(change, project_id).name
    projects.rename_project(change.conn, project_id, name)
    change.note("projects.rename", str(project_id), {"name": name, "before": before})


def archived(change: Change, project_id: int) -> None:
    """Archive one and note it.  Raises Problem, ProjectRefused."""
    name = _find(change, project_id).name
    projects.archive_project(change.conn, project_id, change.now)
    change.note("projects.archive", str(project_id), {"name": name})


def restored(change: Change, project_id: int) -> None:
    """Bring one back and note it.  Raises Problem."""
    name = _find(change, project_id).name
    projects.restore_project(change.conn, project_id)
    change.note("projects.restore", str(project_id), {"name": name})


def _find(change: Change, project_id: int) -> projects.Project:
    try:
        return projects.get_project(change.conn, project_id)
    except NoSuchProject:
        raise Problem(404, said("project_gone", id=project_id)) from None


def _told(change: Change, project_id: int) -> ProjectOut:
    return ProjectOut.model_validate(projects.get_project(change.conn, project_id), from_attributes=True)
