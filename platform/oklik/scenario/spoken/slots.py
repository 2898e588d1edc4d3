"""The inside of a template's braces: {{ name | filter('literal', key='literal') }} to a Slot.

A small parser of its own: nothing that it reads can call, index or compute.
"""

import re
from dataclasses import dataclass, field

from oklik.scenario.spoken.arguments import Arguments, BadArgument, Literal
from oklik.scenario.spoken.errors import TemplateError
from oklik.scenario.spoken.filters import Filter, Plain
from oklik.scenario.spoken.filters_who import GenderForm
from oklik.scenario.spoken.registry import FILTERS


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


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<name>[^\W\d]\w*)
    | (?P<number>\d{1,9})
    | '(?P<single>[^'\n]*)' | "(?P<double>[^"\n]*)"
    | (?P<sign>[|(),=])
    )""",
    re.VERBOSE,
)


def end_of_slot(text: str, start: int) -> int:
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


class SlotParser:
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
        """The slot, or TemplateError where it fails."""
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
            made = FILTERS[word].make(arguments)
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
