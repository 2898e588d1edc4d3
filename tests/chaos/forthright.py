"""A mutant: a result is written whether the attempt is open or not, so one whose COMMIT broke off counts twice."""

from typing import Any

from oklik.campaigns import finish

_run = finish.run


def run(conn: Any, statement: str, *args: Any, **how: Any) -> Any:
    """Do not look."""
    return _run(conn, statement.replace(" AND a.open\n", "\n"), *args, **how)


finish.run = run
