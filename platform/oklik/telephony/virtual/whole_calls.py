"""`uuid_record`: a leg's whole sound into a stereo file, the far end at the left, what it hears at the right.

Nobody's sound is modelled: the file has its right length and channels, a hum at the left and then one at the right.
"""

import struct
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from oklik.telephony.virtual.recording import RATE, hum

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel


def begin_whole(leg: "Channel", path: str) -> bool:
    """Record from now on; False if the file cannot be made.  Again into the same file does nothing."""
    if path in leg.recorded:
        return True
    try:
        _write(path, 0, stereo=True)
    except OSError:
        return False
    leg.recorded[path] = leg.core.clock.now_us()
    leg.fire("RECORD_START", {"Record-File-Path": path})
    return True


def end_whole(leg: "Channel", path: str) -> bool:
    """Close the file; False if there is none."""
    since = leg.recorded.pop(path, None)
    if since is None:
        return False
    samples = round((leg.core.clock.now_us() - since) / 1e6 * RATE)
    try:
        _write(path, samples, stereo=leg.get("RECORD_STEREO") == "true")
    except OSError:
        samples = 0
    leg.put("record_ms", str(samples * 1000 // RATE))
    leg.put("record_samples", str(samples))
    leg.put("record_seconds", str(samples // RATE))
    leg.fire("RECORD_STOP", {"Record-File-Path": path})
    return True


def _write(path: str, samples: int, *, stereo: bool) -> None:
    """A wav file of silence, which takes no room on the disk, with two short hums at its beginning."""
    channels = 2 if stereo else 1
    frame = 2 * channels
    size = samples * frame
    head = struct.pack("<4sI4s4sIHHI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, channels, RATE)
    head += struct.pack("<IHH4sI", RATE * frame, frame, 16, b"data", size)
    with Path(path).open("wb") as file:
        file.write(head + _hums(channels)[:size])
        file.truncate(len(head) + size)


@lru_cache(maxsize=2)
def _hums(channels: int) -> bytes:
    """Half a second at the left, then half a second at the right."""
    half = [hum()[n : n + 2] for n in range(0, RATE, 2)]
    if channels == 1:
        return b"".join(half)
    return b"".join(sample + b"\0\0" for sample in half) + b"".join(b"\0\0" + sample for sample in half)
