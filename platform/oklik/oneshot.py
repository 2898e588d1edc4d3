"""`oklik run`: the main job from files to file.

Checks everything first, so that bad input stops it before anything is begun; then imports, launches, starts the child
processes, watches until the campaign is over, and writes the report.  Interrupted at any point, it leaves a campaign
that the same command continues.
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oklik.campaigns.call_recordings import NoEncoder, compress
from oklik.campaigns.commands import NO_BEEPS, NO_RECORDINGS, why_held
from oklik.campaigns.progress import Uncalled, uncalled
from oklik.clock import SystemClock
from oklik.config import Settings
from oklik.crew import DIALER, JOBS, SWITCH, Crew
from oklik.display import Display
from oklik.failures import Failure
from oklik.inputs import Inputs, read_inputs
from oklik.installation import recordings_named
from oklik.keeper import Keeper
from oklik.launching import OVER, begin, find, pause, settle, unspoken
from oklik.messages import say, switch_there, virtual_switch, why_not
from oklik.options import RunOptions
from oklik.processes import Child
from oklik.recordings_beside import Beside, put_beside
from oklik.report_place import may_replace
from oklik.reports.excel import ReportError, write_report
from oklik.reports.summary import summary
from oklik.watch import Stop, Watch
from oklik.wiring import Database, Rehearsal, open_database, open_rehearsal, sole_driver

# A rehearsal begins on a Tuesday at ten in the morning, Moscow time: everyone may be called.
REHEARSAL_START = dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)
REASONS = 3  # of not calling somebody, in the last words
STARTS = 5  # of a child that keeps dying


@dataclass(frozen=True)
class RunResult:
    """summary: the object of --json.

    failed: there is a report, but not everyone was called who should have been, or nobody was.
    """

    summary: dict[str, Any]
    failed: bool


def run_campaign(settings: Settings, options: RunOptions, display: Display) -> RunResult:
    """Run the campaign to its end.  Raises BadInput before anything is begun, Failure when there can be no report."""
    began = time.monotonic()
    stop = Stop()
    with stop.listening(), ExitStack() as stack:
        try:
            inputs = read_inputs(settings, options)
            run = _Run(settings, options, inputs, display, stop)
            run.open(stack)
        except KeyboardInterrupt:
            raise Failure("interrupted") from None
        over = run.carry_out()
        told, without_speech, why_uncalled = run.report(over=over)
    seconds = time.monotonic() - began
    display.close()  # the last words come below the bars
    run.tell_of_recordings()
    if without_speech:
        display.line(say("unspoken", options.language, n=without_speech))
    if why_uncalled:
        display.line(_not_called(why_uncalled, options.language))
    _last_lines(display, options, over=over, interrupted=bool(stop.requests), seconds=seconds)
    result = {
        "contacts": told["contacts"],
        "skipped": told["skipped"],
        "attempts": told["attempts"],
        "returned": told["returned"],
        "dispositions": told["dispositions"],
        "not_called": told["not_called"],
        "answers": told["answers"],
        "report": str(options.report),
        "seconds": round(seconds, 1),
    }
    return RunResult(result, failed=not over or without_speech > 0 or not told["dispositions"])


class _Run:
    """One run, from sound inputs to the report."""

    _database: Database
    _crew: Crew
    _campaign_id: int
    _recordings: Path

    def __init__(self, settings: Settings, options: RunOptions, inputs: Inputs, display: Display, stop: Stop) -> None:
        self._settings, self._options, self._inputs = settings, options, inputs
        self._display, self._stop = display, stop
        self._rehearsal: Rehearsal | None = None
        self._prompts = recordings_named(inputs.scenario, inputs.back)
        self._address = options.switch
        self._others: list[Keeper] = []
        self._calls_left = True
        self._beside: Beside | None = None

    def open(self, stack: ExitStack) -> None:
        """Open the database and find or launch the campaign; what cannot be carried out leaves nothing behind."""
        if self._inputs.virtual:
            self._rehearsal = stack.enter_context(open_rehearsal(self._settings, self._options.key(), self._prompts))
            self._database = self._rehearsal.database
        else:
            self._database = stack.enter_context(open_database(self._settings))
        stack.enter_context(sole_driver(self._database, self._settings.node))
        rehearsal = self._rehearsal
        if rehearsal is not None and self._prompts:
            known = "prompts_unknown" if rehearsal.lent is None else "prompts_lent"
            if rehearsal.lent is not None or self._settings.recordings is None:
                self._display.line(say(known, self._options.language, n=rehearsal.lent))
        self._recordings = rehearsal.recordings if rehearsal is not None else self._settings.voice_answers
        self._say_what()  # from here on nothing of what was given can be wrong
        self._crew = stack.enter_context(
            Crew(self._settings, self._database, virtual=self._inputs.virtual, recordings=self._recordings)
        )
        found = find(self._database, self._options, self._inputs)
        if found is not None:
            self._campaign_id, self._calls_left = found.campaign_id, not found.over
            self._display.line(say("report_only" if found.over else "continues", self._options.language))
        self._set_over(over=found is None)
        if self._calls_left:
            self._crew.spawn_jobs()
        if self._calls_left and self._options.switch is None:
            self._others.append(self._keeper(SWITCH, self._start_switch))
        if found is None:
            self._campaign_id = begin(
                self._database, self._settings, self._options, self._inputs, self._display, now=self._now()
            )
        self._set_over(over=False)

    def carry_out(self) -> bool:
        """Make the calls; True when the campaign is over."""
        self._stop.calls_are_made = True
        if not self._calls_left:
            return True
        self._others.append(self._keeper(JOBS, self._crew.start_jobs))
        seen = Watch(
            self._database,
            self._campaign_id,
            dialer=self._keeper(DIALER, self._start_dialer, may_finish=True),
            others=self._others,
            stop=self._stop,
            display=self._display,
            language=self._options.language,
            rehearsed=self._inputs.virtual,
        ).run()
        self._crew.stop()
        over = seen.state in OVER
        if not over:
            self._tell_why_held()
            # Nobody is at it any more: a service that starts later must not call these people unasked.
            pause(self._database, self._campaign_id, rehearsed=self._inputs.virtual)
        return over

    def _tell_why_held(self) -> None:
        with self._database.engine.connect() as connection:
            held = why_held(connection, self._campaign_id)
        if held in (NO_RECORDINGS, NO_BEEPS):
            self._display.line(say(held, self._options.language, path=self._recordings))

    def tell_of_recordings(self) -> None:
        """Where the answers by voice lie, if there are any."""
        found = self._beside
        if found is None:
            return
        language = self._options.language
        self._display.line(say("recordings_copied", language, n=found.copied, path=found.folder))
        if found.why is not None:
            self._display.line(say("recordings_gone", language, n=found.missing, why=found.why))

    def report(self, *, over: bool) -> tuple[dict[str, Any], int, list[Uncalled]]:
        """Write the report; with it an over campaign is settled.  Raises Failure.

        Gives its figures, how many were given up because nothing could speak their texts, and why whoever was not
        called was not.
        """
        if self._options.report.exists() and not may_replace(self._options.report):
            raise Failure("report_in_the_way", path=self._options.report)  # it came, or was edited, during the calls
        if self._options.record != "off":
            self._compress()
        step = self._display.step(say("report", self._options.language), None)
        engine, path = self._database.engine, self._options.report
        self._beside = put_beside(engine, self._campaign_id, self._recordings, path)
        folder = self._beside.folder.name if self._beside is not None else None
        try:
            write_report(engine, self._campaign_id, path, language=self._options.language, recordings=folder)
        except ReportError as error:
            raise Failure("report_failed", path=self._options.report, why=why_not(error)) from None
        step.end()
        with self._database.engine.connect() as connection:
            told = summary(connection, self._campaign_id)
            why_uncalled = uncalled(connection, self._campaign_id, language=self._options.language)
        without = unspoken(self._database, self._campaign_id)
        if over:
            settle(self._database, self._campaign_id, self._now())
            self._set_over(over=True)
        return told, without, why_uncalled

    def _compress(self) -> None:
        """Nobody else is at it any more; whatever is left as the switch wrote it is given away like that."""
        step = self._display.step(say("compressing", self._options.language), None)
        try:
            compress(
                self._database.engine, self._recordings, self._now(), campaign_id=self._campaign_id, progress=step.at
            )
        except NoEncoder as error:
            self._display.line(say("not_compressed", self._options.language, why=error))
        step.end()

    def _say_what(self) -> None:
        language, there, voice = self._options.language, self._options.switch, self._inputs.voice
        if there is None:
            self._display.line(virtual_switch(language, self._options.speed))
        else:
            for line in switch_there(language, there.where, virtual=self._inputs.virtual, guarded=self._inputs.guarded):
                self._display.line(line)
        self._display.line(say("voice", language, voice=voice.name))
        for skipped in voice.skipped:
            self._display.line(say("passed_over", language, reason=skipped.text(language)))

    def _set_over(self, *, over: bool) -> None:
        if self._rehearsal is not None:
            self._rehearsal.over = over

    def _now(self) -> dt.datetime:
        return REHEARSAL_START if self._inputs.virtual else SystemClock().now()

    def _keeper(self, name: str, start: Callable[[], Child], *, may_finish: bool = False) -> Keeper:
        return Keeper(name, start, self._display, self._options.language, starts=STARTS, may_finish=may_finish)

    def _start_switch(self) -> Child:
        """The virtual switch; in the place of one that died the dialer finds it again."""
        options = self._options
        self._address = self._crew.start_virtual_switch(
            speed=options.speed, seed=options.seed, population=options.population, again=self._address
        )
        return self._crew.child(SWITCH)

    def _start_dialer(self) -> Child:
        assert self._address is not None
        return self._crew.start_dialer(
            self._address,
            channels=self._options.channels,
            cps=self._options.cps,
            max_s=60 * self._options.max_minutes,
            campaign_id=self._campaign_id,
            speed=self._options.speed,
            begin=REHEARSAL_START if self._inputs.virtual else None,
        )


def _not_called(why: Sequence[Uncalled], language: str) -> str:
    """One line: how many were not called, and the most frequent reasons."""
    most = REASONS if len(why) > REASONS + 1 else len(why)  # a single further reason takes no more room than "others"
    named = [f"{one.reason} ({one.count})" for one in why[:most]]
    if rest := sum(one.count for one in why[most:]):
        named.append(say("other_reasons", language, n=rest))
    return say("not_called", language, n=sum(one.count for one in why), reasons="; ".join(named))


def _last_lines(display: Display, options: RunOptions, *, over: bool, interrupted: bool, seconds: float) -> None:
    if over:
        display.line(say("done", options.language, seconds=seconds, report=options.report))
        return
    display.line(say("done_partly", options.language, report=options.report))
    display.line(say("stopped" if interrupted else "go_on", options.language))
