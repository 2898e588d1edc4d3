"""What all engines have in common: the contract, the ground of their configurations, their one error, stress marks."""

import enum
import os
import re
from collections.abc import Callable
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from oklik.speech.audio import Sound

MAX_SOUND_BYTES = 32 * 1024 * 1024
"""No engine's answer may be bigger: ten minutes of 48 kHz 16-bit mono are 58 MB, a prompt is seconds."""
ACUTE = "\u0301"
_STRESSED = re.compile("(\\w)" + ACUTE)


class EngineError(Exception):
    """The engine made no sound of this text.  The message is one line and holds no secret.

    down: the engine itself does not work (not installed, not there, refuses us), so other texts will fail too.
    """

    def __init__(self, message: str, *, down: bool) -> None:
        super().__init__(message)
        self.down = down


class Stress(enum.StrEnum):
    """How an engine wants to be told which vowel is stressed; our texts carry U+0301 after the vowel."""

    NONE = "none"  # it cannot be told: the marks are taken out
    ACUTE = "acute"  # U+0301 after the vowel: за́мок
    PLUS_BEFORE = "plus_before"  # з+амок (SpeechKit, Silero, RHVoice)
    QUOTE_AFTER = "quote_after"  # за'мок (SaluteSpeech)

    def write(self, text: str) -> str:
        """The text with its marks as this engine wants them."""
        match self:
            case Stress.ACUTE:
                return text
            case Stress.PLUS_BEFORE:
                return _STRESSED.sub(r"+\1", text).replace(ACUTE, "")
            case Stress.QUOTE_AFTER:
                return text.replace(ACUTE, "'")
            case _:
                return text.replace(ACUTE, "")


class Engine(Protocol):
    """A speech engine, ready to speak.  Safe to call from several threads."""

    def speak(self, text: str, language: str) -> Sound:
        """The text as sound, as the engine gives it.  Raises EngineError, SoundError (the sound is unusable)."""

    def close(self) -> None:
        """Give back connections; the engine is not used afterwards."""


class EngineConfig(BaseModel):
    """Common ground of the engines' configurations.

    name: how people and reports call this voice.  languages: our language code -> the engine's voice for it; the
    voice speaks only these.  local: nothing leaves this organisation's machines, so personal data may be spoken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    languages: dict[str, str] = Field(min_length=1)

    def identity(self) -> dict[str, Any]:
        """What decides how this voice sounds: part of every cache key.  Secrets and deadlines are no part of it."""
        return self.model_dump(mode="json", exclude={"name", "languages", "local", *self._deaf()})

    def _deaf(self) -> set[str]:
        """Fields that do not change the sound."""
        return set()

    def open(self) -> Engine:
        """The engine itself.  Raises EngineError when something that it needs is missing."""
        raise NotImplementedError


_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def unknown_placeholders(template: str, known: set[str]) -> list[str]:
    """The {names} in a template that nobody will fill."""
    return sorted(set(_PLACEHOLDER.findall(template)) - known)


def fill(template: str, values: dict[str, str]) -> str:
    """The template with its {names} filled, in one pass: what is put in is never looked at again."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), template)


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PART = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\{([a-z_]+)\}")


def variables(template: str) -> list[str]:
    """The environment variables that a template names as ${NAME}."""
    return _VARIABLE.findall(template)


def secret(name: str) -> str:
    """The value of an environment variable.  Raises EngineError when it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise EngineError(f"the environment variable {name} is not set", down=True)
    return value


def header_secret(name: str) -> str:
    """The same for a header.  Raises EngineError also when the value cannot stand in one."""
    value = secret(name)
    if not (value.isascii() and value.isprintable()):
        raise EngineError(f"the environment variable {name} holds signs that no header may hold", down=True)
    return value


def fill_secrets(template: str, values: dict[str, str], read: Callable[[str], str] = secret) -> str:
    """The template with its {names} and ${SECRETS} filled, in one pass.  Raises what read does."""
    return _PART.sub(lambda m: read(m[1]) if m[1] else values.get(m[2], m[0]), template)
