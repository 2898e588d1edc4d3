"""Recorded prompts: sound files by language and key, which a text may prefer to synthesis.

`<folder>/<language>/<key>.wav` (or mp3, ogg) of any rate; they are levelled as everything else.  A campaign pins which
recordings it found at launch, by content: a file that is replaced later is used from the next campaign on.
"""

import hashlib
import re
from pathlib import Path
from typing import Protocol

from oklik.speech import audio

_KEY = re.compile(r"\w[\w.-]{0,99}")
_KINDS = (".wav", ".mp3", ".ogg")


class Recorded(Protocol):
    """Where recordings are had from, by name and content."""

    def sound(self, name: str, digest: str) -> audio.Sound:
        """The recording "language/key" with that content.  Raises OSError, SoundError."""


class Recordings:
    """The recordings under a folder; a folder that is not there holds none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def digests(self) -> dict[str, str]:
        """What there is: "language/key" -> sha256 of the file.  Raises OSError."""
        found: dict[str, str] = {}
        for path in sorted(self._folder.glob("*/*")):
            if path.suffix in _KINDS and _KEY.fullmatch(path.stem):
                found[f"{path.parent.name}/{path.stem}"] = _digest(path)
        return found

    def sound(self, name: str, digest: str) -> audio.Sound:
        """The recording "language/key" with that content.  Raises OSError, SoundError."""
        for kind in _KINDS:
            path = self._folder / f"{name}{kind}"
            if path.is_file() and _digest(path) == digest:
                return audio.decode(path.read_bytes(), kind.removeprefix("."))
        raise audio.SoundError(f"the recording {name} is not there any more as it was at launch")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
