"""Pages of campaigns.  What changes is asked of the API by the pages' scripts; here pages are only put together."""

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from oklik.campaigns import standing as standing_campaigns
from oklik.campaigns.campaign_drafts import settings_of
from oklik.campaigns.preflight_requests import preflight_state
from oklik.campaigns.presets import all_presets
from oklik.campaigns.projects import all_projects
from oklik.campaigns.rows import run
from oklik.campaigns.run_settings import RunSettings
from oklik.campaigns.segments import segments_of
from oklik.campaigns.standing import NoSuchStanding
from oklik.campaigns.tester_phones import all_phones
from oklik.campaigns.tokens import Scope
from oklik.dialing.masking import masked
from oklik.dialing.sentences import sentence
from oklik.reports.scenario_shape import versions_run
from oklik.reports.words import disposition_names
from oklik_web.access import page
from oklik_web.api.runs import ChosenOut, chosen_out
from oklik_web.api.standing import came_out, standing_out
from oklik_web.counted import progress_of
from oklik_web.kept import kept
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.settings_choices import choices
from oklik_web.texts import t, topics
from oklik_web.words import LANGUAGES, language, said

blueprint = Blueprint("pages_campaigns", __name__, url_prefix="/campaigns")

PAGE = 50
STATES = ("draft", "running", "paused", "done", "stopped")


