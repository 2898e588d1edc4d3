"""The public numbering register and the regions it names."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oklik.dialing.numbering import BadPlan, Block, NumberingPlan, block_of, columns_of
from oklik.dialing.regions import known_names, zones_of_region
from oklik.dialing.zones import RUSSIA, tzinfo

HEADER = ["АВС/ DEF", "От", "До", "Емкость", "Оператор", "Регион", "ИНН"]

# The subjects of the Federation as the register writes them, by the hours they are ahead of UTC.
SUBJECTS = {
    2: "Калининградская обл.",
    3: """г. Москва|Московская обл.|г. Москва и Московская область|г. Санкт-Петербург и Ленинградская область|
        г. Севастополь|Республика Крым|Республика Адыгея (Адыгея)|Республика Дагестан|Республика Ингушетия|
        Кабардино-Балкарская Республика|Республика Калмыкия|Карачаево-Черкесская Республика|Республика Карелия|
        Республика Коми|Республика Марий Эл|Республика Мордовия|Республика Северная Осетия - Алания|
        Республика Татарстан (Татарстан)|Чеченская Республика|Чувашская Республика - Чувашия|Краснодарский край|
        Ставропольский край|Архангельская обл.|Белгородская обл.|Брянская обл.|Владимирская обл.|Волгоградская обл.|
        Вологодская обл.|Воронежская обл.|Ивановская обл.|Калужская обл.|Кировская обл.|Костромская обл.|
        Курская обл.|Липецкая обл.|Мурманская обл.|Нижегородская обл.|Новгородская обл.|Орловская обл.|
        Пензенская обл.|Псковская обл.|Ростовская обл.|Рязанская обл.|Смоленская обл.|Тамбовская обл.|
        Тверская обл.|Тульская обл.|Ярославская обл.|Ненецкий автономный округ|Донецкая Народная Республика|
        Луганская Народная Республика|Запорожская обл.|Херсонская обл.""",
    4: "Самарская обл.|Саратовская обл.|Ульяновская обл.|Удмуртская Республика|Астраханская обл.",
    5: """Республика Башкортостан|Курганская обл.|Оренбургская обл.|Пермский край|Свердловская обл.|
        Тюменская обл.|Челябинская обл.|Ханты-Мансийский автономный округ - Югра|Ямало-Ненецкий автономный округ""",
    6: "Омская обл.",
    7: """Республика Алтай|Алтайский край|Кемеровская область - Кузбасс|Красноярский край|Новосибирская обл.|
        Томская обл.|Республика Тыва|Республика Хакасия""",
    8: "Республика Бурятия|Иркутская обл.",
    9: "Амурская обл.|Забайкальский край",
    10: "Приморский край|Хабаровский край|Еврейская автономная область",
    11: "Магаданская обл.|Сахалинская обл.",
    12: "Камчатский край|Чукотский автономный округ",
}


def _hours(zone: str) -> float:
    offset = dt.datetime(2026, 1, 15, tzinfo=tzinfo(zone)).utcoffset()
    assert offset is not None
    return offset.total_seconds() / 3600


@pytest.mark.parametrize(
    ("name", "hours"),
    [(" ".join(name.split()), hours) for hours, names in SUBJECTS.items() for name in names.split("|")],
)
def test_every_subject_of_the_federation_has_its_clock(name: str, hours: int) -> None:
    (zone,) = zones_of_region(name)
    assert _hours(zone) == hours


@pytest.mark.parametrize(
    ("name", "zones"),
    [
        ("обл. Свердловская", {"Asia/Yekaterinburg"}),
        ("г.о. Воронеж|Воронежская обл.", {"Europe/Moscow"}),
        ("р-н Мирнинский|Республика Саха (Якутия)", {"Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan"}),
        ("Респ Саха /Якутия/", {"Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan"}),
        ("  ЕКАТЕРИНБУРГ ", {"Asia/Yekaterinburg"}),
        ("г. Орёл", {"Europe/Moscow"}),
        ("Ростов–на–Дону", {"Europe/Moscow"}),
        ("г. Кировск|Ленинградская обл.", {"Europe/Moscow"}),
        ("Омская обл. и Томская обл.", {"Asia/Omsk", "Asia/Krasnoyarsk"}),
        ("Российская Федерация", set()),
        ("Атлантида", set()),
        ("", set()),
        ("|", set()),
    ],
)
def test_a_region_is_known_as_people_write_it(name: str, zones: set[str]) -> None:
    assert zones_of_region(name) == zones


def test_all_zones_are_russias() -> None:
    assert frozenset().union(*(zones_of_region(name) for name in known_names())) == RUSSIA
    assert all(zones_of_region(name) for name in known_names())


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_regions(text: str) -> None:
    assert zones_of_region(text) <= RUSSIA


def test_the_registers_columns_are_found_by_their_headings() -> None:
    assert columns_of(HEADER) == {"code": 0, "first": 1, "last": 2, "region": 5}
    assert columns_of(["\ufeffABC/DEF", " от ", "ДО", "Регион"])["region"] == 3
    with pytest.raises(BadPlan, match="'регион'") as told:
        columns_of(HEADER[:5])
    assert "нет столбца «регион»" in told.value.text["ru"]


def _row(code: str, first: str, last: str, region: str = "Омская обл.") -> dict[str, str]:
    return {"code": code, "first": first, "last": last, "region": region}


def test_a_row_becomes_a_block() -> None:
    assert block_of(_row("913", " 1000000", "1999999", "Омская  обл."), 2) == Block(
        9131000000, 9131999999, "Омская обл."
    )


@pytest.mark.parametrize(
    "row",
    [
        _row("91", "1", "2"),
        _row("913", "2", "1"),
        _row("913", "12345678", "12345679"),
        _row("9l3", "1", "2"),
        _row("913", "", "2"),
        _row("913", "١", "2"),
        _row("913", "-1", "2"),
    ],
)
def test_a_row_that_is_no_block_is_refused_by_its_line(row: dict[str, str]) -> None:
    with pytest.raises(BadPlan, match="line 7"):
        block_of(row, 7)


PLAN = NumberingPlan(
    [
        Block(9131000000, 9131999999, "Омская обл."),
        Block(9130000000, 9130999999, "Атлантида"),
        Block(9132000000, 9132000000, "Камчатский край"),
    ]
)


@pytest.mark.parametrize(
    ("number", "region", "zones"),
    [
        ("+79131000000", "Омская обл.", {"Asia/Omsk"}),
        ("+79131999999", "Омская обл.", {"Asia/Omsk"}),
        ("+79132000000", "Камчатский край", {"Asia/Kamchatka"}),
        ("+79132000001", None, set()),
        ("+79129999999", None, set()),
        ("+79130000000", "Атлантида", set()),
        ("+19131000000", None, set()),
        ("+7913100000", None, set()),
        ("nonsense", None, set()),
    ],
)
def test_a_number_is_looked_up_in_its_block(number: str, region: str | None, zones: set[str]) -> None:
    assert PLAN.region(number) == region
    assert PLAN.zones(number) == zones


def test_a_plan_says_which_regions_it_cannot_place() -> None:
    assert PLAN.unknown_regions() == ("Атлантида",)
    assert len(PLAN) == 3
    assert len(NumberingPlan()) == 0
    assert NumberingPlan().zones("+79131000000") == frozenset()
