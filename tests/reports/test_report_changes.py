"""What calls have written into the contacts' columns, as the report tells it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from oklik.scenario.document import from_json
from oklik.store.schema import ContactChange
from reports.test_report_excel import table, written
from reports.town import START, Town

pytestmark = pytest.mark.integration
SCENARIO: dict[str, Any] = {
    "format": 1,
    "name": "writes",
    "title": "Запись",
    "languages": ["ru"],
    "purpose": "survey",
    "start": "w",
    "columns": {
        "name": {"title": "ФИО", "type": "name"},
        "debt": {"title": "Сумма долга", "type": "money"},
        "mail": {"title": "Почта", "required": False},
    },
    "nodes": {
        "w": {"kind": "set", "column": "mail", "value": "да", "exits": {"done": "d"}},
        "d": {"kind": "set", "column": "debt", "value": "10", "exits": {"done": "bye"}},
        "bye": {"kind": "hangup"},
    },
}
MAPPED = {"name": "ФИО", "debt": "Сумма долга", "mail": "Почта"}


def test_new_values_and_what_stood_before(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection, from_json(SCENARIO), columns=["ФИО", "Сумма долга"], mapped=MAPPED)
    cells = {"ФИО": "Иванов Иван", "Сумма долга": "2 000,50", "Почта": "да"}
    target = town.person(cells, disposition="completed")
    town.attempt(target, "completed")
    uuid = connection.exec_driver_sql("SELECT uuid FROM attempt").scalar_one()
    contact = connection.exec_driver_sql("SELECT max(id) FROM contact").scalar_one()
    for seq, header, before, after, kept in (
        (1, "Почта", None, "да", True),
        (2, "Сумма долга", "1500", "2 000,50", True),
        (3, "Сумма долга", "2 000,50", "много", False),
    ):
        told = {"header": header, "before": before, "after": after, "kept": kept, "at": START}
        connection.execute(insert(ContactChange).values(attempt_uuid=uuid, seq=seq, contact_id=contact, **told))
    book = written(connection, town, tmp_path / "r.xlsx")
    (row,) = table(book["Контакты"])
    assert (row["Сумма долга"], row["Почта"]) == (2000.5, "да")
    changes = [
        (line["ФИО"], line["Столбец"], line["Было"], line["Стало"], line["Записано"], line["Попытка"])
        for line in table(book["Изменено в звонках"])
    ]
    no = "нет: не подходит к типу столбца"
    assert changes == [
        ("Иванов Иван", "Почта", None, "да", "да", 1),
        ("Иванов Иван", "Сумма долга", "1500", "2 000,50", "да", 1),
        ("Иванов Иван", "Сумма долга", "2 000,50", "много", no, 1),
    ]


def test_where_nothing_is_ever_written_there_is_no_sheet(connection: Connection, tmp_path: Path) -> None:
    assert "Изменено в звонках" not in written(connection, Town(connection), tmp_path / "r.xlsx").sheetnames
