"""The list of voices, its errors, and the choice of one."""

from pathlib import Path

import pytest

from oklik.speech import voices
from oklik.speech.audio import Sound
from oklik.speech.dictionary import Dictionary
from oklik.speech.engines.base import EngineError
from oklik.speech.engines.command import CommandVoice
from oklik.speech.engines.espeak import EspeakVoice
from oklik.speech.engines.google import GttsVoice
from oklik.speech.engines.http_service import HttpVoice
from oklik.speech.voices import NoVoice, VoicesError, choose_voice, default_voices, load_voices, voice_from_json
from speech.fakes import SpyEngine, tone

GOOD = """
voices:
  - kind: http
    name: SpeechKit
    url: https://tts.example/v1
    headers: {Authorization: "Api-Key ${TTS_KEY}"}
    form: {text: "{text}", lang: "{language}", voice: "{voice}", format: lpcm, sampleRateHertz: "8000"}
    audio: pcm
    sample_rate: 8000
    languages: {ru: alena, en: john}
    stress: plus_before
  - kind: gtts
  - kind: command
    name: piper
    arguments: [piper, --model, "{voice}", --output_file, "{output}"]
    languages: {ru: /models/irina.onnx}
  - kind: espeak
    rate: 130
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "voices.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_voices_is_read_in_order(tmp_path: Path) -> None:
    loaded = load_voices(write(tmp_path, GOOD))
    assert [type(voice) for voice in loaded] == [HttpVoice, GttsVoice, CommandVoice, EspeakVoice]
    assert [voice.local for voice in loaded] == [False, False, True, True]
    assert [voice.name for voice in loaded] == ["SpeechKit", "gTTS", "piper", "espeak-ng"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file"),
        ("voices: []", "voices: List should have at least 1 item"),
        ("voices: [{kind: siri}]", "siri"),
        ("voices: [{kind: espeak, speed: 5}]", r"voices.0.espeak.speed: Extra inputs"),
        ("voices: [{kind: espeak, local: false}]", "voices.0.espeak.local"),
        ("voices: [{kind: gtts, local: true}]", "voices.0.gtts.local"),
        ("voices: [{kind: espeak}, {kind: espeak}]", "two voices are called 'espeak-ng'"),
        ("voices: [{kind: command, languages: {ru: x}, arguments: [say, '{txt}']}]", "unknown {txt}"),
        ("voices: [{kind: command, languages: {ru: x}, arguments: [say, 'a={text}']}]", "an argument of its own"),
        ("voices: [{kind: command, languages: {}, arguments: [say]}]", "languages"),
        ("voices: [{kind: http, languages: {ru: x}, url: 'ftp://x', content: '{text}'}]", "url"),
        ("voices: [{kind: http, languages: {ru: x}, url: 'http://x'}]", "stands nowhere"),
        ("voices: [{kind: http, languages: {ru: x}, url: 'http://x', content: '{text}', form: {a: b}}]", "one body"),
        ("voices: [{kind: http, languages: {ru: x}, url: 'http://x', method: GET, content: '{text}'}]", "use query"),
        (
            "voices: [{kind: http, languages: {ru: x}, url: 'http://x', content: '{text}', headers: {X-Api-Key: abc}}]",
            "put the secret into an environment variable",
        ),
        (
            "voices: [{kind: http, languages: {ru: x}, url: 'http://x', content: '{text}', headers: {X: '{token}'}}]",
            "needs the section token",
        ),
        (
            "voices: [{kind: http, languages: {ru: x}, url: 'http://x', content: '{text}', headers: {X: '{text}'}}]",
            "unknown placeholder",
        ),
        ("voices: [{kind: http, languages: {ru: x}, url: 'http://x', content: '{text}{token}'}]", "headers only"),
        ("voices: {", "voices.yaml: "),
    ],
)
def test_a_bad_file_is_one_clear_line(text: str, why: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(VoicesError, match=why) as caught:
        load_voices(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_an_error() -> None:
    with pytest.raises(VoicesError, match="No such file"):
        load_voices(Path("/nowhere.yaml"))


def test_the_default_needs_no_network() -> None:
    assert all(voice.local for voice in default_voices())


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, SpyEngine]:
    """Every command voice opens a spy, found by the name of its program."""
    made: dict[str, SpyEngine] = {}

    def spy(name: str) -> SpyEngine:
        return made.setdefault(name, SpyEngine())

    monkeypatch.setattr(CommandVoice, "open", lambda self: spy(self.arguments[0]))
    for name in ("first", "second"):
        spy(name)
    return made


def voice(name: str, *, local: bool = True, languages: tuple[str, ...] = ("ru", "en")) -> CommandVoice:
    return CommandVoice(name=name, arguments=[name], local=local, languages=dict.fromkeys(languages, name))


def test_the_preferred_voice_is_tried_in_each_language(opened: dict[str, SpyEngine]) -> None:
    chosen = choose_voice([voice("first"), voice("second")], ["ru", "en"], whole_personal=True)
    assert chosen.name == "first"
    assert chosen.skipped == ()
    assert sorted(language for _, language in opened["first"].heard) == ["en", "ru"]
    assert opened["second"].heard == []


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (EngineError("no answer from it", down=True), "no answer from it"),
        (Sound(tone().samples * 0, 22050), "silence"),
    ],
)
def test_a_voice_that_does_not_work_is_passed_over(
    broken: Exception | Sound, why: str, opened: dict[str, SpyEngine]
) -> None:
    opened["first"].broken["Sound check"] = broken
    chosen = choose_voice([voice("first"), voice("second")], ["ru", "en"], whole_personal=False)
    assert chosen.name == "second"
    assert opened["first"].closed
    (skipped,) = chosen.skipped
    assert (skipped.voice, skipped.code) == ("first", "engine")
    assert why in skipped.text("en")
    assert "не работает" in skipped.text("ru")


def test_a_remote_voice_never_gets_a_scenario_with_names(opened: dict[str, SpyEngine]) -> None:
    both = [voice("first", local=False), voice("second")]
    chosen = choose_voice(both, ["ru"], whole_personal=True)
    assert chosen.name == "second"
    assert [one.code for one in chosen.skipped] == ["remote"]
    assert "личные данные" in chosen.skipped[0].text("ru")
    assert opened["first"].heard == [], "it is not even tried"
    assert choose_voice(both, ["ru"], whole_personal=False).name == "first"


def test_a_voice_without_a_language_is_passed_over(opened: dict[str, SpyEngine]) -> None:
    chosen = choose_voice([voice("first", languages=("ru",)), voice("second")], ["ru", "en"], whole_personal=False)
    assert chosen.name == "second"
    assert "does not speak the language: en" in chosen.skipped[0].text("en")


def test_no_voice_says_why_of_each(opened: dict[str, SpyEngine]) -> None:
    opened["second"].down = "the model is missing"
    with pytest.raises(NoVoice) as caught:
        choose_voice([voice("first", local=False), voice("second")], ["ru"], whole_personal=True)
    assert "first" in str(caught.value)
    assert "the model is missing" in str(caught.value)
    assert caught.value.text("ru").startswith("Ни один голос")


def test_the_choice_survives_the_database(opened: dict[str, SpyEngine]) -> None:
    opened["first"].down = "away"
    words = Dictionary({"ru": {"ООО": "общество"}})
    chosen = choose_voice(
        [voice("first"), voice("second")], ["ru"], whole_personal=False, dictionary=words, recordings={"ru/hi": "abc"}
    )
    again = voice_from_json(chosen.to_json())
    assert again.identity("ru") == chosen.identity("ru")
    assert again.name == "second"
    assert again.skipped == chosen.skipped
    assert again.dictionary.read("ООО", "ru") == "общество"
    assert again.recordings == {"ru/hi": "abc"}


def test_looking_up_needs_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"config": {"kind": "command", "name": "x", "arguments": ["not there"], "languages": {"ru": "x"}}}
    again = voice_from_json(held)
    assert again.speaks("ru")
    with pytest.raises(EngineError, match="not there"):
        again.speak("да", "ru")


def test_secrets_stay_out_of_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTS_KEY", "geheim")
    config = load_voices(write(tmp_path, GOOD))[0]
    held = repr(voices.Voice(config).to_json())
    assert "geheim" not in held
    assert "${TTS_KEY}" in held


def test_a_spoilt_voice_of_a_campaign_is_an_error() -> None:
    with pytest.raises(VoicesError, match="the campaign's voice"):
        voice_from_json({"config": {"kind": "espeak", "rate": 5}})


def test_only_what_sounds_decides_the_identity() -> None:
    plain = EspeakVoice()
    assert plain.identity() == EspeakVoice(name="другой", program="/opt/espeak-ng").identity()
    assert plain.identity() != EspeakVoice(rate=150).identity()
    service = {"url": "http://x/", "content": "{text}", "languages": {"ru": "a"}}
    assert HttpVoice(**service).identity() == HttpVoice(**service, headers={"X": "y"}, timeout_s=3).identity()
    assert HttpVoice(**service).identity() != HttpVoice(**service, stress="acute").identity()
