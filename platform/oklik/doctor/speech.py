"""Speech: does one of the configured voices speak each language, and can the dictionary be read."""

from collections.abc import Iterator

from oklik.config import Settings
from oklik.doctor.finding import Finding, bad, good, warn
from oklik.speech.audio import SoundError
from oklik.speech.dictionary import DictionaryError, load_dictionary
from oklik.speech.engines.base import EngineError
from oklik.speech.voices import PROBES, Voice, VoicesError, default_voices, load_voices
from oklik.wiring import SHIPPED_PROMPTS

PLACE = "speech"


def look(settings: Settings) -> Iterator[Finding]:
    """Have each configured voice say a word, in each of its languages that we know a word of."""
    try:
        configured = default_voices() if settings.voices is None else load_voices(settings.voices)
    except VoicesError as error:
        yield bad(PLACE, "voices", detail=error)
        return
    spoken: set[str] = set()
    for config in configured:
        voice = Voice(config)
        for language, words in PROBES.items():
            if not voice.speaks(language):
                continue
            try:
                voice.speak(words, language)
            except (EngineError, SoundError) as error:
                yield warn(PLACE, "voice", voice=voice.name, speech=language, detail=error)
            else:
                spoken.add(language)
    if missing := sorted(set(PROBES) - spoken):
        yield bad(PLACE, "voice_none", languages=", ".join(missing))
    else:
        yield good(PLACE, "voice_good", voices=", ".join(config.name for config in configured))
    if settings.dictionary is not None and "OKLIK_DICTIONARY" not in settings.absent():  # the machine's part tells that
        try:
            load_dictionary(*(place for place in (SHIPPED_PROMPTS,) if place.is_dir()), settings.dictionary)
        except DictionaryError as error:
            yield bad(PLACE, "dictionary", detail=error)
