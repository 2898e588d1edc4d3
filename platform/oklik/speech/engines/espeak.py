"""espeak-ng: robotic, but local, free, quick (15 ms of CPU a clip) and one apt-get away: the voice of last resort.

It runs as a process a text, not as a library in ours: a crash of it then costs one clip, clips are made on all
cores at once, and its licence (GPL-3) stays its own.  The text goes in by stdin, so no text becomes an option.
"""

import shutil
import subprocess
from typing import Any, Literal

from pydantic import Field

from oklik.speech import audio
from oklik.speech.engines.base import EngineConfig, EngineError
from oklik.speech.engines.espeak_stress import StressWriter

_TIMEOUT_S = 30


class EspeakVoice(EngineConfig):
    """espeak-ng.  rate: words a minute; slower than its usual 175, for the telephone takes the high tones away.

    languages: espeak's voice names, also with a variant ("ru", "en-us+f3").  pitch: 0..99.
    """

    kind: Literal["espeak"] = "espeak"
    name: str = "espeak-ng"
    local: Literal[True] = True
    languages: dict[str, str] = Field(default={"ru": "ru", "en": "en-us"}, min_length=1)
    rate: int = Field(default=145, ge=80, le=400)
    pitch: int = Field(default=45, ge=0, le=99)
    program: str = "espeak-ng"

    def _deaf(self) -> set[str]:
        return {"program"}

    def open(self) -> "EspeakEngine":
        """Raises EngineError when espeak-ng is not installed."""
        if shutil.which(self.program) is None:
            raise EngineError(f"{self.program} is not installed (apt-get install espeak-ng)", down=True)
        return EspeakEngine(self)


class EspeakEngine:
    """Speaks by one espeak-ng process a text."""

    def __init__(self, config: EspeakVoice) -> None:
        self._config = config
        self._stress = StressWriter(config.program)

    def speak(self, text: str, language: str) -> audio.Sound:
        """See Engine."""
        voice = self._config.languages[language]
        # [[ ]] is espeak's bracket for phonemes: a text of the list must not open one, our stress marks may
        spoken = self._stress.write(text.replace("[", " ").replace("]", " "), voice)
        config = self._config
        order = [
            config.program,
            "-v",
            voice,
            "-s",
            str(config.rate),
            "-p",
            str(config.pitch),
            "-b",
            "1",
            "-z",
            "--stdin",
            "--stdout",
        ]
        done = _run(order, spoken)
        return audio.decode(done.stdout, "wav")

    def close(self) -> None:
        """Nothing is kept open."""


def _run(order: list[str], text: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        done = subprocess.run(order, input=text.encode(), capture_output=True, timeout=_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"{order[0]} was not ready within {_TIMEOUT_S} s", down=False) from error
    except OSError as error:
        raise EngineError(f"{order[0]} does not start: {error.strerror}", down=True) from error
    if done.returncode:
        said: Any = done.stderr.decode(errors="replace").strip().splitlines()
        raise EngineError(f"{order[0]} failed: {said[-1] if said else done.returncode}", down=True)
    return done
