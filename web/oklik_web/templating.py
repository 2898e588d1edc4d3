"""What every template has: t, may, me, navigation, assets by version, times and numbers in the person's way."""

import datetime as dt
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for
from jinja2 import StrictUndefined

from oklik.campaigns.permissions import may as role_may
from oklik.campaigns.projects import DEFAULT
from oklik.campaigns.tokens import Scope
from oklik.dialing import zone_words as zones
from oklik.dialing.zones import tzinfo
from oklik_web import door, navigation
from oklik_web.running import running
from oklik_web.texts import number, t
from oklik_web.words import LANGUAGES, language

THEMES = ("light", "dark")
_FORMATS = {
    "ru": ("%d.%m.%Y", "%d.%m.%Y %H:%M"),
    "en": ("%d %b %Y", "%d %b %Y %H:%M"),
}


def configure(app: Flask) -> None:
    """Put it into the application's templates."""
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    app.jinja_env.globals.update(
        t=t,
        asset=asset,
        may=may,
        there=lambda endpoint: endpoint in current_app.view_functions,
        sections=navigation.sections,
        settings_sections=navigation.settings_sections,
    )
    app.jinja_env.filters.update(moment=moment, day=day, number=lambda value: number(value, language()))
    app.jinja_env.filters.update(project=project, zone_words=zone_words)
    app.context_processor(_of_request)


def _of_request() -> dict[str, Any]:
    spoken = language()
    theme = request.cookies.get("theme")
    return {
        "me": door.known(),
        "language": spoken,
        "other_language": next(one for one in LANGUAGES if one != spoken),
        "theme": theme if theme in THEMES else None,
    }


def may(scope: str) -> bool:
    """Whether who is signed in has this scope: for links and buttons; views have their own rules."""
    user = door.known()
    return user is not None and role_may(user.role, Scope(scope))


def asset(name: str) -> str:
    """The address of a static file, with its version, so that browsers keep it for good."""
    folder = current_app.static_folder
    return url_for("static", filename=name, v=_version(Path(folder or "") / name))


def _version(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "0"
    return _digest(path, found.st_mtime_ns, found.st_size)


@cache
def _digest(path: Path, _mtime: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def project(name: str) -> str:
    """What a project is called: the usual one, as long as nobody has renamed it, in the language of the page."""
    return t("projects.usual") if name == DEFAULT else name


def zone_words(zone: str) -> str:
    """A time zone as people call it."""
    return zones.zone_words(zone, language(), running().clock.now())


def moment(value: dt.datetime | None) -> str:
    """A moment in the zone of the office, to the minute; a dash for none."""
    return "—" if value is None else value.astimezone(tzinfo(running().settings.zone)).strftime(_FORMATS[language()][1])


def day(value: dt.datetime | dt.date | None) -> str:
    """A day in the zone of the office; a dash for none."""
    if value is None:
        return "—"
    if isinstance(value, dt.datetime):
        value = value.astimezone(tzinfo(running().settings.zone))
    return value.strftime(_FORMATS[language()][0])
