"""Russian numerals: cardinals in six cases and three genders, fractions, ordinals, dates.

Own tables: a numeral in the wrong case is the first thing a listener hears, and num2words takes a whole number of
rubles for kopecks and has no cases of amounts (the tests compare with it where it is right).  Everything is memoised by
groups of three digits.  Nouns come as grammar.Noun; reading values from texts is elsewhere.
"""

import datetime as dt
from decimal import Decimal
from functools import cache, lru_cache

from oklik.scenario.spoken.grammar import Case, Forms, Gender, Noun

LIMIT = 10**12  # numbers below this can be spoken


def _forms(text: str) -> Forms:
    nom, gen, dat, acc, ins, prep = text.split()
    return nom, gen, dat, acc, ins, prep


ZERO = _forms("ноль нуля нулю ноль нулём нуле")
ONE = {
    Gender.MASC: _forms("один одного одному один одним одном"),
    Gender.FEM: _forms("одна одной одной одну одной одной"),
    Gender.NEUT: _forms("одно одного одному одно одним одном"),
}
TWO = {
    Gender.MASC: _forms("два двух двум два двумя двух"),
    Gender.FEM: _forms("две двух двум две двумя двух"),
    Gender.NEUT: _forms("два двух двум два двумя двух"),
}
UNITS = {
    3: _forms("три трёх трём три тремя трёх"),
    4: _forms("четыре четырёх четырём четыре четырьмя четырёх"),
    8: _forms("восемь восьми восьми восемь восемью восьми"),
}
for _n, _stem in {
    5: "пят", 6: "шест", 7: "сем", 9: "девят", 10: "десят", 11: "одиннадцат", 12: "двенадцат", 13: "тринадцат",
    14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат", 17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат",
}.items():  # fmt: skip
    UNITS[_n] = _forms(f"{_stem}ь {_stem}и {_stem}и {_stem}ь {_stem}ью {_stem}и")
TENS = {
    2: _forms("двадцать двадцати двадцати двадцать двадцатью двадцати"),
    3: _forms("тридцать тридцати тридцати тридцать тридцатью тридцати"),
    4: _forms("сорок сорока сорока сорок сорока сорока"),
    5: _forms("пятьдесят пятидесяти пятидесяти пятьдесят пятьюдесятью пятидесяти"),
    6: _forms("шестьдесят шестидесяти шестидесяти шестьдесят шестьюдесятью шестидесяти"),
    7: _forms("семьдесят семидесяти семидесяти семьдесят семьюдесятью семидесяти"),
    8: _forms("восемьдесят восьмидесяти восьмидесяти восемьдесят восемьюдесятью восьмидесяти"),
    9: _forms("девяносто девяноста девяноста девяносто девяноста девяноста"),
}
HUNDREDS = {
    1: _forms("сто ста ста сто ста ста"),
    2: _forms("двести двухсот двумстам двести двумястами двухстах"),
    3: _forms("триста трёхсот трёмстам триста тремястами трёхстах"),
    4: _forms("четыреста четырёхсот четырёмстам четыреста четырьмястами четырёхстах"),
    5: _forms("пятьсот пятисот пятистам пятьсот пятьюстами пятистах"),
    6: _forms("шестьсот шестисот шестистам шестьсот шестьюстами шестистах"),
    7: _forms("семьсот семисот семистам семьсот семьюстами семистах"),
    8: _forms("восемьсот восьмисот восьмистам восемьсот восемьюстами восьмистах"),
    9: _forms("девятьсот девятисот девятистам девятьсот девятьюстами девятистах"),
}
THOUSAND = Noun(
    _forms("тысяча тысячи тысяче тысячу тысячей тысяче"),
    "тысячи",
    _forms("тысячи тысяч тысячам тысячи тысячами тысячах"),
    Gender.FEM,
)
MILLION = Noun(
    _forms("миллион миллиона миллиону миллион миллионом миллионе"),
    "миллиона",
    _forms("миллионы миллионов миллионам миллионы миллионами миллионах"),
    Gender.MASC,
)
BILLION = Noun(
    _forms("миллиард миллиарда миллиарду миллиард миллиардом миллиарде"),
    "миллиарда",
    _forms("миллиарды миллиардов миллиардам миллиарды миллиардами миллиардах"),
    Gender.MASC,
)
SCALES = (BILLION, MILLION, THOUSAND)


