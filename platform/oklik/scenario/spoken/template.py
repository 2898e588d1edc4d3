"""Templates of spoken text: «Ваш долг {{ debt | money('RUB') }}» to the pieces of speech for one contact.

The syntax is fixed text and {{ field }} or {{ field | filter(literals) }}, nothing more: no expressions, no
code, and a brace in a value is just a character.  The parser here is all there is of it.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from oklik.scenario.flow import Say
from oklik.scenario.spoken.errors import TemplateError, Unreadable, ValueMissing, ValueUnreadable
from oklik.scenario.spoken.filters import (
    FILTERS,
    Arguments,
    BadArgument,
    Context,
    Filter,
    GenderForm,
    Literal,
    Plain,
)
from oklik.scenario.spoken.spelling import spell_keys

LANGUAGES = frozenset({"ru", "en"})  # the languages in which values can be spoken


@dataclass(frozen=True)
class Slot:
    """A place for a value.  name: the field; filter: its name or None; args: as written; position: of the braces."""

    name: str
    filter: str | None
    args: tuple[Literal, ...]
    position: int
    made: Filter = field(repr=False, compare=False)

    @property
    def composed(self) -> bool:
        """A number-like value, which may be put together of single words."""
        return self.made.composed

    @property
    def fixed(self) -> bool:
        """The value only chooses among the scenario's own words."""
        return isinstance(self.made, GenderForm)


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


# -- parsing ------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<name>[^\W\d]\w*)
    | (?P<number>\d{1,9})
    | '(?P<single>[^'\n]*)' | "(?P<double>[^"\n]*)"
    | (?P<sign>[|(),=])
    )""",
    re.VERBOSE,
)


@lru_cache(maxsize=1024)
def parse_template(text: str) -> Template:
    """The template of a text.  Raises TemplateError with the position of what is wrong."""
    parts: list[str | Slot] = []
    at = 0
    while (brace := re.compile(r"[{}]").search(text, at)) is not None:
        start = brace.start()
        if not text.startswith("{{", start):
            raise TemplateError(
                start,
                f"a single {brace[0]!r}: values are written as {{{{ name }}}}",
                f"одиночная «{brace[0]}»: значение пишется как {{{{ name }}}}",
            )
        end = _end_of_slot(text, start)
        if text[at:start]:
            parts.append(text[at:start])
        parts.append(_SlotParser(text, start, end).slot())
        at = end + 2
    if text[at:]:
        parts.append(text[at:])
    return Template(text, tuple(parts))


def _end_of_slot(text: str, start: int) -> int:
    """Where the closing braces stand, quoted texts skipped."""
    quote = ""
    for at in range(start + 2, len(text)):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif text.startswith("}}", at):
            return at
        elif char in "{}":
            break
    raise TemplateError(start, "'{{' is not closed by '}}'", "«{{» не закрыто «}}»")


class _SlotParser:
    """The inside of one pair of braces: name [| filter [(literal, …, key=literal, …)]]."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.tokens = self._tokens(text)
        self.next = 0

    def _tokens(self, text: str) -> list[tuple[int, str, str]]:
        tokens = []
        at = self.start + 2
        while text[at : self.end].strip():
            match = _TOKEN.match(text, at, self.end)
            if match is None or match.lastgroup is None:
                at += len(text[at : self.end]) - len(text[at : self.end].lstrip())
                raise TemplateError(at, f"unexpected {text[at]!r}", f"неожиданный символ «{text[at]}»")
            kind = match.lastgroup
            begins = match.start(kind) - (kind in ("single", "double"))
            tokens.append((begins, "text" if kind in ("single", "double") else kind, match[kind]))
            at = match.end()
        return tokens

    def slot(self) -> Slot:
        name = self._take("name", "a field's name", "имя поля")[1]
        if self._skip("|"):
            position, word = self._take("name", "a filter's name", "имя фильтра")
            made, args = self._filter(position, word)
            self._finish()
            return Slot(name, word, args, self.start, made)
        self._finish()
        return Slot(name, None, (), self.start, Plain())

    def _filter(self, position: int, word: str) -> tuple[Filter, tuple[Literal, ...]]:
        if word not in FILTERS:
            known = ", ".join(sorted(FILTERS))
            raise TemplateError(
                position,
                f"unknown filter {word!r}; there are: {known}",
                f"неизвестный фильтр «{word}»; есть: {known}",
            )
        values: list[tuple[int, Literal]] = []
        named: dict[str, tuple[int, Literal]] = {}
        if self._skip("(") and not self._skip(")"):
            self._argument(values, named)
            while not self._skip(")"):
                self._take("sign", "',' or ')'", "«,» или «)»", ",")
                self._argument(values, named)
        positional = [value for _, value in values]
        arguments = Arguments(positional, {key: value for key, (_, value) in named.items()})
        try:
            made = FILTERS[word](arguments)
            arguments.done()
        except BadArgument as bad:
            where = position
            if isinstance(bad.index, int):
                where = values[bad.index][0]
            elif bad.index is not None:
                where = named[bad.index][0]
            raise TemplateError(where, f"{word}: {bad.message}", f"{word}: {bad.message_ru}") from None
        return made, tuple(positional)

    def _argument(self, values: list[tuple[int, Literal]], named: dict[str, tuple[int, Literal]]) -> None:
        key = None
        if self._kind() == "name":
            position, key = self._take("name", "", "")
            self._take("sign", "'='", "«=»", "=")
            if key in named:
                raise TemplateError(position, f"{key!r} is given twice", f"аргумент {key} указан дважды")
        position, value = self._literal()
        if key is not None:
            named[key] = (position, value)
        elif named:
            raise TemplateError(
                position, "an argument without a name after a named one", "аргумент без имени после именованного"
            )
        else:
            values.append((position, value))

    def _literal(self) -> tuple[int, Literal]:
        if self._kind() == "number":
            position, digits = self._take("number", "", "")
            return position, int(digits)
        return self._take("text", "a text in quotes or a number", "текст в кавычках или число")

    def _kind(self) -> str:
        return self.tokens[self.next][1] if self.next < len(self.tokens) else ""

    def _skip(self, sign: str) -> bool:
        if self.next < len(self.tokens) and self.tokens[self.next][1:] == ("sign", sign):
            self.next += 1
            return True
        return False

    def _take(self, kind: str, what: str, what_ru: str, sign: str | None = None) -> tuple[int, str]:
        position = self.tokens[self.next][0] if self.next < len(self.tokens) else self.end
        if self._kind() != kind or (sign is not None and self.tokens[self.next][2] != sign):
            raise TemplateError(position, f"expected {what}", f"здесь нужно: {what_ru}")
        self.next += 1
        return position, self.tokens[self.next - 1][2]

    def _finish(self) -> None:
        if self.next < len(self.tokens):
            position, _, found = self.tokens[self.next]
            raise TemplateError(position, f"unexpected {found!r}", f"неожиданное «{found}»")
