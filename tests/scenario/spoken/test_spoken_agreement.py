"""Numerals and nouns together in every case, against tables and rules of grammar written out here.

Nothing of the implementation's tables is used: the nouns' forms stand below, the rules are those of a school grammar,
and the numerals before the last word are num2words', which is right about them in the masculine.
"""

from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from num2words import num2words
from spoken_saying import forms, plain, refused, say

CASES = dict(zip(forms("nom gen dat acc ins prep"), "ngdaip", strict=True))  # ours, and num2words'
NUMBERS = st.one_of(st.integers(0, 130), st.integers(0, 10**5), st.integers(0, 10**9), st.integers(0, 10**12 - 1))


class Word(NamedTuple):
    """A noun by hand: six forms of one, six of many."""

    one: list[str]
    many: list[str]
    gender: str
    animate: bool = False


NOUNS = {
    "день": Word(forms("день дня дню день днём дне"), forms("дни дней дням дни днями днях"), "m"),
    "минута": Word(
        forms("минута минуты минуте минуту минутой минуте"),
        forms("минуты минут минутам минуты минутами минутах"),
        "f",
    ),
    "место": Word(forms("место места месту место местом месте"), forms("места мест местам места местами местах"), "n"),
    "гость": Word(
        forms("гость гостя гостю гостя гостем госте"), forms("гости гостей гостям гостей гостями гостях"), "m", True
    ),
    "сотрудница": Word(
        forms("сотрудница сотрудницы сотруднице сотрудницу сотрудницей сотруднице"),
        forms("сотрудницы сотрудниц сотрудницам сотрудниц сотрудницами сотрудницах"),
        "f",
        True,
    ),
}
RUBLE = Word(forms("рубль рубля рублю рубль рублём рубле"), forms("рубли рублей рублям рубли рублями рублях"), "m")
KOPECK = Word(
    forms("копейка копейки копейке копейку копейкой копейке"),
    forms("копейки копеек копейкам копейки копейками копейках"),
    "f",
)
# «Один» and «два» by gender and case; from three on numerals have none.
ONE = {
    "m": forms("один одного одному один одним одном"),
    "f": forms("одна одной одной одну одной одной"),
    "n": forms("одно одного одному одно одним одном"),
}
TWO = {
    "m": forms("два двух двум два двумя двух"),
    "f": forms("две двух двум две двумя двух"),
    "n": forms("два двух двум два двумя двух"),
}
ZERO = forms("ноль нуля нулю ноль нулём нуле")
LIVING = {2: "двух", 3: "трёх", 4: "четырёх"}


def agreed(number: int, noun: Word, case: str) -> str:
    """The number with its noun as a grammar book has it."""
    at = list(CASES).index(case)
    words = num2words(number, lang="ru", case=CASES[case], animate=False).split()
    if number == 0:
        words = [ZERO[at]]
    ones, teens = number % 10, 10 < number % 100 < 20
    straight = case in ("nom", "acc")
    simple_living = case == "acc" and noun.animate and number in LIVING  # «двух гостей», «двух сотрудниц»
    if ones == 1 and not teens:
        living = case == "acc" and noun.animate and noun.gender == "m"
        words[-1] = ONE[noun.gender][1 if living else at]
        return " ".join([*words, noun.one[at]])
    if ones == 2 and not teens:
        words[-1] = TWO[noun.gender][at]
    if number % 1000 == 0:
        return " ".join([*words, noun.many[1]])  # noughts, thousands and millions govern it
    if straight and 2 <= ones <= 4 and not teens:
        if simple_living:
            return f"{LIVING[number]} {noun.many[1]}"
        return " ".join([*words, noun.one[1]])
    return " ".join([*words, noun.many[1] if straight else noun.many[at]])


@settings(deadline=None)
@given(NUMBERS, st.sampled_from(sorted(NOUNS)), st.sampled_from(list(CASES)))
@example(1, "гость", "acc")
@example(21, "гость", "acc")
@example(3, "гость", "acc")
@example(23, "гость", "acc")
@example(1001, "гость", "acc")
@example(1002, "гость", "acc")
@example(2, "сотрудница", "acc")
@example(111, "минута", "ins")
@example(10**12 - 1, "минута", "gen")
def test_a_noun_agrees_with_its_number(number: int, noun: str, case: str) -> None:
    assert plain(say(f"{{{{ x | count('{noun}', '{case}') }}}}", number)) == plain(agreed(number, NOUNS[noun], case))


@settings(deadline=None)
@given(st.integers(-(10**11), 10**11), st.sampled_from(list(CASES)), st.sampled_from(["auto", "always"]))
@example(0, "gen", "always")
@example(-1, "nom", "auto")
@example(-100, "dat", "always")
def test_rubles_and_kopecks_in_every_case(hundredths: int, case: str, kopecks: str) -> None:
    rubles, part = divmod(abs(hundredths), 100)
    expected = []
    if rubles or not part:
        expected.append(agreed(rubles, RUBLE, case))
    if part or kopecks == "always":
        expected.append(agreed(part, KOPECK, case))
    minus = ["минус"] if hundredths < 0 else []
    value = f"{'-' if hundredths < 0 else ''}{rubles},{part:02}"
    said = say(f"{{{{ x | money('RUB', '{case}', kopecks='{kopecks}') }}}}", value)
    assert plain(said) == plain(" ".join(minus + expected))


