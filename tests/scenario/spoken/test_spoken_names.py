"""Names as lists hold them: what is said, and which gender it tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.names import read_gender, read_name

CASES = [
    # cell, spoken, surname, gender
    ("ИВАНОВ ИВАН ИВАНОВИЧ", "Иван Иванович", "Иванов", "m"),
    ("иванов иван иванович", "Иван Иванович", "Иванов", "m"),
    ("Иванова Анна Сергеевна", "Анна Сергеевна", "Иванова", "f"),
    ("Иван Иванович Иванов", "Иван Иванович", "Иванов", "m"),
    ("Анна Ильинична Ким", "Анна Ильинична", "Ким", "f"),
    ("Иван Иванович", "Иван Иванович", "", "m"),
    ("  Иванов\u00a0 Иван   Иванович ", "Иван Иванович", "Иванов", "m"),
    ("Иванов Иван Иванович (жена)", "Иван Иванович", "Иванов", "m"),
    ("Петрова Анна Сергеевна - мать", "Анна Сергеевна", "Петрова", "f"),
    ("Петрова Анна Сергеевна, мать", "Анна Сергеевна", "Петрова", "f"),
    ("Петрова Анна Сергеевна 1985 г.р.", "Анна Сергеевна", "Петрова", "f"),
    ("Петрова (Сидорова) Анна Сергеевна", "Анна Сергеевна", "Петрова", "f"),
    ("Иванов, Иван Иванович", "Иван Иванович", "Иванов", "m"),
    ("Иванов Пётр Ильич", "Пётр Ильич", "Иванов", "m"),
    ("Лукич Фома Кузьмич", "Фома Кузьмич", "Лукич", "m"),
    ("САЛТЫКОВ-ЩЕДРИН МИХАИЛ ЕВГРАФОВИЧ", "Михаил Евграфович", "Салтыков-Щедрин", "m"),
    ("петрова-водкина анна-мария львовна", "Анна-Мария Львовна", "Петрова-Водкина", "f"),
    ("Гарсия Лопес Мария Хосевна", "Мария Хосевна", "Гарсия Лопес", "f"),
    ("Роман Аркадьевич Абрамович", "Роман Аркадьевич", "Абрамович", "m"),
    ("Абрамович Роман Аркадьевич", "Роман Аркадьевич", "Абрамович", "m"),
    ("Анна Абрамович", "Анна Абрамович", "Абрамович", None),
    ("Абрамович Анна", "Анна Абрамович", "Абрамович", None),
    ("Мамедов Али Гасан оглы", "Али Гасан оглы", "Мамедов", "m"),
    ("МАМЕДОВА ЛЕЙЛА ГАСАН КЫЗЫ", "Лейла Гасан кызы", "Мамедова", "f"),
    ("Мамедов Али Гасан-оглы", "Али Гасан-оглы", "Мамедов", "m"),
    ("Иванов И.И.", "Иванов", "Иванов", None),
    ("иванов и.и.", "Иванов", "Иванов", None),
    ("И.И. Иванов", "Иванов", "Иванов", None),
    ("Иванов И. И.", "Иванов", "Иванов", None),
    ("Иванов Иван И.", "Иван Иванов", "Иванов", None),
    ("Иванов Иван", "Иван Иванов", "Иванов", None),
    ("Иван Иванов", "Иван Иванов", "Иванов", None),
    ("Петрова Анна", "Анна Петрова", "Петрова", None),
    ("Дзагоев Тхостик", "Дзагоев Тхостик", "", None),
    ("Иван", "Иван", "", None),
    ("ИВАНОВ", "Иванов", "", None),
    ("JOHN SMITH", "John Smith", "", None),
    ("Mary-Jane O'NEIL", "Mary-Jane O'Neil", "", None),
    ("Ludwig van Beethoven", "Ludwig van Beethoven", "", None),
    ("Mr. John Smith", "John Smith", "", "m"),
    ("г-жа Петрова", "Петрова", "", "f"),
    ("ИП Иванов Иван Иванович", "Иван Иванович", "Иванов", "m"),
    ("ООО «Ромашка»", "ООО Ромашка", "", None),
    ("Нгуен Ван Хынг", "Нгуен Ван Хынг", "", None),
    ("Иванов Иван Иванович и Иванова Анна Петровна", "Иван Иванович", "Иванов", "m"),
    ("Иванов Иван Иванович/Петров", "Иван Иванович", "Иванов", "m"),
    ("Артёмов Семён Фёдорович", "Семён Фёдорович", "Артёмов", "m"),
    ("Иванов_Иван_Иванович", "Иван Иванович", "Иванов", "m"),
]


@pytest.mark.parametrize(("cell", "spoken", "surname", "gender"), CASES)
def test_names(cell: str, spoken: str, surname: str, gender: str | None) -> None:
    name = read_name(cell)
    assert (name.spoken, name.surname, name.gender) == (spoken, surname, gender)


@pytest.mark.parametrize("cell", ["", "   ", "123", "---", "(жена)", "+7 912"])
def test_cells_without_a_name(cell: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_name(cell)
    assert caught.value.expected == "name"


@pytest.mark.parametrize(
    ("value", "gender"),
    [("м", "m"), ("Ж", "f"), ("муж.", "m"), ("жен", "f"), ("Female", "f"), ("male", "m"), ("мужской", "m"),
     ("", None), ("?", None), ("Саша", None), ("Женя Петров", None), ("Кузнец Анна Львовна", "f")],
)  # fmt: skip
def test_gender_by_column_or_patronymic(value: str, gender: str | None) -> None:
    assert read_gender(value) == gender


@given(st.text(max_size=40))
def test_any_cell_gives_a_name_or_is_refused(cell: str) -> None:
    try:
        name = read_name(cell)
    except Unreadable:
        return
    assert name.spoken == " ".join(name.spoken.split())
    assert any(char.isalpha() for char in name.spoken)
