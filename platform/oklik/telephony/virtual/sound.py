"""How long a file, a stream or a list of files plays.

Only wav headers are read, once a file; nothing is decoded.  A missing file is not remembered: it may be there next
time.
"""

import wave
from pathlib import Path

import msgspec

ENDLESS = float("inf")
FILE_STRING_LEAD_S = 0.25  # mod_dptools begins a row of files with a quarter of a second of silence


class Media(msgspec.Struct, frozen=True):
    """What playback was given.  seconds: play time (ENDLESS possible); kind: scheme for Playback-File-Type or ''."""

    path: str
    seconds: float
    kind: str = ""


_lengths: dict[str, float] = {}


def _wav_seconds(path: str) -> float | None:
    known = _lengths.get(path)
    if known is None:
        if not path.lower().endswith(".wav") or not Path(path).is_file():
            return None
        try:
            with wave.open(path, "rb") as file:
                known = file.getnframes() / (file.getframerate() or 8000)
        except (wave.Error, EOFError, OSError):
            return None
        _lengths[path] = known
    return known


def _tone_seconds(spec: str) -> float:
    """`%(on,off,freq...)` groups, `;loops=N` (negative: for ever)."""
    body, *options = spec.split(";")
    loops = 1
    for option in options:
        name, _, value = option.partition("=")
        if name == "loops" and value.lstrip("-").isdigit():
            loops = int(value)
    total = 0.0
    for group in body.split("%(")[1:]:
        fields = group.split(")")[0].split(",")
        total += sum(float(f) for f in fields[:2] if f.strip().isdigit()) / 1000
    return ENDLESS if loops < 0 else total * max(loops, 1)


def look_up(text: str) -> Media | None:
    """What `text` is as an argument of playback; None where FreeSWITCH says FILE NOT FOUND."""
    scheme, sep, rest = text.partition("://")
    if not sep:
        path, _, offset = text.partition("@@")
        seconds = _wav_seconds(path)
        if seconds is not None and offset.isdigit():
            seconds = max(0.0, seconds - int(offset) / 8000)
        return None if seconds is None else Media(path, seconds)
    if scheme == "file_string":
        parts = [look_up(part) for part in rest.split("!")]
        found = [part.seconds for part in parts if part is not None]
        lead = FILE_STRING_LEAD_S if parts and parts[0] is not None else 0.0
        return Media(text, lead + sum(found)) if found else None
    if scheme == "tone_stream":
        return Media(text, _tone_seconds(rest), "tone_stream")
    if scheme == "silence_stream":
        first = rest.split(",")[0]
        return Media(text, ENDLESS if first.startswith("-") else float(first or 0) / 1000, "silence_stream")
    if scheme == "local_stream":
        return Media(text, ENDLESS, "local_stream")
    return None