@settings(deadline=None)
@given(st.integers(0, 10**12 - 1), st.sampled_from(list(CASES)), st.sampled_from("mfn"))
def test_numbers_in_every_gender(number: int, case: str, gender: str) -> None:
    noun = Word([""] * 6, [""] * 6, gender)
    assert plain(say(f"{{{{ x | number('{case}', '{gender}') }}}}", number)) == plain(
        agreed(number, noun, case).strip()
    )


# Three forms after one, two and five give the straight cases and the genitive; the endings are checked by hand.
@settings(deadline=None)
@given(NUMBERS, st.sampled_from(["nom", "gen", "acc"]))
def test_a_noun_given_by_its_forms_sounds_as_the_same_out_of_the_dictionary(number: int, case: str) -> None:
    for word, three, more in (
        ("день", "день|дня|дней", ""),
        ("минута", "минута|минуты|минут", ""),
        ("место", "место|места|мест", ""),
        ("гость", "гость|гостя|гостей", ", animate='yes'"),
        ("ночь", "ночь|ночи|ночей", ", gender='f'"),
    ):
        ours = say(f"{{{{ x | count('{three}', '{case}'{more}) }}}}", number)
        assert ours == say(f"{{{{ x | count('{word}', '{case}') }}}}", number)


@pytest.mark.parametrize(
    ("slot", "told"),
    [
        ("count('лайк|лайка|лайков', 'dat')", "не узнать падеж dat"),
        ("count('лайк|лайка|лайков', 'ins')", "не узнать падеж ins"),
        ("count('новая акция|новые акции|новых акций', 'acc')", "не узнать падеж acc"),
        ("count('лайк|лайка')", "не сосчитать"),
        ("count('лайк|лайка|лайков|лайки')", "не сосчитать"),
        ("count('лайк||лайков')", "не сосчитать"),
        ("count('like|likes|likes')", "не сосчитать"),
        ("count('лайк1|лайка1|лайков1')", "не сосчитать"),
        ("count('день', gender='f')", "только вместе с формами"),
        ("count('день', animate='yes')", "только вместе с формами"),
        ("count('день', 'gen', 'f')", "лишний аргумент"),
        ("money('RUB', kopecks='never')", "копейки (kopecks) «never»"),
        ("number(preposition='через')", "предлог (preposition) «через»"),
        ("date(preposition='в')", "предлог (preposition) «в»"),
        ("time('gen', preposition='к')", "после «к» нужен падеж dat, а не «gen»"),
        ("weekday(case='им', preposition='в')", "после «в» нужен падеж acc, prep"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words(slot: str, told: str) -> None:
    assert told in refused(f"Вот {{{{ x | {slot} }}}}").text("ru")


@pytest.mark.parametrize("slot", ["money('RUB')", "number", "count('день')"])
def test_the_limit_is_told(slot: str) -> None:
    assert say(f"{{{{ x | {slot} }}}}", 10**12 - 1).startswith("девятьсот девяносто девять миллиардов")
    for value in ("1000000000000", "-1000000000000", "9" * 30):
        assert "меньше триллиона" in say(f"{{{{ x | {slot} }}}}", value)
    assert "от 0 до миллиарда" in say("{{ x | ordinal }}", 10**9 + 1)
    assert "от 0 до миллиарда" in say("{{ x | ordinal }}", -1)
    assert "от 0 до миллиарда" in say("{{ x | ordinal }}", "1,5")


@pytest.mark.parametrize(
    ("slot", "value", "said"),
    [
        ("weekday(preposition='в')", "24.11.2026", "во вторник"),
        ("weekday(preposition='в')", "25.11.2026", "в среду"),
        ("weekday(preposition='с')", "25.11.2026", "со среды"),
        ("weekday(preposition='с')", "26.11.2026", "с четверга"),
        ("weekday(preposition='с')", "28.11.2026", "с субботы"),
        ("weekday(preposition='к')", "24.11.2026", "ко вторнику"),
        ("weekday(preposition='к')", "29.11.2026", "к воскресенью"),
        ("date(preposition='с')", "02.11.2026", "со второго ноября"),
        ("date(preposition='к')", "22.11.2026", "к двадцать второму ноября"),
        ("date(preposition='к', near='words')", "21.11.2026", "ко вчерашнему дню"),
        ("date(preposition='до', near='words')", "23.11.2026", "до завтрашнего дня"),
        ("date(preposition='на', near='words')", "23.11.2026", "на завтра"),
        ("ordinal('prep', preposition='в')", "2", "во втором"),
        ("ordinal('prep', preposition='в')", "8", "в восьмом"),
        ("number(preposition='с')", "100", "со ста"),
        ("number(preposition='с')", "7", "с семи"),
        ("number('ins', preposition='с')", "100", "со ста"),
        ("number(preposition='с')", "60", "с шестидесяти"),
        ("number(preposition='о')", "1", "об одном"),
        ("number(preposition='о')", "2", "о двух"),
        ("money('RUB', preposition='от')", "100", "от ста рублей"),
        ("count('час', preposition='после')", "2", "после двух часов"),
        ("time(preposition='с')", "14:30", "с четырнадцати тридцати"),
        ("time(preposition='к')", "09:00", "к девяти часам"),
    ],
)
def test_prepositions_change_with_the_word(slot: str, value: str, said: str) -> None:
    assert say(f"{{{{ x | {slot} }}}}", value) == said


def test_prepositions_are_for_russian() -> None:
    assert "preposition" in refused("{{ x | weekday(preposition='в') }}", "en").text("en")
    assert "style='full'" in refused("{{ x | time(style='full') }}", "en").text("ru")
    assert "de" in refused("{{ x | time }}", "de").text("en")
