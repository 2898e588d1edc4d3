"""gTTS: the free voice of Google Translate.  Pleasant, needs the internet, promises nothing, and is remote.

Being remote it never sees a personal text.  The mp3 is collected in memory: gTTS leaves a file of no bytes when
it fails, and a clip is either whole or not there.
"""

import io
from typing import Literal

from pydantic import Field

from oklik.speech import audio
from oklik.speech.engines.base import EngineConfig, EngineError, Stress


class GttsVoice(EngineConfig):
    """gTTS.  languages: its language codes.  tld: the Google domain asked, which decides the accent in English."""

    kind: Literal["gtts"] = "gtts"
    name: str = "gTTS"
    local: Literal[False] = False
    languages: dict[str, str] = Field(default={"ru": "ru", "en": "en"}, min_length=1)
    tld: str = Field(default="com", pattern=r"^[a-z]{2,3}(\.[a-z]{2,3})?$")
    timeout_s: float = Field(default=15.0, gt=0, le=120)

    def _deaf(self) -> set[str]:
        return {"timeout_s"}

    def open(self) -> "GttsEngine":
        """Opens at once; whether Google answers, the first text shows."""
        return GttsEngine(self)


class GttsEngine:
    """Speaks through translate.google."""

    def __init__(self, config: GttsVoice) -> None:
        self._config = config

    def speak(self, text: str, language: str) -> audio.Sound:
        """See Engine."""
        from gtts import gTTS
        from gtts.tts import gTTSError

        held = io.BytesIO()
        code = self._config.languages[language]
        try:
            gTTS(
                Stress.NONE.write(text),
                lang=code,
                tld=self._config.tld,
                lang_check=False,
                timeout=self._config.timeout_s,
            ).write_to_fp(held)
        except AssertionError as error:  # so gTTS says that there is nothing to speak
            raise EngineError("gTTS finds nothing to speak in the text", down=False) from error
        except (gTTSError, OSError, ValueError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EngineError(f"gTTS does not answer: {why[:200]}", down=True) from error
        return audio.decode(held.getvalue(), "mp3")

    def close(self) -> None:
        """Nothing is kept open."""
