"""Why a prompt cannot be made or is not there, in words for people and for logs.

What is said of a person stays out of logs: there it is only told that there is something.
"""

import logging
import traceback

from oklik.scenario.flow import Say

log = logging.getLogger(__name__)

_REASONS = {
    "engine_down": ("голос не работает: {detail}", "the voice does not work: {detail}"),
    "engine": ("голос не справился с текстом: {detail}", "the voice cannot speak the text: {detail}"),
    "sound": ("вместо речи получено не то: {detail}", "what came is no speech: {detail}"),
    "storage": ("запись не сохраняется на диск: {detail}", "the clip cannot be written: {detail}"),
    "personal": (
        "личные данные нельзя отдавать внешнему голосу {detail}",
        "personal data may not be given to the remote voice {detail}",
    ),
    "language": ("голос не говорит на языке {detail}", "the voice does not speak the language {detail}"),
    "unforeseen": (
        "непредвиденная ошибка ({detail}), подробности в журнале jobs.log",
        "an unforeseen error ({detail}), see jobs.log",
    ),
}


class PromptFailed(Exception):
    """A prompt cannot be made.

    code: engine_down, storage (others will fail too, until somebody acts), or engine, sound, personal, language,
    unforeseen (this text).
    """

    def __init__(self, say: Say, code: str, detail: str) -> None:
        self.say = say
        self.code = code
        self.detail = detail
        super().__init__(f"{shown(say, 'en')}: {self.text('en')}")

    @property
    def systemic(self) -> bool:
        """Not this text is at fault."""
        return self.code in ("engine_down", "storage")

    def text(self, language: str = "ru") -> str:
        """Why, for people, in ru or en."""
        russian, english = _REASONS[self.code]
        return (russian if language == "ru" else english).format(detail=self.detail)


class PromptMissing(Exception):
    """A call asks for a clip that was not made beforehand."""

    def __init__(self, say: Say) -> None:
        self.say = say
        super().__init__(f"no clip for {shown(say, 'en')} ({say.language})")


def shown(say: Say, language: str = "ru") -> str:
    """The text for a log or a message; of what is said of a person only that there is something."""
    if say.personal:
        return "(личное)" if language == "ru" else "(personal)"
    return f"«{say.text}»" if language == "ru" else repr(say.text)


def tell(say: Say, error: Exception) -> None:
    """Put an unforeseen error into the log; its words may repeat the text, so of a personal one only where it arose."""
    if say.personal:
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("no clip of %s: %s\n%s", shown(say, "en"), type(error).__name__, where)
    else:
        log.error("no clip of %s", shown(say, "en"), exc_info=error)
