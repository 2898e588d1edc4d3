"""Our numerals beside those of num2words, which were written by other people: where it is right, we must agree.

Compared are 0…10^9 in the nominative.  We keep tables of our own because num2words takes a whole number of rubles for
kopecks and knows no cases of amounts («до двадцати одного рубля») and of counted nouns.
"""

import datetime as dt
import re
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st
from num2words import num2words

from oklik.scenario.spoken import english, parse_template, russian
from oklik.scenario.spoken.grammar import Case, Gender

whole = st.one_of(st.integers(0, 10**9), st.integers(0, 2500), st.integers(0, 10**6).map(lambda n: n * 1000))
hundredths = st.one_of(st.integers(0, 10**11), st.integers(0, 10**6))
days = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))


def said(template: str, value: str, language: str) -> str:
    (piece,) = parse_template(template).speak({"x": value}, language=language, today=dt.date(1899, 1, 1), personal=())
    return piece.text


def theirs(value: object, **options: object) -> str:
    return re.sub(r"\s+", " ", str(num2words(value, **options)).replace(",", " ").replace("\u0301", ""))


def yo(text: str) -> str:
    return text.replace("ё", "е")


@settings(max_examples=150, deadline=None)
@given(whole)
@example(0)
@example(1000)
@example(10**9)
def test_cardinals(number: int) -> None:
    assert yo(said("{{ x | number }}", str(number), "ru")) == yo(theirs(number, lang="ru"))
    assert said("{{ x | number }}", str(number), "en") == theirs(number, lang="en")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 9999))
def test_ordinals(number: int) -> None:
    for case, letter in ((Case.NOM, "n"), (Case.GEN, "g"), (Case.DAT, "d"), (Case.INS, "i"), (Case.PREP, "p")):
        for gender in Gender:
            ours = russian.ordinal(number, case, gender)
            assert yo(ours) == yo(theirs(number, lang="ru", to="ordinal", case=letter, gender=gender.value))
    assert english.ordinal(number) == theirs(number, lang="en", to="ordinal")


@settings(max_examples=150, deadline=None)
@given(hundredths)
def test_amounts(number: int) -> None:
    amount = Decimal(number) / 100
    rubles = theirs(amount, lang="ru", to="currency", currency="RUB")
    dollars = theirs(amount, lang="en", to="currency", currency="USD")
    if number % 100 == 0:  # we leave «ноль копеек» out
        rubles, dollars = rubles.removesuffix(" ноль копеек"), dollars.removesuffix(" zero cents")
    elif number < 100:
        rubles, dollars = rubles.removeprefix("ноль рублей "), dollars.removeprefix("zero dollars ")
    assert yo(said("{{ x | money('RUB') }}", f"{amount:.2f}", "ru")) == yo(rubles)
    ours = said("{{ x | money('USD') }}", f"{amount:.2f}", "en")
    assert re.sub(r"(dollars?) and", r"\1", ours) == dollars


@settings(max_examples=150, deadline=None)
@given(days)
def test_dates(day: dt.date) -> None:
    neuter = theirs(day.day, lang="ru", to="ordinal", case="n", gender="n")
    year = theirs(day.year, lang="ru", to="ordinal", case="g", gender="m")
    month = russian.MONTHS[day.month - 1]
    assert yo(said("{{ x | date }}", day.isoformat(), "ru")) == yo(f"{neuter} {month} {year} года")
    plain = theirs(day.day, lang="en", to="ordinal")
    year = theirs(day.year, lang="en", to="year").replace("oh-", "oh ")
    assert said("{{ x | date }}", day.isoformat(), "en") == f"the {plain} of {english.MONTHS[day.month - 1]} {year}"
