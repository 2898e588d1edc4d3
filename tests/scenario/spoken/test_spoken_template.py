"""Templates: the syntax and its errors, the pieces of speech, and what they cost."""

import datetime as dt
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oklik.scenario.flow import Say
from oklik.scenario.spoken import (
    EXPECTED,
    SpokenError,
    TemplateError,
    ValueMissing,
    ValueUnreadable,
    join,
    parse_template,
)
from support.patience import cheaply

FATHERS = ("Петр", "Семен", "Иван", "Марк")
TODAY = dt.date(2026, 11, 22)


def speak(text: str, language: str = "ru", recording: str | None = None, **values: str) -> tuple[Say, ...]:
    return parse_template(text).speak(
        values, language=language, today=TODAY, personal={"debt", "client"}, recording=recording
    )


def texts(text: str, language: str = "ru", **values: str) -> list[str]:
    return [piece.text for piece in speak(text, language, **values)]


def test_pieces_fixed_and_slots() -> None:
    text = "Здравствуйте, {{ client | name }}! Ваш долг {{ debt | money('RUB') }}, срок {{ due | date }}."
    values = {"client": "ИВАНОВ ИВАН ИВАНОВИЧ", "debt": "21,50", "due": "31.12.2026"}
    assert speak(text, **values) == (
        Say(text="Здравствуйте,", language="ru"),
        Say(text="Иван Иванович!", language="ru", personal=True),
        Say(text="Ваш долг", language="ru"),
        Say(text="двадцать один рубль пятьдесят копеек", language="ru", personal=True, composed=True),
        Say(text=", срок", language="ru"),
        Say(text="тридцать первое декабря.", language="ru", composed=True),
    )


def test_fields_slots_and_positions() -> None:
    template = parse_template("Вы {{ client | gender('рад', 'рада', column='sex') }} {{ n|count('день','gen') }}?")
    assert template.fields == {"client", "sex", "n"}
    assert [(slot.name, slot.filter, slot.args, slot.position) for slot in template.slots] == [
        ("client", "gender", ("рад", "рада"), 3),
        ("n", "count", ("день", "gen"), 54),
    ]
    assert parse_template("просто текст").fields == frozenset()


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("Долг {{ debt | mony('RUB') }}", 15),
        ("Долг {{ debt", 5),
        ("Долг {{ debt }", 5),
        ("Долг {{ debt | money('RUB) }}", 5),
        ("Долг { debt }", 5),
        ("Долг }} debt", 5),
        ("Долг {{ a {{ b }} }}", 5),
        ("{{ }}", 3),
        ("{{ debt | }}", 10),
        ("{{ debt | money }}", 10),
        ("{{ debt | money('ABC') }}", 16),
        ("{{ debt | money('RUB', 'кто') }}", 23),
        ("{{ debt | money('RUB', 'gen', 'x') }}", 30),
        ("{{ debt | money(RUB) }}", 19),
        ("{{ debt | money('RUB' }}", 22),
        ("{{ debt | money('RUB',) }}", 22),
        ("{{ debt | money(5) }}", 16),
        ("{{ debt | money('RUB') | date }}", 23),
        ("{{ debt.sum }}", 7),
        ("{{ debt + 1 }}", 8),
        ("{{ 5 }}", 3),
        ("{{ due | date(year='sometimes') }}", 19),
        ("{{ due | date(yaer='never') }}", 19),
        ("{{ due | date(year='never', year='auto') }}", 28),
        ("{{ due | date(year='never', 'gen') }}", 28),
        ("{{ n | count }}", 7),
        ("{{ n | count('зюзюка') }}", 13),
        ("{{ n | count('сутки') }}", 13),
        ("{{ n | count('бежать') }}", 13),
        ("{{ n | count('дни') }}", 13),
        ("{{ n | digits('a') }}", 14),
        ("{{ c | gender('должен') }}", 7),
        ("{{ c | gender('', 'а') }}", 14),
        ("{% if x %}", 0),
    ],
)
def test_errors_name_the_position(text: str, position: int) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(text)
    assert caught.value.position == position, caught.value
    for language in ("ru", "en"):
        line = caught.value.text(language)
        assert "\n" not in line
        assert str(position + 1) in line


def test_braces_and_templates_in_values_are_only_text() -> None:
    evil = "{{ debt | money('RUB') }} {% x %} {0} %s ${a}"
    assert texts("Клиент: {{ note }}", note=evil) == ["Клиент:", evil]
    assert texts("{{ note }}", note="a\n\tb\x00c") == ["a b c"]


def test_literals_may_hold_braces_and_the_other_quote() -> None:
    assert texts("{{ c | gender(\"он}} и 'сам'\", 'она') }}", c="м") == ["он}} и 'сам'"]


