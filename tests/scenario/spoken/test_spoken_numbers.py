"""Numerals against tables and an oracle that share nothing with the implementation."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from num2words import num2words

from oklik.scenario.spoken import english, parse_template, russian
from oklik.scenario.spoken.grammar import Case, Gender
from oklik.scenario.spoken.nouns import CURRENCIES, countable

TODAY = dt.date(2026, 11, 22)
NUMBERS = st.one_of(st.integers(0, 130), st.integers(0, 10**6), st.integers(0, 10**9))
CASES = dict(zip(Case, "ngdaip", strict=True))  # as num2words names them


def say(text: str, value: object, language: str = "ru", **others: str) -> str:
    pieces = parse_template(text).speak({"x": str(value), **others}, language=language, today=TODAY, personal=())
    return " ".join(piece.text for piece in pieces)


def plain(text: str) -> str:
    return text.replace("ё", "е")


# Which form follows a number, written out for every last two digits: 1 = one, 2 = few, 5 = many.
ENDING = {0: 5, 1: 1, 2: 2, 3: 2, 4: 2, **dict.fromkeys(range(5, 21), 5)}
ENDING |= {tens + ones: ENDING[ones] for tens in range(20, 100, 10) for ones in range(10)}


@settings(deadline=None)
@given(NUMBERS, st.sampled_from(Case))
def test_cardinals_agree_with_an_oracle_in_every_case(number: int, case: Case) -> None:
    # the oracle is right for the masculine only: its feminine says «одна миллион»
    ours = russian.cardinal(number, case)
    oracle = num2words(number, lang="ru", case=CASES[case], animate=False)
    assert plain(ours) == plain(oracle).replace("нол", "нул" if "ноль" not in oracle else "нол")


@settings(deadline=None)
@given(NUMBERS, st.sampled_from(Case), st.sampled_from(Gender))
def test_gender_changes_the_last_word_alone_and_only_of_one_and_two(number: int, case: Case, gender: Gender) -> None:
    masculine = russian.cardinal(number, case).split()
    other = russian.cardinal(number, case, gender).split()
    assert masculine[:-1] == other[:-1]
    pairs = {
        "f": {"один": "одна", "одного": "одной", "одному": "одной", "одним": "одной", "одном": "одной", "два": "две"},
        "n": {"один": "одно"},
        "m": {},
    }[gender.value]  # fmt: skip
    if number % 100 in (1, 21, 31, 41, 51, 61, 71, 81, 91) and case is Case.ACC and gender is Gender.FEM:
        assert other[-1] == "одну"
    else:
        assert other[-1] == pairs.get(masculine[-1], masculine[-1])


@settings(deadline=None)
@given(NUMBERS)
@example(0)
@example(11)
@example(111)
@example(1012)
def test_endings_of_currencies_and_nouns(number: int) -> None:
    for text, one, few, many in (
        ("{{ x | money('RUB') }}", "рубль", "рубля", "рублей"),
        ("{{ x | money('USD') }}", "доллар", "доллара", "долларов"),
        ("{{ x | money('EUR') }}", "евро", "евро", "евро"),
        ("{{ x | money('KZT') }}", "тенге", "тенге", "тенге"),
        ("{{ x | money('BYN') }}", "белорусский рубль", "белорусских рубля", "белорусских рублей"),
        ("{{ x | count('день') }}", "день", "дня", "дней"),
        ("{{ x | count('год') }}", "год", "года", "лет"),
        ("{{ x | count('минута') }}", "минута", "минуты", "минут"),
        ("{{ x | count('письмо') }}", "письмо", "письма", "писем"),
    ):
        expected = {1: one, 2: few, 5: many}[ENDING[number % 100]]
        assert say(text, number).endswith(" " + expected)


@settings(deadline=None)
@given(NUMBERS, st.sampled_from([Case.GEN, Case.DAT, Case.INS, Case.PREP]))
def test_oblique_nouns_take_their_own_case_save_after_thousands(number: int, case: Case) -> None:
    table = {
        Case.GEN: ("рубля", "рублей"),
        Case.DAT: ("рублю", "рублям"),
        Case.INS: ("рублём", "рублями"),
        Case.PREP: ("рубле", "рублях"),
    }
    expected = table[case][0 if ENDING[number % 100] == 1 else 1] if number % 1000 else "рублей"
    assert say(f"{{{{ x | money('RUB', '{case.name.lower()}') }}}}", number).split()[-1] == expected


@settings(deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(0, 99))
def test_money_with_kopecks_and_sign(rubles: int, kopecks: int) -> None:
    value = f"{rubles}.{kopecks:02}" if rubles or kopecks == 0 else f"0.{kopecks:02}"
    words = say("{{ x | money('RUB') }}", value)
    assert words.startswith("минус ") == (rubles < 0)
    assert ("копе" in words) == (kopecks > 0)
    assert ("рубл" in words) == (rubles != 0 or kopecks == 0)
    if kopecks:
        assert words.split()[-1] == {1: "копейка", 2: "копейки", 5: "копеек"}[ENDING[kopecks]]
        last = {1: "одна", 2: "две"}.get(kopecks % 10)
        if last and not 10 < kopecks < 20:
            assert words.split()[-2] == last


@settings(deadline=None)
@given(st.integers(0, 9999), st.sampled_from(Case), st.sampled_from(Gender))
def test_ordinals_agree_with_an_oracle(number: int, case: Case, gender: Gender) -> None:
    oracle = num2words(number, lang="ru", to="ordinal", case=CASES[case], gender=gender.value, animate=False)
    assert plain(russian.ordinal(number, case, gender)) == plain(oracle)


@settings(deadline=None)
@given(st.integers(1, 999), st.sampled_from([10**3, 10**6]), st.sampled_from(Case), st.sampled_from(Gender))
def test_round_ordinals_are_one_word(count: int, power: int, case: Case, gender: Gender) -> None:
    words = russian.ordinal(count * power, case, gender)
    oracle = num2words(count * power, lang="ru", to="ordinal", case=CASES[case], gender=gender.value, animate=False)
    assert plain(words) == plain(oracle)
    assert " " not in words


@settings(deadline=None)
@given(st.integers(1, 999_999), st.integers(1, 999), st.sampled_from(Case), st.sampled_from(Gender))
def test_only_the_last_part_of_an_ordinal_changes(head: int, last: int, case: Case, gender: Gender) -> None:
    words = russian.ordinal(head * 1000 + last, case, gender)
    before = russian.cardinal(head * 1000).removeprefix("одна ").removeprefix("один ")
    assert words == f"{before} {russian.ordinal(last, case, gender)}"


@settings(deadline=None)
@given(NUMBERS)
def test_english_cardinals_and_ordinals_agree_with_an_oracle(number: int) -> None:
    assert english.cardinal(number) == num2words(number, lang="en").replace(",", "")
    assert english.ordinal(number) == num2words(number, lang="en", to="ordinal").replace(",", "")


@settings(deadline=None)
@given(st.decimals(Decimal("-99999"), Decimal("99999"), places=3))
def test_english_decimals_read_digit_by_digit(value: Decimal) -> None:
    words = say("{{ x | number }}", value, "en")
    if value == int(value):
        assert "point" not in words
    else:
        digits = f"{abs(value) % 1:f}"[2:].rstrip("0")
        assert len(words.partition(" point ")[2].split()) == len(digits)


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("задолженность {{ x | money('RUB') }}", "21,50", "задолженность двадцать один рубль пятьдесят копеек"),
        ("в размере {{ x | money('RUB', 'gen') }}", "21", "в размере двадцати одного рубля"),
        ("{{ x | money('RUB', 'тв') }}", "21", "двадцатью одним рублём"),
        ("{{ x | money('RUB', 'dative') }}", "2500", "двум тысячам пятистам рублям"),
        ("{{ x | money('RUB', 'вин') }}", "1001,01", "одну тысячу один рубль одну копейку"),
        ("{{ x | money('RUB', 'пр') }}", "843,32", "восьмистах сорока трёх рублях тридцати двух копейках"),
        ("{{ x | money('RUB') }}", "0", "ноль рублей"),
        ("{{ x | money('RUB') }}", "0,00", "ноль рублей"),
        ("{{ x | money('RUB') }}", "-0,001", "ноль рублей"),
        ("{{ x | money('RUB') }}", "0,02", "две копейки"),
        ("{{ x | money('RUB') }}", "-5 300,11", "минус пять тысяч триста рублей одиннадцать копеек"),
        ("{{ x | money('RUB') }}", "2000000", "два миллиона рублей"),
        ("{{ x | money('RUB') }}", "1111111111", ("один миллиард сто одиннадцать миллионов сто одиннадцать тысяч "
         "сто одиннадцать рублей")),
        ("{{ x | money('USD') }}", "22.01", "двадцать два доллара один цент"),
        ("{{ x | money('EUR', 'gen') }}", "1,02", "одного евро двух центов"),
        ("{{ x | money('KZT', 'ins') }}", "41", "сорока одним тенге"),
        ("{{ x | money('KZT') }}", "5,05", "пять тенге пять тиынов"),
        ("{{ x | money('BYN', 'ins') }}", "3", "тремя белорусскими рублями"),
        ("{{ x | money('BYN') }}", "4", "четыре белорусских рубля"),
        ("{{ x | count('день') }}", "21", "двадцать один день"),
        ("{{ x | count('день') }}", "22", "двадцать два дня"),
        ("{{ x | count('день') }}", "25", "двадцать пять дней"),
        ("в течение {{ x | count('день', 'gen') }}", "2", "в течение двух дней"),
        ("через {{ x | count('минута', 'acc') }}", "21", "через двадцать одну минуту"),
        ("{{ x | count('человек', 'acc') }}", "2", "двух человек"),
        ("{{ x | count('человек', 'acc') }}", "22", "двадцать два человека"),
        ("{{ x | count('человек', 'ins') }}", "3", "тремя людьми"),
        ("{{ x | count('год', 'dat') }}", "5", "пяти годам"),
        ("{{ x | count('раз') }}", "5", "пять раз"),
        ("{{ x | count('рабочий день') }}", "2", "два рабочих дня"),
        ("{{ x | count('рабочий день', 'gen') }}", "1", "одного рабочего дня"),
        ("{{ x | count('рабочая неделя') }}", "3", "три рабочие недели"),
        ("{{ x | count('балл рейтинга') }}", "5", "пять баллов рейтинга"),
        ("{{ x | count('день') }}", "2,7", "две целых семь десятых дня"),
        ("{{ x | count('день') }}", "2,5", "два с половиной дня"),
        ("{{ x | count('день') }}", "1,50", "полтора дня"),
        ("{{ x | count('день') }}", "99,5", "девяносто девять с половиной дней"),
        ("{{ x | count('день') }}", "100,5", "сто целых пять десятых дня"),
        ("{{ x | count('неделя') }}", "1,5", "полторы недели"),
        ("{{ x | count('неделя', 'acc') }}", "2.5", "две с половиной недели"),
        ("{{ x | count('час', 'gen') }}", "1,5", "полутора часов"),
        ("{{ x | count('час', 'ins') }}", "1,5", "полутора часами"),
        ("{{ x | count('час', 'gen') }}", "5,5", "пяти с половиной часов"),
        ("{{ x | count('год') }}", "5,5", "пять с половиной лет"),
        ("{{ x | count('час', 'acc') }}", "0,5", "половину часа"),
        ("{{ x | count('час') }}", "-0,5", "минус половина часа"),
        ("{{ x | count('сотка|сотки|соток', 'gen') }}", "1,5", "полутора соток"),
        ("{{ x | count('день') }}", "-2", "минус два дня"),
        ("{{ x | count('день') }}", "1000", "одна тысяча дней"),
        ("{{ x | number }}", "1,05", "одна целая пять сотых"),
        ("{{ x | number('gen') }}", "12.5", "двенадцати целых пяти десятых"),
        ("{{ x | number('nom', 'f') }}", "142", "сто сорок две"),
        ("{{ x | number('acc', 'f') }}", "1", "одну"),
        ("{{ x | number }}", "0,1", "ноль целых одна десятая"),
        ("{{ x | ordinal }}", "3", "третий"),
        ("{{ x | ordinal('prep', 'f') }}", "3", "третьей"),
        ("{{ x | ordinal('gen') }}", "40", "сорокового"),
        ("{{ x | ordinal }}", "0", "нулевой"),
        ("{{ x | ordinal('nom', 'n') }}", "2000", "двухтысячное"),
        ("{{ x | ordinal }}", "21000", "двадцатиоднотысячный"),
        ("{{ x | ordinal('gen') }}", "312004", "триста двенадцать тысяч четвёртого"),
        ("{{ x | ordinal }}", "90 000", "девяностотысячный"),
        ("{{ x | ordinal('nom', 'f') }}", "1003000", "миллион трёхтысячная"),
        ("{{ x | ordinal }}", "1000001", "миллион первый"),
        ("{{ x | ordinal('ins', 'n') }}", "2500000", "два миллиона пятисоттысячным"),
        ("{{ x | ordinal }}", "1000000000", "миллиардный"),
        ("{{ x | date }}", "31.12.2026", "тридцать первое декабря"),
        ("до {{ x | date('gen') }}", "31.12.2026", "до тридцать первого декабря"),
        ("{{ x | date }}", "31.12.2027", "тридцать первое декабря две тысячи двадцать седьмого года"),
        ("{{ x | date(year='always') }}", "31.12.2026", "тридцать первое декабря две тысячи двадцать шестого года"),
        ("{{ x | date('ins', year='never') }}", "03.02.2000", "третьим февраля"),
        ("{{ x | date('dat') }}", "20.03.2000", "двадцатому марта двухтысячного года"),
        ("{{ x | date('gen') }}", "1/5/98", "первого мая тысяча девятьсот девяносто восьмого года"),
        ("{{ x | digits }}", "1070", "один ноль семь ноль"),
        ("{{ x | digits }}", "АБ-17/04", "а бэ, один семь, ноль четыре"),
        ("{{ x | phone }}", "+7 (912) 345-67-89", ("восемь, девятьсот двенадцать, триста сорок пять, "
         "шестьдесят семь, восемьдесят девять")),
        ("{{ x | phone }}", "88005553535", "восемь, восемьсот, пятьсот пятьдесят пять, тридцать пять, тридцать пять"),
        ("{{ x | phone }}", "9120050700", "восемь, девятьсот двенадцать, ноль ноль пять, ноль семь, ноль ноль"),
        ("{{ x | phone }}", "123-45-67", "сто двадцать три, сорок пять, шестьдесят семь"),
        ("{{ x | phone }}", "8 (495) 123-45-67 доб. 12", ("восемь, четыреста девяносто пять, сто двадцать три, "
         "сорок пять, шестьдесят семь, добавочный, один два")),
        ("{{ x | phone }}", "+375291234567", "плюс три семь пять, два девять, один два три, четыре пять, шесть семь"),
        ("{{ x | phone }}", "112", "сто двенадцать"),
    ],
)  # fmt: skip
def test_russian_phrases(template: str, value: str, expected: str) -> None:
    assert say(template, value) == expected


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("{{ x | money('USD') }}", "1", "one dollar"),
        ("{{ x | money('USD') }}", "1,234.50", "one thousand two hundred and thirty-four dollars and fifty cents"),
        ("{{ x | money('RUB', 'gen') }}", "21.01", "twenty-one rubles and one kopeck"),
        ("{{ x | money('EUR') }}", "0.02", "two cents"),
        ("{{ x | money('KZT') }}", "-5", "minus five tenge"),
        ("{{ x | money('BYN') }}", "1", "one Belarusian ruble"),
        ("{{ x | money('USD') }}", "1,234", "one thousand two hundred and thirty-four dollars"),
        ("{{ x | number }}", "-12.05", "minus twelve point zero five"),
        ("{{ x | ordinal }}", "112", "one hundred and twelfth"),
        ("{{ x | ordinal }}", "30", "thirtieth"),
        ("{{ x | count('day') }}", "1", "one day"),
        ("{{ x | count('working day') }}", "21", "twenty-one working days"),
        ("{{ x | count('person') }}", "2", "two people"),
        ("{{ x | count('ox', plural='oxen') }}", "2", "two oxen"),
        ("{{ x | count('policy') }}", "0", "zero policies"),
        ("{{ x | count('box') }}", "3", "three boxes"),
        ("{{ x | count('hour') }}", "1.5", "one point five hours"),
        ("{{ x | date }}", "31.12.2026", "the thirty-first of December"),
        ("{{ x | date }}", "2005-03-02", "the second of March two thousand and five"),
        ("{{ x | date }}", "12.10.1905", "the twelfth of October nineteen oh five"),
        ("{{ x | date }}", "20 May 1900", "the twentieth of May nineteen hundred"),
        ("{{ x | date(year='always') }}", "2026-01-01", "the first of January twenty twenty-six"),
        ("{{ x | digits }}", "10-A", "one zero, A"),
        ("{{ x | phone }}", "+1 212 555 0147", "plus one, two one two, five five five, zero one four seven"),
        ("{{ x | phone }}", "+12125550147", "plus one, two one two, five five five, zero one four seven"),
        ("{{ x | phone }}", "12125550147", "one, two one two, five five five, zero one four seven"),
        ("{{ x | phone }}", "(212) 555-0147", "two one two, five five five, zero one four seven"),
        ("{{ x | phone }}", "800.555.0147", "eight zero zero, five five five, zero one four seven"),
        ("{{ x | phone }}", "5550147", "five five five, zero one four seven"),
        ("{{ x | phone }}", "+44 20 7946 0958", "plus four four, two zero, seven nine four six, zero nine five eight"),
        ("{{ x | phone }}", "+442079460958", "plus four four, two zero, seven nine four six, zero nine five eight"),
        ("{{ x | phone }}", "+49 30 23456789", "plus four nine, three zero, two three four five, six seven eight nine"),
        ("{{ x | phone }}", "+99912345678", "plus nine, nine nine one, two three four, five six seven eight"),
        ("{{ x | phone }}", "020 7946 0958 ext. 12", ("zero two zero, seven nine four six, zero nine five eight, "
                                                      "extension, one two")),
        ("{{ x | phone }}", "112", "one one two"),
        ("{{ x | phone }}", "+79123456789", "plus seven, nine one two, three four five, six seven, eight nine"),
    ],
)  # fmt: skip
def test_english_phrases(template: str, value: str, expected: str) -> None:
    assert say(template, value, "en") == expected


def test_number_words_hold_no_digits() -> None:
    for number in (*range(1100), 10**6, 10**9, 10**12 - 1):
        assert not any(char.isdigit() for char in russian.cardinal(number) + english.cardinal(number))


def test_every_currency_has_six_cases_and_no_empty_form() -> None:
    for currency in CURRENCIES.values():
        for noun in (currency.whole, currency.part):
            assert all((*noun.singular, noun.few, *noun.plural))
            assert len(noun.singular) == len(noun.plural) == len(Case)


def test_the_dictionary_gives_the_usual_nouns() -> None:
    table = {
        "час": ("часа", "часов"), "неделя": ("недели", "недель"), "месяц": ("месяца", "месяцев"),
        "балл": ("балла", "баллов"), "платёж": ("платежа", "платежей"), "заявка": ("заявки", "заявок"),
        "звонок": ("звонка", "звонков"), "процент": ("процента", "процентов"), "место": ("места", "мест"),
        "бонус": ("бонуса", "бонусов"), "ребёнок": ("ребёнка", "детей"), "штука": ("штуки", "штук"),
        "счёт": ("счёта", "счетов"), "посещение": ("посещения", "посещений"), "ночь": ("ночи", "ночей"),
        "километр": ("километра", "километров"), "гость": ("гостя", "гостей"), "товар": ("товара", "товаров"),
    }  # fmt: skip
    for word, (few, many) in table.items():
        noun = countable(word)
        assert (plain(noun.after(2, Case.NOM)), plain(noun.after(5, Case.NOM))) == (plain(few), plain(many))
