"""What a call asks of things beyond it: other systems and plug-ins, while the person listens and may leave.

It is fetched in a greenlet of its own beside the person's.  Whoever hangs up meanwhile is noticed at once; then nobody
waits for the answer any more.  How a request is sent is `outside`, how a function is run `hooks`.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Protocol

import gevent

from oklik.scenario.flow import Event, Hook, HookEnded, HungUp, Request, Responded, Say
from oklik.telephony.port import Call, CallEnded, SwitchLost, WaitTimeout
from oklik.worker.host import Fetcher
from oklik.worker.writer import one_line

log = logging.getLogger(__name__)

LOOK_S = 0.1  # real seconds between looks whether the person is still there
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
    beyond: Fetcher,
    person: Call,
    instruction: Request | Hook,
    speak: Callable[[tuple[Say, ...]], bool],
    *,
    key: str,
    rehearsal: bool,
) -> Event | CallEnded:
    """Fetch while the person hears the waiting text.  speak: says it, False when the person has left meanwhile.

    Returns how the leg ended if that is what came while waiting in silence.  Raises what `speak` does.
    """
    task = gevent.spawn(beyond.fetch, instruction, key=key, rehearsal=rehearsal)
    try:
        if instruction.waiting and not speak(instruction.waiting):
            return HungUp()
        return _answer(task, person, instruction)
    finally:
        task.kill(block=False)


def _answer(task: "gevent.Greenlet[..., Event]", person: Call, instruction: Request | Hook) -> Event | CallEnded:
    deadline = monotonic() + instruction.timeout_s + SLACK_S
    while not task.ready():
        task.join(LOOK_S)
        gone = None if task.ready() else _end(person)
        if gone is not None:
            return gone
        if monotonic() > deadline:
            return failed(instruction, "no answer in its time")
    event: Event = task.get()
    return event


def _end(person: Call) -> CallEnded | None:
    """How the person's leg has ended; None while it is there, as far as anybody knows."""
    try:
        event = person.wait(0.0)
    except (WaitTimeout, SwitchLost):
        return None
    return event if isinstance(event, CallEnded) else None
