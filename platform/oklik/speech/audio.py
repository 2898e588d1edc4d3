"""Sound as numbers: reading what engines give, levelling, trimming, and the one format that prompts are kept in.

Everything here works in memory with numpy; ffmpeg is asked only to unpack mp3 and ogg (a loudness filter
of ffmpeg costs 170 ms a clip, this costs about two).  A finished clip is 8 kHz mono 16-bit wav: what the
telephone line carries, so that the switch has nothing to convert.  Who speaks, and where clips are kept, is
the affair of `oklik.speech.engines` and `oklik.speech.prompts`.
"""

import io
import math
import os
import struct
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 8000
VERSION = 1
"""Part of every cache key: raise it when a change here must make all clips anew."""

LEVEL_DBFS = -20.0
"""Mean level of the spoken stretches.  Loud enough on a mobile in the street, and leaves speech its peaks."""
CEILING_DBFS = -2.0
"""No sample goes over it: headroom for the A-law or mu-law of the line."""
_FRAME = RATE // 100  # 10 ms
_BAND_HZ = 3700  # telephone lines end at 3400
_SILENCE_DBFS = -55.0  # below it a whole clip counts as silent
_EDGE_DB = 40.0  # frames that far below the loudest one are the silence at the edges
_GATE_DB = 15.0  # frames that far below the mean are pauses and do not count for the level
_MIN_SPOKEN = 2  # frames
_MAX_SECONDS = 600


class SoundError(Exception):
    """These bytes are no usable sound.  The message says why, in one line."""


@dataclass(frozen=True)
class Sound:
    """Mono samples in -1..1 and their rate in Hz."""

    samples: Samples
    rate: int


def decode(data: bytes, container: str, rate: int = RATE) -> Sound:
    """Sound from bytes.  container: wav, mp3, ogg, or pcm (headless 16-bit little-endian mono at `rate`).

    Raises SoundError, also when the bytes are plainly something else (a page, a JSON error).
    """
    if not data:
        raise SoundError("no sound came: the answer is empty")
    if container == "pcm":
        return Sound(_from_pcm16(data, 1), rate)
    if container == "wav":
        return _read_wav(data)
    return _by_ffmpeg(data, container)


def _from_pcm16(data: bytes, channels: int) -> Samples:
    usable = len(data) - len(data) % (2 * channels)
    whole = np.frombuffer(data[:usable], dtype="<i2").astype(np.float32) / 32768.0
    return whole if channels == 1 else whole.reshape(-1, channels).mean(axis=1, dtype=np.float32)


