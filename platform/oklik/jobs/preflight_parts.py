"""Long lists are gone through by several processes for the launch check: started, listened to, and never left behind.

Each sees the snapshot of whoever asks, so that sums stay exact; what they find is put together by preflight_merge.
They are started by the job worker and by the command, never within a dialer's process.
"""

import base64
import contextlib
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.preflight import Through, at_one_go
from oklik.campaigns.preflight_merge import Part
from oklik.campaigns.preflight_part import Done
from oklik.campaigns.preflight_scan import Sweep, cut
from oklik.campaigns.rows import run
from oklik.dialing.destinations import Destinations
from oklik.jobs.preflight_part import PartTask

PROCESSES = 2
LONG = 50_000  # contacts; what is shorter is done sooner than a process has started
_LOOK_S = 0.5  # how often whoever asks can break it off while nothing is heard
_COMMAND = (sys.executable, "-m", "oklik.jobs.preflight_part")


class PartFailed(RuntimeError):
    """A part of the list could not be gone through.  text: one line that says why, in "ru" and "en"."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


def in_processes(processes: int = PROCESSES, long: int = LONG) -> Through:
    """Give a way to go through a list: by so many processes where it has more than `long` contacts, else right here.

    It raises PartFailed, and whatever Done raises; no process is left behind either way.
    """

    def through(
        conn: Connection, sweep: Sweep, contacts: int, destinations: Destinations, done: Done
    ) -> Sequence[Part]:
        if contacts <= long or processes < 2:
            return at_one_go(conn, sweep, contacts, destinations, done)
        snapshot = run(conn, "SELECT pg_export_snapshot()").scalar_one()
        url = conn.engine.url.render_as_string(hide_password=False)
        told = destinations.model_dump(mode="json")
        with contextlib.ExitStack() as stack:
            helpers = [
                stack.enter_context(_Helper(PartTask(url, snapshot, sweep, span, told)))
                for span in cut(conn, sweep, processes)
            ]
            _listen(helpers, done)
            return [helper.part for helper in helpers if helper.part is not None]

    return through


class _Helper:
    """One process with its part of the list.  done: contacts so far; part: what it found, when it has."""

    def __init__(self, task: PartTask) -> None:
        self._task = task
        self._heard = b""
        self.done = 0
        self.part: Part | None = None

    def __enter__(self) -> "_Helper":
        self._process = subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for whoever asked, who then ends it
        )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended; what it said is heard below
            self._process.stdin.write(msgspec.json.encode(self._task) + b"\n")
            self._process.stdin.flush()
        return self

    def __exit__(self, *_: object) -> None:
        if self.part is None:
            self._process.kill()  # it holds nothing that would have to be put in order
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        self._process.wait()

    def fileno(self) -> int:
        """What can be listened to."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def hear(self) -> bool:
        """Take in what it says; False: it has told all.  Raises PartFailed."""
        chunk = os.read(self.fileno(), 65536)
        if not chunk and self.part is None:
            code = self._process.wait()
            raise PartFailed(
                f"вспомогательный процесс проверки завершился с кодом {code}",
                f"a helping process of the launch check ended with code {code}",
            )
        *lines, self._heard = (self._heard + chunk).split(b"\n")
        for line in lines:
            self._take(json.loads(line))
        return bool(chunk)

    def _take(self, said: dict[str, Any]) -> None:
        if "error" in said:
            why = said["error"]
            raise PartFailed(
                f"часть списка не удалось проверить: {why}", f"a part of the list could not be checked: {why}"
            )
        if "part" in said:
            self.part = Part.unpack(base64.b64decode(said["part"]))
        self.done = said.get("done", self.done)


def _listen(helpers: Sequence[_Helper], done: Done) -> None:
    """Listen until all have told all."""
    with selectors.DefaultSelector() as selector:
        for helper in helpers:
            selector.register(helper, selectors.EVENT_READ, helper)
        while selector.get_map():
            for key, _ in selector.select(_LOOK_S):
                if not key.data.hear():
                    selector.unregister(key.fileobj)
            done(sum(helper.done for helper in helpers))
