"""The filters of a template: how each turns a value into words.

A filter is made once, when the template is parsed (`registry`), and speaks many values.  It raises Unreadable for a
value it cannot read; whose value that was is known to Template alone.  Days and clocks have `filters_when`,
persons `filters_who`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from oklik.scenario.spoken import english, russian, spelling
from oklik.scenario.spoken.arguments import BadArgument
from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.grammar import Case, Gender, Noun
from oklik.scenario.spoken.nouns import CURRENCIES, countable
from oklik.scenario.spoken.prepositions import lead
from oklik.scenario.spoken.values import read_money, read_number

_HALF = Decimal("0.5")
_HALVED = 100  # «тысяча с половиной» would be fifteen hundred


class Context(NamedTuple):
    """What a filter may look at besides the value."""

    language: str
    today: dt.date
    values: Mapping[str, str]


class Filter:
    """A filter with its arguments.

    composed: its words may be put together one by one.  spelled: they are the names of digits one by one, so that an
    answer of any length can be said with ten clips.  fields: other fields that it reads.
    """

    composed = True
    spelled = False
    fields: frozenset[str] = frozenset()

    def check(self, language: str) -> None:
        """Raise BadArgument when the arguments make no sense in this language."""

    def speak(self, text: str, context: Context) -> str:
        """The words for this value.  Raises Unreadable."""
        raise NotImplementedError

    def days(self, text: str, today: dt.date) -> tuple[dt.date, ...]:  # noqa: ARG002
        """Days that stand for all ways to say this value in the year of today; none when there is but one."""
        return ()

    def samples(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Values whose words are all the words it can need, when these are such for a plain number."""
        return values


