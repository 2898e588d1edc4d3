"""Filters made of their arguments: which arguments there are, and which go together.

What they are called and how they sound is told in `registry`; what they do is in `filters`, `filters_when`
and `filters_who`.
"""

from collections.abc import Callable, Collection

from oklik.scenario.spoken.arguments import Arguments, BadArgument
from oklik.scenario.spoken.filters import Count, Digits, Filter, Led, Money
from oklik.scenario.spoken.filters_when import Date, Time
from oklik.scenario.spoken.filters_who import GenderForm
from oklik.scenario.spoken.grammar import Case
from oklik.scenario.spoken.nouns import CURRENCIES, NotCountable, countable, given, lacks
from oklik.scenario.spoken.prepositions import PREPOSITIONS

_BEFORE_DAYS = tuple(word for word in PREPOSITIONS if word != "в")  # nobody says «в пятое мая»


def led(
    arguments: Arguments, make: Callable[[Case, bool], Filter], choices: Collection[str] = tuple(PREPOSITIONS)
) -> Filter:
    """A filter that may say its preposition.  make: of the case, and whether a preposition governs it."""
    preposition = arguments.preposition(choices)
    made = make(arguments.case(), preposition is not None)
    return made if preposition is None else Led(made, preposition)


def money(arguments: Arguments) -> Filter:
    """money('RUB', …).  Raises BadArgument."""
    currency = arguments.choice("currency", CURRENCIES)
    if currency is None:
        raise BadArgument(None, "currency is missing, e.g. money('RUB')", "не указана валюта: money('RUB')")
    always = arguments.choice("kopecks", ("auto", "always"), positional=False) == "always"
    return led(arguments, lambda case, _: Money(currency, case, always))


def count(arguments: Arguments) -> Filter:
    """count('день', …): the noun must be one that can be counted, or bring its forms.  Raises BadArgument."""
    where, noun = arguments.required("noun")
    return led(arguments, lambda case, _: _counted(arguments, where, noun, case))


def _counted(arguments: Arguments, where: int | str, noun: str, case: Case) -> Filter:
    plural = arguments.text("plural", positional=False)
    animate = arguments.choice("animate", ("yes", "no"), positional=False) == "yes"
    gender = arguments.gender_or_none(positional=False)
    own = None
    try:
        if "|" in noun:
            own = given(noun, gender, animate=animate)
        elif not noun.isascii():
            countable(noun)
    except NotCountable:
        raise BadArgument(
            where,
            f"{noun!r} cannot be counted: give a noun in the nominative singular, "
            "or its forms after one, two and five: 'бонус|бонуса|бонусов'",
            f"«{noun}» не сосчитать: нужно существительное в именительном падеже единственного числа "
            "или его формы после «один», «два» и «пять»: 'бонус|бонуса|бонусов'",
        ) from None
    if own is None and (gender or animate):
        raise BadArgument(
            None,
            "gender and animate belong to a noun given by its forms: 'бонус|бонуса|бонусов'",
            "род и animate указывают только вместе с формами: 'бонус|бонуса|бонусов'",
        )
    if own is not None and lacks(own, case):
        raise BadArgument(
            where,
            f"three forms do not tell the case {case.name.lower()} of {noun!r}",
            f"по трём формам не узнать падеж {case.name.lower()} для «{noun}»",
        )
    return Count(noun, case, plural[1] if plural else None, own)


def date(arguments: Arguments) -> Filter:
    """date(…).  Raises BadArgument."""
    year = arguments.choice("year", ("auto", "always", "never"), positional=False) or "auto"
    near = arguments.choice("near", ("date", "words"), positional=False) == "words"
    return led(arguments, lambda case, governed: Date(case, year, near, governed), _BEFORE_DAYS)


def time(arguments: Arguments) -> Filter:
    """time(…).  Raises BadArgument."""
    clock = arguments.choice("clock", ("24", "12"), positional=False)
    full = arguments.choice("style", ("short", "full"), positional=False) == "full"
    return led(arguments, lambda case, _: Time(case, clock, full))


def digits(arguments: Arguments) -> Filter:
    """digits(…).  Raises BadArgument."""
    group = arguments.choice("group", ("2", "3", "4"), positional=False)
    numbers = arguments.choice("read", ("digits", "numbers"), positional=False) == "numbers"
    return Digits(int(group) if group else None, numbers)


def gender(arguments: Arguments) -> Filter:
    """gender('должен', 'должна', …).  Raises BadArgument."""
    masculine = arguments.required("masculine")[1]
    feminine = arguments.required("feminine")[1]
    neutral = arguments.text("neutral")
    column = arguments.text("column", positional=False)
    return GenderForm(masculine, feminine, neutral and neutral[1], column and column[1])
