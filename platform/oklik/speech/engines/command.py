"""Any program that makes speech: Piper, RHVoice, a script of one's own.

The program is an argument list, never a shell line; the text goes in by stdin or as one whole argument, the sound
comes by a file or by stdout.  The program gets a bare environment: no secret of ours that was not named.  It runs on a
leash (see `leash`), and nothing of it outlives its text: neither children in its process group nor files.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from oklik.speech import audio
from oklik.speech.engines import leash
from oklik.speech.engines.base import (
    MAX_SOUND_BYTES,
    EngineConfig,
    EngineError,
    Stress,
    fill,
    unknown_placeholders,
)
from oklik.speech.leftovers import working_folder

_KNOWN = {"text", "output", "language", "voice"}
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


class CommandVoice(EngineConfig):
    """A command.

    arguments: the program and its arguments; {text}, {output}, {language}, {voice} are filled in.  Without {text} the
    text is written to stdin, without {output} the sound is read from stdout.  audio: wav, mp3, ogg, or pcm (16-bit
    little-endian mono) with its sample_rate.  environment: variables that the program may see besides PATH and such.
    """

    kind: Literal["command"] = "command"
    name: str = Field(default="command", min_length=1, max_length=64)
    local: bool = True
    arguments: list[str] = Field(min_length=1)
    audio: Literal["wav", "mp3", "ogg", "pcm"] = "wav"
    sample_rate: int = Field(default=22050, ge=8000, le=96000)
    stress: Stress = Stress.NONE
    timeout_s: float = Field(default=30.0, gt=0, le=600)
    environment: list[str] = Field(default=[])

    @model_validator(mode="after")
    def _check(self) -> Self:
        for argument in self.arguments:
            if unknown := unknown_placeholders(argument, _KNOWN):
                raise ValueError(
                    f"arguments: unknown {{{unknown[0]}}}; known: {{text}} {{output}} {{language}} {{voice}}"
                )
            if "{text}" in argument and argument != "{text}":
                raise ValueError("arguments: {text} must be an argument of its own, or the text goes in by stdin")
        return self

    def _deaf(self) -> set[str]:
        return {"timeout_s", "environment"}

    def open(self) -> "CommandEngine":
        """Raises EngineError when the program is not there."""
        if shutil.which(self.arguments[0]) is None:
            raise EngineError(f"the program {self.arguments[0]} is not there", down=True)
        return CommandEngine(self)


class CommandEngine:
    """Speaks by one process a text."""

    def __init__(self, config: CommandVoice) -> None:
        self._config = config
        names = (*_PASSED, *config.environment)
        self._environment = {name: os.environ[name] for name in names if name in os.environ}
        self._by_stdin = "{text}" not in config.arguments
        self._by_file = any("{output}" in argument for argument in config.arguments)

    def speak(self, text: str, language: str) -> audio.Sound:
        """See Engine."""
        config = self._config
        marked = config.stress.write(text)
        with working_folder() as folder:
            output = folder / f"speech.{config.audio}"
            values = {
                # a text that begins like an option must not become one
                "text": " " + marked if marked.startswith("-") else marked,
                "output": str(output),
                "language": language,
                "voice": config.languages[language],
            }
            order = [fill(argument, values) for argument in config.arguments]
            heard = folder / "stdout"
            self._run(order, marked if self._by_stdin else "", heard)
            data = _read(output if self._by_file else heard)
        return audio.decode(data, config.audio, config.sample_rate)

    def close(self) -> None:
        """Nothing is kept open."""

    def _run(self, order: list[str], text: str, heard: Path) -> None:
        name, timeout_s = Path(order[0]).name, self._config.timeout_s
        said = heard.with_name("stderr")
        with heard.open("wb") as stdout, said.open("wb") as stderr, tempfile.TemporaryFile(dir=heard.parent) as stdin:
            stdin.write((text + "\n").encode() if text else b"")
            stdin.seek(0)
            try:
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *order],
                    stdin=stdin,
                    stdout=stdout,
                    stderr=stderr,
                    env=self._environment,
                    start_new_session=True,  # and so a process group, by which its children are found
                )
            except OSError as error:
                raise EngineError(f"{name} does not start: {error.strerror}", down=True) from error
        with process:
            try:
                ended = _ends_within(process.pid, timeout_s)
            finally:
                # before wait(): until then nobody else's group can have its number
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        if not ended:
            raise EngineError(f"{name} was not ready within {timeout_s:g} s", down=False)
        if process.returncode:
            lines = said.read_bytes()[-2000:].decode(errors="replace").strip().splitlines()
            why = lines[-1][:200] if lines else process.returncode
            if process.returncode == leash.NOT_STARTED:
                raise EngineError(f"{name} does not start: {why}", down=True)
            raise EngineError(f"{name} failed: {why}", down=False)


def _ends_within(pid: int, timeout_s: float) -> bool:
    """Wait for a child's end and leave it to be waited for."""
    handle = os.pidfd_open(pid)
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        return bool(waiting.poll(timeout_s * 1000))
    finally:
        os.close(handle)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_SOUND_BYTES:
            raise EngineError(f"the sound is bigger than {MAX_SOUND_BYTES // 1024 // 1024} MB", down=False)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise EngineError("the program ended well but wrote no file", down=False) from error
