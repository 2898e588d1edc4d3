"""A CSV file has what the workbook has, as a spreadsheet of that language reads it."""

import csv
import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, Engine

from oklik.dialing.zones import tzinfo
from oklik.reports.book import Column, Sound
from oklik.reports.csv_cells import CsvFile, csv_file
from oklik.reports.excel import write_contacts, write_report
from reports.town import START, Town, populate


def told(cell: object) -> str:
    """What a cell of the workbook is in a Russian CSV file."""
    match cell:
        case dt.datetime() if cell.time() == dt.time():
            return f"{cell:%d.%m.%Y}"
        case dt.datetime():
            return f"{cell:%d.%m.%Y %H:%M:%S}"
        case float() | int():
            return str(cell).removesuffix(".0").replace(".", ",")
    return "" if cell is None else str(cell)


@pytest.mark.integration
def test_the_contacts_are_those_of_the_workbook(engine: Engine, connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, zone="Asia/Omsk")
    populate(town, scale=0.1)
    person = town.person({"Сумма долга": "1234.5", "Комментарий": "=1+1"}, disposition="completed")
    town.attempt(person, "completed", at=START, heard=100, talk=61.5, answers={"days": ("12", "через 12 дн.")})
    connection.commit()
    write_report(engine, town.id, tmp_path / "r.xlsx")
    count = write_contacts(engine, town.id, tmp_path / "r.csv")
    raw = (tmp_path / "r.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")
    shown, *cells = openpyxl.load_workbook(tmp_path / "r.xlsx")["Контакты"].iter_rows(values_only=True)
    assert (head, len(rows)) == (list(shown), count)
    heard = head.index("Прослушано")
    for row, wanted in zip(rows, cells, strict=True):
        for at, (cell, value) in enumerate(zip(row, wanted, strict=True)):
            if at == heard:
                assert cell == ("" if value is None else f"{100 * float(str(value)):.0f}%")
            else:
                assert cell.removeprefix("'") == told(value), head[at]
    last = dict(zip(head, rows[-1], strict=True))
    assert (last["Сумма долга"], last["Комментарий"], last["Разговор, с"]) == ("1234,5", "'=1+1", "62")
    assert last["Последняя попытка"] == f"{START.astimezone(tzinfo('Asia/Omsk')):%d.%m.%Y %H:%M:%S}"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ru", "05.03.2025 15:04:05;05.03.2025;09:30;1234,5;12500,5;7;40%;+79160000001;'-нет"),
        ("en", "2025-03-05 15:04:05,2025-03-05,09:30,1234.5,12500.5,7,40%,+79160000001,'-нет"),
    ],
)
def test_cells_are_as_a_spreadsheet_of_that_language_reads_them(language: str, line: str) -> None:
    kinds = ("datetime", "date", "time", "number", "money", "length", "heard", "text", "text")
    out = io.StringIO()
    columns = [Column(kind, kind) for kind in kinds]  # type: ignore[arg-type]
    table = CsvFile(out, language).table("", columns, zone=tzinfo("Asia/Omsk"))
    moment = dt.datetime(2025, 3, 5, 9, 4, 5, tzinfo=dt.UTC)
    table.add([moment, moment.date(), dt.time(9, 30), 1234.5, "12 500,5", Sound(6.5, ""), 0.4, "+79160000001", "-нет"])
    assert out.getvalue().splitlines()[1] == line


def test_a_file_that_breaks_off_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), csv_file(tmp_path / "a.csv", "ru"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
