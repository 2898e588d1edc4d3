"""Whom a person means: phones, keys, contracts and rows, and never a stranger."""

import pytest

from campaigns.world import World
from oklik.campaigns.named_contact import NoSuchContact, named_contact

pytestmark = pytest.mark.integration

CAMPAIGN = 1


@pytest.fixture
def town(world: World) -> World:
    """Rows 1 to 5: row 2 is known by the key «4», row 3 has the contract «5», row 5 is another record of row 1's."""
    world.people(5, phones=2)
    world.all("UPDATE person SET key = '1:4', project_id = 1, own_key = '4' WHERE id = 2 RETURNING 1")
    world.all("UPDATE contact SET contract = '5' WHERE row_number = 3 RETURNING 1")
    world.all("UPDATE person SET same_as = 1 WHERE id = 5 RETURNING 1")
    world.all("INSERT INTO person_phone (person_id, number) SELECT person_id, phones[2] FROM contact RETURNING 1")
    world.campaign()
    return world


def row(town: World, given: str) -> tuple[int, str]:
    named = named_contact(town.conn, CAMPAIGN, given)
    statement = "SELECT k.row_number FROM target t JOIN contact k ON k.id = t.contact_id WHERE t.id = :id"
    return town.one(statement, id=named.target_id), named.number


@pytest.mark.parametrize(
    ("given", "meant"),
    {
        "8 916 000-00-03": (3, "+79160000003"),
        "+79260000003": (3, "+79260000003"),
        "1": (1, ""),
        "4": (2, ""),  # a key, not a row
        "5": (3, ""),  # a contract, not a row
        "#4": (4, ""),
        "#5": (5, ""),
        "+79160000005": (5, "+79160000005"),  # of two records of one human being the one with this phone
    }.items(),
)
def test_who_is_meant(town: World, given: str, meant: tuple[int, str]) -> None:
    assert row(town, given) == meant


def test_another_record_of_the_same_human_being_is_found_by_a_phone_of_the_first(town: World) -> None:
    town.all("DELETE FROM target WHERE contact_id = (SELECT id FROM contact WHERE row_number = 1) RETURNING 1")
    assert row(town, "+79160000001") == (5, "")


def test_the_first_that_is_not_done(town: World) -> None:
    town.all("UPDATE contact SET contract = '5' WHERE row_number = 4 RETURNING 1")
    town.all("UPDATE target SET state = 'done' WHERE id = 3 RETURNING 1")
    assert row(town, "5") == (4, "")


def test_a_relative_s_phone_is_of_the_row_where_it_stands(town: World) -> None:
    town.all(
        """UPDATE contact SET phones = array_append(phones, '+79350000001'), roles = '{own,own,relative}'
           WHERE row_number = 2 RETURNING 1"""
    )
    assert row(town, "+79350000001") == (2, "+79350000001")


@pytest.mark.parametrize("given", ["Иванов", "77", "#77", "+79990000000", "", "#", "²", "1" * 40])
def test_nobody(town: World, given: str) -> None:
    with pytest.raises(NoSuchContact) as raised:
        named_contact(town.conn, CAMPAIGN, given)
    assert raised.value.text["ru"].startswith(f"«{given}»: в кампании нет")
    assert raised.value.rejected is None