def test_missing_and_unreadable_values() -> None:
    with pytest.raises(ValueMissing) as missing:
        texts("{{ debt | money('RUB') }}")
    assert missing.value.name == "debt"
    assert missing.value.text("ru") == "нет значения «debt»"
    with pytest.raises(ValueMissing):
        texts("{{ note }}", note=" \u00a0 ")
    with pytest.raises(ValueUnreadable) as unreadable:
        texts("{{ debt | money('RUB') }}", debt="сто")
    assert (unreadable.value.name, unreadable.value.value, unreadable.value.expected) == ("debt", "сто", "money")
    assert "«debt»: «сто» не читается" in unreadable.value.text("ru")
    with pytest.raises(ValueUnreadable):
        texts("{{ note }}", note="—")


def test_every_expectation_is_worded_in_both_languages() -> None:
    for code in EXPECTED:
        error = ValueUnreadable("x", "y", code)
        assert error.text("ru") != error.text("en")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Вы {{ a }}? Да или нет?", ["Вы", "сто?", "Да или нет?"]),  # asked, and heard so
        ("«{{ a }}»?! Да.", ["сто?", "Да."]),
        ("Привет, {{ a }}!", ["Привет,", "сто!"]),
        ("Долг {{ a }}. Срок — {{ b }}.", ["Долг", "сто", ". Срок —", "два."]),  # one clip of the value, mark or not
        ("Долг {{ a }}, срок {{ b }}", ["Долг", "сто", ", срок", "два"]),
        ("{{ a }} – это много", ["сто", "– это много"]),
        ("{{ a }} – {{ b }}!", ["сто –", "два!"]),  # no words between that could carry the mark
        ("{{ a }}, {{ b }}", ["сто,", "два"]),
        ("{{ a }}-й дом", ["сто", "й дом"]),
        ("Сумма: «{{ a }}», – спасибо.", ["Сумма:", "сто", ", спасибо."]),
        ("{{ a }}... {{ b }}…", ["сто.", "два…"]),
        ("{{ a }}, {{ c | gender('рад', 'рада') }}.", ["сто", ", рад."]),
        ("{{ a }}? {{ c | gender('Рад', 'Рада') }} {{ b }}", ["сто?", "Рад", "два"]),
        ("Нажмите {{ a }} *", ["Нажмите", "сто", "звёздочку"]),
        ("  Добрый \n  день. ", ["Добрый день."]),
        (" … ", []),
    ],
)
def test_marks_are_where_they_are_heard(text: str, pieces: list[str]) -> None:
    assert texts(text, a="сто", b="два", c="м") == pieces


def test_the_mark_of_a_value_is_not_doubled() -> None:
    assert texts("Город {{ a }}.", a="Омск.") == ["Город", "Омск."]
    assert texts("Вы {{ a }}?", a="г. Омск.") == ["Вы", "г. Омск?"]


def test_joined_pieces_read_as_the_text() -> None:
    text = "Вы {{ client }}? Долг {{ n }}, а срок — {{ due }}. Да – 1; {{ n }} – это {{ n }}!"
    pieces = speak(text, client="Иван", n="сто", due="завтра")
    assert join(pieces) == "Вы Иван? Долг сто, а срок — завтра. Да – один; сто – это сто!"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Да – 1, нет – 2, не знаю такого – 3.", "Да – один, нет – два, не знаю такого – три."),
        ("Нажмите 1 или 0", "Нажмите один или ноль"),
        ("Закончите ввод клавишей #.", "Закончите ввод клавишей решёткой."),
        ("Оцените от 0 до 10.", "Оцените от нуля до десяти."),
        ("Число от 1 до 31 и решётку.", "Число от одного до тридцати одного и решётку."),
        ("Звоните с 9 по 18.", "Звоните с девяти по восемнадцать."),
        ("Если да, нажмите 1; если нет, 2; оператор: 0.", "Если да, нажмите один; если нет, два; оператор: ноль."),
        ("Для повтора нажмите *.", "Для повтора нажмите звёздочку."),
    ],
)
def test_lone_keys_become_words(text: str, spoken: str) -> None:
    assert texts(text) == [spoken]


@pytest.mark.parametrize(
    "text",
    [
        "Тариф на 5 дней",
        "Дом 5а",
        "Ставка 3,5 %",
        "5-й этаж",
        "версия 1.2.",
        "в 10:30.",
        "не более 3.",
        "до 5 или 6 мая",
        "+7 и 8-800",
    ],
)
def test_other_digits_are_left_to_the_engine(text: str) -> None:
    assert texts(text) == [text]


def test_keys_in_english() -> None:
    assert texts("Press 1 or 2, then #.", "en") == ["Press one or two, then the hash key."]
    assert texts("Rate us from 0 to 10.", "en") == ["Rate us from zero to ten."]


