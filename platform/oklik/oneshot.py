"""`oklik run`: the main job from files to file.

Reads and checks everything first, so that bad input stops it before anything is begun; then imports, launches, starts
the child processes, watches the database until the campaign is over, and writes the report.  Interrupted, it leaves a
campaign that the same command continues.
"""

import datetime as dt
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from sqlalchemy import text

from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.launch import Launch, TrunkSpec, launch
from oklik.campaigns.lists.reading import read_list
from oklik.campaigns.progress import Progress, progress
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.clock import SystemClock
from oklik.config import Settings
from oklik.crew import Crew
from oklik.dialing.retry import RetryPlan
from oklik.display import Display, tally
from oklik.failures import BadInput
from oklik.messages import say
from oklik.options import RunOptions
from oklik.processes import Child
from oklik.reports.excel import write_report
from oklik.reports.summary import summary
from oklik.reports.words import disposition_names
from oklik.scenario.check import check, describe
from oklik.scenario.columns import match
from oklik.scenario.document import Scenario
from oklik.scenario.kinds.transfer import TransferNode
from oklik.scenario_commands import read_scenario
from oklik.speech.voices import Voice
from oklik.store.deferring import PREPARE_PROMPTS, defer
from oklik.wiring import Database, Rehearsal, open_database, open_rehearsal, pick_voice, reach

PROJECT = "oklik run"
# A rehearsal begins on a Tuesday at ten in the morning, Moscow time: everyone may be called.
REHEARSAL_START = dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)
WATCH_S = 0.25
VIRTUAL_AGENTS = 3


@dataclass(frozen=True)
class RunResult:
    """summary: the object of --json.  failed: something went wrong on the way, though there is a report."""

    summary: dict[str, Any]
    failed: bool


def run_campaign(settings: Settings, options: RunOptions, display: Display) -> RunResult:
    """Run the campaign to its end.  Raises BadInput before anything is begun, Failure when there can be no report."""
    began = time.monotonic()
    scenario = _checked_scenario(options)
    preview = read_list(options.contacts, sheet=options.sheet, phone_column=options.phone_column)
    match(scenario, preview.columns)
    voice = pick_voice(settings, scenario, options.voices)
    _say_what(options, display, voice)
    if options.switch is not None:
        # Before the database: a wrong password or a dead address must not leave anything behind.
        reach(options.switch)
    with ExitStack() as stack:
        database, rehearsal = _open(stack, settings, options)
        crew = stack.enter_context(Crew(settings, database))
        address = options.switch or crew.start_virtual_switch(
            speed=options.speed, seed=options.seed, population=options.population
        )
        campaign_id = _find_or_launch(database, options, scenario, voice.to_json(), display)
        dialer = crew.start_dialer(
            address,
            channels=options.channels,
            cps=options.cps,
            campaign_id=campaign_id,
            speed=options.speed,
            begin=_start_of(options),
        )
        jobs = crew.start_jobs()
        with _interruptible(display, options.language, dialer) as interrupted:
            seen = _watch(database, campaign_id, [dialer, jobs], display, options)
        over = seen.state in ("done", "stopped")
        failed = not over and not interrupted.asked
        crew.stop()
        report_step = display.step(say("report", options.language), None)
        write_report(database.engine, campaign_id, options.report, language=options.language)
        report_step.end()
        with database.engine.connect() as connection:
            told = summary(connection, campaign_id)
        if rehearsal is not None:
            rehearsal.over = over
    seconds = time.monotonic() - began
    _last_line(display, options, over=over, interrupted=interrupted.asked, seconds=seconds)
    skipped = told.pop("skipped", 0)
    result = {
        "contacts": told["contacts"],
        "skipped": skipped,
        "attempts": told["attempts"],
        "dispositions": told["dispositions"],
        "answers": told["answers"],
        "report": str(options.report),
        "seconds": round(seconds, 1),
    }
    return RunResult(result, failed or interrupted.asked)


def _checked_scenario(options: RunOptions) -> Scenario:
    scenario = read_scenario(options.scenario, options.language)
    errors = [issue for issue in check(scenario) if issue.severity == "error"]
    if errors:
        more = f" (+{len(errors) - 1})" if len(errors) > 1 else ""
        raise BadInput(f"{options.scenario}: {describe(errors[0], options.language)}{more}")
    return scenario


def _say_what(options: RunOptions, display: Display, voice: Voice) -> None:
    language = options.language
    if options.switch is None:
        display.line(say("virtual", language, speed=options.speed))
    else:
        display.line(say("real", language, host=options.switch.host, port=options.switch.port))
    display.line(say("voice", language, voice=voice.name))
    for skipped in voice.skipped:
        display.line(say("passed_over", language, reason=skipped.text(language)))


def _open(stack: ExitStack, settings: Settings, options: RunOptions) -> tuple[Database, Rehearsal | None]:
    if options.switch is not None:
        return stack.enter_context(open_database(settings)), None
    rehearsal = stack.enter_context(open_rehearsal(settings, options.key()))
    return rehearsal.database, rehearsal


