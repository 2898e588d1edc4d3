"""Settings: projects, which campaigns, lists and scenarios belong to."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import projects
from oklik.campaigns.projects import NAME_MAX, ProjectRefused
from oklik.campaigns.tokens import Scope
from oklik_web import forms
from oklik_web.access import page
from oklik_web.api import projects as api
from oklik_web.changing import Change, page_change
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.words import in_language

blueprint = Blueprint("pages_projects", __name__, url_prefix="/settings/projects")
Answer = Response | str | tuple[str, int]


class ProjectForm(forms.Form):
    """A new project."""

    name = forms.line(NAME_MAX)


@blueprint.get("")
@page(Scope.PROJECTS_READ)
def index() -> Answer:
    """All of them."""
    return _shown(ProjectForm())


@blueprint.post("")
@page(Scope.PROJECTS_WRITE)
def add() -> Answer:
    """Make one."""
    form = ProjectForm()
    if form.validate():
        try:
            with page_change() as change:
                api.made(change, form.said("name"))
        except ProjectRefused as error:
            form.blame("name", in_language(error.text))
        else:
            flash(t("projects.made", name=form.said("name")), "success")
            return redirect(url_for(".index"), 303)
    return _shown(form)


@blueprint.post("/<int:project_id>/rename")
@page(Scope.PROJECTS_WRITE)
def rename(project_id: int) -> Answer:
    """Call it otherwise."""
    name = " ".join(request.form.get("name", "").replace("\0", "").split())[: NAME_MAX + 1]
    return _done(lambda change: api.renamed(change, project_id, name), t("projects.renamed", name=name))


@blueprint.post("/<int:project_id>/archive")
@page(Scope.PROJECTS_WRITE)
def archive(project_id: int) -> Answer:
    """Take it out of use."""
    return _done(lambda change: api.archived(change, project_id), t("projects.archived"))


@blueprint.post("/<int:project_id>/restore")
@page(Scope.PROJECTS_WRITE)
def restore(project_id: int) -> Answer:
    """Use it again."""
    return _done(lambda change: api.restored(change, project_id), t("projects.restored"))


def _done(work: Callable[[Change], None], told: str) -> Response:
    try:
        with page_change() as change:
            work(change)
    except ProjectRefused as error:
        flash(in_language(error.text), "danger")
    else:
        flash(told, "success")
    return redirect(url_for(".index"), 303)


def _shown(form: ProjectForm) -> Answer:
    with running().engine.connect() as conn:
        found = projects.all_projects(conn)
    return render_template("projects/index.html", form=form, projects=found), 422 if form.errors else 200
