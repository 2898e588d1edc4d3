"""Recorded prompts: sound files by language and key, which a text may prefer to synthesis.

`<folder>/<language>/<key>.wav` (or mp3, ogg) of any rate; they are levelled as everything else.  Who records them
and how they get there (an upload, a folder under prompts/) is no affair of this file.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from oklik.scenario.flow import Say
from oklik.speech import audio

_KEY = re.compile(r"[\w][\w-]{0,99}")
_KINDS = ("wav", "mp3", "ogg")


@dataclass(frozen=True)
class Recording:
    """One recorded prompt.  digest: of its bytes."""

    path: Path
    digest: str

    def sound(self) -> audio.Sound:
        """As it was recorded.  Raises OSError, SoundError."""
        return audio.decode(self.path.read_bytes(), self.path.suffix.removeprefix("."))


class Recordings:
    """The recordings under a folder.  A replaced file is noticed when a new object is made (once a campaign run)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[tuple[str, str], Recording | None] = {}

    def find(self, say: Say) -> Recording | None:
        """The recording that this text prefers, or None when it names none or there is none in its language."""
        if say.recording is None:
            return None
        key = (say.language, say.recording)
        if key not in self._found:
            self._found[key] = self._look(*key)
        return self._found[key]

    def _look(self, language: str, key: str) -> Recording | None:
        if not (_KEY.fullmatch(key) and _KEY.fullmatch(language)):
            return None  # a key is a name, never a path
        for kind in _KINDS:
            path = self._folder / language / f"{key}.{kind}"
            if path.is_file():
                return Recording(path, hashlib.sha256(path.read_bytes()).hexdigest())
        return None
