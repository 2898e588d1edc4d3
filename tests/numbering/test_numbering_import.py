"""The files of the public register, as they are published, and what becomes of them.

DEF-9xx.csv is a small excerpt in the register's own form (https://opendata.digital.gov.ru/registry/numeric/): its first
four ranges are the register's, as public code quotes them; the others are made up.
"""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine

from campaigns.world import NOON, World
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.numbering import import_numbering, look
from oklik.dialing.numbering import NO_PLAN
from oklik.dialing.zones import ZoneRule
from oklik.store.numbering import current_plan, packed_plan

pytestmark = pytest.mark.integration
SAMPLE = Path(__file__).parent / "DEF-9xx.csv"
HEADER = "АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН"
OLD, LATIN = "АВС/ DEF;От;До;Емкость;Оператор;Регион", "ABC/ DEF; От ; До ;Емкость;Оператор;Регион"
LATER = NOON + dt.timedelta(days=1)


def file(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8", name: str = "a.csv") -> Path:
    made = tmp_path / name
    made.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
    return made


def test_a_file_of_the_register_comes_in_whole(engine: Engine, world: World) -> None:
    found = import_numbering(engine, SAMPLE, NOON)
    assert (found.names, found.ranges, found.before, found.refused) == (["DEF-9xx"], 7, 0, 0)
    assert found.numbers == 62_000 + 1_000 + 100_000 + 200_000 + 1_000 + 2_000
    assert found.unknown == {"Атлантида": 2}, "what nobody can place is told, and not dropped"
    assert world.all("SELECT operator FROM numbering_range WHERE first >= 9010000000 ORDER BY first") == [
        ('"Пример" АО',),
        ('ООО "Пример; и сыновья"',),
    ]
    assert world.all("SELECT name, source, ranges FROM numbering_file") == [("DEF-9xx", "DEF-9xx.csv", 7)]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+79000300000", ('ООО "ЕКАТЕРИНБУРГ-2000"', "Свердловская обл.", ["Asia/Yekaterinburg"], ZoneRule.PLAN)),
        ("+79000499999", ('ООО "ЕКАТЕРИНБУРГ-2000"', "Свердловская обл.", ["Asia/Yekaterinburg"], ZoneRule.PLAN)),
        ("+79005000500", ('ООО "Пример"', "Сахалинская область", ["Asia/Magadan"], ZoneRule.PLAN)),
        ("+79010000001", ('"Пример" АО', "Атлантида", None, ZoneRule.POSSIBLE)),
        ("+79000500000", ("", "", None, ZoneRule.POSSIBLE)),
        ("+73432123456", ("", "", ["Asia/Yekaterinburg"], ZoneRule.PREFIX)),
    ],
)
def test_a_number_is_looked_up(
    engine: Engine, number: str, expected: tuple[str, str, list[str] | None, ZoneRule]
) -> None:
    operator, region, zones, rule = expected
    import_numbering(engine, SAMPLE, NOON)
    with engine.connect() as conn:
        found = look(conn, number)
    assert (found.operator, found.region, found.rule) == (operator, region, rule)
    assert len(found.zones) == 11 if zones is None else found.zones == zones
    assert (found.country, found.kind) == ("RU", "landline" if number[2] == "3" else "mobile")


def test_a_file_takes_the_place_of_what_it_had_and_of_nothing_else(
    engine: Engine, world: World, tmp_path: Path
) -> None:
    import_numbering(engine, SAMPLE, NOON)
    landlines = file(
        tmp_path, "343;2000000;2999999;1000000;АО;г. Екатеринбург|Свердловская обл.;;1", name="ABC-3xx.csv"
    )
    assert import_numbering(engine, landlines, NOON).names == ["ABC-3xx"]
    shorter = file(tmp_path, "900;0000000;0061999;62000;ООО;Омская обл.;;1", name="new.csv")
    again = import_numbering(engine, shorter, LATER)
    assert (again.names, again.ranges, again.before) == (["DEF-9xx"], 1, 7)
    assert world.all("SELECT first FROM numbering_range ORDER BY 1") == [(3432000000,), (9000000000,)]
    assert world.all("SELECT name, source, imported_at FROM numbering_file ORDER BY 1") == [
        ("ABC-3xx", "ABC-3xx.csv", NOON),
        ("DEF-9xx", "new.csv", LATER),
    ]
    with engine.connect() as conn:
        assert current_plan(conn).zones("+79000000001") == {"Asia/Omsk"}


@pytest.mark.parametrize(
    ("header", "row", "encoding"),
    [
        (HEADER, '900;0000000;0061999;62000;ООО "Т2";Омская обл.;;1', "cp1251"),
        (HEADER, '900;0000000;0061999;62000;ООО "Т2";Омская обл.;;1', "utf-8-sig"),
        (OLD, '900\t;\t0000000\t;\t0061999\t;\t62000\t;\tООО "Т2"\t;\tОмская обл.', "cp1251"),
        (LATIN, '" 900";0000000;" 0061999";62000;"ООО ""Т2""";"Омская  обл."', "utf-8"),
    ],
)  # fmt: skip
def test_every_form_in_which_it_was_published_is_read(
    engine: Engine, tmp_path: Path, header: str, row: str, encoding: str
) -> None:
    import_numbering(engine, file(tmp_path, row, header=header, encoding=encoding), NOON)
    with engine.connect() as conn:
        found = look(conn, "+79000000001")
    assert (found.operator, found.region, found.zones) == ('ООО "Т2"', "Омская обл.", ["Asia/Omsk"])


