"""The pronunciation dictionary, its files, and stress marks on their way to an engine."""

from pathlib import Path

import pytest

from oklik.speech.dictionary import Dictionary, DictionaryError, load_dictionary
from oklik.speech.engines.base import Stress

SHIPPED = Path(__file__).parents[2] / "prompts"
WORDS = Dictionary(
    {"ru": {"ООО": "о-о-о", "руб.": "рублей", "долга": "до́лга", "№": "номер", "%": "процентов", "то": "ТО"}}
)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("ООО «Ромашка»", "о-о-о «Ромашка»"),
        ("ооо, как жаль", "ооо, как жаль"),  # an entry with capitals holds as written
        ("сумма долга", "сумма до́лга"),
        ("Долга нет", "До́лга нет"),
        ("недолга и долгая", "недолга и долгая"),  # whole words only
        ("сто руб. завтра", "сто рублей завтра"),
        ("сто руб.", "сто рублей."),  # it ended the sentence
        ("сто руб., двести", "сто рублей, двести"),
        ("договор №5 на 7%", "договор номер 5 на 7 процентов"),
        ("то", "ТО"),  # a reading is not read again
        ("до́лга", "до́лга"),  # marked by the author already
    ],
)
def test_words_are_read(text: str, heard: str) -> None:
    assert WORDS.read(text, "ru") == heard


def test_a_language_without_entries_is_left_alone() -> None:
    assert WORDS.read("ООО %", "en") == "ООО %"
    assert Dictionary().read("ООО", "ru") == "ООО"


def test_the_longest_entry_wins() -> None:
    words = Dictionary({"ru": {"т.": "том", "т. е.": "то есть", "т. д.": "так далее"}})
    assert words.read("т. е. и т. д. и т. 1", "ru") == "то есть и так далее и том 1"


def test_a_file_of_ones_own_goes_over_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("language: ru\nwords: {ООО: общество, АО: '', Пупкин: Пу́пкин}", encoding="utf-8")
    words = load_dictionary(SHIPPED, own)
    assert words.read("ООО АО ПАО Пупкин", "ru") == "общество АО па-о́ Пу́пкин"
    assert words.read("5 %", "en") == "5 percent"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("language: ru\nwords: [a]", "a mapping"),
        ("words: {a: b}", "the keys language and words"),
        ("language: ru\nwords: {a: b}\nmore: 1", "the keys language and words"),
        ("language: ru\nwords: {5: b}", "quotes"),
        ("language: ru\nwords: {нет: no}", "quotes"),
        ("language: [", "own.yaml: "),
    ],
)
def test_a_bad_file_is_named(content: str, why: str, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(content, encoding="utf-8")
    with pytest.raises(DictionaryError, match=why) as caught:
        load_dictionary(own)
    assert str(own) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_an_error() -> None:
    with pytest.raises(DictionaryError, match="No such file"):
        load_dictionary(Path("/nowhere.yaml"))


def test_the_shipped_dictionaries_are_sound() -> None:
    words = load_dictionary(SHIPPED).to_json()
    assert set(words) == {"ru", "en"}
    for entries in words.values():
        for word, reading in entries.items():
            # a stress mark stands after a vowel, and nowhere else
            for at, sign in enumerate(reading):
                assert sign != "\u0301" or reading[at - 1].lower() in "аеиоуыэюя", (word, reading)


@pytest.mark.parametrize(
    ("stress", "written"),
    [
        (Stress.NONE, "замок и Отель"),
        (Stress.ACUTE, "за́мок и О́тель"),
        (Stress.PLUS_BEFORE, "з+амок и +Отель"),
        (Stress.QUOTE_AFTER, "за'мок и О'тель"),
    ],
)
def test_each_engine_gets_stress_as_it_wants_it(stress: Stress, written: str) -> None:
    assert stress.write("за́мок и О́тель") == written
