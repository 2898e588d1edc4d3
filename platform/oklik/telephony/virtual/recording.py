"""The application `record`: <file> [<limit s> [<energy> [<silence s>]]].

The file is made: a hum for as long as the far end speaks, then silence; so that whoever reads it finds the length that
was told.
"""

import math
import struct
import wave
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from oklik.telephony.virtual.applications import Application

if TYPE_CHECKING:
    from oklik.telephony.virtual.clock import Timer

RATE = 8000
OVER_S = 0.5  # the switch looks at its limit after the second is over


class Record(Application):
    """Records until a terminator, silence, the limit, or the end of the leg."""

    def act(self) -> None:
        """Open the file; a file that cannot be made ends the call."""
        leg = self.leg
        path, limit, energy, silence = (*self.data.split(), "", "", "", "")[:4]
        self._path = path
        self._timer: Timer | None = None
        self._spoken = 0.0
        self._since: int | None = None
        leg.put("playback_terminator_used", None)
        try:
            _write(path, 0, 0)
        except OSError:
            leg.hangup("DESTINATION_OUT_OF_ORDER", at_once=True)
            return
        terminators = leg.get("playback_terminators")
        self._ends = "" if terminators == "none" else "0123456789*#" if terminators == "any" else terminators or "*"
        leg.put("silence_hits_exhausted", None)
        leg.put("silence_hits_exhausted", "false")
        self._codec("L16")
        leg.fire("RECORD_START", {"Record-File-Path": path})
        self._since = leg.core.clock.now_us()
        if leg.far is not None:
            self._spoken = leg.far.recorded(self._ends)
        ends = [(int(limit) + OVER_S, False)] if limit.isdigit() and int(limit) else []
        if energy.isdigit() and int(energy) and silence.isdigit() and int(silence):
            ends.append((self._spoken + int(silence), True))
        if ends:
            seconds, by_silence = min(ends)
            self._timer = leg.core.clock.later(seconds, self._over, by_silence)

    def _over(self, by_silence: bool) -> None:
        if by_silence:
            self.leg.put("silence_hits_exhausted", None)
            self.leg.put("silence_hits_exhausted", "true")
        self.interrupt()

    def key(self) -> None:
        """Swallow keys; a terminator ends it."""
        while (key := self.leg.executor.take_key()) is not None:
            if key in self._ends:
                self.leg.put("playback_terminator_used", key)
                self.interrupt()
                return

    def interrupt(self) -> None:
        """End it; what was said is kept."""
        self.stop("done")
        if self.leg.far is not None:
            self.leg.far.quiet()
        self.finish()

    def stop(self, status: str) -> None:  # noqa: ARG002 - a recording has no status
        """Close the file and say how long it is."""
        leg = self.leg
        if self._since is None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        samples = round((leg.core.clock.now_us() - self._since) / 1e6 * RATE)
        try:
            _write(self._path, samples, round(self._spoken * RATE))
        except OSError:
            samples = 0
        size = str(44 + 2 * samples)
        leg.put("record_record_file_size", size)
        leg.put("record_file_size", size)
        leg.put("record_seconds", str(samples // RATE))
        leg.put("record_ms", str(samples * 1000 // RATE))
        leg.put("record_samples", str(samples))
        leg.fire("RECORD_STOP", {"Record-File-Path": self._path})
        self._codec(leg.get("original_read_codec") or "PCMA")

    def _codec(self, name: str) -> None:
        """Sound is read as it is while it is recorded, and the variables are set anew each time."""
        for variable, value in (("read_codec", name), ("read_rate", str(RATE))):
            self.leg.put(variable, None)
            self.leg.put(variable, value)


@lru_cache(maxsize=1)
def hum() -> bytes:
    """A second of a low tone."""
    return b"".join(struct.pack("<h", round(6000 * math.sin(2 * math.pi * 200 * n / RATE))) for n in range(RATE))


def _write(path: str, samples: int, spoken: int) -> None:
    spoken = min(samples, spoken)
    with Path(path).open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((hum() * (spoken // RATE + 1))[: 2 * spoken])
        file.writeframes(bytes(2 * (samples - spoken)))
