"""Scenarios: the list with the gallery of ready ones, and the page that the editor draws itself into."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import scenario_drafts, scenario_list
from oklik.campaigns.projects import all_projects, open_names
from oklik.campaigns.ready_scenarios import blank, ready_scenarios
from oklik.campaigns.scenario_drafts import NameRefused
from oklik.campaigns.tokens import Scope
from oklik_web import forms, templating
from oklik_web.access import page
from oklik_web.changing import page_change
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.whom import project_of
from oklik_web.words import in_language, language, said

blueprint = Blueprint("pages_scenarios", __name__, url_prefix="/scenarios")
Answer = Response | str | tuple[str, int]


class NewForm(forms.Form):
    """A new scenario."""

    title = forms.line(200)
    name = forms.line(40)
    project = forms.choice(needed=False)


@blueprint.get("")
@page(Scope.SCENARIOS_READ)
def index() -> Answer:
    """All scenarios, and what a new one may begin as.  q: a piece of a title or a name; project: its name.

    Those of archived projects are shown when such a project is asked for.
    """
    q, project = (request.args.get(name, "")[:100].strip() for name in ("q", "project"))
    with running().engine.connect() as conn:
        known = scenario_list.all_scenarios(conn, language())
        projects = [one.name for one in all_projects(conn)]
    here = [one for one in known if (one.project == project if project else not one.archived)]
    shown = [one for one in here if q.casefold() in f"{one.title} {one.name}".casefold()]
    told = {"scenarios": shown, "all": len(known), "q": q, "project": project, "projects": projects}
    return render_template("scenarios/index.html", **told, ready=_gallery())


def _gallery() -> list[tuple[str, str, str, int]]:
    spoken = language()
    return [(one.code, one.title[spoken], one.description[spoken], one.nodes) for one in ready_scenarios().values()]


@blueprint.route("/new", methods=["GET", "POST"])
@page(Scope.SCENARIOS_WRITE)
def new() -> Answer:
    """Name a new scenario.  template: the ready one that it is to begin as."""
    code = request.values.get("template", "")
    template = ready_scenarios().get(code)
    if code and template is None:
        raise Problem(404, said("no_template", code=code[:60], known=", ".join(ready_scenarios())))
    form = _form()
    if form.is_submitted() and form.validate():
        title, name, spoken = form.said("title").strip(), form.said("name").strip(), language()
        document = {**template.documents[spoken], "title": title} if template else blank(name, title, spoken)
        try:
            with page_change() as change:
                project = project_of(change.conn, form.said("project") or None, make=True)
                made = scenario_drafts.make(change.conn, project, name, document, change.actor.who, change.now)
                change.note("scenarios.make", name, {"id": made, "template": code or None})
            return redirect(url_for(".edit", scenario_id=made), 303)
        except NameRefused as error:
            form.blame("name", in_language(error.text))
    elif template is not None and not form.is_submitted():
        form.title.data = template.title[language()]
        form.name.data = _free(code)
    status = 422 if form.is_submitted() else 200
    return render_template("scenarios/new.html", form=form, template=template, code=code), status


def _form() -> NewForm:
    """The form, with a choice of the project where there are several."""
    form = NewForm()
    with running().engine.connect() as conn:
        names = open_names(conn)
    form.project.choices = [(one, templating.project(one)) for one in names] or [("", "")]
    if not form.project.data:
        form.project.data = names[0] if names else ""
    return form


def _free(code: str) -> str:
    """A name like this that no scenario has yet."""
    with running().engine.connect() as conn:
        taken = {one.name for one in scenario_list.all_scenarios(conn, language())}
    return next(name for name in (code, *(f"{code[:36]}-{n}" for n in range(2, 1000))) if name not in taken)


@blueprint.get("/<int:scenario_id>")
@page(Scope.SCENARIOS_READ)
def edit(scenario_id: int) -> Answer:
    """The editor."""
    with running().engine.connect() as conn:
        name = scenario_list.scenario_name(conn, scenario_id)
        draft = scenario_drafts.look(conn, scenario_id) if name is not None else None
    if name is None or draft is None:
        raise Problem(404, said("no_scenario", id=scenario_id))
    title = scenario_list.title_in(draft.document.get("title"), language()) or name
    return render_template("scenarios/edit.html", scenario=scenario_id, title=title)