@dataclass(frozen=True)
class Led(Filter):
    """A filter with preposition='с': the preposition is said with the value, as it sounds there."""

    made: Filter
    preposition: str

    def check(self, language: str) -> None:
        """Prepositions change in Russian only; the filter's own arguments count too."""
        if language == "en":
            raise BadArgument(
                None, "preposition is for Russian only: write it before the braces", "preposition — только для русского"
            )
        self.made.check(language)

    def speak(self, text: str, context: Context) -> str:
        """«во вторник», «со ста рублей»."""
        return lead(self.preposition, self.made.speak(text, context))

    def days(self, text: str, today: dt.date) -> tuple[dt.date, ...]:
        """Those of the value."""
        return self.made.days(text, today)

    def samples(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the value."""
        return self.made.samples(values)


@dataclass(frozen=True)
class Plain(Filter):
    """No filter: the text as it is."""

    composed = False

    def speak(self, text: str, context: Context) -> str:  # noqa: ARG002
        """The text with blanks and control characters tidied."""
        return _speakable(text)


@lru_cache(maxsize=4096)
def _speakable(text: str) -> str:
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not any(char.isalnum() for char in words):
        raise Unreadable("text")
    return words


@dataclass(frozen=True)
class Money(Filter):
    """money('RUB'[, case][, kopecks='auto'|'always']): an amount with its currency.

    always_parts: kopecks are said even when there are none.
    """

    currency: str
    case: Case
    always_parts: bool = False

    def speak(self, text: str, context: Context) -> str:
        """«двадцать один рубль пятьдесят копеек»; «minus» before a negative amount."""
        value = read_money(text, self.currency, context.language)
        hundredths = int(abs(value) * 100)
        whole, part = divmod(hundredths, 100)
        words = _money_en if context.language == "en" else _money_ru
        minus = "" if value >= 0 else "minus " if context.language == "en" else "минус "
        return minus + words(whole, part, self.currency, self.case, always=self.always_parts)


def _money_ru(whole: int, part: int, code: str, case: Case, *, always: bool) -> str:
    currency = CURRENCIES[code]
    words = [russian.counted(whole, currency.whole, case)] if whole or not part else []
    if part or always:
        words.append(russian.counted(part, currency.part, case))
    return " ".join(words)


def _money_en(whole: int, part: int, code: str, _case: Case, *, always: bool) -> str:
    currency = CURRENCIES[code]
    words = []
    if whole or not part:
        words.append(f"{english.cardinal(whole)} {currency.whole_en[whole != 1]}")
    if part or always:
        words.append(f"{english.cardinal(part)} {currency.part_en[part != 1]}")
    return " and ".join(words)


@dataclass(frozen=True)
class Number(Filter):
    """number([case[, gender]]): a number in words."""

    case: Case
    gender: Gender

    def speak(self, text: str, context: Context) -> str:
        """«двадцать одна», «две целых пять десятых»."""
        value = read_number(text, context.language)
        if context.language == "en":
            return english.decimal_words(value)
        return russian.decimal_words(value, self.case, self.gender)


@dataclass(frozen=True)
class Ordinal(Filter):
    """ordinal([case[, gender]]): «третий», «двадцать первого»."""

    case: Case
    gender: Gender

    def speak(self, text: str, context: Context) -> str:
        """A whole number from 0 to a billion as an ordinal."""
        value = read_number(text, context.language)
        if value != int(value) or not 0 <= value <= russian.ORDINAL_LIMIT:
            raise Unreadable("ordinal")
        if context.language == "en":
            return english.ordinal(int(value))
        return russian.ordinal(int(value), self.case, self.gender)

    def samples(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Also what comes before the ending («двести первый»), and in Russian «двухсотпятитысячный» is one word."""
        numbers = [int(value) for value in values if value.isdecimal()]
        headed = [number + 1 for number in numbers if number and number % 100 == 0]
        joined = [
            count * power
            for power in (10**3, 10**6)
            if max(numbers, default=0) >= 200 * power
            for count in range(201, 1000)
        ]
        return (*values, *map(str, dict.fromkeys((*headed, *joined))))


@dataclass(frozen=True)
class Count(Filter):
    """count('день'[, case]): a number with its noun; count('day'[, plural='days']) in English.

    forms: the noun whose forms the scenario gives itself («бонус|бонуса|бонусов»), None for one of the dictionary.
    """

    noun: str
    case: Case
    plural: str | None
    forms: Noun | None = None

    def check(self, language: str) -> None:
        """The noun must be one of the language and, in Russian, one that can be counted."""
        if (language == "en") != self.noun.isascii():
            raise BadArgument(
                0,
                f"{self.noun!r} is not a word of the language {language!r}",
                f"«{self.noun}» — слово не того языка ({language})",
            )

    def speak(self, text: str, context: Context) -> str:
        """«двадцать один день», «два с половиной дня», «две целых семь десятых дня»."""
        if self.noun.isascii() and context.language != "en":
            self.check(context.language)
        value = read_number(text, context.language)
        size = abs(value)
        if context.language == "en":
            noun = self.noun if size == 1 else self.plural or english.plural(self.noun)
            return f"{english.decimal_words(value)} {noun}"
        forms = self.forms or countable(self.noun)
        minus = "минус " if value < 0 else ""
        if size % 1 == _HALF and size < _HALVED:
            return minus + russian.with_half(int(size), forms, self.case)
        if size != int(size):
            return f"{russian.decimal_words(value, self.case)} {forms.singular[Case.GEN]}"
        return minus + russian.counted(int(size), forms, self.case)


@dataclass(frozen=True)
class Digits(Filter):
    """digits([group=2|3|4][, read='digits'|'numbers']): one by one, or in groups.

    group: how many stand together, None as the value is written.  numbers: a group is read as a number.
    """

    group: int | None = None
    numbers: bool = False

    @property
    def spelled(self) -> bool:  # type: ignore[override]
        """Ten words are all it says, unless groups are read as numbers."""
        return not self.numbers

    def speak(self, text: str, context: Context) -> str:
        """«один два три»; letters by their names."""
        return spelling.digits_words(text, context.language, self.group, numbers=self.numbers)


@dataclass(frozen=True)
class Phone(Filter):
    """phone: a phone number in groups."""

    def speak(self, text: str, context: Context) -> str:
        """«восемь, девятьсот двенадцать, триста сорок пять, шестьдесят семь, восемьдесят девять»."""
        return spelling.phone_words(text, context.language)
