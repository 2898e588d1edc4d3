"""A few warm processes that run plug-ins' functions for calls; one that does not answer in time is killed.

The time limit holds for whatever a function does, an endless loop included: it is kept from here.  A process that was
killed or has died is replaced beside the calls.  Waiting blocks the calling greenlet only.
"""

import logging
import os
import signal
import sys
from contextlib import suppress
from time import monotonic
from typing import Any

import gevent
import msgspec
from gevent import subprocess
from gevent.queue import Empty, Queue

from oklik.hooks.installed import LOAD_S, any_installed, environment
from oklik.scenario.flow import Hook, HookEnded

log = logging.getLogger(__name__)

SIZE = 4
MAX_LINE = 256 * 1024
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 30.0  # before a process that could not begin is tried again


class _Answer(msgspec.Struct):
    """What a child says of an order."""

    ok: bool
    exit: str = ""
    values: dict[str, str] = {}
    fault: str = ""


class _Worker:
    """One process.  Raises OSError when it cannot be begun."""

    def __init__(self) -> None:
        self._process: Any = subprocess.Popen(
            [sys.executable, "-m", "oklik.hooks.child", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            start_new_session=True,  # killed with whatever it has begun
        )

    def ready(self) -> bool:
        """Wait until it has loaded the plug-ins."""
        with gevent.Timeout(LOAD_S, False):
            return bool(self._process.stdout.readline(MAX_LINE).strip())
        return False

    def ask(self, hook: Hook) -> bytes:
        """Its answer to an order; nothing when it has died."""
        self._process.stdin.write(msgspec.json.encode({"hook": hook.hook, "arguments": hook.arguments}) + b"\n")
        self._process.stdin.flush()
        line: bytes = self._process.stdout.readline(MAX_LINE)
        return line

    def kill(self) -> None:
        """End it and what it has begun."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                stream.close()
        self._process.wait()


class HookPool:
    """The processes; none are begun while no plug-in is installed."""

    def __init__(self, size: int = SIZE) -> None:
        self._free: Queue[_Worker] = Queue()
        self._all: set[_Worker] = set()
        self._starting: set[gevent.Greenlet] = set()
        self._closed = False
        self._size = size if any_installed() else 0
        for _ in range(self._size):
            self._start()

    def run(self, hook: Hook) -> HookEnded:
        """Run the function; everything that goes wrong is in the answer."""
        if not self._size:
            return HookEnded(ok=False, fault="no plug-in is installed")
        deadline = monotonic() + hook.timeout_s
        try:
            worker = self._free.get(timeout=hook.timeout_s)
        except Empty:
            return HookEnded(ok=False, fault="all processes for plug-ins are busy")
        line, fault = b"", f"it was killed after {hook.timeout_s:g} s"
        try:
            with gevent.Timeout(max(0.01, deadline - monotonic()), False):
                line = worker.ask(hook)
                fault = "" if line.endswith(b"\n") else "its process died"
        except OSError:
            fault = "its process died"
        finally:  # also when the person has hung up and nobody waits any more
            self._back(worker, whole=line.endswith(b"\n"))
        if fault:
            log.warning("hook %s: %s", hook.hook, fault)
            return HookEnded(ok=False, fault=fault)
        return _told(hook, line)

    def close(self) -> None:
        """Kill them all."""
        self._closed = True
        gevent.killall(list(self._starting))
        for worker in list(self._all):
            worker.kill()
        self._all.clear()

    def _back(self, worker: _Worker, *, whole: bool) -> None:
        """Use it again, or put a new one in its place: what it would say next belongs to somebody else's call."""
        if whole and worker in self._all:
            self._free.put(worker)
            return
        self._all.discard(worker)
        gevent.spawn(worker.kill)
        self._start()

    def _start(self) -> None:
        if not self._closed:
            starting = gevent.spawn(self._begin)
            self._starting.add(starting)
            starting.rawlink(self._starting.discard)

    def _begin(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._closed:
            worker = None
            try:
                worker = _Worker()
                self._all.add(worker)
                if worker.ready():
                    self._free.put(worker)
                    return
                log.error("a process for plug-ins does not come up")
            except OSError as error:
                log.error("a process for plug-ins cannot be begun: %s", error)
            if worker is not None:
                self._all.discard(worker)
                worker.kill()
            gevent.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)


def _told(hook: Hook, line: bytes) -> HookEnded:
    """The answer, with the values under the names of the variables."""
    try:
        answer = msgspec.json.decode(line, type=_Answer)
    except msgspec.DecodeError:
        return HookEnded(ok=False, fault="its answer cannot be read")
    values = {name: answer.values[theirs] for name, theirs in hook.wanted.items() if theirs in answer.values}
    return HookEnded(ok=answer.ok, exit=answer.exit, values=values, fault=answer.fault)