def _start_of(options: RunOptions) -> dt.datetime | None:
    return REHEARSAL_START if options.switch is None else None


def _find_or_launch(
    database: Database, options: RunOptions, scenario: Scenario, voice: dict[str, Any], display: Display
) -> int:
    """The campaign of this very command that is not over yet, else a new one."""
    base = f"{options.contacts.name} · {scenario.name} · {options.key()[:10]}"
    with database.engine.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT c.id, c.state FROM campaign c JOIN project p ON p.id = c.project_id"
                " WHERE p.name = :project AND starts_with(c.name, :base) ORDER BY c.id DESC"
            ),
            {"project": PROJECT, "base": base},
        ).all()
        if rows and rows[0].state not in ("done", "stopped"):
            connection.execute(text("UPDATE campaign SET state = 'running' WHERE id = :id"), {"id": rows[0].id})
            display.line(say("continues", options.language))
            return int(rows[0].id)
    name = f"{base} · {len(rows) + 1}" if rows else base
    return _launch(database, options, scenario, voice=voice, name=name, display=display)


def _launch(
    database: Database, options: RunOptions, scenario: Scenario, *, voice: dict[str, Any], name: str, display: Display
) -> int:
    now = _start_of(options) or SystemClock().now()
    step = display.step(say("reading", options.language), None)
    imported = import_contacts(
        database.engine,
        PROJECT,
        name,
        options.contacts,
        now=now,
        sheet=options.sheet,
        phone_column=options.phone_column,
        progress=step.at,
    )
    step.end(say("imported", options.language, contacts=imported.contacts, rejected=imported.rejected))
    with database.engine.begin() as connection:
        version = publish_scenario(connection, imported.project_id, scenario, now)
        launched = launch(
            connection,
            Launch(
                project_id=imported.project_id,
                name=name,
                scenario_version_id=version.id,
                list_id=imported.list_id,
                trunk=TrunkSpec(
                    name=name,
                    dial_string=options.dial_string,
                    channels=options.channels,
                    cps=options.cps,
                    caller_ids=(options.caller_id,) if options.caller_id else (),
                ),
                window=options.window,
                retry=RetryPlan() if options.retry else RetryPlan.none(),
                agent_groups=_groups(options, scenario),
                voice=voice,
                virtual=options.switch is None,
            ),
            now,
        )
        work = f"{PREPARE_PROMPTS} {launched.campaign_id}"
        defer(connection, PREPARE_PROMPTS, only_one=work, campaign_id=launched.campaign_id)
    return launched.campaign_id


def _groups(options: RunOptions, scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The groups as given; in a rehearsal those that nobody named get virtual agents."""
    groups = dict(options.agents)
    if options.switch is None:
        for node in scenario.nodes.values():
            if isinstance(node, TransferNode):
                members = tuple(f"sofia/gateway/agents/{100 + n}" for n in range(1, VIRTUAL_AGENTS + 1))
                groups.setdefault(node.group, members)
    return groups


class _Interrupted:
    """Whether the person asked to stop."""

    asked = False


@contextmanager
def _interruptible(display: Display, language: str, dialer: Child) -> Iterator[_Interrupted]:
    """Ctrl-C and SIGTERM go to the dialer: no new calls, talks end; a second one hangs up."""
    interrupted = _Interrupted()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if not interrupted.asked:
            display.line(say("stopping", language))
        interrupted.asked = True
        dialer.terminate()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(
    database: Database, campaign_id: int, children: list[Child], display: Display, options: RunOptions
) -> Progress:
    """Show how it goes until the campaign is over or a child is gone; gives the last state."""
    names = disposition_names(options.language)
    prompts = display.step(say("prompts", options.language), None)
    calling = display.step(say("calling", options.language), None)
    prompted = False
    while True:
        # Asked before the look at the database: what a child wrote with its last breath is then seen.
        gone = [child for child in children if child.exit_code() is not None]
        with database.engine.connect() as connection:
            seen = progress(connection, campaign_id, now=SystemClock().now(), language=options.language)
        calling.at(seen.done, seen.contacts, tally(seen.dispositions, names))
        if not prompted:
            prompts.at(seen.contacts - seen.preparing, seen.contacts)
            if not seen.preparing:
                prompted = True
                prompts.end()
        if seen.state in ("done", "stopped"):
            calling.end(tally(seen.dispositions, names))
            return seen
        if gone:
            for child in gone:
                if child.exit_code() != 0:
                    display.line(say("died", options.language, name=child.name, why=child.last_words()))
            return seen
        time.sleep(WATCH_S)


def _last_line(display: Display, options: RunOptions, *, over: bool, interrupted: bool, seconds: float) -> None:
    if over:
        display.line(say("done", options.language, seconds=seconds, report=options.report))
        return
    display.line(say("done_partly", options.language, report=options.report))
    if interrupted:
        display.line(say("stopped", options.language))
