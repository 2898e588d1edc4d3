"""A sound file from outside, made a recorded prompt: told by its content, decoded within bounds, measured, levelled.

What comes may be anything, so it is judged by its first bytes and never by its name, and everything that decodes runs
in a process of its own (`python -m oklik.speech.intake`) with little time and memory: there ffmpeg gets the sound by a
descriptor and may open nothing else, so a playlist reads no file and calls no address.  Keeping the result is not done
here.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec

MAX_BYTES = 20 * 1024 * 1024
MAX_S = 300
_PATIENCE_S = 20.0  # of a machine that does other things besides; what is hostile is stopped by its processor time
_CPU_S, _MEMORY = 4, 1536 * 1024 * 1024
_CHUNK = 1 << 18
_RUN, _RUNS = 3, 3  # so many samples at the limit in a row are cut off, and so many times is no accident

_SENTENCES = {
    "size": ("файл больше {most} МБ", "the file is larger than {most} MB"),
    "empty": ("файл пуст", "the file is empty"),
    "kind": (
        "это не звук в wav, mp3 или ogg; тип узнаётся по содержимому, а не по имени",
        "this is no wav, mp3 or ogg sound; what counts is the content, not the name",
    ),
    "unreadable": ("звук в файле не читается", "the sound in the file cannot be read"),
    "long": ("звук длиннее {most} минут", "the sound is longer than {most} minutes"),
    "silent": ("в файле одна тишина", "there is nothing but silence in the file"),
    "ffmpeg": (
        "чтобы читать такие файлы, нужен ffmpeg (apt-get install ffmpeg)",
        "ffmpeg is needed to read such files (apt-get install ffmpeg)",
    ),
}


class SoundRefused(ValueError):
    """The file becomes no prompt.  code: a key of the sentences above; text: in "ru" and "en"."""

    def __init__(self, code: str) -> None:
        ru, en = _SENTENCES[code]
        most = MAX_S // 60 if code == "long" else MAX_BYTES >> 20
        self.code, self.text = code, {"ru": ru.format(most=most), "en": en.format(most=most)}
        super().__init__(self.text["en"])


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded prompt.  wav: 8 kHz mono, 16 bits.

    clipped: the loudest places were cut off before it came here; levelled_db: how much louder it was made; trimmed_ms:
    of silence at its ends.
    """

    wav: bytes
    duration_ms: int
    clipped: bool
    levelled_db: float
    trimmed_ms: int


class _Measured(msgspec.Struct):
    duration_ms: int
    clipped: bool
    levelled_db: float
    trimmed_ms: int


def kind_of(data: bytes) -> str | None:
    """Tell wav, mp3 and ogg by their content; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogg"
    tagged = data[:3] == b"ID3"
    # A frame begins with eleven bits set; then version, layer 3, and neither a rate nor a bit rate that does not exist.
    frame = len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 and data[2] & 0xF0 != 0xF0
    return "mp3" if tagged or frame else None


def take_in(data: bytes) -> Taken:
    """Make a prompt of a file's content.  Raises SoundRefused."""
    if not data:
        raise SoundRefused("empty")
    if len(data) > MAX_BYTES:
        raise SoundRefused("size")
    kind = kind_of(data)
    if kind is None:
        raise SoundRefused("kind")
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "oklik.speech.intake", kind],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                timeout=_PATIENCE_S,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            raise SoundRefused("unreadable") from None
    head, _, wav = done.stdout.partition(b"\n")
    told: dict[str, Any] = json.loads(head)
    if "refused" in told:
        raise SoundRefused(told["refused"])
    measured = msgspec.convert(told, _Measured)
    return Taken(wav=wav, **{name: getattr(measured, name) for name in measured.__struct_fields__})


