"""espeak-ng, gTTS and commands.  espeak-ng is the real one where it is installed."""

import os
import select
import shutil
import socket
import sys
from pathlib import Path

import pytest

from oklik.speech import audio
from oklik.speech.engines.base import EngineError
from oklik.speech.engines.command import CommandVoice
from oklik.speech.engines.espeak import EspeakVoice
from oklik.speech.engines.google import GttsVoice
from support.patience import enough

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")

# Speaks a tone whose length tells how many characters it got; writes down what it was given.
PROGRAM = """
import os, sys, wave, math, struct, pathlib, json
out, note, *rest = sys.argv[1:]
text = rest[0] if rest else sys.stdin.read()
pathlib.Path(note).write_text(json.dumps({"text": text, "environment": sorted(os.environ)}))
if "boom" in text: sys.exit("the model is broken")
if "nothing" in text: sys.exit(0)
if "slow" in text:
    import subprocess
    child = subprocess.Popen(["sleep", "600"])
    pathlib.Path(note).with_name("child").write_text(str(child.pid))
    child.wait()
body = b"".join(struct.pack("<h", int(9000 * math.sin(n / 5))) for n in range(1600 * len(text)))
sink = sys.stdout.buffer if out == "-" else out
if out == "-":
    import io; held = io.BytesIO()
else:
    held = out
with wave.open(held, "wb") as w:
    w.setnchannels(1); w.setsampwidth(2); w.setframerate(16000); w.writeframes(body)
if out == "-": sys.stdout.buffer.write(held.getvalue())
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "speaker.py"
    path.write_text(PROGRAM)
    return path


def command(program: Path, *more: str, output: str = "{output}", **fields: object) -> CommandVoice:
    note = str(program.with_name("note"))
    return CommandVoice(
        arguments=[sys.executable, str(program), output, note, *more], languages={"ru": "irina"}, **fields
    )


def noted(program: Path) -> dict[str, object]:
    import json

    return json.loads(program.with_name("note").read_text())


def test_a_command_by_file_and_stdin(program: Path) -> None:
    sound = command(program).open().speak("привет", "ru")
    assert len(sound.samples) == 1600 * 7
    assert noted(program)["text"] == "привет\n"


def test_a_command_by_stdout_and_argument(program: Path) -> None:
    sound = command(program, "{text}", output="-").open().speak("привет", "ru")
    assert len(sound.samples) == 1600 * 6


@pytest.mark.parametrize("text", ["-rf /", "--help", "$(id) `id` ; id", "{output} {voice} %s"])
def test_a_text_stays_a_text(program: Path, text: str) -> None:
    command(program, "{text}").open().speak(text, "ru")
    given = str(noted(program)["text"])
    assert given.strip() == text
    assert not given.startswith("-")


def test_stress_goes_as_the_program_wants_it(program: Path) -> None:
    command(program, stress="plus_before").open().speak("за́мок", "ru")
    assert noted(program)["text"] == "з+амок\n"


def test_a_command_sees_only_what_was_named(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKLIK_SWITCH_PASSWORD", "geheim")
    monkeypatch.setenv("PIPER_VOICES", "/models")
    command(program, environment=["PIPER_VOICES"]).open().speak("да", "ru")
    seen = noted(program)["environment"]
    assert isinstance(seen, list)
    assert "PIPER_VOICES" in seen
    assert "OKLIK_SWITCH_PASSWORD" not in seen


@pytest.mark.parametrize(
    ("text", "why"), [("boom", "the model is broken"), ("nothing", "wrote no file"), ("slow", "not ready within 1 s")]
)
def test_a_failing_command_says_why(program: Path, text: str, why: str) -> None:
    with pytest.raises(EngineError, match=why) as caught:
        command(program, timeout_s=1 if text == "slow" else 120).open().speak(text, "ru")
    assert not caught.value.down, "another text may well work"


@pytest.mark.seconds
def test_a_late_command_takes_its_children_along(program: Path) -> None:
    engine = command(program, timeout_s=2).open()
    with pytest.raises(EngineError):
        engine.speak("slow", "ru")
    enough(program.with_name("child").exists(), 1, "it came to begin a child")
    (sleeper,) = program.with_name("child").read_text().split()
    try:
        handle = os.pidfd_open(int(sleeper))
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 30)[0], "it must end, not sleep on"
    finally:
        os.close(handle)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="not there") as caught:
        CommandVoice(arguments=["no-such-program"], languages={"ru": "x"}).open()
    assert caught.value.down


@needs_espeak
@pytest.mark.parametrize(
    ("text", "language", "shortest", "longest"),
    [
        ("Здравствуйте, Иван Петрович!", "ru", 1.3, 3.5),
        ("сто двадцать три рубля сорок пять копеек", "ru", 2.0, 5.0),
        ("Good morning, you have a new message", "en", 1.3, 4.0),
    ],
)
def test_espeak_speaks_at_a_human_pace(text: str, language: str, shortest: float, longest: float) -> None:
    out = audio.speech(EspeakVoice().open().speak(text, language))
    assert shortest < len(out) / audio.RATE < longest
    assert audio.speech_level(out) == pytest.approx(audio.LEVEL_DBFS, abs=0.5)


@needs_espeak
@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("за́мок", "[[z'AmVk]]"),
        ("замо́к", "замок"),  # as espeak says it anyway
        ("долга́", "[[dVlg'A]]"),
        ("моя́", "[[mVj'A]]"),
        ("стра́́нно", "странно"),  # two marks: somebody's slip
    ],
)
def test_espeak_learns_where_the_stress_is(word: str, phonemes: str) -> None:
    assert EspeakVoice().open()._stress.write(word, "ru") == phonemes


@needs_espeak
def test_stress_is_heard() -> None:
    engine = EspeakVoice().open()
    one, other = (engine.speak(word, "ru").samples for word in ("за́мок", "замо́к"))
    assert len(one) != len(other) or abs(one - other).max() > 0.05


@needs_espeak
def test_marks_in_other_languages_are_taken_out() -> None:
    assert EspeakVoice().open()._stress.write("cafe\u0301", "en-us") == "cafe"


@needs_espeak
def test_a_text_of_a_list_opens_no_phonemes() -> None:
    engine = EspeakVoice().open()
    plain, bracketed = (len(engine.speak(text, "ru").samples) for text in ("дом", "[[дом]]"))
    assert bracketed == pytest.approx(plain, rel=0.5)


def test_espeak_that_is_not_installed() -> None:
    with pytest.raises(EngineError, match="apt-get install espeak-ng"):
        EspeakVoice(program="no-espeak").open()


def test_gtts_offline_fails_at_once_and_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*args: object, **more: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    with pytest.raises(EngineError, match="gTTS does not answer") as caught:
        GttsVoice(timeout_s=2).open().speak("привет", "ru")
    assert caught.value.down
    assert "\n" not in str(caught.value)


def test_gtts_speaks_what_google_sends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import subprocess

    from gtts import gTTS

    packed = tmp_path / "google.mp3"
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "sine=frequency=300:duration=1", packed], check=True
    )
    asked: list[tuple[str, str]] = []

    def send(self: gTTS, sink: object) -> None:
        asked.append((self.text, self.lang))
        sink.write(packed.read_bytes())  # type: ignore[attr-defined]

    monkeypatch.setattr(gTTS, "write_to_fp", send)
    sound = GttsVoice().open().speak("за́мок", "ru")
    assert asked == [("замок", "ru")]
    assert len(sound.samples) / sound.rate == pytest.approx(1.0, abs=0.1)


def test_gtts_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from gtts import gTTS

    monkeypatch.setattr(gTTS, "write_to_fp", lambda self, sink: None)
    with pytest.raises(audio.SoundError, match="empty"):
        GttsVoice().open().speak("да", "ru")
