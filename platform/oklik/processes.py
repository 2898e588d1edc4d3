"""Child processes of ours: started with their settings on standard input, watched, stopped in order.

A child prints one line of JSON on standard output when it is ready, or {"error": ...} when it cannot begin; what else
it says goes to a log file.  Children notice the end of their standard input, so none outlives a killed parent.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO


class ChildError(Exception):
    """A child could not begin; the message is the child's own one line, or says where its log lies.

    bad_input: the child says that what it was told is wrong (exit code 2), not that something broke.
    """

    def __init__(self, message: str, *, bad_input: bool = False) -> None:
        super().__init__(message)
        self.bad_input = bad_input


class Child:
    """One running process of ours."""

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def last_words(self) -> str:
        """The last line of its log, for a message to people."""
        try:
            lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            lines = []
        return f"{lines[-1].strip()} ({self.log})" if lines else f"see {self.log}"

    def terminate(self) -> None:
        """Ask it to finish what it is doing and go."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self, grace_s: float = 10.0, *, told: bool = False) -> int:
        """Ask it to go (unless it was told), wait, and after grace_s make it go.  Returns its exit code."""
        if not told:
            self.terminate()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.close()
        return self._process.returncode

    def close(self) -> None:
        """Let go of its pipes; only for one that has ended."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                stream.close()

    def await_ready(self, timeout_s: float) -> dict[str, Any]:
        """Its first line.  Raises ChildError when it ends, complains, or says nothing for timeout_s real seconds."""
        line = _first_line(self._process, timeout_s)
        try:
            said = json.loads(line) if line else {}
        except ValueError:
            said = {"error": line.decode("utf-8", "replace").strip()}
        if not isinstance(said, dict) or "error" in said or not line:
            code = self.stop(2.0)
            reason = said.get("error") if isinstance(said, dict) else None
            raise ChildError(str(reason or self.last_words()), bad_input=code == 2)
        return said


def start(
    name: str,
    arguments: Sequence[str],
    *,
    log: Path,
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Child:
    """Start `python -m ARGUMENTS...`; settings go to it as one line of JSON, secrets as environment variables.

    Neither passwords nor database URLs ever stand on a command line, where every user of the machine could read them.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    log.parent.chmod(0o700)  # numbers and answers of people stand there
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            env={**os.environ, **(secrets or {}), "PYTHONUNBUFFERED": "1"},
            # Ctrl-C is for the command, which then asks its children in order.
            start_new_session=True,
        )
    if settings is not None and process.stdin is not None:
        try:
            process.stdin.write(json.dumps(settings).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended at once; await_ready says why
    return Child(name, process, log)


def _first_line(process: "subprocess.Popen[bytes]", timeout_s: float) -> bytes:
    stream: BinaryIO | None = process.stdout  # type: ignore[assignment]
    if stream is None:
        return b""
    deadline = time.monotonic() + timeout_s
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
            chunk = os.read(stream.fileno(), 65536)
            if not chunk:
                break
            line += chunk
    return line.split(b"\n", 1)[0]
