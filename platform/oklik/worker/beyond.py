"""What a call asks of things beyond it: other systems and plug-ins, while the person listens and may leave.

It is fetched in a greenlet of its own beside the person's, who hears the waiting text and then, if it takes longer,
music: a silent line is taken for a dead one.  Whoever hangs up meanwhile is noticed at once; then nobody waits for the
answer any more.  How a request is sent is `outside`, how a function is run `hooks`.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Protocol

import gevent

from oklik.scenario.flow import Event, Hook, HookEnded, HungUp, Request, Responded, Say
from oklik.telephony.port import Call, CallEnded, Playback, SwitchError, SwitchLost, Ticket, WaitTimeout
from oklik.worker.host import Host
from oklik.worker.writer import one_line

log = logging.getLogger(__name__)

LOOK_S = 0.1  # real seconds between looks whether the person is still there
QUIET_S = 2.0  # of silence, as the person counts, before music
SLACK_S = 5.0  # real seconds over the time that was given, before nobody waits any longer


class Sender(Protocol):
    """Who asks other systems (outside.client.Outside)."""

    def send(self, request: Request, *, key: str, rehearsal: bool = False) -> Responded:
        """The answer, within the request's time."""


class Runner(Protocol):
    """Who runs plug-ins (hooks.pool.HookPool)."""

    def run(self, hook: Hook) -> HookEnded:
        """Its result, within its time."""


class Beyond:
    """Both of them; a dialer that was given neither says so to the scenario."""

    def __init__(self, sender: Sender | None = None, runner: Runner | None = None) -> None:
        self._sender, self._runner = sender, runner

    def fetch(self, instruction: Request | Hook, *, key: str, rehearsal: bool) -> Event:
        """Do it; blocks the calling greenlet.  Whatever breaks is an answer that says so."""
        try:
            if isinstance(instruction, Hook):
                return (
                    HookEnded(ok=False, fault="no plug-ins here")
                    if self._runner is None
                    else self._runner.run(instruction)
                )
            if self._sender is None:
                return Responded(ok=False, fault="no requests here")
            return self._sender.send(instruction, key=key, rehearsal=rehearsal)
        except Exception as error:
            log.exception("node %s", instruction.node)
            return failed(instruction, one_line(error))


def failed(instruction: Request | Hook, fault: str) -> Event:
    """The answer that there is none."""
    return HookEnded(ok=False, fault=fault) if isinstance(instruction, Hook) else Responded(ok=False, fault=fault)


def ask(
    host: Host,
    person: Call,
    instruction: Request | Hook,
    speak: Callable[[tuple[Say, ...]], bool],
    *,
    key: str,
    music: str,
) -> Event | CallEnded:
    """Fetch while the person hears the waiting text.  speak: says it, False when the person has left meanwhile.

    music: a file for those who wait longer.  Returns how the leg ended if that is what came meanwhile.  Raises what
    `speak` does.
    """
    rehearsal = host.switch.virtual
    task = gevent.spawn(host.beyond.fetch, instruction, key=key, rehearsal=rehearsal)
    waiting = _Waiting(person, Playback(files=(music,), loops=0), host.clock.real_s(QUIET_S))
    try:
        if instruction.waiting and not speak(instruction.waiting):
            return HungUp()
        return _answer(task, waiting, instruction)
    finally:
        task.kill(block=False)
        waiting.end()


def _answer(task: "gevent.Greenlet[..., Event]", waiting: "_Waiting", instruction: Request | Hook) -> Event | CallEnded:
    deadline = monotonic() + instruction.timeout_s + SLACK_S
    waiting.begin()
    while not task.ready():
        task.join(LOOK_S)
        gone = None if task.ready() else waiting.look()
        if gone is not None:
            return gone
        if monotonic() > deadline:
            return failed(instruction, "no answer in its time")
    event: Event = task.get()
    return event


class _Waiting:
    """The person while nothing is said."""

    def __init__(self, person: Call, music: Playback, quiet_s: float) -> None:
        self._person, self._music, self._quiet_s = person, music, quiet_s
        self._ticket: Ticket | None = None
        self._music_at = 0.0

    def begin(self) -> None:
        """From now on it is silent."""
        self._music_at = monotonic() + self._quiet_s

    def look(self) -> CallEnded | None:
        """How the leg has ended; None while it is there, as far as anybody knows.  Raises CallGone."""
        with suppress(WaitTimeout, SwitchLost):
            event = self._person.wait(0.0)
            if isinstance(event, CallEnded):
                return event
        if self._ticket is None and monotonic() >= self._music_at:
            with suppress(SwitchLost):  # then it is silent, which is no reason to give up
                self._ticket = self._person.start(self._music)
        return None

    def end(self) -> None:
        """No music any more: what comes next is to be heard alone."""
        if self._ticket is not None:
            self._ticket.cancel()
            with suppress(SwitchError):
                self._ticket.wait(SLACK_S)
