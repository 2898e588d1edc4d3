"""Settings: who changed what."""

import datetime as dt
import re
from typing import Any

from flask import Blueprint, render_template, request

from oklik.campaigns.tokens import Scope
from oklik.dialing.zones import tzinfo
from oklik.reports import audit_log
from oklik_web.access import page
from oklik_web.running import running
from oklik_web.texts import number, t, topics
from oklik_web.words import language

blueprint = Blueprint("pages_audit", __name__, url_prefix="/settings/audit")
PAGE = 50
# Figures that name something and count nothing: their thousands are not parted.
_CODES = {"campaign", "edit", "id", "list", "order", "project", "scenario", "target", "undone", "test", "report"}
_COUNTED = re.compile(r"(\d{1,9}) (numbers|people|contacts)")
_FIELDS = ("who", "action", "subject", "since", "until")


@blueprint.get("")
@page(Scope.AUDIT_READ)
def index() -> str:
    """The latest changes, by filter.  What is no day or no number in the address is as if it were not there."""
    app = running()
    wanted = {name: request.args.get(name, "").replace("\0", "").strip()[:200] for name in _FIELDS}
    zone = tzinfo(app.settings.zone)
    with app.engine.connect() as conn:
        known = audit_log.actions(conn)
        found = audit_log.entries(
            conn,
            who=wanted["who"],
            action=wanted["action"],
            subject=wanted["subject"],
            since=_midnight(wanted["since"], zone),
            until=_midnight(wanted["until"], zone, days=1),
            before=_id(request.args.get("before", "")),
            most=PAGE + 1,
        )
    shown = found[:PAGE]
    return render_template(
        "audit/index.html",
        entries=shown,
        wanted=wanted,
        actions=[(one, action_words(one)) for one in known],
        action_words=action_words,
        details=_details,
        subject_words=_subject,
        older=shown[-1].id if len(found) > PAGE else None,
    )


def action_words(action: str) -> str:
    """Give an action in words; its code where there are none yet."""
    key = action.replace(".", "_")
    return t(f"actions.{key}") if key in topics()["actions"] else action


def _details(given: dict[str, Any]) -> str:
    return "; ".join(f"{_called(key)}: {_told(value, key)}" for key, value in given.items())


def _called(key: str) -> str:
    return t(f"audit_details.{key}") if key in topics()["audit_details"] else key


def _told(value: Any, key: str = "") -> str:
    """A value as people write it: nothing in quotes, lists by commas, roles by their names."""
    if value in (None, "", [], {}):
        return "—"
    match value:
        case bool():
            return t("lists.yes" if value else "lists.no")
        case int() | float() if key not in _CODES:
            return number(value, language())
        case str() if key == "role" and value in topics()["roles"]:
            return t(f"roles.{value}")
        case list():
            return ", ".join(map(_told, value))
        case dict():
            return ", ".join(f"{_called(str(name))} {_told(one, str(name))}" for name, one in value.items())
    return str(value)


def _subject(subject: str) -> str:
    """A number of numbers, people or contacts in words; anything else as it was noted."""
    found = _COUNTED.fullmatch(subject)
    return t(f"audit.counted_{found[2]}", n=int(found[1])) if found else subject


def _midnight(day: str, zone: dt.tzinfo, *, days: int = 0) -> dt.datetime | None:
    try:
        found = dt.date.fromisoformat(day)
        if not 1900 < found.year < 2200:
            return None
    except ValueError:
        return None
    return dt.datetime.combine(found + dt.timedelta(days=days), dt.time(), zone)


def _id(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
