"""What the jobs do.  Each task is a few lines around one use case; two keep the work going whatever dies.

`resume` finds campaigns whose prompts nobody is making (the voice was down, a worker was killed, a retry needs
prompts anew) and defers the work again; `retry_stalled` gives back the jobs of workers that no longer show life.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from procrastinate import Blueprint, JobContext
from sqlalchemy import Engine, text

from oklik.campaigns.call_recordings import NoEncoder, compress, expire
from oklik.campaigns.preflight_requests import PreflightAborted, carry_out_preflight
from oklik.campaigns.prepare_prompts import PreparationStopped, prepare_prompts
from oklik.dialing.destinations import HOME, Destinations
from oklik.jobs.incoming import take_lists
from oklik.jobs.list_tasks import list_tasks
from oklik.jobs.preflight_parts import in_processes
from oklik.jobs.trunk_test_speech import speak_trunk_test
from oklik.reports.asked import write_asked
from oklik.reports.result_spans import keep_spans
from oklik.speech.prompts import PromptStore
from oklik.store.deferring import PREFLIGHT, PREPARE_PROMPTS, REPORT, SPEAK_TRUNK_TEST, defer

log = logging.getLogger(__name__)

STALLED_AFTER_S = 30.0
RESUME = "resume"
NAMESPACE = "oklik"


def make_blueprint(  # noqa: PLR0917  what a worker is set up with
    engine: Engine,
    open_store: Callable[[Mapping[str, Any]], PromptStore],
    destinations: Destinations = HOME,
    calls: Path | None = None,
    currency: str = "RUB",
    incoming: Path | None = None,
    zone: str = "Europe/Moscow",
    reports: Path | None = None,
) -> Blueprint:
    """The tasks.

    open_store: gives the prompt store for a campaign's voice; destinations: what may be dialed; calls: the folder of
    recorded calls; currency: of all prices; incoming: the folder of lists of standing campaigns; zone: of the office;
    reports: the folder of report files.
    """
    blueprint = Blueprint()

    @blueprint.task(name=PREPARE_PROMPTS.removeprefix(f"{NAMESPACE}:"), pass_context=True)
    def prepare(context: JobContext, campaign_id: int) -> None:
        try:
            done = prepare_prompts(
                engine, campaign_id, open_store, now=datetime.now(UTC), should_stop=context.should_abort
            )
        except PreparationStopped as stopped:
            # Not a failure of the job: `resume` tries again every minute until somebody has mended the voice.
            log.error("campaign %s: %s", campaign_id, stopped)
            return
        log.info("campaign %s: prompts of %s contacts made, %s given up", campaign_id, done.ready, done.failed)

    @blueprint.task(name=PREFLIGHT.removeprefix(f"{NAMESPACE}:"), pass_context=True)
    def check(context: JobContext, preflight_id: int) -> None:
        try:
            carry_out_preflight(
                engine,
                preflight_id,
                destinations=destinations,
                currency=currency,
                should_stop=context.should_abort,
                through=in_processes(),
            )
        except PreflightAborted:
            # Told to leave in the midst: the next worker begins it anew.
            with engine.begin() as connection:
                defer(connection, PREFLIGHT, preflight_id=preflight_id)

    list_tasks(blueprint, engine)

    @blueprint.task(name=SPEAK_TRUNK_TEST.removeprefix(f"{NAMESPACE}:"))
    def speak_test(test_id: int) -> None:
        speak_trunk_test(engine, test_id, open_store)

    @blueprint.periodic(cron="* * * * *", periodic_id=RESUME)
    @blueprint.task(name=RESUME, queueing_lock=RESUME)
    def resume(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes it to every periodic task
        defer_open_work(engine)

    if calls is not None:
        _recorded_calls(blueprint, engine, calls)

    if incoming is not None:
        _standing_campaigns(blueprint, engine, incoming, zone)
    _results(blueprint, engine, reports)

    @blueprint.periodic(cron="* * * * *", periodic_id="retry_stalled")
    @blueprint.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
    async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
            log.warning("job %s (%s) lost its worker and is done again", job.id, job.task_name)
            await manager.retry_job(job)

    return blueprint


def _recorded_calls(blueprint: Blueprint, engine: Engine, folder: Path) -> None:
    """Recordings of calls are compressed soon after the call and deleted when their time is over."""

    @blueprint.periodic(cron="* * * * *", periodic_id="compress_calls")
    @blueprint.task(name="compress_calls", queueing_lock="compress_calls", pass_context=True)
    def compress_calls(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  as above
        try:
            done = compress(engine, folder, datetime.now(UTC), should_stop=context.should_abort)
        except NoEncoder as error:
            log.error("recordings of calls stay as large as they are: %s", error)
            return
        if done:
            log.info("%s recordings of calls were compressed", done)

    @blueprint.periodic(cron="17 * * * *", periodic_id="expire_calls")
    @blueprint.task(name="expire_calls", queueing_lock="expire_calls")
    def expire_calls(timestamp: int) -> None:  # noqa: ARG001  as above
        if deleted := expire(engine, folder, datetime.now(UTC)):
            log.info("%s recordings of calls were deleted: their time is over", deleted)


def _standing_campaigns(blueprint: Blueprint, engine: Engine, folder: Path, zone: str) -> None:
    """Lists that were put into the watched folders become campaigns."""

    @blueprint.periodic(cron="* * * * *", periodic_id="take_lists")
    @blueprint.task(name="take_lists", queueing_lock="take_lists", lock="take_lists", pass_context=True)
    def take(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  as above
        take_lists(engine, folder, zone=zone, wall=datetime.now(UTC), should_stop=context.should_abort)


def _results(blueprint: Blueprint, engine: Engine, folder: Path | None) -> None:
    """Reports that people have asked for are written; what cannot change any more is counted and kept."""

    @blueprint.task(name=REPORT.removeprefix(f"{NAMESPACE}:"))
    def write(report_id: int) -> None:
        if folder is not None:
            write_asked(engine, folder, report_id, datetime.now(UTC))

    @blueprint.periodic(cron="* * * * *", periodic_id="count_results")
    @blueprint.task(name="count_results", queueing_lock="count_results", lock="count_results", pass_context=True)
    def count(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  as above
        keep_spans(engine, datetime.now(UTC), should_stop=context.should_abort)


def defer_open_work(engine: Engine) -> int:
    """Defer the making of prompts for each campaign that has contacts without; returns for how many."""
    with engine.begin() as connection:
        campaigns = connection.execute(
            text(
                """SELECT c.id FROM campaign c
                   WHERE c.state IN ('draft', 'running', 'paused', 'trial')
                     AND EXISTS (SELECT FROM target t WHERE t.campaign_id = c.id AND t.state = 'preparing'
                                   AND t.reason IS DISTINCT FROM 'pilot')
                   ORDER BY c.id"""
            )
        ).scalars()
        return sum(
            defer(connection, PREPARE_PROMPTS, only_one=f"{PREPARE_PROMPTS} {campaign}", campaign_id=campaign)
            for campaign in campaigns.all()
        )
