"""`oklik people`: files in, sentences and exit codes out; what they do is tested with the use cases."""

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from campaigns.people_town import Town
from oklik.cli import main
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration

A, B, C = (f"+7916000000{n}" for n in range(1, 4))
HEAD = "ID должника;Договор;Телефон"
Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


@pytest.fixture
def oklik(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command in this process: exit code, what it said, what went wrong."""
    monkeypatch.setenv("OKLIK_DATABASE_URL", database_url)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["oklik", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return run


def test_contacts_made_elsewhere(town: Town, oklik: Told) -> None:
    path = town.file("Дата;Телефон;Разговор", f"04.03.2025 10:00;{A};да", "04.03.2025 10:00;12;да", name="calls.csv")
    code, said, wrong = oklik("people", "contacts", "import", path, "--purpose", "debt", "--source", "1C")
    assert (code, wrong) == (1, "")
    assert said.splitlines() == [
        "столбцы: «Телефон», «Дата», «Разговор»",
        "строка 3: телефон не читается: «12»",
        "строк 2: записано 1, известно и раньше 0, не принято 1",
    ]
    code, said, _ = oklik("people", "contacts", "import", path, "--purpose", "debt", "--source", "1C", "--json")
    told = json.loads(said)
    assert (told["added"], told["known"], told["refused"][0]["row"]) == (0, 1, 3)
    assert town.column("SELECT source FROM outside_contact") == ["1C"]
    code, _, wrong = oklik("people", "contacts", "import", path, "--purpose", "debts")
    assert (code, len(wrong.splitlines())) == (2, 1)


def test_an_excel_file_has_cells_of_dates(town: Town, oklik: Told) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    rows = [
        ["Отчёт за март"],
        ["Дата звонка", "Телефон", "Длительность"],
        [dt.datetime(2025, 3, 4, 10, 15, 30), 79160000001, 65],  # noqa: DTZ001  a cell has no zone
        [dt.date(2025, 3, 4), "8 (916) 000-00-02", 0],
    ]
    for row in rows:
        book.active.append(row)
    path = town.folder / "calls.xlsx"
    book.save(path)
    code, said, _ = oklik("people", "contacts", "import", path, "--purpose", "debt", "--zone", "МСК+2")
    assert code == 0, said
    found = town.column(
        "SELECT number || ' ' || (at AT TIME ZONE 'UTC') || ' ' || talk FROM outside_contact ORDER BY at"
    )
    assert found == [f"{A} 2025-03-04 05:15:30 true", f"{B} 2025-03-04 07:00:00 false"], "noon where no time is told"


def test_who_has_paid_is_taken_out(town: Town, oklik: Told) -> None:
    first = town.called(HEAD, f"7;К-1;{A}", f"8;К-2;{B}", f"9;К-3;{C}")
    path = town.file("Договор", "К-2", "К-20", name="paid.csv")
    code, said, _ = oklik("people", "remove", path)
    assert code == 1
    assert said.splitlines() == [
        "строка 3: такого человека нет: К-20",
        "людей 1: больше не звоним по 1 целям; разговор идёт сейчас у 0, он закончится сам",
    ]
    assert oklik("people", "remove", "--person", "7", "--campaign", first, "--reason", "dispute")[0] == 0
    code, said, _ = oklik("people", "remove", "--phone", "8 916 000 00 03", "--everywhere", "--json")
    assert (code, json.loads(said)) == (0, {"people": 1, "ended": 1, "up": 0, "nobody": []})
    assert town.reasons(first) == ["removed_dispute", "removed_paid", "removed_paid"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "кого убрать"),
        (("--person", "7", "--phone", A), "кого убрать"),
        (("--person", "7", "--reason", "rich"), "rich"),
        (("--person", "7", "--everywhere", "--project", "p"), "откуда убрать"),
        (("--phone", "12"), "не номер телефона"),
        (("--person", "7", "--project", "nowhere"), "nowhere"),
        (("--person", "7", "--campaign", "nothing"), "nothing"),
        (("no-such-file.csv",), "no-such-file.csv"),
    ],
)
def test_what_is_wrong_is_one_line(town: Town, oklik: Told, arguments: tuple[str, ...], said: str) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    code, out, wrong = oklik("people", "remove", *arguments)
    assert (code, out, len(wrong.splitlines())) == (2, "", 1)
    assert said in wrong
    assert town.column("SELECT count(*) FROM target WHERE removed IS NOT NULL") == [0]


def test_a_project_has_to_be_named_where_there_are_several(town: Town, oklik: Told) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    town.campaign(town.load(HEAD, f"7;К-1;{B}", project="other"))
    code, _, wrong = oklik("people", "remove", "--person", "7")
    assert (code, "other, p" in wrong) == (2, True)
    code, _, wrong = oklik("people", "journal", "7", "--json")
    assert (code, "7 (other)" in wrong) == (2, True)
    assert oklik("people", "remove", "--person", "7", "--project", "other")[0] == 0
    assert town.column("SELECT count(*) FROM target WHERE removed IS NOT NULL") == [1]


def test_a_persons_journal_and_promise(town: Town, oklik: Told, tmp_path: Path) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    town.call(answered=True, talk_s=9.0, ended_reason="completed", promised=(dt.date(2025, 3, 9), "10"))
    path = tmp_path / "journal.xlsx"
    code, said, _ = oklik("people", "journal", "7", "--report", path, "--from", "01.03.2025", "--to", "2025-03-31")
    assert (code, said) == (0, f"журнал: контактов 1, отказов 0: {path}\n")
    assert openpyxl.load_workbook(path).sheetnames[0] == "Человек"
    code, said, _ = oklik("people", "journal", "8 916 000-00-01", "--json")
    assert (code, json.loads(said)["contacts"][0]["talk_s"]) == (0, 9.0)
    assert oklik("people", "promise", "7", "--broken")[:2] == (0, "обещаний отмечено: 1\n")
    assert oklik("people", "promise", "7", "--broken")[:2] == (0, "открытых обещаний у этого человека нет\n")
    for wrong in (
        ("promise", "7"),
        ("journal", "7"),
        ("journal", "70", "--json"),
        ("journal", "7", "--json", "--to", "x"),
    ):
        code, out, err = oklik("people", *wrong)
        assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_bankruptcy_lasts_until_it_is_taken_back(town: Town, oklik: Told) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    town.do("UPDATE target SET prepared = 'g 2025'")
    assert oklik("people", "remove", "--person", "7", "--reason", "bankrupt", "--project", "p")[0] == 0
    town.called(HEAD, f"7;К-2;{B}")
    assert town.call() == []
    (by,) = town.column("SELECT recorded_by FROM exclusion")
    assert by.startswith("user:")
    code, _, wrong = oklik("people", "readmit", "7", "--reason", " ")
    assert (code, wrong) == (2, "oklik: --reason: нужна причина\n")
    code, said, _ = oklik("people", "readmit", "7", "--reason", "дело прекращено")
    assert (code, said.splitlines()) == (
        0,
        [
            "7: отметка о банкротстве снята, кампании снова могут звонить",
            "снова в очереди контактов: 2 (в кампаниях, которые ещё не закончены)",
        ],
    )
    assert len(town.call()) == 1
    code, _, wrong = oklik("people", "readmit", "7", "--reason", "ещё раз", "--language", "en")
    assert (code, wrong) == (2, "oklik: 7: there is no mark of bankruptcy to be taken back\n")
    assert town.column("SELECT action FROM audit_entry") == ["people.readmit"]


def test_consent_to_phones_of_others_by_hand_and_by_file(town: Town, oklik: Told) -> None:
    head = f"{HEAD};Телефон родственника"
    campaign = town.called(head, f"7;К-1;;{C}", f"8;К-2;;{B}", f"9;К-3;{A};", base_zone="Europe/Moscow")
    assert town.call() == [A]
    assert town.reasons(campaign)[:2] == ["phone_role", "phone_role"]
    told = ("--source", "договор", "--version", "3")
    code, said, _ = oklik("consent", "add", C, "--purpose", "third_persons", "--person", "7", *told)
    assert (code, said.splitlines()) == (
        0,
        [f"{C}: согласие записано", "снова в очереди контактов: 1 (в кампаниях, которые ещё не закончены)"],
    )
    town.do("UPDATE campaign SET state = 'done'")
    path = town.file("Телефон;Цель", f"{B};звонки родственникам и третьим лицам", name="consents.csv")
    code, said, _ = oklik("consent", "import", path, *told, "--at", "01.03.2025")
    assert said.splitlines() == [
        "согласий записано: 1, уже были: 0",
        "не будут вызваны, их кампания уже закончена: 1; для них нужна новая кампания",
    ]
    code, said, _ = oklik("consent", "look", B)
    assert said.startswith("звонки родственникам и третьим лицам: действует с 01.03.2025")
    code, said, _ = oklik(
        "consent", "revoke", B, "--source", "письмо", "--purpose", "third_persons", "--language", "en"
    )
    assert (code, said) == (0, f"{B}: consents revoked: 1\n")
    code, _, wrong = oklik("consent", "add", C, "--purpose", "third", *told)
    assert (code, "third_persons" in wrong, len(wrong.splitlines())) == (2, True, 1)
