"""Watches a running campaign from `oklik run`: shows how far it is, keeps the processes up, obeys Ctrl-C.

The calls are made by the dialer and the prompts by the job worker; here only the database is looked at.
"""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from oklik.campaigns.commands import why_held
from oklik.campaigns.prepare_prompts import why_stopped
from oklik.campaigns.progress import Progress, progress
from oklik.clock import SystemClock
from oklik.display import Display, tally
from oklik.keeper import Keeper
from oklik.launching import OVER
from oklik.messages import say
from oklik.reports.words import disposition_names
from oklik.wiring import Database

LOOK_S = 0.25
VOICE_PATIENCE_S = 10.0


class Stop:
    """SIGINT and SIGTERM.  Before the calls begin they end the command; while people talk they are a request."""

    def __init__(self) -> None:
        self.requests = 0
        self.calls_are_made = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the two signals."""
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        # Nothing is written here: the signal may have come in the middle of a line.
        self.requests += 1
        if not self.calls_are_made:
            raise KeyboardInterrupt


class Watch:
    """One campaign being carried out by a dialer, a job worker and perhaps a virtual switch."""

    def __init__(
        self,
        database: Database,
        campaign_id: int,
        *,
        dialer: Keeper,
        others: Sequence[Keeper],
        stop: Stop,
        display: Display,
        language: str,
        rehearsed: bool,
    ) -> None:
        """dialer: ends with the campaign; others: what it needs beside; rehearsed: campaign time is not the wall's."""
        self._rehearsed = rehearsed
        self._database, self._campaign_id = database, campaign_id
        self._dialer, self._keepers = dialer, (*others, dialer)
        self._stop, self._obeyed = stop, 0
        self._display, self._language = display, language
        self._names = disposition_names(language)
        self._voice_down_since: float | None = None
        self._told = ""

    def run(self) -> Progress:
        """Show how it goes until the campaign is over or cannot go on; gives the last state."""
        prompts = self._display.step(say("prompts", self._language), None)
        calling = self._display.step(say("calling", self._language), None)
        prompted = False
        while True:
            # Before the look at the database: what a process wrote with its last breath is then seen.
            self._obey()
            for keeper in self._keepers:
                keeper.look()
            ended = self._dialer.finished or any(keeper.gave_up for keeper in self._keepers)
            seen, trouble = self._see()
            counts = tally(seen.dispositions, self._names)
            calling.at(seen.done, seen.contacts, counts)
            if not prompted:
                prompts.at(seen.contacts - seen.preparing, seen.contacts)
                prompted = not seen.preparing
                if prompted:
                    prompts.end()
            if seen.state in OVER:
                calling.end(counts)
                return seen
            if ended or self._voice_is_down(seen, trouble) or self._held(seen):
                return seen
            self._tell_why_waiting(seen)
            time.sleep(LOOK_S)

    def _obey(self) -> None:
        while self._obeyed < self._stop.requests:
            if not self._obeyed:
                self._display.line(say("stopping", self._language))
            self._obeyed += 1
            self._dialer.terminate()

    def _see(self) -> tuple[Progress, str | None]:
        with self._database.engine.connect() as connection:
            seen = progress(connection, self._campaign_id, now=SystemClock().now(), language=self._language)
            trouble = why_stopped(connection, self._campaign_id) if seen.preparing and not seen.dialing else None
        return seen, trouble

    def _voice_is_down(self, seen: Progress, trouble: str | None) -> bool:
        """Nobody is on the line, and those who are left have no speech: a while of that is enough."""
        if trouble is None or self._stop.requests:
            self._voice_down_since = None
            return False
        now = time.monotonic()
        if self._voice_down_since is None:
            self._voice_down_since = now
        # If there is nobody else to call, there is nothing to wait for.
        if seen.waiting and now - self._voice_down_since < VOICE_PATIENCE_S:
            return False
        self._display.line(say("voice_down", self._language, why=trouble))
        return True

    def _held(self, seen: Progress) -> bool:
        """The dialer has paused it by itself, and nobody is on the line any more."""
        if seen.state != "paused" or seen.dialing:
            return False
        with self._database.engine.connect() as connection:
            return why_held(connection, self._campaign_id) is not None

    def _tell_why_waiting(self, seen: Progress) -> None:
        """Once for each reason: night, or a pause between calls.  A rehearsal does not wait."""
        if (
            self._rehearsed
            or seen.dialing
            or not seen.waiting_for
            or sum(one.count for one in seen.waiting_for) < seen.waiting
        ):
            return
        first = seen.waiting_for[0]
        if first.reason != self._told:
            self._told = first.reason
            self._display.line(say("waiting", self._language, n=first.count, reason=first.reason))
