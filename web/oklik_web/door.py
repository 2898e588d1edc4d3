"""The door of the pages: who is signed in with this browser, signing in and out, CSRF.

Flask's signed cookie holds the secret of a session that lives in the database (`campaigns.web_sessions`), Flask-WTF's
CSRF token and messages that are shown once.  The cookie is HttpOnly, SameSite=Lax, and Secure where the request came
over https.  What a view asks for is the business of `access`.
"""

import secrets
from typing import Final

from flask import Flask, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from gevent.lock import BoundedSemaphore

from oklik.campaigns import web_sessions
from oklik.campaigns.web_sessions import LONGEST, SignedIn
from oklik_web.aside import aside
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.words import said

COOKIE: Final = "oklik"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEY = "session"
_HASHING = BoundedSemaphore(2)  # each takes its 64 MiB
_csrf = CSRFProtect()


class _Cookies(SecureCookieSessionInterface):
    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  as Flask calls it
        return request.is_secure


def configure(app: Flask, secret: str) -> None:
    """Set up cookies and CSRF.  secret: signs cookies; a fresh one where none is given."""
    app.secret_key = secret or secrets.token_urlsafe(48)
    app.session_interface = _Cookies()
    app.config |= {
        "SESSION_COOKIE_NAME": COOKIE,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": LONGEST,
        # By `access`, who knows which requests come from a browser.
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,  # it lives as long as the session
        "WTF_CSRF_HEADERS": ["X-CSRF-Token"],
    }
    _csrf.init_app(app)


def signed_in() -> SignedIn | None:
    """Who sits at this browser."""
    if "signed_in" not in g:
        secret = session.get(_KEY)
        if not isinstance(secret, str):
            g.signed_in = None
        else:
            app = running()
            with app.engine.begin() as conn:
                g.signed_in = web_sessions.recognise_session(conn, secret, app.clock.now())
    found: SignedIn | None = g.signed_in
    return found


def known() -> SignedIn | None:
    """The same as far as this request has asked for it already; asks no database."""
    found: SignedIn | None = g.get("signed_in")
    return found


def nobody() -> None:
    """Ask the database no more in this request."""
    g.signed_in = None


def forget() -> None:
    """Let the next question go to the database again."""
    g.pop("signed_in", None)


def let_in(secret: str) -> None:
    """Give the browser a session; nothing of before stays, the CSRF token among it."""
    session.clear()
    forget()
    g.pop("csrf_token", None)
    session[_KEY] = secret


def let_out() -> None:
    """Take everything from the browser."""
    session.clear()
    g.pop("csrf_token", None)
    g.signed_in = None


def check_csrf() -> None:
    """A change must come from a page of ours.  Raises Problem."""
    if request.method not in UNSAFE:
        return
    try:
        _csrf.protect()
    except CSRFError:
        raise Problem(403, said("no_csrf")) from None


def hashed(password: str) -> str:
    """Give a new password's hash, off the loop."""
    with _HASHING:
        return aside(running().passwords.hash, password)


def fits(kept: str | None, password: str) -> bool:
    """Tell whether it is the password, off the loop."""
    with _HASHING:
        return aside(running().passwords.fits, kept, password)
