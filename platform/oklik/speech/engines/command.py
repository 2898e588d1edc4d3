"""Any program that makes speech: Piper, RHVoice, a script of one's own.

The program is an argument list, never a shell line; the text goes in by stdin or as one whole argument, the sound
comes by a file or by stdout.  The program gets a bare environment: no secret of ours that was not named.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from oklik.speech import audio
from oklik.speech.engines.base import (
    MAX_SOUND_BYTES,
    EngineConfig,
    EngineError,
    Stress,
    fill,
    unknown_placeholders,
)

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
        with tempfile.TemporaryDirectory(prefix="oklik-voice-") as folder:
            output = Path(folder) / f"speech.{config.audio}"
            values = {
                # a text that begins like an option must not become one
                "text": " " + marked if marked.startswith("-") else marked,
                "output": str(output),
                "language": language,
                "voice": config.languages[language],
            }
            order = [fill(argument, values) for argument in config.arguments]
            heard = Path(folder) / "stdout"
            self._run(order, marked if self._by_stdin else "", heard)
            data = _read(output if self._by_file else heard)
        return audio.decode(data, config.audio, config.sample_rate)

    def close(self) -> None:
        """Nothing is kept open."""

    def _run(self, order: list[str], text: str, heard: Path) -> None:
        name, timeout_s = Path(order[0]).name, self._config.timeout_s
        said = heard.with_name("stderr")
        try:
            with heard.open("wb") as stdout, said.open("wb") as stderr:
                # a session of its own, so that the time-out ends the program's children too
                process = subprocess.Popen(
                    order,
                    stdin=subprocess.PIPE,
                    stdout=stdout,
                    stderr=stderr,
                    env=self._environment,
                    start_new_session=True,
                )
        except OSError as error:
            raise EngineError(f"{name} does not start: {error.strerror}", down=True) from error
        with process:
            try:
                process.communicate((text + "\n").encode() if text else b"", timeout=timeout_s)
            except subprocess.TimeoutExpired as error:
                raise EngineError(f"{name} was not ready within {timeout_s:g} s", down=False) from error
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        if process.returncode:
            lines = said.read_bytes()[-2000:].decode(errors="replace").strip().splitlines()
            raise EngineError(f"{name} failed: {lines[-1][:200] if lines else process.returncode}", down=False)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_SOUND_BYTES:
            raise EngineError(f"the sound is bigger than {MAX_SOUND_BYTES // 1024 // 1024} MB", down=False)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise EngineError("the program ended well but wrote no file", down=False) from error
