"""Dialers that are born by a fork of a process that has loaded everything: a kill costs milliseconds then, not seconds.

    nursery = Nursery(log)                     # in the test
    dialer = nursery.dialer(settings)          # a fork; .kill(), .wait()

The other half of the file is the parent: `python -m chaos.nursery [MUTANT ...]` reads {"settings": ..., "trap": ...} as
JSON lines and says {"born": pid}, then what the dialer says itself ({"ready": true, "pid": ...}), then {"ended": pid,
"code": n}.
MUTANT: a module whose import breaks something on purpose.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.patience import LONG_S, until


class Nursery:
    """The parent process; close() ends it and all its children."""

    def __init__(self, log: Path, environment: Mapping[str, str], *mutants: str) -> None:
        self._sink = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "chaos.nursery", *filter(None, mutants)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._sink,
            env={**os.environ, **environment},
        )
        self._born: list[int] = []
        self.ready: set[int] = set()
        self.ended: dict[int, int] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if "born" in said:
                self._born.append(said["born"])
            elif "ended" in said:
                self.ended[said["ended"]] = said["code"]
            elif said.get("ready"):
                self.ready.add(said["pid"])

    def dialer(self, settings: Mapping[str, Any], trap: Mapping[str, Any] | None = None) -> "Forked":
        """Give birth to one.  trap: what chaos.points.arm is told in it."""
        before = len(self._born)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"settings": settings, "trap": trap}).encode() + b"\n")
        self._process.stdin.flush()
        until(lambda: len(self._born) > before, "a dialer is born", every=0.001)
        return Forked(self, self._born[-1])

    def close(self) -> None:
        """End everybody."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(LONG_S)
        self._reader.join(LONG_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._sink.close()


class Forked:
    """One dialer."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid

    @property
    def ready(self) -> bool:
        """It has said that it dials."""
        return self.pid in self._nursery.ready

    @property
    def asleep(self) -> bool:
        """It was stopped by SIGSTOP."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False  # it is gone, and we have not been told yet
        return state == "T"

    @property
    def gone(self) -> bool:
        """It has ended, or was ended."""
        return self.pid in self._nursery.ended

    def signal(self, number: int) -> None:
        """Send a signal; one that is gone gets none."""
        if not self.gone:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        until(lambda: self.gone, "a killed dialer is gone", every=0.002)

    def wait(self, seconds: float = LONG_S) -> int:
        """Its exit code."""
        until(lambda: self.gone, "a dialer ends by itself", seconds)
        return self._nursery.ended[self.pid]


# -- the parent -----------------------------------------------------------------------------------------------


def _child(settings: bytes, trap: dict[str, Any] | None) -> int:
    from oklik.worker.main import run_dialer
    from oklik.worker.settings import read_settings

    if trap is not None:
        from chaos import points

        points.arm(**trap)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    return run_dialer(read_settings(settings))


def _parent() -> None:
    """One thread, and no hub: it forks and waits with the unpatched functions of the system."""
    from gevent import monkey

    wait, look = monkey.get_original("os", "waitpid"), monkey.get_original("select", "select")
    living: set[int] = set()
    orders, listening = b"", True
    while listening or living:
        if listening and look([0], [], [], 0.005)[0]:
            data = os.read(0, 65536)
            listening, orders = bool(data), orders + data
        elif not listening:
            for pid in living:
                os.kill(pid, signal.SIGKILL)
        *lines, orders = orders.split(b"\n")
        for line in lines:
            order = json.loads(line)
            settings = json.dumps(order["settings"]).encode()
            pid = os.fork()
            if pid == 0:
                code = 70
                try:
                    code = _child(settings, order["trap"])
                except Exception:
                    logging.getLogger("chaos").exception("a dialer broke")
                finally:
                    os._exit(code)
            living.add(pid)
            _say({"born": pid})
        for pid in list(living):
            ended, status = wait(pid, os.WNOHANG)
            if ended:
                living.discard(pid)
                _say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _say(line: Mapping[str, Any]) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()
    import importlib

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in sys.argv[1:]:
        importlib.import_module(name)
    _parent()