def _read_wav(data: bytes) -> Sound:
    """Read by hand: engines that write to a pipe cannot know the length, and then the header lies about it."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise SoundError("this is no wav file")
    at, layout = 12, (0, 0, 0, 0)
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        at += 8
        if name == b"fmt " and at + 16 <= len(data):
            code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at)
            layout = (code, channels, rate, bits)
        elif name == b"data":
            return _unpack(data[at : at + size], layout)
        at += size + size % 2
    raise SoundError("the wav file holds no sound")


def _unpack(body: bytes, layout: tuple[int, int, int, int]) -> Sound:
    code, channels, rate, bits = layout
    if not channels or not rate:
        raise SoundError("the wav file does not say its format")
    if bits == 16 and code in (1, 0xFFFE):
        return Sound(_from_pcm16(body, channels), rate)
    if bits == 32 and code in (3, 0xFFFE):
        usable = len(body) - len(body) % (4 * channels)
        floats = np.frombuffer(body[:usable], dtype="<f4").astype(np.float32).reshape(-1, channels)
        return Sound(np.nan_to_num(floats.mean(axis=1, dtype=np.float32)), rate)
    raise SoundError(f"a wav file of format {code} with {bits} bits; 16-bit PCM and 32-bit float are read")


def _by_ffmpeg(data: bytes, container: str) -> Sound:
    from pydub import AudioSegment
    from pydub.exceptions import PydubException

    try:
        segment: Any = AudioSegment.from_file(io.BytesIO(data), format=container)
    except FileNotFoundError as error:
        raise SoundError("ffmpeg is not installed (apt-get install ffmpeg)") from error
    except (PydubException, OSError, ValueError, IndexError, KeyError) as error:
        raise SoundError(f"the answer is no {container} sound") from error
    segment = segment.set_sample_width(2)
    return Sound(_from_pcm16(segment.raw_data, segment.channels), segment.frame_rate)


def resample(sound: Sound) -> Samples:
    """The samples at 8 kHz, by way of their spectrum: what is over the telephone band is faded out, nothing folds down.

    Not scipy's resample_poly: as quick for clips of seconds, but importing it takes each process more than a second.
    """
    if sound.rate == RATE:
        return sound.samples
    common = math.gcd(sound.rate, RATE)
    up, down = RATE // common, sound.rate // common
    # A whole number of periods of both rates, with room at the end so that it does not ring into the beginning.
    periods = _smooth(-(-(len(sound.samples) + sound.rate // 50) // down))
    spectrum = np.fft.rfft(sound.samples, periods * down)[: periods * up // 2 + 1]
    hertz = np.linspace(0.0, RATE / 2, periods * up // 2 + 1)[: len(spectrum)]
    spectrum *= np.clip((RATE / 2 - hertz) / (RATE / 2 - _BAND_HZ), 0.0, 1.0)
    out = np.fft.irfft(spectrum, periods * up) * (up / down)
    return np.asarray(out[: len(sound.samples) * up // down], dtype=np.float32)


def _smooth(least: int) -> int:
    """The next even number without big prime factors: a transform of any other length takes several times as long."""
    number = least + least % 2
    while True:
        rest = number
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return number
        number += 2


def _frame_power(samples: Samples) -> NDArray[np.float64]:
    frames = samples[: len(samples) - len(samples) % _FRAME].reshape(-1, _FRAME)
    return np.asarray(np.square(frames, dtype=np.float64).mean(axis=1)) + 1e-12


def _db(power: float) -> float:
    return 10.0 * math.log10(max(power, 1e-12))


def speech_level(samples: Samples) -> float:
    """Mean level in dBFS of the frames where somebody speaks (gated, so that pauses do not count)."""
    power = _frame_power(samples)
    if not len(power):
        return -120.0
    loud = power[power > power.mean() * 10 ** (-_GATE_DB / 10)]
    return _db(float(loud.mean())) if len(loud) else -120.0


def trim(samples: Samples) -> Samples:
    """The samples without the silence before and after.  Raises SoundError when there is nothing else."""
    power = _frame_power(samples)
    if not len(power) or _db(float(power.max())) < _SILENCE_DBFS:
        raise SoundError("nothing but silence came")
    spoken = np.flatnonzero(power > power.max() * 10 ** (-_EDGE_DB / 10))
    if len(spoken) < _MIN_SPOKEN:
        raise SoundError("nothing but a click came")
    first, last = max(0, int(spoken[0]) - 1), int(spoken[-1]) + 2
    return samples[first * _FRAME : last * _FRAME]


def level(samples: Samples) -> Samples:
    """The samples with speech at LEVEL_DBFS; peaks that would pass the ceiling are bent down smoothly, not cut."""
    out = samples
    for _ in range(3):  # the limiter takes a little of the level away, so come back to it
        out = _limit(out * np.float32(10 ** ((LEVEL_DBFS - speech_level(out)) / 20)))
        if abs(speech_level(out) - LEVEL_DBFS) < 0.2:
            break
    return out


def _limit(samples: Samples) -> Samples:
    ceiling = 10 ** (CEILING_DBFS / 20)
    peaks = np.abs(samples)
    if not len(samples) or peaks.max() <= ceiling:
        return samples
    need = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    # The gain comes down before a peak and goes up after it: the least gain around, then the mean of that around.
    reach = _FRAME // 2
    least = np.lib.stride_tricks.sliding_window_view(np.pad(need, 2 * reach, mode="edge"), 2 * reach + 1).min(axis=1)
    gain = np.convolve(least, np.full(2 * reach + 1, 1.0 / (2 * reach + 1)), mode="valid")
    return np.asarray(np.clip(samples * gain, -ceiling, ceiling), dtype=np.float32)


def silence(ms: int) -> Samples:
    """So many milliseconds of nothing."""
    return np.zeros(RATE * ms // 1000, dtype=np.float32)


def speech(sound: Sound) -> Samples:
    """What an engine gave, made ours: 8 kHz, no edges of silence, levelled.  Raises SoundError."""
    if not len(sound.samples):
        raise SoundError("no sound came: it has no samples")
    if len(sound.samples) > _MAX_SECONDS * sound.rate:
        raise SoundError(f"the sound lasts over {_MAX_SECONDS} s")
    samples = resample(sound)
    samples = samples - samples.mean(dtype=np.float32)
    return _soft_edges(level(trim(samples)))


def _soft_edges(samples: Samples) -> Samples:
    """Three milliseconds in and out, so that a joint does not click."""
    out = samples.copy()
    length = min(len(out) // 2, RATE * 3 // 1000)
    slope = np.linspace(0.0, 1.0, length, dtype=np.float32)
    out[:length] *= slope
    out[len(out) - length :] *= slope[::-1]
    return out


def to_wav(samples: Samples) -> bytes:
    """A whole wav file, 8 kHz mono 16-bit."""
    body: bytes = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype("<i2").tobytes()
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + len(body),
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        RATE,
        RATE * 2,
        2,
        16,
        b"data",
        len(body),
    )
    return head + body


def write_wav(path: Path, samples: Samples, scratch: Path) -> None:
    """Put the clip at `path` whole or not at all; `scratch` is a folder on the same disk.  Raises OSError.

    No fsync: a clip that a power cut took is made again.
    """
    part = scratch / f"{uuid.uuid4().hex}.part"
    try:
        part.write_bytes(to_wav(samples))
        part.chmod(0o644)  # whatever our umask: another user, the switch's, plays it
        os.replace(part, path)  # noqa: PTH105  Path.replace is the same call and one object more
    except OSError:
        part.unlink(missing_ok=True)
        raise


def read_clip(path: Path) -> Samples:
    """A clip of ours, as samples at 8 kHz.  Raises OSError, SoundError."""
    return resample(_read_wav(path.read_bytes()))


def clip_ms(path: Path) -> int:
    """How long a clip of ours lasts, by its size alone.  Raises OSError; SoundError when it is empty."""
    samples = (path.stat().st_size - 44) // 2
    if samples <= 0:
        raise SoundError(f"{path} is empty")
    return samples * 1000 // RATE
