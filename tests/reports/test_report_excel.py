"""The workbook as a customer opens it: sheets, texts, types, charts, and nothing dangerous in it."""

import datetime as dt
import re
import resource
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from sqlalchemy import Connection, Engine, text

from oklik.reports import rows
from oklik.reports.book import Book, Column, Table
from oklik.reports.excel import ReportError, write_report
from oklik.scenario.document import from_json
from reports.town import ALL_DISPOSITIONS, COLUMNS, START, Town, populate, survey_scenario

pytestmark = pytest.mark.integration


def written(connection: Connection, town: Town, path: Path, language: str = "ru") -> Any:
    write_report(connection, town.id, path, language=language)
    return openpyxl.load_workbook(path)


def table(sheet: Any) -> list[dict[str, Any]]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def local(hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    """A moment of the campaign's day as Excel has it: without a zone."""
    return dt.datetime(2026, 11, 24, hour, minute, second)  # noqa: DTZ001


def local_day(day: int, month: int) -> dt.datetime:
    """A date of 2026 as openpyxl gives it."""
    return dt.datetime(2026, month, day)  # noqa: DTZ001


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def words_of(sheet: Any) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_a_campaign_from_life(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    populate(town)
    seen: list[tuple[int, int]] = []
    path = tmp_path / "report.xlsx"
    told = write_report(connection, town.id, path, progress=lambda done, total: seen.append((done, total)))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Сводка", "Контакты", "Попытки", "Отклонённые строки"]
    contacts, attempts, rejected = (table(book[name]) for name in book.sheetnames[1:])
    assert (told.contacts, told.attempts, told.rejected) == (len(contacts), len(attempts), len(rejected))
    assert len(contacts) == 302
    assert len(rejected) == 5
    assert seen[-1] == (len(contacts) + len(attempts) + len(rejected),) * 2
    assert list(contacts[0])[: len(COLUMNS)] == COLUMNS
    assert list(contacts[0])[len(COLUMNS) :] == [
        "Итог", "Прослушано", "Попыток", "Ответивший номер", "Последняя попытка", "Звонили с номера", "Разговор, с",
        "Кто завершил", "Что ответил", "Оплатит через, дней", "Следующий звонок", "Пояснение",
    ]  # fmt: skip
    for row in contacts + attempts + rejected:
        for value in row.values():
            assert value not in ALL_DISPOSITIONS, "an internal code in the report"
    assert "Репетиция на виртуальном коммутаторе" in words_of(book["Сводка"])


def test_a_contact_row(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, virtual=False)
    target = town.person(
        {"Телефон": "89160000001", "Сумма долга": "1234.5", "№": "007"}, disposition="completed", reason="reached"
    )
    later = START + dt.timedelta(hours=2, seconds=1.5)
    town.attempt(target, "hung_up", heard=40, by="person")
    town.attempt(
        target, "completed", n=2, at=later, heard=100, talk=61.6, by="us", number="+79261112233",
        answers={"intent": ("promise", "Обещал оплатить"), "days": ("12", "через 12 дн.")},
    )  # fmt: skip
    book = written(connection, town, tmp_path / "r.xlsx")
    sheet = book["Контакты"]
    (row,) = table(sheet)
    assert row == {
        "№": "007", "ФИО": "Иванов Иванович".replace("Иванович", "Иван") + "ович", "Телефон": "89160000001",
        "Сумма долга": 1234.5, "Срок оплаты": local_day(15, 12), "Комментарий": None,
        "Итог": "Сценарий пройден", "Прослушано": 1, "Попыток": 2, "Ответивший номер": "+79261112233",
        "Последняя попытка": local(12, 0, 1), "Звонили с номера": "+74950000001", "Разговор, с": 62,
        "Кто завершил": "Система", "Что ответил": "Обещал оплатить", "Оплатит через, дней": 12,
        "Следующий звонок": None, "Пояснение": "Итог получен",
    }  # fmt: skip
    by_title = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert by_title["Телефон"].data_type == by_title["Ответивший номер"].data_type == "s"
    assert by_title["Прослушано"].number_format == '[=1]"до конца";0%'
    assert by_title["Последняя попытка"].number_format == "dd.mm.yyyy hh:mm"
    assert "Репетиция" not in words_of(book["Сводка"])
    first, second = table(book["Попытки"])
    assert (first["Попытка"], first["Итог"], first["Прослушано"], first["Начало"]) == (
        1, "Трубку положили", 0.4, local(10),
    )  # fmt: skip
    assert (second["Номер"], second["Разговор, с"], second["Гудки, с"]) == ("+79261112233", 62, 8)


def test_what_is_not_over_yet(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, state="running", zone="Asia/Omsk")
    again = START + dt.timedelta(hours=3)
    town.attempt(
        town.person(state="waiting", disposition="busy", reason="retry", args={"attempt": 1}, due=again), "busy"
    )
    town.person(state="waiting", reason="window", args={"hours": "08:00–22:00"}, due=again)
    town.attempt(town.person(state="dialing"), None)
    town.person(state="done", reason="stop_list")
    town.person(state="preparing")
    book = written(connection, town, tmp_path / "r.xlsx")
    rows_ = table(book["Контакты"])
    assert [row["Итог"] for row in rows_] == [
        "Занято", "Ещё не звонили", "Идёт звонок", "Не звонили", "Готовится к звонку",
    ]  # fmt: skip
    assert [row["Следующий звонок"] for row in rows_][:2] == [local(16)] * 2
    assert rows_[0]["Пояснение"] == "Повтор после попытки 1"
    assert rows_[1]["Пояснение"] == "У абонента не время для звонков (разрешено 08:00–22:00)"
    assert rows_[3]["Пояснение"].startswith("Номер в стоп-листе")
    assert [row["Итог"] for row in table(book["Попытки"])] == ["Занято", "Звонок идёт"]
    assert "Кампания ещё не закончена (идёт)" in words_of(book["Сводка"])
    assert "Asia/Omsk (UTC+6)" in words_of(book["Сводка"])


def test_a_stopped_campaign_promises_no_calls(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, state="stopped")
    town.attempt(town.person(state="waiting", disposition="busy", reason="retry"), "busy")
    (row,) = table(written(connection, town, tmp_path / "r.xlsx")["Контакты"])
    assert row["Следующий звонок"] is None


def test_rejected_rows_keep_their_cells(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    town.rejected(5, "letters", "8916О001122", {"ФИО": "=2+2", "Телефон": "8916О001122"})
    (row,) = table(written(connection, town, tmp_path / "r.xlsx")["Отклонённые строки"])
    assert row["Строка списка"] == 5
    assert row["Причина"] == "В номере буквы («8916О001122»): возможно, О вместо нуля"
    assert row["ФИО"] == "=2+2"


# -- the summary sheet ----------------------------------------------------------------------------------------


def test_summary_counts_shares_and_charts(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, window={"from": "10:00", "to": "20:00"})
    populate(town)
    sheet = written(connection, town, tmp_path / "r.xlsx")["Сводка"]
    lines = {row[1]: row[2:4] for row in sheet.iter_rows(values_only=True) if row[1]}
    for label, count in (("Сценарий пройден", 80), ("Нет ответа", 70), ("Не звонили", 2), ("Всего", 302)):
        assert lines[label] == (count, pytest.approx(count / 302)) or label == "Всего"
    assert lines["Часы звонков"][0] == (
        "с 10:00 до 20:00 по времени абонента, а если его часовой пояс неизвестен, по времени офиса (Europe/Moscow)"
    )
    assert lines["Обещал оплатить"][0] == 46
    assert lines["Ответили 94 из 170 взявших трубку"]
    charts = sheet._charts
    assert len(charts) == 3
    assert [type(chart).__name__ for chart in charts] == ["BarChart"] * 3
    assert [chart.barDir for chart in charts] == ["bar", "bar", "col"]
    for chart in charts:
        (series,) = chart.series
        assert re.fullmatch(r"'?Сводка'?!\$[CD]\$\d+:\$[CD]\$\d+", series.val.numRef.f)
        assert series.val.numRef.numCache.ptCount > 1, "viewers that do not compute need the cached values"
        assert all(point.v for point in series.cat.strRef.strCache.pt)


def test_options_nobody_chose_and_nps(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, survey_scenario())
    for mark, quality in (("10", "good"), ("10", "good"), ("9", "poor"), ("3", "good")):
        answers = {"nps": (mark, mark), "quality": (quality, quality), "again": ("gone", "Было раньше")}
        town.attempt(town.person(disposition="completed"), "completed", answers=answers)
    sheet = written(connection, town, tmp_path / "r.xlsx")["Сводка"]
    rows_ = [row[1:4] for row in sheet.iter_rows(values_only=True) if row[1]]
    assert ("Хорошо", 3, 0.75) in rows_
    assert ("Так себе", 0, 0) in rows_
    assert ("0", 0, 0) in rows_
    assert ("10", 2, 0.5) in rows_
    assert ("gone", 4, 1) in rows_
    assert "NPS: +50 (промоутеров 75\u00a0%, критиков 25\u00a0%)" in words_of(sheet)
    assert "На этот вопрос никто не ответил" in words_of(sheet)


def test_promises_and_marks(connection: Connection, tmp_path: Path) -> None:
    """Dates and amounts are cells one can compute with; a scale shows also the marks that nobody gave."""
    pay = {"kind": "promise", "title": "Обещание", "text": "Когда?", "amount_text": "Сколько?", "confirm": "Верно?"}
    mark = {"kind": "rate", "title": "Оценка", "text": "От 1 до 5?", "question": "mark"}
    phone = {"kind": "ask", "title": "Перезвонить", "text": "Номер?", "question": "phone", "type": "phone"}
    nodes = {
        "pay": {**pay, "exits": {"promised": "mark", "no_input": "end"}},
        "mark": {**mark, "exits": {"done": "phone", "no_input": "end"}},
        "phone": {**phone, "exits": {"done": "end", "no_input": "end"}},
        "end": {"kind": "hangup"},
    }
    head = {"format": 1, "name": "s", "title": "С", "languages": ["ru"], "purpose": "informational", "start": "pay"}
    town = Town(connection, from_json({**head, "nodes": nodes}), mapped={})
    for day, amount, given in (("2026-12-10", "500", "5"), ("2026-12-03", "1000.50", "5"), ("2026-12-10", "500", "2")):
        answers = {"promise_date": (day, "x"), "promise_amount": (amount, amount), "mark": (given, given)}
        answers |= {"phone": ("+79161234567", "+79161234567")}
        town.attempt(town.person(disposition="completed"), "completed", answers=answers)
    book = written(connection, town, tmp_path / "r.xlsx")
    first = table(book["Контакты"])[0]
    assert (first["Обещание: дата"], first["Обещание: сумма"]) == (local_day(10, 12), 500)
    assert first["Перезвонить"].endswith("79161234567")
    rows_ = [row[1:3] for row in book["Сводка"].iter_rows(values_only=True) if row[1]]
    at = rows_.index(("03.12.2026", 1))
    assert rows_[at + 1] == ("10.12.2026", 2), "in the order of the calendar"
    at = rows_.index(("500", 2))
    assert rows_[at + 1] == ("1000.50", 1), "in the order of size"
    at = rows_.index(("1", 0))
    assert rows_[at : at + 5] == [("1", 0), ("2", 1), ("3", 0), ("4", 0), ("5", 2)]
    assert "+79161234567" not in words_of(book["Сводка"])


def test_many_different_numbers_are_cut_to_the_most_frequent(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    for n in range(40):
        value = str(100 + max(n, 5))
        town.attempt(town.person(disposition="completed"), "completed", answers={"days": (value, value)})
    sheet = written(connection, town, tmp_path / "r.xlsx")["Сводка"]
    rows_ = {row[1]: row[2] for row in sheet.iter_rows(values_only=True) if row[1]}
    assert rows_["105"] == 6
    assert rows_["Другие ответы"] == 40 - 6 - 14
    assert "Среднее: 119,9" in words_of(sheet)


def test_an_empty_campaign_makes_a_report(connection: Connection, tmp_path: Path) -> None:
    book = written(connection, Town(connection), tmp_path / "r.xlsx")
    assert table(book["Контакты"]) == []
    assert len(book["Сводка"]._charts) == 0


def test_english(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    populate(town, 0.1)
    book = written(connection, town, tmp_path / "r.xlsx", language="en")
    assert book.sheetnames == ["Summary", "Contacts", "Attempts", "Rejected rows"]
    assert "nobody real was called" in words_of(book["Summary"])
    assert {"Completed", "Unreachable"} <= {row["Outcome"] for row in table(book["Contacts"])}
    asked = {"Что ответил", "Оплатит через, дней"}  # the scenario speaks Russian only
    for row in table(book["Contacts"]):
        ours = {title: value for title, value in row.items() if title not in asked.union(COLUMNS)}
        if "Сумма долга" not in str(row["Note"]):  # a sentence about the customer's own column
            assert not re.search("[а-яё]", str(ours))


# -- looks and safety -----------------------------------------------------------------------------------------


def test_header_filter_widths_and_print(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    populate(town, 0.1)
    book = written(connection, town, tmp_path / "r.xlsx")
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.freeze_panes == ("B2" if name == "Контакты" else "A2")
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.auto_filter.ref.endswith(str(sheet.max_row))
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert all(8 < sheet.column_dimensions[cell.column_letter].width <= 61 for cell in sheet[1])
    assert book["Сводка"].page_setup.orientation != "landscape"


EVIL = [
    "=1+1", "+7 916", "-5", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", "=HYPERLINK(\"http://x\")", "http://example.com",
    "<r><t>rich</t></r>", "<b>&amp;</b>", "_x0041_", "{=1}", "mailto:a@b.c", "#REF!", "1e5", "'quoted", "🙂",
]  # fmt: skip


def test_no_value_becomes_formula_link_or_markup(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, columns=[*COLUMNS, "=A1", "Сумма"], mapped={"debt": "Сумма", "name": "ФИО"})
    for value in EVIL:
        target = town.person({"ФИО": value, "=A1": value, "Сумма": value}, disposition="completed")
        town.attempt(target, "completed", answers={"intent": (value, value), "days": (value, value)})
        town.rejected(100 + target, "letters", value, {"ФИО": value})
    path = tmp_path / "r.xlsx"
    book = written(connection, town, path)
    for sheet in book:
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    rows_ = table(book["Контакты"])
    for value, row in zip(EVIL, rows_, strict=True):
        shown = " " + value if value.startswith("<r>") else value.replace("\r", "\n")
        assert unescape(row["ФИО"]) == shown
        # what lies in a column of amounts stays a text too, unless it is a plain number
        assert row["Сумма"] == (-5 if value == "-5" else row["ФИО"])
    sheet = book["Контакты"]
    for cells in sheet.iter_rows(min_row=2, max_col=2):
        assert cells[1].quotePrefix == str(cells[1].value).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            assert b"<f>" not in parts.read(name)
            assert b"hyperlink" not in parts.read(name)


def test_amounts_become_numbers_however_the_office_writes_them(connection: Connection, tmp_path: Path) -> None:
    written_as: dict[str, float | str] = {
        "34500,50": 34500.5, "1 000,50": 1000.5, "12\xa0345": 12345, "1\u202f234\u202f567,8": 1234567.8, "-7,5": -7.5,
        "1,234": "1,234", "007": "007", "12 34": "12 34", "1 000,505": "1 000,505", "100 руб.": "100 руб.",
    }  # fmt: skip
    town = Town(connection, columns=[*COLUMNS, "Сумма"], mapped={"debt": "Сумма", "name": "ФИО"})
    for value in written_as:
        town.person({"ФИО": "Имя", "Сумма": value}, disposition="completed")
    rows_ = table(written(connection, town, tmp_path / "r.xlsx")["Контакты"])
    assert [row["Сумма"] for row in rows_] == list(written_as.values())


def test_illegal_characters_and_long_values(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    town.person({"ФИО": "а\x01б\x0bв\ufffeг\x85", "Комментарий": "я" * 40_000})
    town.person({"Комментарий": "🙂" * 20_000})
    town.person({"Комментарий": "ж" * 32_767})
    first, second, third = table(written(connection, town, tmp_path / "r.xlsx")["Контакты"])
    assert first["ФИО"].startswith("абвг")
    assert len(first["Комментарий"]) == 32_767
    assert first["Комментарий"].endswith("я… (обрезано)")
    assert len(second["Комментарий"].encode("utf-16-le")) // 2 <= 32_767
    assert second["Комментарий"].endswith("🙂… (обрезано)")
    assert third["Комментарий"] == "ж" * 32_767


def test_a_full_sheet_is_continued_on_another(tmp_path: Path) -> None:
    book = Book(tmp_path / "r.xlsx", tmp_path, title="t", heard_whole="до конца", cut_mark="…", page="&P")
    table_ = Table(book, "Контакты", [Column("А"), Column("Б", "integer")], zone=dt.UTC, limit=11)
    for n in range(25):
        table_.add([f"строка {n}", n])
    table_.finish()
    book.close()
    made = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert made.sheetnames == ["Контакты", "Контакты 2", "Контакты 3"]
    assert [row["Б"] for name in made.sheetnames for row in table(made[name])] == list(range(25))
    assert made["Контакты 3"].auto_filter.ref == "A1:B6"
    assert names_in(tmp_path) == ["r.xlsx"]


# -- writing --------------------------------------------------------------------------------------------------


def test_rows_come_by_a_server_side_cursor(connection: Connection) -> None:
    town = Town(connection)
    populate(town, 0.1)
    stream = rows.contacts(connection, rows.read_head(connection, town.id))
    next(stream)
    assert connection.execute(text("SELECT count(*) FROM pg_cursors")).scalar_one() == 1
    stream.close()


def test_an_engine_gives_one_moment_and_writes_nothing(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        town = Town(connection)
        populate(town, 0.1)

    def meddle(_done: int, _total: int) -> None:
        with engine.begin() as other:
            other.execute(text("DELETE FROM rejected_row"))

    town_rows = 5
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("oklik.reports.excel.PROGRESS_ROWS", 1)
        told = write_report(engine, town.id, tmp_path / "r.xlsx", progress=meddle)
    assert told.rejected == town_rows


def test_a_report_is_replaced_only_when_the_new_one_is_whole(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    populate(town, 0.2)
    path = tmp_path / "report.xlsx"
    path.write_text("the old one")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, hard))  # what a full disk looks like to the writer
    try:
        with pytest.raises(ReportError) as caught:
            write_report(connection, town.id, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == ["report.xlsx"]
    assert path.read_text() == "the old one"
    write_report(connection, town.id, path)
    assert names_in(tmp_path) == ["report.xlsx"]
    assert zipfile.is_zipfile(path)


@pytest.mark.parametrize("place", ["absent/report.xlsx", "file/report.xlsx", "folder"])
def test_a_place_that_cannot_be_written(connection: Connection, tmp_path: Path, place: str) -> None:
    town = Town(connection)
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReportError) as caught:
        write_report(connection, town.id, tmp_path / place)
    assert str(tmp_path / place) in str(caught.value)
    assert names_in(tmp_path) == ["file", "folder"]


def test_an_error_of_ours_leaves_nothing(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    populate(town, 0.1)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_report(connection, town.id, tmp_path / "r.xlsx", progress=stop)
    assert names_in(tmp_path) == []
