"""Voices for tests: they speak tones, note every text, and fail when told."""

import threading
from pathlib import Path

import numpy as np

from oklik.speech import audio
from oklik.speech.engines.base import EngineError
from oklik.speech.engines.command import CommandVoice
from oklik.speech.voices import Voice

LANGUAGES = {"ru": "anna", "en": "ann"}


def tone(seconds: float = 0.3, rate: int = 22050, gain: float = 0.3, pitch: int = 300) -> audio.Sound:
    time = np.arange(int(seconds * rate)) / rate
    return audio.Sound((gain * np.sin(2 * np.pi * pitch * time)).astype(np.float32), rate)


class SpyEngine:
    """Speaks a tone of 50 ms a letter; `broken` maps a text to what happens instead."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.broken: dict[str, Exception | audio.Sound] = {}
        self.down: str | None = None
        self.closed = False
        self._lock = threading.Lock()

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.heard]

    def speak(self, text: str, language: str) -> audio.Sound:
        with self._lock:
            self.heard.append((text, language))
        if self.down:
            raise EngineError(self.down, down=True)
        instead = self.broken.get(text)
        if isinstance(instead, Exception):
            raise instead
        return instead or tone(0.05 * (len(text) + 1), gain=0.05 + 0.03 * (len(text) % 20))

    def close(self) -> None:
        self.closed = True


def spy_voice(*, local: bool = True, **more: object) -> tuple[Voice, SpyEngine]:
    engine = SpyEngine()
    config = CommandVoice(name="spy", arguments=["nobody"], languages=LANGUAGES, local=local)
    return Voice(config, engine=engine, **more), engine  # type: ignore[arg-type]


def clip_format(path: Path) -> tuple[int, int, int, int]:
    """Channels, bytes a sample, rate, frames."""
    import wave

    with wave.open(str(path)) as held:
        return held.getnchannels(), held.getsampwidth(), held.getframerate(), held.getnframes()
