"""Music on hold, made by ourselves: no rights to clear, no file to ship, the same samples on every machine.

A slow broken-chord figure of decaying tones in the middle of the telephone band, soft enough to talk over; it ends
where it begins, so that the switch can loop it.
"""

import numpy as np

from oklik.speech.audio import RATE, Samples

VERSION = 1
_CHORDS = ((262, 330, 392, 494), (220, 262, 330, 392), (349, 440, 523, 659), (196, 247, 294, 440))  # C7M Am7 F7M G9
_FIGURE = (0, 2, 1, 3, 2, 1)
_NOTE_S = 0.5
_PEAK = 0.16


def hold_music() -> Samples:
    """Twenty-four seconds, at 8 kHz, to be played in a loop."""
    step = int(RATE * _NOTE_S)
    notes = [chord[n] for chord in _CHORDS for _ in range(2) for n in _FIGURE]
    out = np.zeros(step * len(notes), dtype=np.float32)
    length = int(RATE * 2.4)
    time = np.arange(length) / RATE
    attack = np.minimum(1.0, time / 0.02)
    for n, pitch in enumerate(notes):
        tone = sum(np.sin(2 * np.pi * pitch * k * time) * share for k, share in ((1, 1.0), (2, 0.35), (3, 0.12)))
        ring = (tone * attack * np.exp(-time / 0.7)).astype(np.float32)
        places = (n * step + np.arange(length)) % len(out)  # the last tones ring on into the beginning
        out[places] += ring
    return np.asarray(out * (_PEAK / np.abs(out).max()), dtype=np.float32)
