"""The one list of filters: how each is made of its arguments, what it is for, what it can read, and how it sounds.

The parser, the checker, the reference and the tests are all drawn from it.  The filters themselves are in `filters`.
"""

from collections.abc import Callable
from typing import NamedTuple

from oklik.scenario.spoken.arguments import Arguments, BadArgument
from oklik.scenario.spoken.filters import (
    Count,
    Date,
    Digits,
    Filter,
    GenderForm,
    Money,
    Name,
    Number,
    Ordinal,
    Phone,
    Surname,
)
from oklik.scenario.spoken.nouns import CURRENCIES, NotCountable, countable


class Example(NamedTuple):
    """How a slot sounds.  The year of today is 2026."""

    slot: str
    value: str
    language: str
    spoken: str


class FilterKind(NamedTuple):
    """One filter.

    make: of its arguments; raises BadArgument.  usage: how it is written, optional arguments in brackets.
    ru, en: what it is for.  columns: the column types whose values it can read.
    """

    make: Callable[[Arguments], Filter]
    usage: str
    ru: str
    en: str
    columns: frozenset[str]
    examples: tuple[Example, ...]


def _money(arguments: Arguments) -> Filter:
    currency = arguments.choice("currency", CURRENCIES)
    if currency is None:
        raise BadArgument(None, "currency is missing, e.g. money('RUB')", "не указана валюта: money('RUB')")
    return Money(currency, arguments.case())


def _count(arguments: Arguments) -> Filter:
    where, noun = arguments.required("noun")
    if not noun.isascii():
        try:
            countable(noun)
        except NotCountable:
            raise BadArgument(
                where,
                f"{noun!r} cannot be counted: give a noun in the nominative singular",
                f"«{noun}» не сосчитать: нужно существительное в именительном падеже единственного числа",
            ) from None
    case = arguments.case()
    plural = arguments.text("plural", positional=False)
    return Count(noun, case, plural[1] if plural else None)


def _gender(arguments: Arguments) -> Filter:
    masculine = arguments.required("masculine")[1]
    feminine = arguments.required("feminine")[1]
    neutral = arguments.text("neutral")
    column = arguments.text("column", positional=False)
    return GenderForm(masculine, feminine, neutral and neutral[1], column and column[1])


_YEARS = ("auto", "always", "never")
_NUMBERS = frozenset({"number", "digits"})

FILTERS: dict[str, FilterKind] = {
    "money": FilterKind(
        _money,
        "money(currency[, case])",
        "Сумма с валютой; копейки — только когда они есть",
        "An amount with its currency; hundredths only when there are any",
        frozenset({"money", "number"}),
        (
            Example("{{ debt | money('RUB') }}", "21 001,50", "ru", "двадцать одна тысяча один рубль пятьдесят копеек"),
            Example("{{ debt | money('RUB', 'gen') }}", "1000 ₽", "ru", "одной тысячи рублей"),
            Example("{{ debt | money('USD') }}", "$21.50", "en", "twenty-one dollars and fifty cents"),
        ),
    ),
    "number": FilterKind(
        lambda arguments: Number(arguments.case(), arguments.gender()),
        "number([case[, gender]])",
        "Число словами",
        "A number in words",
        _NUMBERS,
        (
            Example("{{ n | number }}", "2,5", "ru", "две целых пять десятых"),
            Example("{{ n | number('nom', 'f') }}", "21", "ru", "двадцать одна"),
            Example("{{ n | number }}", "1,200", "en", "one thousand two hundred"),
        ),
    ),
    "ordinal": FilterKind(
        lambda arguments: Ordinal(arguments.case(), arguments.gender()),
        "ordinal([case[, gender]])",
        "Порядковое число, 0–9999",
        "An ordinal number, 0–9999",
        _NUMBERS,
        (
            Example("{{ n | ordinal('prep') }}", "3", "ru", "третьем"),
            Example("{{ n | ordinal }}", "21", "en", "twenty-first"),
        ),
    ),
    "count": FilterKind(
        _count,
        "count(noun[, case][, plural=…])",
        "Число с существительным в нужной форме; plural — только для английского",
        "A number with its noun in the right form; plural is for English only",
        _NUMBERS,
        (
            Example("{{ n | count('день') }}", "22", "ru", "двадцать два дня"),
            Example("{{ n | count('рабочий день', 'acc') }}", "5", "ru", "пять рабочих дней"),
            Example("{{ n | count('day') }}", "1", "en", "one day"),
        ),
    ),
    "date": FilterKind(
        lambda arguments: Date(arguments.case(), arguments.choice("year", _YEARS, positional=False) or "auto"),
        "date([case][, year='auto'|'always'|'never'])",
        "Дата; год — только если он не нынешний",
        "A date; the year only when it is not this one",
        frozenset({"date"}),
        (
            Example("{{ due | date }}", "31.12.2026", "ru", "тридцать первое декабря"),
            Example("{{ due | date('gen') }}", "2027-01-05", "ru", "пятого января две тысячи двадцать седьмого года"),
            Example("{{ due | date }}", "31/12/2026", "en", "the thirty-first of December"),
        ),
    ),
    "digits": FilterKind(
        lambda _: Digits(),
        "digits",
        "По одной цифре; буквы по названиям",
        "Digit by digit; letters by their names",
        frozenset({"digits", "number", "text", "phone"}),
        (
            Example("{{ code | digits }}", "77-12А", "ru", "семь семь, один два а"),
            Example("{{ code | digits }}", "AB 07", "en", "A B, zero seven"),
        ),
    ),
    "phone": FilterKind(
        lambda _: Phone(),
        "phone",
        "Номер телефона по группам",
        "A phone number in groups",
        frozenset({"phone", "digits"}),
        (
            Example(
                "{{ phone | phone }}",
                "+7 912 345-67-89",
                "ru",
                "восемь, девятьсот двенадцать, триста сорок пять, шестьдесят семь, восемьдесят девять",
            ),
            Example("{{ phone | phone }}", "(212) 555-0147", "en", "two one two, five five five, zero one four seven"),
        ),
    ),
    "name": FilterKind(
        lambda _: Name(),
        "name",
        "Имя и отчество, без них — как записано",
        "First name and patronymic, else as written",
        frozenset({"name"}),
        (
            Example("{{ client | name }}", "ИВАНОВ ИВАН ИВАНОВИЧ (жена)", "ru", "Иван Иванович"),
            Example("{{ client | name }}", "john smith", "en", "John Smith"),
        ),
    ),
    "surname": FilterKind(
        lambda _: Surname(),
        "surname",
        "Фамилия, не склоняется",
        "The surname, never declined",
        frozenset({"name"}),
        (Example("{{ client | surname }}", "Петрова Анна Сергеевна", "ru", "Петрова"),),
    ),
    "gender": FilterKind(
        _gender,
        "gender(masculine, feminine[, neutral][, column=…])",
        "Слово по полу человека: по отчеству или по столбцу с полом",
        "A word by the person's gender, told by the patronymic or by a column",
        frozenset({"name", "text"}),
        (
            Example("{{ client | gender('должен', 'должна', 'должны') }}", "Петрова Анна Сергеевна", "ru", "должна"),
            Example("{{ client | gender('должен', 'должна', 'должны') }}", "Ли Саша", "ru", "должны"),
        ),
    ),
}
