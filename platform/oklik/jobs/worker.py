"""The job worker: a process of its own, never monkey-patched (speech is numpy and subprocesses on real threads).

Starts as the other children do: settings as one line of JSON on standard input, one line of JSON on standard output
when it works, or {"error": ...}.  Leaves in order at SIGTERM, at SIGINT, and when its standard input closes: the
batch in hand is finished, the rest stays in the database.  Exit codes: 0 in order, 1 broken, 2 told something wrong.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from procrastinate import App

log = logging.getLogger(__name__)

DONE, FAILED, BAD_INPUT = 0, 1, 2


class JobsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of one worker.

    prompts: folder of rendered prompts; recordings: folder of recorded ones.  calls: folder into which the switch
    records calls.  width: clips made at once (None: by the cores).  concurrency: jobs at a time.  poll_s: how often
    the table is looked at when no notification comes.
    destinations: what may be dialed at all, as dialing.destinations.parse_destinations reads it.
    currency: of all prices, ISO 4217.  incoming: folder of lists for standing campaigns; reports: of
    report files.  zone: of the office.
    """

    database_url: str
    prompts: str
    recordings: str | None = None
    calls: str | None = None
    width: int | None = None
    concurrency: int = 2
    poll_s: float = 5.0
    destinations: str = "RU"
    currency: str = "RUB"
    incoming: str | None = None
    reports: str | None = None
    zone: str = "Europe/Moscow"


def main() -> int:
    """Read the settings from standard input and work; returns the exit code."""
    _begin_log()
    from procrastinate.exceptions import ConnectorException
    from sqlalchemy.exc import SQLAlchemyError

    from oklik.store.revisions import TablesNewer

    try:
        settings = msgspec.json.decode(sys.stdin.buffer.readline(), type=JobsSettings)
        run_worker(settings)
    except msgspec.DecodeError as error:
        return _cannot(f"job worker's settings: {error}", BAD_INPUT)
    except TablesNewer as error:
        return _cannot(str(error), BAD_INPUT)
    except OSError as error:
        return _cannot(f"{error.filename or 'job worker'}: {error.strerror or error}", FAILED)
    except (SQLAlchemyError, ConnectorException) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return _cannot(f"database: {lines[0]}", FAILED)
    return DONE


def _begin_log() -> None:
    """Without what libraries tell at INFO: HTTP clients write whole addresses, with texts and keys in their queries."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("procrastinate", "pymorphy3", "httpx", "httpcore", "urllib3", "requests", "gtts"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def run_worker(settings: JobsSettings) -> None:
    """Work until told to leave.  Raises OSError, SQLAlchemyError, TablesNewer, ConnectorException of procrastinate."""
    from oklik.campaigns.prompt_library import Shelf
    from oklik.dialing.destinations import parse_destinations
    from oklik.jobs.app import make_app
    from oklik.jobs.tasks import NAMESPACE, defer_open_work, make_blueprint
    from oklik.speech.leftovers import sweep
    from oklik.speech.prompts import PromptStore
    from oklik.speech.recordings import Recordings
    from oklik.speech.voices import voice_from_json
    from oklik.store.engine import make_engine
    from oklik.store.revisions import check_known

    root = Path(settings.prompts)
    root.parent.mkdir(parents=True, exist_ok=True)
    root.mkdir(mode=0o711, exist_ok=True)  # as PromptStore makes it
    if swept := sweep(root):
        log.info("%s files and folders of killed processes were removed", swept)
    engine = make_engine(settings.database_url, pool_size=2 * settings.concurrency + 1, application="oklik jobs")
    with engine.connect() as conn:
        check_known(conn)
    recordings = Shelf(engine, Recordings(Path(settings.recordings)) if settings.recordings else None)

    def open_store(voice: Mapping[str, Any]) -> PromptStore:
        return PromptStore(root, voice_from_json(voice), width=settings.width, recordings=recordings)

    destinations = parse_destinations(settings.destinations)
    app = make_app(settings.database_url)
    calls = Path(settings.calls) if settings.calls else None
    incoming = Path(settings.incoming) if settings.incoming else None
    blueprint = make_blueprint(
        engine,
        open_store,
        destinations,
        calls,
        settings.currency,
        incoming=incoming,
        zone=settings.zone,
        reports=Path(settings.reports) if settings.reports else None,
    )
    app.add_tasks_from(blueprint, namespace=NAMESPACE)
    try:
        defer_open_work(engine)  # what a killed worker left is taken up at once
        asyncio.run(_work(app, settings))
    finally:
        engine.dispose()


async def _work(app: "App", settings: JobsSettings) -> None:
    async with app.open_async():
        worker = asyncio.ensure_future(
            app.run_worker_async(
                name="oklik jobs",
                concurrency=settings.concurrency,
                fetch_job_polling_interval=settings.poll_s,
                shutdown_graceful_timeout=0.1,  # then should_abort() tells the jobs; they finish their batch
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        )

        def leave() -> None:
            log.info("told to leave; the work in hand is finished first")
            worker.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, leave)
        threading.Thread(target=_wait_for_parent, args=(loop, leave), name="parent", daemon=True).start()
        print(json.dumps({"ready": True, "pid": os.getpid()}), flush=True)  # noqa: T201  the promised line
        with contextlib.suppress(asyncio.CancelledError):
            await worker


def _wait_for_parent(loop: asyncio.AbstractEventLoop, leave: Callable[[], None]) -> None:
    """When whoever started us is gone, go too.

    Reads past Python's buffer, whose lock this thread would still hold when the process ends.
    """
    while os.read(sys.stdin.fileno(), 4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(leave)


def _cannot(error: str, code: int) -> int:
    log.error(error)
    print(json.dumps({"error": error}, ensure_ascii=False), flush=True)  # noqa: T201  the promised line
    return code
