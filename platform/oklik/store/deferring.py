"""Hand work to the background: a job by its name, in the caller's own transaction.

The job exists if the transaction commits and not otherwise, so a campaign is never launched without its prompts being
made, nor prompts made for a launch that was rolled back.  What the names mean is known to `oklik.jobs` alone.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from procrastinate import App

PREPARE_PROMPTS = "oklik:prepare_prompts"
"""Arguments: campaign_id."""

PREFLIGHT = "oklik:preflight"
"""Arguments: preflight_id."""

IMPORT_LIST = "oklik:import_list"
"""Arguments: import_id."""

INDEX_LIST = "oklik:index_list"
"""Arguments: list_id."""
REPORT = "oklik:report"
"""Arguments: report_id."""

SPEAK_TRUNK_TEST = "oklik:speak_trunk_test"
"""Arguments: test_id."""

JobArgument = str | int | float | bool | None


def defer(connection: Connection, name: str, *, only_one: str | None = None, **arguments: JobArgument) -> bool:
    """Defer the job `name`.  only_one: at most one job with this key waits at a time.

    Returns False when such a one waits already.  The caller's transaction stays usable either way.
    """
    from procrastinate.exceptions import AlreadyEnqueued

    job = _app().configure_task(name, queueing_lock=only_one, connection=connection.connection.driver_connection)
    savepoint = connection.begin_nested()
    try:
        job.defer(**arguments)
    except AlreadyEnqueued:
        savepoint.rollback()
        return False
    except BaseException:
        savepoint.rollback()
        raise
    savepoint.commit()
    return True


@lru_cache(maxsize=1)
def _app() -> "App":
    """An application that only defers: it has no tasks, and its connector is never opened."""
    from procrastinate import App, SyncPsycopgConnector

    return App(connector=SyncPsycopgConnector())
