"""Lists into the database: everything counted, nothing twice, all or nothing."""

import csv
import datetime as dt
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from sqlalchemy import Engine, cast, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from oklik.campaigns.import_contacts import ImportSummary, import_contacts
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.reading import Contact, open_list, read_list
from oklik.store.schema import Contact as ContactRow
from oklik.store.schema import ContactChange, ContactList, Person, Project, RejectedRow

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)
EXAMPLES = Path(__file__).parents[2] / "scenarios" / "examples"
LINES = [
    "Имя;Телефон;Долг;Часовой пояс",
    "Иван;8 912 000-00-01, 345-67-89;100,50;МСК+2",
    "Пётр;89120000002;200;",
    ";;;",
    "Яна;нет;1;",
    "Олег;+7 912 000 00 01;3;",
]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines), "utf-8")
    return path


def load(engine: Engine, path: Path, name: str = "должники") -> ImportSummary:
    return import_contacts(engine, "проект", name, path, now=NOW)


def count(engine: Engine, model: type) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(model)).scalar_one()


def test_everything_is_written_and_counted(engine: Engine, tmp_path: Path) -> None:
    summary = load(engine, write(tmp_path / "list.csv", LINES))
    assert (summary.rows, summary.contacts, summary.rejected, summary.empty) == (5, 2, 2, 1)
    assert (summary.added, summary.updated, summary.unchanged, summary.absent) == (2, 0, 0, 0)
    assert summary.reasons == {"no_phone": 1, "duplicate": 1}
    assert summary.remarks == 1
    with engine.connect() as connection:
        rows = connection.execute(select(ContactRow.__table__).order_by(ContactRow.row_number)).all()
        first = rows[0]
        assert first.phones == ["+79120000001"]
        assert first.zone == "UTC+05:00"
        assert first.fields == {
            "Имя": "Иван",
            "Телефон": "8 912 000-00-01, 345-67-89",
            "Долг": "100,50",
            "Часовой пояс": "МСК+2",
        }
        assert [row.row_number for row in rows] == [2, 3]
        keys = connection.execute(select(Person.key).order_by(Person.id)).scalars().all()
        assert keys == ["+79120000001", "+79120000002"]
        listed = connection.execute(select(ContactList.__table__)).one()
        assert (listed.name, listed.source, listed.imported_at) == ("должники", "list.csv", NOW)
        assert listed.columns == ["Имя", "Телефон", "Долг", "Часовой пояс"]
        refused = select(RejectedRow.row_number, RejectedRow.code, RejectedRow.detail).order_by(RejectedRow.row_number)
        assert connection.execute(refused).all() == [(5, "no_phone", "нет"), (6, "duplicate", "2")]


def test_the_same_file_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", LINES)
    first = load(engine, path)
    again = load(engine, path)
    assert again.list_id == first.list_id
    assert (again.added, again.updated, again.unchanged, again.absent) == (0, 0, 2, 0)
    assert [count(engine, model) for model in (ContactRow, Person, RejectedRow, ContactList)] == [2, 2, 2, 1]


def test_a_changed_file_updates_adds_and_loses_nobody(engine: Engine, tmp_path: Path) -> None:
    load(engine, write(tmp_path / "list.csv", LINES))
    with engine.connect() as connection:
        before = dict(connection.execute(select(ContactRow.row_number, ContactRow.id)).all())
    changed = [LINES[0], "Новый;89120000009;7;", "Иван;8 912 000-00-01;99;МСК+3"]
    summary = load(engine, write(tmp_path / "list.csv", changed))
    assert (summary.added, summary.updated, summary.unchanged, summary.absent) == (1, 1, 0, 1)
    assert count(engine, RejectedRow) == 0
    with engine.connect() as connection:
        ivan = connection.execute(select(ContactRow.__table__).where(ContactRow.id == before[2])).one()
        assert (ivan.row_number, ivan.fields["Долг"], ivan.zone) == (3, "99", "UTC+06:00")
        assert connection.execute(select(func.count()).where(ContactRow.id == before[3])).scalar_one() == 1


