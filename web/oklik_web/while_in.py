"""Streams that outlive their request end when whoever asked for them is signed out, or their token is taken back."""

import time
from collections.abc import Callable, Generator

from oklik.campaigns import tokens, web_sessions
from oklik_web import door
from oklik_web.access import asker
from oklik_web.running import running

CHECK_S = 10.0  # so often one is looked at; a role that was changed ends the session too


def while_in(stream: Generator[str]) -> Generator[str]:
    """Give a stream for as long as who asks is let in.  Call it in a request with a rule."""
    return _checked(stream, _question())


def _question() -> Callable[[], bool]:
    app, who, user = running(), asker(), door.known()

    def lets_in() -> bool:
        now = app.clock.now()
        with app.engine.connect() as conn:
            if who.kind == "token" or user is None:
                return tokens.holds(conn, who.id, now)
            return web_sessions.holds(conn, user.session_id, now)

    return lets_in


def _checked(stream: Generator[str], lets_in: Callable[[], bool]) -> Generator[str]:
    checked = time.monotonic()
    try:
        for piece in stream:
            if time.monotonic() - checked >= CHECK_S:
                if not lets_in():
                    return
                checked = time.monotonic()
            yield piece
    finally:
        stream.close()
