"""The one list of filters: how each is made of its arguments, what it is for, what it can read, and how it sounds.

The parser, the checker, the reference and the tests are all drawn from it.  The filters themselves are in `filters`,
`filters_when` and `filters_who`; those that take more than a case and a gender are made in `makers`.
"""

from collections.abc import Callable
from typing import NamedTuple

from oklik.scenario.spoken import makers
from oklik.scenario.spoken.arguments import Arguments
from oklik.scenario.spoken.filters import Filter, Number, Ordinal, Phone
from oklik.scenario.spoken.filters_when import Weekday
from oklik.scenario.spoken.filters_who import Name, Surname


class Example(NamedTuple):
    """How a slot sounds on 2 March 2026."""

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


_NUMBERS = frozenset({"number", "digits"})

FILTERS: dict[str, FilterKind] = {
    "money": FilterKind(
        makers.money,
        "money(currency[, case][, kopecks='auto'|'always'][, preposition=…])",
        "Сумма с валютой; копейки — только когда они есть, или всегда",
        "An amount with its currency; hundredths only when there are any, or always",
        frozenset({"money", "number"}),
        (
            Example("{{ debt | money('RUB') }}", "21 001,50", "ru", "двадцать одна тысяча один рубль пятьдесят копеек"),
            Example("{{ debt | money('RUB', 'gen') }}", "1000 ₽", "ru", "одной тысячи рублей"),
            Example("{{ debt | money('RUB', kopecks='always') }}", "300", "ru", "триста рублей ноль копеек"),
            Example("{{ debt | money('RUB', preposition='с') }}", "100", "ru", "со ста рублей"),
            Example("{{ debt | money('RUB') }}", "-0,02", "ru", "минус две копейки"),
            Example("{{ debt | money('USD') }}", "$21.50", "en", "twenty-one dollars and fifty cents"),
            Example("{{ debt | money('EUR', kopecks='always') }}", "7", "en", "seven euros and zero cents"),
        ),
    ),
    "number": FilterKind(
        lambda arguments: makers.led(arguments, lambda case, _: Number(case, arguments.gender())),
        "number([case[, gender]][, preposition=…])",
        "Число словами",
        "A number in words",
        _NUMBERS,
        (
            Example("{{ n | number }}", "2,5", "ru", "две целых пять десятых"),
            Example("{{ n | number('nom', 'f') }}", "21", "ru", "двадцать одна"),
            Example("{{ n | number(preposition='о') }}", "11", "ru", "об одиннадцати"),
            Example("{{ n | number }}", "1,200", "en", "one thousand two hundred"),
            Example("{{ n | number }}", "-2.05", "en", "minus two point zero five"),
        ),
    ),
    "ordinal": FilterKind(
        lambda arguments: makers.led(arguments, lambda case, _: Ordinal(case, arguments.gender())),
        "ordinal([case[, gender]][, preposition=…])",
        "Порядковое число, от 0 до миллиарда",
        "An ordinal number, 0 to a billion",
        _NUMBERS,
        (
            Example("{{ n | ordinal('prep') }}", "3", "ru", "третьем"),
            Example("{{ n | ordinal('prep', 'm', preposition='в') }}", "2", "ru", "во втором"),
            Example("{{ n | ordinal }}", "125000", "ru", "стодвадцатипятитысячный"),
            Example("{{ n | ordinal }}", "21", "en", "twenty-first"),
        ),
    ),
    "count": FilterKind(
        makers.count,
        "count(noun[, case][, plural=…][, preposition=…][, gender=…][, animate='yes'])",
        "Число с существительным в нужной форме. Вместо слова из словаря можно дать три формы через черту, для одного, "
        "двух и пяти; к ним — gender и animate. plural — только для английского",
        "A number with its noun in the right form. A noun that no dictionary knows is given by its three forms, after "
        "one, two and five, with gender and animate where needed; plural is for English only",
        _NUMBERS,
        (
            Example("{{ n | count('день') }}", "22", "ru", "двадцать два дня"),
            Example("{{ n | count('день', 'gen') }}", "2,5", "ru", "двух с половиной дней"),
            Example("{{ n | count('рабочий день', 'acc') }}", "5", "ru", "пять рабочих дней"),
            Example("{{ n | count('человек', 'acc') }}", "2", "ru", "двух человек"),
            Example("{{ n | count('лайк|лайка|лайков') }}", "3", "ru", "три лайка"),
            Example("{{ n | count('день', preposition='о') }}", "1", "ru", "об одном дне"),
            Example("{{ n | count('day') }}", "1", "en", "one day"),
            Example("{{ n | count('goose', plural='geese') }}", "2", "en", "two geese"),
        ),
    ),
    "date": FilterKind(
        makers.date,
        "date([case][, year='auto'|'always'|'never'][, near='words'][, preposition=…])",
        "Дата; год — только если он не нынешний; near='words' — «сегодня», «завтра» и другие близкие дни словом",
        "A date; the year only when it is not this one; near='words' says today, tomorrow and other near days so",
        frozenset({"date"}),
        (
            Example("{{ due | date }}", "31.12.2026", "ru", "тридцать первое декабря"),
            Example("{{ due | date('gen') }}", "2027-01-05", "ru", "пятого января две тысячи двадцать седьмого года"),
            Example("{{ due | date(preposition='к', year='never') }}", "02.06.2027", "ru", "ко второму июня"),
            Example("{{ due | date('gen', near='words') }}", "03.03.2026", "ru", "завтра"),
            Example("{{ due | date(near='words', preposition='с') }}", "03.03.2026", "ru", "с завтрашнего дня"),
            Example("{{ due | date }}", "31/12/2026", "en", "the thirty-first of December"),
            Example("{{ due | date(near='words') }}", "04.03.2026", "en", "the day after tomorrow"),
        ),
    ),
    "weekday": FilterKind(
        lambda arguments: makers.led(arguments, lambda case, _: Weekday(case)),
        "weekday([case][, preposition=…])",
        "День недели, на который приходится дата",
        "The day of the week of a date",
        frozenset({"date"}),
        (
            Example("{{ visit | weekday }}", "31.12.2026", "ru", "четверг"),
            Example("{{ visit | weekday(preposition='в') }}", "29.12.2026", "ru", "во вторник"),
            Example("{{ visit | weekday(preposition='с') }}", "30.12.2026", "ru", "со среды"),
            Example("{{ visit | weekday }}", "2026-12-31", "en", "Thursday"),
        ),
    ),
    "time": FilterKind(
        makers.time,
        "time([case][, clock='24'|'12'][, style='short'|'full'][, preposition=…])",
        "Время суток; без clock по-русски — 24 часа, по-английски — 12; style='full' — со словами «часов» и «минут»",
        "A time of day; without clock 24 hours in Russian and 12 in English; style='full' is for Russian only",
        frozenset({"time", "date"}),
        (
            Example("{{ at | time('acc') }}", "14:30", "ru", "четырнадцать тридцать"),
            Example("{{ at | time('gen') }}", "15:05", "ru", "пятнадцати ноль пяти"),
            Example("{{ at | time }}", "15:00", "ru", "пятнадцать часов"),
            Example("{{ at | time(style='full') }}", "15:05", "ru", "пятнадцать часов ноль пять минут"),
            Example("{{ at | time('acc', clock='12') }}", "15:00", "ru", "три часа дня"),
            Example("{{ at | time }}", "14:30", "en", "two thirty in the afternoon"),
            Example("{{ at | time }}", "9 am", "en", "nine in the morning"),
            Example("{{ at | time(clock='24') }}", "14:05", "en", "fourteen oh five"),
        ),
    ),
    "digits": FilterKind(
        makers.digits,
        "digits([group='2'|'3'|'4'][, read='digits'|'numbers'])",
        "По одной цифре; буквы по названиям; group — по сколько вместе, read='numbers' — группы числами",
        "Digit by digit; letters by their names; group: how many together, read='numbers': groups as numbers",
        frozenset({"digits", "number", "text", "phone"}),
        (
            Example("{{ code | digits }}", "77-12А", "ru", "семь семь, один два а"),
            Example("{{ code | digits(group='2') }}", "1234", "ru", "один два, три четыре"),
            Example("{{ code | digits(group='2', read='numbers') }}", "4207", "ru", "сорок два, ноль семь"),
            Example("{{ code | digits }}", "AB 07", "en", "A B, zero seven"),
            Example("{{ code | digits(group='3') }}", "12345", "en", "one two, three four five"),
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
        "Фамилия, не склоняется; где её не узнать — имя целиком",
        "The surname, never declined; the whole name where it cannot be told",
        frozenset({"name"}),
        (
            Example("{{ client | surname }}", "Петрова Анна Сергеевна", "ru", "Петрова"),
            Example("{{ client | surname }}", "john smith", "en", "John Smith"),
        ),
    ),
    "gender": FilterKind(
        makers.gender,
        "gender(masculine, feminine[, neutral][, column=…])",
        "Слово по полу человека: по отчеству или по столбцу с полом",
        "A word by the person's gender, told by the patronymic or by a column",
        frozenset({"name", "text"}),
        (
            Example("{{ client | gender('должен', 'должна', 'должны') }}", "Петрова Анна Сергеевна", "ru", "должна"),
            Example("{{ client | gender('должен', 'должна', 'должны') }}", "Ли Саша", "ru", "должны"),
            Example("{{ sex | gender('sir', 'madam') }}", "f", "en", "madam"),
        ),
    ),
}
