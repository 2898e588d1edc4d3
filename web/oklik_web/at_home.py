"""What the start page says: what runs now, what needs somebody, what came to its end, what is still to be set up.

Small questions only, none of them of contacts or calls, so that the page is quick however large the lists are.
"""

import datetime as dt
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import Connection

from oklik.campaigns import gateways, trunks
from oklik.campaigns.pilots import OVER
from oklik.campaigns.rows import run
from oklik.reports import nodes
from oklik.reports.why_words import headline_words
from oklik_web.running import running
from oklik_web.templating import may
from oklik_web.texts import t
from oklik_web.trunk_words import worst_condition
from oklik_web.words import language

MOST = 6
RECENT = dt.timedelta(days=7)
QUIET = frozenset({"registered", "ready", "trying", "applying", "unknown"})


class Trouble(NamedTuple):
    """Something that needs somebody.  colour: red where calls suffer, yellow where they wait; where: its page."""

    colour: str
    title: str
    text: str
    where: str


class Step(NamedTuple):
    """Something to be set up before the first campaign.  done: it is there; where: the page on which to do it."""

    key: str
    done: bool
    where: str


def active(conn: Connection) -> list[Any]:
    """Give campaigns that run or are paused, those that run first."""
    return _campaigns(conn, "state IN ('running', 'paused')", "state = 'running' DESC, c.id DESC")


def calls(conn: Connection) -> tuple[int, int]:
    """Give how many calls there are at this moment, and for how many the nodes that live have room."""
    alive = [one for one in nodes.nodes(conn, running().clock.now()) if one.alive]
    return sum(one.legs for one in alive), sum(one.channels for one in alive)


def over(conn: Connection) -> list[Any]:
    """Give the campaigns that came to their end last."""
    return _campaigns(conn, "state IN ('done', 'stopped')", "c.id DESC")


def troubles(conn: Connection) -> list[Trouble]:
    """Give what needs somebody, the worst first; what its page would refuse to this person is left out."""
    found = [*_of_campaigns(conn), *_of_standing(conn)] if may("campaigns:read") else []
    if may("trunks:read"):
        found += [*_of_trunks(conn), *_of_nodes(conn)]
    return sorted(found, key=lambda one: one.colour != "red")


def steps(conn: Connection) -> list[Step]:
    """Give the way to the first campaign, for those who may make one; none once there is one."""
    if not may("campaigns:write") or _any(conn, "SELECT 1 FROM campaign LIMIT 1"):
        return []
    line = Step("line", _any(conn, "SELECT 1 FROM trunk LIMIT 1"), url_for("pages_trunks.index"))
    return [
        *([line] if may("trunks:write") else []),
        Step("scenario", _any(conn, "SELECT 1 FROM scenario_version LIMIT 1"), url_for("pages_scenarios.new")),
        Step("list", _any(conn, "SELECT 1 FROM contact_list LIMIT 1"), url_for("pages_lists_import.index")),
        Step("campaign", False, url_for("pages_campaigns.new")),
    ]


def _any(conn: Connection, statement: str) -> bool:
    return run(conn, statement).first() is not None


def _campaigns(conn: Connection, which: str, order: str) -> list[Any]:
    if not may("campaigns:read"):
        return []
    statement = f"""SELECT c.id, c.name, c.state, c.held, c.virtual, c.created_at, p.name AS project
        FROM campaign c JOIN project p ON p.id = c.project_id
        WHERE {which} ORDER BY {order} LIMIT :most"""  # noqa: S608  constants of this module
    return list(run(conn, statement, most=MOST))


def _of_campaigns(conn: Connection) -> list[Trouble]:
    held = _campaigns(conn, "state = 'paused' AND held IS NOT NULL", "c.id DESC")
    found = []
    for one in held:
        where = url_for("pages_campaigns.live", campaign_id=one.id)
        if one.held == OVER:
            found.append(Trouble("yellow", one.name, t("overview.pilot_over"), where))
        else:
            found.append(Trouble("red", one.name, headline_words(one.state, one.held, (), language()), where))
    return found


def _of_standing(conn: Connection) -> list[Trouble]:
    rows = run(
        conn,
        """SELECT s.id, s.name, l.source, l.reason_ru, l.reason_en FROM standing_campaign s
           JOIN LATERAL (SELECT * FROM standing_list WHERE standing_id = s.id ORDER BY at DESC LIMIT 1) l ON true
           WHERE s.active AND l.state = 'refused' ORDER BY s.id LIMIT :most""",
        most=MOST,
    )
    return [
        Trouble(
            "yellow",
            one.name,
            t(
                "overview.list_refused",
                file=one.source,
                reason=(one.reason_ru if language() == "ru" else one.reason_en) or "",
            ),
            url_for("pages_campaigns.standing_one", standing_id=one.id),
        )
        for one in rows
    ]


def _of_trunks(conn: Connection) -> list[Trouble]:
    filled, now, found = gateways.every(conn), running().clock.now(), []
    for one in trunks.all_trunks(conn):
        kept = filled.get(one.name)
        where = url_for("pages_trunks.show", trunk_id=one.id) if kept else url_for("pages_trunks.index")
        if one.state == "open":
            found.append(Trouble("red", t("overview.line", name=one.name), t("trunks.breaker_open"), where))
        elif kept is not None and (condition := worst_condition(conn, kept, now)) not in QUIET:
            found.append(Trouble("red", t("overview.line", name=one.name), t(f"trunks.is_{condition}"), where))
    return found


def _of_nodes(conn: Connection) -> list[Trouble]:
    now, where, found = running().clock.now(), url_for("pages_nodes.index"), []
    for one in nodes.nodes(conn, now):
        if one.state == "gone" or now - one.beat_at > RECENT:
            continue
        if not one.alive:
            found.append(Trouble("red", t("overview.node", name=one.node), t("nodes.silent"), where))
        elif one.state in {"switch_away", "writer_behind"}:
            found.append(Trouble("red", t("overview.node", name=one.node), t(f"nodes.state_{one.state}"), where))
    return found
