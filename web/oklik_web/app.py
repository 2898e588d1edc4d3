"""The web application: everything it needs is handed in, so that a test or a process makes as many as it likes."""

import logging
import time

from apiflask import APIFlask
from flask import Response, g, request
from sqlalchemy import Engine

from oklik import __version__
from oklik.clock import Clock, SystemClock
from oklik_web import openapi, problems
from oklik_web.api import blueprints
from oklik_web.bodies import check_body
from oklik_web.rate import Rate
from oklik_web.running import Running
from oklik_web.settings import WebSettings

log = logging.getLogger(__name__)

API = "/api/v1"
# Nothing here is to be shown in a page, kept by a cache or read by another site.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language, Authorization",
}


def create_app(engine: Engine, settings: WebSettings, *, clock: Clock | None = None) -> APIFlask:
    """Make the application.  engine: of a migrated database; clock: the wall's by default."""
    app = APIFlask("oklik_web", title="Oklik", version=__version__, spec_path=f"{API}/openapi.json", docs_path=None)
    app.config["OKLIK"] = Running(engine, settings, clock or SystemClock(), Rate(settings.requests, settings.per_s))
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    openapi.configure(app)
    problems.register(app)
    app.before_request(_begin)
    app.after_request(_end)
    for blueprint in blueprints():
        app.register_blueprint(blueprint, url_prefix=f"{API}{blueprint.url_prefix or ''}")
    return app


def _begin() -> None:
    g.began = time.monotonic()
    check_body()


def _end(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    token = g.get("token")
    # The rule and not the path, the token's name and not the token: neither secrets nor people's data are logged.
    log.info(
        "%s %s %d %.0f ms %s",
        request.method,
        request.url_rule or "-",
        response.status_code,
        1000 * (time.monotonic() - g.get("began", time.monotonic())),
        token.name if token is not None else "-",
    )
    return response