@cache
def _below_thousand(number: int, case: Case, gender: Gender, animate: bool) -> str:
    words = []
    if number >= 100:
        words.append(HUNDREDS[number // 100][case])
    rest = number % 100
    if rest >= 20:
        words.append(TENS[rest // 10][case])
        rest %= 10
    if rest == 1:
        # «двадцать одного человека»: an animate masculine takes the genitive for the accusative
        living = animate and case is Case.ACC and gender is Gender.MASC
        words.append(ONE[gender][Case.GEN if living else case])
    elif 2 <= rest <= 4:
        # «двух человек», but «двадцать два человека»: only the simple numeral follows the animate noun
        living = animate and case is Case.ACC and number < 5
        forms = TWO[gender] if rest == 2 else UNITS[rest]
        words.append(forms[Case.GEN if living else case])
    elif rest:
        words.append(UNITS[rest][case])
    return " ".join(words)


@lru_cache(maxsize=4096)
def cardinal(number: int, case: Case = Case.NOM, gender: Gender = Gender.MASC, animate: bool = False) -> str:
    """The number (0 <= number < LIMIT) in words: cardinal(21, Case.GEN) == «двадцати одного»."""
    if number == 0:
        return ZERO[case]
    words = []
    for power, scale in zip((10**9, 10**6, 10**3), SCALES, strict=True):
        count = number // power % 1000
        if count:
            words += [_below_thousand(count, case, scale.gender, False), scale.after(count, case)]
    rest = number % 1000
    if rest:
        # «тысячу одного гостя», but «тысячу два гостя»: two to four follow an animate noun only when they stand alone
        living = animate and (number == rest or not 2 <= rest <= 4)
        words.append(_below_thousand(rest, case, gender, living))
    return " ".join(words)


def counted(number: int, noun: Noun, case: Case = Case.NOM) -> str:
    """The number with its noun: counted(22, day) == «двадцать два дня»."""
    return f"{cardinal(number, case, noun.gender, noun.animate)} {noun.after(number, case)}"


_HALF = _forms("половина половины половине половину половиной половине")


def with_half(number: int, noun: Noun, case: Case = Case.NOM) -> str:
    """The number and a half of a noun: «полтора дня», «две с половиной недели», «половина дня»."""
    if number == 0:
        return f"{_HALF[case]} {noun.singular[Case.GEN]}"
    if number == 1:
        if case in (Case.NOM, Case.ACC):
            return f"{'полторы' if noun.gender is Gender.FEM else 'полтора'} {noun.singular[Case.GEN]}"
        return f"полутора {noun.plural[case]}"
    return f"{cardinal(number, case, noun.gender, noun.animate)} с половиной {noun.after(number, case)}"


def _feminine(stem: str) -> Noun:
    """«целая», «десятая»: adjectives of a fraction, which stand for a feminine noun."""
    singular = _forms(f"{stem}ая {stem}ой {stem}ой {stem}ую {stem}ой {stem}ой")
    plural = _forms(f"{stem}ые {stem}ых {stem}ым {stem}ые {stem}ыми {stem}ых")
    return Noun(singular, f"{stem}ых", plural, Gender.FEM)


WHOLE = _feminine("цел")
PARTS = {
    digits: _feminine(stem)
    for digits, stem in enumerate(("десят", "сот", "тысячн", "десятитысячн", "стотысячн", "миллионн"), start=1)
}


def decimal_words(value: Decimal, case: Case = Case.NOM, gender: Gender = Gender.MASC) -> str:
    """A decimal number in words, with «минус» and up to six places: «минус две целых пять десятых»."""
    minus = "минус " if value < 0 else ""
    whole, places, part = split_decimal(abs(value))
    if not places:
        return minus + cardinal(whole, case, gender)
    return f"{minus}{counted(whole, WHOLE, case)} {counted(part, PARTS[places], case)}"


def split_decimal(value: Decimal) -> tuple[int, int, int]:
    """(whole part, number of places, fraction as an integer) of a non-negative value without trailing zeros."""
    whole = int(value)
    fraction = f"{value - whole:f}".partition(".")[2].rstrip("0")
    return whole, len(fraction), int(fraction or 0)


# -- ordinals -----------------------------------------------------------------------------------------------

_ORDINAL_STEMS: dict[int, str] = {
    0: "нулев*",
    1: "перв",
    2: "втор*",
    4: "четвёрт",
    5: "пят",
    6: "шест*",
    7: "седьм*",
    8: "восьм*",
    9: "девят",
    10: "десят",
    11: "одиннадцат",
    12: "двенадцат",
    13: "тринадцат",
    14: "четырнадцат",
    15: "пятнадцат",
    16: "шестнадцат",
    17: "семнадцат",
    18: "восемнадцат",
    19: "девятнадцат",
    20: "двадцат",
    30: "тридцат",
    40: "сороков*",
    50: "пятидесят",
    60: "шестидесят",
    70: "семидесят",
    80: "восьмидесят",
    90: "девяност",
    100: "сот",
    200: "двухсот",
    300: "трёхсот",
    400: "четырёхсот",
    500: "пятисот",
    600: "шестисот",
    700: "семисот",
    800: "восьмисот",
    900: "девятисот",
}  # fmt: skip  (* marks a stressed ending: второй)
_THIRD = {
    Gender.MASC: _forms("третий третьего третьему третий третьим третьем"),
    Gender.FEM: _forms("третья третьей третьей третью третьей третьей"),
    Gender.NEUT: _forms("третье третьего третьему третье третьим третьем"),
}
_ENDINGS = {
    Gender.MASC: _forms("ый ого ому ый ым ом"),
    Gender.FEM: _forms("ая ой ой ую ой ой"),
    Gender.NEUT: _forms("ое ого ому ое ым ом"),
}


_SCALE_STEMS = ((10**9, "миллиардн"), (10**6, "миллионн"), (10**3, "тысячн"))
ORDINAL_LIMIT = 10**9  # the largest


@lru_cache(maxsize=4096)
def ordinal(number: int, case: Case = Case.NOM, gender: Gender = Gender.MASC) -> str:
    """The ordinal of 0..ORDINAL_LIMIT: ordinal(2026, Case.GEN) == «две тысячи двадцать шестого»."""
    if not 0 <= number <= ORDINAL_LIMIT:
        raise ValueError(number)
    last, stem = _last_part(number)
    head = cardinal(number - last) if number > last else ""
    # «тысяча девятьсот девяносто восьмой», «миллион первый»
    words = [head.removeprefix("одна ").removeprefix("один ")] if head else []
    if last == 3:
        words.append(_THIRD[gender][case])
    else:
        ending = _ENDINGS[gender][case]
        if stem.endswith("*"):
            stem, ending = stem[:-1], "ой" if ending == "ый" else ending
        words.append(stem + ending)
    return " ".join(words)


def _last_part(number: int) -> tuple[int, str]:
    """The part of a number that takes the ending, and its stem: 25 000 of 1 025 000, «двадцатипятитысячн»."""
    if number % 1000 or not number:
        teens = 0 < number % 100 <= 20
        last = number % 100 if teens else number % 10 or number % 100 or number % 1000
        return last, "" if last == 3 else _ORDINAL_STEMS[last]
    power, stem = next((power, stem) for power, stem in reversed(_SCALE_STEMS) if number % (power * 1000))
    count = number // power % 1000
    return count * power, ("" if count == 1 else _joined(count)) + stem


def _joined(count: int) -> str:
    """A number as the first half of a word: «двадцатипяти», «стодвух», «девяностоодно»."""
    words = [HUNDREDS[count // 100][Case.NOM if count < 200 else Case.GEN]] if count >= 100 else []
    rest = count % 100
    if rest >= 20:
        words.append(TENS[rest // 10][Case.NOM if rest >= 90 else Case.GEN])
        rest %= 10
    if rest == 1:
        words.append(ONE[Gender.NEUT][Case.NOM])
    elif rest:
        words.append((TWO[Gender.MASC] if rest == 2 else UNITS[rest])[Case.GEN])
    return "".join(words)


# -- dates --------------------------------------------------------------------------------------------------

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip


@lru_cache(maxsize=4096)
def date_words(day: dt.date, case: Case = Case.NOM, *, year: bool = True) -> str:
    """«тридцать первое декабря», with year: «… две тысячи двадцать шестого года»; only the day is declined."""
    words = f"{ordinal(day.day, case, Gender.NEUT)} {MONTHS[day.month - 1]}"
    return f"{words} {ordinal(day.year, Case.GEN)} года" if year else words
