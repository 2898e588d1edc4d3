"""Speech for whoever tries texts and calls out: the installation's own voices, recordings and clips.

What is heard here is what a campaign would say: the same voices in the same order, the dictionary, the recordings that
beat them, and clips by content, so that a text is spoken once.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from threading import Lock
from time import monotonic

import numpy as np
from flask import current_app
from sqlalchemy import Engine

from oklik.campaigns.prompt_library import Shelf
from oklik.campaigns.pronunciation import above, entries
from oklik.scenario.flow import Say
from oklik.speech import audio
from oklik.speech.dictionary import Dictionary, load_dictionary
from oklik.speech.prompts import PromptFailed, PromptStore
from oklik.speech.recordings import Recordings
from oklik.speech.voices import NoVoice, Voice, VoiceConfig, choose_voice, default_voices, load_voices
from oklik.wiring import SHIPPED_PROMPTS
from oklik_web.running import running
from oklik_web.settings import WebSettings

_GOOD_S = 60.0  # so long a voice that was tried is not tried again
_NAME = "oklik_speaker"


class NoSpeech(Exception):
    """It cannot be spoken.  text: one sentence in "ru" and "en"."""

    def __init__(self, text: Mapping[str, str]) -> None:
        self.text = dict(text)
        super().__init__(text["en"])


class Speaker:
    """The voices of an application, opened when they first speak."""

    def __init__(self, engine: Engine, settings: WebSettings) -> None:
        self._engine = engine
        self._prompts = Path(settings.prompts) if settings.prompts else None
        self._voices = Path(settings.voices) if settings.voices else None
        self._own_words = Path(settings.dictionary) if settings.dictionary else None
        self.shelf = Shelf(engine, Recordings(Path(settings.recorded)) if settings.recorded else None)
        self._chosen: dict[tuple[object, ...], tuple[float, Voice]] = {}
        self._lock = Lock()

    def configured(self) -> list[VoiceConfig]:
        """The voices, preferred first.  Raises VoicesError."""
        return load_voices(self._voices) if self._voices is not None else default_voices()

    def wav(
        self, says: Sequence[Say], languages: Collection[str], *, personal: bool, voice: str | None = None
    ) -> bytes:
        """A whole wav of these, one after the other.  voice: by name, else as a campaign would choose.

        languages, personal: of the whole scenario (`choose_voice`).  Raises NoSpeech.
        """
        if self._prompts is None:
            raise NoSpeech({"ru": "здесь речь не настроена (prompts)", "en": "no speech is set up here (prompts)"})
        store = PromptStore(self._prompts, self._voice(languages, personal, voice), recordings=self.shelf)
        try:
            store.ensure(says)
            files = store.clips(says).files
            pieces = [audio.read_clip(Path(file)) for file in files]
        except PromptFailed as error:
            raise NoSpeech({code: error.text(code) for code in ("ru", "en")}) from None
        return audio.to_wav(np.concatenate(pieces) if pieces else audio.silence(100))

    def chosen(self, language: str) -> Voice:
        """The voice in which a call speaks that says nothing of anybody.  Raises NoSpeech, VoicesError."""
        return self._voice((language,), personal=False, name=None)

    def recorded(self, name: str, digest: str) -> bytes:
        """A whole wav of a recording "language/key", as it is played.  Raises OSError, SoundError."""
        return audio.to_wav(audio.speech(self.shelf.sound(name, digest)))

    def _voice(self, languages: Collection[str], personal: bool, name: str | None) -> Voice:
        with self._engine.connect() as conn:
            words = entries(conn)
        key = (tuple(sorted(languages)), personal, name, repr(words))
        with self._lock:
            at, voice = self._chosen.get(key, (0.0, None))
            if voice is None or monotonic() - at > _GOOD_S:
                configs = [one for one in self.configured() if name in (None, one.name)]
                try:
                    voice = choose_voice(configs, languages, personal, dictionary=self._dictionary(words))
                except NoVoice as error:
                    raise NoSpeech({code: error.text(code) for code in ("ru", "en")}) from None
                now = monotonic()
                self._chosen = {one: kept for one, kept in self._chosen.items() if now - kept[0] <= _GOOD_S}
                self._chosen[key] = (now, voice)
            voice.recordings = self.shelf.digests()
            return voice

    def _dictionary(self, words: Mapping[str, Mapping[str, str]]) -> Dictionary:
        places = [place for place in (SHIPPED_PROMPTS, self._own_words) if place is not None and place.exists()]
        return Dictionary(above(load_dictionary(*places).to_json(), words))


def speaker() -> Speaker:
    """That of the application that answers now."""
    app = running()
    found: Speaker = current_app.extensions.setdefault(_NAME, Speaker(app.engine, app.settings))
    return found
