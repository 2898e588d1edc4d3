"""Sound: what comes in, how loud and how long it goes out."""

import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from oklik.speech import audio
from oklik.speech.audio import RATE, Sound, SoundError
from speech.fakes import tone


def wav(samples: np.ndarray, *, rate: int = 16000, channels: int = 1) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    return held.getvalue()


def bursts(gain: float, seed: int, rate: int = 16000) -> Sound:
    """Something like speech: noise in syllables, pauses, a loud peak now and then."""
    random = np.random.default_rng(seed)
    envelope = np.repeat(random.uniform(0, 1, 40) ** 2, rate // 20)
    return Sound((random.normal(0, 1, len(envelope)) * envelope * gain).astype(np.float32).clip(-1, 1), rate)


def rms_dbfs(samples: np.ndarray) -> float:
    return 10 * np.log10(np.mean(np.square(samples.astype(np.float64))))


@pytest.mark.parametrize("gain", [0.003, 0.02, 0.1, 0.5, 0.9])
def test_a_steady_tone_comes_out_at_one_level(gain: float) -> None:
    out = audio.speech(tone(1.0, gain=gain))
    assert rms_dbfs(out[400:-400]) == pytest.approx(audio.LEVEL_DBFS, abs=0.5)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("gain", [0.01, 0.3])
def test_speech_comes_out_at_one_level_and_is_never_cut(gain: float, seed: int) -> None:
    out = audio.speech(bursts(gain, seed))
    assert audio.speech_level(out) == pytest.approx(audio.LEVEL_DBFS, abs=1.0)
    assert np.abs(out).max() <= 10 ** (audio.CEILING_DBFS / 20) + 1e-4


def test_peaks_are_bent_not_cut() -> None:
    samples = bursts(0.02, 1).samples.copy()
    samples[5000:5020] = 0.9
    out = audio.speech(Sound(samples, 16000))
    ceiling = 10 ** (audio.CEILING_DBFS / 20)
    assert np.count_nonzero(np.abs(out) >= ceiling * 0.9999) < 8, "a run of samples at the ceiling is a cut"


def test_silence_at_the_edges_goes_and_the_inside_stays() -> None:
    rate = 16000
    quiet = np.zeros(rate, dtype=np.float32)
    said = np.concatenate([quiet, tone(0.5, rate).samples, quiet[: rate // 2], tone(0.5, rate).samples, quiet])
    out = audio.speech(Sound(said, rate))
    assert len(out) / RATE == pytest.approx(1.5, abs=0.05)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 24000, 44100, 48000])
def test_length_and_pitch_survive_resampling(rate: int) -> None:
    out = audio.resample(tone(0.5, rate, pitch=1000))
    assert len(out) == pytest.approx(RATE / 2, abs=2)
    assert np.argmax(np.abs(np.fft.rfft(out))) * RATE / len(out) == pytest.approx(1000, abs=3)


def test_what_is_above_the_telephone_band_does_not_fold_down() -> None:
    out = audio.resample(tone(0.5, 48000, gain=0.5, pitch=7000))
    assert rms_dbfs(out[200:-200]) < -50


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (Sound(np.zeros(0, dtype=np.float32), RATE), "no samples"),
        (Sound(np.zeros(8000, dtype=np.float32), RATE), "silence"),
        (Sound(np.full(8000, 0.5, dtype=np.float32), RATE), "silence"),
        (Sound(np.eye(1, 8000, 4000, dtype=np.float32)[0], RATE), "click"),
        (tone(0.001), "silence"),
    ],
)
def test_what_is_no_speech_is_refused(sound: Sound, why: str) -> None:
    with pytest.raises(SoundError, match=why):
        audio.speech(sound)


def test_a_wav_from_a_pipe_lies_about_its_length() -> None:
    data = bytearray(wav(tone(0.5, 16000).samples))
    at = data.index(b"data") + 4
    data[4:8] = data[at : at + 4] = struct.pack("<I", 0x7FFFF000)
    assert len(audio.decode(bytes(data), "wav").samples) == 8000


def test_stereo_becomes_mono_and_odd_tails_do_no_harm() -> None:
    left = tone(0.25, 16000).samples
    both = np.column_stack([left, np.zeros_like(left)]).reshape(-1)
    sound = audio.decode(wav(both, channels=2) + b"\0", "wav")
    assert np.allclose(sound.samples[:4000], left[:4000] / 2, atol=1e-3)


def test_floats_and_bare_pcm() -> None:
    samples = tone(0.2, 24000).samples
    body = samples.astype("<f4").tobytes()
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 3, 1, 24000, 96000, 4, 32, b"data", len(body)
    )
    assert np.allclose(audio.decode(head + body, "wav").samples, samples)
    pcm = audio.decode((samples * 32767).astype("<i2").tobytes(), "pcm", 24000)
    assert pcm.rate == 24000
    assert np.allclose(pcm.samples, samples, atol=1e-4)


@pytest.mark.parametrize("container", ["wav", "mp3", "ogg"])
def test_a_page_is_no_sound(container: str) -> None:
    with pytest.raises(SoundError):
        audio.decode(b"<html>sorry</html>", container)


@pytest.mark.parametrize("container", ["wav", "mp3", "ogg", "pcm"])
def test_nothing_is_no_sound(container: str) -> None:
    with pytest.raises(SoundError, match="empty"):
        audio.decode(b"", container)


@pytest.mark.parametrize("container", ["mp3", "ogg"])
def test_packed_sound_is_unpacked(container: str, tmp_path: Path) -> None:
    import subprocess

    source = tmp_path / "in.wav"
    source.write_bytes(wav(tone(0.8, 16000).samples))
    packed = tmp_path / f"out.{container}"
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", source, packed], check=True)
    out = audio.speech(audio.decode(packed.read_bytes(), container))
    assert len(out) / RATE == pytest.approx(0.8, abs=0.1)


def test_a_clip_is_8_khz_mono_16_bit_and_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "clip.wav"
    audio.write_wav(path, audio.speech(tone(0.5)), tmp_path)
    with wave.open(str(path)) as held:
        assert (held.getnchannels(), held.getsampwidth(), held.getframerate()) == (1, 2, 8000)
        assert held.getnframes() * 1000 // RATE == audio.clip_ms(path)

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as part:
            part.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        audio.write_wav(tmp_path / "other.wav", audio.speech(tone(0.5)), tmp_path)
    assert sorted(tmp_path.iterdir()) == [path]


def test_an_empty_clip_is_seen(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    with pytest.raises(SoundError):
        audio.clip_ms(tmp_path / "empty.wav")


def test_hold_music_loops_softly() -> None:
    from oklik.speech.music import hold_music

    music = hold_music()
    assert len(music) == 24 * RATE
    assert 0.1 < np.abs(music).max() < 0.2
    assert np.array_equal(music, hold_music())
    assert abs(music[0] - music[-1]) < 0.05, "the joint of the loop must not click"
