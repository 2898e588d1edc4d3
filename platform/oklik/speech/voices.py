"""Which voice speaks: the list a customer configures, and the choice of one for a whole scenario before it is launched.

A voice is never changed in the middle of a campaign, let alone of a sentence: what was chosen is written into the
campaign (`Voice.to_json`) and every process builds the same voice from there.  Why others were passed over is kept
with it, for the person who wonders at the robot.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from oklik.speech import audio
from oklik.speech.dictionary import Dictionary
from oklik.speech.engines.base import Engine, EngineError
from oklik.speech.engines.command import CommandVoice
from oklik.speech.engines.espeak import EspeakVoice
from oklik.speech.engines.google import GttsVoice
from oklik.speech.engines.http_service import HttpVoice

VoiceConfig = Annotated[EspeakVoice | GttsVoice | HttpVoice | CommandVoice, Field(discriminator="kind")]
"""One voice as configured."""

PROBES = {"ru": "Проверка связи", "en": "Sound check"}
ANY_PROBE = "1 2 3"

_REASONS = {
    "language": ("не говорит на языке: {detail}", "does not speak the language: {detail}"),
    "remote": (
        "внешняя служба, а сценарий произносит личные данные: их можно доверить только локальному голосу",
        "a remote service, and the scenario speaks personal data, which only a local voice may have",
    ),
    "engine": ("не работает: {detail}", "does not work: {detail}"),
}


class VoicesError(Exception):
    """A voices file that cannot be used: one line with the file, the voice, the field and what is wrong."""


@dataclass(frozen=True)
class Skipped:
    """A voice that was passed over.  code: language, remote, engine."""

    voice: str
    code: str
    detail: str = ""

    def text(self, language: str = "ru") -> str:
        """Why, for people, in ru or en."""
        russian, english = _REASONS[self.code]
        return f"{self.voice}: {(russian if language == 'ru' else english).format(detail=self.detail)}"


class NoVoice(Exception):
    """No configured voice can speak this scenario; `skipped` says why of each."""

    def __init__(self, skipped: Sequence[Skipped]) -> None:
        self.skipped = tuple(skipped)
        super().__init__(self.text("en"))

    def text(self, language: str = "ru") -> str:
        """One line for people, in ru or en."""
        head = "Ни один голос не подходит" if language == "ru" else "No voice will do"
        return f"{head}: {'; '.join(one.text(language) for one in self.skipped)}"


class Voice:
    """The one voice of a scenario.

    skipped: those that were preferred and would not do.  dictionary, recordings ("language/key" -> content) are pinned
    with the voice, so that who makes clips and who looks them up mean the same ones, whatever is edited meanwhile.
    The engine is opened when it first has to speak: who only looks clips up needs neither its program nor its secrets.
    """

    def __init__(
        self,
        config: VoiceConfig,
        skipped: Sequence[Skipped] = (),
        *,
        dictionary: Dictionary | None = None,
        recordings: Mapping[str, str] | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.config = config
        self.skipped = tuple(skipped)
        self.dictionary = dictionary or Dictionary()
        self.recordings = dict(recordings or {})
        self._engine = engine
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """How people call it."""
        return self.config.name

    @property
    def local(self) -> bool:
        """Nothing that it speaks leaves this organisation's machines."""
        return self.config.local

    def speaks(self, language: str) -> bool:
        """The language is one of its own."""
        return language in self.config.languages

    def speak(self, text: str, language: str) -> audio.Sound:
        """The text as sound, as the engine gives it.  Raises EngineError, SoundError."""
        with self._lock:
            if self._engine is None:
                self._engine = self.config.open()
            engine = self._engine
        return engine.speak(text, language)

    def identity(self, language: str) -> list[Any]:
        """What decides how a text sounds; JSON-able, part of every cache key."""
        return [self.config.identity(), self.config.languages[language], language]

    def to_json(self) -> dict[str, Any]:
        """What a campaign keeps.  Holds no secret: those are names of environment variables."""
        config = self.config.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"kind": self.config.kind}
        return {
            "config": config,
            "skipped": [[one.voice, one.code, one.detail] for one in self.skipped],
            "dictionary": self.dictionary.to_json(),
            "recordings": self.recordings,
        }

    def close(self) -> None:
        """Gives the engine's connections back; it opens anew if it is asked again."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
            self._engine = None


def voice_from_json(held: Mapping[str, Any]) -> Voice:
    """The voice that a campaign was launched with (see `Voice.to_json`).  Raises VoicesError."""
    try:
        config = _CONFIG.validate_python(held.get("config"))
    except ValidationError as error:
        raise VoicesError(f"the campaign's voice: {_first(error)}") from error
    return Voice(
        config,
        [Skipped(*one) for one in held.get("skipped", ())],
        dictionary=Dictionary(held.get("dictionary")),
        recordings=held.get("recordings"),
    )


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    voices: list[VoiceConfig] = Field(min_length=1)


_CONFIG: TypeAdapter[VoiceConfig] = TypeAdapter(VoiceConfig)


def default_voices() -> list[VoiceConfig]:
    """The voices of an installation that configured none: espeak-ng alone.

    Not gTTS before it, although it sounds better: it may see no personal data, so a debt reminder would fall back
    anyway; it is somebody else's free web page, 50 times slower; and a list of people must not leave the house
    because nobody said otherwise.
    """
    return [EspeakVoice()]


def load_voices(path: Path) -> list[VoiceConfig]:
    """The voices of a YAML file, preferred first.  Raises VoicesError with one clear line."""
    try:
        held: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise VoicesError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise VoicesError(f"{path}: {' '.join(str(error).split())}") from error
    try:
        voices = _File.model_validate(held).voices
    except ValidationError as error:
        raise VoicesError(f"{path}: {_first(error)}") from error
    names = [voice.name for voice in voices]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise VoicesError(f"{path}: two voices are called {double!r}; give each a name of its own")
    return voices


def _first(error: ValidationError) -> str:
    """The first thing wrong, as `place: what`."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    more = error.error_count() - 1
    what = first["msg"].removeprefix("Value error, ")
    return f"{place or 'the file'}: {what}" + (f" (and {more} more)" if more else "")


def choose_voice(
    configs: Sequence[VoiceConfig],
    languages: Collection[str],
    whole_personal: bool,
    *,
    dictionary: Dictionary | None = None,
    recordings: Mapping[str, str] | None = None,
) -> Voice:
    """The first voice of the list that can speak the whole scenario, tried with a phrase in each of its languages.

    whole_personal: the scenario speaks personal texts that cannot be put together of single words (names), so only a
    local voice will do.  dictionary, recordings (`Recordings.digests`): what goes with the voice.  Raises NoVoice with
    the reason of each.
    """
    skipped: list[Skipped] = []
    for config in configs:
        missing = sorted(set(languages) - set(config.languages))
        if missing:
            skipped.append(Skipped(config.name, "language", ", ".join(missing)))
        elif whole_personal and not config.local:
            skipped.append(Skipped(config.name, "remote"))
        else:
            try:
                engine = _tried(config, languages)
            except (EngineError, audio.SoundError) as error:
                skipped.append(Skipped(config.name, "engine", str(error)))
            else:
                return Voice(config, skipped, dictionary=dictionary, recordings=recordings, engine=engine)
    raise NoVoice(skipped)


def _tried(config: VoiceConfig, languages: Collection[str]) -> Engine:
    engine: Engine = config.open()
    try:
        for language in sorted(languages):
            audio.speech(engine.speak(PROBES.get(language, ANY_PROBE), language))
    except BaseException:
        engine.close()
        raise
    return engine
