"""Who asks, and whether they may: a rule right below every route.

    @allowed(Scope.X)        the API: a bearer token with this scope, or a browser whose user's role has it
    @page(Scope.X)           a page: the same browser; page() for everybody who is signed in
    @open_page               a page for strangers, such as the one to sign in
    @open_to_all             the API for strangers; says nothing of anybody's data

Which role has which scope stands in `campaigns.permissions`.  A route without a rule keeps the application from
starting.  A request with an Authorization header is a program's and its cookies are not looked at; changes of a
browser need the CSRF token.  A token is never logged nor repeated in an answer.
"""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any, NamedTuple, TypeVar, cast

from flask import Flask, g, redirect, request, url_for

from oklik.campaigns import one_time_codes, tokens
from oklik.campaigns.audit import Actor
from oklik.campaigns.permissions import scopes_of
from oklik.campaigns.tokens import Scope
from oklik.campaigns.web_sessions import SignedIn
from oklik_web import door
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.words import said

View = TypeVar("View", bound=Callable[..., Any])

SECURITY = ["bearer", "session"]  # the schemes' names in the OpenAPI document
OPEN, SIGNED_IN = "open", "signed in"  # rules besides scopes
LIBRARIES = {"static": OPEN, "openapi.spec": OPEN}  # routes that are not ours


class Asker(NamedTuple):
    """Who sent this request.  kind: token or user; scopes: all they may do here.

    user_id: who they are, or whose token it is; None for a token that a command made.
    """

    kind: str
    id: int
    name: str
    scopes: frozenset[str]
    user_id: int | None

    @property
    def owner(self) -> str:
        """A key of their own, for limits and repeated requests."""
        return f"{self.kind}:{self.id}"

    def actor(self) -> Actor:
        """As the audit names them."""
        via = "api" if self.kind == "token" else "web"
        return Actor(f"{self.kind}:{self.name}", via, request.remote_addr)


def asker() -> Asker:
    """Who asks, in a view with a rule of a scope or for the signed in."""
    found: Asker = g.asker
    return found


def allowed(scope: Scope) -> Callable[[View], View]:
    """A view of the API for who has this scope; stands right below the route, so that nothing is read before."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            g.asker = _asker()
            _in_time(g.asker)
            if scope not in g.asker.scopes:
                key = "no_scope" if g.asker.kind == "token" else "no_right"
                raise Problem(403, said(key, name=g.asker.name, scope=scope))
            return view(*args, **values)

        spec = dict(getattr(view, "_spec", {}))
        more = {**(spec.get("extensions") or {}), "x-scope": str(scope)}
        guarded._spec = {**spec, "security": SECURITY, "extensions": more}  # type: ignore[attr-defined]  # noqa: SLF001
        return cast("View", _ruled(guarded, scope))

    return decorate


def page(scope: Scope | None = None) -> Callable[[View], View]:
    """A page for whose role has this scope, or for everybody who is signed in; strangers are sent to sign in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            user = door.signed_in()
            if user is None:
                return _to_sign_in()
            door.check_csrf()
            g.asker = _user(user)
            _in_time(g.asker)
            if scope is not None and scope not in g.asker.scopes:
                raise Problem(403, said("no_right", name=user.name, scope=scope))
            return view(*args, **values)

        return cast("View", _ruled(guarded, scope or SIGNED_IN))

    return decorate


def open_page(view: View) -> View:
    """A page for strangers; what is sent from it must come from it all the same."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        door.signed_in()  # whose language it is; and the view asks no second connection for it
        door.check_csrf()
        return view(*args, **values)

    return cast("View", _ruled(guarded, OPEN))


def open_to_all(view: View) -> View:
    """Whatever anybody may know."""
    return cast("View", _ruled(view, OPEN))


def accepts(mimetype: str, most: int) -> Callable[[View], View]:
    """An address of the API that takes something else than JSON, of so many bytes at most; stands below the route."""

    def decorate(view: View) -> View:
        view._accepts = (mimetype, most)  # type: ignore[attr-defined]  # noqa: SLF001
        return view

    return decorate


def accepted(app: Flask) -> tuple[str, int]:
    """What this request's address takes, and how much of it."""
    view = app.view_functions.get(request.endpoint or "")
    usual: tuple[str, int] = ("application/json", app.config["MAX_CONTENT_LENGTH"])
    return getattr(view, "_accepts", usual)


def rule_of(app: Flask, endpoint: str) -> str:
    """Give the rule of a route: a scope, OPEN or SIGNED_IN.  Raises LookupError where there is none."""
    rule = LIBRARIES.get(endpoint) or getattr(app.view_functions[endpoint], "_rule", None)
    if rule is None:
        raise LookupError(f"the route {endpoint} has no rule who may use it (oklik_web.access)")
    return str(rule)


def check_rules(app: Flask) -> None:
    """Every route has its rule.  Raises LookupError."""
    for rule in app.url_map.iter_rules():
        rule_of(app, rule.endpoint)


def _ruled(view: Any, rule: str) -> Any:
    view._rule = rule  # noqa: SLF001
    return view


def _asker() -> Asker:
    """Whoever sends this request to the API.  Raises Problem."""
    if "Authorization" in request.headers:
        return _program()
    user = door.signed_in()
    if user is None:
        # a page's script is told so in words for people; only pages send this header
        key = "signed_out" if "X-CSRF-Token" in request.headers or door.COOKIE in request.cookies else "no_token"
        raise Problem(401, said(key), headers={"WWW-Authenticate": "Bearer"})
    door.check_csrf()
    return _user(user)


def _program() -> Asker:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not given:
        raise Problem(401, said("no_token"), headers={"WWW-Authenticate": "Bearer"})
    app = running()
    with app.engine.begin() as conn:
        token = tokens.recognise(conn, given.strip(), app.clock.now())
    if token is None:
        raise Problem(401, said("bad_token"), headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    # Somebody's token follows them: it can do no more than they can now.
    scopes = frozenset(token.scopes)
    return Asker("token", token.id, token.name, scopes & scopes_of(token.role) if token.role else scopes, token.user_id)


def _user(user: SignedIn) -> Asker:
    return Asker("user", user.user_id, user.login, scopes_of(user.role), user.user_id)


def _in_time(who: Asker) -> None:
    app = running()
    wait_s = app.rate.wait_s(who.owner)
    if wait_s > 0:
        told = said("too_many", most=app.rate.most, seconds=app.rate.per_s)
        raise Problem(429, told, headers={"Retry-After": str(ceil(wait_s))})


def _to_sign_in() -> Any:
    app = running()
    with app.engine.connect() as conn:
        place = "pages_accounts.login" if one_time_codes.anybody(conn) else "pages_accounts.first_admin"
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for(place)}
    if request.method in door.UNSAFE:
        return redirect(url_for(place), 303)
    wanted = request.full_path.rstrip("?")
    return redirect(url_for(place, next=wanted if wanted != "/" else None))