def test_an_open_quotation_mark_swallows_nothing(engine: Engine, tmp_path: Path) -> None:
    rows = ['900;0000000;0000999;1000;"Ромашка;Омская обл.;;1', "900;0001000;0001999;1000;ООО;Омская обл.;;1"]
    assert import_numbering(engine, file(tmp_path, *rows), NOON).ranges == 2


def test_a_row_that_is_no_range_is_told_with_its_line(engine: Engine, tmp_path: Path) -> None:
    rows = [f"900;{n:03}0000;{n:03}9999;10000;ООО;Омская обл.;;1" for n in range(300)]
    found = import_numbering(engine, file(tmp_path, *rows, "90;1;2", rows[0]), NOON)
    assert (found.ranges, found.refused) == (300, 2)
    assert [(one.line, one.text["en"]) for one in found.shown] == [
        (302, "line 302: columns are missing"),
        (303, "line 303: a range from 9000000000 was there"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("<!DOCTYPE html><html>Ошибка</html>", "веб-страница"),
        ("PK\x03\x04", "книга Excel"),
        ("Телефон;ФИО\n79161234567;Иван\n", "строка 1: это не выписка из реестра"),
        (HEADER + "\n", "нет ни одного диапазона"),
        (HEADER + "\n900;5;1;1;ООО;Омская обл.;;1\n900;1;2;1;ООО;Омская обл.;;1\n", "строка 2: «900 5–1»"),
        ("", "файл пуст"),
    ],
)
def test_what_is_no_register_is_refused_and_the_old_one_stays(
    engine: Engine, tmp_path: Path, content: str, told: str
) -> None:
    import_numbering(engine, SAMPLE, NOON)
    bad = tmp_path / "bad.csv"
    bad.write_text(content, "utf-8")
    with pytest.raises(ListError) as error:
        import_numbering(engine, bad, LATER)
    assert told in error.value.text("ru")
    with engine.connect() as conn:
        assert current_plan(conn).zones("+79000300000") == {"Asia/Yekaterinburg"}


def test_a_process_loads_a_plan_once_and_again_when_it_has_changed(engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as conn:
        assert current_plan(conn) is NO_PLAN
        assert packed_plan(conn) is None
        conn.rollback()
        import_numbering(engine, SAMPLE, NOON)
        first = current_plan(conn)
        assert current_plan(conn) is first
        conn.rollback()
        import_numbering(engine, file(tmp_path, "900;0300000;0499999;200000;ООО;Омская обл.;;1"), LATER)
        second = current_plan(conn)
    assert second is not first
    assert (first.zones("+79000300000"), second.zones("+79000300000")) == ({"Asia/Yekaterinburg"}, {"Asia/Omsk"})


# -- the plan in every place that asks where somebody may be --

EVENING = dt.datetime(2025, 3, 4, 5, 0, tzinfo=dt.UTC)  # 08:00 in Moscow, 10:00 in Yekaterinburg


def test_the_claim_goes_by_the_register(engine: Engine, world: World) -> None:
    """A mobile of Yekaterinburg may be called at ten o'clock there; of all others it is too early in Moscow."""
    world.people(2, zone=None)
    world.all("UPDATE contact SET phones = ARRAY['+79000300000'] WHERE id = 1 RETURNING id")
    world.campaign()
    holder = world.holder()
    with engine.begin() as conn:
        assert World(conn).claim(holder, EVENING) == []
    import_numbering(engine, SAMPLE, NOON)
    world.all("UPDATE target SET due = :due RETURNING id", due=EVENING)
    with engine.begin() as conn:
        (claimed,) = World(conn).claim(holder, EVENING)
    assert (claimed.number, claimed.zone) == ("+79000300000", "Asia/Yekaterinburg")
    assert claimed.local.hour == 10


def test_a_retry_goes_by_the_register(engine: Engine, world: World) -> None:
    """Three hours after a call at 17:30 in Yekaterinburg is past nine there, though early enough in Moscow."""
    import_numbering(engine, SAMPLE, NOON)
    world.people(1, zone=None)
    world.all("UPDATE contact SET phones = ARRAY['+79000300000'] WHERE id = 1 RETURNING id")
    world.campaign()
    holder = world.holder()
    half_past_five = dt.datetime(2025, 3, 4, 12, 30, tzinfo=dt.UTC)
    later = half_past_five + dt.timedelta(hours=3, minutes=45)
    with engine.begin() as conn:
        (claimed,) = World(conn).claim(holder, half_past_five)
    with engine.begin() as conn:
        World(conn).finish(holder, claimed, later, sent=True, cause="NO_ANSWER", q850=19)
        due = World(conn).target(claimed).due
    assert due == dt.datetime(2025, 3, 5, 4, 0, tzinfo=dt.UTC), "nine in the morning of Yekaterinburg"
