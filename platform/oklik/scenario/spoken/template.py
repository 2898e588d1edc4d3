"""Templates of spoken text: «Ваш долг {{ debt | money('RUB') }}» to the pieces of speech for one contact.

The syntax is fixed text and {{ field }} or {{ field | filter(literals) }}, nothing more: no expressions, no
code, and a brace in a value is just a character.  What stands between the braces is read in slots.py.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from oklik.scenario.flow import Say
from oklik.scenario.spoken.arguments import BadArgument
from oklik.scenario.spoken.errors import TemplateError, Unreadable, ValueMissing, ValueUnreadable
from oklik.scenario.spoken.filters import Context
from oklik.scenario.spoken.slots import Slot, SlotParser, end_of_slot
from oklik.scenario.spoken.spelling import spell_keys

LANGUAGES = frozenset({"ru", "en"})  # the languages in which values can be spoken
_REMEMBERED = 1000  # values of one slot


class Stretch(NamedTuple):
    """Fixed words up to a value or the end.  words: texts and gender forms; mark: what the value is said with."""

    words: tuple[str | Slot, ...]
    slot: Slot | None
    mark: str = ""


@dataclass(frozen=True)
class Template:
    """A parsed template.  source: as written; parts: fixed texts and slots in order."""

    source: str
    parts: tuple[str | Slot, ...]

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The slots in order."""
        return tuple(part for part in self.parts if isinstance(part, Slot))

    @cached_property
    def fields(self) -> frozenset[str]:
        """Every field the template reads."""
        return frozenset(slot.name for slot in self.slots).union(*(slot.made.fields for slot in self.slots))

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The parts as they are spoken, with every mark where it is heard.

        A question or an exclamation is heard in the value before it, so the mark goes with the value: «Иван Иванович?».
        A comma or a full stop is a pause only and opens the next fixed words, so that a value has one clip wherever it
        stands; where no words follow, it goes with the value too.
        """
        found: list[Stretch] = []
        words: list[str | Slot] = []
        for part in (*self.parts, None):
            if isinstance(part, str) or (part is not None and part.fixed):
                words.append(part)
                continue
            if words and isinstance(words[0], str):
                marks, words[0] = _split_marks(words[0])
                silent = len(words) == 1 and not _audible(words[0])
                if found and (silent or not marks.isdisjoint("?!")):
                    found[-1] = found[-1]._replace(mark=_mark(marks))
                elif found and marks:
                    words[0] = f"{_mark(marks).strip()} {words[0]}"
                if silent:
                    words = []
            if words or part is not None:
                found.append(Stretch(tuple(words), part))
            words = []
        return tuple(found)

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
        free: Collection[str] = (),
    ) -> tuple[Say, ...]:
        """The pieces of speech for these values; fixed text and values are pieces of their own, with their marks.

        A piece may begin with the mark that follows the value before it («. Срок оплаты»): joined, with a blank before
        what is no mark, the pieces are the whole text as it is heard (`join`).
        today: decides whether a date's year is said.  personal: fields that only local engines may see.
        free: fields whose value only the call tells, to be put together of words (Say.words).
        recording: key of a recorded prompt, given to the piece when the whole is one fixed text; among values the
        n-th fixed piece gets "key.n", counted from 1.  A text with a gender form has no recording: it varies.
        Raises ValueMissing, ValueUnreadable, and TemplateError when the language does not fit (see check).
        """
        plan = self._plans.get((language, recording))
        if plan is None:
            self.check(language)
            plan = self._plans[language, recording] = self._plan(language, recording)
        context = Context(language, today, values)
        return tuple([piece if isinstance(piece, Say) else piece.say(context, personal, free) for piece in plan])

    def recordings(self, language: str, recording: str) -> tuple[str, ...]:
        """The keys of the pieces that may be recorded, when the whole has this one."""
        plan = self._plan(language, recording)
        return tuple(piece.recording for piece in plan if isinstance(piece, Say) and piece.recording)

    def days(self, values: Mapping[str, str], today: dt.date) -> tuple[dt.date, ...]:
        """Days that stand for all ways to say these values in the year of today; none when there is but one."""
        found = {day for slot in self.slots for day in slot.made.days(values.get(slot.name, ""), today)}
        return tuple(sorted(found)) if found else ()

    @cached_property
    def _plans(self) -> "dict[tuple[str, str | None], tuple[Say | _Forms | _Value, ...]]":
        return {}

    def _plan(self, language: str, recording: str | None) -> "tuple[Say | _Forms | _Value, ...]":
        """The pieces in order: made once those that never vary."""
        plan: list[Say | _Forms | _Value] = []
        count = 0  # of fixed pieces
        for words, slot, mark in self.stretches:
            if any(isinstance(word, Slot) for word in words):
                count += 1
                plan.append(_Forms(words))
            elif text := tidy("".join(map(str, words)), language):
                count += 1
                alone = len(self.stretches) == 1 and slot is None
                key = recording if alone or recording is None else f"{recording}.{count}"
                plan.append(Say(text=text, language=language, recording=key))
            if slot is not None:
                plan.append(_Value(slot, mark))
        return tuple(plan)


class _Forms:
    """Fixed words among which a value chooses."""

    __slots__ = ("_words",)

    def __init__(self, words: tuple[str | Slot, ...]) -> None:
        self._words = words

    def say(self, context: Context, personal: Collection[str], free: Collection[str]) -> Say:  # noqa: ARG002
        """The words for this person."""
        text = "".join([word if isinstance(word, str) else _words(word, context) for word in self._words])
        return Say(text=tidy(text, context.language), language=context.language)


class _Value:
    """A value with its mark.  What was said lately is kept: most values come more than once."""

    __slots__ = ("_mark", "_said", "_slot")

    def __init__(self, slot: Slot, mark: str) -> None:
        self._slot, self._mark = slot, mark
        self._said: dict[tuple[str | None, dt.date, bool, bool], Say] = {}

    def say(self, context: Context, personal: Collection[str], free: Collection[str]) -> Say:
        """The value in words.  Raises ValueMissing, ValueUnreadable."""
        slot = self._slot
        spelled = slot.composed and slot.name in free
        key = context.values.get(slot.name), context.today, slot.name in personal, spelled
        said = self._said.get(key)
        if said is None:
            text = _words(slot, context)
            if self._mark:
                text = text.rstrip(_TONES + _PAUSES) + self._mark
            if len(self._said) >= _REMEMBERED:
                self._said.clear()
            said = Say(text=text, language=context.language, personal=key[2], composed=slot.composed, words=spelled)
            self._said[key] = said
        return said


def join(pieces: Iterable[Say]) -> str:
    """Pieces of speech as one text to read."""
    text = ""
    for piece in pieces:
        text += piece.text if not text or piece.text[0] in _PAUSES + _TONES else f" {piece.text}"
    return text


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


_TONES = "?!"
_PAUSES = ".,;:…"
_DASHES = "–—"
# What may stand between a value and the next word: marks, and signs that nobody hears.
_AFTER = re.compile(rf"[\s{re.escape(_TONES + _PAUSES + _DASHES)})\]»”\"-]*")


def _split_marks(text: str) -> tuple[frozenset[str], str]:
    """The marks at the beginning of a fixed text, and the rest."""
    found = _AFTER.match(text)
    assert found is not None
    return frozenset(found[0]) & frozenset(_TONES + _PAUSES + _DASHES), text[found.end() :]


def _mark(marks: frozenset[str]) -> str:
    """The one of several marks that is heard: a question before an exclamation, a stop before a comma."""
    heard = next((sign for sign in _TONES + _PAUSES + _DASHES if sign in marks), "")
    return f" {heard}" if heard in _DASHES and heard else heard


def _audible(text: str) -> bool:
    return any(char.isalnum() for char in text) or not set(text).isdisjoint("*#")


@lru_cache(maxsize=4096)
def tidy(text: str, language: str) -> str:
    """A fixed piece as it is to be heard: opening quotes at its end dropped, lone keys in words; "" for silence."""
    text = " ".join(text.split()).rstrip(' ([«“„"-')
    return spell_keys(text, language) if _audible(text) else ""


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