def test_gender_forms_are_fixed_text() -> None:
    text = "Вы {{ client | gender('должен', 'должна', 'должны') }} нам."
    for client, words in (
        ("Иванов Иван Иванович", "Вы должен нам."),
        ("Иванова Анна Ивановна", "Вы должна нам."),
        ("Иванова Анна", "Вы должны нам."),
        ("ж", "Вы должна нам."),
        ("", "Вы должны нам."),
    ):
        assert speak(text, client=client) == (Say(text=words, language="ru"),)


def test_gender_by_another_column_and_unknown() -> None:
    text = "{{ client | gender('рад', 'рада', column='sex') }}"
    assert texts(text, client="Иванова Анна", sex="жен") == ["рада"]
    assert texts(text, client="", sex="м") == ["рад"]
    assert texts(text, client="Иванов Иван Иванович", sex="ж") == ["рад"]
    with pytest.raises(ValueUnreadable) as caught:
        texts(text, client="Иванова Анна", sex="-")
    assert caught.value.expected == "gender"
    with pytest.raises(ValueMissing):
        texts(text, client="")


def test_recordings() -> None:
    assert speak("Добрый день!", recording="hello") == (Say(text="Добрый день!", language="ru", recording="hello"),)
    pieces = speak("Долг {{ debt | number }}, срок {{ debt | number }}.", recording="k", debt="5")
    assert [piece.recording for piece in pieces] == ["k.1", None, "k.2", None]
    pieces = speak("{{ debt | number }} и всё", recording="k", debt="5")
    assert [piece.recording for piece in pieces] == [None, "k.1"]
    (piece,) = speak("Вы {{ client | gender('рад', 'рада') }}", recording="k", client="м")
    assert piece.recording is None


def test_a_language_without_numerals_still_speaks_texts() -> None:
    assert texts("Guten Tag, {{ note }}", "de", note="Anna") == ["Guten Tag,", "Anna"]
    with pytest.raises(TemplateError):
        texts("{{ debt | money('EUR') }}", "de", debt="5")
    with pytest.raises(TemplateError):
        texts("{{ n | count('day') }}", "ru", n="5")
    with pytest.raises(TemplateError):
        parse_template("{{ n | count('день') }}").check("en")


@given(st.text(alphabet="{}|()'\",= aд1\n", max_size=30))
def test_any_text_parses_or_says_where_it_fails(text: str) -> None:
    try:
        template = parse_template(text)
    except TemplateError as error:
        assert 0 <= error.position <= len(text)
    else:
        try:
            template.speak(dict.fromkeys(template.fields, "1"), language="ru", today=TODAY, personal=())
        except SpokenError:
            pytest.fail("a template that parses speaks a plain value")


def test_importing_does_not_load_the_dictionary() -> None:
    code = "import sys, oklik.scenario.spoken; sys.exit('pymorphy3' in sys.modules or 'num2words' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_contact_costs_little_once_warm() -> None:
    template = parse_template("{{ c | name }}, долг {{ debt | money('RUB', 'gen') }}, до {{ due | date('gen') }}")
    values = [
        {
            "c": f"Иванов Иван {FATHERS[n // 500]}{chr(1072 + n % 32) * 2}ович",
            "debt": f"{n * 377 % 99991},{n % 100:02}",
            "due": f"{n % 28 + 1}.11.2026",
        }
        for n in range(2000)
    ]
    for value in values[:1000]:
        template.speak(value, language="ru", today=TODAY, personal={"c"})
    best = min(_timed(template, values[at : at + 100]) for at in range(1000, 2000, 100))
    cheaply(best / 100, 150e-6)


def _timed(template, values) -> float:
    start = time.process_time()
    for value in values:
        template.speak(value, language="ru", today=TODAY, personal={"c"})
    return time.process_time() - start


@pytest.mark.parametrize(
    ("slot", "ru"),
    [
        ("{{ x | money('RUR') }}", "money: валюта «RUR»: нужно одно из: RUB, USD, EUR"),
        ("{{ x | money('RUB', 'instr') }}", "money: падеж «instr»: нужно одно из: nom, gen"),
        ("{{ x | number('nom', 'x') }}", "number: род «x»: нужно одно из: m, f, n"),
        ("{{ x | date(year='no') }}", "date: год (year) «no»: нужно одно из: auto"),
        ("{{ x | count }}", "count: не указано: существительное"),
        ("{{ x | gender('a') }}", "gender: не указано: форма для женщины"),
        ("{{ x | gender('a', 'b', column=1) }}", "gender: столбец (column): нужен текст в кавычках"),
    ],
)
def test_bad_arguments_are_told_in_russian(slot: str, ru: str) -> None:
    with pytest.raises(TemplateError) as bad:
        parse_template(slot)
    assert ru in bad.value.text("ru")
