"""The tone before a recording, made by ourselves as the music is: after it the person speaks."""

import numpy as np

from oklik.speech.audio import RATE, Samples

VERSION = 1
_PITCH = 1000
_TONE_S = 0.35
_PAUSE_S = 0.15  # before it, so that it does not stick to the last word
_PEAK = 0.25


def beep() -> Samples:
    """Half a second at 8 kHz; its edges are soft, so that nothing clicks."""
    time = np.arange(int(RATE * _TONE_S)) / RATE
    edge = np.minimum(1.0, np.minimum(time, _TONE_S - time) / 0.01)
    tone = _PEAK * edge * np.sin(2 * np.pi * _PITCH * time)
    return np.concatenate([np.zeros(int(RATE * _PAUSE_S)), tone]).astype(np.float32)