@blueprint.get("/")
@page(Scope.CAMPAIGNS_READ)
def index() -> str:
    """Campaigns, the newest first."""
    wanted = {name: request.args.get(name, "").replace("\0", "").strip()[:200] for name in ("q", "project", "state")}
    given = request.args.get("before", "")
    before = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
    with running().engine.connect() as conn:
        rows = _campaigns(conn, wanted, before)
        projects = [one.name for one in all_projects(conn)]
        any_at_all = (
            bool(rows) or run(conn, "SELECT 1 FROM campaign WHERE state <> 'trial' LIMIT 1").first() is not None
        )
    more = len(rows) > PAGE
    return render_template(
        "campaigns/index.html",
        campaigns=[one._asdict() | {"scenario": _title(one.title, one.scenario)} for one in rows[:PAGE]],
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
    try:
        found = progress_of(running(), kept(), campaign_id, language())
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
        lists = run(
            conn,
            """SELECT id, name, source, imported_at FROM contact_list
               WHERE project_id = :project AND deleted_at IS NULL ORDER BY imported_at DESC, id DESC LIMIT 100""",
            project=found.project_id,
        ).all()
    return render_template("campaigns/standing_one.html", one=standing_out(found), came=came, lists=lists)


@blueprint.get("/<int:campaign_id>")
@page(Scope.CAMPAIGNS_READ)
def live(campaign_id: int) -> str:
    """A campaign as it goes."""
    with running().engine.connect() as conn:
        head = _head(conn, campaign_id)
        phones = all_phones(conn) if head.state == "draft" else []
        settings = settings_of(conn, campaign_id)
        contacts = run(conn, "SELECT count(*) FROM contact WHERE list_id = :id", id=head.list_id).scalar_one()
    told = [{"number": one.number, "shown": f"{one.name} · {masked(one.number)}"} for one in phones]
    chosen = chosen_out(head.segment)
    more = {"chosen": chosen, "conditions": chosen and _conditions(chosen), "contacts": contacts}
    return render_template("campaigns/live.html", head=head, phones=told, pilot=settings.pilot, **more)


def _conditions(chosen: ChosenOut) -> str:
    """Who was chosen, as one would say it."""
    said_so = (
        f"«{one.column}» {t(f'lists.op_{one.op}')}" + (f" «{one.value}»" if one.op not in {"filled", "empty"} else "")
        for one in chosen.conditions
    )
    return t(f"campaigns.chosen_{chosen.match}").join(said_so)


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
        segments = segments_of(conn, head.list_id)
        versions = versions_run(conn, campaign_id)
    outcomes = {code: name for code, name in disposition_names(language()).items() if code}
    return render_template(
        "campaigns/results.html",
        head=head,
        columns=columns,
        segments=segments,
        versions=versions,
        outcomes=outcomes,
        words=_said("results.say_"),
    )


def _said(beginning: str) -> dict[str, str]:
    """The texts that a page's script says, their values still open."""
    topic, _, start = beginning.partition(".")
    at = LANGUAGES.index(language())
    return {key.removeprefix(start): both[at] for key, both in topics()[topic].items() if key.startswith(start)}


def _campaigns(conn: Connection, wanted: dict[str, str], before: int | None) -> list[Any]:
    return list(
        run(
            conn,
            """SELECT c.id, p.name AS project, c.name, c.state, c.virtual, c.created_at, s.name AS scenario, v.number,
                   v.document -> 'title' AS title, l.name AS list
               FROM campaign c JOIN project p ON p.id = c.project_id
               JOIN scenario_version v ON v.id = c.scenario_version_id JOIN scenario s ON s.id = v.scenario_id
               JOIN contact_list l ON l.id = c.list_id
               WHERE (CAST(:before AS bigint) IS NULL OR c.id < :before)
                 AND CASE WHEN :project = '' THEN p.archived_at IS NULL ELSE p.name = :project END
                 AND (:state = '' OR c.state = :state)
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
           FROM scenario s JOIN project p ON p.id = s.project_id AND p.archived_at IS NULL
           JOIN LATERAL (SELECT number, published_at, document -> 'title' AS title FROM scenario_version
                         WHERE scenario_id = s.id ORDER BY number DESC LIMIT 1) v ON true
           ORDER BY v.published_at DESC, s.id LIMIT 300""",
    ).all()
    lists = run(
        conn,
        """SELECT l.id, l.name, l.source, l.imported_at, p.name AS project FROM contact_list l
           JOIN project p ON p.id = l.project_id AND p.archived_at IS NULL
           WHERE l.deleted_at IS NULL ORDER BY l.imported_at DESC, l.id DESC LIMIT 300""",
    ).all()
    segments = run(
        conn,
        "SELECT id, list_id, name FROM segment WHERE list_id = ANY(CAST(:lists AS bigint[])) ORDER BY lower(name), id",
        lists=[one.id for one in lists],
    ).all()
    return {
        "scenarios": [_titled(one) for one in scenarios],
        "lists": lists,
        "segments": segments,
        "wanted": {name: request.args.get(name, type=int) for name in ("scenario", "list", "segment")},
        "presets": all_presets(conn),
        "settings": RunSettings().to_json(),
        **choices(conn),
    }


def _titled(row: Any) -> dict[str, Any]:
    """A scenario with the title that its author gave it, in the language of the page where there is one."""
    told: dict[str, Any] = row._asdict()
    return told | {"title": _title(row.title, row.name)}


def _title(title: Any, name: str) -> str:
    if isinstance(title, dict):
        title = title.get(language()) or next(iter(title.values()), None)
    return title or name


def _head(conn: Connection, campaign_id: int) -> SimpleNamespace:
    row = run(
        conn,
        """SELECT c.id, c.name, c.state, c.virtual, c.zone, c.list_id, c.created_at, c.segment, p.name AS project,
               s.name AS scenario, v.document -> 'title' AS title, v.number AS version, l.name AS list,
               b.name AS preset, w.number AS preset_version
           FROM campaign c JOIN project p ON p.id = c.project_id
           JOIN scenario_version v ON v.id = c.scenario_version_id JOIN scenario s ON s.id = v.scenario_id
           JOIN contact_list l ON l.id = c.list_id LEFT JOIN preset_version w ON w.id = c.preset_version_id
           LEFT JOIN preset b ON b.id = w.preset_id WHERE c.id = :id""",
        id=campaign_id,
    ).one_or_none()
    if row is None:
        raise Problem(404, said("no_campaign", id=campaign_id))
    return SimpleNamespace(**row._asdict() | {"scenario": _title(row.title, row.scenario)})


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
