"""Files of numbers and of consents: everything usable is taken, every wrong row is named."""

import datetime as dt
from pathlib import Path

import pytest

from oklik.campaigns.consents import ConsentRefused
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.number_files import Defaults, purpose_code, read_consents, read_moment, read_numbers

NOW = dt.datetime(2025, 3, 10, 9, 0, tzinfo=dt.UTC)
MOSCOW = "Europe/Moscow"


def put(folder: Path, *lines: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_every_number_of_a_file_and_every_wrong_row(tmp_path: Path) -> None:
    found = read_numbers(
        put(
            tmp_path,
            "Имя;Телефон;Ещё телефон",
            "А;8 (916) 000-00-01;",
            "Б;112;",
            "В;89160000001;89160000002",  # the first one again, with a second that nobody may lose
            "Г;89160000003;8916000",
            "Итого;;",
        )
    )
    assert found.numbers == ["+79160000001", "+79160000002", "+79160000003"]
    assert [(one.row, one.text["ru"].split(":")[0]) for one in found.wrong] == [
        (3, "короткий или служебный номер"),
        (5, "в номере не хватает цифр"),
        (6, "строка итогов, а не человек"),
    ]


def test_a_bare_column_of_numbers_is_a_list(tmp_path: Path) -> None:
    assert read_numbers(put(tmp_path, "89160000001", "89160000002")).numbers == ["+79160000001", "+79160000002"]


def test_a_file_without_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListError):
        read_numbers(put(tmp_path, "Имя;Город", "А;Омск"))


def test_consents_say_what_they_say_and_defaults_the_rest(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "Телефон;Цель;Источник;Версия;Текст;Дата",
        "89160000001;реклама;сайт;2;Согласен;05.03.2025 14:30",
        "89160000002;;;;;",
        "89160000003;спам;сайт;2;;05.03.2025",
        "89160000004;опрос;сайт;2;;вчера",
        "89160000005;опрос;сайт;2;;05.03.2026",
        "89160000006;Survey;site;2;;2025-03-05T14:30:00+05:00",
    )
    defaults = Defaults(purpose="debt", source="договор", text_version="1", given_at=NOW)
    given, wrong = read_consents(path, defaults, zone=MOSCOW, now=NOW)
    first, second, third = given
    assert (first.number, first.purpose, first.source, first.text_version, first.text) == (
        "+79160000001",
        "advertising",
        "сайт",
        "2",
        "Согласен",
    )
    assert first.given_at == dt.datetime(2025, 3, 5, 11, 30, tzinfo=dt.UTC)
    assert (second.purpose, second.source, second.text_version, second.given_at) == ("debt", "договор", "1", NOW)
    assert (third.purpose, third.given_at) == ("survey", dt.datetime(2025, 3, 5, 9, 30, tzinfo=dt.UTC))
    assert [one.row for one in wrong] == [4, 5, 6]
    assert ["спам" in wrong[0].text["ru"], "вчера" in wrong[1].text["ru"], "будущего" in wrong[2].text["ru"]] == [
        True
    ] * 3


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    path = put(tmp_path, "Телефон", "89160000001")
    for defaults, word in (
        (Defaults(purpose="debt", source="x", text="y"), "когда"),
        (Defaults(source="x", text="y", given_at=NOW), "на какие звонки"),
        (Defaults(purpose="debt", text="y", given_at=NOW), "где"),
        (Defaults(purpose="debt", source="x", given_at=NOW), "текст"),
    ):
        given, (wrong,) = read_consents(path, defaults, zone=MOSCOW, now=NOW)
        assert given == []
        assert word in wrong.text["ru"]


def test_moments() -> None:
    assert read_moment("05.03.2025", MOSCOW) == dt.datetime(2025, 3, 4, 21, 0, tzinfo=dt.UTC)
    assert read_moment("2025-03-05", "UTC") == dt.datetime(2025, 3, 5, tzinfo=dt.UTC)
    for wrong in ("", "31.02.2025", "05.03.25", "завтра", "2025-13-01"):
        with pytest.raises(ConsentRefused):
            read_moment(wrong, MOSCOW)


def test_a_purpose_by_its_name_in_either_language() -> None:
    assert [purpose_code(text) for text in ("Реклама", "debt", "взыскание долга", "nonsense")] == [
        "advertising",
        "debt",
        "debt",
        "nonsense",
    ]