def _environment() -> dict[str, str]:
    """Without our settings, among which are passwords; one thread, for each takes memory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OKLIK_")}
    paths = os.pathsep.join(path for path in sys.path if path)
    return kept | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


# -- in the process of its own ----------------------------------------------------------------------------------


def main(kind: str) -> int:
    """Read a file from standard input; write a line of JSON, and the wav after it."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    try:
        measured, wav = _made(kind)
    except SoundRefused as refused:
        sys.stdout.write(json.dumps({"refused": refused.code}) + "\n")
        return 0
    sys.stdout.buffer.write(msgspec.json.encode(measured) + b"\n" + wav)
    return 0


def _made(kind: str) -> tuple[_Measured, bytes]:
    from oklik.speech import audio

    clipped = _cut_off(kind)
    samples = audio.decode(b"".join(_decoded(kind, "-ac", "1", "-ar", str(audio.RATE), "-f", "s16le")), "pcm").samples
    if len(samples) > MAX_S * audio.RATE:
        raise SoundRefused("long")
    try:
        before = audio.speech_level(audio.trim(samples))
        made = audio.speech(audio.Sound(samples, audio.RATE))
    except audio.SoundError:
        raise SoundRefused("silent") from None
    ms = 1000 * len(made) // audio.RATE
    return _Measured(
        duration_ms=ms,
        clipped=clipped,
        levelled_db=round(audio.LEVEL_DBFS - before, 1),
        trimmed_ms=max(0, 1000 * len(samples) // audio.RATE - ms),
    ), audio.to_wav(made)


def _cut_off(kind: str) -> bool:
    """Whether the sound, as it came, stays at its limit for several samples again and again."""
    import numpy as np

    runs, rest = 0, b""
    pieces = _decoded(kind, "-f", "wav")
    channels, rest = _wav_head(pieces)
    for piece in _joined(rest, pieces):
        rest += piece
        usable = len(rest) - len(rest) % (2 * channels)
        whole, rest = rest[:usable], rest[usable:]
        loud = np.abs(np.frombuffer(whole, "<i2").astype(np.int32)).reshape(-1, channels) >= 32_760
        for channel in range(channels if runs < _RUNS else 0):
            row = np.convolve(loud[:, channel], np.ones(_RUN), "valid") == _RUN if len(loud) >= _RUN else np.zeros(0)
            runs += int(np.count_nonzero(np.diff(row.astype(np.int8), prepend=0) == 1))
    return runs >= _RUNS


def _joined(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _wav_head(pieces: Iterator[bytes]) -> tuple[int, bytes]:
    """The channels of a wav that is being decoded, and what came of its sound already."""
    head = b""
    for piece in pieces:
        head += piece
        at = head.find(b"data")
        if len(head) > 64 and 0 < at <= len(head) - 8:
            channels = struct.unpack_from("<H", head, 22)[0]
            if not 0 < channels <= 8:
                break
            return channels, head[at + 8 :]
    raise SoundRefused("unreadable")


def _decoded(kind: str, *form: str) -> Iterator[bytes]:
    """The sound piece by piece.  Nothing but standard input is open to ffmpeg, and it stops soon after the limit."""
    sys.stdin.buffer.seek(0)
    order = ["ffmpeg", "-v", "quiet", "-protocol_whitelist", "pipe", "-threads", "1", "-f", kind, "-i", "pipe:0"]
    order += ["-map", "0:a:0", "-t", str(MAX_S + 1), "-map_metadata", "-1", "-acodec", "pcm_s16le", *form, "pipe:1"]
    try:
        process = subprocess.Popen(order, stdin=sys.stdin.buffer.fileno(), stdout=subprocess.PIPE)
    except FileNotFoundError:
        raise SoundRefused("ffmpeg") from None
    assert process.stdout is not None
    got = 0
    while piece := process.stdout.read(_CHUNK):
        got += len(piece)
        yield piece
    if process.wait() != 0 or not got:
        _unreadable()


def _unreadable() -> NoReturn:
    raise SoundRefused("unreadable")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
