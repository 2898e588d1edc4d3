"""One-time codes: the first admin's, which whoever runs the machine reads there, and links to choose a password by.

Of a code only its sha256 is kept.  The first admin's is short enough to be typed (50 random bits; guesses are counted
by the web); a link's is 256 bits.  Making one takes those before it back.
"""

import datetime as dt
import hashlib
import secrets

from sqlalchemy import Connection

from oklik.campaigns.rows import run

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that are taken for others
_GROUP = 5
FIRST_ADMIN_HOLDS = dt.timedelta(days=1)
LINK_HOLDS = dt.timedelta(days=3)


def make_first_admin_code(conn: Connection, now: dt.datetime) -> str | None:
    """Give a code for the page that makes the first admin; None when there is an account already."""
    if anybody(conn):
        return None
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(2))
    code = "-".join(groups)
    _keep(conn, code, None, now, FIRST_ADMIN_HOLDS)
    return code


def make_link_code(conn: Connection, user_id: int, now: dt.datetime) -> str:
    """Give the code of a link by which that user chooses a password."""
    code = secrets.token_urlsafe(32)
    _keep(conn, code, user_id, now, LINK_HOLDS)
    return code


def take_first_admin_code(conn: Connection, code: str, now: dt.datetime) -> bool:
    """Use the code up; False if it is not the one, or too old."""
    return _take(conn, _normal(code), now, first_admin=True) is not None


def whose_link(conn: Connection, code: str, now: dt.datetime) -> int | None:
    """Give the user that a link is for; None if it is used, too old, or none at all."""
    return run(
        conn,
        """SELECT c.user_id FROM one_time_code c JOIN user_account u ON u.id = c.user_id
           WHERE c.digest = :digest AND c.expires_at > :now AND u.disabled_at IS NULL""",
        digest=_digest(code),
        now=now,
    ).scalar()


def take_link(conn: Connection, code: str, now: dt.datetime) -> int | None:
    """Use a link up and give whose it was; None as above."""
    if whose_link(conn, code, now) is None:
        return None
    return _take(conn, code, now, first_admin=False)


def forget_links(conn: Connection, user_id: int) -> None:
    """Take back what links there are for that user."""
    run(conn, "DELETE FROM one_time_code WHERE user_id = :user", user=user_id)


def anybody(conn: Connection) -> bool:
    """Tell whether there is an account."""
    return bool(run(conn, "SELECT EXISTS (SELECT 1 FROM user_account)").scalar_one())


def _keep(conn: Connection, code: str, user_id: int | None, now: dt.datetime, holds: dt.timedelta) -> None:
    run(
        conn,
        "DELETE FROM one_time_code WHERE user_id IS NOT DISTINCT FROM :user OR expires_at <= :now",
        user=user_id,
        now=now,
    )
    run(
        conn,
        """INSERT INTO one_time_code (digest, user_id, created_at, expires_at)
           VALUES (:digest, :user, :now, :until)""",
        digest=_digest(code),
        user=user_id,
        now=now,
        until=now + holds,
    )


def _take(conn: Connection, code: str, now: dt.datetime, *, first_admin: bool) -> int | None:
    """The user's id, 0 for the first admin's code; None if nothing was there to be taken."""
    row = run(
        conn,
        """DELETE FROM one_time_code
           WHERE digest = :digest AND expires_at > :now AND (user_id IS NULL) = :first
           RETURNING coalesce(user_id, 0)""",
        digest=_digest(code),
        now=now,
        first=first_admin,
    ).first()
    return None if row is None else int(row[0])


def _normal(code: str) -> str:
    """As it was made, however it was typed."""
    plain = "".join(one for one in code.upper() if one.isalnum())
    return f"{plain[:_GROUP]}-{plain[_GROUP:]}"


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
