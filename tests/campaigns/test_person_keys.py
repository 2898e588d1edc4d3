"""One person under the customer's key: several contracts and phones share locks, caps and the stop list."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from campaigns.people_town import Town
from campaigns.world import DAY, HOUR, NOON
from oklik.campaigns.import_contacts import MOST_ROWS
from oklik.campaigns.lists.layout import Named
from oklik.campaigns.lists.reading import read_list
from oklik.campaigns.persons import find_people

pytestmark = pytest.mark.integration

A, B, C, D = (f"+7916000000{n}" for n in range(1, 5))
HEAD = "ID должника;Договор;Телефон"


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def roots(town: Town) -> int:
    (count,) = town.column("SELECT count(DISTINCT coalesce(same_as, id)) FROM person")
    return int(count)


def test_contracts_of_one_person_are_contacts_of_their_own_and_share_the_caps(town: Town) -> None:
    imported = town.load(HEAD, f"7;К-1;{A}", f"7;К-2;{B}", f"8;К-3;{C}")
    assert (imported.contacts, imported.persons, imported.rejected) == (3, 2, 0)
    assert (imported.person_column, imported.contract_column) == ("ID должника", "Договор")
    campaign = town.campaign(imported)
    assert sorted(town.call()) == [A, C], "one call at a time to a person, whatever the contract"
    assert town.call(NOON + HOUR) == []
    assert town.reasons(campaign) == ["reached", "talks_day", "reached"]
    assert town.call(NOON + DAY) == [B]
    assert town.column("SELECT fields ->> 'Договор' FROM contact ORDER BY row_number") == ["К-1", "К-2", "К-3"]


def test_a_key_means_nothing_in_another_project(town: Town) -> None:
    first, second = town.load(HEAD, f"7;К-1;{A}"), town.load(HEAD, f"7;К-1;{B}", project="other")
    town.campaign(first), town.campaign(second)
    assert roots(town) == 2
    assert sorted(town.call()) == [A, B]
    with town.engine.begin() as conn:
        assert len(find_people(conn, key="7")) == 2
        assert len(find_people(conn, key="7", project_id=second.project_id)) == 1


def test_a_phone_that_two_debtors_share_makes_them_not_one(town: Town) -> None:
    town.called(HEAD, f"7;К-1;{A}, {D}", f"8;К-2;{B}, {D}")
    assert roots(town) == 2
    assert sorted(town.call()) == [A, B]


def test_not_even_through_somebody_known_by_phones_only(town: Town) -> None:
    """A list without keys has both phones in one row: it belongs to the older debtor and joins them not."""
    town.called(HEAD, f"7;К-1;{A}", f"8;К-2;{B}")
    third = town.called("Телефон", f"{A}, {B}")
    assert roots(town) == 2
    assert sorted(town.call()) == [A, B]
    assert town.call(NOON + HOUR) == []
    assert town.reasons(third) == ["talks_day"], "it is the older one"


def test_who_was_known_by_a_phone_is_the_debtor_who_has_it(town: Town) -> None:
    town.called("Телефон", A)
    assert town.call() == [A]
    keyed = town.called(HEAD, f"7;К-1;{B}, {A}", f"8;К-2;{A}, {C}")
    assert town.call(NOON + HOUR) == [A], "the second debtor has a phone of the first, and is another person"
    assert town.reasons(keyed) == ["talks_day", "reached"]
    assert roots(town) == 2


def test_a_wish_of_the_person_holds_for_all_contracts(town: Town) -> None:
    campaign = town.called(HEAD, f"7;К-1;{A}", f"7;К-2;{B}")
    town.do("INSERT INTO suppression VALUES (:n, 'import', NULL, :now)", n=B, now=NOON)
    assert town.call() == []
    assert town.reasons(campaign) == ["stop_list", "stop_list"]


def test_the_same_list_again_changes_nothing(town: Town) -> None:
    lines = ("ID должника;Договор;Телефон;Сумма", f"7;К-1;{A};10", f"7;К-2;{A};20", f"7;;{B};30", f"7;;{C};40")
    path = town.file(*lines)

    def load() -> tuple[int, int, int]:
        from oklik.campaigns.import_contacts import import_contacts

        told = import_contacts(town.engine, "p", "list", path, now=NOON)
        return told.added, told.updated, told.unchanged

    assert load() == (4, 0, 0)
    assert load() == (0, 0, 4)
    path.write_text("\n".join(lines).replace(";20", ";25"), "utf-8")
    assert load() == (0, 1, 3)
    assert town.column("SELECT fields ->> 'Сумма' FROM contact ORDER BY row_number") == ["10", "25", "30", "40"]
    assert town.column("SELECT part FROM contact ORDER BY row_number") == ["К-1", "К-2", "", " #2"]


def test_a_row_that_says_nothing_new_is_a_duplicate(town: Town) -> None:
    imported = town.load(HEAD, f"7;К-1;{A}", f"7;К-1;{A}", f"7;К-1;{B}")
    assert (imported.contacts, imported.reasons) == (2, {"duplicate": 1})


def test_rows_without_a_key_are_known_by_the_phone(town: Town) -> None:
    imported = town.load(HEAD, f"7;К-1;{A}", f"нет;К-2;{B}", f";К-3;{C}")
    assert (imported.contacts, imported.remarks, imported.persons) == (3, 2, 3)
    assert town.column("SELECT key FROM person ORDER BY key") == [B, C, "1:7"]


def test_a_key_that_stands_everywhere_is_nobodys(town: Town) -> None:
    """A bank's own code under «Код клиента» must not make one person of all its debtors."""
    rows = [f"77;К-{n};+7916000{n:04}" for n in range(1, MOST_ROWS + 2)]
    imported = town.load("Код клиента;Договор;Телефон", "1;К-0;+79169999999", *rows)
    assert imported.person_column == "Код клиента"
    assert imported.persons == imported.contacts == MOST_ROWS + 2
    assert roots(town) == MOST_ROWS + 2


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("ID должника", True),
        ("Код клиента", True),
        ("debtor id", True),
        ("Customer ID", True),
        ("debtor_id", True),
        ("Код", False),
        ("ID", False),
        ("Номер клиента", False),
        ("Клиент", False),
    ],
)
def test_which_headers_name_a_key(tmp_path: Path, header: str, taken: bool) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{header};Телефон\n7;{A}\n8;{B}\n", "utf-8")
    assert read_list(path).person_column == (header if taken else None)
    assert read_list(path, named=Named(person=header)).person_column == header


def test_one_value_in_all_rows_is_no_key_unless_somebody_says_so(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = "".join(f"44;+7916000000{n}\n" for n in range(1, 7))
    path.write_text(f"Код клиента;Телефон\n{rows}", "utf-8")
    assert read_list(path).person_column is None
    assert read_list(path, named=Named(person="Код клиента")).person_column == "Код клиента"


def test_a_key_that_excel_has_rounded_is_none(town: Town) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["ID должника", "Телефон"], [1.23e17, A], [1.23e17, B], [12, C]):
        book.active.append(row)
    path = town.folder / "keys.xlsx"
    book.save(path)
    keys = [getattr(row, "key", None) for row in read_list(path).first_rows]
    assert keys == ["", "", "12"]
