"""What a database is called, wherever it lives."""

from sqlalchemy import Connection

from oklik.campaigns.rows import run


def database_name(conn: Connection) -> str:
    """Give the name of this database: 32 hex digits, the same when it is moved, copied or restored from a backup."""
    return str(run(conn, "SELECT name FROM installation").scalar_one())
