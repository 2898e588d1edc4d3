"""Who asks, and whether they may: bearer tokens with scopes.  A token is never logged nor repeated in an answer."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any, TypeVar

from flask import g, request

from oklik.campaigns import tokens
from oklik.campaigns.tokens import Scope, Token
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.words import said

View = TypeVar("View", bound=Callable[..., Any])

SECURITY = "bearer"  # the scheme's name in the OpenAPI document


def allowed(scope: Scope) -> Callable[[View], View]:
    """A view for tokens with this scope only; stands right below the route, so that nothing is read before."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            g.token = _token(scope)
            return view(*args, **values)

        spec = dict(getattr(view, "_spec", {}))
        guarded._spec = {**spec, "security": SECURITY, "extensions": {"x-scope": str(scope)}}  # type: ignore[attr-defined]  # noqa: SLF001
        return guarded  # type: ignore[return-value]

    return decorate


def _token(scope: Scope) -> Token:
    """The request's token.  Raises Problem."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not given:
        raise Problem(401, said("no_token"), headers={"WWW-Authenticate": "Bearer"})
    app = running()
    with app.engine.begin() as conn:
        token = tokens.recognise(conn, given.strip(), app.clock.now())
    if token is None:
        raise Problem(401, said("bad_token"), headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    wait_s = app.rate.wait_s(token.id)
    if wait_s > 0:
        told = said("too_many", most=app.rate.most, seconds=app.rate.per_s)
        raise Problem(429, told, headers={"Retry-After": str(ceil(wait_s))})
    if scope not in token.scopes:
        raise Problem(403, said("no_scope", name=token.name, scope=scope))
    return token
