"""The public numbering register and the regions it names."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oklik.dialing.numbering import BadPlan, Block, NumberingPlan, block_of, columns_of
from oklik.dialing.regions import known_names, zones_of_region
from oklik.dialing.zones import RUSSIA, tzinfo

HEADER = ["АВС/ DEF", "От", "До", "Емкость", "Оператор", "Регион", "Территория ГАР", "ИНН"]

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
    found = {"code": 0, "first": 1, "last": 2, "operator": 4, "region": 5, "territory": 6}
    assert columns_of(HEADER) == found
    assert columns_of(["\ufeffABC/DEF", " от ", "ДО", "Регион"]) == {"code": 0, "first": 1, "last": 2, "region": 3}
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


def test_where_the_region_is_left_out_the_territory_tells() -> None:
    """The register has a dash for the region of more than a thousand blocks, and the territory all the same."""
    row = _row("900", "1", "2", "-") | {"operator": 'ООО "Т2 Мобайл"', "territory": "Омская область"}
    block = block_of(row, 2)
    assert (block.region, block.place, block.operator) == ("", "Омская область", 'ООО "Т2 Мобайл"')
    assert block.zones() == {"Asia/Omsk"}
    assert block_of(_row("900", "1", "2", "Атлантида") | {"territory": "Омская обл."}, 2).zones() == {"Asia/Omsk"}
    assert block_of(_row("900", "1", "2", "Атлантида"), 2).zones() == set()


OMSK, KAMCHATKA, NONE = frozenset({"Asia/Omsk"}), frozenset({"Asia/Kamchatka"}), frozenset[str]()
PLAN = NumberingPlan(
    [
        (9131000000, 9131999999, OMSK),
        (9130000000, 9130999999, NONE),
        (9132000000, 9132000000, KAMCHATKA),
    ]
)


@pytest.mark.parametrize("plan", [PLAN, NumberingPlan.unpack(PLAN.pack())])
@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+79131000000", OMSK),
        ("+79131999999", OMSK),
        ("+79132000000", KAMCHATKA),
        ("+79132000001", NONE),
        ("+79129999999", NONE),
        ("+79130000000", NONE),
        ("+19131000000", NONE),
        ("+7913100000", NONE),
        ("+791310000OO", NONE),
        ("nonsense", NONE),
    ],
)
def test_a_number_is_looked_up_in_its_block(number: str, zones: frozenset[str], plan: NumberingPlan) -> None:
    assert plan.zones(number) == zones


def test_blocks_that_touch_are_one_and_no_plan_knows_nothing() -> None:
    joined = NumberingPlan([(9130000000, 9130000009, OMSK), (9130000010, 9130000019, OMSK)])
    apart = NumberingPlan([(9130000000, 9130000009, OMSK), (9130000011, 9130000019, OMSK)])
    assert (len(joined), len(apart), len(NumberingPlan())) == (1, 2, 0)
    assert joined.zones("+79130000010") == OMSK
    assert apart.zones("+79130000010") == NONE
    assert NumberingPlan().zones("+79131000000") == NONE


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), st.sampled_from([OMSK, KAMCHATKA, NONE])), max_size=12)
)
def test_the_later_start_decides_however_blocks_lie(told: list[tuple[int, int, frozenset[str]]]) -> None:
    blocks = {base: (9130000000 + base, 9130000000 + base + length, zones) for base, length, zones in told}
    plan = NumberingPlan.unpack(NumberingPlan(blocks.values()).pack())
    for digits in range(9130000000, 9130000085):
        started = [block for block in sorted(blocks.values(), key=lambda block: block[0]) if block[0] <= digits]
        expected = started[-1][2] if started and digits <= started[-1][1] else NONE
        assert plan.zones(f"+7{digits}") == expected


def test_equal_plans_have_equal_bytes() -> None:
    blocks = [(9130000000, 9130000009, OMSK), (9130000010, 9130000019, KAMCHATKA)]
    assert NumberingPlan(blocks).pack() == NumberingPlan(reversed(blocks)).pack()
    assert NumberingPlan(blocks).pack() != NumberingPlan(blocks[:1]).pack()
