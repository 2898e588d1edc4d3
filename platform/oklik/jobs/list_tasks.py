"""Jobs of lists: importing uploaded files, making lists searchable; and dropping what nobody wants any more."""

import logging
from datetime import UTC, datetime

from procrastinate import Blueprint, JobContext
from sqlalchemy import Engine

from oklik.campaigns.list_imports import ImportAborted, carry_out_import
from oklik.campaigns.list_removal import purge_lists
from oklik.campaigns.list_uploads import forget_old_uploads
from oklik.campaigns.list_words import index_list
from oklik.campaigns.outbox import purge_outbox
from oklik.campaigns.trials_forgotten import TRIALS_KEPT_FOR, forget_trials
from oklik.store.deferring import IMPORT_LIST, INDEX_LIST, defer

log = logging.getLogger(__name__)

_NAMESPACE = "oklik:"


def list_tasks(blueprint: Blueprint, engine: Engine) -> None:
    """Add the tasks."""

    @blueprint.task(name=IMPORT_LIST.removeprefix(_NAMESPACE), pass_context=True)
    def import_list(context: JobContext, import_id: int) -> None:
        try:
            carry_out_import(engine, import_id, now=datetime.now(UTC), should_stop=context.should_abort)
        except ImportAborted:
            # Told to leave in the midst: the next worker begins it anew.
            with engine.begin() as connection:
                defer(connection, IMPORT_LIST, import_id=import_id)

    @blueprint.task(name=INDEX_LIST.removeprefix(_NAMESPACE))
    def index(list_id: int) -> None:
        log.info(
            "%s contacts of the list %s can be searched", index_list(engine, list_id, now=datetime.now(UTC)), list_id
        )

    @blueprint.periodic(cron="23 * * * *", periodic_id="forget_lists")
    @blueprint.task(name="forget_lists", queueing_lock="forget_lists")
    def forget_lists(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes it to every periodic task
        now = datetime.now(UTC)
        with engine.begin() as connection:
            forgotten = forget_old_uploads(connection, now)
            forget_trials(connection, before=now - TRIALS_KEPT_FOR)
        purged = purge_lists(engine, now)
        if forgotten or purged:
            log.info("%s uploaded files were dropped, %s deleted lists are gone for good", forgotten, purged)
        if told := purge_outbox(engine, now):
            log.info("%s rows of the outbox were deleted: their time is over", told)
