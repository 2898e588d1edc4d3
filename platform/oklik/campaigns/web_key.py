"""The key that signs cookies: made once, the same for all web processes of a database."""

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
