"""The key that signs cookies: made once, the same for all web processes of a database; and the database's name."""

import hashlib
import secrets

from sqlalchemy import Connection

from oklik.campaigns.rows import run


def web_key(conn: Connection) -> str:
    """Give the key; made when there is none."""
    run(
        conn,
        "INSERT INTO web_key (id, value) VALUES (1, :value) ON CONFLICT DO NOTHING",
        value=secrets.token_urlsafe(48),
    )
    return str(run(conn, "SELECT value FROM web_key").scalar_one())


def database_name(conn: Connection) -> str:
    """Give a name of this database that stays the same when it is moved, or restored from a backup: 16 hex digits.

    Drawn from the key, which goes with the rows and is nobody else's, and tells nothing of it.
    """
    return hashlib.sha256(b"database " + web_key(conn).encode()).hexdigest()[:16]
