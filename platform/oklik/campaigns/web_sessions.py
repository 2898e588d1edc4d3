"""Sessions of browsers, kept in the database: what is signed out, disabled or given another role is out at once.

The browser holds 256 random bits, the database their sha256.  A session ends after a time of silence and, however
busy, after a longest time.
"""

import datetime as dt
import hashlib
import secrets

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run

IDLE = dt.timedelta(hours=12)
LONGEST = dt.timedelta(days=7)
_BYTES = 32


class SignedIn(msgspec.Struct, frozen=True):
    """Who a session is of.  language: None for the installation's."""

    session_id: int
    user_id: int
    login: str
    name: str
    role: str
    language: str | None


def begin_session(conn: Connection, user_id: int, now: dt.datetime) -> str:
    """Give the secret of a new session; sessions that are over go."""
    run(conn, "DELETE FROM web_session WHERE created_at < :old", old=now - LONGEST)
    secret = secrets.token_urlsafe(_BYTES)
    run(
        conn,
        "INSERT INTO web_session (digest, user_id, created_at, seen_at) VALUES (:digest, :user, :now, :now)",
        digest=_digest(secret),
        user=user_id,
        now=now,
    )
    return secret


def recognise_session(conn: Connection, secret: str, now: dt.datetime) -> SignedIn | None:
    """Give who is signed in by this secret; None when it is over.  Notes, to the minute, that they are there."""
    row = run(
        conn,
        """SELECT s.id, s.seen_at, u.id AS user_id, u.login, u.name, u.role, u.language
           FROM web_session s JOIN user_account u ON u.id = s.user_id
           WHERE s.digest = :digest AND s.seen_at > :idle AND s.created_at > :longest AND u.disabled_at IS NULL""",
        digest=_digest(secret),
        idle=now - IDLE,
        longest=now - LONGEST,
    ).first()
    if row is None:
        return None
    if row.seen_at < now - dt.timedelta(minutes=1):
        run(conn, "UPDATE web_session SET seen_at = :now WHERE id = :id", id=row.id, now=now)
    return SignedIn(row.id, row.user_id, row.login, row.name, row.role, row.language)


def holds(conn: Connection, session_id: int, now: dt.datetime) -> bool:
    """Tell whether a session is not over; nothing is noted."""
    return bool(
        run(
            conn,
            """SELECT EXISTS (SELECT FROM web_session s JOIN user_account u ON u.id = s.user_id
               WHERE s.id = :id AND s.seen_at > :idle AND s.created_at > :longest AND u.disabled_at IS NULL)""",
            id=session_id,
            idle=now - IDLE,
            longest=now - LONGEST,
        ).scalar_one()
    )


def end_session(conn: Connection, session_id: int) -> None:
    """Sign one browser out."""
    run(conn, "DELETE FROM web_session WHERE id = :id", id=session_id)


def end_sessions(conn: Connection, user_id: int) -> None:
    """Sign a user out of every browser."""
    run(conn, "DELETE FROM web_session WHERE user_id = :user", user=user_id)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
