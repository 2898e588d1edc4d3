"""The web application: everything it needs is handed in, so that a test or a process makes as many as it likes."""

import logging
import time

from apiflask import APIFlask
from flask import Response, current_app, g, request
from sqlalchemy import Engine
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import IntegerConverter

from oklik import __version__
from oklik.campaigns.passwords import Passwords
from oklik.clock import Clock, SystemClock
from oklik_web import access, built, door, openapi, outcomes, pages, problems, templating
from oklik_web.api import blueprints
from oklik_web.guesses import Guesses
from oklik_web.proxies import behind
from oklik_web.rate import Rate
from oklik_web.running import Running
from oklik_web.settings import WebSettings
from oklik_web.words import is_api

log = logging.getLogger(__name__)

API = "/api/v1"
_ALL = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Nothing of the API is to be shown as a page, kept by a cache or read by another site.
_API = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language, Authorization, Cookie",
}
# Scripts and styles are files of ours and nothing else; data: for the little pictures that Tabler's styles hold, blob:
# for what was recorded in the browser and not sent yet.
_PAGE = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Vary": "Cookie",
}
# Our own files are not documents, and do not hang on who asks: what a page may do says the page.
_FILE = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}
_KEPT = "public, max-age=31536000, immutable"  # a file whose address names its version


class RowNumber(IntegerConverter):
    """<int:...> of an address: the number of a row, which a bigint holds; what has more digits is not there."""

    regex = r"\d{1,18}"


def create_app(engine: Engine, settings: WebSettings, *, clock: Clock | None = None) -> APIFlask:
    """Make the application.  engine: of a migrated database; clock: the wall's by default."""
    app = APIFlask("oklik_web", title="Oklik", version=__version__, spec_path=f"{API}/openapi.json", docs_path=None)
    app.config["OKLIK"] = Running(
        engine,
        settings,
        clock or SystemClock(),
        Rate(settings.requests, settings.per_s),
        Passwords(rounds=settings.hash_rounds, memory_kib=settings.hash_kib),
        Guesses(),
    )
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters["int"] = RowNumber
    openapi.configure(app)
    problems.register(app)
    door.configure(app, settings.secret)
    templating.configure(app)
    app.view_functions["static"] = built.static_file
    app.before_request(_begin)
    app.before_request(outcomes.begin)
    app.teardown_request(outcomes.end)
    app.after_request(_end)
    for blueprint in blueprints():
        app.register_blueprint(blueprint, url_prefix=f"{API}{blueprint.url_prefix or ''}")
    for one in pages.blueprints():
        app.register_blueprint(one)
    access.check_rules(app)
    app.wsgi_app = behind(app.wsgi_app, settings.proxies)  # type: ignore[method-assign]
    return app


def _begin() -> None:
    g.began = time.monotonic()
    mimetype, most = access.accepted(current_app)
    request.max_content_length = most
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    if has_body and is_api() and request.mimetype != mimetype:
        raise UnsupportedMediaType


def _is_kept() -> bool:
    return "v" in request.args or built.is_part(str((request.view_args or {}).get("filename")))


def _end(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200 and _is_kept():
        response.headers["Cache-Control"] = _KEPT
    elif request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"  # files that are sent would else be kept: recordings, passwords
    own = _FILE if request.endpoint == "static" else _API if is_api() else _PAGE
    for name, value in (_ALL | own).items():
        response.headers.setdefault(name, value)
    who = g.get("asker")
    # The rule and not the path, the asker's name and no secret: neither secrets nor people's data are logged.
    log.info(
        "%s %s %d %.0f ms %s",
        request.method,
        request.url_rule or "-",
        response.status_code,
        1000 * (time.monotonic() - g.get("began", time.monotonic())),
        who.name if who is not None else "-",
    )
    return response