def test_what_calls_have_written_stays_until_the_file_says_something_new(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", LINES)
    load(engine, path)
    with engine.begin() as connection:
        ids = dict(connection.execute(select(ContactRow.fields["Имя"].astext, ContactRow.id)).all())
        for name, header, before, after in (("Иван", "Долг", "100,50", "5"), ("Пётр", "Почта", None, "да")):
            written = {"contact_id": ids[name], "header": header, "before": before, "after": after}
            told = {"attempt_uuid": uuid4(), "seq": 0, "kept": True, "at": NOW}
            connection.execute(insert(ContactChange).values(**written, **told))
            cells = ContactRow.fields + cast({header: after}, JSONB)
            connection.execute(update(ContactRow).where(ContactRow.id == ids[name]).values(fields=cells))

    def cells_of(name: str) -> dict[str, str]:
        with engine.connect() as connection:
            found: dict[str, str] = connection.execute(
                select(ContactRow.fields).where(ContactRow.id == ids[name])
            ).scalar_one()
        return found

    again = load(engine, path)
    assert (again.updated, again.unchanged) == (0, 2)
    assert (cells_of("Иван")["Долг"], cells_of("Пётр")["Почта"]) == ("5", "да")
    load(engine, write(tmp_path / "list.csv", [line.replace("100,50", "70") for line in LINES]))
    assert (cells_of("Иван")["Долг"], cells_of("Пётр")["Почта"]) == ("70", "да")


def test_a_moved_row_is_unchanged_but_knows_its_place(engine: Engine, tmp_path: Path) -> None:
    load(engine, write(tmp_path / "list.csv", ["Телефон", "89120000001"]))
    summary = load(engine, write(tmp_path / "list.csv", ["Телефон", "", "89120000001"]))
    assert (summary.updated, summary.unchanged) == (0, 1)
    with engine.connect() as connection:
        assert connection.execute(select(ContactRow.row_number)).scalar_one() == 3


def test_lists_share_persons_but_not_contacts(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", LINES)
    load(engine, path, "один")
    load(engine, path, "два")
    assert (count(engine, Person), count(engine, ContactRow), count(engine, Project)) == (2, 4, 1)


def test_a_file_that_breaks_in_the_middle_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    lines = [LINES[0], *(f"Ч{n};8912{n:07d};1;" for n in range(5000)), '"Пётр;89130000002;1;']
    with pytest.raises(ListError, match="строка 5002: кавычка"):
        load(engine, write(tmp_path / "list.csv", lines))
    assert [count(engine, model) for model in (Project, ContactList, ContactRow, Person)] == [0, 0, 0, 0]


def test_a_column_found_late_is_there_for_every_contact(engine: Engine, tmp_path: Path) -> None:
    lines = ["Телефон;Имя", *(f"8912{n:07d};а" for n in range(500)), "89130000002;б;в конце"]
    summary = load(engine, write(tmp_path / "list.csv", lines))
    assert summary.columns == ("Телефон", "Имя", "Столбец C")
    with engine.connect() as connection:
        rows = connection.execute(select(ContactRow.fields).order_by(ContactRow.row_number)).scalars().all()
    assert rows[0] == {"Телефон": "89120000000", "Имя": "а", "Столбец C": ""}
    assert rows[-1]["Столбец C"] == "в конце"


def test_progress_is_told(engine: Engine, tmp_path: Path) -> None:
    told: list[int] = []
    path = write(tmp_path / "list.csv", ["Телефон", *(f"8912{n:07d}" for n in range(2500))])
    import_contacts(engine, "п", "л", path, now=NOW, progress=told.append)
    assert told == [1000, 2000, 2500]


def test_two_imports_of_one_list_at_once(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", ["Телефон", *(f"8912{n:07d}" for n in range(300))])
    summaries: list[ImportSummary] = []
    threads = [threading.Thread(target=lambda: summaries.append(load(engine, path))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(summary.added for summary in summaries) == [0, 0, 300]
    assert count(engine, ContactRow) == 300


def test_nothing_that_a_cell_holds_hurts_the_database(engine: Engine, tmp_path: Path) -> None:
    nasty = 'a\\tb\\N\\.\'; DROP TABLE contact; --\u0000 "{}" 🙂 \u2028'
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([["Имя", "Телефон"], [nasty.replace("\0", ""), "89120000001"]])
    load(engine, path)
    with engine.connect() as connection:
        assert connection.execute(select(ContactRow.fields)).scalar_one()["Имя"].startswith("a\\tb\\N\\.'; DROP")


# -- remarks and the kinds of cells -----------------------------------------------------------------------------


def test_remarks_on_rows_that_were_taken_are_kept(engine: Engine, tmp_path: Path) -> None:
    lines = [*LINES, "Вера;89120000003, 12345;4;когда-нибудь"]
    summary = load(engine, write(tmp_path / "list.csv", lines))
    assert (summary.contacts, summary.remarks) == (3, 2)
    assert notes_of(engine) == {
        2: [["too_short", "345-67-89"]],
        3: None,
        7: [["short_code", "12345"], ["bad_zone", "когда-нибудь"]],
    }


def test_remarks_are_about_the_file_that_was_read_last(engine: Engine, tmp_path: Path) -> None:
    load(engine, write(tmp_path / "list.csv", [*LINES, "Вера;89120000003, 12345;4;"]))
    again = load(engine, write(tmp_path / "list.csv", [LINES[0], "Иван;8 912 000-00-01;100,50;МСК+2", LINES[2]]))
    assert (again.absent, again.remarks) == (1, 0)
    assert set(map(str, notes_of(engine).values())) == {"None"}
    marred = load(
        engine, write(tmp_path / "list.csv", [LINES[0], "Иван;8 912 000-00-01;100,50;МСК+2", "П;89120000002;200;?"])
    )
    assert marred.remarks == 1
    assert notes_of(engine)[3] == [["bad_zone", "?"]]


def test_numbers_and_dates_of_a_workbook_are_known_as_such(engine: Engine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    day = dt.datetime(2026, 11, 24)  # noqa: DTZ001  Excel's times have no zones
    head = ["№", "Телефон", "Телефон менеджера", "Доля", "Срок", "Код", "Счёт", "Ещё номер", "Длинное", "Да"]
    page.append(head)
    page.append([1, 79120000001, 3456789, 0.25, day, "007", 12345678901234, 79161234567, 1e15, True])
    page.append(["1", "89120000002", "", "0,25", "24.11.2026", "7", "", "", "", ""])
    book.save(tmp_path / "list.xlsx")
    load(engine, tmp_path / "list.xlsx")
    with engine.connect() as connection:
        rows = connection.execute(select(ContactRow.kinds, ContactRow.fields).order_by(ContactRow.row_number)).all()
    assert rows[0].kinds == {"№": "number", "Доля": "number", "Срок": "date", "Счёт": "number"}
    assert rows[0].fields["Срок"] == "24.11.2026"
    assert rows[1].kinds is None, "what is typed as a text is a text"
    assert rows[1].fields["Срок"] == rows[0].fields["Срок"]


def test_times_of_a_workbook_are_known_as_such(engine: Engine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Телефон", "Время", "Доля дня", "Словами", "Длительность"])
    page.append([79120000001, dt.time(14, 30), 0.375, "14:30", dt.timedelta(hours=30)])
    page["C2"].number_format = "h:mm"
    book.save(tmp_path / "list.xlsx")
    load(engine, tmp_path / "list.xlsx")
    with engine.connect() as connection:
        row = connection.execute(select(ContactRow.kinds, ContactRow.fields)).one()
    assert row.kinds == {"Время": "time", "Доля дня": "time"}
    assert [row.fields[name] for name in ("Время", "Доля дня", "Длительность")] == ["14:30", "09:00", "30:00:00"]


def notes_of(engine: Engine) -> dict[int, Any]:
    with engine.connect() as connection:
        return dict(connection.execute(select(ContactRow.row_number, ContactRow.notes)).all())


# -- the examples ---------------------------------------------------------------------------------------------


def test_the_example_list(engine: Engine) -> None:
    summary = load(engine, EXAMPLES / "debtors.xlsx")
    assert (summary.sheet, summary.header_row) == ("Должники", 3)
    assert summary.phone_columns == ("Телефон", "Доп. телефон")
    assert summary.zone_columns == ("Часовой пояс", "Город")
    assert summary.rows == 301  # with the row of totals
    assert summary.contacts + summary.rejected + summary.empty == 301
    assert summary.contacts > 270
    assert {"no_phone", "too_short", "too_long", "letters", "duplicate", "premium", "rounded", "total_row"} == set(
        summary.reasons
    )
    notes = [note for of_row in notes_of(engine).values() for note in of_row or []]
    assert {code for code, _ in notes} == {"bad_zone"}
    assert summary.remarks == len(notes) > 0


def test_the_second_example() -> None:
    with open_list(EXAMPLES / "customers.csv") as opened:
        rows = list(opened.rows())
    assert (len(rows), sum(isinstance(row, Contact) for row in rows)) == (40, 39)


def test_the_numbers_of_the_examples_belong_to_nobody() -> None:
    import phonenumbers
    from phonenumbers import carrier

    for name in ("debtors.xlsx", "customers.csv"):
        for row in read_list(EXAMPLES / name, rows=1000).first_rows:
            for number in row.phones if isinstance(row, Contact) else ():
                assert carrier.name_for_number(phonenumbers.parse(number), "en") == "", number
                assert number[2:5] in ("907", "935", "972", "973", "974", "975", "976", "998")


def test_the_examples_are_what_their_script_makes(tmp_path: Path) -> None:
    import runpy
    import sys

    before, sys.argv = sys.argv, ["make_lists.py", str(tmp_path)]
    try:
        runpy.run_path(str(EXAMPLES / "make_lists.py"), run_name="__main__")
    finally:
        sys.argv = before
    assert (tmp_path / "customers.csv").read_bytes() == (EXAMPLES / "customers.csv").read_bytes()
    made, shipped = (list(read_list(folder / "debtors.xlsx", rows=1000).first_rows) for folder in (tmp_path, EXAMPLES))
    assert made == shipped
