"""Keys as tones in the sound: files of A-law for SIPp, which sends them as they are."""

import math
from pathlib import Path

RATE = 8000
PAIRS = {"5": (770, 1336), "hash": (941, 1477)}
"""Name of the file -> the two frequencies of its key."""


def write_tones(folder: Path) -> None:
    """Make NAME.alaw for each key: a moment of silence, the tone, a moment of silence."""
    for name, pair in PAIRS.items():
        silence = [0] * (RATE // 10)
        tone = [
            round(8000 * sum(math.sin(2 * math.pi * hertz * n / RATE) for hertz in pair) / 2) for n in range(RATE // 5)
        ]
        (folder / f"{name}.alaw").write_bytes(bytes(map(alaw, silence + tone + silence)))


def alaw(sample: int) -> int:
    """One sample of 16 bits as G.711 has it."""
    mask, size = (0xD5, sample) if sample >= 0 else (0x55, -sample - 1)
    size >>= 3
    segment = max(0, size.bit_length() - 5)
    return mask ^ (segment << 4 | (size >> max(1, segment)) & 0x0F)
