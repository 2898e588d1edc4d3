"""Pages of campaigns.  What changes is asked of the API by the pages' scripts; here pages are only put together."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from oklik.campaigns import standing as standing_campaigns
from oklik.campaigns.campaign_drafts import settings_of
from oklik.campaigns.preflight_requests import preflight_state
from oklik.campaigns.presets import all_presets
from oklik.campaigns.progress import progress
from oklik.campaigns.rows import run
from oklik.campaigns.run_settings import RunSettings
from oklik.campaigns.standing import NoSuchStanding
from oklik.campaigns.tester_phones import all_phones
from oklik.campaigns.tokens import Scope
from oklik.dialing.masking import masked
from oklik.dialing.sentences import sentence
from oklik.reports.words import disposition_names
from oklik_web.access import page
from oklik_web.api.standing import came_out, standing_out
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.settings_choices import choices
from oklik_web.words import language, said

blueprint = Blueprint("pages_campaigns", __name__, url_prefix="/campaigns")

PAGE = 50
STATES = ("draft", "running", "paused", "done", "stopped")


@blueprint.get("/")
@page(Scope.CAMPAIGNS_READ)
def index() -> str:
    """Campaigns, the newest first."""
    wanted = {name: request.args.get(name, "").strip()[:200] for name in ("q", "project", "state")}
    before = request.args.get("before", type=int)
    with running().engine.connect() as conn:
        rows = _campaigns(conn, wanted, before)
        projects = run(conn, "SELECT name FROM project ORDER BY name").scalars()
        any_at_all = bool(rows) or run(conn, "SELECT 1 FROM campaign LIMIT 1").first() is not None
    more = len(rows) > PAGE
    return render_template(
        "campaigns/index.html",
        campaigns=rows[:PAGE],
        more=rows[PAGE - 1].id if more else None,
        projects=projects,
        states=STATES,
        wanted=wanted,
        any_at_all=any_at_all,
    )


@blueprint.get("/<int:campaign_id>/bar")
@page(Scope.CAMPAIGNS_READ)
def bar(campaign_id: int) -> str:
    """How far a campaign is, for the list of all."""
    app = running()
    with app.engine.connect() as conn:
        try:
            found = progress(conn, campaign_id, now=app.clock.now(), language=language())
        except NoResultFound:
            raise Problem(404, said("no_campaign", id=campaign_id)) from None
    return render_template("campaigns/bar.html", found=found)


@blueprint.get("/new")
@page(Scope.CAMPAIGNS_WRITE)
def new() -> str:
    """The three steps."""
    with running().engine.connect() as conn:
        return render_template("campaigns/new.html", standing=False, **_offers(conn))


@blueprint.get("/standing")
@page(Scope.CAMPAIGNS_READ)
def standing() -> str:
    """Standing campaigns."""
    with running().engine.connect() as conn:
        found = [standing_out(one) for one in standing_campaigns.all_standing(conn)]
    return render_template("campaigns/standing.html", campaigns=found)


@blueprint.get("/standing/new")
@page(Scope.CAMPAIGNS_WRITE)
def standing_new() -> str:
    """A standing campaign: scenario and settings; lists come later."""
    with running().engine.connect() as conn:
        return render_template("campaigns/new.html", standing=True, **_offers(conn))


@blueprint.get("/standing/<int:standing_id>")
@page(Scope.CAMPAIGNS_READ)
def standing_one(standing_id: int) -> str:
    """A standing campaign and the lists that came."""
    with running().engine.connect() as conn:
        try:
            found = standing_campaigns.get_standing(conn, standing_id)
        except NoSuchStanding:
            raise Problem(404, said("no_standing", id=standing_id)) from None
        came = [came_out(one) for one in standing_campaigns.lists_of(conn, standing_id)]
    return render_template("campaigns/standing_one.html", one=standing_out(found), came=came)


@blueprint.get("/<int:campaign_id>")
@page(Scope.CAMPAIGNS_READ)
def live(campaign_id: int) -> str:
    """A campaign as it goes."""
    with running().engine.connect() as conn:
        head = _head(conn, campaign_id)
        phones = all_phones(conn) if head.state == "draft" else []
        settings = settings_of(conn, campaign_id)
    told = [{"number": one.number, "shown": f"{one.name} · {masked(one.number)}"} for one in phones]
    return render_template("campaigns/live.html", head=head, phones=told, pilot=settings.pilot)


@blueprint.get("/<int:campaign_id>/check")
@page(Scope.PREFLIGHT_READ)
def check(campaign_id: int) -> str:
    """The launch check that was made last."""
    with running().engine.connect() as conn:
        head = _head(conn, campaign_id)
        found = run(
            conn, "SELECT id FROM preflight WHERE campaign_id = :id ORDER BY id DESC LIMIT 1", id=campaign_id
        ).scalar()
        state = None if found is None else preflight_state(conn, found)
    template = "campaigns/check_result.html" if request.headers.get("HX-Request") else "campaigns/check.html"
    return render_template(template, head=head, check=state, rule=_rule, bars=_bars(state))


@blueprint.get("/<int:campaign_id>/results")
@page(Scope.RESULTS_READ)
def results(campaign_id: int) -> str:
    """What came of a campaign."""
    with running().engine.connect() as conn:
        head = _head(conn, campaign_id)
        columns = run(conn, "SELECT columns FROM contact_list WHERE id = :id", id=head.list_id).scalar_one()
    outcomes = {code: name for code, name in disposition_names(language()).items() if code}
    return render_template("campaigns/results.html", head=head, columns=columns, outcomes=outcomes)


def _campaigns(conn: Connection, wanted: dict[str, str], before: int | None) -> list[Any]:
    return list(
        run(
            conn,
            """SELECT c.id, p.name AS project, c.name, c.state, c.virtual, c.created_at, s.name AS scenario, v.number,
                   l.name AS list
               FROM campaign c JOIN project p ON p.id = c.project_id
               JOIN scenario_version v ON v.id = c.scenario_version_id JOIN scenario s ON s.id = v.scenario_id
               JOIN contact_list l ON l.id = c.list_id
               WHERE (CAST(:before AS bigint) IS NULL OR c.id < :before)
                 AND (:project = '' OR p.name = :project) AND (:state = '' OR c.state = :state)
                 AND (:q = '' OR strpos(lower(c.name), lower(:q)) > 0)
               ORDER BY c.id DESC LIMIT :most""",
            before=before,
            most=PAGE + 1,
            q=wanted["q"],
            project=wanted["project"],
            state=wanted["state"],
        )
    )


def _offers(conn: Connection) -> dict[str, Any]:
    """What a new campaign can be made of."""
    scenarios = run(
        conn,
        """SELECT s.id, s.name, p.name AS project, v.number, v.title
           FROM scenario s JOIN project p ON p.id = s.project_id
           JOIN LATERAL (SELECT number, published_at, document -> 'title' AS title FROM scenario_version
                         WHERE scenario_id = s.id ORDER BY number DESC LIMIT 1) v ON true
           ORDER BY v.published_at DESC, s.id LIMIT 300""",
    ).all()
    lists = run(
        conn,
        """SELECT l.id, l.name, l.source, l.imported_at, p.name AS project FROM contact_list l
           JOIN project p ON p.id = l.project_id ORDER BY l.imported_at DESC, l.id DESC LIMIT 300""",
    ).all()
    return {
        "scenarios": [_titled(one) for one in scenarios],
        "lists": lists,
        "presets": all_presets(conn),
        "settings": RunSettings().to_json(),
        **choices(conn),
    }


def _titled(row: Any) -> dict[str, Any]:
    """A scenario with the title that its author gave it, in the language of the page where there is one."""
    title = row.title
    if isinstance(title, dict):
        title = title.get(language()) or next(iter(title.values()), None)
    told: dict[str, Any] = row._asdict()
    return told | {"title": title or row.name}


def _head(conn: Connection, campaign_id: int) -> Any:
    row = run(
        conn,
        """SELECT c.id, c.name, c.state, c.virtual, c.zone, c.list_id, c.created_at, p.name AS project,
               s.name AS scenario, v.number AS version, l.name AS list, b.name AS preset, w.number AS preset_version
           FROM campaign c JOIN project p ON p.id = c.project_id
           JOIN scenario_version v ON v.id = c.scenario_version_id JOIN scenario s ON s.id = v.scenario_id
           JOIN contact_list l ON l.id = c.list_id LEFT JOIN preset_version w ON w.id = c.preset_version_id
           LEFT JOIN preset b ON b.id = w.preset_id WHERE c.id = :id""",
        id=campaign_id,
    ).one_or_none()
    if row is None:
        raise Problem(404, said("no_campaign", id=campaign_id))
    return row


def _rule(rule: str, args: dict[str, Any] | None = None) -> str:
    return sentence(rule, args or {}, language())


def _bars(state: Any) -> list[dict[str, Any]]:
    """People who may be called, hour by hour, a row a day in the campaign's zone."""
    if state is None or state.result is None:
        return []
    from oklik.dialing.zones import tzinfo

    zone, days = tzinfo(state.result.zone), {}  # type: ignore[var-annotated]
    for one in state.result.hours:
        local = one.at.astimezone(zone)
        days.setdefault(local.date(), [0] * 24)[local.hour] = one.contacts
    most = max((max(counts) for counts in days.values()), default=0)
    shown: list[dict[str, Any]] = []
    for day, counts in days.items():
        levels = [0 if not most or not n else 1 + round(4 * n / most) for n in counts]
        shown.append({"day": day, "levels": levels, "most": max(counts)})
    return shown
