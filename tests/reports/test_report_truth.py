"""One contact is told one way everywhere: its best attempt, honest words, its own cells as they were."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Connection

from oklik.dialing.disposition import telling
from oklik.dialing.vocabulary import Disposition
from oklik.reports import rows
from oklik.reports.book import Column, distinct
from oklik.reports.half_up import half_up, percent
from oklik.reports.own_cells import own_cell
from oklik.reports.summary import summary
from oklik.reports.words import disposition_names
from oklik.scenario.document import from_json
from reports.test_report_excel import local_day, table, words_of, written
from reports.town import ALL_DISPOSITIONS, ANSWERED, COLUMNS, START, Town, survey_scenario

integration = pytest.mark.integration
HOUR = dt.timedelta(hours=1)


def figures_of(sheet: Worksheet) -> dict[str, object]:
    """The big figures by the words below them."""
    lines = [list(row) for row in sheet.iter_rows(values_only=True)]
    at = next(index for index, row in enumerate(lines) if "контактов" in row)
    return {str(word): lines[at - 1][column] for column, word in enumerate(lines[at]) if word}


@integration
def test_who_answered_in_part_and_was_busy_later_is_told_by_the_talk(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, state="running")
    target = town.person(state="waiting", disposition="partial", reason="retry")
    answers = {"intent": ("paid", "Уже оплатил")}
    town.attempt(target, "partial", heard=40, talk=59, by="person", caller_id="+74950000001", answers=answers)
    town.attempt(target, "hung_up", n=2, at=START + HOUR, heard=90, talk=3, by="us", caller_id="+74950000002")
    town.attempt(target, "busy", n=3, at=START + 2 * HOUR, number="+79261112233")
    book = written(connection, town, tmp_path / "r.xlsx")
    (row,) = table(book["Контакты"])
    assert (row["Итог"], row["Разговор, с"], row["Прослушано"]) == ("Ответы частично", 59, 0.4)
    assert (row["Кто завершил"], row["Звонили с номера"]) == ("Абонент", "+74950000001")
    assert (row["Ответивший номер"], row["Попыток"]) == ("+79160000001", 3)
    assert row["Последняя попытка"] == dt.datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001
    assert figures_of(book["Сводка"])["ответили на звонок"] == 1
    assert summary(connection, town.id)["dispositions"] == {"partial": 1}


@integration
def test_the_report_chooses_the_attempt_that_the_dialer_chooses(connection: Connection) -> None:
    town = Town(connection)
    pairs = [(first, second) for first in ALL_DISPOSITIONS for second in ALL_DISPOSITIONS]
    sent = [pair for pair in pairs if "not_sent" not in pair]
    for first, second in sent:
        best = telling([Disposition(first), Disposition(second)])
        target = town.person(disposition=(first, second)[best])
        town.attempt(target, first, number="+71")
        town.attempt(target, second, n=2, number="+72")
    head = rows.read_head(connection, town.id)
    answered = 0
    for (first, second), row in zip(sent, rows.contacts(connection, head), strict=True):
        best = telling([Disposition(first), Disposition(second)])
        assert row.number == ("+71", "+72")[best], (first, second)
        assert row.answered == (row.disposition in ANSWERED)
        answered += row.answered
    totals = rows.read_totals(connection, head)
    assert (totals.called, totals.answered) == (len(sent), answered)
    assert answered == sum(count for code, count in totals.dispositions.items() if code in ANSWERED)


@integration
def test_who_is_being_called_is_counted_as_the_sheet_tells_it(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, state="running")
    target = town.person(state="dialing", disposition="busy")
    town.attempt(target, "busy")
    town.attempt(target, None, n=2, at=START + HOUR)
    book = written(connection, town, tmp_path / "r.xlsx")
    (row,) = table(book["Контакты"])
    assert row["Итог"] == "Идёт звонок"
    assert ("Идёт звонок", 1) in [cells[1:3] for cells in book["Сводка"].iter_rows(values_only=True)]
    assert summary(connection, town.id)["dispositions"] == {}


@integration
def test_a_refused_survey_is_neither_done_nor_answered(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, survey_scenario())
    refused = {"consent": ("refused", "Отказался отвечать")}
    town.attempt(town.person(disposition="declined"), "declined", answers=refused)
    later = {"consent": ("agreed", "Согласился"), "nps": ("9", "9"), "again": ("no", "Нет")}
    town.attempt(town.person(disposition="declined"), "declined", answers=later)
    town.attempt(town.person(disposition="completed"), "completed", answers={"consent": ("agreed", "Согласился")})
    book = written(connection, town, tmp_path / "r.xlsx")
    assert [row["Итог"] for row in table(book["Контакты"])] == ["Отказался отвечать"] * 2 + ["Сценарий пройден"]
    figures = figures_of(book["Сводка"])
    assert (figures["ответили на звонок"], figures["ответили на вопросы"]) == (3, 2)
    assert "Declined to answer" in words_of(written(connection, town, tmp_path / "e.xlsx", "en")["Summary"])


@integration
def test_heard_is_told_of_every_answered_call_where_a_message_is_marked(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    town.attempt(town.person(disposition="wrong_person"), "wrong_person")
    town.attempt(town.person(disposition="hung_up"), "hung_up", heard=30)
    town.attempt(town.person(disposition="no_answer"), "no_answer")
    book = written(connection, town, tmp_path / "r.xlsx")
    for sheet in ("Контакты", "Попытки"):
        assert [row["Прослушано"] for row in table(book[sheet])] == [0, 0.3, None]


@integration
def test_nothing_is_told_of_a_message_where_none_is_marked(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, survey_scenario())
    town.attempt(town.person(disposition="completed"), "completed")
    book = written(connection, town, tmp_path / "r.xlsx")
    for sheet in ("Контакты", "Попытки"):
        assert "Прослушано" not in table(book[sheet])[0]


@integration
def test_nobody_has_ended_a_call_that_nobody_answered(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    town.attempt(town.person(disposition="no_answer"), "no_answer", by="switch")
    town.attempt(town.person(disposition="hung_up"), "hung_up", by="person")
    book = written(connection, town, tmp_path / "r.xlsx")
    for sheet in ("Контакты", "Попытки"):
        assert [row["Кто завершил"] for row in table(book[sheet])] == [None, "Абонент"]


@integration
def test_remarks_stand_beside_the_rejected_rows(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    town.person({"ФИО": "Петров"}, notes=[["bad_zone", "потом"], ["too_short", "12345"]])
    town.person()
    town.rejected(1, "no_phone", "", {"ФИО": "Сидоров"})
    book = written(connection, town, tmp_path / "r.xlsx")
    told = [(row["Строка списка"], row["Загружена"], row["Причина"], row["ФИО"]) for row in
            table(book["Отклонённые строки"])]  # fmt: skip
    assert told == [
        (1, "нет", "Нет номера телефона", "Сидоров"),
        (2, "да, с замечанием",
         "Часовой пояс не понят («потом»), взят по номеру; В номере не хватает цифр: «12345»", "Петров"),
    ]  # fmt: skip
    assert "контактов 2, отклонено строк 1, с замечанием 1" in words_of(book["Сводка"])
    assert summary(connection, town.id)["skipped"] == 1
    english = table(written(connection, town, tmp_path / "e.xlsx", "en")["Rejected rows"])
    assert [row["Taken"] for row in english] == ["no", "yes, with a remark"]


@integration
def test_cells_keep_the_type_they_had(connection: Connection, tmp_path: Path) -> None:
    columns = ["№", "Доля", "Дата", "Встреча", "Счёт", "Слово", "Телефон"]
    town = Town(connection, columns=columns, mapped={"name": "Слово"})
    kinds = {"№": "number", "Доля": "number", "Дата": "date", "Встреча": "date", "Счёт": "number"}
    fields = {"№": "1", "Доля": "0.25", "Дата": "24.11.2026", "Встреча": "24.11.2026 15:30", "Счёт": "123456789012"}
    town.person(fields | {"Слово": "=1+1", "Телефон": "79160000001"}, kinds=kinds)
    town.person(fields | {"Слово": "007", "Телефон": "79160000002"})
    sheet = written(connection, town, tmp_path / "r.xlsx")["Контакты"]
    typed, texts = table(sheet)
    assert [typed[column] for column in columns] == [
        1, 0.25, local_day(24, 11), dt.datetime(2026, 11, 24, 15, 30), 123456789012, "=1+1", "79160000001",  # noqa: DTZ001
    ]  # fmt: skip
    assert [texts[column] for column in columns] == [*fields.values(), "007", "79160000002"]
    shown = [sheet.cell(2, at).number_format for at in range(1, 6)]
    assert shown == ["0", "General", "dd.mm.yyyy", "dd.mm.yyyy hh:mm", "0"]
    assert {cell.data_type for cell in sheet[2][5:7]} == {"s"}
    assert sheet["A1"].alignment.horizontal == "left", "no column of numbers: half of it are texts"


@integration
def test_times_of_day_are_times_in_the_report(connection: Connection, tmp_path: Path) -> None:
    visits = {
        "name": {"title": "Имя"},
        "at": {"title": "Время", "type": "time"},
        "code": {"title": "Код", "required": False},
    }
    scenario = from_json(
        {
            "format": 1, "name": "visit", "title": "Приём", "languages": ["ru"], "purpose": "appointment",
            "start": "end", "columns": visits,
            "nodes": {"end": {"kind": "hangup", "text": "Ждём вас в {{ at | time('acc') }}."}},
        }
    )  # fmt: skip
    columns = ["Имя", "Время", "Перерыв"]
    town = Town(connection, scenario, columns=columns, mapped={"name": "Имя", "at": "Время"})
    told = [("14:30", "13:00"), ("9 ч 5 мин", ""), ("09:05:30", "08:00:01"), ("24.11.2026 14:30", ""), ("скоро", "=1")]
    for at, rest in told:
        kinds = {"Перерыв": "time"} if ":" in rest else None
        town.person({"Имя": "Анна", "Время": at, "Перерыв": rest}, kinds=kinds)
    sheet = written(connection, town, tmp_path / "r.xlsx")["Контакты"]
    assert [row["Время"] for row in table(sheet)] == [
        dt.time(14, 30), dt.time(9, 5), dt.time(9, 5, 30), dt.datetime(2026, 11, 24, 14, 30), "скоро",  # noqa: DTZ001
    ]  # fmt: skip
    assert [row["Перерыв"] for row in table(sheet)] == [dt.time(13), None, dt.time(8, 0, 1), None, "=1"]
    shown = [sheet.cell(row, 2).number_format for row in range(2, 7)]
    assert shown == ["hh:mm", "hh:mm", "hh:mm:ss", "dd.mm.yyyy hh:mm", "@"]
    assert [sheet.cell(row, 3).number_format for row in (2, 4)] == ["hh:mm", "hh:mm:ss"]


@integration
def test_the_header_of_numbers_stands_over_them(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    for n in range(3):
        town.person(kinds={"№": "number"} if n else None)
    sheet = written(connection, town, tmp_path / "r.xlsx")["Контакты"]
    assert [sheet.cell(1, at).alignment.horizontal for at in (1, 2)] == ["right", "left"]


def test_a_scenarios_dates_are_dates_also_out_of_a_text_file() -> None:
    day = dt.date(2026, 12, 31)
    for text in ("31.12.2026", "2026-12-31", "31/12/26", "31 декабря 2026 г."):
        assert own_cell(text, None, "date") == day
        assert own_cell(text, None, "text") == own_cell(text, None, None) == text
    for text in ("скоро", "31.02.2026", "31.12.1899", "24:00", "=1+1"):
        assert own_cell(text, None, "date") == text
    assert own_cell("31.12.1899", "date", None) == "31.12.1899", "before the calendar of a spreadsheet"
    assert own_cell("", "number", "date") is own_cell(None, None, None) is None


@integration
def test_a_column_called_as_ours_stays_theirs(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, columns=[*COLUMNS, "итог"])
    town.attempt(town.person({"итог": "их итог"}, disposition="busy"), "busy")
    book = written(connection, town, tmp_path / "r.xlsx")
    (row,) = table(book["Контакты"])
    assert (row["итог"], row["Итог (обзвон)"]) == ("их итог", "Занято")
    assert "Outcome (calls)" not in table(written(connection, town, tmp_path / "e.xlsx", "en")["Contacts"])[0]


def test_titles_differ_whatever_they_are() -> None:
    theirs = [Column("Итог", own=True), Column("Итог (обзвон)", own=True)]
    told = distinct([*theirs, Column("Итог"), Column("Итог"), Column("Попыток")], "{title} (обзвон)")
    assert [one.title for one in told[2:]] == ["Итог (обзвон) 2", "Итог (обзвон) 3", "Попыток"]


def test_a_half_is_rounded_up_as_the_table_does() -> None:
    assert (percent(1, 8), percent(5, 8), percent(1, 40), percent(0, 0), percent(3, 3)) == (13, 63, 3, 0, 100)
    assert [half_up(value) for value in (0.5, 1.5, 2.5, -0.5, -2.5, 60.5, 2.4)] == [1, 2, 3, -1, -3, 61, 2]
    assert half_up(Decimal("1.25"), 1) == 13


@integration
def test_figures_are_rounded_half_up(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    for n in range(8):
        town.attempt(town.person(disposition="busy" if n else "hung_up"), "busy" if n else "hung_up", talk=12.5)
    sheet = written(connection, town, tmp_path / "r.xlsx")["Сводка"]
    assert "13\u00a0% из обзвоненных" in words_of(sheet)
    assert "13\u00a0с" in words_of(sheet)


@integration
def test_the_purpose_is_called_as_in_the_editor(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    assert "Debt reminder" in words_of(written(connection, town, tmp_path / "e.xlsx", "en")["Summary"])
    assert "Напоминание о долге" in words_of(written(connection, town, tmp_path / "r.xlsx")["Сводка"])


@integration
def test_the_window_is_told_as_it_is_read(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, window={"from": "10:00", "to": "20:00"})
    words = words_of(written(connection, town, tmp_path / "e.xlsx", "en")["Summary"])
    assert "from 10:00 to 20:00, the person's time, or the office's (Europe/Moscow) where" in words


def test_outcomes_cannot_be_mixed_up() -> None:
    for language in ("ru", "en"):
        names = disposition_names(language)
        assert names["rejected"].split()[-1] not in names["declined"], "a call refused, and a survey"
