"""Templates of spoken text: «Ваш долг {{ debt | money('RUB') }}» to the pieces of speech for one contact.

The syntax is fixed text and {{ field }} or {{ field | filter(literals) }}, nothing more: no expressions, no
code, and a brace in a value is just a character.  What stands between the braces is read in slots.py.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from oklik.scenario.flow import Say
from oklik.scenario.spoken.arguments import BadArgument
from oklik.scenario.spoken.errors import TemplateError, Unreadable, ValueMissing, ValueUnreadable
from oklik.scenario.spoken.filters import Context
from oklik.scenario.spoken.slots import Slot, SlotParser, end_of_slot
from oklik.scenario.spoken.spelling import spell_keys

LANGUAGES = frozenset({"ru", "en"})  # the languages in which values can be spoken


@dataclass(frozen=True)
class Template:
    """A parsed template.  source: as written; parts: fixed texts and slots in order."""

    source: str
    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots in order."""
        return tuple(part for part in self.parts if isinstance(part, Slot))

    @property
    def fields(self) -> frozenset[str]:
        """Every field the template reads."""
        return frozenset(slot.name for slot in self.slots).union(*(slot.made.fields for slot in self.slots))

    def check(self, language: str) -> None:
        """Raise TemplateError when a slot cannot be spoken in this language."""
        for slot in self.slots:
            if language not in LANGUAGES and slot.composed:
                raise TemplateError(
                    slot.position,
                    f"values cannot be spoken in the language {language!r}",
                    f"значения не произносятся на языке {language!r}",
                )
            try:
                slot.made.check(language)
            except BadArgument as bad:
                raise TemplateError(slot.position, bad.message, bad.message_ru) from None

    def speak(
        self,
        values: Mapping[str, str],
        *,
        language: str,
        today: dt.date,
        personal: Collection[str],
        recording: str | None = None,
    ) -> tuple[Say, ...]:
        """The pieces of speech for these values; fixed text and values are pieces of their own.

        today: decides whether a date's year is said.  personal: fields that only local engines may see.
        recording: key of a recorded prompt, given to the piece when the whole is one fixed text; among values the
        n-th fixed piece gets "key.n", counted from 1.  A text with a gender form has no recording: it varies.
        Raises ValueMissing, ValueUnreadable, and TemplateError when the language does not fit (see check).
        """
        if language not in LANGUAGES:
            self.check(language)
        context = Context(language, today, values)
        said: list[Say] = []
        fixed = ""
        count = 0  # of fixed pieces
        key = recording
        for part in (*self.parts, None):
            if isinstance(part, str):
                fixed += part
                continue
            words = "" if part is None else _words(part, context)
            if part is not None and part.fixed:
                fixed, key = fixed + words, None
                continue
            text = tidy(fixed, language)
            if text:
                count += 1
                if key is not None and (part is not None or said):
                    key = f"{recording}.{count}"
                said.append(Say(text=text, language=language, recording=key))
            fixed, key = "", recording
            if part is not None:
                secret = part.name in personal
                said.append(Say(text=words, language=language, personal=secret, composed=part.composed))
        return tuple(said)


def _words(slot: Slot, context: Context) -> str:
    text = context.values.get(slot.name, "")
    if not text or text.isspace():
        # a gender form may still be told by its other column, or fall back to the neutral form
        if not slot.fixed:
            raise ValueMissing(slot.name)
        text = ""
    try:
        return slot.made.speak(text, context)
    except Unreadable as why:
        if not text:
            raise ValueMissing(slot.name) from None
        raise ValueUnreadable(slot.name, text, why.expected) from None
    except BadArgument as bad:
        raise TemplateError(slot.position, bad.message, bad.message_ru) from None


@lru_cache(maxsize=4096)
def tidy(text: str, language: str) -> str:
    """A fixed piece as it is to be heard; "" when nothing of it can be heard.

    Stops and closing quotes at its beginning belong to the value before and are dropped, so are opening quotes
    and dashes at its end; lone keys become words.
    """
    text = " ".join(text.split())
    text = text.lstrip(' ,.;:!?…)]»”"–—-').rstrip(' ([«“„"–—-')
    return spell_keys(text, language) if any(char.isalnum() for char in text) or set(text) & {"*", "#"} else ""


_BRACE = re.compile(r"[{}]")


@lru_cache(maxsize=1024)
def parse_template(text: str) -> Template:
    """The template of a text.  Raises TemplateError with the position of what is wrong."""
    parts: list[str | Slot] = []
    at = 0
    while (brace := _BRACE.search(text, at)) is not None:
        start = brace.start()
        if not text.startswith("{{", start):
            raise TemplateError(
                start,
                f"a single {brace[0]!r}: values are written as {{{{ name }}}}",
                f"одиночная «{brace[0]}»: значение пишется как {{{{ name }}}}",
            )
        end = end_of_slot(text, start)
        if text[at:start]:
            parts.append(text[at:start])
        parts.append(SlotParser(text, start, end).slot())
        at = end + 2
    if text[at:]:
        parts.append(text[at:])
    return Template(text, tuple(parts))
