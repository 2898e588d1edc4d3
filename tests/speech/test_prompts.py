"""The prompt store: what is made, what is found again, what never leaves the house."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oklik.scenario.flow import Say
from oklik.speech import audio
from oklik.speech.audio import Sound
from oklik.speech.dictionary import Dictionary
from oklik.speech.engines.base import EngineError
from oklik.speech.engines.command import CommandVoice
from oklik.speech.prompts import PromptFailed, PromptMissing, PromptStore
from oklik.speech.recordings import Recordings
from oklik.speech.voices import Voice, choose_voice, default_voices, voice_from_json
from speech.fakes import LANGUAGES, clip_format, spy_voice, tone
from support.patience import LONG_S

HELLO = Say(text="Здравствуйте!", language="ru")
NAME = Say(text="Иван Иванович", language="ru", personal=True)
DEBT = Say(text="двадцать одна тысяча, сто рублей", language="ru", personal=True, composed=True)


def files(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("*.wav"))


def test_a_clip_is_what_the_line_carries(tmp_path: Path) -> None:
    voice, _ = spy_voice()
    store = PromptStore(tmp_path, voice)
    store.ensure([HELLO, NAME, DEBT])
    clips = store.clips([HELLO, NAME, DEBT])
    assert len(clips.files) == 3
    frames = 0
    for file in clips.files:
        path = Path(file)
        assert path.is_absolute()
        assert path.parent == tmp_path
        assert len(path.stem) == 64
        assert clip_format(path)[:3] == (1, 2, 8000)
        frames += clip_format(path)[3]
        assert audio.speech_level(audio.read_clip(path)) == pytest.approx(audio.LEVEL_DBFS, abs=0.6)
    assert clips.ms == pytest.approx(frames / 8, abs=3)


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    PromptStore(tmp_path, voice).ensure([HELLO, NAME, HELLO])
    assert sorted(engine.texts) == ["Здравствуйте!", "Иван Иванович"]
    PromptStore(tmp_path, voice).ensure([NAME, HELLO])
    assert len(engine.texts) == 2
    # white space is not heard
    PromptStore(tmp_path, voice).ensure([Say(text=" Иван \n Иванович ", language="ru", personal=True)])
    assert len(engine.texts) == 2


def test_looking_up_makes_nothing(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    store = PromptStore(tmp_path / "new", voice)
    with pytest.raises(PromptMissing, match="Здравствуйте"):
        store.clips([HELLO])
    assert engine.texts == []
    assert not (tmp_path / "new").exists()


def test_looking_up_asks_the_disk_once(tmp_path: Path) -> None:
    voice, _ = spy_voice()
    store = PromptStore(tmp_path, voice)
    store.ensure([HELLO])
    first = store.clips([HELLO])
    Path(first.files[0]).unlink()
    assert store.clips([HELLO]) == first


def test_what_changes_the_sound_makes_another_clip(tmp_path: Path) -> None:
    def name(voice: Voice, say: Say = HELLO, words: Dictionary | None = None) -> str:
        store = PromptStore(tmp_path, voice, words)
        return store._path(say).name

    plain = CommandVoice(name="a", arguments=["a"], languages=LANGUAGES)
    base = name(Voice(plain))
    assert base == name(Voice(plain.model_copy(update={"name": "b", "timeout_s": 5.0})))
    assert base == name(Voice(plain), words=Dictionary({"ru": {"ООО": "о-о-о"}})), "an entry that it does not use"
    others = [
        name(Voice(plain.model_copy(update={"arguments": ["b"]}))),
        name(Voice(plain.model_copy(update={"languages": {"ru": "other"}}))),
        name(Voice(plain), Say(text="Здравствуйте.", language="ru")),
        name(Voice(plain), Say(text="Здравствуйте!", language="en")),
        name(Voice(plain), words=Dictionary({"ru": {"здравствуйте": "здра́вствуйте"}})),
    ]
    assert len({base, *others}) == 6


def test_the_dictionary_goes_before_the_voice(tmp_path: Path) -> None:
    voice, engine = spy_voice(dictionary=Dictionary({"ru": {"ООО": "о-о-о", "руб.": "рублей"}}))
    store = PromptStore(tmp_path, voice)
    store.ensure([Say(text="ООО звонит: пять руб.", language="ru")])
    assert engine.texts == ["о-о-о звонит: пять рублей."]
    assert store.clips([Say(text="ООО звонит: пять руб.", language="ru")])


def test_who_looks_up_finds_what_another_process_made(tmp_path: Path) -> None:
    voice, _ = spy_voice(dictionary=Dictionary({"ru": {"ООО": "о-о-о"}}))
    say = Say(text="ООО звонит", language="ru")
    PromptStore(tmp_path, voice).ensure([say])
    dialer = PromptStore(tmp_path, voice_from_json(voice.to_json()))
    assert dialer.clips([say]).ms > 0


# -- a remote voice ------------------------------------------------------------------------------------------


def test_a_remote_voice_never_sees_a_personal_text(tmp_path: Path) -> None:
    voice, engine = spy_voice(local=False)
    store = PromptStore(tmp_path, voice)
    failures = store.render([NAME, DEBT, HELLO, Say(text="долг 5 000", language="ru", personal=True, composed=True)])
    assert {failure.say.text: failure.code for failure in failures.values()} == {
        NAME.text: "personal",
        "долг 5 000": "personal",
    }
    assert sorted(engine.texts) == ["Здравствуйте!", "двадцать", "одна", "рублей", "сто", "тысяча"]
    assert len(store.clips([DEBT]).files) == 1, "the words are joined into one clip"
    assert "личные данные" in failures[NAME].text("ru")


def test_a_remote_voice_is_asked_for_each_word_once(tmp_path: Path) -> None:
    voice, engine = spy_voice(local=False)
    store = PromptStore(tmp_path, voice)
    amounts = [f"{tens} {ones} рублей" for tens in ("двадцать", "тридцать") for ones in ("один", "два", "три")]
    store.ensure([Say(text=text, language="ru", composed=True, personal=True) for text in amounts])
    assert len(engine.texts) == 6
    store.ensure([Say(text="тридцать два", language="ru", composed=True)])
    assert len(engine.texts) == 6


def test_the_order_of_words_tells_nothing(tmp_path: Path) -> None:
    voice, engine = spy_voice(local=False)
    PromptStore(tmp_path, voice, width=1).ensure([DEBT])
    assert engine.texts == sorted(engine.texts)


def test_joined_words_sound_like_one_phrase(tmp_path: Path) -> None:
    voice, _ = spy_voice(local=False)
    store = PromptStore(tmp_path, voice)
    store.ensure([DEBT])
    samples = audio.read_clip(Path(store.clips([DEBT]).files[0]))
    words = sum(len(audio.trim(audio.read_clip(store._path(word)))) for word, _ in store._words(DEBT))
    gaps_ms = (len(samples) - words) * 1000 / audio.RATE
    # before and after 40, between words 35 three times, after the comma 160
    assert gaps_ms == pytest.approx(40 + 40 + 3 * 35 + 160, abs=2)


def test_a_word_that_fails_fails_its_phrase_only(tmp_path: Path) -> None:
    voice, engine = spy_voice(local=False)
    engine.broken["одна"] = EngineError("not this one", down=False)
    other = Say(text="двадцать рублей", language="ru", composed=True)
    failures = PromptStore(tmp_path, voice).render([DEBT, other])
    assert list(failures) == [DEBT]
    assert failures[DEBT].code == "engine"
    assert failures[DEBT].say == DEBT


def test_keyed_in_digits_are_read_back_although_nobody_knew_them(tmp_path: Path) -> None:
    for local in (True, False):
        voice, engine = spy_voice(local=local)
        store = PromptStore(tmp_path / str(local), voice)
        ten = "ноль один два три четыре пять шесть семь восемь девять"
        store.ensure([Say(text=ten, language="ru", composed=True)])
        asked = len(engine.texts)
        keyed = Say(text="пять ноль пять", language="ru", composed=True)
        clips = store.clips([keyed])
        assert len(clips.files) == 3
        assert clips.files[0] == clips.files[2]
        assert len(engine.texts) == asked
        store.ensure([keyed])
        assert len(store.clips([keyed]).files) == 1, "once it was asked for it is one clip"


def test_an_amount_that_was_keyed_in_is_read_back_of_words(tmp_path: Path) -> None:
    """With a local voice too, and with words that the dictionary speaks otherwise."""
    entries = Dictionary({"ru": {"сто": "сто́", "сорок рублей": "со́рок рубле́й"}})
    for local in (True, False):
        voice, engine = spy_voice(local=local, dictionary=entries)
        store = PromptStore(tmp_path / str(local), voice)
        store.ensure([Say(text="две пять рублей сорок сто тысячи", language="ru", composed=True, words=True)])
        asked = len(engine.texts)
        assert "сто́" in engine.texts
        keyed = Say(text="две тысячи сто сорок рублей.", language="ru", composed=True, words=True)
        assert len(store.clips([keyed]).files) == 5
        assert len(engine.texts) == asked
        with pytest.raises(PromptMissing):
            store.clips([Say(text="три тысячи", language="ru", composed=True, words=True)])


def test_a_local_voice_speaks_amounts_whole(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    PromptStore(tmp_path, voice).ensure([DEBT])
    assert engine.texts == [DEBT.text]


# -- pauses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [("да", 40, 40), ("да.", 40, 320), (", да,", 160, 160), ("«Да»", 40, 40), ("да. ", 40, 320), ("Да…", 40, 380)],
)
def test_marks_become_pauses(text: str, before: int, after: int, tmp_path: Path) -> None:
    voice, _ = spy_voice()
    store = PromptStore(tmp_path, voice)
    say = Say(text=text, language="ru")
    store.ensure([say])
    loud = np.flatnonzero(np.abs(audio.read_clip(Path(store.clips([say]).files[0]))) > 0.001)
    total = clip_format(Path(store.clips([say]).files[0]))[3]
    assert loud[0] / 8 == pytest.approx(before, abs=15)
    assert (total - loud[-1]) / 8 == pytest.approx(after, abs=15)


@pytest.mark.parametrize(("text", "ms"), [(".", 320), (", ", 160), (" ", 40), (" — ", 180)])
def test_a_mark_alone_is_a_pause_and_nobody_speaks_it(text: str, ms: int, tmp_path: Path) -> None:
    voice, engine = spy_voice()
    store = PromptStore(tmp_path, voice)
    store.ensure([Say(text=text, language="ru")])
    assert store.clips([Say(text=text, language="ru")]).ms == ms
    assert engine.texts == []


def test_the_mark_before_the_words_is_not_read_out(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    says = [Say(text=text, language="ru") for text in (". Срок —", "– это всё.", "Ваш долг")]
    PromptStore(tmp_path, voice).ensure(says)
    assert sorted(engine.texts) == ["Ваш долг", "Срок —", "это всё."]


# -- failures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "code", "systemic"),
    [
        (Sound(np.zeros(9000, dtype=np.float32), 22050), "sound", False),
        (Sound(np.zeros(0, dtype=np.float32), 22050), "sound", False),
        (audio.SoundError("garbage"), "sound", False),
        (EngineError("too long", down=False), "engine", False),
        (EngineError("no key", down=True), "engine_down", True),
    ],
)
def test_what_cannot_be_spoken_says_why_and_leaves_nothing(
    broken: Exception | Sound, code: str, systemic: bool, tmp_path: Path
) -> None:
    voice, engine = spy_voice()
    engine.broken[NAME.text] = broken
    store = PromptStore(tmp_path, voice)
    with pytest.raises(PromptFailed) as caught:
        store.ensure([NAME, HELLO])
    assert (caught.value.say, caught.value.code, caught.value.systemic) == (NAME, code, systemic)
    assert store.clips([HELLO]), "the others are made"
    assert len(files(tmp_path)) == 1
    assert list((tmp_path / "tmp").iterdir()) == []
    with pytest.raises(PromptMissing):
        store.clips([NAME])
    engine.broken.clear()
    store.ensure([NAME])
    assert store.clips([NAME])


def test_a_language_that_the_voice_does_not_have(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    store = PromptStore(tmp_path, voice)
    say = Say(text="Сәлем", language="kk")
    with pytest.raises(PromptFailed, match="language kk"):
        store.ensure([say])
    with pytest.raises(PromptMissing):
        store.clips([say])
    assert engine.texts == []


def test_a_voice_that_is_down_is_not_asked_a_thousand_times(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    engine.down = "no network"
    says = [Say(text=f"номер {n}", language="ru") for n in range(200)]
    failures = PromptStore(tmp_path, voice, width=2).render(says)
    assert list(failures) == says
    assert {failure.code for failure in failures.values()} == {"engine_down"}
    assert len(engine.texts) <= 5


def test_a_full_disk_is_said_and_nothing_half_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        real(self, data[:10])
        raise OSError(28, "No space left on device")

    voice, _ = spy_voice()
    store = PromptStore(tmp_path, voice)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PromptFailed, match="No space left") as caught:
        store.ensure([HELLO])
    assert caught.value.code == "storage"
    assert caught.value.systemic
    assert str(tmp_path) in str(caught.value)
    assert files(tmp_path) == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    voice, engine = spy_voice()
    with pytest.raises(PromptFailed) as caught:
        PromptStore(tmp_path / "file", voice).ensure([HELLO])
    assert caught.value.code == "storage"
    assert engine.texts == []


def test_an_empty_file_in_the_cache_counts_as_missing(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    PromptStore(tmp_path, voice).ensure([HELLO])
    (tmp_path / files(tmp_path)[0]).write_bytes(b"")
    store = PromptStore(tmp_path, voice)
    with pytest.raises(PromptMissing):
        store.clips([HELLO])
    store.ensure([HELLO])
    assert store.clips([HELLO]).ms > 0
    assert len(engine.texts) == 2


def test_an_unforeseen_error_is_a_reason_and_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    voice, engine = spy_voice()
    engine.broken[HELLO.text.rstrip("!.")] = engine.broken[HELLO.text] = RuntimeError("says «Здравствуйте»")
    engine.broken[NAME.text.rstrip("!.")] = engine.broken[NAME.text] = RuntimeError(f"says {NAME.text}")
    other = Say(text="Другое", language="ru")
    failures = PromptStore(tmp_path, voice).render([HELLO, NAME, other])
    assert {say: (failure.code, failure.systemic) for say, failure in failures.items()} == {
        HELLO: ("unforeseen", False),
        NAME: ("unforeseen", False),
    }
    assert "RuntimeError" in failures[HELLO].text("ru")
    assert "says «Здравствуйте»" in caplog.text
    assert caplog.text.count("in _attempt") == 2, "both tell where it arose"
    assert NAME.text not in caplog.text


def test_closing_gives_the_voice_back(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    PromptStore(tmp_path, voice).close()
    assert engine.closed


# -- recordings ----------------------------------------------------------------------------------------------


def test_a_recording_is_preferred_and_levelled(tmp_path: Path) -> None:
    shelf = tmp_path / "recorded"
    (shelf / "ru").mkdir(parents=True)
    (shelf / "ru" / "hello.wav").write_bytes(audio.to_wav(tone(1.0, 8000, gain=0.02).samples))
    recordings = Recordings(shelf)
    assert list(recordings.digests()) == ["ru/hello"]
    voice, engine = spy_voice(recordings=recordings.digests())
    store = PromptStore(tmp_path / "clips", voice, recordings=recordings)
    hello = Say(text="Здравствуйте!", language="ru", recording="hello")
    english = Say(text="Hello!", language="en", recording="hello")
    store.ensure([hello, english])
    assert engine.texts == ["Hello!"], "there is no recording in English"
    clip = audio.read_clip(Path(store.clips([hello]).files[0]))
    assert len(clip) / 8 == pytest.approx(1000 + 40 + 320, abs=30)
    assert audio.speech_level(clip) == pytest.approx(audio.LEVEL_DBFS, abs=0.5)
    # whoever looks up needs no folder; a file replaced later does not change a running campaign
    (shelf / "ru" / "hello.wav").write_bytes(audio.to_wav(tone(2.0, 8000).samples))
    assert PromptStore(tmp_path / "clips", voice_from_json(voice.to_json())).clips([hello]).ms > 1000
    with pytest.raises(PromptFailed, match="not there any more"):
        PromptStore(tmp_path / "elsewhere", voice, recordings=recordings).ensure([hello])


# -- the real voice ------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_clips_of_the_default_voice_are_alike_in_level_and_not_cut(tmp_path: Path) -> None:
    voice = choose_voice(default_voices(), ["ru", "en"], whole_personal=True)
    store = PromptStore(tmp_path, voice)
    says = [
        HELLO,
        NAME,
        DEBT,
        Say(text="один", language="ru"),
        Say(text="Press one to talk to an agent.", language="en"),
        Say(text="Чтобы поговорить с оператором, нажмите ноль.", language="ru"),
    ]
    store.ensure(says)
    for say in says:
        clips = store.clips([say])
        samples = audio.read_clip(Path(clips.files[0]))
        assert audio.speech_level(samples) == pytest.approx(audio.LEVEL_DBFS, abs=0.6)
        assert np.abs(samples).max() < 0.8
        assert 30 < clips.ms / len(say.text) < 200, "a human pace"


@pytest.mark.integration
def test_two_processes_may_fill_one_folder(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from oklik.scenario.flow import Say; from speech.fakes import spy_voice;"
        "from oklik.speech.prompts import PromptStore; voice, engine = spy_voice();"
        "PromptStore(Path(sys.argv[1]), voice).ensure([Say(text=f'номер {n}', language='ru') for n in range(60)])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    both = [subprocess.Popen([sys.executable, "-c", program, tmp_path], env=environment) for _ in range(2)]
    assert [process.wait(LONG_S) for process in both] == [0, 0]
    assert len(files(tmp_path)) == 60
    assert list((tmp_path / "tmp").iterdir()) == []
    assert all(clip_format(path)[3] > 0 for path in tmp_path.glob("*.wav"))


def test_music_is_made_once(tmp_path: Path) -> None:
    voice, engine = spy_voice()
    store = PromptStore(tmp_path, voice)
    path = Path(store.music())
    assert clip_format(path) == (1, 2, 8000, 24 * 8000)
    made = path.stat().st_mtime_ns
    assert store.music() == str(path)
    assert path.stat().st_mtime_ns == made
    assert engine.texts == []


def test_music_of_its_own_is_a_recording_or_the_common_one(tmp_path: Path) -> None:
    shelf = tmp_path / "recorded"
    (shelf / "ru").mkdir(parents=True)
    (shelf / "ru" / "waltz.wav").write_bytes(audio.to_wav(tone(1.0, 8000).samples))
    recordings = Recordings(shelf)
    voice, engine = spy_voice(recordings=recordings.digests())
    store = PromptStore(tmp_path / "clips", voice, recordings=recordings)
    waltz, tango = (Say(text="", language="ru", recording=key) for key in ("waltz", "tango"))
    store.ensure([waltz, tango])
    assert engine.texts == [], "music is not spoken"
    assert Path(store.music(waltz)).exists()
    assert store.music(waltz) != store.music() == store.music(tango), "a file that is not there: our own melody"
    assert audio.clip_ms(Path(store.music(waltz))) < 1000 + 1500, "no gap that is heard as silence"
